/** Chunks below this size are copied into shared pages: a million one-byte arrays would cost a hundred times their size. */
const copyBelowBytes = 2048
const minPageBytes = 512
const maxPageBytes = 16 * 1024

/** Bytes of a stream from offset `start` to offset `end`, kept in the arrays they came in. */
export class ChunkList {
  #chunks: Uint8Array[] = []
  #starts: number[] = []
  #head = 0
  #start: number
  #end: number
  /** Page that small chunks are copied to; its first `#pageUsed` bytes are taken. The last chunk ends there, if there is one. */
  #page: Uint8Array | undefined
  #pageUsed = 0
  readonly #unpin: boolean

  /**
   * `unpin`: copy chunks that are less than half of the memory they keep alive. For bytes that came from elsewhere, where
   * a small piece may hold on to a big buffer.
   */
  constructor(start: number, options: { unpin: boolean }) {
    this.#start = this.#end = start
    this.#unpin = options.unpin
  }

  get start(): number {
    return this.#start
  }

  get end(): number {
    return this.#end
  }

  get byteLength(): number {
    return this.#end - this.#start
  }

  /** Memory kept alive, as far as this list knows: chunks that are only partly in range count whole. */
  get heldBytes(): number {
    const held = new Set<ArrayBufferLike>()
    let bytes = 0
    for (let index = this.#head; index < this.#chunks.length; index++) {
      const { buffer } = this.#chunks[index]!
      if (held.has(buffer)) continue
      held.add(buffer)
      bytes += buffer.byteLength
    }
    return bytes
  }

  /**
   * Adds bytes at the end. The array is kept, not copied, unless it is small; where `unpin` is set a small one is kept as well while
   * the list holds nothing else, as it is mostly read before the next one comes. It must not be changed afterwards.
   */
  append(bytes: Uint8Array): void {
    if (bytes.byteLength === 0) return
    const pins = this.#unpin && bytes.byteLength * 2 < bytes.buffer.byteLength
    const small = bytes.byteLength < copyBelowBytes && !(this.#unpin && this.#chunks.length === 0)
    if (small || pins) this.#copy(bytes)
    else this.#push(bytes)
  }

  /** The bytes from `from` to `to`, which must be in range, without copying them. */
  slice(from: number, to: number): Uint8Array[] {
    const pieces: Uint8Array[] = []
    for (let index = this.#find(from); from < to; index++) {
      const chunk = this.#chunks[index]!
      const skip = from - this.#starts[index]!
      const piece = chunk.subarray(skip, skip + to - from)
      pieces.push(piece)
      from += piece.byteLength
    }
    return pieces
  }

  /** Removes and returns up to `maxBytes` from the front, as they lie in one piece; undefined when there are none. */
  shift(maxBytes = Number.POSITIVE_INFINITY): Uint8Array | undefined {
    const chunk = this.#chunks[this.#head]
    if (chunk === undefined) return undefined
    const skip = this.#start - this.#starts[this.#head]!
    const piece = chunk.subarray(skip, Math.min(chunk.byteLength, skip + maxBytes))
    this.dropBefore(this.#start + piece.byteLength)
    return piece
  }

  /** Forgets everything below `offset`. */
  dropBefore(offset: number): void {
    if (offset <= this.#start) return
    this.#start = Math.min(offset, this.#end)
    while (
      this.#head < this.#chunks.length &&
      this.#starts[this.#head]! + this.#chunks[this.#head]!.byteLength <= this.#start
    ) {
      this.#chunks[this.#head++] = empty
    }
    if (this.#head === this.#chunks.length) this.#empty()
    else if (this.#head > 64 && this.#head * 2 > this.#chunks.length) {
      this.#chunks.splice(0, this.#head)
      this.#starts.splice(0, this.#head)
      this.#head = 0
    }
  }

  /** Forgets everything; the next byte appended has the offset it would have had. */
  clear(): void {
    this.#empty()
    this.#page = undefined
  }

  /**
   * What is left of a small page is for the next chunks: most lists of a quiet stream are empty again after each of them. What was
   * taken out of an unpinned list belongs to whoever took it.
   */
  #empty(): void {
    while (this.#chunks.length > 0) {
      this.#chunks.pop()
      this.#starts.pop()
    }
    this.#head = 0
    this.#start = this.#end
    if (this.#unpin || (this.#page !== undefined && this.#page.byteLength > minPageBytes)) this.#page = undefined
  }

  #copy(bytes: Uint8Array): void {
    const page = this.#page
    if (page !== undefined && page.byteLength - this.#pageUsed >= bytes.byteLength) {
      const from = this.#pageUsed
      page.set(bytes, from)
      this.#pageUsed += bytes.byteLength
      const last = this.#chunks.at(-1)
      if (last === undefined) {
        this.#add(page.subarray(from, this.#pageUsed))
        return
      }
      // It ends where these bytes begin: make it longer rather than adding one.
      this.#chunks[this.#chunks.length - 1] = page.subarray(last.byteOffset, this.#pageUsed)
      this.#end += bytes.byteLength
      return
    }
    this.#newPage(bytes)
  }

  #newPage(bytes: Uint8Array): void {
    const pageBytes = Math.min(maxPageBytes, Math.max(minPageBytes, this.byteLength * 2))
    const page = new Uint8Array(Math.max(bytes.byteLength, pageBytes))
    page.set(bytes)
    this.#push(page.subarray(0, bytes.byteLength))
    this.#page = page
    this.#pageUsed = bytes.byteLength
  }

  #push(bytes: Uint8Array): void {
    this.#page = undefined
    this.#add(bytes)
  }

  #add(bytes: Uint8Array): void {
    this.#chunks.push(bytes)
    this.#starts.push(this.#end)
    this.#end += bytes.byteLength
  }

  /** Index of the chunk that holds `offset`. */
  #find(offset: number): number {
    let low = this.#head
    let high = this.#chunks.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (this.#starts[middle]! <= offset) low = middle
      else high = middle - 1
    }
    return low
  }
}

const empty = new Uint8Array(0)
