import { asOverlayError } from '../core/errors.js'
import { whenAborted } from '../core/waiting.js'

interface PendingRead {
  resolve(bytes: Uint8Array | undefined): void
  reject(error: Error): void
}

/** What a reader gets: bytes, the end, the error that ended it all, or nothing yet. */
export type ReadResult = { bytes: Uint8Array } | { end: true } | { error: Error } | undefined

/** Serves readers that wait for bytes, in their order. */
export class ReadQueue {
  readonly #next: () => ReadResult
  #waiting: PendingRead[] = []

  constructor(next: () => ReadResult) {
    this.#next = next
  }

  /** Resolves with what `shape` makes of the next bytes, or of undefined at the end. */
  read<T>(shape: (bytes: Uint8Array | undefined) => T, signal?: AbortSignal): Promise<T> {
    if (signal?.aborted) return Promise.reject(canceled(signal))
    return new Promise((resolve, reject) => {
      const pending: PendingRead = { resolve: (bytes) => resolve(shape(bytes)), reject }
      this.#waiting.push(signal === undefined ? pending : this.#untilAborted(pending, signal))
      this.serve()
    })
  }

  /** Gives the reader up when the signal fires first. */
  #untilAborted({ resolve, reject }: PendingRead, signal: AbortSignal): PendingRead {
    const forget = whenAborted(signal, () => {
      this.#waiting = this.#waiting.filter((other) => other !== pending)
      reject(canceled(signal))
    })
    const pending: PendingRead = {
      resolve: (bytes) => {
        forget()
        resolve(bytes)
      },
      reject: (error) => {
        forget()
        reject(error)
      },
    }
    return pending
  }

  /** Serves the readers that wait; called when there may be something to read. */
  serve(): void {
    while (this.#waiting.length > 0) {
      const result = this.#next()
      if (result === undefined) return
      const pending = this.#waiting.shift()!
      if ('error' in result) pending.reject(result.error)
      else pending.resolve('bytes' in result ? result.bytes : undefined)
    }
  }
}

function canceled(signal: AbortSignal): Error {
  return asOverlayError(signal.reason, 'canceled', 'Reading was given up')
}
