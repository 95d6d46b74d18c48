import { EventEmitter } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Connection, PeerId } from '@libp2p/interface'
import { anySignal, raceAbort } from '../core/abort.js'
import { backoffMs } from '../core/backoff.js'
import type { Clock } from '../core/clock.js'
import { asOverlayError, OverlayError } from '../core/errors.js'
import {
  maxOnDemandLinks,
  maxRelayLinks,
  pathAttemptTimeoutMs,
  relayDiscoveryMs,
  relayRetryMaxMs,
  relayRetryMinMs,
} from '../core/limits.js'
import { waitFor } from '../core/waiting.js'
import type { VerifiedCertificate } from '../identity/certificate.js'
import { relayRole } from '../identity/identity-file.js'
import { connectDirect } from '../net/circuit.js'
import type { Node } from '../net/node.js'
import type { Trust } from '../net/trust.js'
import { WorkedAddresses } from '../net/worked-addresses.js'
import type { SpliceOffer, WatchEvent } from '../wire/messages/directory.js'
import { KnownRelays, type RelayHint, type RememberedRelay } from './known-relays.js'
import { DirectoryLink } from './link.js'
import { RelayMemory } from './relay-memory.js'

/** A relay of the network and how it is doing. */
export interface PooledRelay {
  name: string
  peerId: string
  addresses: readonly string[]
  state: 'connecting' | 'up' | 'down'
  link?: DirectoryLink
  error?: OverlayError
}

interface Slot extends PooledRelay {
  /** Asked for by `ensure`, beyond the links that are kept anyway: not retried, and closed when idle and too many. */
  onDemand: boolean
  attempt: number
  /** The attempt under way. */
  attempting?: Promise<void>
  cancelRetry: () => void
  stop: AbortController
  usedMs: number
}

interface PoolEvents {
  up: [PooledRelay]
  down: [PooledRelay]
  replaced: [{ service: string; instanceId: string; takeovers?: number; relay: PooledRelay }]
  /** A relay whose link stays up has removed a binding. */
  dropped: [{ service: string; instanceId: string; relay: PooledRelay; error: OverlayError }]
  /** A relay whose link stays up does not know of a watch. */
  unwatched: [string, PooledRelay]
  /** A relay whose link stays up has given the circuit slot away. */
  slotless: [PooledRelay]
  /** A dialer waits at a relay to be joined with this node. */
  splice: [SpliceOffer, PooledRelay]
  watch: [WatchEvent, PooledRelay]
  warning: [unknown]
}

export interface RelayPoolOptions {
  /** What is bound here answers splice offers: somebody listens to `splice`. Default false. */
  splices?: boolean
  /** Links kept at any time; default 8. */
  maxLinks?: number
  /** Links asked for by `ensure` that are kept when idle; default 16. */
  maxOnDemandLinks?: number
  /** Another way to find where a relay is, tried before the relays are asked. */
  find?: (peerId: string, signal: AbortSignal) => Promise<readonly string[]>
}

/** Returns the relays by measured round trip, the fastest first; those not measured yet come last. */
export function fastest<T extends { link: DirectoryLink }>(relays: readonly T[]): T[] {
  const roundTripMs = ({ link }: T) => link.roundTripMs ?? Number.POSITIVE_INFINITY
  return [...relays].sort((a, b) => {
    const [first, second] = [roundTripMs(a), roundTripMs(b)]
    return first === second ? 0 : first - second
  })
}

/** So many failures in a row give another relay its turn. */
const failuresBeforeReplacing = 2
const saveDelayMs = 1_000

/**
 * Keeps links to a few relays of the network: those in its document, learnt from other relays, or remembered from the last
 * run. Goes on trying for as long as it lives; one that stays down is replaced when another is free. Other relays are
 * connected when `ensure` asks for them.
 */
export class RelayPool extends EventEmitter<PoolEvents> {
  readonly #node: Node
  readonly #trust: Trust
  readonly #clock: Clock
  readonly #random: () => number
  readonly #options: RelayPoolOptions

  readonly known: KnownRelays
  readonly #slots = new Map<string, Slot>()
  readonly #worked = new WorkedAddresses()
  readonly #memory: RelayMemory
  /** Resolves when what earlier runs remembered has been taken in. */
  #remembered: Promise<void> = Promise.resolve()
  #maxLinks: number
  #closing = false
  #cancelSave: (() => void) | undefined
  #cancelDiscovery: () => void = () => {}

  constructor(node: Node, trust: Trust, clock: Clock, random: () => number, options: RelayPoolOptions = {}) {
    super()
    this.#node = node
    this.#trust = trust
    this.#clock = clock
    this.#random = random
    this.#options = options

    this.setMaxListeners(0) // one listener per binding and watch
    this.known = new KnownRelays(trust.own.peerId)
    this.#memory = new RelayMemory(trust.identity, trust.network.networkId, this.#worked)
    this.#maxLinks = options.maxLinks ?? maxRelayLinks
  }

  start(): void {
    this.#trust.on('network', (_, document) => {
      this.#follow()
      // Whoever learns of a further document tells its relays, so that it reaches everyone who is online.
      for (const relay of this.up()) relay.link?.pushDocument(document.envelope)
    })
    this.#remembered = this.#memory.load().then((relays) => this.#remember(relays))
    this.#follow()
    this.#discoverLater()
  }

  relays(): PooledRelay[] {
    return [...this.#slots.values()]
  }

  up(): Array<PooledRelay & { link: DirectoryLink }> {
    return this.relays().filter((relay): relay is PooledRelay & { link: DirectoryLink } => relay.state === 'up')
  }

  get(peerId: string): PooledRelay | undefined {
    return this.#slots.get(peerId)
  }

  /** What a relay that is up has proved itself with. */
  certificate(peerId: string): VerifiedCertificate | undefined {
    const { link } = this.#slots.get(peerId) ?? {}
    return link && this.#node.gate.certificate(link.connection)
  }

  /** A person's name for a relay: the one in the network document, or that it has proved; else its peer id. */
  nameOf(peerId: string | PeerId): string {
    const text = peerId.toString()
    return this.#slots.get(text)?.name ?? this.known.get(text)?.name ?? text
  }

  /** A path through a relay, given by peer id or by `nameOf` it, went silent: if the relay did, that is known in a second. */
  doubt(peerIdOrName: string): void {
    const slot = this.#slots.get(peerIdOrName) ?? [...this.#slots.values()].find(({ name }) => name === peerIdOrName)
    slot?.link?.probe()
  }

  /** Keeps at least this many links, when so many relays are known. */
  want(links: number): void {
    if (links <= this.#maxLinks) return
    this.#maxLinks = links
    this.#fill()
  }

  /** Takes in relays that somebody told of; each has to prove itself before it counts. */
  learn(relays: readonly RelayHint[]): void {
    let news = false
    for (const relay of relays) news = this.known.learn(relay, this.#clock.now()) || news
    if (!news || this.#closing) return
    this.#fill()
    this.#saveSoon()
  }

  /** A relay is connected, whoever began it, and has proved itself. */
  proved(peerId: string): void {
    this.known.proved(peerId, this.#clock.now())
  }

  #remember(relays: readonly RememberedRelay[]): void {
    const nowMs = this.#clock.now()
    let news = false
    // A clock that was set back does not make a relay immortal.
    for (const relay of relays) {
      const provedMs = relay.provedMs && Math.min(relay.provedMs, nowMs)
      news = this.known.learn({ ...relay, provedMs }, provedMs ?? nowMs) || news
    }
    if (news && !this.#closing) this.#fill()
  }

  #saveSoon(): void {
    this.#cancelSave ??= this.#clock.after(saveDelayMs, () => {
      this.#cancelSave = undefined
      void this.#save()
    })
  }

  /**
   * Resolves when a relay is up. Rejects with the signal's reason, or with `no_relay` once all were tried and the own certificate
   * has turned out to be over or taken back: waiting does not mend that.
   */
  async ready(signal: AbortSignal): Promise<void> {
    if (this.up().length > 0) return
    await waitFor(signal, (resolve, reject) => {
      const onUp = () => resolve()
      const onDown = () => {
        const error = this.#refusedForGood()
        if (error !== undefined) reject(error)
      }
      this.once('up', onUp).on('down', onDown)
      onDown()
      return () => this.off('up', onUp).off('down', onDown)
    })
  }

  /** Returns why no relay takes the own certificate: one has refused it, none is left to try, and we see ourselves that it is so. */
  #refusedForGood(): OverlayError | undefined {
    const relays = this.relays()
    const isRefused =
      relays.every(({ state }) => state === 'down') && relays.some(({ error }) => error?.code === 'refused')
    // A refusal for a revocation brings the document that proves it, and a newer certificate where one waits.
    const { own, permissions } = this.#trust
    const why = isRefused ? permissions.withdrawalOf({ member: own }) : undefined
    return why && new OverlayError('no_relay', `${why.text} No relay takes it.`)
  }

  /**
   * A link to this relay: the one there is, or a new one. Rejects with `unreachable` when one attempt (about 4 s) fails, or
   * with the signal's reason. The pool keeps and closes it.
   */
  async ensure(peerId: string, signal?: AbortSignal): Promise<DirectoryLink> {
    let slot = this.#slots.get(peerId)
    if (slot?.link !== undefined) {
      slot.usedMs = this.#clock.monotonic()
      return slot.link
    }
    if (slot === undefined) {
      const hint = this.known.get(peerId) ?? (await this.#find(peerId, signal))
      if (this.#closing) throw new OverlayError('closed', 'The context was closed.')
      slot = this.#slots.get(peerId) ?? this.#open(hint, true)
    }
    slot.usedMs = this.#clock.monotonic()
    slot.cancelRetry()
    await raceAbort(this.#attempt(slot), signal)
    const { link } = slot
    if (link !== undefined) return link
    throw slot.error ?? new OverlayError('unreachable', `Relay ${slot.name} is not connected.`, { relay: slot.name })
  }

  async close(): Promise<void> {
    this.#closing = true
    this.#cancelDiscovery()
    this.#cancelSave?.()
    // Also when nothing is new: a write may be under way.
    await Promise.all([this.#save(), ...[...this.#slots.values()].map((slot) => this.#remove(slot))])
  }

  #follow(): void {
    const listed = this.#trust.network.relays.map(({ name, peerId, multiaddrs }) => ({
      name,
      peerId,
      addresses: multiaddrs,
    }))
    for (const peerId of this.known.list(listed)) {
      const slot = this.#slots.get(peerId)
      if (slot !== undefined) void this.#remove(slot)
    }
    for (const { name, peerId, addresses } of listed) {
      const slot = this.#slots.get(peerId)
      if (slot !== undefined) Object.assign(slot, { name, addresses })
    }
    this.#fill()
  }

  /** Opens links until there are enough, or nobody is left. */
  #fill(): void {
    if (this.#closing) return
    let kept = this.relays().filter((slot) => !(slot as Slot).onDemand).length
    for (; kept < this.#maxLinks; kept++) {
      const next = this.known.next(this.#slots, this.#random)
      if (next === undefined) return
      void this.#attempt(this.#open(next, false))
    }
  }

  #open({ name, peerId, addresses }: RelayHint, onDemand: boolean): Slot {
    const slot: Slot = {
      name,
      peerId,
      addresses,
      state: 'connecting',
      onDemand,
      attempt: 0,
      cancelRetry: () => {},
      stop: new AbortController(),
      usedMs: this.#clock.monotonic(),
    }
    this.#slots.set(peerId, slot)
    return slot
  }

  async #remove(slot: Slot): Promise<void> {
    if (this.#slots.get(slot.peerId) === slot) this.#slots.delete(slot.peerId)
    slot.cancelRetry()
    slot.stop.abort(new OverlayError('closed', 'The context was closed.'))
    const wasUp = slot.state === 'up'
    const { link } = slot
    slot.state = 'down'
    slot.link = undefined
    if (wasUp && !this.#closing) this.emit('down', slot)
    await link?.close()
  }

  /** One attempt at a time; never rejects. */
  #attempt(slot: Slot): Promise<void> {
    if (slot.state === 'up') return Promise.resolve()
    slot.attempting ??= this.#connect(slot).finally(() => {
      slot.attempting = undefined
    })
    return slot.attempting
  }

  async #connect(slot: Slot): Promise<void> {
    const signal = anySignal(slot.stop.signal, AbortSignal.timeout(2 * pathAttemptTimeoutMs))
    try {
      const connection = await this.#reach(slot, signal)
      const certificate = await this.#node.gate.proved(connection)
      if (!certificate.roles.includes(relayRole)) {
        throw new OverlayError('refused', `${certificate.name} is named as a relay but is not certified as one.`)
      }
      const link = await DirectoryLink.open(connection, this.#clock, signal, this.#options)
      if (slot.stop.signal.aborted) {
        await link.close()
        return
      }
      Object.assign(slot, { link, attempt: 0, state: 'up', error: undefined, name: certificate.name })
      this.known.succeeded(slot.peerId, this.#clock.now())
      this.#saveSoon()
      link.on('event', (event) => this.emit('watch', event, slot))
      link.on('replaced', (binding) => this.emit('replaced', { ...binding, relay: slot }))
      link.on('dropped', (binding) => this.emit('dropped', { ...binding, relay: slot }))
      link.on('unwatched', (service) => this.emit('unwatched', service, slot))
      link.on('splice', (offer) => this.emit('splice', offer, slot))
      link.on('slotless', () => this.emit('slotless', slot))
      link.on('renewal', (envelope) => this.#trust.keepRenewal(envelope).catch((error) => this.emit('warning', error)))
      link.on('document', (document) => this.#trust.adopt(document).catch((error) => this.emit('warning', error)))
      link.once('closed', (error) => this.#onDown(slot, error))
      // The hello has compared the newest ones only.
      for (const { envelope } of this.#trust.aside) link.pushDocument(envelope)
      this.emit('up', slot)
      if (!slot.onDemand) void this.#discover(link)
      this.#closeIdle()
    } catch (error) {
      // Not in the turn in which the pool was started: whoever started it is not listening yet.
      await nextTurn()
      this.#onDown(slot, asOverlayError(error, 'unreachable', `Relay ${slot.name} at ${slot.addresses.join(', ')}`))
    }
  }

  /** Where a firewall swallows some of a relay's addresses, only the first connection waits for them. */
  async #reach({ peerId, addresses, stop }: Slot, signal: AbortSignal): Promise<Connection> {
    if (addresses.length > 1) await this.#remembered
    const worked = this.#worked
    try {
      return await connectDirect(this.#node, peerId, addresses, signal, {
        first: worked.first(peerId, addresses, this.#clock.now()),
        onReached: (address) => worked.worked(peerId, addresses, address, this.#clock.now()),
      })
    } catch (error) {
      if (!stop.signal.aborted) worked.failed(peerId)
      throw error
    }
  }

  #onDown(slot: Slot, error: OverlayError): void {
    if (slot.stop.signal.aborted) return
    const wasUp = slot.state === 'up'
    const first = slot.state !== 'down'
    slot.state = 'down'
    slot.link = undefined
    slot.error = error
    this.known.failed(slot.peerId, this.#clock.monotonic())
    if (slot.onDemand) this.#slots.delete(slot.peerId)
    if (first) this.emit('down', slot)
    if (slot.onDemand) return
    slot.attempt++
    const tired = slot.attempt >= failuresBeforeReplacing || (!wasUp && slot.attempt > 1)
    if (tired && this.known.hasFresh(this.#slots)) {
      this.#slots.delete(slot.peerId)
      slot.stop.abort(error)
      this.#fill()
      return
    }
    const waitMs = backoffMs(slot.attempt - 1, relayRetryMinMs, relayRetryMaxMs, this.#random)
    slot.cancelRetry = this.#clock.after(waitMs, () => {
      void this.#attempt(slot)
    })
  }

  /** Links asked for once are closed when they carry nothing any more and newer ones need the room. */
  #closeIdle(): void {
    const idle = [...this.#slots.values()].filter((slot) => slot.onDemand && slot.link !== undefined)
    if (idle.length <= (this.#options.maxOnDemandLinks ?? maxOnDemandLinks)) return
    const carriesNothing = ({ link }: Slot) => link !== undefined && link.connection.streams.length <= 1
    const oldest = idle.filter(carriesNothing).sort((a, b) => a.usedMs - b.usedMs)[0]
    if (oldest !== undefined) void this.#remove(oldest)
  }

  async #discover(link: DirectoryLink): Promise<void> {
    try {
      this.learn(await link.relays(''))
    } catch {
      // an older or busy relay; the next round asks again
    }
  }

  #discoverLater(): void {
    this.#cancelDiscovery = this.#clock.after(relayDiscoveryMs * (0.5 + this.#random()), () => {
      const links = this.up()
      for (const { peerId } of links) this.known.succeeded(peerId, this.#clock.now())
      if (this.known.sweep(this.#slots)) this.#saveSoon()
      const chosen = links[Math.floor(this.#random() * links.length)]
      if (chosen !== undefined) void this.#discover(chosen.link)
      this.#discoverLater()
    })
  }

  /** Where a relay is that we have not heard of: asks the relays that are up, one after the other. */
  async #find(peerId: string, signal?: AbortSignal): Promise<RelayHint> {
    const limit = anySignal(signal, AbortSignal.timeout(2 * pathAttemptTimeoutMs))
    const addresses = (await this.#options.find?.(peerId, limit).catch(() => [])) ?? []
    if (addresses.length > 0) return { name: this.nameOf(peerId), peerId, addresses }
    for (const { link } of this.up().slice(0, 3)) {
      const hints = await link.relays(peerId, limit).catch(() => [])
      this.learn(hints)
      const hint = hints.find((each) => each.peerId === peerId)
      if (hint !== undefined) return hint
    }
    limit.throwIfAborted()
    throw new OverlayError('unreachable', `Nobody knows where relay ${peerId} is.`, { relay: peerId })
  }

  async #save(): Promise<void> {
    await this.#memory.save(this.known.learnt(), this.#clock.now()).catch((error) => this.emit('warning', error))
  }
}
