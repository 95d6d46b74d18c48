import type { Clock } from '../../core/clock.js'
import { everySecond } from '../../core/every-second.js'
import { isPossible } from '../../directory/answer-check.js'
import { parsePartitionKey } from '../../directory/partition.js'
import type { PooledRelay, RelayPool } from '../../directory/relay-pool.js'
import type { Row, RowHost } from '../../directory/row.js'
import { decodeRow } from '../../directory/row-codec.js'
import type { WatchEvent } from '../../wire/messages/directory.js'
import type { Homes } from '../feeds/homes.js'
import type { Liars } from '../feeds/liars.js'
import type { DirectoryStore } from '../table/store.js'
import { MirroredPart } from './mirrored-part.js'

interface Followed {
  /** Counts the links that watch the service here. */
  watchers: number
  /** By partition; those that we are a settled home of have none. */
  parts: Map<string, MirroredPart>
}

export interface MirrorDeps {
  pool: RelayPool
  homes: Homes
  store: DirectoryStore
  clock: Clock
  /** Knows the relays that were caught lying: they are not followed. */
  liars: Pick<Liars, 'has'>
  /** Returns the hosts of an instance that homes can prove; undefined when none answers. */
  prove(service: string, instanceId: string): Promise<ReadonlyMap<string, RowHost> | undefined>
}

/**
 * Keeps the rows of watched services whose homes are elsewhere: it watches two homes of each partition on behalf of everybody who
 * watches here, and changes over to another home when one is lost, without any watcher noticing.
 */
export class Mirror {
  readonly #deps: MirrorDeps
  readonly #onChange: (service: string, instanceId: string) => void
  /** Called when every part of a service has been told once. */
  readonly #onCurrent: (service: string) => void

  readonly #followed = new Map<string, Followed>()
  #cancelLooks = () => {}

  /** `onChange` is called for each instance whose row may have changed. */
  constructor(
    deps: MirrorDeps,
    onChange: (service: string, instanceId: string) => void,
    /** Called when every part of a service has been told once. */
    onCurrent: (service: string) => void,
  ) {
    this.#deps = deps
    this.#onChange = onChange
    this.#onCurrent = onCurrent
  }

  start(): void {
    const { pool, homes } = this.#deps
    pool.on('watch', (event, relay) => this.#onEvent(event, relay))
    pool.on('down', (relay) => this.#onDown(relay))
    pool.on('unwatched', (service, relay) => {
      this.#lose(service, relay.peerId)
      this.#assignAll()
    })
    homes.on('changed', () => this.#assignAll())
  }

  stop(): void {
    this.#cancelLooks()
    for (const { parts } of this.#followed.values()) for (const part of parts.values()) part.stop()
  }

  follow(service: string): void {
    let followed = this.#followed.get(service)
    if (followed === undefined) {
      followed = { watchers: 0, parts: new Map() }
      // A lost source is replaced at the next look, and what we have become home to needs none any more.
      if (this.#followed.size === 0) this.#cancelLooks = everySecond(() => this.#assignAll())
      this.#followed.set(service, followed)
    }
    followed.watchers++
    this.#assign(service, followed)
  }

  unfollow(service: string): void {
    const followed = this.#followed.get(service)
    if (followed === undefined || --followed.watchers > 0) return
    this.#followed.delete(service)
    if (this.#followed.size === 0) this.#cancelLooks()
    for (const source of sourcesOf(followed.parts.values())) this.#deps.pool.get(source)?.link?.unwatch(service)
    for (const part of followed.parts.values()) part.stop()
  }

  /** Returns the row of an instance; undefined when no home has told of it, or the service is not followed. */
  row(service: string, instanceId: string): Row | undefined {
    const partition = this.#deps.store.partitionOf({ service, instanceId })
    return this.#followed.get(service)?.parts.get(partition)?.row(instanceId)
  }

  instanceIds(service: string): string[] {
    const parts = [...(this.#followed.get(service)?.parts.values() ?? [])]
    return parts.flatMap(({ rows }) => [...rows].map(({ instanceId }) => instanceId))
  }

  /** Returns true when nothing is missing: of every part a home has told everything. */
  current(service: string): boolean {
    for (const { current } of this.#followed.get(service)?.parts.values() ?? []) if (!current) return false
    return true
  }

  /**
   * Called when partitions were cut anew: all are watched again, and what is shown stays until the sources have told everything.
   */
  resharded(): void {
    for (const [service, followed] of this.#followed) {
      const before = [...followed.parts.values()]
      followed.parts.clear()
      this.#assign(service, followed)
      for (const row of before.flatMap((part) => [...part.rows])) {
        followed.parts.get(this.#deps.store.partitionOf({ service, instanceId: row.instanceId }))?.show(row)
      }
      const sources = sourcesOf(followed.parts.values())
      for (const source of sourcesOf(before)) {
        if (!sources.has(source)) this.#deps.pool.get(source)?.link?.unwatch(service)
      }
      for (const part of before) part.stop()
    }
  }

  #assignAll(): void {
    for (const [service, followed] of this.#followed) this.#assign(service, followed)
  }

  #assign(service: string, followed: Followed): void {
    const { homes, liars } = this.#deps
    const changed = new Set<string>()
    for (const partition of homes.partitions()) {
      if (parsePartitionKey(partition).service !== service) continue
      const known = followed.parts.get(partition)
      if (homes.isSettledHome(partition)) {
        if (known === undefined) continue
        followed.parts.delete(partition)
        known.stop()
        for (const source of known.sources) changed.add(source)
        for (const { instanceId } of known.rows) this.#onChange(service, instanceId)
        continue
      }
      const part = known ?? this.#part(service)
      followed.parts.set(partition, part)
      const believed = homes.preferred(partition).filter((home) => !liars.has(home))
      for (const source of part.assign(believed)) changed.add(source)
    }
    for (const source of changed) void this.#watch(service, source)
    if (this.current(service)) this.#onCurrent(service)
  }

  #part(service: string): MirroredPart {
    const { clock, prove } = this.#deps
    return new MirroredPart({
      clock,
      prove: (instanceId) => prove(service, instanceId),
      onRow: (instanceId) => this.#onChange(service, instanceId),
      onFalse: () => this.#assignAll(),
    })
  }

  async #watch(service: string, source: string): Promise<void> {
    try {
      const link = await this.#deps.pool.ensure(source)
      const parts = [...(this.#followed.get(service)?.parts ?? [])].filter(([, part]) => part.sources.includes(source))
      if (parts.length === 0) return link.unwatch(service)
      for (const [, part] of parts) part.begin(source)
      await link.watch(service, undefined, { shards: parts.map(([partition]) => parsePartitionKey(partition).shard) })
    } catch {
      this.#lose(service, source)
    }
  }

  /** Gives a lost source up. Another home is taken at the next turn; what is shown stays until then. */
  #lose(service: string, source: string): void {
    for (const part of this.#followed.get(service)?.parts.values() ?? []) part.lose(source)
  }

  #onDown(relay: PooledRelay): void {
    for (const [service, followed] of this.#followed) {
      this.#lose(service, relay.peerId)
      this.#assign(service, followed)
    }
  }

  #onEvent(event: WatchEvent, { peerId }: PooledRelay): void {
    const { service } = event
    const followed = this.#followed.get(service)
    if (followed === undefined) return
    if (event.current) {
      for (const part of followed.parts.values()) part.end(peerId)
      if (this.current(service)) this.#onCurrent(service)
      return
    }
    const instanceId = event.row?.instanceId ?? event.goneInstanceId
    const part = followed.parts.get(this.#deps.store.partitionOf({ service, instanceId }))
    if (part === undefined || !part.sources.includes(peerId)) return
    if (event.row) {
      const row = decodeRow(event.row)
      if (isPossible(row)) part.told(peerId, instanceId, row)
    } else {
      if (event.lastSeenMs > 0) this.#deps.store.remember(service, instanceId, event.lastSeenMs, peerId)
      part.told(peerId, instanceId, undefined)
    }
  }
}

const sourcesOf = (parts: Iterable<MirroredPart>) => new Set([...parts].flatMap(({ sources }) => sources))
