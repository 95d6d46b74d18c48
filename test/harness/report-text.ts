import { repeatCommand } from './options.js'
import type { KindReport, Report } from './report.js'
import type { Spread } from './statistics.js'

/** The report for people. */
export function reportText(report: Report): string {
  const { totals, machine, options } = report
  const lines = [
    `${report.faults} faults in ${duration(report.seconds)} on ${options.relays} relays, ${options.hosts} hosts, ` +
      `${options.dialers} dialers; seed ${report.seed}; sessions carried by ${carriersText(report.carriers)}`,
    `${machine.cores} cores (${machine.cpu}), Node ${machine.node}` +
      `${machine.namespaces ? ', every process in a network namespace of its own' : ''}`,
    '',
    ...table(report.kinds),
    '',
    'gap: the longest hole in a stream of messages every 5 ms at a receiver, less those 5 ms, one per session and direction;',
    'path gap: what the sessions themselves reported with path:changed; noticed, replaced: idle sessions; leave: until no relay',
    'listed a dead host; whole: until every relay, terminator and standby path was back. all-down: gap from the first relay back on.',
    '',
    ...report.figures.map(({ text, limitMs, measuredMs }) => {
      if (measuredMs === undefined) return `  –  ${text}: not measured (≤ ${limitMs} ms)`
      return `  ${measuredMs <= limitMs ? '✓' : '✗'}  ${text}: ${measuredMs} ms (≤ ${limitMs} ms)`
    }),
    '',
    `sessions ${totals.sessions}, lost ${totals.sessionsLost} · path switches ${report.switches} · ` +
      `messages ${grouped(totals.messages)} · bytes ${grouped(totals.bytes)}`,
    `lost ${totals.lost} · duplicated ${totals.duplicated} · reordered ${totals.reordered} · corrupted ${totals.corrupted}`,
  ]
  for (const { kind, why } of report.skipped) lines.push(`skipped ${kind}: ${why}`)
  if (report.failures.length > 0) lines.push('', failureText(report))
  return lines.join('\n')
}

function carriersText(carriers: Readonly<Record<string, number>>): string {
  const total = Object.values(carriers).reduce((sum, count) => sum + count, 0)
  const parts = Object.entries(carriers).map(([kind, count]) => `${kind} ${Math.round((100 * count) / total)} %`)
  return parts.join(', ') || 'nothing'
}

function failureText(report: Report): string {
  const shown = report.failures.slice(0, 20).map((failure) => `FAILED  ${failure}`)
  if (report.failures.length > 20) shown.push(`… and ${report.failures.length - 20} more`)
  if (report.logs !== undefined) shown.push('', `logs and identities: ${report.logs}`)
  return [...shown, '', `seed ${report.seed}; to repeat it:`, `  ${repeatCommand(report.options)}`].join('\n')
}

function table(kinds: readonly KindReport[]): string[] {
  const head = ['fault', 'faults', 'sessions', 'switches', 'gap p50', 'p99', 'max', 'path gap p50', 'p99', 'max']
  head.push('noticed p50', 'max', 'replaced p50', 'max', 'leave max', 'whole p50')
  const rows = kinds.map((report) => [
    report.kind,
    String(report.faults),
    String(report.carried),
    String(report.switches),
    ...three(report.gap),
    ...three(report.sessionGap),
    ...two(report.noticed),
    ...two(report.replaced),
    ms(report.leave.max),
    ms(report.whole.p50),
  ])
  // A column nobody filled says nothing.
  const columns = head.map((_, index) => index).filter((index) => index < 4 || rows.some((row) => row[index] !== '·'))
  const all = [head, ...rows].map((row) => columns.map((index) => row[index]!))
  const widths = columns.map((_, column) => Math.max(...all.map((row) => row[column]!.length)))
  return all.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  )
}

const ms = (figure: number | undefined) => (figure === undefined ? '·' : String(figure))
const three = ({ p50, p99, max }: Spread) => [ms(p50), ms(p99), ms(max)]
const two = ({ p50, max }: Spread) => [ms(p50), ms(max)]

export const grouped = (count: number) => String(count).replace(/\B(?=(\d{3})+$)/g, ' ')

export function duration(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`
}
