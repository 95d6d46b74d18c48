import { toHex } from '../core/bytes.js'

/** The parts of a certificate that a revocation names. */
export interface Revocable {
  readonly serial: Uint8Array
  readonly peerId: string
  readonly issuedAtMs: number
  /** What it stands on, when the authority did not sign it itself. */
  readonly basis?: Basis
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
  /** By peer id: until when its void certificates were issued, in ms since 1970. */
  readonly revokedPeers?: ReadonlyMap<string, number>
}

/** True when the authority has taken this certificate back: by its serial, what it stands on, or with all that its key had. */
export function isRevoked({ revokedSerials, revokedPeers }: Revocations, certificate: Revocable): boolean {
  const { serial, peerId, issuedAtMs, basis } = certificate
  if (revokedSerials.has(toHex(serial))) return true
  if (basis?.serials.some((each) => revokedSerials.has(each))) return true
  const untilMs = revokedPeers?.get(peerId)
  return untilMs !== undefined && (basis?.issuedAtMs ?? issuedAtMs) <= untilMs
}
