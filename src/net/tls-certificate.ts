import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  verify,
  X509Certificate,
} from 'node:crypto'
import { publicKeyToProtobuf } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { base58btc } from 'multiformats/bases/base58'
import * as Digest from 'multiformats/hashes/digest'
import { OverlayError } from '../core/errors.js'
import { type DerElement, der, readDer, readDerList } from './der.js'

// Certificates of https://github.com/libp2p/specs/blob/master/tls/tls.md: self-signed by a key made for the purpose, which the
// host key vouches for in an extension. Written here rather than with @peculiar/x509, which a test holds them against: that one
// brings 20 packages and a reflect polyfill, and takes 250 ms to load, which every ssh through `stdio` would wait for.

/** Holds a certificate and its key as PEM, for `tls.createSecureContext`. */
export interface TlsCertificate {
  cert: string
  key: string
}

const tags = { integer: 2, bitString: 3, octetString: 4, oid: 6, generalizedTime: 0x18, sequence: 0x30 }
const oids = {
  /** 1.3.6.1.4.1.53594.1.1, libp2p's public key extension */
  libp2p: Buffer.from('2b0601040183a25a0101', 'hex'),
  ecdsaWithSha256: Buffer.from('2a8648ce3d040302', 'hex'),
}
/** Names the signatures that are allowed: hashes below 256 bits are not. */
const allowedSignatures = new Set([
  ...['2a8648ce3d040302', '2a8648ce3d040303', '2a8648ce3d040304'], // ECDSA with SHA-256, -384, -512
  '2b6570', // Ed25519
  ...['2a864886f70d01010b', '2a864886f70d01010c', '2a864886f70d01010d', '2a864886f70d01010a'], // RSA with the same, PSS
])
const signedPrefix = Buffer.from('libp2p-tls-handshake:')
const notBefore = der(tags.generalizedTime, Buffer.from('20200101000000Z'))
const notAfter = der(tags.generalizedTime, Buffer.from('21200101000000Z'))

/** Makes a fresh key and a certificate by which the other side of a TLS connection knows the peer of `privateKey`. */
export async function makeTlsCertificate(privateKey: PrivateKey): Promise<TlsCertificate> {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const publicKey = pair.publicKey.export({ type: 'spki', format: 'der' })
  const signature = await privateKey.sign(Buffer.concat([signedPrefix, publicKey]))
  const hostKey = publicKeyToProtobuf(privateKey.publicKey)
  const signedKey = der(tags.sequence, der(tags.octetString, hostKey), der(tags.octetString, signature))
  const extension = der(tags.sequence, der(tags.oid, oids.libp2p), der(tags.octetString, signedKey))
  const algorithm = der(tags.sequence, der(tags.oid, oids.ecdsaWithSha256))
  const name = der(tags.sequence)
  const serial = randomBytes(9)
  serial[0] = 1 // positive, in its shortest form
  const body = der(
    tags.sequence,
    der(0xa0, der(tags.integer, Buffer.from([2]))), // version 3
    der(tags.integer, serial),
    algorithm,
    name,
    der(tags.sequence, notBefore, notAfter),
    name,
    publicKey,
    der(0xa3, der(tags.sequence, extension)),
  )
  const selfSignature = sign('sha256', body, pair.privateKey)
  const bytes = der(tags.sequence, body, algorithm, der(tags.bitString, Buffer.from([0]), selfSignature))
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64')}\n-----END CERTIFICATE-----\n`,
    key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

/**
 * Returns the peer that a certificate vouches for. Throws `certificate_invalid` for one that breaks a rule of the specification.
 */
export function peerIdOfTlsCertificate(bytes: Uint8Array, nowMs: number): string {
  const key = createHash('sha256').update(bytes).digest('base64')
  const known = proved.get(key)
  if (known !== undefined && known.fromMs <= nowMs && nowMs <= known.toMs) return known.peerId
  try {
    const { fromMs, toMs, peerId } = checked(bytes, nowMs)
    proved.set(key, { fromMs, toMs, peerId })
    if (proved.size > maxProved) proved.delete(proved.keys().next().value!)
    return peerId
  } catch (cause) {
    if (cause instanceof OverlayError) throw cause
    throw invalid('it cannot be read', cause)
  }
}

interface Proved {
  peerId: string
  /** When the certificate is valid. */
  fromMs: number
  toMs: number
}

/** Remembers certificates that were found right, by their hash: a peer shows the same one as long as it runs. */
const proved = new Map<string, Proved>()
const maxProved = 1_024

function checked(bytes: Uint8Array, nowMs: number): Proved {
  const { algorithm, publicKey, extensions } = partsOf(bytes)
  if (!allowedSignatures.has(algorithm)) throw invalid('its signature is of a kind that is not allowed')
  const certificate = new X509Certificate(bytes)
  const [fromMs, toMs] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)]
  if (!(fromMs <= nowMs)) throw invalid('it is not valid yet')
  if (!(nowMs <= toMs)) throw invalid('it has expired')
  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey
  if (asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === undefined) {
    throw invalid('its curve has no name')
  }
  refuseCostly(certificate.publicKey)
  if (!certificate.verify(certificate.publicKey)) throw invalid('its signature is wrong')
  const own = extensions.find(({ oid }) => oid === oids.libp2p.toString('hex'))
  if (own === undefined) throw invalid('it names no peer')
  const [hostKey, signature, more] = readDerList(own.value, readDer(own.value, 0, own.value.byteLength))
  if (hostKey?.tag !== tags.octetString || signature?.tag !== tags.octetString || more !== undefined) {
    throw invalid('what names its peer cannot be read')
  }
  const protobuf = own.value.subarray(hostKey.start, hostKey.end)
  const { key, hash } = hostKeyOf(protobuf)
  refuseCostly(key)
  const signed = Buffer.concat([signedPrefix, publicKey])
  if (!verify(hash, signed, key, own.value.subarray(signature.start, signature.end))) {
    throw invalid('the peer it names did not sign it')
  }
  return { peerId: peerIdOf(protobuf), fromMs, toMs }
}

/** Refuses a key that was made for checking its signatures to take long: RSA has 65537 as its exponent wherever it is meant well. */
function refuseCostly({ asymmetricKeyDetails: { modulusLength = 0, publicExponent = 0n } = {} }: KeyObject): void {
  if (modulusLength > 4_096 || publicExponent > 65_537n) throw invalid('checking its signature would take long')
}

/** Holds what SubjectPublicKeyInfo has before a key of these types, by the number that libp2p gives them. */
const spkiPrefixes: Record<number, { prefix: string; hash: string | null }> = {
  0: { prefix: '', hash: 'sha256' }, // RSA, SubjectPublicKeyInfo already
  1: { prefix: '302a300506032b6570032100', hash: null }, // Ed25519, 32 bytes
  2: { prefix: '3036301006072a8648ce3d020106052b8104000a032200', hash: 'sha256' }, // secp256k1, compressed
  3: { prefix: '', hash: 'sha256' }, // ECDSA, SubjectPublicKeyInfo already
}

/** Reads libp2p's PublicKey: `08 type 12 length data`, the only form its specification allows. */
function hostKeyOf(protobuf: Uint8Array): { key: KeyObject; hash: string | null } {
  const [typeTag, type, dataTag, ...rest] = protobuf.subarray(0, 5)
  const [length, data] =
    rest[0]! < 0x80
      ? [rest[0]!, protobuf.subarray(4)]
      : [(rest[0]! & 0x7f) + 128 * (rest[1] ?? Number.NaN), protobuf.subarray(5)]
  const kind = spkiPrefixes[type!]
  if (typeTag !== 0x08 || dataTag !== 0x12 || kind === undefined || length !== data.byteLength) {
    throw invalid('the key of its peer cannot be read')
  }
  const spki = Buffer.concat([Buffer.from(kind.prefix, 'hex'), data])
  return { key: createPublicKey({ key: spki, format: 'der', type: 'spki' }), hash: kind.hash }
}

/**
 * Returns the peer id of a public key; short keys are their own hash
 * (https://github.com/libp2p/specs/blob/master/peer-ids/peer-ids.md).
 */
function peerIdOf(protobuf: Uint8Array): string {
  const short = protobuf.byteLength <= 42
  const digest = short
    ? Digest.create(0, protobuf)
    : Digest.create(0x12, createHash('sha256').update(protobuf).digest())
  return base58btc.baseEncode(digest.bytes)
}

interface Parts {
  /** The object identifier of the signature's algorithm, in hex. */
  algorithm: string
  /** SubjectPublicKeyInfo */
  publicKey: Uint8Array
  extensions: { oid: string; value: Uint8Array }[]
}

/** Returns the parts of a certificate that node:crypto does not tell. */
function partsOf(bytes: Uint8Array): Parts {
  const whole = readDer(bytes, 0, bytes.byteLength)
  const [body, algorithm] = readDerList(bytes, whole)
  const fields = readDerList(bytes, body!)
  // version, serial, algorithm, issuer, validity, subject, key; then what is optional
  const [version, , , , , , key, ...optional] = fields
  if (version?.tag !== 0xa0 || key?.tag !== tags.sequence) throw invalid('it is of another version')
  const list = optional.find(({ tag }) => tag === 0xa3)
  // Unique ids are not allowed; nothing else may stand there.
  if (list === undefined || optional.length > 1) throw invalid('its extensions cannot be read')
  const [sequence] = readDerList(bytes, list)
  return {
    algorithm: hex(bytes, readDerList(bytes, algorithm!)[0]!),
    publicKey: bytes.subarray(key.at, key.end),
    extensions: readDerList(bytes, sequence!).map((element) => extensionOf(bytes, element)),
  }
}

function extensionOf(bytes: Uint8Array, element: DerElement): { oid: string; value: Uint8Array } {
  const parts = readDerList(bytes, element)
  const oid = hex(bytes, parts[0]!)
  const value = parts.at(-1)!
  const critical = parts.length > 2 && bytes[parts[1]!.start] !== 0
  if (critical && oid !== oids.libp2p.toString('hex')) throw invalid(`it has a critical extension that is unknown`)
  return { oid, value: bytes.subarray(value.start, value.end) }
}

const hex = (bytes: Uint8Array, { start, end }: DerElement): string =>
  Buffer.from(bytes.subarray(start, end)).toString('hex')

function invalid(why: string, cause?: unknown): OverlayError {
  return new OverlayError('certificate_invalid', `The TLS certificate of the other side is not valid: ${why}.`, {
    cause,
  })
}
