import { describe, expect, test } from 'vitest'
import { type ErrorCode, OverlayError } from '../../../src/core/errors.js'
import { ringingGraceMs } from '../../../src/core/limits.js'
import { type Askable, DialPlan, maxSilentRounds } from '../../../src/sdk/dial-plan.js'
import { Random } from '../session/random.js'

const error = (code: ErrorCode) => new OverlayError(code, code)
const on = (hostPeerId: string, relay = 'relay1') => ({ record: { hostPeerId, instanceId: 'anna' }, relay })
const planFor = (instanceId: string) => new DialPlan({ service: 'chat', instanceId, ownPeerId: 'me' })

/** What happened to a dial before the failure that is judged: whom the lookup found, and what the asked one did. */
type Past = 'not asked' | 'asked' | 'rang' | 'rang long ago'

function judged(instanceId: string, found: string[], past: Past, code: ErrorCode, round = 0): string {
  const plan = planFor(instanceId)
  const [first] = plan.admit(
    found.map((host) => on(host)),
    0,
  )
  if (past !== 'not asked') plan.ask(first!)
  if (past.startsWith('rang')) plan.rings()
  const failure = past === 'not asked' ? error(code) : plan.failed(error(code), 0, false)
  return plan.judge(failure, round, past === 'rang long ago' ? ringingGraceMs : 1).next
}

describe('what follows from a failed round', () => {
  const one = ['host1']
  const two = ['host1', 'host2']
  const table: Array<[string, string, string[], Past, ErrorCode, number, string]> = [
    ['a refusal is the answer', 'anna', two, 'asked', 'declined', 0, 'end'],
    [
      'a refusal by whoever was asked is the answer, where any host would do as well',
      '',
      two,
      'rang',
      'declined',
      0,
      'end',
    ],
    ['busy is the answer of the one who was meant', 'anna', two, 'asked', 'busy', 0, 'end'],
    ['busy is passed over where any host would do', '', two, 'asked', 'busy', 0, 'round'],
    [
      'busy is passed over also by the last one: the next lookup says why nobody is left',
      '',
      one,
      'asked',
      'busy',
      0,
      'round',
    ],
    ['who is not bound is not waited for', 'anna', one, 'not asked', 'offline', 0, 'end'],
    ['who was never seen is not waited for', 'anna', one, 'not asked', 'unknown_instance', 0, 'end'],
    ['who rang and is out of sight comes back, perhaps', 'anna', one, 'rang', 'unreachable', 9, 'pause'],
    ['a path that broke is tried again', 'anna', one, 'asked', 'unreachable', 0, 'pause'],
    ['but not for ever when nobody ever rang', 'anna', one, 'asked', 'unreachable', maxSilentRounds - 1, 'end'],
    ['the only host that stopped ringing was it', 'anna', one, 'rang long ago', 'unreachable', 0, 'end'],
    ['one of several that stopped ringing is passed over', 'anna', two, 'rang long ago', 'unreachable', 0, 'round'],
    [
      'a host that took the call for lost has stopped ringing: it is asked again',
      'anna',
      one,
      'asked',
      'canceled',
      0,
      'pause',
    ],
  ]
  for (const [title, instanceId, found, past, code, round, next] of table) {
    test(title, () => expect(judged(instanceId, found, past, code, round)).toBe(next))
  }
})

describe('who may be asked', () => {
  test('never oneself; and where nobody else is, that is said', () => {
    expect(planFor('').admit([on('me'), on('host1')], 0)).toEqual([on('host1')])
    const nobody = { code: 'self_dial', message: expect.stringMatching(/^Nobody but you offers '/) }
    expect(() => planFor('').admit([on('me')], 0)).toThrow(expect.objectContaining(nobody))
  })

  test('only the one that may be ringing, over its other relays, for as long as it rings without us', () => {
    const plan = planFor('anna')
    const [first, second, other] = [on('host1'), on('host1', 'relay2'), on('host2')]
    plan.ask(first)
    plan.failed(error('unreachable'), 0, false)
    expect(plan.remaining([first, second, other], new Set([first]), 1)).toEqual([second])
    expect(plan.admit([first, second, other], ringingGraceMs - 1)).toEqual([first, second])
    expect(plan.admit([first, second, other], ringingGraceMs)).toEqual([first, second, other])
  })

  test('a host that rang and is out of sight is waited for, and no other one asked', () => {
    const plan = planFor('anna')
    plan.ask(on('host1'))
    expect([plan.rings(), plan.rings()]).toEqual([true, false])
    plan.failed(error('unreachable'), 0, false)
    expect(() => plan.admit([on('host2')], 1)).toThrow(expect.objectContaining({ code: 'offline' }))
  })

  test('where all are busy, the last one says so', () => {
    const plan = planFor('')
    const answers = { host1: error('busy'), host2: error('busy') }
    for (const [host, busy] of Object.entries(answers)) {
      plan.admit([on('host1'), on('host2')], 0)
      plan.ask(on(host))
      expect(plan.judge(plan.failed(busy, 0, false), 0, 0).next).toBe('round')
    }
    expect(() => plan.admit([on('host1'), on('host2')], 0)).toThrow(answers.host2)
    expect(plan.judge(answers.host2, 1, 0)).toEqual({ next: 'end', error: answers.host2 })
  })

  test('what we gave up ourselves stays what it was', () => {
    const canceled = error('canceled')
    expect(planFor('anna').failed(canceled, 0, true)).toBe(canceled)
    expect(planFor('anna').failed(canceled, 0, false)).toMatchObject({ code: 'unreachable', cause: canceled })
  })
})

test('whatever happens, one host rings at a time, it is said once, and nobody is asked for ever', () => {
  for (let seed = 1; seed <= 2_000; seed++) {
    const random = new Random(seed)
    const plan = planFor(random.chance(0.5) ? '' : 'anna')
    const hosts = ['me', 'host1', 'host2', 'host3'].slice(0, random.int(2, 4))
    let now = 0
    let said = 0
    /** Until when each host rings although nobody is connected to it. */
    const ringsUntil = new Map<string, number>()
    const heard = new Set<string>()
    const answered = new Set<string>()
    let inSight = new Set<string>()
    const busy = new Set<string>()
    let over = false

    const ask = (terminator: Askable): unknown => {
      const { hostPeerId } = terminator.record
      // One that was never heard ringing, and has left the directory as well, is given up: its relay took the request with it.
      for (const host of ringsUntil.keys()) {
        if (host !== hostPeerId && !heard.has(host) && !inSight.has(host)) ringsUntil.delete(host)
      }
      const ringing = [...ringsUntil].filter(([host, until]) => host !== hostPeerId && until > now)
      expect([seed, ringing, hostPeerId, busy.has(hostPeerId)]).toEqual([seed, [], hostPeerId, false])
      expect(hostPeerId, `${seed}`).not.toBe('me')
      plan.ask(terminator)
      now += random.int(0, 3_000)
      const rang = !answered.has(hostPeerId) && random.chance(0.5)
      if (rang) {
        heard.add(hostPeerId)
        if (plan.rings()) said++
      }
      const code = random.pick<ErrorCode>(['unreachable', 'unreachable', 'unreachable', 'busy', 'declined', 'canceled'])
      // Whoever has answered gives the same answer again, and does not ring.
      if (code !== 'unreachable') answered.add(hostPeerId)
      if (answered.has(hostPeerId)) ringsUntil.delete(hostPeerId)
      else if (rang || !ringsUntil.has(hostPeerId)) ringsUntil.set(hostPeerId, now + ringingGraceMs)
      return plan.failed(error(code), now, false)
    }

    const oneRound = (): unknown => {
      const found = hosts.filter(() => random.chance(0.8)).flatMap((host) => [on(host), on(host, 'relay2')])
      if (found.length === 0) return error('offline')
      inSight = new Set(found.map(({ record }) => record.hostPeerId))
      let left = plan.admit(found, now)
      let failure: unknown = error('unreachable')
      while (left.length > 0) {
        const terminator = random.pick(left)
        failure = ask(terminator)
        if (plan.isFinal(failure)) break
        left = plan.remaining(left, new Set([terminator]), now)
      }
      return failure
    }

    for (let round = 0; !over && round < 1_000; round++) {
      let failure: unknown
      try {
        failure = oneRound()
      } catch (thrown) {
        failure = thrown
        if (!(thrown instanceof OverlayError)) throw thrown
      }
      const passing = plan.preferred?.hostPeerId
      const verdict = plan.judge(failure, round, now)
      over = verdict.next === 'end'
      if (verdict.next === 'round' && passing !== undefined) busy.add(passing)
      if (verdict.next === 'pause') now += random.int(100, 2_000)
    }
    expect([seed, over, said <= 1]).toEqual([seed, true, true])
  }
})
