import { OverlayError } from '../core/errors.js'
import { MessageDecoder, withLength } from '../wire/length-prefix.js'
import type { CarrierReader } from './carrier.js'
import type { TlsCarrier } from './tls-carrier.js'

/**
 * Reads the messages, each behind its length, that come on a carrier before the frames of a path. While nobody waits for one the
 * carrier is not read: what has come is being checked. `stop` returns what came beyond them to the carrier, for whoever reads it
 * next.
 */
export class CarrierMessages {
  readonly #carrier: TlsCarrier
  readonly #input = new MessageDecoder()
  #waiting: { maxBytes: number; resolve(message: Uint8Array): void; reject(error: Error): void } | undefined
  #failure: OverlayError | undefined
  #isPaused = false
  readonly #reader: CarrierReader = {
    data: (bytes) => {
      if (this.#failure !== undefined) return // nobody is going to read it
      this.#input.push(bytes)
      this.#serve()
      if (this.#waiting === undefined && this.#failure === undefined) this.#pause()
    },
    drained: () => {},
    closed: () =>
      this.fail(new OverlayError('unreachable', 'The other side closed the path before its hello was over.')),
  }

  constructor(carrier: TlsCarrier) {
    this.#carrier = carrier
    carrier.read(this.#reader)
  }

  /** Resolves with the next message. Rejects with `protocol_error` for one over `maxBytes`, or with what `fail` was called with. */
  read(maxBytes: number): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      this.#waiting = { maxBytes, resolve, reject }
      this.#serve()
      if (this.#waiting !== undefined) this.#resume()
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
    this.#resume() // so that the end is noticed
  }

  stop(): void {
    this.#carrier.release()
    this.#carrier.unread(this.#input.rest())
  }

  #pause(): void {
    this.#isPaused = true
    this.#carrier.release()
  }

  #resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#carrier.read(this.#reader)
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
