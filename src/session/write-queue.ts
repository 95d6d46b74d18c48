import { asOverlayError } from '../core/errors.js'
import { whenAborted } from '../core/waiting.js'

interface PendingWrite {
  bytes: Uint8Array
  /** Half close, when its turn comes. */
  end: boolean
  taken: number
  resolve(): void
  reject(error: Error): void
}

/** Where the bytes go. */
export interface WriteTarget {
  /** Bytes that would be taken now. */
  free(): number
  /** The most that could ever be free. */
  capacity: number
  /** Takes a prefix and returns its length. */
  take(bytes: Uint8Array): number
  end(): void
}

/**
 * Serves writers that wait for room, in their order. What fits into the buffer at all is taken whole, so that giving up a write never
 * leaves half a message behind; what does not is taken in parts.
 */
export class WriteQueue {
  readonly #target: WriteTarget
  #waiting: PendingWrite[] = []
  #ended = false

  constructor(target: WriteTarget) {
    this.#target = target
  }

  /**
   * Returns undefined when the bytes are taken at once, else what resolves when they are. `onHalfway` is called when the signal fires
   * after a part was taken. Throws `canceled` when it has fired already.
   */
  write(bytes: Uint8Array, signal: AbortSignal | undefined, onHalfway: () => void): Promise<void> | undefined {
    if (signal?.aborted) throw canceled(signal)
    if (this.#waiting.length > 0 || this.#target.free() < bytes.byteLength) {
      return this.#enqueue(bytes, false, signal, onHalfway)
    }
    this.#target.take(bytes)
    return undefined
  }

  /** True when the end was asked for: nothing may be written any more, though it may still wait for what was. */
  get ended(): boolean {
    return this.#ended
  }

  /** Resolves when everything before it is taken and the end is set. */
  async end(): Promise<void> {
    this.#ended = true
    if (this.#waiting.length === 0) this.#target.end()
    else await this.#enqueue(new Uint8Array(0), true, undefined, () => {})
  }

  /** Serves the writers that wait; called when there may be room. */
  serve(): void {
    for (let write = this.#waiting[0]; write !== undefined; write = this.#waiting[0]) {
      if (write.end) this.#target.end()
      else {
        const left = write.bytes.byteLength - write.taken
        const wanted = Math.min(left, this.#target.capacity)
        // All of it, or for what can't fit at all at least a quarter of the buffer at a time.
        const enough =
          write.bytes.byteLength <= this.#target.capacity ? wanted : Math.min(wanted, this.#target.capacity / 4)
        if (this.#target.free() < enough) return
        write.taken += this.#target.take(write.taken === 0 ? write.bytes : write.bytes.subarray(write.taken))
        if (write.taken < write.bytes.byteLength) return
      }
      this.#waiting.shift()
      write.resolve()
    }
  }

  /** Ends writing: everybody who waits is told why. */
  fail(why: () => Error): void {
    if (this.#waiting.length === 0) return
    const error = why()
    const waiting = this.#waiting
    this.#waiting = []
    for (const write of waiting) write.reject(error)
  }

  #enqueue(bytes: Uint8Array, end: boolean, signal: AbortSignal | undefined, onHalfway: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      let settled = () => {}
      const write: PendingWrite = {
        bytes,
        end,
        taken: 0,
        resolve: () => {
          settled()
          resolve()
        },
        reject: (error) => {
          settled()
          reject(error)
        },
      }
      const onAbort = () => {
        this.#waiting = this.#waiting.filter((other) => other !== write)
        write.reject(canceled(signal!))
        if (write.taken > 0) onHalfway()
        this.serve()
      }
      settled = whenAborted(signal, onAbort)
      this.#waiting.push(write)
      this.serve()
    })
  }
}

function canceled(signal: AbortSignal): Error {
  return asOverlayError(signal.reason, 'canceled', 'Writing was given up')
}
