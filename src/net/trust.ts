import { EventEmitter } from 'node:events'
import type { Clock } from '../core/clock.js'
import { OverlayError } from '../core/errors.js'
import { openCertificate, type VerifiedCertificate } from '../identity/certificate.js'
import { type Identity, saveNetwork } from '../identity/identity-file.js'
import { type NetworkView, openNetworkDocument } from '../identity/network-document.js'

/**
 * What this node believes: its own certificate and the newest network document it has seen. Emits `network` when a
 * newer document has been adopted, and `warning` when it could not be kept on disk.
 */
export class Trust extends EventEmitter<{ network: [NetworkView]; warning: [unknown] }> {
  readonly own: VerifiedCertificate
  private current: NetworkView

  constructor(
    readonly identity: Identity,
    private readonly clock: Clock,
  ) {
    super()
    if (identity.certificate === undefined || identity.network === undefined) {
      throw new OverlayError(
        'identity_kind',
        `The identity '${identity.name}' has no certificate or network document; an authority is no node.`,
      )
    }
    this.own = identity.certificate
    this.current = identity.network
  }

  get network(): NetworkView {
    return this.current
  }

  /** Checks a certificate shown on a connection whose authenticated remote peer id is `peerId`. Throws `certificate_*`. */
  verify(envelope: Uint8Array, peerId: string): Promise<VerifiedCertificate> {
    return openCertificate(envelope, {
      networkId: this.own.networkId,
      peerId,
      nowMs: this.clock.now(),
      revokedSerials: this.current.revokedSerials,
    })
  }

  /** Takes over a network document when it is newer than ours; never goes back. Throws `certificate_*` for a forged one. */
  async adopt(envelope: Uint8Array): Promise<boolean> {
    const network = await openNetworkDocument(envelope, { networkId: this.own.networkId })
    if (network.revision <= this.current.revision) return false
    this.current = network
    try {
      await saveNetwork(this.identity, network)
    } catch (error) {
      this.emit('warning', error)
    }
    this.emit('network', network)
    return true
  }
}
