import type { Socket } from 'node:net'
import type { Connection } from '@libp2p/interface'
import { within } from '../core/abort.js'
import { asOverlayError, OverlayError } from '../core/errors.js'
import { pathAttemptTimeoutMs, spliceTokenMs } from '../core/limits.js'
import { ignoreErrors } from '../core/socket-errors.js'
import type { VerifiedCertificate } from '../identity/certificate.js'
import { helloFeatures } from '../wire/hello-status.js'
import { encodePreface, prefaceBytes } from '../wire/prefaces.js'
import { relayEndOf } from './dialable.js'
import type { DialedCarrier } from './dialed-carrier.js'
import type { Node } from './node.js'
import type { ProvedCarrier } from './path-hello.js'
import type { RelayEnd } from './relay-sockets.js'
import { RelayedPaths } from './relayed-paths.js'

/** The relay at the other end of a link, when it can join connections. */
export interface SpliceRelay {
  address: RelayEnd
  certificate: VerifiedCertificate
}

const tooLate = (ms: number) => new OverlayError('unreachable', `A splice took longer than ${ms} ms.`)

/** Makes paths on sockets that a relay joins: both sides connect to the relay's only port and show the token they were given. */
export class Splices {
  readonly #node: Node
  readonly #paths: RelayedPaths

  constructor(node: Node) {
    this.#node = node
    this.#paths = new RelayedPaths(node.gate)
  }

  /**
   * Returns where to connect for a splice at the relay of this connection; undefined when there is none: an older relay, for
   * example.
   */
  relayAt(connection: Connection): SpliceRelay | undefined {
    const { joinsSockets } = helloFeatures
    if (connection.direction !== 'outbound' || (this.#node.gate.features(connection) & joinsSockets) === 0)
      return undefined
    return this.#relayOf(connection)
  }

  /**
   * Opens a path to the host within 2 s. The relay is asked for it with `ask`, and connected to meanwhile. Rejects with the relay's
   * refusal, `unreachable`, `certificate_*` when somebody else answers, or the signal's reason.
   */
  async dial(
    relay: SpliceRelay,
    hostPeerId: string,
    ask: (signal: AbortSignal) => Promise<Uint8Array>,
    signal: AbortSignal,
  ): Promise<DialedCarrier> {
    const limit = { signal, ms: pathAttemptTimeoutMs, late: () => tooLate(pathAttemptTimeoutMs) }
    return within(limit, async (inTime) => {
      const connecting = this.#connect(relay.address, inTime)
      const [socket, token] = await Promise.all([connecting, ask(inTime)]).catch((error) => {
        connecting.then((socket) => socket.destroy()).catch(() => {}) // said already
        throw error
      })
      socket.write(encodePreface(prefaceBytes.splice, token))
      const dialed = await this.#node.tlsPaths.dial(socket, hostPeerId, inTime)
      this.#paths.add(relay.certificate, dialed.carrier)
      return dialed
    })
  }

  /**
   * Opens the host's end when a relay says that a dialer waits. Rejects when the dialer does not come, or does not prove who it is.
   */
  async answer(connection: Connection, token: Uint8Array, signal: AbortSignal): Promise<ProvedCarrier> {
    const relay = this.#relayOf(connection)
    if (relay === undefined) throw new OverlayError('unreachable', 'This link to the relay is no connection to it.')
    return within({ signal, ms: spliceTokenMs, late: () => tooLate(spliceTokenMs) }, async (inTime) => {
      const socket = await this.#connect(relay.address, inTime)
      socket.write(encodePreface(prefaceBytes.splice, token))
      const proved = await this.#node.tlsPaths.accept(socket, inTime)
      this.#paths.add(relay.certificate, proved.carrier)
      return proved
    })
  }

  #relayOf(connection: Connection): SpliceRelay | undefined {
    const address = relayEndOf(connection.remoteAddr)
    const certificate = this.#node.gate.certificate(connection)
    return address && certificate && { address, certificate }
  }

  async #connect(address: RelayEnd, signal: AbortSignal): Promise<Socket> {
    try {
      const socket = await this.#node.relaySockets.open(address, signal)
      return ignoreErrors(socket)
    } catch (error) {
      signal.throwIfAborted()
      throw asOverlayError(error, 'unreachable', `No connection to ${address.host}:${address.port}`)
    }
  }
}
