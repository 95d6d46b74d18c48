import { OverlayError } from '../core/errors.js'
import { checkValidity, readCertificate, type VerifiedCertificate } from '../identity/certificate.js'
import type { NetworkView } from '../identity/network-document.js'
import { mayBind } from '../identity/policy.js'
import { isRevoked } from '../identity/revocation.js'
import { openTerminator, type TerminatorRecord } from '../identity/terminator.js'
import type { SignedTerminator } from '../wire/messages/directory.js'

/** A terminator whose two signatures have been checked here, whatever the relay that handed it over thinks. */
export interface Candidate {
  record: TerminatorRecord
  host: VerifiedCertificate
}

/**
 * Checks what no honest relay would hand over otherwise: the host's signature, the authority's, and that they belong together.
 * Throws `certificate_invalid`, `certificate_foreign` or `certificate_peer`.
 */
export async function openSigned(signed: SignedTerminator, networkId: string): Promise<Candidate> {
  const record = await openTerminator(signed.terminator, { networkId })
  const host = await readCertificate(signed.certificate, networkId)
  if (host.peerId !== record.hostPeerId) {
    throw new OverlayError(
      'certificate_peer',
      `The certificate of ${host.name} was handed over with a terminator of another.`,
    )
  }
  return { record, host }
}

/**
 * Checks whether the host may be there now. Relays with other clocks or an older network document may think otherwise in good
 * faith. Throws `certificate_expired`, `certificate_revoked` or `certificate_invalid`.
 */
export function checkFit({ record, host }: Candidate, network: NetworkView, nowMs: number): void {
  checkValidity(host, nowMs)
  if (isRevoked(network, host)) {
    throw new OverlayError('certificate_revoked', `The certificate of ${host.name} was revoked by the authority.`)
  }
  const service = network.services.get(record.service)
  if (service !== undefined && mayBind(service, host, record.instanceId)) return
  // Not `not_permitted`: that is what the dialer lacks.
  throw new OverlayError(
    'certificate_invalid',
    `The certificate of ${host.name} does not let it offer '${record.instanceId}' on '${record.service}'.`,
  )
}
