import type { Clock } from '../core/clock.js'
import { isProved, provedRow, sameHosts } from './proved-rows.js'
import { joinRows, maxRowHosts, type Row, type RowHost, sameRow } from './row.js'

/** What one relay has told of a service so far. */
export interface Telling {
  /** By instance id. */
  rows: ReadonlyMap<string, Row>
  /** It is watched, and has not shown that it tells nothing. */
  counts(): boolean
  /** It has told of this instance, or that it is not there. */
  isTold(instanceId: string): boolean
}

export interface AgreedRowsOptions {
  clock: Clock
  /** The hosts of an instance that can be proved; undefined when nobody answers. */
  prove(instanceId: string): Promise<ReadonlyMap<string, RowHost> | undefined>
  onRow(instanceId: string, row: Row | undefined, lastSeenMs?: number): void
  /** One has told what cannot be proved, or kept what can, more often than who is merely slow. */
  onFalse(telling: Telling): void
}

/** Relays that tell different things get this long to tell the same. */
const agreeMs = 500
const provedAtOnce = 32
const maxFalse = 16

/**
 * The rows on which relays that are watched agree. What only one of them tells, or still tells, is shown (or taken away) when the
 * terminators behind it prove it right. One that is alone is believed.
 */
export class AgreedRows {
  readonly #shown = new Map<string, Row>()
  readonly #tellings: readonly Telling[]
  readonly #options: AgreedRowsOptions
  /** By instance id: since when, and until when it was there by the word of one. */
  readonly #disputed = new Map<string, { sinceMs: number; lastSeenMs?: number }>()
  readonly #falsehoods = new Map<Telling, number>()
  #proving = 0
  #cancelSweep: (() => void) | undefined

  constructor(tellings: readonly Telling[], options: AgreedRowsOptions) {
    this.#tellings = tellings
    this.#options = options
  }

  get rows(): Iterable<Row> {
    return this.#shown.values()
  }

  row(instanceId: string): Row | undefined {
    return this.#shown.get(instanceId)
  }

  /** Takes a row as shown, which another one has shown before. */
  begin(row: Row): void {
    this.#shown.set(row.instanceId, row)
  }

  stop(): void {
    this.#cancelSweep?.()
    this.#disputed.clear()
  }

  /** Another relay tells in this one's place. */
  replaced(telling: Telling): void {
    this.#falsehoods.delete(telling)
  }

  /** Which relays count has changed. */
  decideAll(): void {
    const all = new Set(this.#shown.keys())
    for (const { rows } of this.#tellings) for (const instanceId of rows.keys()) all.add(instanceId)
    for (const instanceId of all) this.decide(instanceId)
  }

  /** One of them has told something new of an instance. */
  decide(instanceId: string, lastSeenMs?: number): void {
    const told = this.#told(instanceId)
    if (told.length === 0) return // what is shown stays until somebody tells again
    const disputed = this.#disputed.get(instanceId)
    const agreed = agreedRow(told)
    if (agreed !== undefined) {
      this.#disputed.delete(instanceId)
      this.#show(instanceId, agreed.row, lastSeenMs ?? disputed?.lastSeenMs)
      return
    }
    this.#disputed.set(instanceId, { sinceMs: this.#options.clock.monotonic(), lastSeenMs })
    this.#cancelSweep ??= this.#options.clock.after(agreeMs, () => this.#sweep())
  }

  #told(instanceId: string): Array<Row | undefined> {
    return this.#tellings.filter((telling) => telling.counts()).map(({ rows }) => rows.get(instanceId))
  }

  #show(instanceId: string, row: Row | undefined, lastSeenMs?: number): void {
    const shown = this.#shown.get(instanceId)
    if (row === undefined) {
      if (this.#shown.delete(instanceId)) this.#options.onRow(instanceId, undefined, lastSeenMs)
    } else if (shown === undefined || !sameRow(shown, row)) {
      this.#shown.set(instanceId, row)
      this.#options.onRow(instanceId, row)
    }
  }

  /** Takes up disputes that have lasted, some at a time. */
  #sweep(): void {
    this.#cancelSweep = undefined
    const nowMs = this.#options.clock.monotonic()
    for (const [instanceId, { sinceMs, lastSeenMs }] of this.#disputed) {
      if (this.#proving >= provedAtOnce) return // goes on when one is through
      if (nowMs - sinceMs < agreeMs) {
        this.#cancelSweep = this.#options.clock.after(sinceMs + agreeMs - nowMs, () => this.#sweep())
        return
      }
      this.#disputed.delete(instanceId)
      const agreed = agreedRow(this.#told(instanceId)) // one may have ceased to count
      if (agreed !== undefined) this.#show(instanceId, agreed.row, lastSeenMs)
      else void this.#prove(instanceId, lastSeenMs)
    }
  }

  async #prove(instanceId: string, lastSeenMs?: number): Promise<void> {
    this.#proving++
    const proved = await this.#options.prove(instanceId).catch(() => undefined)
    this.#proving--
    // Something newer was told meanwhile: that is looked at instead.
    if (proved !== undefined && !this.#disputed.has(instanceId)) {
      const told = this.#told(instanceId).filter((row) => row !== undefined)
      this.#show(instanceId, provedRow(instanceId, told, proved), lastSeenMs)
      this.#count(instanceId, proved)
    }
    if (this.#cancelSweep === undefined) this.#sweep()
  }

  #count(instanceId: string, proved: ReadonlyMap<string, RowHost>): void {
    if (proved.size > maxRowHosts) return // a lookup tells of some of them only
    for (const telling of this.#tellings) {
      const row = telling.rows.get(instanceId)
      const isRight = row === undefined ? proved.size === 0 : isProved(row, proved)
      if (isRight || !telling.counts() || !telling.isTold(instanceId)) continue
      const count = (this.#falsehoods.get(telling) ?? 0) + 1
      this.#falsehoods.set(telling, count)
      if (count > maxFalse) this.#options.onFalse(telling)
    }
  }
}

/** What all say; undefined when they differ. Figures change all the time: of those that are not the same the better ones count. */
function agreedRow(told: ReadonlyArray<Row | undefined>): { row: Row | undefined } | undefined {
  const [first, ...others] = told
  if (first === undefined) return others.every((row) => row === undefined) ? { row: undefined } : undefined
  let row = first
  for (const other of others) {
    if (other === undefined || !sameHosts(first, other)) return undefined
    if (!sameRow(row, other)) row = joinRows(row, other)
  }
  return { row }
}
