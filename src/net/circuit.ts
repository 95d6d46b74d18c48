import { randomInt } from 'node:crypto'
import type { Connection, PeerId } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { CODE_HTTP_PATH, type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { anySignal, raceAbort } from '../core/abort.js'
import { asOverlayError, OverlayError } from '../core/errors.js'
import { pathAttemptTimeoutMs } from '../core/limits.js'
import { pingProtocol } from '../wire/protocols.js'
import { dialable } from './dialable.js'
import { wasHeardWithin } from './flow.js'
import { type DialOne, dialInTurn } from './in-turn.js'
import type { Node } from './node.js'
import { otherAt } from './other-node.js'

const maxCircuits = 16_384

interface ReservationClient {
  reservationStore: {
    addRelay(peer: PeerId, type: 'configured'): Promise<unknown>
    hasReservation(peer: PeerId): boolean
    reservations: { get(peer: PeerId): { timeout?: NodeJS.Timeout } | undefined; delete(peer: PeerId): void }
  }
}

/**
 * Names the process at the other end of a circuit: several may run under one identity, each with a connection of its own to a
 * relay.
 */
export interface CircuitTarget {
  hostPeerId: string
  processId: number
}

/** Asks relays for circuit slots, and opens end-to-end connections through one chosen relay. */
export class Circuits {
  readonly #node: Node

  /** Tells this process from others of the same identity. */
  readonly processId = randomInt(1, 2 ** 32)
  readonly #open = new Map<string, Connection>()
  readonly #keys = new WeakMap<Connection, string>()
  readonly #doubted = new WeakSet<Connection>()
  readonly #opening = new Map<string, Promise<Connection>>()
  readonly #reserving = new Map<string, Promise<unknown>>()

  constructor(node: Node) {
    this.#node = node
  }

  /**
   * Asks the relay at the other end of `relay` for a circuit slot and keeps refreshing it while that connection lives.
   * The transport remembers a relay that failed to connect as useless for ever, hence only on an open connection that
   * has proved itself.
   */
  async reserve(relay: Connection, signal?: AbortSignal): Promise<void> {
    await this.#node.gate.proved(relay)
    signal?.throwIfAborted()
    const late = AbortSignal.timeout(2 * pathAttemptTimeoutMs)
    try {
      await raceAbort(this.#addRelay(relay), anySignal(signal, late))
    } catch (error) {
      if (late.aborted) this.#reserving.delete(relay.id)
      throw error
    }
    if (relay.status !== 'open') throw new OverlayError('closed', 'The relay closed the connection while reserving.')
  }

  /**
   * Asks for a slot anew, because the relay says that this node has none. The transport takes the one it has for good until it
   * expires, by the clocks of two machines, hence it is forgotten first.
   */
  async renew(relay: Connection): Promise<void> {
    if (!this.#reserving.has(relay.id)) {
      const { reservations } = this.#transport().reservationStore
      clearTimeout(reservations.get(relay.remotePeer)?.timeout)
      reservations.delete(relay.remotePeer)
    }
    await this.reserve(relay)
  }

  /** Returns false when the slot was never had, or could not be refreshed. */
  hasReservation(relayPeer: PeerId): boolean {
    return this.#transport().reservationStore.hasReservation(relayPeer)
  }

  /**
   * Returns an end-to-end connection to a process of a host through the relay at the other end of `relay`: the one that is open,
   * the one being opened, or a new one. Rejects with `unreachable`. The circuit stays open for the next session.
   */
  async connect(relay: Connection, target: CircuitTarget, signal?: AbortSignal): Promise<Connection> {
    const key = `${relay.id}/${target.hostPeerId}/${target.processId}`
    const known = this.#open.get(key)
    if (known?.status === 'open') return known
    let attempt = this.#opening.get(key)
    if (attempt === undefined) {
      attempt = this.#openCircuit(relay, target).then((connection) => {
        this.#open.set(key, connection)
        this.#keys.set(connection, key)
        connection.addEventListener('close', () => {
          if (this.#open.get(key) === connection) this.#open.delete(key)
        })
        return connection
      })
      attempt.finally(() => this.#opening.delete(key)).catch(() => {})
      this.#opening.set(key, attempt)
    }
    return raceAbort(attempt, signal)
  }

  /**
   * Called when a path over this circuit broke. The circuit is not handed out again until it has answered; when it does not answer
   * soon it is closed, which tells everything else that uses it.
   */
  doubt(connection: Connection): void {
    for (const [key, known] of this.#open) if (known === connection) this.#open.delete(key)
    if (connection.status !== 'open' || this.#doubted.has(connection)) return
    this.#doubted.add(connection)
    // Opening a stream takes an answer of the other end.
    connection
      .newStream(pingProtocol, { signal: AbortSignal.timeout(pathAttemptTimeoutMs), runOnLimitedConnection: true })
      .then(
        (stream) => {
          stream.abort(new OverlayError('canceled', 'The circuit has answered.'))
          this.#doubted.delete(connection)
          if (connection.status === 'open') this.#keep(connection)
        },
        (error) => {
          // Where many share a slow line the answer may be under way; others hear their host meanwhile.
          if (connection.status === 'open' && wasHeardWithin(connection, pathAttemptTimeoutMs)) {
            this.#doubted.delete(connection)
            this.doubt(connection)
          } else connection.abort(asOverlayError(error, 'unreachable', 'The circuit does not answer'))
        },
      )
  }

  /** Closes the connections to a host that was dialed, unless something still uses them. */
  async release(hostPeerId: string): Promise<void> {
    const connections = this.#node.libp2p.getConnections(peerIdFromString(hostPeerId))
    // An inbound circuit is the other side's, for what it dials.
    const ours = connections.filter(
      ({ direct, direction, streams }) => streams.length === 0 && (direct || direction === 'outbound'),
    )
    await Promise.all(ours.map((connection) => connection.close().catch((error) => connection.abort(error))))
  }

  /**
   * Asks the relay for a slot, one request at a time for each relay: libp2p joins a second one to the first, and when that is over
   * but not yet out of its queue (a few turns later) the second one waits for ever (@libp2p/utils 7.4.1).
   */
  #addRelay(relay: Connection): Promise<unknown> {
    const known = this.#reserving.get(relay.id)
    if (known !== undefined) return known
    const attempt = this.#transport().reservationStore.addRelay(relay.remotePeer, 'configured')
    this.#reserving.set(relay.id, attempt)
    const over = () => void setImmediate(() => this.#reserving.delete(relay.id))
    attempt.then(over, over)
    return attempt
  }

  #keep(connection: Connection): void {
    const key = this.#keys.get(connection)
    if (key !== undefined && !this.#open.has(key)) this.#open.set(key, connection)
  }

  async #openCircuit(relay: Connection, { hostPeerId, processId }: CircuitTarget): Promise<Connection> {
    const address = circuitAddress(relay, hostPeerId, processId)
    const signal = AbortSignal.timeout(pathAttemptTimeoutMs)
    try {
      // Past libp2p's dial queue, which joins dials to one peer and tries relays one after the other.
      const connection = await this.#node.components.transportManager.dial(address, {
        signal,
        maxOutboundStreams: maxCircuits,
      })
      const certificate = await raceAbort(this.#node.gate.proved(connection), signal)
      if (certificate.peerId !== hostPeerId) throw new OverlayError('certificate_peer', 'Another peer answered.')
      return connection
    } catch (error) {
      throw asOverlayError(error, 'unreachable', `No circuit through relay ${relay.remotePeer.toString()}`)
    }
  }

  #transport(): ReservationClient {
    const found = this.#node.components.transportManager
      .getTransports()
      .find((transport) => (transport as Partial<ReservationClient>).reservationStore !== undefined)
    if (found === undefined) throw new OverlayError('internal', 'This node has no circuit relay transport.')
    return found as ReservationClient
  }
}

/**
 * Makes the address of a circuit. The transport sends the relay what it reads of the address's text behind `/p2p-circuit`: there
 * the relay finds the process; one that looks for none takes any connection of the host. Everything else of libp2p looks at the
 * components, and what has more than a circuit's is no circuit to it (the connection would count as direct). That goes for the
 * path of a relay behind a web server as well, which is left out: the relay is connected.
 */
function circuitAddress(relay: Connection, hostPeerId: string, processId: number): Multiaddr {
  const end = multiaddr(relay.remoteAddr.getComponents().filter(({ code }) => code !== CODE_HTTP_PATH))
  const address = multiaddr(`${end.toString()}/p2p-circuit/p2p/${hostPeerId}`)
  const text = `${address.toString()}/memory/${processId}`
  return Object.defineProperty(address, 'toString', { value: () => text })
}

/**
 * Opens a direct connection to a relay or host. An existing one is reused unless it is closed. Addresses come from others:
 * those that this version can't dial, or that name another peer, are passed over. Rejects with `unreachable` when none
 * is left, with what libp2p says when none works, or with the signal's reason. `first` is tried before the others; `onReached` is
 * called with the address that a new connection leads to.
 */
export async function connectDirect(
  node: Node,
  peerId: string,
  addresses: readonly string[],
  signal: AbortSignal,
  { first, onReached }: { first?: string; onReached?: (address: string) => void } = {},
): Promise<Connection> {
  const peer = peerIdFromString(peerId)
  const existing = node.libp2p
    .getConnections(peer)
    .find((connection) => connection.direct && connection.status === 'open')
  if (existing !== undefined) return existing
  const targets = addresses.flatMap((address) => targetOf(address, peerId) ?? [])
  if (targets.length === 0) {
    const why = addresses.length === 0 ? 'is known' : `can be dialled by this version: ${addresses.join(', ')}`
    throw new OverlayError('unreachable', `No address of ${peerId} ${why}.`)
  }
  // Past libp2p's dial queue goes past its gater as well.
  const meant = targets.filter((target) => node.scope.permits(target))
  if (meant.length === 0) {
    const where = addresses.join(', ')
    throw new OverlayError(
      'unreachable',
      `${peerId} is said to be at ${where}, where nothing of this network is known to be.`,
    )
  }
  let connection: Connection
  try {
    // It would join the attempts into one and try addresses one after the other.
    const dial: DialOne = (target, over) => node.components.transportManager.dial(target, { signal: over })
    const ahead = first === undefined ? undefined : targetOf(first, peerId)
    connection = await dialInTurn(dial, meant, { signal, first: meant.find((target) => ahead?.equals(target)) })
  } catch (error) {
    throw (await otherAt(node, meant, error, signal)) ?? error
  }
  await raceAbort(node.gate.proved(connection), signal)
  const reached = addresses.find((address) => targetOf(address, peerId)?.equals(connection.remoteAddr))
  if (reached !== undefined) onReached?.(reached)
  return connection
}

function targetOf(address: string, peerId: string): Multiaddr | undefined {
  if (dialable(address) === undefined) return undefined
  const target = multiaddr(address)
  const named = target.getComponents().find(({ name }) => name === 'p2p')
  if (named === undefined) return target.encapsulate(`/p2p/${peerId}`)
  return named.value === peerId ? target : undefined
}
