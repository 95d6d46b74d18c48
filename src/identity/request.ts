import type { PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { checkIdentityName } from '../core/address.js'
import { OverlayError } from '../core/errors.js'
import { maxCertificateBytes } from '../core/limits.js'
import { Certificate } from '../wire/messages/identity.js'
import { certificateRequestKind, open, seal } from './envelope.js'
import { decodeSigned } from './fields.js'
import { checkRole } from './policy.js'

/** What somebody who made a key would like the authority to sign. */
export interface CertificateRequest {
  readonly name: string
  readonly peerId: string
  readonly roles: readonly string[]
}

/** Signs a request with the key it is for, which proves that whoever asks holds it. Throws `bad_name`. */
export async function sealRequest(
  privateKey: PrivateKey,
  { name, roles }: Omit<CertificateRequest, 'peerId'>,
): Promise<Uint8Array<ArrayBuffer>> {
  const peerId = peerIdFromPrivateKey(privateKey).toString()
  // A certificate in the making: the same message, under a domain of its own, without what only the authority can say.
  const payload = Certificate.encode({ name: checkIdentityName(name), peerId, roles: roles.map(checkRole) })
  return seal(certificateRequestKind.domain, certificateRequestKind.payloadType, payload, privateKey)
}

/** Checks a request: signed by the key it names. Throws `certificate_invalid`. What it asks for is the authority's to judge. */
export async function openRequest(bytes: Uint8Array): Promise<CertificateRequest> {
  const { domain, payloadType } = certificateRequestKind
  const { payload, signer } = await open(domain, payloadType, bytes, maxCertificateBytes)
  const request = decodeSigned('A certificate request', () => {
    const { name, peerId, roles } = Certificate.decode(payload)
    return { name: checkIdentityName(name), peerId, roles: roles.map(checkRole) }
  })
  if (signer.toString() !== request.peerId) {
    throw new OverlayError('certificate_invalid', 'A certificate request was not signed by the key it is for.')
  }
  return request
}
