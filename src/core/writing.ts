import type { Clock } from './clock.js'
import { Turns } from './turns.js'

/** Says how long what could not be written waits before it is tried again; ms. */
const retryMs = 60_000

/**
 * Writes something that changes, one time after the other, each time as it is then. What could not be written, as on a disk that is
 * full, is tried again each minute until it was, or until `stop`.
 */
export class Writing {
  readonly #clock: Clock
  readonly #write: () => Promise<void>
  readonly #turns = new Turns(1)
  #cancel: (() => void) | undefined
  #stopped = false

  constructor(clock: Clock, write: () => Promise<void>) {
    this.#clock = clock
    this.#write = write
  }

  /** Writes; rejects with why it could not. */
  now(): Promise<void> {
    return this.#turns.take(() => this.#once())
  }

  /** Tries nothing again. */
  stop(): void {
    this.#stopped = true
    this.#cancel?.()
  }

  async #once(): Promise<void> {
    this.#cancel?.()
    try {
      await this.#write()
    } catch (error) {
      // It was said once; what lasts is not said each minute.
      if (!this.#stopped) this.#cancel = this.#clock.after(retryMs, () => void this.now().catch(() => {}))
      throw error
    }
  }
}
