import { OverlayError } from '../../core/errors.js'

const headerBytes = 12
const dataFrame = 0
const pingFrame = 2
const synFlag = 1

export interface FrameGuardOptions {
  /** Limits a frame: a bigger one could not fit into any window we open (yamux spec, flow control). */
  maxFrameBytes: number
  /** Called for each stream that the other side opens; throws when there are too many at once. */
  opened(): void
  /** Called for each ping, which is answered; throws when there are too many at once. */
  pinged(): void
}

/**
 * Follows the frames of a yamux connection (https://github.com/hashicorp/yamux/blob/master/spec.md). libp2p's decoder waits
 * for the end of any frame, and a length is four bytes: a stranger could make it keep 4 GiB (@libp2p/yamux 8.0.3). Pure.
 */
export class FrameGuard {
  readonly #options: FrameGuardOptions
  readonly #header = new Uint8Array(headerBytes)
  #headerBytes = 0
  #payloadLeft = 0

  constructor(options: FrameGuardOptions) {
    this.#options = options
  }

  /** Takes the bytes that came. Throws `protocol_error` for a frame that libp2p must not wait for. */
  push(pieces: Iterable<Uint8Array>): void {
    for (const piece of pieces) {
      let from = 0
      while (from < piece.byteLength) {
        if (this.#payloadLeft > 0) {
          const skipped = Math.min(this.#payloadLeft, piece.byteLength - from)
          this.#payloadLeft -= skipped
          from += skipped
          continue
        }
        const taken = Math.min(headerBytes - this.#headerBytes, piece.byteLength - from)
        this.#header.set(piece.subarray(from, from + taken), this.#headerBytes)
        this.#headerBytes += taken
        from += taken
        if (this.#headerBytes === headerBytes) this.#onHeader()
      }
    }
  }

  #onHeader(): void {
    this.#headerBytes = 0
    const header = this.#header
    const type = header[1]
    const length = header[8]! * 2 ** 24 + (header[9]! << 16) + (header[10]! << 8) + header[11]!
    if (type === pingFrame) this.#options.pinged()
    else if ((header[3]! & synFlag) === synFlag) this.#options.opened()
    if (type !== dataFrame) return
    if (length > this.#options.maxFrameBytes) {
      throw new OverlayError('protocol_error', `A frame of ${length} bytes is over ${this.#options.maxFrameBytes}.`)
    }
    this.#payloadLeft = length
  }
}
