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

  async read(signal: AbortSignal | undefined): Promise<Uint8Array | undefined> {
    if (signal?.aborted) throw canceled(signal)
    return await new Promise((resolve, reject) => {
      let settled = () => {}
      const pending: PendingRead = {
        resolve: (bytes) => {
          settled()
          resolve(bytes)
        },
        reject: (error) => {
          settled()
          reject(error)
        },
      }
      const onAbort = () => {
        this.#waiting = this.#waiting.filter((other) => other !== pending)
        pending.reject(canceled(signal!))
      }
      settled = whenAborted(signal, onAbort)
      this.#waiting.push(pending)
      this.serve()
    })
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
