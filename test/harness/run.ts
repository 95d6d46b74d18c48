import { appendFileSync } from 'node:fs'
import path from 'node:path'
import { seeded } from '../support/random.js'
import { Cluster } from './cluster.js'
import { directoryFault, notWhole } from './directory-check.js'
import { deal, type FaultKind, faultKinds } from './fault-kinds.js'
import { faults } from './faults.js'
import type { Scene } from './measure.js'
import type { MemberEvent } from './member-worker.js'
import { monotonicMs } from './monotonic.js'
import { service } from './network.js'
import { whyNot } from './network-faults.js'
import type { HarnessOptions } from './options.js'
import { Progress } from './progress.js'
import { type FaultRecord, newRecord } from './record.js'
import { figuresOf, kindReports, machine, type Report, sessionFailures, totalsOf } from './report.js'
import type { SessionEvent, SessionReport } from './session-run.js'
import type { SessionSpec } from './session-spec.js'
import { until } from './waiting.js'

/** After a fault is over, everything stands again within this long; ms. */
const wholeLimitMs = 30_000
/** A directory is right within a lease, and asking it takes a moment on a busy machine; ms. */
const directoryLimitMs = 12_000

/** One run from its first process to its report. What was made is gone when it resolves or rejects. */
export async function runFailover(options: HarnessOptions, signal: AbortSignal): Promise<Report> {
  const skipped = new Map<FaultKind, string>()
  const network = faultKinds.filter(({ kind, network }) => network && options.faults.includes(kind))
  for (const { kind } of network) {
    const why = whyNot(kind)
    if (why !== undefined) skipped.set(kind, why)
  }
  const kinds = options.faults.filter((kind) => !skipped.has(kind))
  const namespaces = network.some(({ kind }) => !skipped.has(kind))
  const progress = new Progress(options.verbose)
  for (const [kind, why] of skipped) progress.line(`skipped ${kind}: ${why}`)
  if (kinds.length === 0) {
    progress.close()
    throw new Error('There is no fault left to inject.')
  }
  const run = new Run(options, kinds, namespaces, progress, signal)
  const startedAt = new Date().toISOString()
  try {
    await run.start()
    await run.inject()
    await run.finish()
  } catch (error) {
    run.failures.push(signal.aborted ? 'interrupted' : `the harness itself: ${(error as Error).stack}`)
  } finally {
    progress.close()
    if (run.failures.length > 0 && !signal.aborted) run.cluster.keepFolder()
    await run.cluster.close()
  }
  const { records } = run
  const reports = kindReports(records)
  const injected = records.filter(({ kind }) => kind !== 'control')
  return {
    seed: options.seed,
    options,
    machine: machine(namespaces),
    startedAt,
    seconds: progress.seconds,
    faults: injected.length,
    carriers: run.carriers,
    switches: records.reduce((total, { switches }) => total + switches, 0),
    totals: totalsOf(run.reports),
    kinds: reports,
    figures: figuresOf(reports),
    skipped: [...skipped].map(([kind, why]) => ({ kind, why })),
    failures: run.failures,
    ...(run.cluster.kept ? { logs: run.cluster.folder } : {}),
    records,
  }
}

class Run {
  readonly #options: HarnessOptions
  readonly #kinds: readonly FaultKind[]
  readonly #progress: Progress
  readonly #signal: AbortSignal

  readonly records: FaultRecord[] = []
  readonly failures: string[] = []
  readonly cluster: Cluster
  reports: SessionReport[] = []
  /** What carried the sessions when faults were injected. */
  readonly carriers: Record<string, number> = {}
  readonly #random: () => number
  readonly #events: SessionEvent[] = []

  constructor(
    options: HarnessOptions,
    kinds: readonly FaultKind[],
    namespaces: boolean,
    progress: Progress,
    signal: AbortSignal,
  ) {
    this.#options = options
    this.#kinds = kinds
    this.#progress = progress
    this.#signal = signal

    this.#random = seeded(options.seed)
    this.cluster = new Cluster({ ...options, namespaces, onEvent: (event, from) => this.#onEvent(event, from) })
    if (options.keep) progress.line(`logs and identities: ${this.cluster.folder}`)
  }

  async start(): Promise<void> {
    const cluster = this.cluster,
      options = this.#options
    this.#progress.now('starting the processes')
    await cluster.start()
    this.#progress.now('dialing')
    const specs: Array<[number, number, SessionSpec['kind']]> = []
    for (let dialer = 0; dialer < options.dialers; dialer++) {
      for (let host = 0; host < options.hosts; host++) specs.push([dialer, host, 'chat'])
      specs.push([dialer, dialer % options.hosts, 'bulk'], [dialer, (dialer + 1) % options.hosts, 'idle'])
    }
    await Promise.all(specs.map(([dialer, host, kind]) => this.#dial(dialer, host, kind)))
    await this.#untilWhole(undefined)
  }

  /** Fault after fault until time or count is over, or something went wrong. */
  async inject(): Promise<void> {
    const options = this.#options,
      cluster = this.cluster,
      signal = this.#signal,
      progress = this.#progress
    const endMs = monotonicMs() + options.minutes * 60_000
    let left = options.count
    for (const kind of deal(this.#kinds, this.#random)) {
      if (left <= 0 || monotonicMs() >= endMs) return
      if (this.failures.length > 0 && !options.keepGoing) return
      signal.throwIfAborted()
      const record = newRecord(this.records.length + 1, kind)
      if (kind !== 'control') left--
      this.records.push(record)
      progress.now(kind)
      this.#note({ fault: record.index, kind, atMs: monotonicMs() })
      const eventsBefore = this.#events.length
      // Each fault has a source of its own, so that what one draws does not change the next ones.
      const random = seeded(Math.floor(this.#random() * 2 ** 32))
      const scene: Scene = { cluster, record, random, events: this.#events, signal }
      for (const { carrier = 'none' } of await cluster.sessions()) {
        this.carriers[carrier] = (this.carriers[carrier] ?? 0) + 1
      }
      await faults[kind](scene)
      progress.now(`${kind}: until everything is whole`)
      this.#note({ fault: record.index, over: true, atMs: monotonicMs() })
      await this.#untilWhole(record)
      this.reports = await cluster.reports()
      record.switches = this.#events.slice(eventsBefore).filter(({ type }) => type === 'path:changed').length
      for (const failure of sessionFailures(this.reports, false)) record.failures.push(failure)
      this.failures.push(...record.failures.map((failure) => `fault ${record.index} (${kind}): ${failure}`))
      progress.done(record, totalsOf(this.reports))
    }
  }

  /** Lets every session come to its end and compares what was sent with what arrived. */
  async finish(): Promise<void> {
    const { cluster } = this
    this.#progress.now('ending the sessions')
    const ended = Promise.all(cluster.members.map((member) => member.call('finish'))).then(() => undefined)
    const late = new Promise<string>((resolve) => setTimeout(resolve, 60_000, 'late').unref())
    if ((await Promise.race([ended, late])) === 'late') this.failures.push('the sessions did not end within a minute')
    this.reports = await cluster.reports()
    for (const failure of sessionFailures(this.reports, true)) {
      if (!this.failures.some((known) => known.endsWith(failure))) this.failures.push(failure)
    }
  }

  async #dial(dialer: number, host: number, kind: SessionSpec['kind']): Promise<void> {
    const cluster = this.cluster,
      options = this.#options
    const [from, to] = [cluster.dialers[dialer]!, cluster.hosts[host]!]
    const spec: SessionSpec = {
      name: `${from.name}-${to.name}-${kind}`,
      kind,
      seed: options.seed,
      bytesPerSecond: options.bulkKibPerSecond * 1024,
    }
    await from.call('dial', { service, instanceId: to.name, spec })
  }

  async #untilWhole(record: FaultRecord | undefined): Promise<void> {
    const cluster = this.cluster,
      signal = this.#signal
    const failures = record?.failures ?? this.failures
    const whole = await until(wholeLimitMs, () => notWhole(cluster), { signal })
    if (typeof whole === 'string') failures.push(`${wholeLimitMs / 1000} s after its end ${whole}`)
    const directory = await until(directoryLimitMs, () => directoryFault(cluster), { signal })
    if (typeof directory === 'string') failures.push(`${directoryLimitMs / 1000} s after that ${directory}`)
    if (record === undefined) return
    if (typeof whole === 'number') record.wholeMs = whole
    if (typeof directory === 'number') record.directoryMs = directory
  }

  #onEvent(event: MemberEvent, from: string): void {
    this.#note(event)
    if (event.type === 'warning') this.#progress.line(`${from}: ${event.text}`)
    else this.#events.push(event)
  }

  #note(event: object): void {
    appendFileSync(path.join(this.cluster.folder, 'logs', 'events.jsonl'), `${JSON.stringify(event)}\n`)
  }
}
