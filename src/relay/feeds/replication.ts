import { EventEmitter } from 'node:events'
import type { Connection } from '@libp2p/interface'
import { anySignal } from '../../core/abort.js'
import { backoffMs } from '../../core/backoff.js'
import { utf8 } from '../../core/bytes.js'
import type { Clock } from '../../core/clock.js'
import { type ErrorCode, errorText, isOverlayError, OverlayError } from '../../core/errors.js'
import { placementRefreshMs, placementSettleMs, relayRetryMaxMs, relayRetryMinMs } from '../../core/limits.js'
import { partitionKey } from '../../directory/partition.js'
import type { RelayPool } from '../../directory/relay-pool.js'
import type { VerifiedCertificate } from '../../identity/certificate.js'
import { relayRole } from '../../identity/identity-file.js'
import type { Node } from '../../net/node.js'
import type { Trust } from '../../net/trust.js'
import type { FeedReply, FeedUpdate } from '../../wire/messages/directory.js'
import type { Entry } from '../table/entry.js'
import type { DirectoryStore } from '../table/store.js'
import { encodeFeed, FeedDecoder } from './feed-codec.js'
import { Replica } from './incoming-feeds.js'
import { Publisher } from './outgoing-feeds.js'
import { Placement } from './placement.js'

const tickMs = 250
/** Partitions that nobody asked for lately are looked up in the DHT this much more rarely. */
const idleFactor = 12
const queryTimeoutMs = 4_000
const linkHeartbeatWaitMs = 1_000
/** After this process was stopped for a while, owners have this long to be heard again. */
const resumeGraceMs = 2_000

export interface ReplicationDeps {
  node: Node
  trust: Trust
  store: DirectoryStore
  pool: RelayPool
  clock: Clock
  random: () => number
}

interface ReplicationEvents {
  /** Homes may have changed. */
  placement: []
  warning: [unknown]
}

/**
 * A relay's part in the directory beyond its own bindings: finds the homes of partitions through the DHT, feeds them what is
 * bound here, and holds what other owners feed.
 */
export class Replication extends EventEmitter<ReplicationEvents> {
  readonly own: string
  readonly placement: Placement
  readonly publisher: Publisher
  readonly replica: Replica
  private readonly decoders = new Map<string, FeedDecoder>()
  private readonly runners = new Map<string, () => void>()
  /** By partition, since when each home has been one, as we see it. */
  private readonly homesSince = new Map<string, Map<string, number>>()
  private readonly usedMs = new Map<string, number>()
  private readonly askedMs = new Map<string, number>()
  private readonly stopping = new AbortController()
  private timer: NodeJS.Timeout | undefined
  private lastTickMs = 0
  private reconciling = false
  private querying = false

  constructor(private readonly deps: ReplicationDeps) {
    super()
    const { clock, store, trust } = deps
    this.own = trust.own.peerId
    this.placement = new Placement(this.own)
    this.publisher = new Publisher(
      this.own,
      store,
      (partition) => this.homes(partition),
      () => clock.now(),
    )
    this.replica = new Replica(store, clock)
  }

  start(): void {
    const { node, trust, clock } = this.deps
    node.gate.on('proved', (connection, certificate) => this.onProved(connection, certificate))
    node.libp2p.addEventListener('connection:close', ({ detail }) => this.onClosed(detail.remotePeer.toString()))
    node.libp2p.addEventListener('peer:identify', ({ detail }) => this.onIdentified(detail.connection))
    trust.on('network', () => this.reconcileSoon())
    this.lastTickMs = clock.monotonic()
    this.timer = setInterval(() => this.tick(), tickMs)
    this.reconcileSoon()
  }

  stop(): void {
    clearInterval(this.timer)
    this.stopping.abort()
    for (const wake of this.runners.values()) wake()
  }

  /** Call it from the store's listener. */
  onStoreChange(entry: Entry, present: boolean): void {
    if (entry.record.relayPeerId !== this.own) return
    this.publisher.changed(entry, present, this.deps.clock.monotonic())
    this.runFeeds()
  }

  /** Partitions were cut anew: everything is told again. */
  reset(): void {
    this.homesSince.clear()
    this.publisher.reset(this.deps.clock.monotonic())
    this.reconcileSoon()
  }

  /** A feed message of another relay. Throws `protocol_error` or `certificate_invalid`. */
  receive(ownerPeerId: string, update: FeedUpdate): FeedReply {
    let decoder = this.decoders.get(ownerPeerId)
    if (decoder === undefined) {
      decoder = new FeedDecoder(ownerPeerId)
      this.decoders.set(ownerPeerId, decoder)
    }
    return this.replica.receive(ownerPeerId, decoder.decode(update))
  }

  /** The link over which a relay fed us is closed. */
  disconnected(ownerPeerId: string): void {
    this.decoders.delete(ownerPeerId)
    this.replica.disconnected(ownerPeerId)
  }

  /** The home relays of a partition, closest first; noted as in use. */
  homes(partition: string): readonly string[] {
    const now = this.deps.clock.monotonic()
    this.usedMs.set(partition, now)
    return this.placement.homes(partition, now)
  }

  /** The homes but ourselves, those that have been homes for long, and so are filled, first. */
  otherHomes(partition: string): string[] {
    const homes = this.homes(partition).filter((home) => home !== this.own)
    return [
      ...homes.filter((home) => this.isSettled(partition, home)),
      ...homes.filter((home) => !this.isSettled(partition, home)),
    ]
  }

  isHome(partition: string): boolean {
    return this.homes(partition).includes(this.own)
  }

  /** True when we are home to the partition, and have been for long enough that every owner knows. */
  isSettledHome(partition: string): boolean {
    if (!this.isHome(partition)) return false
    // Alone there is nobody else to ask.
    return this.homes(partition).length === 1 || this.isSettled(partition, this.own)
  }

  /** Every partition of every service in the network document. */
  partitions(): string[] {
    const found: string[] = []
    for (const { name, shards } of this.deps.trust.network.services.values()) {
      for (let shard = 0; shard < Math.max(1, shards); shard++) found.push(partitionKey({ service: name, shard }))
    }
    return found
  }

  private isSettled(partition: string, home: string): boolean {
    const since = this.homesSince.get(partition)?.get(home)
    return since !== undefined && this.deps.clock.monotonic() - since >= placementSettleMs
  }

  private onProved(connection: Connection, certificate: VerifiedCertificate): void {
    if (!certificate.roles.includes(relayRole)) return
    this.placement.seen(certificate.peerId)
    this.learnAddresses(connection, certificate)
    this.reconcileSoon()
  }

  private onIdentified(connection: Connection): void {
    const certificate = this.deps.node.gate.certificate(connection)
    if (certificate?.roles.includes(relayRole)) this.learnAddresses(connection, certificate)
  }

  private learnAddresses(connection: Connection, { name, peerId }: VerifiedCertificate): void {
    this.deps.node.libp2p.peerStore
      .get(connection.remotePeer)
      .then(({ addresses }) =>
        this.deps.pool.learn([{ name, peerId, addresses: addresses.map(({ multiaddr }) => multiaddr.toString()) }]),
      )
      .then(() => this.deps.pool.proved(peerId))
      .catch(() => {}) // not identified yet
  }

  private onClosed(peerId: string): void {
    if (!this.placement.relays().includes(peerId)) return
    const left = this.deps.node.gate.members().some(({ certificate }) => certificate.peerId === peerId)
    if (left) return
    this.placement.lost(peerId, this.deps.clock.monotonic())
    this.reconcileSoon()
  }

  private tick(): void {
    const now = this.deps.clock.monotonic()
    if (now - this.lastTickMs > 4 * tickMs) {
      this.replica.resumed(resumeGraceMs)
      this.homesSince.clear() // what we hold may be old: the others are asked as well for a while
      this.reconcileSoon()
    }
    this.lastTickMs = now
    this.replica.tick()
    void this.refresh(now)
  }

  /** Several changes at once are looked at once. */
  private reconcileSoon(): void {
    if (this.reconciling) return
    this.reconciling = true
    setImmediate(() => {
      this.reconciling = false
      if (!this.stopping.signal.aborted) this.reconcile()
    })
  }

  private reconcile(): void {
    const now = this.deps.clock.monotonic()
    const partitions = new Set([...this.partitions(), ...this.deps.store.partitionsOf(this.own)])
    for (const partition of partitions) {
      const before = this.homesSince.get(partition)
      const since = new Map<string, number>()
      for (const home of this.placement.homes(partition, now)) since.set(home, before?.get(home) ?? now)
      this.homesSince.set(partition, since)
    }
    for (const partition of this.homesSince.keys()) if (!partitions.has(partition)) this.homesSince.delete(partition)
    this.publisher.reconcile(now)
    this.runFeeds()
    this.emit('placement')
  }

  /** Asks the DHT about partitions whose turn it is. */
  private async refresh(now: number): Promise<void> {
    if (this.querying) return
    this.querying = true
    let asked = false
    try {
      for (const partition of this.partitions()) {
        const used = now - (this.usedMs.get(partition) ?? Number.NEGATIVE_INFINITY) < idleFactor * placementRefreshMs
        const every = used ? placementRefreshMs : idleFactor * placementRefreshMs
        const last = this.askedMs.get(partition)
        if (last !== undefined && now - last < every) continue
        this.askedMs.set(partition, now - this.deps.random() * placementRefreshMs * 0.2)
        const found = await this.closest(partition)
        if (this.stopping.signal.aborted) return
        if (found !== undefined) this.placement.learn(partition, found)
        asked = true
      }
    } finally {
      this.querying = false
    }
    if (asked) this.reconcile()
  }

  /** Relays close to the partition that answered the DHT's question; undefined when the question failed. */
  private async closest(partition: string): Promise<string[] | undefined> {
    const signal = anySignal(this.stopping.signal, AbortSignal.timeout(queryTimeoutMs))
    const answered = new Set<string>()
    try {
      for await (const event of this.deps.node.dht!.getClosestPeers(utf8(partition), { signal })) {
        if (event.name === 'PEER_RESPONSE') answered.add(event.from.toString())
      }
    } catch {
      // Cut short, or nobody there; those who answered count all the same.
    }
    return answered.size > 0 ? [...answered] : undefined
  }

  private runFeeds(): void {
    for (const home of this.publisher.homes()) {
      const wake = this.runners.get(home)
      if (wake !== undefined) wake()
      else {
        this.runners.set(home, () => {})
        void this.runFeed(home)
      }
    }
  }

  /** Feeds one home for as long as it is one. */
  private async runFeed(home: string): Promise<void> {
    const { publisher } = this
    const { clock, pool, random } = this.deps
    const { signal } = this.stopping
    const wanted = () => !signal.aborted && publisher.homes().includes(home)
    let told: string | undefined
    for (let attempt = 0; wanted(); ) {
      let reached = false
      try {
        const link = await pool.ensure(home, signal)
        reached = true
        publisher.interrupted(home)
        while (wanted()) {
          const message = publisher.next(home, clock.monotonic())
          if (message === undefined) await this.woken(home, linkHeartbeatWaitMs)
          else {
            publisher.replied(home, await link.feed(encodeFeed(message), signal))
            attempt = 0
            told = undefined
          }
          if (link.closed) break
        }
      } catch (error) {
        if (signal.aborted) break
        // Once per kind of trouble: it is tried again every few seconds.
        const text = errorText(error)
        if (!isPassing(error) && text !== told) {
          told = text
          const what = `What is bound here could not be told to relay ${pool.nameOf(home)}`
          this.emit('warning', new OverlayError('internal', `${what}: ${text}`, { cause: error }))
        }
      }
      publisher.interrupted(home)
      if (!reached) this.placement.lost(home, clock.monotonic())
      this.reconcileSoon()
      publisher.abandon(home, clock.monotonic())
      // Not woken by changes, which would make a dead home be tried as often as somebody binds.
      const waitMs = backoffMs(attempt++, relayRetryMinMs, relayRetryMaxMs, random)
      await new Promise<void>((resolve) => clock.after(waitMs, resolve))
    }
    this.runners.delete(home)
    if (wanted()) this.runFeeds()
  }

  /** Resolves when the feed has something to say, at the latest after `ms`. */
  private woken(home: string, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.deps.clock.after(ms, resolve)
      this.runners.set(home, () => {
        cancel()
        resolve()
      })
    })
  }
}

/** A home that is gone or slow: the pool says so, and it is tried again. */
const isPassing = (error: unknown): boolean =>
  isOverlayError(error) && (['closed', 'timed_out', 'unreachable', 'canceled'] as ErrorCode[]).includes(error.code)
