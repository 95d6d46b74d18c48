import { placementSettleMs } from '../../core/limits.js'
import type { Entry } from '../table/entry.js'
import type { DirectoryStore } from '../table/store.js'
import { type FeedMessage, type FeedReply, OutgoingFeed } from './outgoing-feed.js'

/**
 * The owner's side of replication: it keeps every home of every partition in which this relay owns terminators up to date. When
 * homes change, the old ones are fed on until the new ones are filled and everybody has had time to learn of them, so that no
 * question meets a gap. Pure; `nowMs` never jumps.
 */
export class OutgoingFeeds {
  readonly #own: string
  readonly #store: DirectoryStore
  readonly #homesOf: (partition: string, nowMs: number) => readonly string[]
  readonly #epochOf: () => number

  readonly #feeds = new Map<string, OutgoingFeed>()
  /** By partition, the feeds that tell it: a change costs the same however many homes there are in all. */
  readonly #fedBy = new Map<string, OutgoingFeed[]>()
  #lastEpoch = 0

  /** `homesOf` gives the wanted homes of a partition; `epochOf` a number that is higher after a restart. */
  constructor(
    own: string,
    store: DirectoryStore,
    homesOf: (partition: string, nowMs: number) => readonly string[],
    epochOf: () => number,
  ) {
    this.#own = own
    this.#store = store
    this.#homesOf = homesOf
    this.#epochOf = epochOf
  }

  /**
   * Called by the store's listener, after each put (`present` = true) and remove (`present` = false). Entries of other owners are
   * passed over: they are not ours to tell.
   */
  changed(entry: Entry, present: boolean, nowMs: number): void {
    if (entry.record.relayPeerId !== this.#own) return
    const partition = this.#store.partitionOf(entry.record)
    let fed = false
    for (const feed of this.#fedBy.get(partition) ?? []) {
      if (!feed.has(partition)) continue
      feed.change(partition, entry, present)
      fed = true
    }
    if (!fed && present) this.reconcile(nowMs, [partition])
  }

  /** Fits the feeds to the wanted homes. Call it when homes may have changed, and now and then. */
  reconcile(nowMs: number, partitions: Iterable<string> = this.#partitions()): void {
    for (const partition of partitions) {
      const wanted = this.#homesOf(partition, nowMs).filter((home) => home !== this.#own)
      const filled = wanted.every((home) => this.#feeds.get(home)?.filled(partition))
      for (const [home, feed] of this.#feeds) {
        if (!feed.has(partition) || wanted.includes(home)) continue
        const retiredMs = feed.retire(partition, nowMs)
        if (filled && nowMs - retiredMs >= placementSettleMs) feed.drop(partition)
      }
      for (const home of wanted) this.#feedFor(home).add(partition)
      this.#index(partition)
    }
    for (const [home, feed] of this.#feeds) if (feed.partitions().length === 0) this.#feeds.delete(home)
  }

  /** Returns the peer ids of all who are fed, those included that are no longer wanted but not yet let go. */
  homes(): string[] {
    return [...this.#feeds.keys()]
  }

  next(home: string, nowMs: number): FeedMessage | undefined {
    return this.#feeds.get(home)?.next(nowMs)
  }

  replied(home: string, reply: FeedReply): void {
    this.#feeds.get(home)?.replied(reply, () => this.#freshEpoch())
  }

  /** Called when the link to a home broke. */
  interrupted(home: string): void {
    this.#feeds.get(home)?.interrupted()
  }

  /** Called for a home that could not be reached: nobody waits for it where others are wanted. */
  abandon(home: string, nowMs: number): void {
    const feed = this.#feeds.get(home)
    if (feed === undefined) return
    const wanted = feed.partitions().some((partition) => this.#homesOf(partition, nowMs).includes(home))
    if (wanted) return
    this.#feeds.delete(home)
    for (const partition of feed.partitions()) this.#index(partition)
  }

  /** Returns, for the operator, where each feed stands. */
  state(): Array<{ home: string } & ReturnType<OutgoingFeed['state']>> {
    return [...this.#feeds].map(([home, feed]) => ({ home, ...feed.state() }))
  }

  /** Forgets all feeds, because partitions were cut anew. */
  reset(nowMs: number): void {
    this.#feeds.clear()
    this.#fedBy.clear()
    this.reconcile(nowMs)
  }

  #index(partition: string): void {
    const feeds = [...this.#feeds.values()].filter((feed) => feed.has(partition))
    if (feeds.length > 0) this.#fedBy.set(partition, feeds)
    else this.#fedBy.delete(partition)
  }

  #partitions(): Set<string> {
    const partitions = new Set(this.#store.partitionsOf(this.#own))
    for (const feed of this.#feeds.values()) for (const partition of feed.partitions()) partitions.add(partition)
    return partitions
  }

  #feedFor(home: string): OutgoingFeed {
    let feed = this.#feeds.get(home)
    if (feed === undefined) {
      feed = new OutgoingFeed(
        this.#freshEpoch(),
        (partition) => ({
          entries: this.#store.ownedIn(this.#own, partition),
          departed: this.#store.departedIn(partition),
        }),
        (partitions) => this.#store.ownedDigest(this.#own, partitions).bytes,
      )
      this.#feeds.set(home, feed)
    }
    return feed
  }

  #freshEpoch(): number {
    this.#lastEpoch = Math.max(this.#lastEpoch + 1, this.#epochOf())
    return this.#lastEpoch
  }
}
