import type { Uint8ArrayList } from 'uint8arraylist'
import { decodeBody, type Frame, frameTypes, malformed, payloadLength } from './frames.js'
import { decodeVarint, maxVarintBytes } from './varint.js'

/** More chunks than this for one frame are copied together, so that tiny ones can't pin big buffers. */
const maxChunks = 64

/**
 * Turns the bytes of one path into frames, whatever the chunks they come in: `push` bytes, then call `next` until it
 * returns undefined. `next` throws `protocol_error` for anything malformed. What it holds is less than one frame, plus
 * what was pushed and not fetched yet. DATA payload shares memory with the pushed chunks.
 */
export class FrameDecoder {
  readonly #maxFrameBytes: number
  #chunks: Uint8Array[] = []
  /** Where the next byte is: which chunk, and where in it. */
  #chunk = 0
  #offset = 0
  #available = 0
  /** Length of the frame that is awaited, once known. */
  #length: number | undefined

  /** `maxFrameBytes` caps type and body of one frame together. */
  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes
  }

  /** Bytes pushed and not returned as frames yet. */
  get bufferedBytes(): number {
    return this.#available
  }

  push(bytes: Uint8Array | Uint8ArrayList): void {
    if (bytes instanceof Uint8Array) this.#append(bytes)
    else for (const chunk of bytes) this.#append(chunk)
    if (this.#chunks.length - this.#chunk > maxChunks && this.#available <= this.#maxFrameBytes) this.#compact()
  }

  next(): Frame | undefined {
    this.#length ??= this.#readLength()
    if (this.#length === undefined || this.#available < this.#length) return undefined
    const length = this.#length
    this.#length = undefined
    const type = this.#byte()
    return type === frameTypes.data ? this.#data(length - 1) : decodeBody(type, join(this.#take(length - 1)))
  }

  #append(chunk: Uint8Array): void {
    if (chunk.byteLength === 0) return
    this.#chunks.push(chunk)
    this.#available += chunk.byteLength
  }

  #compact(): void {
    const bytes = join(this.#take(this.#available))
    this.#append(bytes)
  }

  /** Undefined while the length itself is incomplete; nothing is consumed then. */
  #readLength(): number | undefined {
    const head = new Uint8Array(maxVarintBytes)
    let filled = 0
    let offset = this.#offset
    for (let chunk = this.#chunk; chunk < this.#chunks.length; chunk++, offset = 0) {
      const bytes = this.#chunks[chunk]!
      for (; offset < bytes.byteLength; offset++) {
        const byte = bytes[offset]!
        head[filled++] = byte
        if (byte < 0x80) {
          const { value } = decodeVarint(head.subarray(0, filled), 0)
          if (value === 0) throw malformed('it is empty')
          if (value > this.#maxFrameBytes) throw malformed(`${value} bytes are over the cap of ${this.#maxFrameBytes}`)
          for (; filled > 0; filled--) this.#byte()
          return value
        }
        if (filled === maxVarintBytes) throw malformed('its length is no varint')
      }
    }
    return undefined
  }

  #data(bodyLength: number): Frame {
    const head = new Uint8Array(maxVarintBytes)
    for (let filled = 0; filled < Math.min(maxVarintBytes, bodyLength); ) {
      const byte = this.#byte()
      head[filled++] = byte
      if (byte >= 0x80) continue
      const { value } = decodeVarint(head.subarray(0, filled), 0)
      if (filled === bodyLength) throw malformed('a DATA frame has no payload')
      if (value > Number.MAX_SAFE_INTEGER - bodyLength) throw malformed('an offset is out of range')
      return { type: 'data', offset: value, payload: this.#take(bodyLength - filled) }
    }
    throw malformed('an offset is no varint')
  }

  /** The next byte, which must be there. */
  #byte(): number {
    const chunk = this.#chunks[this.#chunk]!
    const byte = chunk[this.#offset++]!
    this.#available--
    if (this.#offset === chunk.byteLength) this.#nextChunk()
    return byte
  }

  /** The next `bytes` bytes, which must be there, without copying them. */
  #take(bytes: number): Uint8Array[] {
    const pieces: Uint8Array[] = []
    this.#available -= bytes
    while (bytes > 0) {
      const chunk = this.#chunks[this.#chunk]!
      const piece = chunk.subarray(this.#offset, this.#offset + bytes)
      pieces.push(piece)
      bytes -= piece.byteLength
      this.#offset += piece.byteLength
      if (this.#offset === chunk.byteLength) this.#nextChunk()
    }
    return pieces
  }

  #nextChunk(): void {
    this.#offset = 0
    this.#chunk++
    if (this.#chunk === this.#chunks.length || this.#chunk > maxChunks) {
      this.#chunks.splice(0, this.#chunk)
      this.#chunk = 0
    }
  }
}

function join(pieces: Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0]!
  const bytes = new Uint8Array(payloadLength(pieces))
  let offset = 0
  for (const piece of pieces) {
    bytes.set(piece, offset)
    offset += piece.byteLength
  }
  return bytes
}
