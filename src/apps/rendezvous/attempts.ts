import { backoffMs } from '../../core/backoff.js'
import { BoundedMap } from '../../core/bounded-map.js'

export interface AttemptsOptions {
  minMs: number
  maxMs: number
  random: () => number
}

/** Of a provider that stays dead, so many failures in a row are enough for the DHT to forget it. */
const failuresToForget = 3
/** More peers than this are not remembered as failing; the oldest of them are tried again sooner. */
const maxRemembered = 10_000

/**
 * Which of the found peers to try to reach now. The DHT goes on naming peers for hours after they are gone: each failure
 * makes the pause before the next attempt longer, so that the dead do not keep us from the living. Times are `monotonic`.
 */
export class Attempts {
  readonly #options: AttemptsOptions

  readonly #failed = new BoundedMap<string, { failures: number; againAtMs: number }>(maxRemembered)
  readonly #running = new Set<string>()

  constructor(options: AttemptsOptions) {
    this.#options = options
  }

  /** Undefined, or the attempt that should begin now and ends with `succeeded` or `failed`: the first one, or one more. */
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

  /** `first`: worth telling the person. `forget`: worth telling the DHT. */
  failed(peerId: string, nowMs: number): { first: boolean; forget: boolean } {
    this.#running.delete(peerId)
    const { minMs, maxMs, random } = this.#options
    const failures = (this.#failed.get(peerId)?.failures ?? 0) + 1
    this.#failed.set(peerId, { failures, againAtMs: nowMs + backoffMs(failures - 1, minMs, maxMs, random) })
    return { first: failures === 1, forget: failures % failuresToForget === 0 }
  }
}
