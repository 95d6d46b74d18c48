import { OverlayError } from '../core/errors.js'
import { MessageDecoder, withLength } from '../wire/length-prefix.js'
import type { TlsCarrier } from './tls-carrier.js'

/**
 * Reads the messages, each behind its length, that come on a carrier before the frames of a path. `stop` returns what came beyond
 * them to the carrier, for whoever reads it next.
 */
export class CarrierMessages {
  readonly #carrier: TlsCarrier
  readonly #input = new MessageDecoder()
  #waiting: { maxBytes: number; resolve(message: Uint8Array): void; reject(error: Error): void } | undefined
  #failure: OverlayError | undefined

  constructor(carrier: TlsCarrier) {
    this.#carrier = carrier
    carrier.read({
      data: (bytes) => {
        if (this.#failure !== undefined) return // nobody is going to read it
        this.#input.push(bytes)
        this.#serve()
      },
      drained: () => {},
      closed: () =>
        this.fail(new OverlayError('unreachable', 'The other side closed the path before its hello was over.')),
    })
  }

  /** Resolves with the next message. Rejects with `protocol_error` for one over `maxBytes`, or with what `fail` was called with. */
  read(maxBytes: number): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      this.#waiting = { maxBytes, resolve, reject }
      this.#serve()
    })
  }

  /** Resolves with the next message with its length, as it came. */
  async readRaw(maxBytes: number): Promise<Uint8Array> {
    return withLength(await this.read(maxBytes))
  }

  /** Ends reading: whoever waits, and whoever reads after this, gets the error. What comes then is dropped. */
  fail(error: OverlayError): void {
    this.#failure ??= error
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.reject(this.#failure)
  }

  stop(): void {
    this.#carrier.release()
    this.#carrier.unread(this.#input.rest())
  }

  #serve(): void {
    const waiting = this.#waiting
    if (waiting === undefined) return
    try {
      const message = this.#input.next(waiting.maxBytes)
      if (message === undefined) {
        if (this.#failure !== undefined) this.fail(this.#failure)
        return
      }
      this.#waiting = undefined
      waiting.resolve(message)
    } catch (error) {
      this.fail(error as OverlayError)
    }
  }
}
