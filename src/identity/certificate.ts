import { createHash, randomBytes } from 'node:crypto'
import type { PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { checkIdentityName, checkInstanceId, checkServiceName } from '../core/address.js'
import { BoundedMap } from '../core/bounded-map.js'
import { OverlayError } from '../core/errors.js'
import { certificateValidityMs, maxCertificateBytes, maxClockSkewMs } from '../core/limits.js'
import { Certificate } from '../wire/messages/identity.js'
import { certificateKind, open, seal } from './envelope.js'
import { checkInteger, checkNetwork, checkPeerId, decodeSigned } from './fields.js'
import { checkRole, type Grant } from './policy.js'
import { isRevoked, type Revocations } from './revocation.js'

/** A certificate whose signature has been checked; when it is good for use, `openCertificate` has said so. Never changed. */
export interface VerifiedCertificate {
  /** The authority's peer id. */
  readonly networkId: string
  /** 16 random bytes; a revocation names them in hex. */
  readonly serial: Uint8Array<ArrayBuffer>
  readonly name: string
  readonly peerId: string
  readonly roles: readonly string[]
  readonly grants: readonly Grant[]
  /** Milliseconds since 1970, both. */
  readonly issuedAtMs: number
  readonly expiresAtMs: number
  /** The signed bytes, to hand on. */
  readonly envelope: Uint8Array<ArrayBuffer>
}

const serialBytes = 16

/** What the authority says about one peer id. */
export interface CertificateFields {
  name: string
  peerId: string
  roles: readonly string[]
  grants?: readonly Grant[]
  /** Default: now. */
  issuedAtMs?: number
  /** Default: a year after `issuedAtMs`. */
  expiresAtMs?: number
  /** Default: random. */
  serial?: Uint8Array<ArrayBuffer>
}

/** Signs a certificate with the authority's key. Throws `bad_name`, `bad_argument`, or `too_large` when it is over its cap. */
export async function issueCertificate(
  authorityKey: PrivateKey,
  fields: CertificateFields,
): Promise<VerifiedCertificate> {
  const issuedAtMs = fields.issuedAtMs ?? Date.now()
  const content = checkContent({
    networkId: peerIdFromPrivateKey(authorityKey).toString(),
    serial: fields.serial ?? new Uint8Array(randomBytes(serialBytes)),
    name: fields.name,
    peerId: fields.peerId,
    roles: [...fields.roles],
    grants: (fields.grants ?? []).map(({ service, instanceId }) => ({ service, instanceId })),
    issuedAtMs,
    expiresAtMs: fields.expiresAtMs ?? issuedAtMs + certificateValidityMs,
  })
  if (content.roles.length > 64) throw new OverlayError('too_large', 'A certificate holds at most 64 roles.')
  if (content.grants.length > 256) throw new OverlayError('too_large', 'A certificate holds at most 256 grants.')
  const payload = Certificate.encode({ ...content, roles: [...content.roles], grants: [...content.grants] })
  const envelope = await seal(certificateKind.domain, certificateKind.payloadType, payload, authorityKey)
  if (envelope.byteLength > maxCertificateBytes) {
    throw new OverlayError('too_large', `The certificate for ${fields.name} is over ${maxCertificateBytes} bytes.`)
  }
  return { ...content, envelope }
}

/**
 * Checks a certificate: signed by the authority of `networkId`, naming `peerId` (the authenticated remote of the connection
 * it came over; left out, any), valid at `nowMs` give or take 2 minutes, not revoked. Throws `certificate_invalid`,
 * `certificate_foreign`, `certificate_peer`, `certificate_expired` or `certificate_revoked`, in this order.
 */
export async function openCertificate(
  envelope: Uint8Array,
  expected: { networkId: string; peerId?: string; nowMs: number; revocations?: Revocations },
): Promise<VerifiedCertificate> {
  const certificate = await readCertificate(envelope, expected.networkId)
  if (expected.peerId !== undefined && certificate.peerId !== expected.peerId) {
    throw new OverlayError(
      'certificate_peer',
      `The certificate of ${certificate.name} names peer id ${certificate.peerId}, but ${expected.peerId} showed it.`,
    )
  }
  checkValidity(certificate, expected.nowMs)
  if (expected.revocations !== undefined && isRevoked(expected.revocations, certificate)) {
    throw new OverlayError(
      'certificate_revoked',
      `The certificate of ${certificate.name} was revoked by the authority.`,
    )
  }
  return certificate
}

/** Why the certificate is over or not yet begun at `nowMs`, clocks that differ by 2 minutes allowed for; undefined while it is good. */
export function whyNotValid(certificate: VerifiedCertificate, nowMs: number): string | undefined {
  const { name, issuedAtMs, expiresAtMs } = certificate
  if (nowMs > expiresAtMs + maxClockSkewMs) {
    return `The certificate of ${name} expired on ${new Date(expiresAtMs).toISOString()}; get a new one.`
  }
  if (nowMs < issuedAtMs - maxClockSkewMs) {
    return `The certificate of ${name} is not valid before ${new Date(issuedAtMs).toISOString()}; is the clock right?`
  }
  return undefined
}

/** Throws `certificate_expired` when the certificate is over or not yet begun at `nowMs`, give or take 2 minutes. */
export function checkValidity(certificate: VerifiedCertificate, nowMs: number): void {
  const why = whyNotValid(certificate, nowMs)
  if (why !== undefined) throw new OverlayError('certificate_expired', why)
}

/** When {@link whyNotValid} changes its answer after `nowMs`, ms since 1970; Infinity once the certificate is over. */
export function validityChangeMs({ issuedAtMs, expiresAtMs }: VerifiedCertificate, nowMs: number): number {
  const changes = [issuedAtMs - maxClockSkewMs, expiresAtMs + maxClockSkewMs + 1]
  return Math.min(...changes.filter((atMs) => atMs > nowMs))
}

// The same certificates are shown again and again. Only those the expected authority signed get in, so a stranger cannot
// fill it; and only the signature is remembered, never whether the certificate is good for use now.
const verified = new BoundedMap<string, VerifiedCertificate>(1_024)

/** The signature and the contents alone: throws `certificate_invalid` or `certificate_foreign`, never looks at dates. */
export async function readCertificate(envelope: Uint8Array, networkId: string): Promise<VerifiedCertificate> {
  // Before hashing, so that a flood of large envelopes costs nothing.
  if (envelope.byteLength > maxCertificateBytes) {
    throw new OverlayError('certificate_invalid', `A certificate is over ${maxCertificateBytes} bytes.`)
  }
  const key = `${networkId} ${createHash('sha256').update(envelope).digest('base64')}`
  const known = verified.touch(key)
  if (known !== undefined) return known
  // A copy: the caller's bytes may be a window on a large network buffer that would otherwise stay in memory.
  const bytes = envelope.slice()
  const { payload, signer } = await open(
    certificateKind.domain,
    certificateKind.payloadType,
    bytes,
    maxCertificateBytes,
  )
  const content = decodeSigned('A certificate', () => checkContent(Certificate.decode(payload)))
  checkNetwork('A certificate', signer.toString(), content.networkId, networkId)
  const certificate = { ...content, envelope: bytes }
  verified.set(key, certificate)
  return certificate
}

type Content = Omit<VerifiedCertificate, 'envelope'>

function checkContent(content: Content): Content {
  const { networkId, serial, name, peerId, roles, grants, issuedAtMs, expiresAtMs } = content
  checkPeerId(networkId)
  if (serial.byteLength !== serialBytes) {
    throw new OverlayError('bad_argument', `A serial has ${serialBytes} bytes, not ${serial.byteLength}.`)
  }
  checkPeerId(peerId)
  checkInteger('issue date', issuedAtMs, 1)
  checkInteger('expiry date', expiresAtMs, issuedAtMs)
  return {
    networkId,
    serial,
    name: checkIdentityName(name),
    peerId,
    roles: roles.map(checkRole),
    grants: grants.map(({ service, instanceId }) => ({
      service: checkServiceName(service),
      instanceId: checkInstanceId(instanceId),
    })),
    issuedAtMs,
    expiresAtMs,
  }
}
