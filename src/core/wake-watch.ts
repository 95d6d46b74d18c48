import type { Clock } from './clock.js'
import { Standstill } from './standstill.js'

const lookMs = 1_000
/** Up to this it is a busy process, or a clock that is being corrected. */
const toleratedMs = 3_000

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
    if (this.#cancel !== undefined) return
    const options = { everyMs: lookMs, toleratedMs }
    const wall = new Standstill(options, this.#clock.now())
    const monotonic = new Standstill(options, this.#clock.monotonic())
    this.#lookLater(() => Math.max(wall.look(this.#clock.now()), monotonic.look(this.#clock.monotonic())))
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  #lookLater(look: () => number): void {
    this.#cancel = this.#clock.after(lookMs, () => {
      this.#lookLater(look)
      const sleptMs = look()
      if (sleptMs > 0) this.#onWake(sleptMs)
    })
  }
}
