import { setTimeout as sleep } from 'node:timers/promises'
import { monotonicMs } from './monotonic.js'

export { sleep }

/** Asks again and again until the answer is undefined; gives the ms that took, or the last answer when it took too long. */
export async function until(
  limitMs: number,
  ask: () => Promise<string | undefined> | string | undefined,
  options: { everyMs?: number; signal?: AbortSignal } = {},
): Promise<number | string> {
  const start = monotonicMs()
  for (;;) {
    options.signal?.throwIfAborted()
    const wrong = await ask()
    const tookMs = monotonicMs() - start
    if (wrong === undefined) return tookMs
    if (tookMs > limitMs) return wrong
    await sleep(options.everyMs ?? 50, undefined, { signal: options.signal })
  }
}
