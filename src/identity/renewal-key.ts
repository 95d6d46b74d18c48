import { privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { fromBase64, toBase64 } from '../core/bytes.js'
import { errorText, OverlayError } from '../core/errors.js'
import { maxClockSkewMs } from '../core/limits.js'
import { readPrivateFile } from '../core/private-file.js'
import { issueDelegated, type VerifiedCertificate } from './certificate.js'
import { fitsPattern, readDelegation, type VerifiedDelegation } from './delegation.js'
import { checkPeerId } from './fields.js'
import { isRevoked, type Revocations } from './revocation.js'

/** A key that may give who has a certificate a newer one, in the authority's place. */
export interface RenewalKey {
  readonly privateKey: PrivateKey
  readonly delegation: VerifiedDelegation
}

const format = 'chat-p2p renewal key 1'
const maxFileBytes = 64 * 1024
const dayMs = 24 * 3_600_000

/** So long before its end a certificate is renewed: before anybody is told that it ends. */
const earlyMs = 45 * dayMs
/** Of those that are over, who has been away for no longer than this is still given a newer one. */
export const lateMs = 90 * dayMs
/** Certificates end up to this part of their time earlier, so that not all of them end on one day. */
const spread = 0.1

/** The text of a renewal key's file; it holds the private key. */
export function formatRenewalKey({ privateKey, delegation }: RenewalKey): string {
  const json = {
    format,
    networkId: delegation.networkId,
    delegation: toBase64(delegation.envelope),
    privateKey: toBase64(privateKeyToProtobuf(privateKey)),
  }
  return `${JSON.stringify(json, null, 2)}\n`
}

/** Reads such a file. Errors: `file_unreadable`, `identity_exposed`, `identity_damaged`, `certificate_*`. */
export async function readRenewalKey(file: string, expectedNetworkId?: string): Promise<RenewalKey> {
  const text = await readPrivateFile(file, { what: 'renewal key', maxBytes: maxFileBytes })
  if (text === undefined) throw new OverlayError('file_unreadable', `There is no renewal key ${file}.`, { path: file })
  let delegation: VerifiedDelegation
  let privateKey: PrivateKey
  try {
    const json = JSON.parse(text)
    if (json?.format !== format) throw new OverlayError('identity_damaged', `its format is not '${format}'`)
    privateKey = privateKeyFromProtobuf(fromBase64(json.privateKey) ?? new Uint8Array(0))
    const networkId = expectedNetworkId ?? checkPeerId(json.networkId)
    delegation = await readDelegation(fromBase64(json.delegation) ?? new Uint8Array(0), networkId)
  } catch (error) {
    if (error instanceof OverlayError && error.code === 'certificate_foreign') throw error
    // Other errors may quote the key.
    const why = error instanceof OverlayError ? errorText(error).replace(/\.$/, '') : 'it is not one'
    throw new OverlayError('identity_damaged', `The renewal key ${file} is damaged: ${why}.`, { path: file })
  }
  if (delegation.purpose !== 'renew' || delegation.peerId !== peerIdFromPrivateKey(privateKey).toString()) {
    throw new OverlayError('identity_damaged', `The renewal key ${file} is not the one that its delegation names.`, {
      path: file,
    })
  }
  return { privateKey, delegation }
}

/** Why the key renews nothing now; undefined while it does. */
export function whyNotRenewing(
  { delegation }: RenewalKey,
  revocations: Revocations,
  nowMs: number,
): string | undefined {
  if (isRevoked(revocations, delegation)) return 'The renewal key was taken back by the authority.'
  if (nowMs <= delegation.expiresAtMs) return undefined
  return `The renewal key was good until ${new Date(delegation.expiresAtMs).toISOString().slice(0, 10)}; make another one.`
}

/** True when a certificate is to be renewed at `nowMs`: it ends within 45 days (a third of its time, if that is less), or ended not long ago. */
export function isDue({ issuedAtMs, expiresAtMs }: VerifiedCertificate, nowMs: number): boolean {
  const leftMs = expiresAtMs - nowMs
  return leftMs <= Math.min(earlyMs, (expiresAtMs - issuedAtMs) / 3) && leftMs >= -lateMs
}

/** True when the key may renew this one: of a name that it is for, and not taken back. */
export function mayRenew(
  { delegation }: RenewalKey,
  certificate: VerifiedCertificate,
  revocations: Revocations,
): boolean {
  return fitsPattern(delegation.names, certificate.name) && !isRevoked(revocations, certificate)
}

/**
 * Signs a newer certificate that says the same. `random` in [0, 1) says how much earlier than allowed it ends. Throws
 * `certificate_invalid` for what the key may not renew.
 */
export function renew(
  { privateKey, delegation }: RenewalKey,
  certificate: VerifiedCertificate,
  nowMs: number,
  random: number,
): Promise<VerifiedCertificate> {
  const { name, peerId, roles, grants } = certificate
  const validityMs = Math.round(delegation.validityMs * (1 - spread * random))
  // Newer than the one there is, also by the clock of who signed that.
  const issuedAtMs = Math.max(nowMs, certificate.issuedAtMs + 1)
  if (issuedAtMs > nowMs + maxClockSkewMs) {
    throw new OverlayError('certificate_invalid', `The certificate of ${name} is of the future; is the clock right?`)
  }
  return issueDelegated(
    privateKey,
    { name, peerId, roles, grants, issuedAtMs, expiresAtMs: issuedAtMs + validityMs },
    { delegation, renews: (certificate.first ?? certificate).envelope },
  )
}
