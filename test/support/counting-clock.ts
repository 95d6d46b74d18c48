import { type Clock, systemClock } from '../../src/core/clock.js'

/** The machine's clock, which knows which timers wait and where each of them was begun. */
export class CountingClock implements Clock {
  readonly #waiting = new Map<object, string>()

  /** Where the timers that wait were begun, in the project's own files; empty when nothing is planned any more. */
  get waiting(): string[] {
    return [...this.#waiting.values()]
  }

  now(): number {
    return systemClock.now()
  }

  monotonic(): number {
    return systemClock.monotonic()
  }

  after(ms: number, run: () => void): () => void {
    const timer = {}
    const frames = new Error('begun here').stack?.split('\n').slice(2) ?? []
    this.#waiting.set(timer, `${ms} ms ${frames.find((frame) => frame.includes('/src/'))?.trim()}`)
    const cancel = systemClock.after(ms, () => {
      this.#waiting.delete(timer)
      run()
    })
    return () => {
      this.#waiting.delete(timer)
      cancel()
    }
  }
}
