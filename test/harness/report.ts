import { availableParallelism, cpus } from 'node:os'
import { type FaultKind, faultKinds } from './fault-kinds.js'
import type { HarnessOptions } from './options.js'
import type { FaultRecord } from './record.js'
import type { SessionReport } from './session-run.js'
import { type Spread, spread } from './statistics.js'

export interface KindReport {
  kind: FaultKind
  faults: number
  carried: number
  switches: number
  gap: Spread
  sessionGap: Spread
  noticed: Spread
  replaced: Spread
  leave: Spread
  whole: Spread
}

export interface Totals {
  sessions: number
  sessionsLost: number
  messages: number
  bytes: number
  lost: number
  duplicated: number
  reordered: number
  corrupted: number
}

export interface Figure {
  text: string
  limitMs: number
  /** Undefined when the run had nothing to measure it by. */
  measuredMs?: number
}

export interface Report {
  seed: number
  options: HarnessOptions
  machine: { node: string; cpu: string; cores: number; namespaces: boolean }
  startedAt: string
  seconds: number
  faults: number
  switches: number
  /** Sessions that each kind of path carried, counted at every fault. */
  carriers: Record<string, number>
  totals: Totals
  kinds: KindReport[]
  figures: Figure[]
  skipped: Array<{ kind: FaultKind; why: string }>
  failures: string[]
  /** Folder of logs and identities, when it was left behind. */
  logs?: string
  records: FaultRecord[]
}

/** Joins what both ends of all sessions counted. At the end of a run the two must agree: see {@link sessionFailures}. */
export function totalsOf(reports: readonly SessionReport[]): Totals {
  const sum = (pick: (report: SessionReport) => number) => reports.reduce((total, report) => total + pick(report), 0)
  const lost = new Set(reports.filter((report) => report.lost !== undefined).map(({ session }) => session))
  return {
    sessions: new Set(reports.map(({ session }) => session)).size,
    sessionsLost: lost.size,
    messages: sum(({ received }) => received.messages),
    bytes: sum(({ received }) => received.bytes),
    lost: sum(({ faulty }) => faulty.lost),
    duplicated: sum(({ faulty }) => faulty.duplicated),
    reordered: sum(({ faulty }) => faulty.reordered),
    corrupted: sum(({ faulty }) => faulty.corrupted),
  }
}

/** What is wrong with the sessions now; `finished`: and what is missing now that all should have come to their end. */
export function sessionFailures(reports: readonly SessionReport[], finished: boolean): string[] {
  const failures: string[] = []
  for (const report of reports) {
    const end = `session ${report.session}, ${report.side}'s end`
    if (report.lost !== undefined) failures.push(`${end}: lost: ${report.lost}`)
    for (const note of report.faulty.notes) failures.push(`${end}: ${note}`)
    if (!finished) continue
    const other = reports.find(({ session, side }) => session === report.session && side !== report.side)
    if (!report.finished) failures.push(`${end} has not come to its end`)
    if (other === undefined) failures.push(`${end}: there is no other end`)
    else if (other.sent.bytes !== report.received.bytes || other.sent.checksum !== report.received.checksum) {
      const { sent } = other
      failures.push(
        `${end}: received ${report.received.bytes} bytes (${report.received.checksum.slice(0, 8)}…), ` +
          `${sent.bytes} were sent (${sent.checksum.slice(0, 8)}…)`,
      )
    }
  }
  return failures
}

export function kindReports(records: readonly FaultRecord[]): KindReport[] {
  return faultKinds.flatMap(({ kind }) => {
    const own = records.filter((record) => record.kind === kind)
    if (own.length === 0) return []
    const all = (pick: (record: FaultRecord) => readonly number[]) => spread(own.flatMap(pick))
    return {
      kind,
      faults: own.length,
      carried: own.reduce((total, { carried }) => total + carried, 0),
      switches: own.reduce((total, { switches }) => total + switches, 0),
      gap: all(({ gaps }) => gaps),
      sessionGap: all(({ sessionGaps }) => sessionGaps),
      noticed: all(({ noticed }) => noticed),
      replaced: all(({ replaced }) => replaced),
      leave: all(({ leave }) => leave),
      whole: all(({ wholeMs }) => (wholeMs === undefined ? [] : [wholeMs])),
    }
  })
}

/** The product's promises that have a number, beside what this run measured. */
export function figuresOf(kinds: readonly KindReport[]): Figure[] {
  const of = (kind: FaultKind) => kinds.find((report) => report.kind === kind)
  return [
    { text: 'relay killed: gap p50', limitMs: 100, measuredMs: of('kill')?.gap.p50 },
    { text: 'relay killed: gap p99', limitMs: 500, measuredMs: of('kill')?.gap.p99 },
    { text: 'relay frozen under traffic: gap p50', limitMs: 500, measuredMs: of('freeze')?.gap.p50 },
    { text: 'relay frozen under traffic: gap p99', limitMs: 1_500, measuredMs: of('freeze')?.gap.p99 },
    { text: 'relay frozen while idle: replaced, max', limitMs: 5_000, measuredMs: of('idle-freeze')?.replaced.max },
    { text: 'host killed: out of the directory, max', limitMs: 2_000, measuredMs: of('host-kill')?.leave.max },
    { text: 'host frozen: out of the directory, max', limitMs: 10_000, measuredMs: of('host-freeze')?.leave.max },
  ].map(({ measuredMs, ...figure }) => (measuredMs === undefined ? figure : { ...figure, measuredMs }))
}

/** Those of the figures that the run measured and did not reach. */
export const missed = (figures: readonly Figure[]): Figure[] =>
  figures.filter(({ measuredMs, limitMs }) => measuredMs !== undefined && measuredMs > limitMs)

export const machine = (namespaces: boolean): Report['machine'] => ({
  node: process.version,
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: availableParallelism(),
  namespaces,
})
