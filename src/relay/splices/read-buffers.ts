/** Limits what each direction keeps while nothing moves: what is said on a splice then, pings for example, fits into this. */
const smallBytes = 1_024
/** As much as one read of Node's own. */
const largeBytes = 64 * 1024
/** Limits the large buffers that are kept for the next use while nobody uses them. */
const maxSpare = 64

/** Buffers to read into, used again and again: making one for each read costs more than moving what is in it. */
export class ReadBuffers {
  readonly #spare: Buffer[] = []

  small(): Buffer {
    // By itself: in Node's pool it would keep the other 7 KiB of a page, where what was there has long gone.
    return Buffer.allocUnsafeSlow(smallBytes)
  }

  /**
   * Returns the buffer to read into after a read that put `read` bytes into `current`: a large one when that was full, the small
   * one again when so much room is not needed. A large one that is not returned here comes back by {@link release}.
   */
  next(current: Buffer, read: number, small: Buffer): Buffer {
    if (current === small)
      return read === small.byteLength ? (this.#spare.pop() ?? Buffer.allocUnsafeSlow(largeBytes)) : small
    if (read > smallBytes) return current
    this.release(current)
    return small
  }

  /** Takes a buffer back. Nobody may read into it any more, nor write from it. */
  release(buffer: Buffer): void {
    if (buffer.byteLength === largeBytes && this.#spare.length < maxSpare) this.#spare.push(buffer)
  }
}
