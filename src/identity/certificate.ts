import { createHash, randomBytes } from 'node:crypto'
import type { PrivateKey } from '@libp2p/interface'
import { checkIdentityName, checkInstanceId, checkServiceName } from '../core/address.js'
import { BoundedMap } from '../core/bounded-map.js'
import { toHex } from '../core/bytes.js'
import { OverlayError } from '../core/errors.js'
import { certificateValidityMs, maxCertificateBytes, maxClockSkewMs } from '../core/limits.js'
import { Certificate } from '../wire/messages/identity.js'
import { fitsPattern, readDelegation, type VerifiedDelegation } from './delegation.js'
import { certificateKind, open, seal } from './envelope.js'
import { checkInteger, checkPeerId, decodeSigned } from './fields.js'
import { authorityRole, checkRole, type Grant, relayRole } from './policy.js'
import { openReceipt } from './receipt.js'
import { type Basis, isOfOtherLine, isRevoked, type Revocations } from './revocation.js'
import { type AuthorityLine, type AuthoritySigner, asAuthorityKey, checkSigner, openLine } from './rotation.js'

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
  /** What it stands on, when another key than the authority's signed it. */
  readonly basis?: Basis
  /** The authority's keys up to each one that has signed it, or what it stands on. */
  readonly lines: readonly AuthorityLine[]
  /** The one that the authority, or an invitation, gave first, when this one renews it. */
  readonly first?: VerifiedCertificate
  /** The signed bytes, to hand on. */
  readonly envelope: Uint8Array<ArrayBuffer>
}

const serialBytes = 16
/** How many certificates may stand on one another. */
const maxChain = 4

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
  signer: AuthoritySigner,
  fields: CertificateFields,
): Promise<VerifiedCertificate> {
  const issuedAtMs = fields.issuedAtMs ?? Date.now()
  const { privateKey, networkId, rotations } = asAuthorityKey(signer)
  const content = checkContent({
    networkId,
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
  const lines = [await openLine(networkId, rotations)]
  return { ...(await sign(privateKey, content, { rotations: [...rotations] })), lines }
}

/** What goes into a certificate besides its content, when another key than the authority's signs it. */
export interface DelegatedParts {
  delegation: VerifiedDelegation
  /** With an invitation: a relay's receipt, and that relay's certificate. */
  receipt?: Uint8Array<ArrayBuffer>
  witness?: Uint8Array<ArrayBuffer>
  /** With a renewal key: the certificate that the authority, or an invitation, gave first. */
  renews?: Uint8Array<ArrayBuffer>
}

/**
 * Signs a certificate with a key that the authority has delegated this to. It is read back, so it throws `certificate_invalid`
 * when the delegation does not allow it.
 */
export async function issueDelegated(
  key: PrivateKey,
  fields: Required<Omit<CertificateFields, 'serial'>>,
  { delegation, ...parts }: DelegatedParts,
): Promise<VerifiedCertificate> {
  const { networkId } = delegation
  const content = checkContent({ networkId, serial: new Uint8Array(randomBytes(serialBytes)), ...fields })
  const { envelope } = await sign(key, content, { ...parts, delegation: delegation.envelope })
  return readCertificate(envelope, networkId)
}

async function sign(
  key: PrivateKey,
  content: Content,
  parts: Partial<Pick<Certificate, 'delegation' | 'receipt' | 'witness' | 'renews' | 'rotations'>>,
): Promise<Content & { envelope: Uint8Array<ArrayBuffer> }> {
  const payload = Certificate.encode({ ...content, ...parts, roles: [...content.roles], grants: [...content.grants] })
  const envelope = await seal(certificateKind.domain, certificateKind.payloadType, payload, key)
  if (envelope.byteLength > maxCertificateBytes) {
    throw new OverlayError('too_large', `The certificate for ${content.name} is over ${maxCertificateBytes} bytes.`)
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
  if (expected.revocations !== undefined && isOfOtherLine(expected.revocations, certificate)) {
    throw new OverlayError(
      'certificate_invalid',
      `The certificate of ${certificate.name} was signed by a key that is not the authority's.`,
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
export async function readCertificate(
  envelope: Uint8Array,
  networkId: string,
  depth = 0,
): Promise<VerifiedCertificate> {
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
  const parts = decodeSigned('A certificate', () => Certificate.decode(payload))
  const content = decodeSigned('A certificate', () => checkContent(parts))
  const signed =
    parts.delegation.byteLength === 0
      ? { lines: [await checkSigner('A certificate', signer.toString(), parts, networkId)] }
      : await checkDelegated(content, parts, signer.toString(), networkId, depth)
  const certificate = { ...content, ...signed, envelope: bytes }
  verified.set(key, certificate)
  return certificate
}

/** Checks that the authority has given `signer` the right to sign this. Throws `certificate_invalid` or `certificate_foreign`. */
async function checkDelegated(
  content: Content,
  parts: Certificate,
  signer: string,
  networkId: string,
  depth: number,
): Promise<Signed> {
  if (content.networkId !== networkId) {
    throw new OverlayError(
      'certificate_foreign',
      `A certificate belongs to network ${content.networkId}, not to ${networkId}.`,
    )
  }
  const delegation = await readDelegation(parts.delegation, networkId)
  const { issuedAtMs, expiresAtMs } = content
  refuseIf(content, {
    // A relay that witnessed may have been invited itself, and so on; somewhere that is the authority's own word.
    'stands on too many others': depth >= maxChain,
    'was not signed by the key that its delegation names': signer !== delegation.peerId,
    'is valid for longer than its delegation allows': expiresAtMs - issuedAtMs > delegation.validityMs,
    'is older than its delegation': issuedAtMs < delegation.issuedAtMs - maxClockSkewMs,
    'was signed after its delegation had expired': issuedAtMs > delegation.expiresAtMs + maxClockSkewMs,
  })
  if (delegation.purpose === 'renew') return checkRenewed(content, parts, delegation, depth)
  return checkInvited(content, parts, delegation, depth)
}

/** What a certificate stands on that the authority did not sign itself. */
type Signed = Pick<VerifiedCertificate, 'lines' | 'first'> & { basis: Basis }

/** The same party, roles and grants as the certificate that is renewed, whose dates don't matter. */
async function checkRenewed(
  content: Content,
  { renews }: Certificate,
  { serial, networkId, names, lines }: VerifiedDelegation,
  depth: number,
): Promise<Signed> {
  const first = await readCertificate(renews, networkId, depth + 1)
  refuseIf(content, {
    'says something else than the one it renews': !isSameParty(first, content),
    [`has a name that the renewal key, for ${names}, may not renew`]: !fitsPattern(names, content.name),
    // An errand of the authority's lasts for minutes.
    'is of the authority itself': content.roles.includes(authorityRole),
  })
  const serials = [toHex(serial), toHex(first.serial), ...(first.basis?.serials ?? [])]
  const basis = { serials, issuedAtMs: first.basis?.issuedAtMs ?? first.issuedAtMs }
  return { basis, lines: [...lines, ...first.lines], first }
}

/** What the invitation allows, at the moment that a relay has witnessed. */
async function checkInvited(
  content: Content,
  parts: Certificate,
  delegation: VerifiedDelegation,
  depth: number,
): Promise<Signed> {
  const { networkId, names, roles, grants } = delegation
  refuseIf(content, {
    [`has a name that its invitation, for ${names}, does not allow`]: !fitsPattern(names, content.name),
    'has more roles than its invitation allows': !content.roles.every((role) => roles.includes(role)),
    'has more grants than its invitation allows': !content.grants.every((grant) => hasGrant(grants, grant)),
  })
  const receipt = await openReceipt(parts.receipt)
  const witness = await readCertificate(parts.witness, networkId, depth + 1)
  const fits =
    toHex(receipt.serial) === toHex(delegation.serial) &&
    receipt.networkId === networkId &&
    receipt.peerId === content.peerId &&
    receipt.name === content.name &&
    receipt.issuedAtMs === content.issuedAtMs
  const isRelay = receipt.signerPeerId === witness.peerId && witness.roles.includes(relayRole)
  refuseIf(content, {
    'does not fit its receipt': !fits,
    'was not witnessed by a relay': !isRelay,
    'was witnessed by a relay whose certificate was not valid': whyNotValid(witness, receipt.issuedAtMs) !== undefined,
  })
  return {
    basis: { serials: [toHex(delegation.serial)], issuedAtMs: content.issuedAtMs },
    lines: delegation.lines,
  }
}

/** Throws `certificate_invalid` with the first reason that holds. */
function refuseIf({ name }: Content, reasons: Record<string, boolean>): void {
  const reason = Object.keys(reasons).find((each) => reasons[each])
  if (reason !== undefined) throw new OverlayError('certificate_invalid', `The certificate of ${name} ${reason}.`)
}

function isSameParty(a: Content, b: Content): boolean {
  const roles = (content: Content) => [...content.roles].sort().join()
  return (
    a.peerId === b.peerId &&
    a.name === b.name &&
    roles(a) === roles(b) &&
    a.grants.length === b.grants.length &&
    b.grants.every((grant) => hasGrant(a.grants, grant))
  )
}

function hasGrant(grants: readonly Grant[], { service, instanceId }: Grant): boolean {
  return grants.some((grant) => grant.service === service && grant.instanceId === instanceId)
}

type Content = Omit<VerifiedCertificate, 'envelope' | 'basis' | 'lines' | 'first'>

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
