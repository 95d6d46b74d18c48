import { OverlayError } from './errors.js'
import { waitFor } from './waiting.js'

/** Settles as `promise` does, or rejects with the signal's reason when that comes first. The promise itself goes on. */
export function raceAbort<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  if (signal.aborted) {
    promise.catch(() => {})
    return Promise.reject(signal.reason)
  }
  return waitFor(signal, (resolve, reject) => {
    promise.then(resolve, reject)
    return () => {}
  })
}

/**
 * What each combined signal hangs on. Node 20 refers to it only weakly: an `AbortSignal.timeout` that nobody else holds is
 * collected, and the combined signal never fires (seen in 20.20.2). Can go when Node 20 is no longer supported.
 */
const sources = new WeakMap<AbortSignal, readonly AbortSignal[]>()

/** Fires when any of the given signals fires; undefined ones are left out. Use it instead of `AbortSignal.any`. */
export function anySignal(...signals: Array<AbortSignal | undefined>): AbortSignal {
  const given = signals.filter((signal) => signal !== undefined)
  const combined = AbortSignal.any(given)
  sources.set(combined, given)
  return combined
}

/**
 * Fires after `ms`, with a TimeoutError; never for `Infinity` or what is longer than a timer of Node can be (24 days).
 * Throws `bad_argument` for what is no number.
 */
export function timeoutSignal(ms: number): AbortSignal | undefined {
  if (typeof ms !== 'number' || Number.isNaN(ms)) throw new OverlayError('bad_argument', 'A timeout is a number of ms.')
  return ms > 0x7fffffff ? undefined : AbortSignal.timeout(Math.max(0, Math.ceil(ms)))
}
