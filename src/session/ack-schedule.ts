import type { Arrival, ReceiveBuffer } from './receive-buffer.js'
import type { PathId } from './types.js'

/** What an ACK says. */
interface AckState {
  received: number
  credit: number
}

export interface AckScheduleOptions {
  /** An arrival is acknowledged this long after it at the latest, ms. */
  delayMs: number
  /** And at once when this many bytes have come, or credit has grown by as many, since the last ACK. */
  everyBytes: number
}

/**
 * Decides when to acknowledge, and on which path. An ACK goes where data came from last, as the other side believes in that path; a
 * duplicate is acknowledged at once where it came from, as the ACK it should have stopped was lost.
 */
export class AckSchedule {
  readonly #buffer: ReceiveBuffer
  readonly #options: AckScheduleOptions
  /** What the last ACK on each path said. */
  readonly #said = new Map<PathId, AckState>()
  readonly #wanted = new Set<PathId>()
  #last: AckState
  #dueAt: number | undefined
  /** Where data came from last. */
  #source: PathId | undefined

  constructor(buffer: ReceiveBuffer, options: AckScheduleOptions) {
    this.#buffer = buffer
    this.#options = options
    this.#last = { received: 0, credit: buffer.credit }
  }

  /** When {@link tick} has something to do. */
  get dueAt(): number | undefined {
    return this.#dueAt
  }

  get source(): PathId | undefined {
    return this.#source
  }

  openPath(path: PathId): void {
    this.#said.set(path, { received: 0, credit: -1 })
  }

  closePath(path: PathId): void {
    this.#said.delete(path)
    this.#wanted.delete(path)
    if (this.#source === path) this.#source = undefined
  }

  arrived(path: PathId, arrival: Arrival, now: number): void {
    if (arrival === 'duplicate') {
      this.#wanted.add(path)
      return
    }
    this.#source = path
    const unsaid = this.#buffer.received - this.#last.received
    if (unsaid >= this.#options.everyBytes || this.#buffer.complete) this.#wanted.add(path)
    else this.#dueAt ??= now + this.#options.delayMs
  }

  /** The reader has taken something; `active` is the path this side sends on. */
  consumed(active: PathId | undefined): void {
    if (this.#buffer.complete || this.#buffer.credit - this.#last.credit < this.#options.everyBytes) return
    this.#want(active)
  }

  /** Says it again on `path`, unless the last ACK there said the same. */
  refresh(path: PathId): void {
    const said = this.#said.get(path)
    if (said === undefined) return
    const nothingYet = this.#buffer.received === 0 && said.credit === -1
    if (nothingYet || (said.received === this.#buffer.received && said.credit === this.#buffer.credit)) return
    this.#wanted.add(path)
  }

  tick(now: number, active: PathId | undefined): void {
    if (this.#dueAt === undefined || now < this.#dueAt) return
    this.#dueAt = undefined
    if (this.#buffer.received > this.#last.received || this.#buffer.credit > this.#last.credit) this.#want(active)
  }

  /** The ACK to put on `path` now, if any. */
  take(path: PathId): AckState | undefined {
    if (!this.#wanted.delete(path)) return undefined
    const state = { received: this.#buffer.received, credit: this.#buffer.credit }
    this.#said.set(path, state)
    this.#last = state
    this.#dueAt = undefined
    return state
  }

  #want(active: PathId | undefined): void {
    const path = this.#source ?? active
    if (path !== undefined) this.#wanted.add(path)
  }
}
