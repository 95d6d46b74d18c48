import { backoffMs } from '../../core/backoff.js'
import type { Clock } from '../../core/clock.js'

export interface RoundsOptions {
  minMs: number
  maxMs: number
  clock: Clock
  random: () => number
  /** Must not reject. */
  run: (signal: AbortSignal) => Promise<void>
}

/** Does something again and again, with pauses that grow from `minMs` to `maxMs`; `soon()` makes them short again. */
export class Rounds {
  readonly #options: RoundsOptions

  readonly #stopping = new AbortController()
  #pauses = 0
  #cancel: (() => void) | undefined
  #running: Promise<void> | undefined
  #soon = false

  constructor(options: RoundsOptions) {
    this.#options = options
  }

  /** Begins with a round. */
  start(): void {
    if (this.#running !== undefined || this.#stopping.signal.aborted) return
    this.#cancel?.()
    this.#cancel = undefined
    this.#running = this.#options.run(this.#stopping.signal).then(() => {
      this.#running = undefined
      if (this.#stopping.signal.aborted) return
      if (this.#soon) this.#pauses = 0
      this.#soon = false
      const { minMs, maxMs, clock, random } = this.#options
      const pauseMs = backoffMs(this.#pauses++, minMs, maxMs, random)
      this.#cancel = clock.after(pauseMs, () => this.start())
    })
  }

  /** Called when something has changed: the next pause is a short one. */
  soon(): void {
    if (this.#running !== undefined) {
      this.#soon = true
      return
    }
    if (this.#cancel === undefined || this.#pauses <= 1) return // not started, or as soon as it gets
    this.#cancel()
    const { minMs, maxMs, clock, random } = this.#options
    this.#pauses = 1
    this.#cancel = clock.after(backoffMs(0, minMs, maxMs, random), () => this.start())
  }

  /** Ends the rounds: the signal of the running one fires, and this resolves when it is over. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#cancel?.()
    await this.#running
  }
}
