import { toHex } from '../core/bytes.js'
import { type AuthorityLine, isSameLine } from './rotation.js'

/** The parts of a certificate that a revocation names. */
export interface Revocable {
  readonly serial: Uint8Array
  readonly peerId: string
  readonly issuedAtMs: number
  /** What it stands on, when the authority did not sign it itself. */
  readonly basis?: Basis
  /** The authority's keys up to each one that has signed it, or what it stands on. */
  readonly lines?: readonly AuthorityLine[]
}

/** What has to stand as well for a certificate to count that another key than the authority's signed. */
export interface Basis {
  /** In hex: of the delegation, and of the certificate that was renewed with what that stands on. */
  readonly serials: readonly string[]
  /** When the key was certified first: a renewal is no new word of the authority's. */
  readonly issuedAtMs: number
}

/** What takes certificates back: the part of a network document that they are held against. */
export interface Revocations {
  /** In hex. */
  readonly revokedSerials: ReadonlySet<string>
  /** By peer id: until when its void certificates were issued, in ms since 1970. What a key of the authority's signed is void altogether. */
  readonly revokedPeers?: ReadonlyMap<string, number>
  readonly authorities?: AuthorityLine
  readonly nextAuthority?: string
}

/** True when a key signed this, or what it stands on, that does not belong to the authority's as far as they are known. */
export function isOfOtherLine({ authorities, nextAuthority }: Revocations, { lines = [] }: Revocable): boolean {
  if (authorities === undefined) return false
  const known = nextAuthority === undefined ? { authorities } : { authorities, nextAuthority }
  return !lines.every((line) => isSameLine(known, line))
}

/** True when the authority has taken this certificate back: by its serial, what it stands on, or with all that its key had. */
export function isRevoked(revocations: Revocations, certificate: Revocable): boolean {
  const { revokedSerials, revokedPeers } = revocations
  const { serial, peerId, issuedAtMs, basis, lines = [] } = certificate
  if (isOfOtherLine(revocations, certificate)) return true
  // A key of the authority's that leaked can date things as it likes.
  if (lines.some((line) => revokedPeers?.has(line.at(-1)!))) return true
  if (revokedSerials.has(toHex(serial))) return true
  if (basis?.serials.some((each) => revokedSerials.has(each))) return true
  const untilMs = revokedPeers?.get(peerId)
  return untilMs !== undefined && (basis?.issuedAtMs ?? issuedAtMs) <= untilMs
}
