import type { Clock } from '../../core/clock.js'
import { isOverlayError } from '../../core/errors.js'
import { maxListLimit } from '../../core/limits.js'
import { parsePartitionKey, partitionKey } from '../../directory/partition.js'
import type { RelayPool } from '../../directory/relay-pool.js'
import type { Row } from '../../directory/row.js'
import { encodeRow } from '../../directory/row-codec.js'
import { watchName } from '../../directory/standing.js'
import type { XorDigest } from '../../directory/xor-digest.js'
import type { MessageIo } from '../../net/message-io.js'
import { RelayMessage } from '../../wire/messages/directory.js'
import type { Homes } from '../feeds/homes.js'
import type { Liars } from '../feeds/liars.js'
import type { DirectoryStore } from '../table/store.js'
import type { GlobalDirectory } from './global-directory.js'
import { Mirror } from './mirror.js'

export interface Watch {
  /** Set for another relay, which watches our own table only, and these shards. */
  shards?: Set<number>
  /** Instances whose change has not been sent yet. */
  changed: Set<string>
  /** Says whether telling has begun: a watcher that has not been told of anybody yet must not hear that it knows everybody. */
  begun: boolean
  /** Whether the watcher has been told that it knows everybody. */
  current: boolean
  /**
   * Says that the right to see the service was withdrawn: the watcher is told that everybody there is gone, and nothing more until
   * it has the right again.
   */
  withdrawn: boolean
  /** Ends what is held with the permissions for it. */
  release(): void
}

/** Names the parts of a link that matter for watching. */
export interface WatchingLink {
  io: MessageIo
  /** By service. */
  watches: Map<string, Watch>
  flushing: boolean
  /** Digests all that stands on the link; the node keeps the same digest. */
  standing: XorDigest
}

/**
 * Keeps who watches which service at a relay: members see everybody, other relays see what this one's own table has of some shards.
 */
export class Watchers {
  readonly #deps: {
    store: DirectoryStore
    homes: Homes
    directory: GlobalDirectory
    pool: RelayPool
    clock: Clock
    liars: Pick<Liars, 'has'>
  }
  readonly #onWarning: (error: unknown) => void

  readonly #mirror: Mirror
  /** By service. */
  readonly #links = new Map<string, Set<WatchingLink>>()

  constructor(
    deps: {
      store: DirectoryStore
      homes: Homes
      directory: GlobalDirectory
      pool: RelayPool
      clock: Clock
      liars: Pick<Liars, 'has'>
    },
    onWarning: (error: unknown) => void,
  ) {
    this.#deps = deps
    this.#onWarning = onWarning

    this.#mirror = new Mirror(
      { ...deps, prove: (service, instanceId) => deps.directory.provedHosts(service, instanceId) },
      (service, instanceId) => this.onChange(service, instanceId),
      (service) => this.#onCurrent(service),
    )
  }

  start(): void {
    this.#mirror.start()
  }

  stop(): void {
    this.#mirror.stop()
  }

  /** Adds a watch. Nothing is sent before {@link tellAll}. `shards` are those that another relay watches. */
  add(link: WatchingLink, service: string, shards: Set<number> | undefined): Watch {
    this.remove(link, service)
    const watch: Watch = {
      shards,
      changed: new Set(),
      begun: false,
      current: false,
      withdrawn: false,
      release: () => {},
    }
    link.watches.set(service, watch)
    link.standing.toggle(watchName(service))
    const links = this.#links.get(service) ?? new Set()
    this.#links.set(service, links.add(link))
    if (shards === undefined) this.#mirror.follow(service)
    return watch
  }

  /** Sends the state of every instance that is there, or that the watcher knew to be. */
  tellAll(link: WatchingLink, service: string, watch: Watch): void {
    const { shards } = watch
    watch.begun = true
    if (shards === undefined) for (const instanceId of this.#mirror.instanceIds(service)) watch.changed.add(instanceId)
    for (let cursor: string | undefined; ; ) {
      const page = this.#deps.store.list(service, cursor, maxListLimit, shards)
      for (const row of page.rows) watch.changed.add(row.instanceId)
      cursor = page.cursor
      if (cursor === undefined) break
    }
    void this.#flush(link)
  }

  remove(link: WatchingLink, service: string): void {
    const watch = link.watches.get(service)
    if (watch === undefined) return
    watch.release()
    link.watches.delete(service)
    link.standing.toggle(watchName(service))
    const links = this.#links.get(service)
    links?.delete(link)
    if (links?.size === 0) this.#links.delete(service)
    if (watch.shards === undefined) this.#mirror.unfollow(service)
  }

  /** Called when a member may no longer see a service (`withdrawn` = true), or may again (false): it is told so. */
  withdraw(link: WatchingLink, service: string, withdrawn: boolean): void {
    const watch = link.watches.get(service)
    if (watch === undefined || watch.withdrawn === withdrawn) return
    watch.withdrawn = withdrawn
    this.tellAll(link, service, watch)
  }

  /** Called when partitions were cut anew: relays watch other shards from now on, and those that were told of are watched anew. */
  resharded(): void {
    this.#mirror.resharded()
    for (const [service, links] of this.#links) {
      for (const link of links) {
        const watch = link.watches.get(service)
        if (watch?.shards === undefined || !watch.begun) continue
        watch.current = false
        this.tellAll(link, service, watch)
      }
    }
  }

  /** Called when something about the instance is new. */
  onChange(service: string, instanceId: string): void {
    const links = this.#links.get(service)
    if (links === undefined) return
    const shard = parsePartitionKey(this.#deps.store.partitionOf({ service, instanceId })).shard
    for (const link of links) {
      const watch = link.watches.get(service)
      if (watch === undefined || watch.withdrawn || watch.shards?.has(shard) === false) continue
      watch.changed.add(instanceId)
      void this.#flush(link)
    }
  }

  /** Tells those who have waited for it that they know everybody by now. */
  checkCurrent(): void {
    for (const service of this.#links.keys()) this.#onCurrent(service)
  }

  #onCurrent(service: string): void {
    for (const link of this.#links.get(service) ?? []) {
      if (link.watches.get(service)?.current === false) void this.#flush(link)
    }
  }

  /** Returns true when no instance is missing. A home that has only just become one does not know who is. */
  #knowsAll({ shards }: Watch, service: string): boolean {
    if (shards === undefined) return this.#mirror.current(service)
    return [...shards].every((shard) => this.#deps.homes.isSettledHome(partitionKey({ service, shard })))
  }

  #rowFor(watch: Watch, service: string, instanceId: string): Row | undefined {
    if (watch.shards !== undefined) return this.#deps.store.row(service, instanceId)
    return this.#mirror.row(service, instanceId) ?? this.#deps.store.row(service, instanceId)
  }

  #lastSeen(service: string, instanceId: string): number {
    const found = this.#deps.store.lookup(service, instanceId)
    return found.state === 'offline' ? found.lastSeenMs : 0
  }

  /** Sends what changed since the last time; while one write waits, later changes of an instance become one. */
  async #flush(link: WatchingLink): Promise<void> {
    if (link.flushing) return
    link.flushing = true
    try {
      await Promise.resolve() // let the changes of this turn gather
      for (let sent = true; sent; ) {
        sent = false
        for (const [service, watch] of link.watches) {
          if (!watch.begun) continue
          for (const instanceId of watch.changed) {
            sent = true
            watch.changed.delete(instanceId)
            const row = watch.withdrawn ? undefined : this.#rowFor(watch, service, instanceId)
            const gone =
              row === undefined ? { goneInstanceId: instanceId, lastSeenMs: this.#lastSeen(service, instanceId) } : {}
            const event = {
              service,
              row: row && encodeRow(row),
              goneInstanceId: '',
              lastSeenMs: 0,
              current: false,
              ...gone,
            }
            await link.io.write(RelayMessage.encode({ requestId: 0, event }))
          }
          if (watch.current || !this.#knowsAll(watch, service)) continue
          sent = true
          watch.current = true
          const event = { service, goneInstanceId: '', lastSeenMs: 0, current: true }
          await link.io.write(RelayMessage.encode({ requestId: 0, event }))
        }
      }
    } catch (error) {
      if (!isOverlayError(error, 'closed')) this.#onWarning(error)
    } finally {
      link.flushing = false
    }
  }
}
