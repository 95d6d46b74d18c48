import type { Uint8ArrayList } from 'uint8arraylist'
import { ByteQueue, join } from './byte-queue.js'
import { decodeBody, type Frame, frameTypes, malformed } from './frames.js'
import { takeLength } from './length-prefix.js'
import { VarintDecoder } from './varint.js'

/**
 * Turns the bytes of one path into frames, whatever the chunks they come in: `push` bytes, then call `next` until it
 * returns undefined. `next` throws `protocol_error` for anything malformed. What it holds is less than one frame, plus
 * what was pushed and not fetched yet. DATA payload shares memory with the pushed chunks.
 */
export class FrameDecoder {
  readonly #maxFrameBytes: number
  readonly #queue = new ByteQueue()
  /** Length of the frame that is awaited, once known. */
  #length: number | undefined

  /** `maxFrameBytes` caps type and body of one frame together. */
  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes
  }

  /** Bytes pushed and not returned as frames yet. */
  get bufferedBytes(): number {
    return this.#queue.byteLength
  }

  push(bytes: Uint8Array | Uint8ArrayList): void {
    this.#queue.push(bytes)
  }

  next(): Frame | undefined {
    this.#length ??= takeLength(this.#queue, this.#maxFrameBytes)
    if (this.#length === undefined || this.#queue.byteLength < this.#length) return undefined
    const length = this.#length
    if (length === 0) throw malformed('it is empty')
    this.#length = undefined
    const type = this.#queue.byte()
    return type === frameTypes.data ? this.#data(length - 1) : decodeBody(type, join(this.#queue.take(length - 1)))
  }

  #data(bodyLength: number): Frame {
    const offset = new VarintDecoder()
    for (let taken = 1; taken <= bodyLength; taken++) {
      if (!offset.push(this.#queue.byte())) continue
      if (taken === bodyLength) throw malformed('a DATA frame has no payload')
      if (offset.value > Number.MAX_SAFE_INTEGER - bodyLength) throw malformed('an offset is out of range')
      return { type: 'data', offset: offset.value, payload: this.#queue.take(bodyLength - taken) }
    }
    throw malformed('an offset is no varint')
  }
}
