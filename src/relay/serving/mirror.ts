import { everySecond } from '../../core/every-second.js'
import { isPossible } from '../../directory/answer-check.js'
import { parsePartitionKey } from '../../directory/partition.js'
import type { PooledRelay, RelayPool } from '../../directory/relay-pool.js'
import type { Row } from '../../directory/row.js'
import { decodeRow } from '../../directory/row-codec.js'
import { RowView } from '../../directory/row-view.js'
import type { WatchEvent } from '../../wire/messages/directory.js'
import type { Homes } from '../feeds/homes.js'
import type { DirectoryStore } from '../table/store.js'

interface Followed {
  /** Counts the links that watch the service here. */
  watchers: number
  /** Holds a view by partition; partitions we are a settled home of have none. */
  parts: Map<string, { view: RowView; source?: string }>
}

/**
 * Keeps the rows of watched services whose homes are elsewhere: it watches one home of each partition on behalf of everybody who
 * watches here, and changes over to another home when that one is lost, without any watcher noticing.
 */
export class Mirror {
  readonly #deps: { pool: RelayPool; homes: Homes; store: DirectoryStore }
  readonly #onChange: (service: string, instanceId: string) => void
  /** Called when every part of a service has been told once. */
  readonly #onCurrent: (service: string) => void

  readonly #followed = new Map<string, Followed>()
  #cancelLooks = () => {}

  /** `onChange` is called for each instance whose row may have changed. */
  constructor(
    deps: { pool: RelayPool; homes: Homes; store: DirectoryStore },
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
    const sources = new Set([...followed.parts.values()].map(({ source }) => source))
    for (const source of sources) if (source !== undefined) this.#deps.pool.get(source)?.link?.unwatch(service)
  }

  /** Returns the row of an instance; undefined when no home has told of it, or the service is not followed. */
  row(service: string, instanceId: string): Row | undefined {
    const partition = this.#deps.store.partitionOf({ service, instanceId })
    return this.#followed.get(service)?.parts.get(partition)?.view.rows.get(instanceId)
  }

  instanceIds(service: string): string[] {
    return [...(this.#followed.get(service)?.parts.values() ?? [])].flatMap(({ view }) => [...view.rows.keys()])
  }

  /** Returns true when nothing is missing: every home that was asked has told everything. */
  current(service: string): boolean {
    for (const { view } of this.#followed.get(service)?.parts.values() ?? []) if (!view.current) return false
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
      for (const row of before.flatMap(({ view }) => [...view.rows.values()])) {
        const partition = this.#deps.store.partitionOf({ service, instanceId: row.instanceId })
        followed.parts.get(partition)?.view.rows.set(row.instanceId, row)
      }
      const sources = new Set([...followed.parts.values()].map(({ source }) => source))
      for (const { source } of before) {
        if (source !== undefined && !sources.has(source)) this.#deps.pool.get(source)?.link?.unwatch(service)
      }
    }
  }

  #assignAll(): void {
    for (const [service, followed] of this.#followed) this.#assign(service, followed)
  }

  #assign(service: string, followed: Followed): void {
    const { homes } = this.#deps
    const changed = new Set<string>()
    for (const partition of homes.partitions()) {
      if (parsePartitionKey(partition).service !== service) continue
      const part = followed.parts.get(partition)
      if (homes.isSettledHome(partition)) {
        if (part === undefined) continue
        followed.parts.delete(partition)
        if (part.source !== undefined) changed.add(part.source)
        for (const instanceId of part.view.rows.keys()) this.#onChange(service, instanceId)
        continue
      }
      const others = homes.others(partition)
      if (part?.source !== undefined && others.includes(part.source)) continue
      const source = homes.chosen(partition)
      const view = part?.view ?? new RowView((instanceId) => this.#onChange(service, instanceId))
      if (part?.source !== undefined) changed.add(part.source)
      followed.parts.set(partition, { view, source })
      if (source !== undefined) changed.add(source)
      else if (others.length === 0 && !view.current) view.end() // there is nobody else
    }
    for (const source of changed) void this.#watch(service, source)
    if (this.current(service)) this.#onCurrent(service)
  }

  async #watch(service: string, source: string): Promise<void> {
    try {
      const link = await this.#deps.pool.ensure(source)
      const parts = [...(this.#followed.get(service)?.parts ?? [])].filter(([, part]) => part.source === source)
      if (parts.length === 0) return link.unwatch(service)
      for (const [, { view }] of parts) view.begin()
      await link.watch(service, undefined, { shards: parts.map(([partition]) => parsePartitionKey(partition).shard) })
    } catch {
      this.#lose(service, source)
    }
  }

  /** Gives a lost source up. Another home is taken at the next turn; what is shown stays until then. */
  #lose(service: string, source: string): void {
    for (const part of this.#followed.get(service)?.parts.values() ?? []) {
      if (part.source === source) part.source = undefined
    }
  }

  #onDown(relay: PooledRelay): void {
    for (const [service, followed] of this.#followed) {
      this.#lose(service, relay.peerId)
      this.#assign(service, followed)
    }
  }

  #onEvent(event: WatchEvent, relay: PooledRelay): void {
    const { service } = event
    const followed = this.#followed.get(service)
    if (followed === undefined) return
    if (event.current) {
      for (const { view, source } of followed.parts.values()) if (source === relay.peerId) view.end()
      if (this.current(service)) this.#onCurrent(service)
      return
    }
    const instanceId = event.row?.instanceId ?? event.goneInstanceId
    const part = followed.parts.get(this.#deps.store.partitionOf({ service, instanceId }))
    if (part === undefined || part.source !== relay.peerId) return
    if (event.row) {
      const row = decodeRow(event.row)
      if (isPossible(row)) part.view.put(row)
    } else {
      if (event.lastSeenMs > 0) this.#deps.store.remember(service, instanceId, event.lastSeenMs, relay.peerId)
      part.view.gone(instanceId)
    }
  }
}
