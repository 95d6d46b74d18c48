import type { Connection, Libp2p } from '@libp2p/interface'
import { OverlayError } from '../core/errors.js'

/** Limits the circuits from one peer, over all relays: each of its processes has one for each relay. */
const maxPerPeer = 256
/** Says after how long without a stream a circuit is closed; ms. The next session opens a new one. */
const idleMs = 60_000
const lookMs = 15_000

/** Bounds what circuits that others open cost this node, each of them a connection of its own. */
export class InboundCircuits {
  readonly #libp2p: Libp2p
  /** Says since when a circuit has had no stream, ms of the monotonic clock. */
  readonly #idleSince = new Map<Connection, number>()
  #timer: NodeJS.Timeout | undefined

  constructor(libp2p: Libp2p) {
    this.#libp2p = libp2p
  }

  start(): void {
    this.#libp2p.addEventListener('connection:open', ({ detail }) => this.#onOpen(detail))
    this.#libp2p.addEventListener('connection:close', ({ detail }) => this.#idleSince.delete(detail))
    this.#timer = setInterval(() => this.#endIdle(), lookMs)
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #onOpen(connection: Connection): void {
    if (!isInboundCircuit(connection)) return
    const others = this.#libp2p.getConnections(connection.remotePeer).filter(isInboundCircuit)
    if (others.length <= maxPerPeer) return
    const unused = others.find((other) => other !== connection && other.streams.length === 0)
    const excess = unused ?? connection
    excess.abort(new OverlayError('refused', `More than ${maxPerPeer} circuits of one peer.`))
  }

  #endIdle(): void {
    const now = performance.now()
    for (const connection of this.#libp2p.getConnections().filter(isInboundCircuit)) {
      const since = this.#idleSince.get(connection)
      if (connection.streams.length > 0) this.#idleSince.delete(connection)
      else if (since === undefined) this.#idleSince.set(connection, now)
      else if (now - since >= idleMs) {
        connection.close({ signal: AbortSignal.timeout(1_000) }).catch((error) => connection.abort(error))
      }
    }
  }
}

const isInboundCircuit = ({ direct, direction }: Connection): boolean => !direct && direction === 'inbound'
