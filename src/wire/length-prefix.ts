import type { Uint8ArrayList } from 'uint8arraylist'
import { OverlayError } from '../core/errors.js'
import { ByteQueue, join } from './byte-queue.js'
import { encodeVarint, maxVarintBytes, VarintDecoder, varintLength } from './varint.js'

/*
 * Messages in a byte stream, each behind its length as an unsigned varint: hello, directory, session and chat.
 */

/** `bytes` as a varint, to be sent in front of a message of that length. */
export function lengthPrefix(bytes: number): Uint8Array<ArrayBuffer> {
  const prefix = new Uint8Array(varintLength(bytes))
  encodeVarint(bytes, prefix, 0)
  return prefix
}

/** The message behind its length. */
export function withLength(message: Uint8Array): Uint8Array<ArrayBuffer> {
  const prefixBytes = varintLength(message.byteLength)
  const framed = new Uint8Array(prefixBytes + message.byteLength)
  encodeVarint(message.byteLength, framed, 0)
  framed.set(message, prefixBytes)
  return framed
}

/**
 * Takes the length of the next message off the queue; undefined while it is incomplete, and nothing is taken then. Throws
 * `protocol_error` as soon as the bytes that have come can be no length up to `maxBytes`.
 */
export function takeLength(queue: ByteQueue, maxBytes: number): number | undefined {
  const decoder = new VarintDecoder()
  for (let length = 1; length <= maxVarintBytes; length++) {
    const byte = queue.peek(length - 1)
    if (byte === undefined) return undefined
    if (decoder.push(byte)) {
      const { value } = decoder
      if (value > maxBytes) {
        throw new OverlayError('protocol_error', `A message of ${value} bytes is over the cap of ${maxBytes}.`)
      }
      queue.skip(length)
      return value
    }
    // The rest can only make it greater.
    if (0x80 ** length > maxBytes) break
  }
  throw new OverlayError('protocol_error', `The length of a message is none up to ${maxBytes}.`)
}

/** Cuts a byte stream into messages. What it holds is what was pushed and not returned, at most one message if all are fetched. */
export class MessageDecoder {
  readonly #queue = new ByteQueue()
  /** Length of the message that is awaited, once known. */
  #length: number | undefined

  /** Bytes of a message that has begun, its length among them until that is known. */
  get bufferedBytes(): number {
    return this.#queue.byteLength
  }

  /** True between two messages. */
  get atBoundary(): boolean {
    return this.#length === undefined && this.#queue.byteLength === 0
  }

  /** Memory is shared with the bytes given until they are returned. */
  push(bytes: Uint8Array | Uint8ArrayList): void {
    this.#queue.push(bytes)
  }

  /**
   * The next message that is complete, copied. Throws `protocol_error` for one over `maxBytes`, by its length alone; the decoder is
   * of no use afterwards.
   */
  next(maxBytes: number): Uint8Array<ArrayBuffer> | undefined {
    this.#length ??= takeLength(this.#queue, maxBytes)
    if (this.#length === undefined || this.#queue.byteLength < this.#length) return undefined
    const message = new Uint8Array(this.#length)
    let offset = 0
    for (const piece of this.#queue.take(this.#length)) {
      message.set(piece, offset)
      offset += piece.byteLength
    }
    this.#length = undefined
    return message
  }

  /** What was pushed beyond the last message, taken out. */
  rest(): Uint8Array {
    return join(this.#queue.take(this.#queue.byteLength))
  }
}
