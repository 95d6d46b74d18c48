import { partitionKey, shardOf } from '../../directory/partition.js'
import type { Row } from '../../directory/row.js'
import { XorDigest } from '../../directory/xor-digest.js'
import { DepartedMemory } from './departed.js'
import { DrawIndex, type DrawOptions, draw } from './draw.js'
import type { Departed, Entry, EntryKey } from './entry.js'
import { OwnedEntries } from './owned-entries.js'
import { rowOf } from './row-of.js'
import { SortedKeys } from './sorted-keys.js'

export type Lookup =
  | { state: 'online'; entries: Entry[] }
  | { state: 'offline'; lastSeenMs: number }
  | { state: 'unknown' }

/** Called after each put (`present` = true) and each remove (`present` = false) of an entry. */
export type StoreListener = (service: string, instanceId: string, entry: Entry, present: boolean) => void

interface Table {
  instances: Map<string, Entry[]>
  order: SortedKeys
  draws: DrawIndex<Entry>
}

/**
 * Holds the terminators a relay knows, by partition and instance. Pure: no clock, no I/O. Every entry has one owner, the relay it
 * leads through, which is the only one to change it. Cost of put, remove, lookup and a page does not grow with size.
 */
export class DirectoryStore {
  readonly #onChange: StoreListener
  readonly #shardsOf: (service: string) => number

  readonly #tables = new Map<string, Table>()
  /** By owner, then by partition. */
  readonly #owned = new Map<string, Map<string, OwnedEntries>>()
  readonly #departed = new DepartedMemory()
  #entryCount = 0
  /** Counts, by service, how many changes there have been. */
  readonly #versions = new Map<string, number>()

  /** `shardsOf` says into how many parts a service is split; 1 unless told otherwise. */
  constructor(onChange: StoreListener = () => {}, shardsOf: (service: string) => number = () => 1) {
    this.#onChange = onChange
    this.#shardsOf = shardsOf
  }

  get size(): number {
    return this.#entryCount
  }

  /** Returns a number that differs after every change of a service's entries. */
  versionOf(service: string): number {
    return this.#versions.get(service) ?? 0
  }

  /** Returns the partition an instance belongs to, as in {@link partitionKey}. */
  partitionOf({ service, instanceId }: { service: string; instanceId: string }): string {
    return partitionKey({ service, shard: shardOf(instanceId, this.#shardsOf(service)) })
  }

  /** Adds or replaces an entry; one that is older than the one held (by the host's sequence) changes nothing and returns false. */
  put(entry: Entry): boolean {
    const { service, instanceId, relayPeerId } = entry.record
    const partition = this.partitionOf(entry.record)
    let table = this.#tables.get(partition)
    if (table === undefined) {
      table = { instances: new Map(), order: new SortedKeys(), draws: new DrawIndex() }
      this.#tables.set(partition, table)
    }
    const entries = table.instances.get(instanceId)
    const at = entries?.findIndex((each) => sameKey(each.record, entry.record)) ?? -1
    const held = entries?.[at]
    if (held !== undefined && held.record.sequence > entry.record.sequence) return false
    if (entries === undefined) {
      table.instances.set(instanceId, [entry])
      table.order.add(instanceId)
      this.#departed.forget(service, instanceId)
    } else if (held === undefined) entries.push(entry)
    else {
      entry.sinceMs = held.sinceMs
      entries[at] = entry
    }
    const owned = this.#ownedSet(relayPeerId, partition)
    if (held === undefined) this.#entryCount++
    else {
      owned.delete(held)
      table.draws.delete(held)
    }
    owned.add(entry)
    table.draws.add(entry)
    this.#changed(entry, true)
    return true
  }

  /** Returns one terminator; undefined when it is not there. */
  get(key: EntryKey): Entry | undefined {
    const entries = this.#tables.get(this.partitionOf(key))?.instances.get(key.instanceId)
    return entries?.find((each) => sameKey(each.record, key))
  }

  /** Removes one terminator; returns false when it was not there. Without `nowMs` the instance is forgotten, not "last seen". */
  remove(key: EntryKey, nowMs?: number): boolean {
    const { service, instanceId, relayPeerId } = key
    const partition = this.partitionOf(key)
    const table = this.#tables.get(partition)
    const entries = table?.instances.get(instanceId)
    const at = entries?.findIndex((each) => sameKey(each.record, key)) ?? -1
    if (table === undefined || entries === undefined || at < 0) return false
    const [entry] = entries.splice(at, 1) as [Entry]
    this.#entryCount--
    const parts = this.#owned.get(relayPeerId)
    const owned = parts?.get(partition)
    owned?.delete(entry)
    table.draws.delete(entry)
    if (owned?.size === 0) parts?.delete(partition)
    if (parts?.size === 0) this.#owned.delete(relayPeerId)
    if (entries.length === 0) {
      table.instances.delete(instanceId)
      table.order.delete(instanceId)
      if (table.order.size === 0) this.#tables.delete(partition)
      if (nowMs !== undefined)
        this.#departed.note({
          service,
          instanceId,
          owner: entry.record.hostPeerId,
          isHearsay: false,
          lastSeenMs: nowMs,
        })
    }
    this.#changed(entry, false)
    return true
  }

  /** Removes everything this relay owns and returns what it was. */
  dropOwner(relayPeerId: string, nowMs: number): Entry[] {
    const entries = [...this.ownedBy(relayPeerId)]
    for (const entry of entries) this.remove(entry.record, nowMs)
    return entries
  }

  owners(): string[] {
    return [...this.#owned.keys()]
  }

  *ownedBy(relayPeerId: string): Iterable<Entry> {
    for (const entries of this.#owned.get(relayPeerId)?.values() ?? []) yield* entries.values()
  }

  /** Returns how many entries a relay owns. */
  ownedCount(relayPeerId: string): number {
    let count = 0
    for (const { size } of this.#owned.get(relayPeerId)?.values() ?? []) count += size
    return count
  }

  /** Returns a copy of what a relay owns in one partition. */
  ownedIn(relayPeerId: string, partition: string): Entry[] {
    return [...(this.#owned.get(relayPeerId)?.get(partition)?.values() ?? [])]
  }

  /** Returns how much a relay owns in one partition and a digest of it, without looking at each entry; see {@link OwnedEntries}. */
  ownedState(relayPeerId: string, partition: string): { count: number; digest: Uint8Array<ArrayBuffer> } {
    const { size: count, digest } = this.#owned.get(relayPeerId)?.get(partition) ?? new OwnedEntries()
    return { count, digest }
  }

  /** Returns a digest of all that a relay owns in these partitions. */
  ownedDigest(relayPeerId: string, partitions: Iterable<string> = this.partitionsOf(relayPeerId)): XorDigest {
    const digest = new XorDigest()
    for (const partition of partitions) digest.join(this.ownedState(relayPeerId, partition).digest)
    return digest
  }

  /** Returns the partitions in which a relay owns something. */
  partitionsOf(relayPeerId: string): string[] {
    return [...(this.#owned.get(relayPeerId)?.keys() ?? [])]
  }

  /** Counts instances and terminators per partition. */
  sizes(): Map<string, { instances: number; terminators: number }> {
    const sizes = new Map<string, { instances: number; terminators: number }>()
    for (const [partition, table] of this.#tables) sizes.set(partition, { instances: table.order.size, terminators: 0 })
    for (const parts of this.#owned.values()) {
      for (const [partition, entries] of parts) sizes.get(partition)!.terminators += entries.size
    }
    return sizes
  }

  /** Sorts everything anew after the number of a service's shards changed. The listener is not called, as nothing came or went. */
  reshard(): void {
    const entries = [...this.#owned.values()].flatMap((parts) =>
      [...parts.values()].flatMap((set) => [...set.values()]),
    )
    this.#tables.clear()
    this.#owned.clear()
    this.#entryCount = 0
    const silent = new DirectoryStore(() => {}, this.#shardsOf)
    for (const entry of entries) silent.put(entry)
    for (const service of silent.#versions.keys()) this.#versions.set(service, this.versionOf(service) + 1)
    for (const [partition, table] of silent.#tables) this.#tables.set(partition, table)
    for (const [owner, parts] of silent.#owned) this.#owned.set(owner, parts)
    this.#entryCount = silent.#entryCount
  }

  /** Returns the terminators of one instance, or when it was last seen. */
  lookup(service: string, instanceId: string): Lookup {
    const entries = this.#tables.get(this.partitionOf({ service, instanceId }))?.instances.get(instanceId)
    if (entries !== undefined) return { state: 'online', entries: [...entries] }
    const lastSeenMs = this.#departed.get(service, instanceId)
    return lastSeenMs === undefined ? { state: 'unknown' } : { state: 'offline', lastSeenMs }
  }

  /** Returns terminators of any instances of the service, at most `limit`, drawn as the service's strategy wants it. */
  any(
    service: string,
    limit: number,
    options: DrawOptions,
    shards: Iterable<number> = this.#shardNumbers(service),
  ): Entry[] {
    const indexes: DrawIndex<Entry>[] = []
    for (const shard of shards) {
      const table = this.#tables.get(partitionKey({ service, shard }))
      if (table !== undefined) indexes.push(table.draws)
    }
    return draw(indexes, limit, options)
  }

  row(service: string, instanceId: string): Row | undefined {
    const entries = this.#tables.get(this.partitionOf({ service, instanceId }))?.instances.get(instanceId)
    return entries && rowOf(instanceId, entries)
  }

  /**
   * Returns one page in the order of instance ids, after `cursor`, of the given shards (default: all). The answer's cursor is
   * undefined on the last page.
   */
  list(
    service: string,
    cursor: string | undefined,
    limit: number,
    shards: Iterable<number> = this.#shardNumbers(service),
  ): { rows: Row[]; cursor?: string } {
    const found: Array<[string, Entry[]]> = []
    let tables = 0
    for (const shard of shards) {
      const table = this.#tables.get(partitionKey({ service, shard }))
      if (table === undefined) continue
      tables++
      for (const id of table.order.after(cursor, limit + 1)) found.push([id, table.instances.get(id)!])
    }
    if (tables > 1) found.sort(([a], [b]) => (a < b ? -1 : 1))
    const rows = found.slice(0, limit).map(([id, entries]) => rowOf(id, entries))
    return found.length > limit ? { rows, cursor: rows.at(-1)!.instanceId } : { rows }
  }

  /** Called when a relay says that an instance was here until `lastSeenMs`, ms since 1970; that counts where nothing is known. */
  remember(service: string, instanceId: string, lastSeenMs: number, relayPeerId: string): void {
    if (this.#tables.get(this.partitionOf({ service, instanceId }))?.instances.has(instanceId)) return
    this.#departed.note({ service, instanceId, owner: relayPeerId, isHearsay: true, lastSeenMs })
  }

  /** Returns the instances that left one partition, as far as they are remembered. */
  departedIn(partition: string): Departed[] {
    return this.#departed.where((left) => this.partitionOf(left) === partition)
  }

  #changed(entry: Entry, present: boolean): void {
    const { service, instanceId } = entry.record
    this.#versions.set(service, this.versionOf(service) + 1)
    this.#onChange(service, instanceId, entry, present)
  }

  #ownedSet(relayPeerId: string, partition: string): OwnedEntries {
    let parts = this.#owned.get(relayPeerId)
    if (parts === undefined) {
      parts = new Map()
      this.#owned.set(relayPeerId, parts)
    }
    let entries = parts.get(partition)
    if (entries === undefined) {
      entries = new OwnedEntries()
      parts.set(partition, entries)
    }
    return entries
  }

  #shardNumbers(service: string): Iterable<number> {
    return Array.from({ length: Math.max(1, this.#shardsOf(service)) }, (_, shard) => shard)
  }
}

const sameKey = (a: EntryKey, b: EntryKey) => a.hostPeerId === b.hostPeerId && a.relayPeerId === b.relayPeerId
