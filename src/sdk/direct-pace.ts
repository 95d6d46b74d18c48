import { backoffMs } from '../core/backoff.js'
import { BoundedMap } from '../core/bounded-map.js'
import { directRetryMaxMs, directRetryMinMs, directStableMs } from '../core/limits.js'

interface Known {
  failures: number
  failedMs: number
  succeededMs: number
  notBeforeMs: number
}

const never = Number.NEGATIVE_INFINITY
const nothing: Known = { failures: 0, failedMs: never, succeededMs: never, notBeforeMs: never }

const maxPeers = 1_000
const reconsiderMs = 60_000

/**
 * Says when a direct path to a peer is worth another attempt. All sessions with that peer share what was learnt: two networks that
 * let nothing through are tried ever more rarely, and nothing is learnt twice. Pure.
 */
export class DirectPace {
  readonly #random: () => number
  readonly #peers = new BoundedMap<string, Known>(maxPeers)

  /** `random` returns numbers in [0, 1). */
  constructor(random: () => number) {
    this.#random = random
  }

  /** Returns how many ms to wait; 0 when an attempt is due. */
  waitMs(peerId: string, nowMs: number): number {
    return Math.max(0, (this.#peers.get(peerId) ?? nothing).notBeforeMs - nowMs)
  }

  /**
   * Called when an attempt that began at `begunMs` came to nothing. Of several at the same time one counts, and none when another
   * one succeeded meanwhile: it was not the networks then.
   */
  failed(peerId: string, nowMs: number, begunMs: number): void {
    const known = this.#peers.get(peerId) ?? nothing
    if (nowMs < known.notBeforeMs || known.succeededMs > begunMs) return
    const { failures } = known
    const notBeforeMs = nowMs + backoffMs(failures, directRetryMinMs, directRetryMaxMs, this.#random)
    this.#peers.set(peerId, { ...known, failures: failures + 1, failedMs: nowMs, notBeforeMs })
  }

  succeeded(peerId: string, nowMs: number): void {
    this.#peers.set(peerId, { ...(this.#peers.get(peerId) ?? nothing), succeededMs: nowMs })
  }

  /** Called when a direct path broke that was there for `livedMs`. One that does not last is as good as none. */
  broke(peerId: string, livedMs: number, nowMs: number): void {
    const isWaiting = this.waitMs(peerId, nowMs) > 0
    if (livedMs >= directStableMs && !isWaiting) this.#peers.delete(peerId)
    this.failed(peerId, nowMs, nowMs)
  }

  /** Called when something may have changed: what failed a minute ago or earlier is due. */
  reconsider(nowMs: number): void {
    for (const peerId of this.#peers.keys()) {
      const known = this.#peers.get(peerId)!
      if (nowMs - known.failedMs >= reconsiderMs) known.notBeforeMs = Math.min(known.notBeforeMs, nowMs)
    }
  }

  /** Called when this machine is somewhere else: all that was learnt is void. */
  moved(): void {
    for (const peerId of [...this.#peers.keys()]) this.#peers.delete(peerId)
  }
}
