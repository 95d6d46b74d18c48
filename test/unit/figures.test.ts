import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(path.join(root, file), 'utf8')

/** The newest run of `npm run bench` in RESULTS.md that had everything in it: medians by way and figure, and its verdicts. */
const run = read('test/bench/RESULTS.md')
  .split('```text\n')
  .slice(1)
  .map((text) => text.slice(0, text.indexOf('\n```')))
  .find((text) => /hyperdht relayed.* direct/.test(text))!
const lines = run.split('\n')
const header = lines.find((line) => line.includes('tls proxied'))!
const ways = header.trim().split(/ {2,}/)

/** The median of a figure, as it was printed. */
function median(way: string, figure: string): number {
  const line = lines.find((each) => each.startsWith(`${figure} `))
  if (line === undefined) throw new Error(`RESULTS.md has no ${figure}`)
  return Number(line.slice(figure.length).trim().split(/ +/)[ways.indexOf(way)])
}

/** The ratio that was printed with a goal. */
function ratio(text: string): number {
  const line = lines.find((each) => each.includes(` ${text}: `))
  if (line === undefined) throw new Error(`RESULTS.md has no ${text}`)
  return Number(line.split(`${text}: `)[1]!.split(' ')[0])
}
const proxied = (figure: string) => ratio(`splice ÷ tls proxied: ${figure}`)
const directly = (figure: string) => ratio(`direct ÷ tls: ${figure}`)

/** Holds the numbers of a text against measured ones, each to as many places as it is shown with. */
function expectNumbers(text: string, measured: readonly number[]): void {
  const shown = text.match(/(?<![\p{L}\d.])\d+(?:\.\d+)?/gu) ?? []
  expect(shown.length, text).toBe(measured.length)
  for (const [at, number] of shown.entries()) {
    const places = number.split('.')[1]?.length ?? 0
    const off = Math.abs(Number(number) - measured[at]!)
    expect(off <= 0.5 * 10 ** -places + 1e-9, `${number} for ${measured[at]} in: ${text}`).toBe(true)
  }
}

/** The row of a table in docs/figures.md that begins so: its other cells. */
function cells(start: string): string[] {
  const row = read('docs/figures.md')
    .split('\n')
    .find((line) => line.startsWith(`| ${start}`))
  if (row === undefined) throw new Error(`docs/figures.md has no row ${start}`)
  return row
    .split('|')
    .slice(2, -1)
    .map((cell) => cell.trim())
}

describe('docs/figures.md', () => {
  test.each<[string, number[]]>([
    ['one session through a relay', [proxied('up, MiB/s'), proxied('down, MiB/s')]],
    ['eight sessions', [proxied('8 × up, MiB/s'), proxied('8 × down, MiB/s')]],
    ['CPU seconds per GiB', [proxied('CPU s/GiB, all')]],
    ['echo of 32 bytes', [proxied('echo p50, ms'), proxied('echo p50 on one CPU, ms')]],
    ['warm dial to first echo', [proxied('dial → first echo p50, ms')]],
    ['dials per second, 16 at a time', [proxied('dials per second, 16 at a time')]],
    ['one session directly', [directly('up, MiB/s'), directly('down, MiB/s')]],
    ['eight directly', [directly('8 × up, MiB/s'), directly('8 × down, MiB/s')]],
    ['new context to first echo', [median('splice', 'new context → first echo, ms')]],
    ['an idle path at the relay', [median('splice', 'KiB per idle path, relay')]],
    ['relay with one host and nothing to do', [median('splice', 'idle relay, % of a core')]],
    [
      'relay while a reader stands still',
      ['splice', 'tls proxied'].map((way) => median(way, 'reader stopped, MiB at most, relay')),
    ],
    [
      'relay killed; frozen under traffic',
      [median('splice', 'relay killed: gap p50, ms'), median('splice', 'relay frozen under traffic: gap p50, ms')],
    ],
  ])('has what was measured: %s', (row, measured) => {
    const [, shown] = cells(row)
    expectNumbers(shown!.replace(/ \([^)]*where other work[^)]*\)|: \*\*not reached\*\*.*/, ''), measured)
  })

  test.each([
    ['TLS, Node proxy', 'tls proxied', 'tls'],
    ['**here**', 'splice', 'direct'],
    ['js-libp2p 3', 'libp2p relayed', undefined],
    ['HyperDHT', 'hyperdht relayed', 'hyperdht direct'],
  ])('has beside others what was measured: %s', (row, relayed, direct) => {
    const figures = [
      'echo p50, ms',
      'dial → first echo p50, ms',
      'dials per second, 16 at a time',
      'up, MiB/s',
      'CPU s/GiB, all',
    ]
    for (const [at, cell] of cells(row).entries()) {
      const ways = cell.includes('(') ? [relayed, direct!] : [relayed]
      expectNumbers(
        cell,
        ways.map((way) => median(way, figures[at]!)),
      )
    }
  })

  test('says of processes and of OpenZiti what was measured', () => {
    const text = read('docs/figures.md').replaceAll('\n', ' ')
    const sentence = (pattern: RegExp) => pattern.exec(text)?.[1] ?? ''
    expectNumbers(sentence(/A cold `node` process was (accepted .*?)\. {2}/), [
      median('splice', 'cold process → accepted, ms'),
      median('tls proxied', 'cold process → accepted, ms'),
      median('splice', 'start → bound, ms'),
      median('splice', '--help, ms'),
      median('tcp', '--help, ms'),
    ])
    const ours = ['echo p50, ms', 'dial → first echo p50, ms', 'dials per second, 16 at a time', 'up, MiB/s']
    const here = [...sentence(/(its echo took .*?)\. {2}/).matchAll(/\((?:here |the relay here )?([\d.]+) ×\)/g)]
    expectNumbers(here.map(([, number]) => number).join(' '), [
      ...ours.map(proxied),
      ratio('splice ÷ tls proxied, beside OpenZiti: CPU s/GiB, relay'),
    ])
  })
})

test('README.md compares with what was measured', () => {
  const text = read('README.md').replaceAll('\n', ' ')
  const said =
    /moves more than TLS through a proxy written in Node (.*?)\. These and other figures/.exec(text)?.[1] ?? ''
  const up = (way: string) => median(way, 'up, MiB/s') / median('tls proxied', 'up, MiB/s')
  expectNumbers(said, [
    ...[proxied('up, MiB/s'), up('libp2p relayed'), up('hyperdht relayed')],
    ...[proxied('CPU s/GiB, all'), proxied('echo p50, ms'), proxied('dial → first echo p50, ms')],
    ...[median('splice', 'relay killed: gap p50, ms'), median('splice', 'relay frozen under traffic: gap p50, ms')],
  ])
})

test('docs/direct.md and docs/figures.md tell of the same pairs of networks', () => {
  const rows = read('docs/direct.md').match(/^\| `\w+-\w+` \|.*$/gm)!
  const direct = rows.filter((row) => row.includes('| direct |'))
  const times = direct.map((row) => /(\d+) \/ (\d+) ms \|$/.exec(row)!.slice(1).map(Number) as [number, number])
  const [p50s, p99s] = [times.map(([p50]) => p50), times.map(([, p99]) => p99)]
  const text = read('docs/figures.md').replaceAll('\n', ' ')
  const said =
    /between (\d+) pairs of networks.*?(\d+) of them became direct.*?from (\d+) to (\d+) ms.*?from (\d+) to (\d+) ms/.exec(
      text,
    )
  expect(said?.slice(1).map(Number)).toEqual([
    rows.length,
    direct.length,
    ...[Math.min(...p50s), Math.max(...p50s), Math.min(...p99s), Math.max(...p99s)],
  ])
  expect(read('docs/direct.md')).toContain(`${direct.length} of ${rows.length} pairs became direct`)
})
