import { OverlayError } from '../core/errors.js'
import { abortCode } from '../wire/session-status.js'
import type { EventLog } from './event-log.js'
import type { SessionLimits, SessionRole } from './types.js'

/** How a session ended, seen from here. */
export type Outcome = 'done' | 'aborted here' | 'aborted there' | 'lost'

/** What ABORT carries. */
export interface AbortCause {
  code: number
  reason: string
}

export interface SessionPhaseOptions {
  role: SessionRole
  limits: SessionLimits
  events: EventLog
  /** It is over for the application: nothing more is to be sent or expected. */
  onClosed: (outcome: Outcome, now: number) => void
  onOver: () => void
}

/** A process that stood still has this long to find a path again, ms, however long that was. */
const wakeUpMs = 20_000

/**
 * Keeps where one side of a session is in its life: `open`, then `draining` (over for the application, while the other side has yet to
 * learn it), then `over`. While open it may be interrupted, for no longer than the grace period.
 */
export class SessionPhase {
  readonly #options: SessionPhaseOptions
  #current: 'open' | 'draining' | 'over' = 'open'
  #outcome: Outcome | undefined
  #abort: AbortCause | undefined
  /** While open without a path: when to give up. While draining: when to stop waiting. */
  #deadline: number | undefined
  #interrupted = false
  /** The last time this process stood still: until when, and for how long, ms. */
  #slept: { until: number; ms: number } | undefined

  constructor(options: SessionPhaseOptions, now: number) {
    this.#options = options
    this.#deadline = now + options.limits.sessionGraceMs
  }

  get current(): 'open' | 'draining' | 'over' {
    return this.#current
  }

  get isOpen(): boolean {
    return this.#current === 'open'
  }

  get outcome(): Outcome | undefined {
    return this.#outcome
  }

  /** Why either side gave up; undefined while open and after an end in order. */
  get abort(): AbortCause | undefined {
    return this.#abort
  }

  get deadline(): number | undefined {
    return this.#deadline
  }

  /** A path was attached to an open session. */
  carried(): void {
    this.#deadline = undefined
    if (this.#interrupted) this.#options.events.add({ type: 'resumed' })
    this.#interrupted = false
  }

  /** No path carries the open session. Harmless when that is known. */
  interrupt(now: number): void {
    if (this.#deadline !== undefined) return
    const { sessionGraceMs: graceMs } = this.#options.limits
    this.#interrupted = true
    const left = this.#leftOf(graceMs, now)
    this.#deadline = now + left
    this.#options.events.add({ type: 'interrupted', graceMs: left })
  }

  /** The process stood still until now; whoever has slept gets a little time to find a path again. */
  wokeUp(now: number): void {
    if (this.isOpen && this.#deadline !== undefined) this.#deadline = Math.max(this.#deadline, now + wakeUpMs)
  }

  /**
   * The process stood still for so long, as its clocks tell. The other side has waited all the while: what is left of the grace period
   * is that much less. It is asked at once.
   */
  slept(ms: number, now: number): void {
    this.#slept = { until: now, ms }
    if (!this.isOpen || this.#deadline === undefined) return
    this.#deadline = Math.min(this.#deadline, now + this.#leftOf(this.#options.limits.sessionGraceMs, now))
  }

  #leftOf(graceMs: number, now: number): number {
    if (this.#slept === undefined || now - this.#slept.until > wakeUpMs) return graceMs
    return Math.min(graceMs, Math.max(wakeUpMs, graceMs - this.#slept.ms))
  }

  /** Ends the session for the application, unless that has happened; `abort` says why, unless it ended in order. */
  close(outcome: Outcome, error: OverlayError | undefined, now: number, abort?: AbortCause): void {
    if (!this.isOpen) return
    const { role, limits, events, onClosed } = this.#options
    this.#current = 'draining'
    this.#outcome = outcome
    this.#abort = abort
    // The host need not wait: it remembers the ending for whoever resumes. The dialer is the only one who can.
    this.#deadline = now + (role === 'host' ? limits.sessionLingerMs : limits.sessionGraceMs)
    events.add({ type: 'closed', error })
    for (const type of ['readable', 'writable', 'paths'] as const) events.addOnce(type)
    onClosed(outcome, now)
    if (outcome === 'lost' || (outcome === 'aborted there' && role === 'dialer')) this.finish()
  }

  /** Ends the session for good: nothing is left to be said. */
  finish(): void {
    if (this.#current === 'over') return
    this.#current = 'over'
    this.#deadline = undefined
    this.#options.onOver()
    this.#options.events.add({ type: 'over' })
  }

  /** Gives up when nobody came in time. */
  tick(now: number): void {
    if (this.#deadline === undefined || now < this.#deadline) return
    if (!this.isOpen) {
      this.finish()
      return
    }
    const seconds = this.#options.limits.sessionGraceMs / 1000
    const error = new OverlayError('session_lost', `No path came back within ${seconds} s.`)
    this.close('lost', error, now, { code: abortCode.session_lost, reason: '' })
  }
}
