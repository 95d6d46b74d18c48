import type { PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { OverlayError } from '../core/errors.js'
import { Rotation } from '../wire/messages/identity.js'
import { open, rotationKind, seal } from './envelope.js'
import { checkInteger, checkPeerId, decodeSigned } from './fields.js'

/** How often an authority's key may be followed by another one. */
export const maxRotations = 8
const maxRotationBytes = 1024

/** The keys of an authority from its first one, whose peer id is the network's, to the one that signed something. */
export type AuthorityLine = readonly string[]

/** A key that signs for a network: its first one, or a later one with the rotations that made it that. */
export interface AuthorityKey {
  readonly privateKey: PrivateKey
  readonly networkId: string
  /** Signed envelopes, the first one first. */
  readonly rotations: readonly Uint8Array<ArrayBuffer>[]
}

/** A bare key is the first one of its network. */
export type AuthoritySigner = PrivateKey | AuthorityKey

export function asAuthorityKey(signer: AuthoritySigner): AuthorityKey {
  if ('rotations' in signer) return signer
  return { privateKey: signer, networkId: peerIdFromPrivateKey(signer).toString(), rotations: [] }
}

/** Signs that another key may follow this one. Throws `too_large` when that many have followed already. */
export async function sealRotation(
  signer: AuthoritySigner,
  peerId: string,
  issuedAtMs: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const { privateKey, networkId, rotations } = asAuthorityKey(signer)
  if (rotations.length >= maxRotations) {
    throw new OverlayError(
      'too_large',
      `The key of an authority is followed by another one at most ${maxRotations} times.`,
    )
  }
  const position = rotations.length + 1
  const payload = Rotation.encode({ networkId, position, peerId: checkPeerId(peerId), issuedAtMs })
  return seal(rotationKind.domain, rotationKind.payloadType, payload, privateKey)
}

/** The next key that a rotation names, behind the keys of `line`. Throws `certificate_invalid` when it does not belong there. */
export async function readRotation(envelope: Uint8Array, line: AuthorityLine): Promise<string> {
  const { payload, signer } = await open(rotationKind.domain, rotationKind.payloadType, envelope, maxRotationBytes)
  const rotation = decodeSigned('A rotation', () => {
    const { networkId, position, peerId, issuedAtMs } = Rotation.decode(payload)
    checkInteger('date', issuedAtMs, 1)
    return { networkId, position, peerId: checkPeerId(peerId) }
  })
  const fits =
    rotation.networkId === line[0] &&
    rotation.position === line.length &&
    signer.toString() === line.at(-1) &&
    !line.includes(rotation.peerId)
  if (!fits) {
    throw new OverlayError('certificate_invalid', "A rotation does not follow the authority's key before it.")
  }
  return rotation.peerId
}

/** Follows rotations from the first key of a network on. Throws `certificate_invalid`. */
export async function openLine(networkId: string, rotations: readonly Uint8Array[]): Promise<AuthorityLine> {
  const line = [networkId]
  for (const rotation of rotations) line.push(await readRotation(rotation, line))
  return line
}

/**
 * Checks that something was signed by the authority of the network it names, and that this is the expected one; gives the
 * authority's keys up to the one that signed. Throws `certificate_invalid` or `certificate_foreign`.
 */
export async function checkSigner(
  what: string,
  signer: string,
  claimed: { networkId: string; rotations: readonly Uint8Array[] },
  expected: string,
): Promise<AuthorityLine> {
  const line = await openLine(claimed.networkId, claimed.rotations)
  if (signer !== line.at(-1)) {
    throw new OverlayError('certificate_invalid', `${what} was not signed by the authority of the network it names.`)
  }
  if (claimed.networkId !== expected) {
    throw new OverlayError(
      'certificate_foreign',
      `${what} belongs to network ${claimed.networkId}, not to ${expected}.`,
    )
  }
  return line
}

/** What is known of an authority's keys. */
export interface KnownLine {
  readonly authorities: AuthorityLine
  /** The one that is named to follow the last. */
  readonly nextAuthority?: string
}

/**
 * True when `line` is the same line of keys as the one that is known, as far as both go: it may be of an earlier key, or of later
 * ones than are known; but not of another key than the one that was named.
 */
export function isSameLine({ authorities, nextAuthority }: KnownLine, line: AuthorityLine): boolean {
  const known = nextAuthority === undefined ? authorities : [...authorities, nextAuthority]
  return line.every((peerId, at) => at >= known.length || known[at] === peerId)
}
