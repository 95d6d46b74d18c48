import { describe, expect, test } from 'vitest'
import { seeded } from '../support/random.js'
import { Arrivals } from './arrivals.js'
import { deal, type FaultKind, faultKinds } from './fault-kinds.js'
import { parseOptions, repeatCommand, usage } from './options.js'
import { newRecord } from './record.js'
import { figuresOf, kindReports, machine, missed, type Report, sessionFailures, totalsOf } from './report.js'
import { reportText } from './report-text.js'
import type { SessionReport } from './session-run.js'
import { spread } from './statistics.js'

const parse = (line: string) => parseOptions(line === '' ? [] : line.split(' '), () => 42)!

describe('options', () => {
  test('the command that a failure prints asks for the same run again', () => {
    for (const line of [
      '--seed 7 --relays 3 --hosts 2 --dialers 1 --count 200 --faults kill,freeze',
      '--minutes 0.5 --bulk 0 --terminators 2',
      '--memory --megabytes 16 --pause 2.5 --relays 2',
    ]) {
      const options = parse(line)
      const again = parse(repeatCommand(options).replace('npm run failover -- ', ''))
      expect(again).toEqual(options)
    }
  })

  test.each([
    ['--relays 1', /--relays takes a whole number from 2, not '1'/],
    ['--seed 1.5', /--seed takes a whole number/],
    ['--minutes -1', /--minutes/],
    ['--faults kill,', /there is no ''/],
    ['--fault kill', /Unknown option/],
    ['extra', /Unexpected argument/],
  ])('%s is refused', (line, why) => {
    expect(() => parse(line)).toThrow(why)
  })

  test('without a seed a new one is taken, and --help is no run', () => {
    expect(parse('').seed).toBe(42)
    expect(parseOptions(['--help'], () => 0)).toBeUndefined()
    for (const { kind } of faultKinds) expect(usage).toContain(kind)
  })
})

describe('the order of faults', () => {
  const take = (kinds: FaultKind[], seed: number, count: number) => {
    const dealt = deal(kinds, seeded(seed))
    return Array.from({ length: count }, () => dealt.next().value)
  }

  test('depends on the seed alone', () => {
    const kinds = faultKinds.map(({ kind }) => kind)
    expect(take(kinds, 5, 100)).toEqual(take(kinds, 5, 100))
    expect(take(kinds, 5, 100)).not.toEqual(take(kinds, 6, 100))
  })

  test('has every kind once before any comes twice, and none that was not asked for', () => {
    const kinds: FaultKind[] = ['kill', 'freeze', 'all-down']
    for (let seed = 0; seed < 20; seed++) {
      expect(take(kinds, seed, 3).sort()).toEqual([...kinds].sort())
      expect(new Set(take(kinds, seed, 60))).toEqual(new Set(kinds))
    }
  })
})

describe('holes in the stream of arrivals', () => {
  const arrivals = (...times: number[]) => {
    const all = new Arrivals()
    for (const at of times) all.add(at)
    return all
  }

  test.each([
    ['in the middle', [0, 5, 10, 110, 115], 8, 120, 100],
    ['that began before the fault', [0, 100, 105], 50, 105, 100],
    ['that had not ended', [0, 5, 10], 8, 90, 80],
    ['of a stream without an arrival', [], 10, 90, 80],
  ])('one %s', (_, times, fromMs, toMs, hole) => {
    expect(arrivals(...times).longestHole(fromMs, toMs)).toBe(hole)
  })

  test('only as many arrivals as are remembered are looked at', () => {
    const all = new Arrivals()
    for (let at = 0; at < 40_000; at++) all.add(at)
    all.add(40_070)
    expect(all.longestHole(39_000, 40_070)).toBe(71)
    expect(all.silence(39_999.5, 50_000)).toBe(70.5)
  })
})

test('p50, p99 and max are nearest ranks', () => {
  expect(spread([])).toEqual({ count: 0 })
  expect(spread([3])).toEqual({ count: 1, p50: 3, p99: 3, max: 3 })
  expect(spread(Array.from({ length: 200 }, (_, index) => 200 - index))).toEqual({
    count: 200,
    p50: 100,
    p99: 198,
    max: 200,
  })
})

describe('the report', () => {
  const tally = (messages: number, checksum = 'c'.repeat(64)) => ({ messages, bytes: messages * 10, checksum })
  const end = (side: 'dialer' | 'host', change: Partial<SessionReport> = {}): SessionReport => ({
    session: 'dialer1-host1-chat',
    side,
    sent: tally(5),
    received: tally(5),
    faulty: { lost: 0, duplicated: 0, reordered: 0, corrupted: 0, notes: [] },
    finished: true,
    pathChanges: 0,
    ...change,
  })

  test('two ends that agree are right', () => {
    expect(sessionFailures([end('dialer'), end('host')], true)).toEqual([])
  })

  test.each<[string, Partial<SessionReport>, RegExp]>([
    ['a byte less', { received: { ...tally(5), bytes: 49 } }, /received 49 bytes .* 50 were sent/],
    ['another byte', { received: tally(5, 'd'.repeat(64)) }, /received 50 bytes/],
    ['a session that was lost', { lost: 'session_lost: gone' }, /lost: session_lost/],
    ['one that did not end', { finished: false }, /has not come to its end/],
    ['a message out of order', { faulty: { ...end('host').faulty, notes: ['reordered: 3'] } }, /reordered: 3/],
  ])('%s is a failure', (_, change, text) => {
    expect(sessionFailures([end('dialer'), end('host', change)], true).join('\n')).toMatch(text)
  })

  test('a missing end is a failure, but not before the end of the run', () => {
    expect(sessionFailures([end('dialer')], true).join()).toMatch('there is no other end')
    expect(sessionFailures([end('dialer', { finished: false })], false)).toEqual([])
  })

  test('a failure prints its seed and the command that repeats it; a missed figure is marked', () => {
    const options = parse('--seed 99 --count 1 --faults kill')
    const record = { ...newRecord(1, 'kill'), gaps: [400, 600], failures: ['too bad'] }
    const kinds = kindReports([record])
    const report: Report = {
      seed: options.seed,
      options,
      machine: machine(false),
      startedAt: '2026-01-01T00:00:00.000Z',
      seconds: 61,
      faults: 1,
      switches: 0,
      carriers: { splice: 3, circuit: 1 },
      totals: totalsOf([end('dialer'), end('host')]),
      kinds,
      figures: figuresOf(kinds),
      skipped: [{ kind: 'delay', why: 'no netem' }],
      failures: ['fault 1 (kill): too bad'],
      records: [record],
    }
    expect(missed(report.figures).map(({ text }) => text)).toContain('relay killed: gap p50')
    expect(missed(report.figures).every(({ measuredMs }) => measuredMs !== undefined)).toBe(true)
    const text = reportText(report)
    expect(text).toContain('FAILED  fault 1 (kill): too bad')
    expect(text).toContain('npm run failover -- --seed 99 ')
    expect(text).toContain('✗  relay killed: gap p50: 400 ms (≤ 100 ms)')
    expect(text).toContain('skipped delay: no netem')
    expect(text).toContain('1 faults in 1:01')
  })
})
