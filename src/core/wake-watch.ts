import type { Clock } from './clock.js'

const lookMs = 1_000
/** What is less than this is a busy process, or a clock that is being corrected. */
const leastMs = 3_000

/**
 * Notices that the process stood still: a timer is late (it was stopped), or the wall clock is ahead of the monotonic one, which stands
 * still while the machine sleeps. A wall clock that was set forward looks the same; so what is done about it must do no harm.
 */
export class WakeWatch {
  readonly #clock: Clock
  readonly #onWake: (sleptMs: number) => void
  #cancel: (() => void) | undefined

  /** `onWake` is called with how long it stood still. */
  constructor(clock: Clock, onWake: (sleptMs: number) => void) {
    this.#clock = clock
    this.#onWake = onWake
  }

  /** Begins, unless it has. */
  start(): void {
    if (this.#cancel === undefined) this.#lookLater()
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  #lookLater(): void {
    const clock = this.#clock
    const wallMs = clock.now()
    const monotonicMs = clock.monotonic()
    this.#cancel = clock.after(lookMs, () => {
      this.#lookLater()
      const sleptMs = Math.max(clock.now() - wallMs, clock.monotonic() - monotonicMs) - lookMs
      if (sleptMs >= leastMs) this.#onWake(sleptMs)
    })
  }
}
