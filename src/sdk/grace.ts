import { OverlayError } from '../core/errors.js'
import { maxSessionGraceMs, minSessionGraceMs, sessionGraceMs } from '../core/limits.js'
import type { Trust } from '../net/trust.js'

/** Returns the grace period, in ms. Throws `bad_argument` for what is none. */
export function checkGrace(graceMs: number): number {
  if (Number.isFinite(graceMs) && graceMs >= minSessionGraceMs && graceMs <= maxSessionGraceMs)
    return Math.ceil(graceMs)
  throw new OverlayError(
    'bad_argument',
    `sessionGrace is a number of ms from ${minSessionGraceMs} to ${maxSessionGraceMs}, not ${graceMs}.`,
  )
}

/**
 * Returns how long a session of this service outlives the loss of all its paths, ms: what was asked for, else what the service
 * says.
 */
export function graceOf(trust: Trust, service: string, asked: number | undefined): number {
  return asked ?? trust.network.services.get(service)?.sessionGraceMs ?? sessionGraceMs
}
