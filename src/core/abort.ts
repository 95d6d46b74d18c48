import { checkTimeout } from './arguments.js'
import { waitFor, whenAborted } from './waiting.js'

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
  collected.register(
    combined,
    given.map((signal) => new WeakRef(signal)),
  )
  return combined
}

/**
 * Hears of combined signals that are no more. Node 20 keeps a weak reference to each of them in a set of every signal it hung on,
 * for as long as that lives: 60 bytes for each dial of a context. Later versions take it out, as is done here
 * (nodejs/node#55351). Can go when Node 20 is no longer supported.
 */
const collected = new FinalizationRegistry<ReadonlyArray<WeakRef<AbortSignal>>>((hungOn) => {
  for (const signal of hungOn) {
    const dependants = dependantsOf(signal.deref())
    for (const dependant of dependants ?? []) if (dependant.deref() === undefined) dependants!.delete(dependant)
  }
})

/** Returns Node's own set of the signals that hang on this one, if it has one. */
export function dependantsOf(signal: AbortSignal | undefined): Set<WeakRef<AbortSignal>> | undefined {
  if (signal === undefined) return undefined
  const key = Object.getOwnPropertySymbols(signal).find(({ description }) => description === 'kDependantSignals')
  return key && (signal as unknown as Record<symbol, Set<WeakRef<AbortSignal>>>)[key]
}

/**
 * Does `work` under a signal that fires with the given one, after `ms` with what `late` makes, and when the work fails, for what it leaves under
 * way. For what is done often: combined signals and timeouts of Node cost more, above all when they are collected.
 */
export async function within<T>(
  { signal, ms, late }: { signal: AbortSignal; ms: number; late: () => Error },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const own = new AbortController()
  const forget = whenAborted(signal, () => own.abort(signal.reason))
  const timer = setTimeout(() => own.abort(late()), ms)
  try {
    return await work(own.signal)
  } catch (error) {
    own.abort(error)
    throw error
  } finally {
    clearTimeout(timer)
    forget()
  }
}

/**
 * Fires after `ms`, with a TimeoutError; never for `Infinity` or what is longer than a timer of Node can be (24 days).
 * Throws `bad_argument` for what is no number.
 */
export function timeoutSignal(ms: number): AbortSignal | undefined {
  return checkTimeout(ms) > 0x7fffffff ? undefined : AbortSignal.timeout(Math.max(0, Math.ceil(ms)))
}
