import type { Uint8ArrayList } from 'uint8arraylist'
import type { Clock } from '../core/clock.js'
import type { OverlayError } from '../core/errors.js'

/** Who gets what comes on a carrier. */
export interface CarrierReader {
  data(bytes: Uint8Array | Uint8ArrayList): void
  /** Something came from the other end, though for others: what carries this carries them too. */
  alive?(): void
  /** There is room for more after `writable` was false. */
  drained(): void
  /**
   * It is gone, once, and nothing follows. `halfClosed`: the other side ended its half, and ours was still open. With an error when
   * it never carried anything, as the other side did not prove who it is.
   */
  closed(halfClosed: boolean, error?: OverlayError): void
}

/**
 * What carries one path: a libp2p stream or a TLS socket. Bytes in both directions, in order, encrypted and authenticated end
 * to end. Nothing is handed over before `read`, and nothing is lost until then.
 */
export interface Carrier {
  /**
   * Whether the other side's end of its half says that it meant to close. It does on a libp2p stream; a TLS socket ends the
   * same way when a relay or process dies.
   */
  readonly tellsEnd: boolean
  /** False while it holds more than it can pass on; `drained` follows. */
  readonly writable: boolean
  /** Hands everything to `reader` from now on, beginning with what came before; may call it before returning. */
  read(reader: CarrierReader): void
  /** Stops handing over, until the next `read`; what comes meanwhile waits. */
  release(): void
  /** Never throws: what breaks is said by `closed`, later. */
  send(bytes: Uint8ArrayList): void
  /** Resets it; the reader hears nothing any more. */
  abort(error: Error): void
  /** Lets what was sent go out, waits at most `timeoutMs` for the other side to close too, then resets. The reader hears nothing any more. */
  end(clock: Clock, timeoutMs: number): void
  /** Resolves when it is gone for good. */
  readonly gone: Promise<void>
}
