import type { Clock } from '../../../src/core/clock.js'

/** A clock whose hands the test turns. */
export class ManualClock implements Clock {
  #now = 10_000
  readonly #timers = new Set<{ at: number; run: () => void }>()

  /** Timers that wait: 0 when everything has been cleaned up. */
  get timers(): number {
    return this.#timers.size
  }

  now(): number {
    return 1_700_000_000_000 + this.#now
  }

  monotonic(): number {
    return this.#now
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run }
    this.#timers.add(timer)
    return () => {
      this.#timers.delete(timer)
    }
  }

  /** Lets `ms` pass, timer by timer; `settle` is awaited after each, so that what it caused happens in between. */
  async advance(ms: number, settle: () => Promise<void> = async () => {}): Promise<void> {
    const end = this.#now + ms
    await settle()
    for (;;) {
      const next = [...this.#timers].sort((a, b) => a.at - b.at)[0]
      if (next === undefined || next.at > end) break
      this.#timers.delete(next)
      this.#now = Math.max(this.#now, next.at)
      next.run()
      await settle()
    }
    this.#now = end
    await settle()
  }

  /** Time passes while this process stands still: timers fire late, all at once. */
  jump(ms: number): void {
    this.#now += ms
  }
}
