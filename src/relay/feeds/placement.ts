import { homeRelays, unreachableRelayMs } from '../../core/limits.js'
import { compareDistance, type Place, placeOfPartition, placeOfPeer } from '../../directory/partition.js'

/**
 * Decides which relays are home to a partition: the few whose places in the DHT's key space are closest to the partition's, among
 * ourselves, the relays that are connected, and those the DHT found. Pure: the caller asks the DHT and watches connections.
 */
export class Placement {
  readonly #own: string | undefined
  readonly #replicas: number

  readonly #connected = new Set<string>()
  readonly #found = new Map<string, readonly string[]>()
  /** Relays that could not be reached, until when they are left out. */
  readonly #unreachable = new Map<string, number>()
  readonly #cache = new Map<string, { homes: string[]; untilMs: number }>()

  /** `own` is the peer id of this relay; undefined for somebody who only looks. */
  constructor(own: string | undefined, replicas: number = homeRelays) {
    this.#own = own
    this.#replicas = replicas
  }

  /** Called for a relay that has proved itself on an open connection. */
  seen(peerId: string): void {
    this.#unreachable.delete(peerId)
    this.#connected.add(peerId)
    this.#cache.clear()
  }

  /**
   * Called for a relay whose last connection closed, or which could not be reached: it is no home until it is seen, or found much
   * later.
   */
  lost(peerId: string, nowMs: number): void {
    this.#connected.delete(peerId)
    this.#unreachable.set(peerId, nowMs + unreachableRelayMs)
    this.#cache.clear()
  }

  /** Takes in what the DHT answered for a partition. */
  learn(partition: string, peerIds: readonly string[]): void {
    this.#found.set(partition, peerIds)
    this.#cache.delete(partition)
  }

  /** Returns the home relays, closest first. `nowMs` never jumps. */
  homes(partition: string, nowMs: number): readonly string[] {
    const known = this.#cache.get(partition)
    if (known !== undefined && nowMs < known.untilMs) return known.homes
    let untilMs = Number.POSITIVE_INFINITY
    const candidates = new Set(this.#connected)
    for (const peerId of this.#found.get(partition) ?? []) {
      const left = this.#unreachable.get(peerId)
      if (left === undefined || left <= nowMs) candidates.add(peerId)
      else untilMs = Math.min(untilMs, left)
    }
    if (this.#own !== undefined) candidates.add(this.#own)
    const target = placeOfPartition(partition)
    const homes = closest(target, candidates, this.#replicas)
    this.#cache.set(partition, { homes, untilMs })
    return homes
  }

  isHome(partition: string, nowMs: number): boolean {
    return this.#own !== undefined && this.homes(partition, nowMs).includes(this.#own)
  }

  relays(): string[] {
    return [...this.#connected]
  }
}

/** Returns the `count` peers closest to `target`, closest first. */
function closest(target: Place, peers: Iterable<string>, count: number): string[] {
  const nearest: Array<{ peerId: string; place: Place }> = []
  for (const peerId of peers) {
    const place = placeOfPeer(peerId)
    let at = nearest.length
    while (at > 0 && compareDistance(target, place, nearest[at - 1]!.place) < 0) at--
    if (at >= count) continue
    nearest.splice(at, 0, { peerId, place })
    if (nearest.length > count) nearest.pop()
  }
  return nearest.map(({ peerId }) => peerId)
}
