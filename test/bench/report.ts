import { availableParallelism, cpus, loadavg } from 'node:os'
import type { Sample } from './paths.js'
import { referenceOf, type Way, ways } from './ways.js'

export interface BenchReport {
  startedAt: string
  machine: { node: string; cpu: string; cores: number; loadAverage: number }
  /** Medians over all runs, by way, then figure. */
  medians: Partial<Record<Way, Record<string, number>>>
  ratios: Ratio[]
  samples: Sample[]
}

/** One of ours against what it is held against, in the same runs, or against a goal of its own. */
export interface Ratio {
  text: string
  /** Is left out when one of the two was not measured. */
  ratio?: number
  /** As the project wants it. */
  reach: string
  reached: boolean
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!

export function reportOf(samples: Sample[], startedAt: string): BenchReport {
  const medians: BenchReport['medians'] = {}
  for (const { way, figure } of samples) {
    medians[way] ??= {}
    const figures = medians[way]
    figures[figure] ??= median(
      samples.filter((each) => each.way === way && each.figure === figure).map(({ value }) => value),
    )
  }
  const machine = {
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    loadAverage: loadavg()[0]!,
  }
  return { startedAt, machine, medians, ratios: [...ratiosOf(medians), ...goalsOf(medians)], samples }
}

type Limit = 'least' | 'most'

/** Figures of one way over those of another; a limit is the most, unless it is the least. */
const wanted: readonly [Way, string, Limit, number][] = [
  ['splice', 'up, MiB/s', 'least', 0.8],
  ['splice', 'down, MiB/s', 'least', 0.8],
  ['splice', '8 × up, MiB/s', 'least', 0.8],
  ['splice', '8 × down, MiB/s', 'least', 0.8],
  ['splice', 'CPU s/GiB, all', 'most', 1.4],
  ['splice', 'echo p50, ms', 'most', 1.5],
  ['splice', 'echo p50 on one CPU, ms', 'most', 1.5],
  ['splice', 'dial → first echo p50, ms', 'most', 2.5],
  ['splice', 'dials per second, 16 at a time', 'least', 0.5],
  ['direct', 'up, MiB/s', 'least', 0.8],
  ['direct', 'down, MiB/s', 'least', 0.8],
  ['direct', '8 × up, MiB/s', 'least', 0.8],
  ['direct', '8 × down, MiB/s', 'least', 0.8],
]

/** Figures that have a goal of their own; the least and the most as above. */
const wantedAlone: readonly [Way, string, Limit, number][] = [
  ['splice', 'reader stopped, MiB at most, relay', 'most', 100],
  // A session keeps two.
  ['splice', 'KiB per idle path, relay', 'most', 48 / 2],
  ['splice', 'new context → first echo, ms', 'most', 120],
  ['splice', 'idle relay, % of a core', 'most', 0.3],
  ['splice', 'relay killed: gap p50, ms', 'most', 28],
  ['splice', 'relay frozen under traffic: gap p50, ms', 'most', 188],
]

/**
 * Figures of OpenZiti 2.0.3, its Go SDK and three routers, measured once on a machine of two cores, and those of TLS through a Node
 * proxy beside it: what is compared is how many times the latter each takes, as no two machines are alike.
 */
const openZiti: readonly [string, Limit, { theirs: number; tlsProxied: number }][] = [
  ['echo p50, ms', 'most', { theirs: 0.26, tlsProxied: 0.07 }],
  ['dial → first echo p50, ms', 'most', { theirs: 11.6, tlsProxied: 2.9 }],
  ['dials per second, 16 at a time', 'least', { theirs: 85, tlsProxied: 459 }],
  ['up, MiB/s', 'least', { theirs: 46, tlsProxied: 628 }],
  ['CPU s/GiB, relay', 'most', { theirs: 6.1, tlsProxied: 1.3 }],
]

function ratiosOf(medians: BenchReport['medians']): Ratio[] {
  const over = (way: Way, reference: Way, figure: string, limit: Limit, value: number, beside = '') => {
    const [ours, theirs] = [medians[way], medians[reference]]
    if (ours === undefined || theirs === undefined) return [] // not chosen
    return judged(`${way} ÷ ${reference}${beside}: ${figure}`, ours[figure]! / theirs[figure]!, limit, value)
  }
  return [
    ...wanted.flatMap(([way, figure, limit, value]) => over(way, referenceOf[way]!, figure, limit, value)),
    ...openZiti.flatMap(([figure, limit, { theirs, tlsProxied }]) =>
      over('splice', 'tls proxied', figure, limit, Number((theirs / tlsProxied).toPrecision(2)), ', beside OpenZiti'),
    ),
  ]
}

function goalsOf(medians: BenchReport['medians']): Ratio[] {
  return wantedAlone.flatMap(([way, figure, limit, value]) => {
    const measured = medians[way]
    return measured === undefined ? [] : judged(`${way}: ${figure}`, measured[figure], limit, value)
  })
}

function judged(text: string, ratio: number | undefined, limit: Limit, value: number): Ratio {
  const reach = `${limit === 'least' ? '≥' : '≤'} ${value}`
  if (ratio === undefined || Number.isNaN(ratio)) return { text, reach, reached: false }
  return { text, ratio, reach, reached: limit === 'least' ? ratio >= value : ratio <= value }
}

const shown = (value: number | undefined): string =>
  value === undefined ? '·' : value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0)

/** For people: every figure by way, and the ratios. */
export function reportText({ machine, medians, ratios }: BenchReport): string {
  const columns = ways.filter((way) => medians[way] !== undefined)
  const figures = [...new Set(columns.flatMap((way) => Object.keys(medians[way]!)))]
  const rows = [
    ['', ...columns],
    ...figures.map((figure) => [figure, ...columns.map((way) => shown(medians[way]![figure]))]),
  ]
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const table = rows.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  '),
  )
  return [
    `${machine.cores} cores (${machine.cpu}), Node ${machine.node}, load average ${machine.loadAverage.toFixed(1)}; medians`,
    '',
    ...table,
    '',
    ...ratios.map(({ text, ratio, reach, reached }) =>
      ratio === undefined
        ? `·  ${text}: not measured (${reach})`
        : `${reached ? '✓' : '✗'}  ${text}: ${shown(ratio)} (${reach})`,
    ),
  ].join('\n')
}
