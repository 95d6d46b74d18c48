import type { Stream } from '@libp2p/interface'
import { Uint8ArrayList } from 'uint8arraylist'
import { asOverlayError, OverlayError } from '../core/errors.js'
import { waitFor } from '../core/waiting.js'
import { lengthPrefix, MessageDecoder } from '../wire/length-prefix.js'
import { onEnded, untilRoom } from './flow.js'

interface Waiter {
  resolve(message: Uint8Array): void
  reject(error: unknown): void
}

/** The number of unread bytes at which the other side is told to stop. */
const pauseAboveBytes = 1024 * 1024
/** Counts what a message in memory costs beside its bytes: otherwise any number of empty ones could wait. */
const messageCostBytes = 128

/**
 * Reads and writes messages over a libp2p stream, each behind its length as an unsigned varint. The cap is required: libp2p's own
 * helpers have none by default. Reading is bounded by pausing the stream; writing waits for the `drain` event.
 */
export class MessageIo {
  readonly #maxMessageBytes: number
  #maxReadBytes: number

  readonly #decoder = new MessageDecoder()
  readonly #messages: Uint8Array[] = []
  readonly #waiters: Waiter[] = []
  #unreadBytes = 0
  #ended: OverlayError | undefined
  #lastWrite: Promise<void> = Promise.resolve()
  #waitingBytes = 0

  /** `maxReadBytes` is for what comes, until {@link readUpTo} says otherwise: of a stranger nothing big is awaited. */
  constructor(
    readonly stream: Stream,
    maxMessageBytes: number,
    maxReadBytes = maxMessageBytes,
  ) {
    this.#maxMessageBytes = maxMessageBytes
    this.#maxReadBytes = maxReadBytes

    stream.addEventListener('message', this.#onMessage)
    onEnded(stream, this.#onEnd)
  }

  /** Sets the cap of the messages that come from now on. */
  readUpTo(maxBytes: number): void {
    this.#maxReadBytes = maxBytes
  }

  /** Resolves with the next message; rejects with `closed` at the end, `protocol_error` on garbage, or the signal's reason. */
  read(signal?: AbortSignal): Promise<Uint8Array> {
    const next = this.#messages.shift()
    if (next !== undefined) {
      this.#unreadBytes -= next.byteLength + messageCostBytes
      if (this.#unreadBytes < pauseAboveBytes && this.stream.readStatus === 'paused') this.stream.resume()
      return Promise.resolve(next)
    }
    if (this.#ended !== undefined) return Promise.reject(this.#ended)
    return waitFor(signal, (resolve, reject) => {
      const waiter: Waiter = { resolve, reject }
      this.#waiters.push(waiter)
      return () => {
        const place = this.#waiters.indexOf(waiter)
        if (place >= 0) this.#waiters.splice(place, 1)
      }
    })
  }

  /** Queues one message in order and resolves when the stream has taken it. Rejects with `closed` or `too_large`. */
  write(message: Uint8Array): Promise<void> {
    if (message.byteLength > this.#maxMessageBytes) {
      return Promise.reject(new OverlayError('too_large', `A message of ${message.byteLength} bytes is over the cap.`))
    }
    this.#waitingBytes += message.byteLength
    const write = this.#lastWrite
      .then(() => this.#send(message))
      .finally(() => {
        this.#waitingBytes -= message.byteLength
      })
    this.#lastWrite = write.catch(() => {})
    return write
  }

  /** Counts the bytes of messages that the stream has not taken yet, as the other side does not read. */
  get unsentBytes(): number {
    return this.#waitingBytes
  }

  /** Ends our side in order. Never rejects, and never waits longer than libp2p's own close timeout. */
  async close(signal: AbortSignal = AbortSignal.timeout(1_000)): Promise<void> {
    await this.#lastWrite
    await this.stream.close({ signal }).catch(() => {})
  }

  abort(error: Error): void {
    this.#end(new OverlayError('closed', error.message, { cause: error }))
    this.stream.abort(error)
  }

  async #send(message: Uint8Array): Promise<void> {
    if (this.#ended !== undefined && this.stream.writeStatus !== 'writable') throw this.#ended
    const framed = new Uint8ArrayList(lengthPrefix(message.byteLength), message)
    try {
      if (this.stream.send(framed)) return
    } catch (error) {
      throw new OverlayError('closed', 'The stream is closed.', { cause: error })
    }
    if (this.stream.status !== 'open') throw new OverlayError('closed', 'The stream is closed.')
    await untilRoom(this.stream)
  }

  readonly #onMessage = (event: { data: Uint8Array | Uint8ArrayList }): void => {
    this.#decoder.push(event.data)
    for (;;) {
      const message = this.#next()
      if (message === undefined) break
      const waiter = this.#waiters.shift()
      if (waiter !== undefined) waiter.resolve(message)
      else {
        this.#messages.push(message)
        this.#unreadBytes += message.byteLength + messageCostBytes
      }
    }
    if (this.#unreadBytes >= pauseAboveBytes && this.stream.readStatus === 'readable') this.stream.pause()
  }

  #next(): Uint8Array | undefined {
    try {
      return this.#decoder.next(this.#maxReadBytes)
    } catch (cause) {
      const error = asOverlayError(cause, 'protocol_error', 'A message could not be read')
      this.#end(error) // before the abort, whose close event would be taken for the reason
      this.stream.abort(error)
      return undefined
    }
  }

  readonly #onEnd = (): void => {
    this.#end(new OverlayError('closed', 'The other side closed the stream.'))
  }

  #end(error: OverlayError): void {
    this.#ended ??= error
    for (const waiter of this.#waiters.splice(0)) waiter.reject(this.#ended)
  }
}
