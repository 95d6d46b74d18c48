import type { Uint8ArrayList } from 'uint8arraylist'

/** Neighbours are copied together up to this size: what comes in tiny pieces then weighs what it is, and pins no big buffers. */
const joinBelowBytes = 4_096
/** Chunks that have been read are let go of when there are so many. */
const maxReadChunks = 64

/** Bytes in the order they came, in whatever chunks; they can be taken out again without being copied. */
export class ByteQueue {
  #chunks: Uint8Array[] = []
  /** Where the next byte is: which chunk, and where in it. */
  #chunk = 0
  #offset = 0
  #byteLength = 0

  get byteLength(): number {
    return this.#byteLength
  }

  /** Memory is shared with the bytes given, which must not be changed. */
  push(bytes: Uint8Array | Uint8ArrayList): void {
    if (bytes instanceof Uint8Array) this.#append(bytes)
    else for (const chunk of bytes) this.#append(chunk)
  }

  /** The byte at `index` from here; undefined when it has not come. */
  peek(index: number): number | undefined {
    let offset = this.#offset + index
    for (let chunk = this.#chunk; chunk < this.#chunks.length; chunk++) {
      const bytes = this.#chunks[chunk]!
      if (offset < bytes.byteLength) return bytes[offset]
      offset -= bytes.byteLength
    }
    return undefined
  }

  /** The next byte, which must be there. */
  byte(): number {
    const chunk = this.#chunks[this.#chunk]!
    const byte = chunk[this.#offset++]!
    this.#byteLength--
    if (this.#offset === chunk.byteLength) this.#nextChunk()
    return byte
  }

  /** Drops the next `count` bytes, which must be there. */
  skip(count: number): void {
    for (let skipped = 0; skipped < count; skipped++) this.byte()
  }

  /** The next `count` bytes, which must be there, in pieces that share memory with what was pushed. */
  take(count: number): Uint8Array[] {
    const pieces: Uint8Array[] = []
    this.#byteLength -= count
    for (let rest = count; rest > 0; ) {
      const chunk = this.#chunks[this.#chunk]!
      const piece = chunk.subarray(this.#offset, this.#offset + rest)
      pieces.push(piece)
      rest -= piece.byteLength
      this.#offset += piece.byteLength
      if (this.#offset === chunk.byteLength) this.#nextChunk()
    }
    return pieces
  }

  /** Pieces are joined as a binary counter carries, so that each byte is copied a dozen times at most. */
  #append(chunk: Uint8Array): void {
    if (chunk.byteLength === 0) return
    this.#byteLength += chunk.byteLength
    let last = chunk
    while (this.#chunks.length - 1 > this.#chunk) {
      const before = this.#chunks.at(-1)!
      if (before.byteLength > last.byteLength || before.byteLength + last.byteLength > joinBelowBytes) break
      this.#chunks.pop()
      last = join([before, last])
    }
    this.#chunks.push(last)
  }

  #nextChunk(): void {
    this.#offset = 0
    if (this.#chunks.length === 1) {
      this.#chunks.pop()
      return
    }
    this.#chunk++
    if (this.#chunk === this.#chunks.length || this.#chunk > maxReadChunks) {
      this.#chunks.splice(0, this.#chunk)
      this.#chunk = 0
    }
  }
}

/** The pieces as one; a single one is returned as it is. */
export function join(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0]!
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.byteLength, 0))
  let offset = 0
  for (const piece of pieces) {
    bytes.set(piece, offset)
    offset += piece.byteLength
  }
  return bytes
}
