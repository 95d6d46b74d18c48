import { FairShares } from '../../core/fair-shares.js'

/** Limits what each direction keeps while nothing moves: what is said on a splice then, pings for example, fits into this. */
const smallBytes = 1_024
/** As much as one read of Node's own. */
const largeBytes = 64 * 1024
/** Limits the large buffers in use, 256 MiB, as each of thousands of splices whose ends don't read would hold two. */
const maxLarge = 4_096
/** Limits the large buffers that are kept for the next use while nobody uses them. */
const maxSpare = 64

/**
 * Buffers to read into, used again and again: making one for each read costs more than moving what is in it. Large ones are had in
 * shares per dialer; who has no more goes on in small ones.
 */
export class ReadBuffers {
  readonly #spare: Buffer[] = []
  readonly #shares: FairShares
  /** Holds the large buffers in use, and what gives back the place of each. */
  readonly #inUse = new Map<Buffer, () => void>()

  constructor(mostLarge = maxLarge) {
    this.#shares = new FairShares(mostLarge)
  }

  small(): Buffer {
    // By itself: in Node's pool it would keep the other 7 KiB of a page, where what was there has long gone.
    return Buffer.allocUnsafeSlow(smallBytes)
  }

  /**
   * Returns the buffer to read into after a read that put `read` bytes into `current`: a large one when that was full and `dialer`
   * may have one, the small one again when so much room is not needed. A large one that is not returned here comes back by
   * {@link release} or {@link drop}.
   */
  next(current: Buffer, read: number, small: Buffer, dialer: string): Buffer {
    if (current === small) return (read === small.byteLength ? this.#large(dialer) : undefined) ?? small
    if (read > smallBytes) return current
    this.release(current)
    return small
  }

  /** Takes a buffer back. Nobody may read into it any more, nor write from it. */
  release(buffer: Buffer): void {
    if (this.drop(buffer) && this.#spare.length < maxSpare) this.#spare.push(buffer)
  }

  /** Forgets a buffer from which something may still be written. Returns whether it was a large one. */
  drop(buffer: Buffer): boolean {
    this.#inUse.get(buffer)?.()
    return this.#inUse.delete(buffer)
  }

  #large(dialer: string): Buffer | undefined {
    if (this.#shares.refusal(dialer) !== undefined) return undefined
    const buffer = this.#spare.pop() ?? Buffer.allocUnsafeSlow(largeBytes)
    this.#inUse.set(buffer, this.#shares.take(dialer))
    return buffer
  }
}
