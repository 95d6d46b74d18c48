import type { Uint8ArrayList } from 'uint8arraylist'
import type { Clock } from '../core/clock.js'
import { asOverlayError, type OverlayError } from '../core/errors.js'
import { maxSessionFrameBytes } from '../core/limits.js'
import type { Carrier, CarrierReader } from '../net/carrier.js'
import { FrameBatch } from '../wire/frame-batch.js'
import { FrameDecoder } from '../wire/frame-decoder.js'
import type { Frame } from '../wire/frames.js'

/** Gets what comes on a channel. */
export interface ChannelHandler {
  /** Bytes came; the frames in them follow. */
  heard?(): void
  /** Something came from the other end, though for other channels over the same connection. */
  alive?(): void
  frame(frame: Frame): void
  /** All frames of what came have been handed over. */
  settled?(): void
  /** There is room for more after `writable` was false. */
  drained?(): void
  /**
   * The carrier is gone, once; with an error when what came on it made no sense, or the other side did not prove who it is. `inOrder` when the other side closed it:
   * a relay or a process that ends resets it.
   */
  closed(error?: OverlayError, inOrder?: boolean): void
}

/**
 * What carries a path, as a channel of frames. A handshake uses it first and hands it on with what was read already:
 * nothing is delivered while no handler is set. Whoever has it last ends it with `abort` or `end`.
 */
export class FrameChannel {
  readonly #carrier: Carrier
  readonly #decoder = new FrameDecoder(maxSessionFrameBytes)
  readonly #reader: CarrierReader
  #handler: ChannelHandler | undefined
  #closed = false
  /** The other side said that it closes the path. */
  #saidClose = false
  /** The ping that waits for its answer. */
  #pongDue: number | undefined

  constructor(carrier: Carrier) {
    this.#carrier = carrier
    this.#reader = {
      data: (bytes) => {
        this.#decoder.push(bytes)
        this.#deliver()
      },
      alive: () => this.#handler?.alive?.(),
      drained: () => {
        this.#sendPong()
        this.#handler?.drained?.()
      },
      closed: (halfClosed, error) => this.#gone(carrier.tellsEnd ? halfClosed : this.#saidClose, error),
    }
  }

  /** False while the carrier has more than it can pass on; `drained` follows. */
  get writable(): boolean {
    return !this.#closed && this.#carrier.writable
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Hands everything to `handler` from now on, beginning with what came before; may call it before returning. */
  open(handler: ChannelHandler): void {
    this.#handler = handler
    this.#deliver()
    if (this.#handler === handler) this.#carrier.read(this.#reader)
  }

  /** Stops delivering, until the next `open`; what comes meanwhile waits in the carrier. May be called from a handler. */
  release(): void {
    this.#handler = undefined
    this.#carrier.release()
  }

  send(bytes: Uint8Array | Uint8ArrayList): void {
    if (!this.#closed) this.#carrier.send(bytes)
  }

  sendFrame(frame: Frame): void {
    const batch = new FrameBatch()
    batch.add(frame)
    this.send(batch.take())
  }

  /**
   * Answers a ping when there is room, and all that came have been handed over: of several only the last one, so that who pings
   * without end and reads nothing fills no memory.
   */
  pong(id: number): void {
    this.#pongDue = id
  }

  /** Resets the carrier; nothing is delivered any more. */
  abort(error: Error): void {
    this.#detach()
    this.#carrier.abort(error)
  }

  /** Lets what was sent go out, waits at most `timeoutMs` for the other side to close too, then resets. */
  end(clock: Clock, timeoutMs: number): void {
    if (!this.#carrier.tellsEnd) this.sendFrame({ type: 'close' })
    this.#detach()
    this.#carrier.end(clock, timeoutMs)
  }

  #deliver(): void {
    const handler = this.#handler
    if (handler === undefined || this.#decoder.bufferedBytes === 0) return
    handler.heard?.()
    try {
      // A handler may hand the channel on in the middle: the rest is for the next one.
      while (this.#handler === handler) {
        const frame = this.#decoder.next()
        if (frame === undefined) break
        if (frame.type === 'close') this.#saidClose = true
        else handler.frame(frame)
      }
    } catch (error) {
      const reason = asOverlayError(error, 'internal', 'Reading a path failed')
      if (!this.#closed) this.abort(reason)
      handler.closed(reason)
      return
    }
    this.#sendPong()
    handler.settled?.()
  }

  #sendPong(): void {
    if (this.#pongDue === undefined || !this.writable) return
    const id = this.#pongDue
    this.#pongDue = undefined
    this.sendFrame({ type: 'pong', id })
  }

  #gone(inOrder: boolean, error?: OverlayError): void {
    const handler = this.#handler
    this.#detach()
    handler?.closed(error, inOrder)
  }

  #detach(): void {
    this.#closed = true
    this.#handler = undefined
  }
}
