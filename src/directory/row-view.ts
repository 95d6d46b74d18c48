import { type Row, sameRow } from './row.js'

/** A source that tells of more is not to be believed. */
const maxRows = 1_000_000

/**
 * Keeps the rows of a service, or a part of it, as one source tells them, and another one after it: what the new source does not tell
 * again is gone once it says that it has told everything. Pure.
 */
export class RowView {
  readonly #onChange: (instanceId: string, row: Row | undefined, lastSeenMs?: number) => void

  readonly rows = new Map<string, Row>()
  /** Instances the present source has not told yet; undefined once it is current. */
  #untold: Set<string> | undefined = new Set()

  /** `onChange` hears of every instance whose row appeared, changed or went, and until when it was there if that is known. */
  constructor(onChange: (instanceId: string, row: Row | undefined, lastSeenMs?: number) => void) {
    this.#onChange = onChange
  }

  /** True when the present source has told everything. */
  get current(): boolean {
    return this.#untold === undefined
  }

  /** True when an instance is there, or not, by the word of the present source, rather than of the one before. */
  isTold(instanceId: string): boolean {
    return this.#untold === undefined || (this.rows.has(instanceId) && !this.#untold.has(instanceId))
  }

  /** What was told is worth nothing. Nobody is told. */
  clear(): void {
    this.rows.clear()
    this.#untold?.clear()
  }

  /** A source begins to tell. */
  begin(): void {
    this.#untold = new Set(this.rows.keys())
  }

  put(row: Row): void {
    this.#untold?.delete(row.instanceId)
    const known = this.rows.get(row.instanceId)
    if (known === undefined ? this.rows.size >= maxRows : sameRow(known, row)) return
    this.rows.set(row.instanceId, row)
    this.#onChange(row.instanceId, row)
  }

  gone(instanceId: string, lastSeenMs?: number): void {
    this.#untold?.delete(instanceId)
    if (this.rows.delete(instanceId)) this.#onChange(instanceId, undefined, lastSeenMs)
  }

  /** The source has told everything. */
  end(): void {
    const untold = this.#untold
    this.#untold = undefined
    for (const instanceId of untold ?? []) {
      if (this.rows.delete(instanceId)) this.#onChange(instanceId, undefined)
    }
  }
}
