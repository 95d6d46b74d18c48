/** Gives the time, in ms, and timers. Pure code takes one of these, or a number, so that tests turn the hands themselves. */
export interface Clock {
  /** Milliseconds since 1970, for dates on signed things and for people. */
  now(): number
  /** Milliseconds that never jump, for measuring and for timers. */
  monotonic(): number
  /** Calls `run` once after `ms`. The returned function cancels it and may be called at any time. */
  after(ms: number, run: () => void): () => void
}

/** The machine's clock. Timers longer than 2^31 ms are cut to that, as Node would fire them at once. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, Math.min(Math.max(0, ms), 0x7fffffff))
    return () => clearTimeout(timer)
  },
}
