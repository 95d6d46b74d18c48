/** While the target is down nobody else logs or pays for a probe, so its return is looked for this often; ms. */
const downIntervalMs = 1_000

/** What is known of a host's target. */
export type Health = 'unknown' | 'up' | 'down'

/**
 * Whether the target of a host takes connections, from probes and from callers alike; pure, time is an argument. One failure is
 * enough to say so, since callers would run into it, and one success to take it back.
 */
export class TargetHealth {
  health: Health = 'unknown'
  private dueMs: number

  /** `intervalMs` between probes while the target is up; `Infinity` for none, so that only callers find out. */
  constructor(private readonly intervalMs: number) {
    this.dueMs = intervalMs === Number.POSITIVE_INFINITY ? intervalMs : Number.NEGATIVE_INFINITY
  }

  /** A connection to the target was made, or was not. Returns true when that changed what is known. */
  report(connected: boolean, nowMs: number): boolean {
    const health = connected ? 'up' : 'down'
    const changed = health !== this.health
    this.health = health
    // A caller that got through has proved as much as a probe would.
    this.dueMs = nowMs + (connected ? this.intervalMs : Math.min(this.intervalMs, downIntervalMs))
    return changed
  }

  /** How long until a probe is worth making; 0 now, `Infinity` never. */
  dueInMs(nowMs: number): number {
    return Math.max(0, this.dueMs - nowMs)
  }
}
