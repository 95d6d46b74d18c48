import type { PrivateKey } from '@libp2p/interface'
import { checkIdentityName } from '../core/address.js'
import { OverlayError } from '../core/errors.js'
import { Receipt } from '../wire/messages/identity.js'
import { open, receiptKind, redemptionKind, seal } from './envelope.js'
import { checkInteger, checkPeerId, decodeSigned } from './fields.js'

/** A relay's word that an invitation was used for one key. */
export interface InvitationReceipt {
  readonly networkId: string
  /** Of the delegation. */
  readonly serial: Uint8Array<ArrayBuffer>
  readonly peerId: string
  readonly name: string
  /** Milliseconds since 1970, by the relay's clock. */
  readonly issuedAtMs: number
}

const maxReceiptBytes = 2 * 1024

/** Signs a receipt with a relay's key. */
export function sealReceipt(relayKey: PrivateKey, receipt: InvitationReceipt): Promise<Uint8Array<ArrayBuffer>> {
  return seal(receiptKind.domain, receiptKind.payloadType, Receipt.encode({ ...receipt }), relayKey)
}

/** Checks the form and the signature of a receipt, and gives who signed it: whether that is a relay is the caller's question. */
export async function openReceipt(bytes: Uint8Array): Promise<InvitationReceipt & { signerPeerId: string }> {
  const { payload, signer } = await open(receiptKind.domain, receiptKind.payloadType, bytes, maxReceiptBytes)
  return { ...decode('A receipt', payload), signerPeerId: signer.toString() }
}

/** Asks for a receipt, signed with the key of an invitation: the same words, before a relay has said when. */
export function sealRedemption(
  invitationKey: PrivateKey,
  wish: Omit<InvitationReceipt, 'issuedAtMs'>,
): Promise<Uint8Array<ArrayBuffer>> {
  const payload = Receipt.encode({ ...wish, issuedAtMs: 1 })
  return seal(redemptionKind.domain, redemptionKind.payloadType, payload, invitationKey)
}

/** Checks such a wish: signed by the key with this peer id. Throws `certificate_invalid`. */
export async function openRedemption(
  bytes: Uint8Array,
  keyPeerId: string,
): Promise<Omit<InvitationReceipt, 'issuedAtMs'>> {
  const { payload, signer } = await open(redemptionKind.domain, redemptionKind.payloadType, bytes, maxReceiptBytes)
  const { issuedAtMs: _, ...wish } = decode('A redemption', payload)
  if (signer.toString() !== keyPeerId) {
    throw new OverlayError('certificate_invalid', 'A redemption was not signed by the key of the invitation.')
  }
  return wish
}

function decode(what: string, payload: Uint8Array): InvitationReceipt {
  return decodeSigned(what, () => {
    const { networkId, serial, peerId, name, issuedAtMs } = Receipt.decode(payload)
    if (serial.byteLength !== 16) throw new OverlayError('bad_argument', 'A serial has 16 bytes.')
    return {
      networkId: checkPeerId(networkId),
      serial,
      peerId: checkPeerId(peerId),
      name: checkIdentityName(name),
      issuedAtMs: checkInteger('date', issuedAtMs, 1),
    }
  })
}
