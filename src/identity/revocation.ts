import { toHex } from '../core/bytes.js'

/** The parts of a certificate that a revocation names. */
export interface Revocable {
  readonly serial: Uint8Array
  readonly peerId: string
  readonly issuedAtMs: number
}

/** What takes certificates back: the part of a network document that they are held against. */
export interface Revocations {
  /** In hex. */
  readonly revokedSerials: ReadonlySet<string>
  /** By peer id: until when its void certificates were issued, in ms since 1970. */
  readonly revokedPeers?: ReadonlyMap<string, number>
}

/** True when the authority has taken this certificate back, by its serial or with all that were issued to its key. */
export function isRevoked({ revokedSerials, revokedPeers }: Revocations, certificate: Revocable): boolean {
  if (revokedSerials.has(toHex(certificate.serial))) return true
  const untilMs = revokedPeers?.get(certificate.peerId)
  return untilMs !== undefined && certificate.issuedAtMs <= untilMs
}
