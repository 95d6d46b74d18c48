import { BoundedMap } from '../core/bounded-map.js'
import { workedAddressMs } from '../core/limits.js'
import { inUsualOrder } from './in-turn.js'

/** Says which address of a node worked last, when that is not the one that is tried first anyway. */
export interface WorkedAddress {
  peerId: string
  address: string
  /** All addresses that the node had; with other ones this counts for nothing. */
  among: readonly string[]
  /** When the usual order last led there; ms since 1970. */
  sinceMs: number
}

interface Known {
  /** Undefined when the usual order counts. */
  found?: WorkedAddress
  /** Found out by this process, not by an earlier one. */
  isOwn: boolean
}

/** Limits the nodes that are remembered. */
const maxNodes = 256

/**
 * Remembers which address of a node worked, so that further connections need not wait for those that a firewall swallows. After an
 * hour the usual order has its turn again, as one lost packet may have made another address faster. Pure.
 */
export class WorkedAddresses {
  readonly #known = new BoundedMap<string, Known>(maxNodes)

  /** Takes what an earlier process has found out; what this one knows itself goes first. */
  load(entries: readonly WorkedAddress[]): void {
    for (const found of entries) {
      if (this.#known.get(found.peerId) === undefined) this.#known.set(found.peerId, { found, isOwn: false })
    }
  }

  /** Returns which of its addresses to try first; undefined for the usual order. `nowMs` since 1970. */
  first(peerId: string, addresses: readonly string[], nowMs: number): string | undefined {
    const found = this.#known.get(peerId)?.found
    if (found === undefined || !isFresh(found, nowMs)) return undefined
    return [...addresses].sort().join('\n') === [...found.among].sort().join('\n') ? found.address : undefined
  }

  /** Called when a node was reached at one of its addresses. */
  worked(peerId: string, addresses: readonly string[], address: string, nowMs: number): void {
    if (this.first(peerId, addresses, nowMs) === address) return
    if (inUsualOrder(addresses)[0] === address) this.failed(peerId)
    else this.#known.set(peerId, { found: { peerId, address, among: [...addresses], sinceMs: nowMs }, isOwn: true })
  }

  /** Called when a node was not reached: the usual order counts from now on. */
  failed(peerId: string): void {
    if (this.#known.get(peerId)?.found !== undefined) this.#known.set(peerId, { isOwn: true })
  }

  /** Returns what the next process is to know, when `there` is what was kept for it until now. */
  joined(there: readonly WorkedAddress[], nowMs: number): WorkedAddress[] {
    const known = [...this.#known.keys()].map((peerId) => this.#known.get(peerId)!)
    const own = known.flatMap(({ found, isOwn }) => (isOwn && found !== undefined ? found : []))
    const theirs = there.filter(({ peerId }) => this.#known.get(peerId)?.isOwn !== true)
    return [...own, ...theirs].filter((entry) => isFresh(entry, nowMs)).slice(0, maxNodes)
  }
}

/** A clock that was set back makes nothing last. */
const isFresh = ({ sinceMs }: WorkedAddress, nowMs: number) => Math.abs(nowMs - sinceMs) <= workedAddressMs
