import type { Clock } from '../../core/clock.js'
import { leaseMs, linkHeartbeatMs, ownerGraceMs } from '../../core/limits.js'
import type { Entry, EntryKey } from '../table/entry.js'
import type { DirectoryStore } from '../table/store.js'
import type { FeedMessage, FeedPart, FeedReply } from './outgoing-feed.js'

interface Owner {
  epoch: number
  version: number
  heardMs: number
  /** When its link closed. */
  goneMs?: number
  /** Entries that were there when a partition began to be told anew, and have not come again. */
  stale: Map<string, Map<string, Entry>>
}

/**
 * Counts how often an owner was asked to tell everything anew because its digest differs from what is held, and when it may be
 * again.
 */
interface Doubt {
  times: number
  againMs: number
}

/** Owners are dropped a little before the lease is over, so that nobody is listed longer than the lease. */
const silentMs = leaseMs - 1_000
const maxDoubtMs = 10 * 60_000

/**
 * The home's side of replication: it believes each owner what it says of its own terminators, for as long as it is heard of.
 * Pure but for the clock it is given.
 */
export class IncomingFeeds {
  readonly #store: DirectoryStore
  readonly #clock: Clock

  readonly #known = new Map<string, Owner>()
  readonly #doubts = new Map<string, Doubt>()

  constructor(store: DirectoryStore, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** Takes one message of an owner over. What it says of terminators that lead through others is left out. */
  receive(ownerPeerId: string, message: FeedMessage): FeedReply {
    const { epoch, version, parts } = message
    const heardMs = this.#clock.monotonic()
    let owner = this.#known.get(ownerPeerId)
    if (owner?.epoch !== epoch) {
      const first = version === (parts.length > 0 ? 1 : 0)
      if (!first) return { epoch, version: 0, resync: true }
      owner = { epoch, version: 0, heardMs, stale: new Map() }
      for (const partition of this.#store.partitionsOf(ownerPeerId)) {
        owner.stale.set(partition, this.#held(ownerPeerId, partition))
      }
      this.#known.set(ownerPeerId, owner)
    }
    owner.heardMs = heardMs
    owner.goneMs = undefined
    // A heartbeat, or a message sent again.
    if (version === owner.version) return { epoch, version, resync: this.#differs(ownerPeerId, message) }
    if (version !== owner.version + 1) return { epoch, version: owner.version, resync: true }
    owner.version = version
    for (const part of parts) this.#apply(ownerPeerId, owner, part)
    // After a new beginning: partitions that were not told again are not ours to hold any more.
    if (message.complete) for (const partition of [...owner.stale.keys()]) this.#sweep(owner, partition)
    return { epoch, version, resync: false }
  }

  /** Drops an owner that is not believed any more: what is held of it goes at once. */
  drop(ownerPeerId: string): void {
    this.#known.delete(ownerPeerId)
    this.#store.dropOwner(ownerPeerId, this.#clock.now())
  }

  /** Called when what was left out may fit now: owners whose digest differs are asked to tell everything again. */
  reconsider(): void {
    this.#doubts.clear()
  }

  /** Called when the link of an owner closed: it has a moment to come back. */
  disconnected(ownerPeerId: string): void {
    const owner = this.#known.get(ownerPeerId)
    if (owner !== undefined) owner.goneMs ??= this.#clock.monotonic()
  }

  /** Returns when the first owner has to be dropped, should it not be heard before; ms of the monotonic clock. */
  get dueMs(): number {
    let dueMs = Number.POSITIVE_INFINITY
    for (const owner of this.#known.values()) dueMs = Math.min(dueMs, dueOf(owner))
    return dueMs
  }

  /** Drops owners that are gone or silent, and returns their peer ids. */
  tick(): string[] {
    const now = this.#clock.monotonic()
    const dropped: string[] = []
    for (const [peerId, owner] of this.#known) {
      if (now < dueOf(owner)) continue
      this.#known.delete(peerId)
      this.#doubts.delete(peerId)
      this.#store.dropOwner(peerId, this.#clock.now())
      dropped.push(peerId)
    }
    return dropped
  }

  /** Called after this process was stopped for a while: owners get `graceMs` to be heard again before they are dropped. */
  resumed(graceMs: number): void {
    const heardMs = this.#clock.monotonic() - silentMs + graceMs
    for (const owner of this.#known.values()) owner.heardMs = Math.max(owner.heardMs, heardMs)
  }

  /** Returns, for the operator, whose word is held and how new it is. */
  state(): Array<{ owner: string; epoch: number; version: number; silentMs: number; partitions: string[] }> {
    const now = this.#clock.monotonic()
    return [...this.#known].map(([owner, { epoch, version, heardMs }]) => ({
      owner,
      epoch,
      version,
      silentMs: now - heardMs,
      partitions: this.#store.partitionsOf(owner),
    }))
  }

  /**
   * Returns true when what is held is not what the owner says it has told, and it is time to ask for everything again. Where that
   * does not help, it is asked for more and more rarely.
   */
  #differs(ownerPeerId: string, { digest }: FeedMessage): boolean {
    if (digest === undefined) return false
    if (this.#store.ownedDigest(ownerPeerId).equals(digest)) {
      this.#doubts.delete(ownerPeerId)
      return false
    }
    const nowMs = this.#clock.monotonic()
    const { times, againMs } = this.#doubts.get(ownerPeerId) ?? { times: 0, againMs: nowMs }
    if (nowMs < againMs) return false
    const waitMs = Math.min(linkHeartbeatMs * 2 ** times, maxDoubtMs)
    this.#doubts.set(ownerPeerId, { times: times + 1, againMs: nowMs + waitMs })
    return true
  }

  #apply(ownerPeerId: string, owner: Owner, part: FeedPart): void {
    const { partition } = part
    const nowMs = this.#clock.now()
    if (part.drop) {
      owner.stale.delete(partition)
      for (const { record } of this.#store.ownedIn(ownerPeerId, partition)) this.#store.remove(record)
      return
    }
    if (part.begin) owner.stale.set(partition, this.#held(ownerPeerId, partition))
    const stale = owner.stale.get(partition)
    const mine = (key: Entry['record'] | FeedPart['removed'][number]) =>
      key.relayPeerId === ownerPeerId && this.#store.partitionOf(key) === partition
    for (const entry of part.put) {
      if (!mine(entry.record)) continue
      stale?.delete(heldKey(entry.record))
      // The owner is the only one to write: where its order and the host's numbers differ, the owner is right.
      if (!this.#store.put(entry)) {
        this.#store.remove(entry.record)
        this.#store.put(entry)
      }
    }
    for (const key of part.removed) if (mine(key)) this.#store.remove(key, nowMs)
    const service = partition.slice(0, partition.lastIndexOf('/'))
    for (const { instanceId, lastSeenMs } of part.departed) {
      this.#store.remember(service, instanceId, Math.min(lastSeenMs, nowMs), ownerPeerId)
    }
    if (part.end) this.#sweep(owner, partition)
  }

  #sweep(owner: Owner, partition: string): void {
    const nowMs = this.#clock.now()
    for (const { record } of owner.stale.get(partition)?.values() ?? []) this.#store.remove(record, nowMs)
    owner.stale.delete(partition)
  }

  #held(ownerPeerId: string, partition: string): Map<string, Entry> {
    return new Map(this.#store.ownedIn(ownerPeerId, partition).map((entry) => [heldKey(entry.record), entry]))
  }
}

const dueOf = ({ heardMs, goneMs = Number.POSITIVE_INFINITY }: Owner): number =>
  Math.min(heardMs + silentMs, goneMs + ownerGraceMs)

/** Returns a key that is unique within one owner's partition. */
const heldKey = ({ instanceId, hostPeerId }: EntryKey) => `${instanceId}\0${hostPeerId}`
