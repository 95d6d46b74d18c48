import type { Clock } from '../core/clock.js'
import { OverlayError } from '../core/errors.js'
import { endingNotice } from '../identity/deadline.js'
import type { Trust } from './trust.js'

/** Says how often the clock is looked at; ms. Timers are no measure of days: a machine sleeps, and its clock is set. */
const lookMs = 3_600_000
const dayMs = 24 * lookMs

/** Announces the end of the own certificate from 30 days before, at once and then once a day. Returns what ends it. */
export function watchDeadline(trust: Trust, clock: Clock, onWarning: (error: OverlayError) => void): () => void {
  let saidMs = Number.NEGATIVE_INFINITY
  let cancel = () => {}
  const look = () => {
    cancel = clock.after(lookMs, look)
    const nowMs = clock.now()
    const notice = endingNotice(trust.own, nowMs)
    // A clock that was set back does not silence it.
    if (notice === undefined || Math.abs(nowMs - saidMs) < dayMs) return
    saidMs = nowMs
    onWarning(new OverlayError('certificate_ending', notice))
  }
  // Not before whoever began this can hear it.
  cancel = clock.after(0, look)
  return () => cancel()
}
