import type { Stream, StreamMessageEvent } from '@libp2p/interface'
import type { Uint8ArrayList } from 'uint8arraylist'
import type { Clock } from '../core/clock.js'
import { asOverlayError, OverlayError } from '../core/errors.js'
import type { Carrier, CarrierReader } from './carrier.js'
import { hasRoom, onConnectionHeard, onRoom } from './flow.js'

/** One libp2p stream that carries a path. */
export class StreamCarrier implements Carrier {
  readonly tellsEnd = true
  readonly #stream: Stream
  #reader: CarrierReader | undefined
  #closed = false
  readonly #stops: Array<() => void>

  constructor(stream: Stream) {
    this.#stream = stream
    this.#stops = [
      onRoom(stream, () => this.#reader?.drained()),
      onConnectionHeard(stream, () => this.#reader?.alive?.()),
    ]
    stream.addEventListener('close', this.#onClose)
    stream.addEventListener('remoteCloseWrite', this.#onClose)
  }

  get writable(): boolean {
    return !this.#closed && hasRoom(this.#stream)
  }

  get gone(): Promise<void> {
    return new Promise((resolve) => {
      const { status } = this.#stream
      if (status !== 'open' && status !== 'closing') resolve()
      else this.#stream.addEventListener('close', () => resolve(), { once: true })
    })
  }

  read(reader: CarrierReader): void {
    this.#reader = reader
    // Adding the listener makes the stream hand over what it kept meanwhile.
    this.#stream.addEventListener('message', this.#onMessage)
    const { status, readBufferLength } = this.#stream
    if (this.#closed || this.#stream.readableEnded || (status !== 'open' && readBufferLength === 0)) this.#gone()
    else if (this.#stream.remoteWriteStatus === 'closed') this.#stream.addEventListener('end', this.#onClose)
  }

  release(): void {
    this.#reader = undefined
    this.#stream.removeEventListener('message', this.#onMessage)
  }

  send(bytes: Uint8Array | Uint8ArrayList): void {
    if (this.#closed) return
    try {
      this.#stream.send(bytes)
    } catch {
      // It was closed or reset; that is said later, so that nobody is called back in the middle of sending.
      queueMicrotask(() => this.#gone())
    }
  }

  abort(error: Error): void {
    this.#detach()
    this.#stream.abort(error)
  }

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

  readonly #onMessage = ({ data }: StreamMessageEvent): void => this.#reader?.data(data)

  readonly #onClose = (): void => {
    // Without a reader it is found out at the next `read`, after what was kept.
    if (this.#reader !== undefined) this.#gone()
  }

  #gone(): void {
    const reader = this.#reader
    if (this.#closed && reader === undefined) return
    this.#detach()
    const { status, remoteWriteStatus } = this.#stream
    if (status === 'open') this.#stream.abort(new OverlayError('unreachable', 'The other side closed the path.'))
    reader?.closed(status === 'open' && remoteWriteStatus === 'closed')
  }

  #detach(): void {
    this.#closed = true
    this.#reader = undefined
    this.#stream.removeEventListener('message', this.#onMessage)
    for (const stop of this.#stops) stop()
    this.#stream.removeEventListener('close', this.#onClose)
    this.#stream.removeEventListener('remoteCloseWrite', this.#onClose)
    this.#stream.removeEventListener('end', this.#onClose)
  }
}
