import { setMaxListeners } from 'node:events'

/** Calls `run` once, when the signal fires or at once when it has. What is returned takes that back, at any time. */
export function whenAborted(signal: AbortSignal | undefined, run: () => void): () => void {
  if (signal === undefined) return () => {}
  if (signal.aborted) {
    run()
    return () => {}
  }
  const onAbort = () => run()
  // An application may end all that it does with one signal: more than ten things are no leak.
  setMaxListeners(0, signal)
  signal.addEventListener('abort', onAbort, { once: true })
  return () => signal.removeEventListener('abort', onAbort)
}

/** Resolves when the signal fires. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    whenAborted(signal, resolve)
  })
}

/**
 * Waits for whichever of several things comes first. `begin` starts to wait for them, says by `resolve` or `reject` how it
 * ended, and returns what stops the waiting, which is called once, however it ended. Rejects with the signal's reason when
 * that fires first; `begin` is not called when it has fired already.
 */
export function waitFor<T = void>(
  signal: AbortSignal | undefined,
  begin: (resolve: (value: T) => void, reject: (error: unknown) => void) => () => void,
): Promise<T> {
  if (signal?.aborted) return Promise.reject(signal.reason)
  return new Promise<T>((resolve, reject) => {
    let settled = false
    let stop = () => {}
    const settle = (how: () => void) => {
      if (settled) return
      settled = true
      stop()
      how()
    }
    const forget = whenAborted(signal, () => settle(() => reject(signal?.reason)))
    const stopWaiting = begin(
      (value) => settle(() => resolve(value)),
      (error) => settle(() => reject(error)),
    )
    stop = () => {
      forget()
      stopWaiting()
    }
    if (settled) stop() // `begin` knew at once
  })
}
