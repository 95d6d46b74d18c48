import { EventEmitter } from 'node:events'
import type { Connection } from '@libp2p/interface'
import { anySignal } from '../../core/abort.js'
import { utf8 } from '../../core/bytes.js'
import type { Clock } from '../../core/clock.js'
import { placementRefreshMs, placementSettleMs } from '../../core/limits.js'
import { partitionKey } from '../../directory/partition.js'
import type { RelayPool } from '../../directory/relay-pool.js'
import type { VerifiedCertificate } from '../../identity/certificate.js'
import { relayRole } from '../../identity/identity-file.js'
import type { Node } from '../../net/node.js'
import type { Trust } from '../../net/trust.js'
import { Placement } from './placement.js'

/** Partitions that nobody asked for lately are looked up in the DHT this much more rarely. */
const idleFactor = 12
const queryTimeoutMs = 4_000

export interface HomesDeps {
  node: Node
  trust: Trust
  pool: RelayPool
  clock: Clock
  random: () => number
}

/**
 * Knows which relays are home to which partition, from the DHT and from the relays that are connected, and since when they have
 * been. Emits `changed` when homes may have changed.
 */
export class Homes extends EventEmitter<{ changed: [] }> {
  readonly #usedPartitions: () => readonly string[]

  /** Our own peer id. */
  readonly own: string
  readonly placement: Placement
  /** Says, by partition, since when each home has been one, as we see it; ms of the monotonic clock. */
  readonly #since = new Map<string, Map<string, number>>()
  readonly #usedMs = new Map<string, number>()
  readonly #askedMs = new Map<string, number>()
  readonly #stopping = new AbortController()
  readonly #deps: HomesDeps
  #reconciling = false
  #querying = false

  /** `usedPartitions` gives those in which this relay has something, besides those of the network document. */
  constructor(deps: HomesDeps, usedPartitions: () => readonly string[]) {
    super()
    this.#usedPartitions = usedPartitions

    this.#deps = deps
    this.own = deps.trust.own.peerId
    this.placement = new Placement(this.own)
  }

  start(): void {
    const { node, trust } = this.#deps
    node.gate.on('proved', (connection, certificate) => this.#onProved(connection, certificate))
    node.libp2p.addEventListener('connection:close', ({ detail }) => this.#onClosed(detail.remotePeer.toString()))
    node.libp2p.addEventListener('peer:identify', ({ detail }) => this.#onIdentified(detail.connection))
    trust.on('network', () => this.reconcileSoon())
    this.reconcileSoon()
  }

  stop(): void {
    this.#stopping.abort()
  }

  /** Returns the home relays of a partition, closest first, and notes the partition as in use. */
  of(partition: string): readonly string[] {
    const now = this.#deps.clock.monotonic()
    this.#usedMs.set(partition, now)
    return this.placement.homes(partition, now)
  }

  /** Returns the homes without ourselves: first those that have been homes for long, and so are filled. */
  others(partition: string): string[] {
    const homes = this.of(partition).filter((home) => home !== this.own)
    return [
      ...homes.filter((home) => this.#isSettled(partition, home)),
      ...homes.filter((home) => !this.#isSettled(partition, home)),
    ]
  }

  /**
   * Returns the homes in the order in which this relay goes by them. Different relays have different ones, so that whoever asks two
   * relays hears of all homes.
   */
  preferred(partition: string): string[] {
    const others = this.others(partition)
    const settled = others.filter((home) => this.#isSettled(partition, home)).length || others.length
    const turn = this.own.charCodeAt(this.own.length - 1) % Math.max(1, settled)
    return [...others.slice(turn, settled), ...others.slice(0, turn), ...others.slice(settled)]
  }

  isHome(partition: string): boolean {
    return this.of(partition).includes(this.own)
  }

  /** Returns true when we are home to the partition, and have been for long enough that every owner knows. */
  isSettledHome(partition: string): boolean {
    if (!this.isHome(partition)) return false
    // Alone there is nobody else to ask.
    return this.of(partition).length === 1 || this.#isSettled(partition, this.own)
  }

  /** Returns every partition of every service in the network document. */
  partitions(): string[] {
    const found: string[] = []
    for (const { name, shards } of this.#deps.trust.network.services.values()) {
      for (let shard = 0; shard < Math.max(1, shards); shard++) found.push(partitionKey({ service: name, shard }))
    }
    return found
  }

  /** Called when a relay could not be reached: it is no home for a while. */
  lost(peerId: string): void {
    this.placement.lost(peerId, this.#deps.clock.monotonic())
    this.reconcileSoon()
  }

  /** Called when what is held here may be old or cut otherwise: for a while the other homes are asked as well. */
  unsettle(): void {
    this.#since.clear()
    this.reconcileSoon()
  }

  /** Looks at the homes anew in the next turn of the event loop: several changes at once are looked at once. */
  reconcileSoon(): void {
    if (this.#reconciling) return
    this.#reconciling = true
    setImmediate(() => {
      this.#reconciling = false
      if (!this.#stopping.signal.aborted) this.#reconcile()
    })
  }

  /** Asks the DHT about partitions whose turn it is. Call it every second. */
  async refresh(): Promise<void> {
    if (this.#querying) return
    this.#querying = true
    const now = this.#deps.clock.monotonic()
    let asked = false
    try {
      for (const partition of this.partitions()) {
        const used = now - (this.#usedMs.get(partition) ?? Number.NEGATIVE_INFINITY) < idleFactor * placementRefreshMs
        const every = used ? placementRefreshMs : idleFactor * placementRefreshMs
        const last = this.#askedMs.get(partition)
        if (last !== undefined && now - last < every) continue
        this.#askedMs.set(partition, now - this.#deps.random() * placementRefreshMs * 0.2)
        const found = await this.#closest(partition)
        if (this.#stopping.signal.aborted) return
        if (found !== undefined) this.placement.learn(partition, found)
        asked = true
      }
    } finally {
      this.#querying = false
    }
    if (asked) this.#reconcile()
  }

  #isSettled(partition: string, home: string): boolean {
    const since = this.#since.get(partition)?.get(home)
    return since !== undefined && this.#deps.clock.monotonic() - since >= placementSettleMs
  }

  #onProved(connection: Connection, certificate: VerifiedCertificate): void {
    if (!certificate.roles.includes(relayRole)) return
    this.placement.seen(certificate.peerId)
    this.#learnAddresses(connection, certificate)
    this.reconcileSoon()
  }

  #onIdentified(connection: Connection): void {
    const certificate = this.#deps.node.gate.certificate(connection)
    if (certificate?.roles.includes(relayRole)) this.#learnAddresses(connection, certificate)
  }

  #learnAddresses(connection: Connection, { name, peerId }: VerifiedCertificate): void {
    this.#deps.node.libp2p.peerStore
      .get(connection.remotePeer)
      .then(({ addresses }) =>
        this.#deps.pool.learn([{ name, peerId, addresses: addresses.map(({ multiaddr }) => multiaddr.toString()) }]),
      )
      .then(() => this.#deps.pool.proved(peerId))
      .catch(() => {}) // not identified yet
  }

  #onClosed(peerId: string): void {
    if (!this.placement.relays().includes(peerId)) return
    const left = this.#deps.node.gate.members().some(({ certificate }) => certificate.peerId === peerId)
    if (!left) this.lost(peerId)
  }

  #reconcile(): void {
    const now = this.#deps.clock.monotonic()
    const partitions = new Set([...this.partitions(), ...this.#usedPartitions()])
    for (const partition of partitions) {
      const before = this.#since.get(partition)
      const since = new Map<string, number>()
      for (const home of this.placement.homes(partition, now)) since.set(home, before?.get(home) ?? now)
      this.#since.set(partition, since)
    }
    for (const partition of this.#since.keys()) if (!partitions.has(partition)) this.#since.delete(partition)
    this.emit('changed')
  }

  /** Returns relays close to the partition that answered the DHT's question; undefined when the question failed. */
  async #closest(partition: string): Promise<string[] | undefined> {
    const signal = anySignal(this.#stopping.signal, AbortSignal.timeout(queryTimeoutMs))
    const answered = new Set<string>()
    try {
      for await (const event of this.#deps.node.dht!.getClosestPeers(utf8(partition), { signal })) {
        if (event.name === 'PEER_RESPONSE') answered.add(event.from.toString())
      }
    } catch {
      // Cut short, or nobody there; those who answered count all the same.
    }
    return answered.size > 0 ? [...answered] : undefined
  }
}
