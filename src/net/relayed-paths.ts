import type { VerifiedCertificate } from '../identity/certificate.js'
import type { Gate } from './gate.js'
import type { TlsCarrier } from './tls-carrier.js'

/**
 * Ends the paths that relays join when a relay's certificate is revoked or over: a circuit ends with the connection to its relay,
 * and these would not notice.
 */
export class RelayedPaths {
  readonly #gate: Pick<Gate, 'guard'>
  /** By the relay's peer id. */
  readonly #ofRelays = new Map<string, { paths: Set<TlsCarrier>; forget(): void }>()

  constructor(gate: Pick<Gate, 'guard'>) {
    this.#gate = gate
  }

  /** Watches over a path that this relay joins, until it is gone. */
  add(relay: VerifiedCertificate, path: TlsCarrier): void {
    const { peerId } = relay
    const known = this.#ofRelays.get(peerId) ?? this.#watch(relay)
    this.#ofRelays.set(peerId, known)
    known.paths.add(path)
    void path.gone.then(() => {
      known.paths.delete(path)
      if (known.paths.size > 0) return
      known.forget()
      if (this.#ofRelays.get(peerId) === known) this.#ofRelays.delete(peerId)
    })
  }

  #watch(relay: VerifiedCertificate) {
    const paths = new Set<TlsCarrier>()
    const forget = this.#gate.guard(relay, () => {
      this.#ofRelays.delete(relay.peerId)
      for (const path of paths) path.cut()
    })
    return { paths, forget }
  }
}
