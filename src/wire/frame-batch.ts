import { Uint8ArrayList } from 'uint8arraylist'
import { type Frame, frameTypes, messageOf, numbersOf, payloadLength } from './frames.js'
import { encodeVarint, maxVarintBytes, varintLength } from './varint.js'

/** Pieces of payload below this size are copied next to the header: a cipher call per piece costs more than the copy. */
const copyBelowBytes = 2048
const scratchBytes = 1024

const noPage = new Uint8Array(0)

/** The page that small frames are written into goes from one batch to the next: idle paths, of which there are many, have none of their own. */
const shared = { page: noPage, used: 0 }

/** Collects frames into one list of bytes for `stream.send`: small ones share a buffer, big payload stays where it is. */
export class FrameBatch {
  #pieces: Uint8Array[] = []
  #scratch = noPage
  #used = 0
  #cut = 0
  #byteLength = 0

  /** Bytes added since the last `take`. */
  get byteLength(): number {
    return this.#byteLength
  }

  add(frame: Frame): void {
    if (frame.type === 'data') {
      const length = payloadLength(frame.payload)
      if (length === 0) throw new RangeError('a DATA frame needs payload')
      this.#head(frameTypes.data, varintLength(frame.offset) + length)
      this.#varint(frame.offset)
      for (const piece of frame.payload) this.#bytes(piece)
      return
    }
    const numbers = numbersOf(frame)
    if (numbers === undefined) {
      const message = messageOf(frame)
      this.#head(frameTypes[frame.type], message.byteLength)
      this.#bytes(message)
      return
    }
    let length = 0
    for (const number of numbers) length += varintLength(number)
    this.#head(frameTypes[frame.type], length)
    for (const number of numbers) this.#varint(number)
  }

  /** Everything added since the last call. Payload in it is shared with the frames and must not be changed. */
  take(): Uint8Array | Uint8ArrayList {
    this.#cutScratch()
    const pieces = this.#pieces
    this.#pieces = []
    this.#byteLength = 0
    this.#handOn()
    return pieces.length === 1 ? pieces[0]! : new Uint8ArrayList(...pieces)
  }

  #head(type: number, bodyLength: number): void {
    this.#varint(bodyLength + 1)
    this.#reserve(1)
    this.#scratch[this.#used++] = type
    this.#byteLength++
  }

  #varint(value: number): void {
    this.#reserve(maxVarintBytes)
    const end = encodeVarint(value, this.#scratch, this.#used)
    this.#byteLength += end - this.#used
    this.#used = end
  }

  #bytes(piece: Uint8Array): void {
    this.#byteLength += piece.byteLength
    if (piece.byteLength >= copyBelowBytes) {
      this.#cutScratch()
      this.#pieces.push(piece)
      return
    }
    this.#reserve(piece.byteLength)
    this.#scratch.set(piece, this.#used)
    this.#used += piece.byteLength
  }

  #reserve(bytes: number): void {
    if (this.#used + bytes <= this.#scratch.byteLength) return
    this.#cutScratch()
    if (shared.used + bytes <= shared.page.byteLength) {
      this.#scratch = shared.page
      this.#used = this.#cut = shared.used
      shared.page = noPage
      shared.used = 0
    } else {
      this.#scratch = new Uint8Array(Math.max(scratchBytes, bytes))
      this.#used = this.#cut = 0
    }
  }

  #handOn(): void {
    const left = this.#scratch.byteLength - this.#used
    if (left > shared.page.byteLength - shared.used) {
      shared.page = this.#scratch
      shared.used = this.#used
    }
    this.#scratch = noPage
    this.#used = this.#cut = 0
  }

  #cutScratch(): void {
    if (this.#used > this.#cut) this.#pieces.push(this.#scratch.subarray(this.#cut, this.#used))
    this.#cut = this.#used
  }
}

/** One frame as bytes. */
export function encodeFrame(frame: Frame): Uint8Array {
  const batch = new FrameBatch()
  batch.add(frame)
  return batch.take().subarray()
}
