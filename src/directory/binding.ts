import { EventEmitter } from 'node:events'
import { backoffMs } from '../core/backoff.js'
import type { Clock } from '../core/clock.js'
import { asOverlayError, type OverlayError } from '../core/errors.js'
import { relayRetryMaxMs, relayRetryMinMs } from '../core/limits.js'
import { sealTerminator, type TerminatorRecord } from '../identity/terminator.js'
import type { Circuits } from '../net/circuit.js'
import type { Trust } from '../net/trust.js'
import type { DirectoryLink } from './link.js'
import type { PooledRelay, RelayPool } from './relay-pool.js'

export interface BindingOptions {
  service: string
  instanceId: string
  maxTerminators: number
  cost: number
  precedence: TerminatorRecord['precedence']
  /** What it offers does not work at the moment; default false. */
  down?: boolean
}

/** One terminator that stands, or is being set up. */
export interface Held {
  relay: PooledRelay
  link: DirectoryLink
  state: 'binding' | 'bound'
  sinceMs: number
  /** While it is `binding`, once the relay has been asked. */
  registering?: Promise<void>
}

interface DroppedBinding {
  service: string
  instanceId: string
  relay: PooledRelay
  error: OverlayError
}

interface BindingEvents {
  established: [Held]
  lost: [Held, OverlayError]
  /** A relay does not permit it, or keeps the place for another process of this identity; it is asked again, ever more rarely. */
  refused: [OverlayError]
  /** The place was taken from another process of this identity, so often lately as this relay counts. */
  takeover: [number]
}

/** Every so often what libp2p does not say is looked at: circuit slots. */
const checkMs = 30_000

/** Refusals that another try at once will hardly change: those of the network document, and used-up quotas. */
const refusals = new Set(['not_permitted', 'unknown_service', 'bad_name', 'replaced', 'busy'])
const refusedRetryMaxMs = 30_000

/**
 * Holds one instance on up to N relays: whenever fewer stand and a relay is up, binds there; fast relays first, with some
 * randomness so that hosts spread.
 */
export class Binding extends EventEmitter<BindingEvents> {
  readonly #options: BindingOptions
  readonly #deps: { pool: RelayPool; circuits: Circuits; trust: Trust; clock: Clock; random: () => number }

  readonly #held = new Map<string, Held>()
  readonly #retries = new Map<string, () => void>()
  readonly #attempts = new Map<string, number>()
  #lastUpdate: Promise<unknown> = Promise.resolve()
  #busy = false
  #changes = 0
  #closed = false
  #suspended: OverlayError | undefined
  #cancelCheck = () => {}
  #sequence: number

  constructor(
    options: BindingOptions,
    deps: { pool: RelayPool; circuits: Circuits; trust: Trust; clock: Clock; random: () => number },
  ) {
    super()
    this.#options = options
    this.#deps = deps

    this.#sequence = deps.clock.now()
    deps.pool.want(options.maxTerminators)
    deps.pool.on('up', this.#onUp)
    deps.pool.on('down', this.#onDown)
    deps.pool.on('dropped', this.#onDropped)
    deps.pool.on('slotless', this.#onSlotless)
  }

  start(): void {
    this.#fill()
    this.#checkLater()
  }

  bound(): Held[] {
    return [...this.#held.values()].filter((held) => held.state === 'bound')
  }

  /** Live update of what the directory says; sent to every relay that holds a terminator. */
  async update(change: {
    cost?: number
    precedence?: TerminatorRecord['precedence']
    busy?: boolean
    down?: boolean
  }): Promise<void> {
    if (change.cost !== undefined) this.#options.cost = change.cost
    if (change.precedence !== undefined) this.#options.precedence = change.precedence
    if (change.busy !== undefined) this.#busy = change.busy
    if (change.down !== undefined) this.#options.down = change.down
    this.#changes++
    // One after the other, so that a relay never sees a newer sequence before an older one.
    const update = this.#lastUpdate.then(() =>
      Promise.all(this.bound().map((held) => this.#register(held).catch((error) => this.#lose(held, error)))),
    )
    this.#lastUpdate = update
    await update
  }

  /** Takes back what stands and binds nothing until `resume`; links and circuit slots stay, as sessions may need them. */
  suspend(error: OverlayError): void {
    if (this.#closed) return
    this.#suspended = error
    this.#cancelRetries()
    for (const held of [...this.#held.values()]) {
      this.#held.delete(held.relay.peerId)
      if (held.state !== 'bound') continue // taken back as soon as it stands
      void this.#withdraw(held)
      this.emit('lost', held, error)
    }
  }

  resume(): void {
    this.#suspended = undefined
    this.nudge()
  }

  /** What relays refused before they may permit now: asks them at once. */
  nudge(): void {
    if (this.#suspended !== undefined) return
    this.#attempts.clear()
    this.#cancelRetries()
    this.#fill()
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#cancelCheck()
    this.#deps.pool.off('up', this.#onUp)
    this.#deps.pool.off('down', this.#onDown)
    this.#deps.pool.off('dropped', this.#onDropped)
    this.#deps.pool.off('slotless', this.#onSlotless)
    this.#cancelRetries()
    await Promise.all(
      [...this.#held.values()].map((held) => {
        return held.state === 'bound' ? this.#withdraw(held) : held.registering?.catch(() => {})
      }),
    )
    this.#held.clear()
  }

  readonly #onUp = (relay: PooledRelay): void => {
    this.#retries.get(relay.peerId)?.()
    this.#retries.delete(relay.peerId)
    this.#fill()
  }

  readonly #onDown = (relay: PooledRelay): void => {
    const held = this.#held.get(relay.peerId)
    if (held !== undefined && relay.error !== undefined) this.#lose(held, relay.error)
    else this.#held.delete(relay.peerId)
    this.#fill()
  }

  /** The relay has removed it, whatever for: whether it may be bound again, another try finds out. */
  readonly #onDropped = ({ service, instanceId, relay, error }: DroppedBinding): void => {
    if (service !== this.#options.service || instanceId !== this.#options.instanceId) return
    const held = this.#held.get(relay.peerId)
    if (held?.state === 'bound' && held.link === relay.link) this.#lose(held, error, false)
  }

  readonly #onSlotless = (relay: PooledRelay): void => {
    const held = this.#held.get(relay.peerId)
    if (held?.state !== 'bound' || held.link !== relay.link) return
    this.#deps.circuits.renew(held.link.connection).catch((error) => this.#lose(held, error))
  }

  #cancelRetries(): void {
    for (const cancel of this.#retries.values()) cancel()
    this.#retries.clear()
  }

  #fill(): void {
    if (this.#closed || this.#suspended !== undefined) return
    const free = this.#deps.pool
      .up()
      .filter((relay) => !this.#held.has(relay.peerId) && !this.#retries.has(relay.peerId))
      .map((relay) => ({ relay, rank: (relay.link.roundTripMs ?? 1_000) * (0.5 + this.#deps.random()) }))
      .sort((a, b) => a.rank - b.rank)
    for (const { relay } of free) {
      if (this.#held.size >= this.#options.maxTerminators) return
      void this.#bindOn(relay, relay.link)
    }
  }

  async #bindOn(relay: PooledRelay, link: DirectoryLink): Promise<void> {
    const held: Held = { relay, link, state: 'binding', sinceMs: this.#deps.clock.now() }
    this.#held.set(relay.peerId, held)
    try {
      await this.#deps.circuits.reserve(link.connection)
      if (this.#closed || this.#held.get(relay.peerId) !== held) return
      held.registering = this.#registerFirst(held)
      await held.registering
      if (this.#closed || this.#held.get(relay.peerId) !== held || link.closed) return
      held.state = 'bound'
      this.#attempts.delete(relay.peerId)
      held.sinceMs = this.#deps.clock.now()
      this.emit('established', held)
    } catch (error) {
      if (this.#closed || this.#held.get(relay.peerId) !== held) return
      this.#lose(held, error)
    }
  }

  #checkLater(): void {
    this.#cancelCheck = this.#deps.clock.after(checkMs, () => {
      this.#checkSlots()
      this.#checkLater()
    })
  }

  /** A refresh that failed leaves a terminator nobody can reach. */
  #checkSlots(): void {
    const { circuits } = this.#deps
    for (const held of this.bound()) {
      const { connection } = held.link
      if (!circuits.hasReservation(connection.remotePeer)) {
        circuits.reserve(connection).catch((error) => this.#lose(held, error))
      }
    }
  }

  /** What is said of the instance may change meanwhile, or the binding be closed: then it is taken back. */
  async #registerFirst(held: Held): Promise<void> {
    try {
      for (let said = -1; said !== this.#changes; ) {
        said = this.#changes
        await this.#register(held)
      }
    } finally {
      if (this.#closed || this.#suspended !== undefined) await this.#withdraw(held)
    }
  }

  async #register(held: Held): Promise<void> {
    const { service, instanceId, cost, precedence } = this.#options
    this.#sequence = Math.max(this.#sequence + 1, this.#deps.clock.now())
    const terminator = await sealTerminator(this.#deps.trust.identity.privateKey, {
      networkId: this.#deps.trust.network.networkId,
      service,
      instanceId,
      hostPeerId: this.#deps.trust.own.peerId,
      relayPeerId: held.relay.peerId,
      cost,
      precedence,
      sequence: this.#sequence,
      issuedAtMs: this.#deps.clock.now(),
      processId: this.#deps.circuits.processId,
    })
    const said = { busy: this.#busy, down: this.#options.down }
    const takeovers = await held.link.bind(terminator, said, { service, instanceId })
    if (takeovers !== undefined) this.emit('takeover', takeovers)
  }

  /** A link that breaks meanwhile has the same effect. */
  async #withdraw({ link }: Held): Promise<void> {
    await link.unbind(this.#options.service, this.#options.instanceId).catch(() => {})
  }

  /** `wasAsked`: the cause is a relay's answer, rather than its word out of the blue, which another try may prove out of date. */
  #lose(held: Held, cause: unknown, wasAsked = true): void {
    if (this.#held.get(held.relay.peerId) !== held) return
    this.#held.delete(held.relay.peerId)
    const error = asOverlayError(cause, 'unreachable', `Binding on ${held.relay.name} failed`)
    if (held.state === 'bound') this.emit('lost', held, error)
    const isRefused = wasAsked && refusals.has(error.code)
    if (isRefused) this.emit('refused', error)
    if (this.#closed || this.#suspended !== undefined) return
    if (!held.link.closed) {
      // An answer that did not come in time may have been a yes: what we do not count must not stand.
      void this.#withdraw(held)
      const { peerId } = held.relay
      const attempt = this.#attempts.get(peerId) ?? 0
      this.#attempts.set(peerId, attempt + 1)
      const cancel = this.#deps.clock.after(
        backoffMs(attempt, relayRetryMinMs, isRefused ? refusedRetryMaxMs : relayRetryMaxMs, this.#deps.random),
        () => {
          this.#retries.delete(peerId)
          this.#fill()
        },
      )
      this.#retries.set(peerId, cancel)
    }
    this.#fill()
  }
}
