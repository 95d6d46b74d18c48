import type { Socket } from 'node:net'
import type { Connection } from '@libp2p/interface'
import type { OverlayError } from '../core/errors.js'
import type { Pace } from '../core/rates.js'
import type { VerifiedCertificate } from '../identity/certificate.js'

/** Decides how much of a node one address or one member may take. */
export interface Admission {
  /** Called when a socket has connected. With false it is hung up on. */
  arrived(socket: Socket): boolean
  /** Called when the other end speaks libp2p, or asks what a stranger may ask. With false it is hung up on. */
  begins(socket: Socket): boolean
  /** Called when a socket has shown a preface of ours, and belongs to that preface's taker. */
  taken(socket: Socket): void
  /** Called when the other end of a connection has proved membership. */
  proved(connection: Connection): void
  /** Called before a member is let in who has `connections` already. Returns why it is not, or undefined. */
  member(certificate: VerifiedCertificate, connections: number): OverlayError | undefined
  /**
   * Called when a member asks for a circuit to a host. Returns what gives the circuit back, or undefined when the member gets none.
   */
  circuit(dialerPeerId: string, host: string): (() => void) | undefined
  /** Returns how fast what a member sends and gets through circuits may go; undefined for as fast as it can. */
  pace(dialerPeerId: string): Pace | undefined
}
