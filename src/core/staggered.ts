import type { Clock } from './clock.js'
import { whenAborted } from './waiting.js'

export interface StaggeredOptions {
  clock: Clock
  /** An attempt that has not ended after this long is no longer waited for before the next one begins; it goes on. */
  delayMs: number
  signal: AbortSignal
}

/**
 * Runs `attempt` for one candidate after another, in their order, and resolves with the first success: the next one begins when
 * the one before it failed, or after `delayMs`, and a slow one may still win (RFC 8305, section 5). The others' signals fire then.
 * An attempt whose signal has fired must not resolve with something that would have to be released. Rejects with every
 * failure, in order, when all failed; with the signal's reason when that fires first.
 */
export function firstStaggered<C, T>(
  candidates: readonly C[],
  attempt: (candidate: C, signal: AbortSignal) => Promise<T>,
  { clock, delayMs, signal }: StaggeredOptions,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const over = new AbortController()
    const failures: unknown[] = []
    let begun = 0
    let ended = 0
    let cancelNext = () => {}
    let forget = () => {}
    const settle = (give: () => void) => {
      if (over.signal.aborted) return
      cancelNext()
      forget()
      give()
      over.abort()
    }
    const begin = () => {
      cancelNext()
      const index = begun++
      attempt(candidates[index]!, over.signal).then(
        (value) => settle(() => resolve(value)),
        (error) => {
          failures[index] = error
          ended++
          if (over.signal.aborted) return
          if (begun < candidates.length) begin()
          else if (ended === candidates.length) settle(() => reject(new StaggeredError(failures)))
        },
      )
      if (begun < candidates.length) cancelNext = clock.after(delayMs, begin)
    }
    if (signal.aborted) return reject(signal.reason)
    forget = whenAborted(signal, () => settle(() => reject(signal.reason)))
    if (candidates.length === 0) settle(() => reject(new StaggeredError([])))
    else begin()
  })
}

/** Every attempt failed; `failures` are in the order of the candidates. */
export class StaggeredError extends Error {
  override readonly name = 'StaggeredError'

  constructor(readonly failures: readonly unknown[]) {
    super('no attempt succeeded')
  }
}

/** Returns the same addresses, families by turns, the first one's first (RFC 8305, section 4). */
export function interleaved<A extends { family: number }>(addresses: readonly A[]): A[] {
  const first = addresses.filter(({ family }) => family === addresses[0]?.family)
  const other = addresses.filter(({ family }) => family !== addresses[0]?.family)
  const longer = Math.max(first.length, other.length)
  return Array.from({ length: longer }, (_, index) => [first[index], other[index]])
    .flat()
    .filter((address) => address !== undefined)
}
