import { overdueMs } from '../core/standstill.js'

/**
 * Time as the session lives it: what passes while the process itself is stopped (a laptop that sleeps, SIGSTOP) does not
 * count. When a call comes later than the promised tick by more than the tolerance, the clock is taken back to the tick.
 */
export class SessionTime {
  readonly #toleranceMs: number
  #skew = 0
  #latest: number
  #late = false

  constructor(now: number, toleranceMs: number) {
    this.#latest = now
    this.#toleranceMs = toleranceMs
  }

  /** The latest time that {@link advance} returned. */
  get latest(): number {
    return this.#latest
  }

  /** The call before was late: the process has just woken up. */
  get late(): boolean {
    return this.#late
  }

  /** The session's time at `now`; `promised` says for when the next tick was promised, in the session's time. Never goes back. */
  advance(now: number, promised: () => number | undefined): number {
    const time = now - this.#skew
    this.#late = false
    // Who was called a moment ago did not stand still.
    if (time - this.#latest > this.#toleranceMs) {
      const due = promised()
      this.#late = due !== undefined && overdueMs(time, due, this.#toleranceMs) > 0
      if (this.#late) this.#skew = now - Math.max(due!, this.#latest)
    }
    this.#latest = Math.max(this.#latest, now - this.#skew)
    return this.#latest
  }

  /** When the caller's clock shows the session's `time`. */
  outside(time: number): number {
    return time + this.#skew
  }
}
