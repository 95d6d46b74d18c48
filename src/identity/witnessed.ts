import { toHex } from '../core/bytes.js'
import { OverlayError } from '../core/errors.js'
import { readCertificate } from './certificate.js'
import { readDelegation, type VerifiedDelegation } from './delegation.js'
import { relayRole } from './policy.js'
import { type InvitationReceipt, openReceipt } from './receipt.js'

/** One use of an invitation, as a relay of the network witnessed it. */
export interface Witnessed {
  delegation: VerifiedDelegation
  receipt: InvitationReceipt
  /** Holds what others need to believe it: the signed receipt, and the certificate of the relay that signed it. */
  signed: { receipt: Uint8Array<ArrayBuffer>; witness: Uint8Array<ArrayBuffer> }
}

/** Checks a use of an invitation as relays hand it on: dates and revocations are the caller's. Throws `certificate_*`. */
export async function readWitnessed(
  redemption: { delegation: Uint8Array; receipt: Uint8Array; witness: Uint8Array },
  networkId: string,
): Promise<Witnessed> {
  const delegation = await readDelegation(redemption.delegation, networkId)
  const { signerPeerId, ...receipt } = await openReceipt(redemption.receipt)
  const witness = await readCertificate(redemption.witness, networkId)
  const fits = toHex(receipt.serial) === toHex(delegation.serial) && receipt.networkId === networkId
  if (!fits || signerPeerId !== witness.peerId || !witness.roles.includes(relayRole)) {
    throw new OverlayError('certificate_invalid', 'A receipt was not signed by a relay.')
  }
  return { delegation, receipt, signed: { receipt: redemption.receipt.slice(), witness: witness.envelope } }
}
