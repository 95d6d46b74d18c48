import type { Socket } from 'node:net'
import type { Connection } from '@libp2p/interface'
import type { OverlayError } from '../core/errors.js'
import type { Pace } from '../core/rates.js'
import type { VerifiedCertificate } from '../identity/certificate.js'

/** Decides how much of a node one address or one member may take. */
export interface Admission {
  /** A socket has connected; with false it is hung up on. */
  arrived(socket: Socket): boolean
  /** It speaks libp2p, or asks what a stranger may ask; with false it is hung up on. */
  begins(socket: Socket): boolean
  /** It has shown a preface of ours, and is its taker's. */
  taken(socket: Socket): void
  /** Whoever is at the other end has proved membership. */
  proved(connection: Connection): void
  /** A member is about to be let in, who has so many connections: why not, or undefined. */
  member(certificate: VerifiedCertificate, connections: number): OverlayError | undefined
  /** A member asks for a circuit to a host: what gives it back, or undefined when it gets none. */
  circuit(dialerPeerId: string, host: string): (() => void) | undefined
  /** How fast what a member sends and gets through circuits may go; undefined for as fast as it can. */
  pace(dialerPeerId: string): Pace | undefined
}
