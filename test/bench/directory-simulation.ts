import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { placementRefreshMs } from '../../src/core/limits.js'
import { partitionKey } from '../../src/directory/partition.js'
import { IncomingFeeds } from '../../src/relay/feeds/incoming-feeds.js'
import { OutgoingFeeds } from '../../src/relay/feeds/outgoing-feeds.js'
import { Placement } from '../../src/relay/feeds/placement.js'
import type { Entry } from '../../src/relay/table/entry.js'
import { DirectoryStore } from '../../src/relay/table/store.js'
import { ManualClock } from '../support/directory.js'
import { seeded } from '../support/random.js'

/** What one simulation is told. */
export interface SimulationOptions {
  relays: number
  instances: number
  /** Relays each instance is bound on. */
  terminatorsEach: number
  shards: number
  /** Simulated seconds of churn. */
  churnSeconds: number
  /** Instances that leave, and that join, each second. */
  churnPerSecond: number
  /** Relays killed in the middle of the churn, and started again 15 s later. */
  relaysKilled: number
  seed: number
  log?: (line: string) => void
}

/** What came out. Errors are sentences; none means that the directory was right. */
export interface SimulationResult {
  terminators: number
  homeCopies: number
  messages: number
  lookups: number
  /** Lookups of an instance bound on a live relay for more than a second that no asked relay knew. */
  wrongLookups: number
  /** Simulated seconds from the kill until owners and homes agreed again. */
  agreedAfterSeconds: number
  errors: string[]
}

const service = 'sim'
const none = new Uint8Array(0)
const stepMs = 1_000

interface SimRelay {
  peerId: string
  up: boolean
  store: DirectoryStore
  placement: Placement
  outgoing: OutgoingFeeds
  incoming: IncomingFeeds
}

interface Instance {
  id: string
  relays: Set<number>
  boundMs: number
}

/** Relays with the real store, placement and replication, in one process, with links in memory and a manual clock. */
export class Simulation {
  readonly #options: SimulationOptions

  readonly #clock = new ManualClock()
  readonly #random: () => number
  readonly #relays: SimRelay[] = []
  readonly #byPeerId = new Map<string, SimRelay>()
  readonly #instances: Instance[] = []
  readonly #partitions: string[]
  #sequence = 1
  #nextInstance = 0
  #messages = 0
  #lookups = 0
  #wrongLookups = 0

  constructor(options: SimulationOptions) {
    this.#options = options

    this.#random = seeded(options.seed)
    this.#partitions = Array.from({ length: options.shards }, (_, shard) => partitionKey({ service, shard }))
  }

  async run(): Promise<SimulationResult> {
    const options = this.#options
    const log = options.log ?? (() => {})
    for (let index = 0; index < options.relays; index++) {
      const seed = Uint8Array.from({ length: 32 }, () => Math.floor(this.#random() * 256))
      const peerId = peerIdFromPrivateKey(await generateKeyPairFromSeed('Ed25519', seed)).toString()
      const relay = this.#startRelay(peerId)
      this.#relays.push(relay)
      this.#byPeerId.set(peerId, relay)
    }
    this.#refresh()
    log(`${options.relays} relays are up`)
    while (this.#instances.length < options.instances) {
      for (let batch = 0; batch < 20_000 && this.#instances.length < options.instances; batch++) this.#join()
      this.#step()
      log(`${this.#instances.length} instances are bound`)
    }
    this.#agree(60)
    const terminators = this.#count((relay) => relay.peerId)
    const homeCopies = this.#relays.reduce((sum, { store }) => sum + store.size, 0) - terminators
    log(`${terminators} terminators are bound, ${homeCopies} copies are at homes`)

    const killAt = Math.floor(options.churnSeconds / 3)
    let killed: number[] = []
    let agreedAfterSeconds = 0
    for (let second = 0; second < options.churnSeconds; second++) {
      for (let count = 0; count < options.churnPerSecond; count++) {
        this.#leave(Math.floor(this.#random() * this.#instances.length))
        this.#join()
      }
      if (second === killAt) killed = this.#kill(options.relaysKilled)
      if (second === killAt + 1) this.#rebind()
      if (second === killAt + 15) for (const index of killed) this.#restart(index)
      this.#step()
      this.#lookUpSome(200)
    }
    log(`churn is over: ${this.#lookups} lookups, ${this.#wrongLookups} wrong`)
    // The worst moment on its own: nothing else changes, to see how long the directory needs.
    this.#kill(options.relaysKilled)
    this.#step()
    this.#rebind()
    agreedAfterSeconds = 1 + this.#agree(120)
    const errors = this.#disagreements()
    return {
      terminators,
      homeCopies,
      messages: this.#messages,
      lookups: this.#lookups,
      wrongLookups: this.#wrongLookups,
      agreedAfterSeconds,
      errors,
    }
  }

  #startRelay(peerId: string): SimRelay {
    const store: DirectoryStore = new DirectoryStore(
      (_service, _id, entry, present) => relay.outgoing.changed(entry, present, this.#clock.monotonic()),
      () => this.#options.shards,
    )
    const placement = new Placement(peerId)
    const outgoing = new OutgoingFeeds(
      peerId,
      store,
      (partition, nowMs) => placement.homes(partition, nowMs),
      () => this.#clock.now(),
    )
    const relay: SimRelay = {
      peerId,
      up: true,
      store,
      placement,
      outgoing,
      incoming: new IncomingFeeds(store, this.#clock),
    }
    return relay
  }

  /** The DHT, without its latency: the closest 20 live relays of each partition. Relays ask at different times. */
  #refresh(asks: (index: number) => boolean = () => true): void {
    const all = new Placement(undefined, 20)
    for (const { peerId, up } of this.#relays) if (up) all.seen(peerId)
    for (const partition of this.#partitions) {
      const closest = all.homes(partition, this.#clock.monotonic())
      for (const [index, relay] of this.#relays.entries()) {
        if (relay.up && asks(index)) relay.placement.learn(partition, closest)
      }
    }
  }

  #step(): void {
    this.#clock.advance(stepMs)
    const now = this.#clock.monotonic()
    const phases = placementRefreshMs / stepMs
    const turn = (index: number) => (Math.floor(now / stepMs) + index) % phases === 0
    this.#refresh(turn)
    for (const [index, relay] of this.#relays.entries()) {
      if (!relay.up) continue
      if (turn(index)) relay.outgoing.reconcile(now)
      for (const home of relay.outgoing.homes()) this.#pass(relay, home)
    }
    for (const relay of this.#relays) if (relay.up) relay.incoming.tick()
  }

  #pass(relay: SimRelay, home: string): void {
    const now = this.#clock.monotonic()
    const target = this.#byPeerId.get(home)!
    if (!target.up) {
      relay.outgoing.interrupted(home)
      relay.placement.lost(home, now)
      relay.outgoing.reconcile(now)
      relay.outgoing.abandon(home, now)
      return
    }
    for (let message = relay.outgoing.next(home, now); message; message = relay.outgoing.next(home, now)) {
      this.#messages++
      relay.outgoing.replied(home, target.incoming.receive(relay.peerId, message))
    }
  }

  #kill(count: number): number[] {
    const killed: number[] = []
    while (killed.length < count) {
      const index = Math.floor(this.#random() * this.#relays.length)
      const relay = this.#relays[index]!
      if (!relay.up) continue
      relay.up = false
      killed.push(index)
      for (const other of this.#relays) {
        other.incoming.disconnected(relay.peerId)
        other.placement.lost(relay.peerId, this.#clock.monotonic())
      }
    }
    for (const relay of this.#relays) if (relay.up) relay.outgoing.reconcile(this.#clock.monotonic())
    return killed
  }

  #restart(index: number): void {
    const fresh = this.#startRelay(this.#relays[index]!.peerId)
    this.#relays[index] = fresh
    this.#byPeerId.set(fresh.peerId, fresh)
    this.#refresh((each) => each === index) // it asks when it starts; the others learn of it in their turn
  }

  #join(): void {
    const instance: Instance = { id: `host${this.#nextInstance++}`, relays: new Set(), boundMs: this.#clock.now() }
    this.#instances.push(instance)
    this.#bindMore(instance)
  }

  #bindMore(instance: Instance): void {
    while (instance.relays.size < this.#options.terminatorsEach) {
      const index = Math.floor(this.#random() * this.#relays.length)
      const relay = this.#relays[index]!
      if (!relay.up || instance.relays.has(index)) continue
      instance.relays.add(index)
      relay.store.put(this.#entry(instance.id, relay.peerId))
    }
  }

  #leave(index: number): void {
    const instance = this.#instances[index]!
    this.#instances[index] = this.#instances.at(-1)!
    this.#instances.pop()
    for (const at of instance.relays) {
      const relay = this.#relays[at]!
      const key = { service, instanceId: instance.id, hostPeerId: instance.id, relayPeerId: relay.peerId }
      if (relay.up) relay.store.remove(key, this.#clock.now())
    }
  }

  /** Hosts notice at once that a relay is gone, and bind elsewhere. */
  #rebind(): void {
    for (const instance of this.#instances) {
      for (const at of instance.relays) if (!this.#relays[at]!.up) instance.relays.delete(at)
      this.#bindMore(instance)
    }
  }

  #entry(instanceId: string, relayPeerId: string): Entry {
    const sequence = this.#sequence++
    return {
      record: {
        networkId: 'sim',
        service,
        instanceId,
        hostPeerId: instanceId,
        relayPeerId,
        cost: 0,
        precedence: 'default',
        sequence,
        issuedAtMs: sequence,
        processId: 1,
      },
      identityName: instanceId,
      signed: { terminator: none, certificate: none },
      busy: false,
      down: false,
      sinceMs: this.#clock.now(),
    }
  }

  /** A live relay anywhere is asked, and asks the homes as it sees them. */
  #lookUpSome(count: number): void {
    const now = this.#clock.monotonic()
    for (let asked = 0; asked < count; asked++) {
      const instance = this.#instances[Math.floor(this.#random() * this.#instances.length)]!
      const bound = [...instance.relays].some((at) => this.#relays[at]!.up)
      if (!bound || now - instance.boundMs < 2 * stepMs) continue
      const asker = this.#relays[Math.floor(this.#random() * this.#relays.length)]!
      if (!asker.up) continue
      this.#lookups++
      const partition = asker.store.partitionOf({ service, instanceId: instance.id })
      const homes = [asker.peerId, ...asker.placement.homes(partition, now)].map(
        (peerId) => this.#byPeerId.get(peerId)!,
      )
      const found = homes.some(({ up, store }) => up && store.lookup(service, instance.id).state === 'online')
      if (!found) this.#wrongLookups++
    }
  }

  /** Steps until owners and homes agree; gives the seconds it took, `maxSeconds` when they do not. */
  #agree(maxSeconds: number): number {
    for (let second = 0; second < maxSeconds; second++) {
      if (this.#disagreements(1).length === 0) return second
      this.#step()
    }
    return maxSeconds
  }

  #count(ownerOf: (relay: SimRelay) => string): number {
    let count = 0
    for (const relay of this.#relays) for (const _ of relay.store.ownedBy(ownerOf(relay))) count++
    return count
  }

  /** Compares what live owners have with what the true homes hold. */
  #disagreements(limit = 10): string[] {
    const found: string[] = []
    const truth = new Placement(undefined)
    for (const { peerId, up } of this.#relays) if (up) truth.seen(peerId)
    for (const partition of this.#partitions) {
      const homes = truth.homes(partition, this.#clock.monotonic())
      for (const owner of this.#relays) {
        if (!owner.up) continue
        const owned = owner.store.ownedIn(owner.peerId, partition)
        for (const home of homes) {
          if (home === owner.peerId) continue
          const held = this.#byPeerId.get(home)!.store.ownedIn(owner.peerId, partition)
          const sum = (entries: Entry[]) => entries.reduce((total, { record }) => total + record.sequence, 0)
          if (held.length === owned.length && sum(held) === sum(owned)) continue
          found.push(`${home} holds ${held.length} of ${owned.length} that ${owner.peerId} owns in ${partition}`)
          if (found.length >= limit) return found
        }
      }
      for (const home of homes) {
        for (const owner of this.#byPeerId.get(home)!.store.owners()) {
          if (this.#byPeerId.get(owner)!.up) continue
          found.push(`${home} holds entries of ${owner}, which is gone`)
          if (found.length >= limit) return found
        }
      }
    }
    return found
  }
}
