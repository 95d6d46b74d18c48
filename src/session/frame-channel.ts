import type { Stream, StreamMessageEvent } from '@libp2p/interface'
import type { Uint8ArrayList } from 'uint8arraylist'
import type { Clock } from '../core/clock.js'
import { asOverlayError, OverlayError } from '../core/errors.js'
import { maxSessionFrameBytes } from '../core/limits.js'
import { FrameBatch } from '../wire/frame-batch.js'
import { FrameDecoder } from '../wire/frame-decoder.js'
import type { Frame } from '../wire/frames.js'

/** Who gets what comes on a channel. */
export interface ChannelHandler {
  /** Bytes came; the frames in them follow. */
  heard?(): void
  frame(frame: Frame): void
  /** All frames of what came have been handed over. */
  settled?(): void
  /** There is room for more after `writable` was false. */
  drained?(): void
  /**
   * The stream is gone, once; with an error when what came on it made no sense. `inOrder` when the other side closed it:
   * a relay or a process that ends resets it.
   */
  closed(error?: OverlayError, inOrder?: boolean): void
}

/**
 * One libp2p stream as a channel of frames. A handshake uses it first and hands it on with what was read already:
 * nothing is delivered while no handler is set. Whoever has it last ends it with `abort` or `end`.
 */
export class FrameChannel {
  readonly #stream: Stream
  readonly #decoder: FrameDecoder
  #handler: ChannelHandler | undefined
  #full = false
  #closed = false

  constructor(stream: Stream) {
    this.#stream = stream
    this.#decoder = new FrameDecoder(maxSessionFrameBytes)
    stream.addEventListener('drain', this.#onDrain)
    stream.addEventListener('close', this.#onClose)
    stream.addEventListener('remoteCloseWrite', this.#onClose)
  }

  /** False while the stream has more than it can pass on; `drained` follows. */
  get writable(): boolean {
    // The event clears the flag of the stream first; the flag is the second look, should an event ever be missed.
    if (this.#full && !this.#stream.writableNeedsDrain) this.#full = false
    return !this.#closed && !this.#full
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Hands everything to `handler` from now on, beginning with what came before; may call it before returning. */
  open(handler: ChannelHandler): void {
    this.#handler = handler
    this.#deliver()
    if (this.#handler !== handler) return
    // Adding the listener makes the stream hand over what it kept meanwhile.
    this.#stream.addEventListener('message', this.#onMessage)
    const { status, readBufferLength } = this.#stream
    if (this.#closed || this.#stream.readableEnded || (status !== 'open' && readBufferLength === 0)) this.#gone()
    else if (this.#stream.remoteWriteStatus === 'closed') this.#stream.addEventListener('end', this.#onClose)
  }

  /** Stops delivering, until the next `open`; what comes meanwhile waits in the stream. May be called from a handler. */
  release(): void {
    this.#handler = undefined
    this.#stream.removeEventListener('message', this.#onMessage)
  }

  send(bytes: Uint8ArrayList): void {
    if (this.#closed) return
    try {
      if (!this.#stream.send(bytes)) this.#full = true
    } catch {
      // It was closed or reset; that is said later, so that nobody is called back in the middle of sending.
      queueMicrotask(() => this.#gone())
    }
  }

  sendFrame(frame: Frame): void {
    const batch = new FrameBatch()
    batch.add(frame)
    this.send(batch.take())
  }

  /** Resets the stream; nothing is delivered any more. */
  abort(error: Error): void {
    this.#detach()
    this.#stream.abort(error)
  }

  /** Lets what was sent go out, waits at most `timeoutMs` for the other side to close too, then resets. */
  end(clock: Clock, timeoutMs: number): void {
    this.#detach()
    const stream = this.#stream
    // What still comes is dropped, or the stream would keep it.
    stream.addEventListener('message', () => {})
    const cancel = clock.after(timeoutMs, () => stream.abort(new OverlayError('timed_out', 'The path was not closed.')))
    stream.addEventListener('close', cancel)
    stream.close().catch((error: unknown) => {
      cancel()
      stream.abort(asOverlayError(error, 'unreachable', 'Closing a path failed'))
    })
    if (stream.status !== 'open' && stream.status !== 'closing') cancel()
  }

  readonly #onMessage = ({ data }: StreamMessageEvent): void => {
    this.#decoder.push(data)
    this.#deliver()
  }

  readonly #onDrain = (): void => {
    this.#full = false
    this.#handler?.drained?.()
  }

  readonly #onClose = (): void => {
    // Without a handler it is found out at the next `open`, after what was read before.
    if (this.#handler !== undefined) this.#gone()
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
        handler.frame(frame)
      }
    } catch (error) {
      const reason = asOverlayError(error, 'internal', 'Reading a path failed')
      if (!this.#closed) this.abort(reason)
      handler.closed(reason)
      return
    }
    handler.settled?.()
  }

  #gone(): void {
    const handler = this.#handler
    if (this.#closed && handler === undefined) return
    this.#detach()
    const { status, remoteWriteStatus } = this.#stream
    if (status === 'open') this.#stream.abort(new OverlayError('unreachable', 'The other side closed the path.'))
    handler?.closed(undefined, status === 'open' && remoteWriteStatus === 'closed')
  }

  #detach(): void {
    this.#closed = true
    this.#handler = undefined
    this.#stream.removeEventListener('message', this.#onMessage)
    this.#stream.removeEventListener('drain', this.#onDrain)
    this.#stream.removeEventListener('close', this.#onClose)
    this.#stream.removeEventListener('remoteCloseWrite', this.#onClose)
    this.#stream.removeEventListener('end', this.#onClose)
  }
}
