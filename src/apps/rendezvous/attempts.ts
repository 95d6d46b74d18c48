import { backoffMs } from '../../core/backoff.js'
import { BoundedMap } from '../../core/bounded-map.js'

export interface AttemptsOptions {
  minMs: number
  maxMs: number
  random: () => number
}

/** Says after how many failures in a row the DHT is told to forget a provider. */
const failuresToForget = 3
/** Limits the peers that are remembered as failing; beyond it, the oldest of them are tried again sooner. */
const maxRemembered = 10_000

/**
 * Decides which of the found peers to try to reach now. The DHT goes on naming peers for hours after they are gone: each failure
 * makes the pause before the next attempt longer, so that the dead do not keep us from the living. Times are `monotonic`.
 */
export class Attempts {
  readonly #options: AttemptsOptions

  readonly #failed = new BoundedMap<string, { failures: number; againAtMs: number }>(maxRemembered)
  readonly #running = new Set<string>()

  constructor(options: AttemptsOptions) {
    this.#options = options
  }

  /**
   * Returns which attempt should begin now, the first one or one more, or undefined when none should. An attempt ends with
   * `succeeded` or `failed`.
   */
  begin(peerId: string, nowMs: number): 'first' | 'again' | undefined {
    const failed = this.#failed.get(peerId)
    if (this.#running.has(peerId) || nowMs < (failed?.againAtMs ?? 0)) return undefined
    this.#running.add(peerId)
    return failed === undefined ? 'first' : 'again'
  }

  succeeded(peerId: string): void {
    this.#running.delete(peerId)
    this.#failed.delete(peerId)
  }

  /**
   * Called when an attempt failed. Returns `first` when that is worth telling the person, and `forget` when it is worth telling the
   * DHT.
   */
  failed(peerId: string, nowMs: number): { first: boolean; forget: boolean } {
    this.#running.delete(peerId)
    const { minMs, maxMs, random } = this.#options
    const failures = (this.#failed.get(peerId)?.failures ?? 0) + 1
    this.#failed.set(peerId, { failures, againAtMs: nowMs + backoffMs(failures - 1, minMs, maxMs, random) })
    return { first: failures === 1, forget: failures % failuresToForget === 0 }
  }
}
