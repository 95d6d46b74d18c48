import type { Uint8ArrayList } from 'uint8arraylist'
import type { Clock } from '../core/clock.js'
import type { OverlayError } from '../core/errors.js'

/** Gets what comes on a carrier. */
export interface CarrierReader {
  data(bytes: Uint8Array | Uint8ArrayList): void
  /**
   * Called when something came from the other end on behalf of others: what carries this carrier carries them too, so that it is
   * alive.
   */
  alive?(): void
  /** Called when there is room for more, after `writable` was false. */
  drained(): void
  /**
   * Called once, when the carrier is gone; nothing follows. `halfClosed`: the other side ended its half, and ours was still open.
   * `error` is given when the carrier never carried anything, as the other side did not prove who it is.
   */
  closed(halfClosed: boolean, error?: OverlayError): void
}

/**
 * Carries one path: it is a libp2p stream or a TLS socket, and takes bytes in both directions, in order, encrypted and
 * authenticated end to end. Nothing is handed over before `read`, and nothing is lost until then.
 */
export interface Carrier {
  /**
   * Says whether the end of the other side's half tells that it meant to close. It does on a libp2p stream; a TLS socket ends the
   * same way when a relay or process dies.
   */
  readonly tellsEnd: boolean
  /** False while it holds more than it can pass on; `drained` follows. */
  readonly writable: boolean
  /** Hands everything that comes to `reader` from now on, beginning with what came before; may call it before returning. */
  read(reader: CarrierReader): void
  /** Stops handing over until the next `read`; what comes meanwhile waits. */
  release(): void
  /** Sends bytes. Never throws: `closed` says later what breaks. */
  send(bytes: Uint8Array | Uint8ArrayList): void
  /** Resets the carrier; the reader is not called any more. */
  abort(error: Error): void
  /**
   * Lets what was sent go out, waits at most `timeoutMs` for the other side to close too, then resets. The reader is not called any
   * more.
   */
  end(clock: Clock, timeoutMs: number): void
  /** Resolves when it is gone for good. */
  readonly gone: Promise<void>
}
