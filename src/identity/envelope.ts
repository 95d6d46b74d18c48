import { createHash } from 'node:crypto'
import type { PeerId, PrivateKey } from '@libp2p/interface'
import { peerIdFromPublicKey } from '@libp2p/peer-id'
import { RecordEnvelope } from '@libp2p/peer-record'
import { equalBytes, utf8 } from '../core/bytes.js'
import { OverlayError } from '../core/errors.js'
import { maxCertificateBytes, maxNetworkDocumentBytes } from '../core/limits.js'

/** What a signature is for: one kind of signed thing can never be passed off as another. */
export interface EnvelopeKind {
  /** Covered by the signature; not sent. */
  readonly domain: string
  /** Covered by the signature and sent. */
  readonly payloadType: Uint8Array
}

function kind(name: string): EnvelopeKind {
  return { domain: `chat-p2p/${name}/1`, payloadType: utf8(`/chat-p2p/${name}`) }
}

export const certificateKind = kind('certificate')
export const certificateRequestKind = kind('certificate-request')
export const delegationKind = kind('delegation')
export const receiptKind = kind('receipt')
export const redemptionKind = kind('redemption')
export const rotationKind = kind('rotation')
export const networkDocumentKind = kind('network-document')
export const terminatorKind = kind('terminator')

/** Signs `payload` for one purpose and returns the libp2p signed envelope's bytes. */
export async function seal(
  domain: string,
  payloadType: Uint8Array,
  payload: Uint8Array,
  privateKey: PrivateKey,
): Promise<Uint8Array<ArrayBuffer>> {
  const record = { domain, codec: payloadType, marshal: () => payload, equals: () => false }
  return (await RecordEnvelope.seal(record, privateKey)).marshal().slice()
}

/**
 * Checks a signed envelope and returns what is in it and who signed it; the caller decides whether that signer may.
 * Over `maxBytes`, malformed, of another payload type or domain, or not signed by the key it names: `certificate_invalid`.
 */
export async function open(
  domain: string,
  payloadType: Uint8Array,
  bytes: Uint8Array,
  maxBytes: number = maxNetworkDocumentBytes,
): Promise<Opened> {
  const remembers = bytes.byteLength <= Math.min(maxBytes, maxCertificateBytes)
  if (!remembers) return openFresh(domain, payloadType, bytes, maxBytes)
  const hash = createHash('sha256').update(bytes).digest('base64')
  const key = [domain, Buffer.from(payloadType).toString('base64'), hash].join('\0')
  const known = opened.get(key)
  if (known !== undefined) return known
  const fresh = await openFresh(domain, payloadType, bytes, maxBytes)
  opened.set(key, fresh)
  if (opened.size > maxOpened) opened.delete(opened.keys().next().value!)
  return fresh
}

interface Opened {
  payload: Uint8Array
  signer: PeerId
}

/** Small envelopes found right, by domain, payload type and hash: whether a signature is does not change, and a call shows the same ones every time. */
const opened = new Map<string, Opened>()
const maxOpened = 1_024

async function openFresh(
  domain: string,
  payloadType: Uint8Array,
  bytes: Uint8Array,
  maxBytes: number,
): Promise<Opened> {
  if (bytes.byteLength > maxBytes) {
    throw new OverlayError('certificate_invalid', `A signed envelope of ${bytes.byteLength} bytes is over ${maxBytes}.`)
  }
  let envelope: RecordEnvelope
  try {
    envelope = RecordEnvelope.createFromProtobuf(bytes)
  } catch (cause) {
    throw new OverlayError('certificate_invalid', 'A signed envelope is malformed.', { cause })
  }
  // Nothing here signs with anything else, and RSA would let a stranger choose how long a check takes.
  if (envelope.publicKey.type !== 'Ed25519') {
    throw new OverlayError(
      'certificate_invalid',
      `A signed envelope has a ${envelope.publicKey.type} key, not Ed25519.`,
    )
  }
  if (!equalBytes(envelope.payloadType, payloadType)) {
    throw new OverlayError('certificate_invalid', 'A signed envelope holds something else than expected.')
  }
  // One encoding only, so that equal contents are equal bytes and nothing unsigned travels along.
  if (!equalBytes(envelope.marshal(), bytes)) {
    throw new OverlayError('certificate_invalid', 'A signed envelope is not in its canonical form.')
  }
  let valid = false
  let cause: unknown
  try {
    valid = await envelope.validate(domain)
  } catch (error) {
    cause = error
  }
  if (!valid) throw new OverlayError('certificate_invalid', 'The signature of a signed envelope is wrong.', { cause })
  return { payload: envelope.payload, signer: peerIdFromPublicKey(envelope.publicKey) }
}

/** The contents of a signed envelope, nothing checked but its form: for those who only hand it on. Throws `certificate_invalid`. */
export function peek(bytes: Uint8Array, maxBytes: number): Uint8Array {
  if (bytes.byteLength > maxBytes) {
    throw new OverlayError('certificate_invalid', `A signed envelope of ${bytes.byteLength} bytes is over ${maxBytes}.`)
  }
  try {
    return RecordEnvelope.createFromProtobuf(bytes).payload
  } catch (cause) {
    throw new OverlayError('certificate_invalid', 'A signed envelope is malformed.', { cause })
  }
}
