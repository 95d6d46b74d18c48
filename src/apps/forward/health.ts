/** Says how often a target is probed; ms, `Infinity` for never. A probe is a connection the target has to deal with. */
export interface ProbeIntervals {
  /** While it takes connections, and before anything is known of it. */
  upMs: number
  /** While it does not, so that its return is noticed. */
  downMs: number
}

/** Says what is known of a host's target. */
export type Health = 'unknown' | 'up' | 'down'

/**
 * Keeps whether the target of a host takes connections, from what probes and callers report; pure, time is an argument. One failure
 * is enough to say so, since callers would run into it, and one success to take it back.
 */
export class TargetHealth {
  readonly #intervals: ProbeIntervals

  health: Health = 'unknown'
  #dueMs: number

  constructor(intervals: ProbeIntervals) {
    this.#intervals = intervals

    this.#dueMs = intervals.upMs === Number.POSITIVE_INFINITY ? intervals.upMs : Number.NEGATIVE_INFINITY
  }

  /**
   * Called after a connection to the target was made (`connected` = true) or was not. Returns true when that changed what is known.
   */
  report(connected: boolean, nowMs: number): boolean {
    const health = connected ? 'up' : 'down'
    const changed = health !== this.health
    this.health = health
    const { upMs, downMs } = this.#intervals
    // A caller that got through has proved as much as a probe would.
    this.#dueMs = nowMs + (connected ? upMs : Math.min(upMs, downMs))
    return changed
  }

  /** Returns how many ms until a probe is worth making: 0 for now, `Infinity` for never. */
  dueInMs(nowMs: number): number {
    return Math.max(0, this.#dueMs - nowMs)
  }
}
