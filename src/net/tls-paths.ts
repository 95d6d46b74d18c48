import type { Socket } from 'node:net'
import { whenAborted } from '../core/waiting.js'
import type { VerifiedCertificate } from '../identity/certificate.js'
import type { DialedCarrier } from './dialed-carrier.js'
import type { Gate } from './gate.js'
import { helloAsDialer, helloAsHost, type ProvedCarrier } from './path-hello.js'
import type { TlsCarrier } from './tls-carrier.js'
import { TlsEndpoint } from './tls-endpoint.js'
import type { Trust } from './trust.js'

/**
 * Makes paths of connected sockets, wherever those come from: TLS, then the hello, then the gate watches over the path as over a
 * connection.
 */
export class TlsPaths {
  readonly #trust: Trust
  readonly #gate: Gate
  readonly #endpoint: TlsEndpoint
  readonly #open = new Map<TlsCarrier, string>()

  constructor(trust: Trust, gate: Gate) {
    this.#trust = trust
    this.#gate = gate
    this.#endpoint = new TlsEndpoint(trust.identity.privateKey)
  }

  /** Makes the dialer's end of a path to this host. Rejects as {@link TlsEndpoint.secure} does; the socket is destroyed then. */
  async dial(socket: Socket, hostPeerId: string, signal: AbortSignal): Promise<DialedCarrier> {
    const secured = await this.#endpoint.secure(socket, 'dialer', signal, hostPeerId)
    const dialed = helloAsDialer(secured, this.#trust, (carrier, certificate) => this.#watch(carrier, certificate))
    this.#keep(dialed.carrier, hostPeerId)
    return dialed
  }

  /**
   * Makes the host's end of a path that somebody opens. Rejects when the dialer does not prove who it is, or with the signal's
   * reason; the socket is closed then.
   */
  async accept(socket: Socket, signal: AbortSignal): Promise<ProvedCarrier> {
    const secured = await this.#endpoint.secure(socket, 'host', signal)
    const forget = whenAborted(signal, () => secured.socket.destroy())
    const proved = await helloAsHost(secured, this.#trust)
      .catch((error) => {
        signal.throwIfAborted()
        throw error
      })
      .finally(forget)
    this.#watch(proved.carrier, proved.certificate)
    this.#keep(proved.carrier, proved.certificate.peerId)
    return proved
  }

  /** Returns the paths that are open with a peer. */
  with(peerId: string): TlsCarrier[] {
    return [...this.#open].flatMap(([carrier, other]) => (other === peerId ? carrier : []))
  }

  /** Cuts all that is left. */
  close(): void {
    for (const carrier of this.#open.keys()) carrier.cut()
  }

  #watch(carrier: TlsCarrier, certificate: VerifiedCertificate): void {
    this.#trust.permissions.learn(certificate)
    const forget = this.#gate.guard(certificate, () => carrier.cut())
    void carrier.gone.then(forget)
  }

  #keep(carrier: TlsCarrier, peerId: string): void {
    this.#open.set(carrier, peerId)
    void carrier.gone.then(() => this.#open.delete(carrier))
  }
}
