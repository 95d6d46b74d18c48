import { Uint8ArrayList } from 'uint8arraylist'
import { OverlayError } from '../core/errors.js'
import { decodeVarint, encodeVarint, maxVarintBytes } from '../wire/varint.js'
import type { TlsCarrier } from './tls-carrier.js'

/**
 * Messages, each behind its length, that come on a carrier before the frames of a path. `stop` gives what came beyond them back
 * to the carrier, for whoever reads it next.
 */
export class CarrierMessages {
  readonly #carrier: TlsCarrier
  readonly #input = new Uint8ArrayList()
  #waiting: { maxBytes: number; resolve(message: Uint8Array): void; reject(error: Error): void } | undefined
  #failure: OverlayError | undefined

  constructor(carrier: TlsCarrier) {
    this.#carrier = carrier
    carrier.read({
      data: (bytes) => {
        this.#input.append(bytes)
        this.#serve()
      },
      drained: () => {},
      closed: () =>
        this.fail(new OverlayError('unreachable', 'The other side closed the path before its hello was over.')),
    })
  }

  /** The next message. Rejects with `protocol_error` for one over `maxBytes`, or with what `fail` was called with. */
  read(maxBytes: number): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      this.#waiting = { maxBytes, resolve, reject }
      this.#serve()
    })
  }

  /** The next message with its length, as it came. */
  async readRaw(maxBytes: number): Promise<Uint8Array> {
    return withLength(await this.read(maxBytes))
  }

  /** Whoever waits, and whoever reads after this, gets the error. */
  fail(error: OverlayError): void {
    this.#failure ??= error
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.reject(this.#failure)
  }

  stop(): void {
    this.#carrier.release()
    this.#carrier.unread(this.#input.slice())
  }

  #serve(): void {
    const waiting = this.#waiting
    if (waiting === undefined) return
    try {
      const message = this.#take(waiting.maxBytes)
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

  #take(maxBytes: number): Uint8Array | undefined {
    const head = this.#input.slice(0, Math.min(maxVarintBytes, this.#input.byteLength))
    const last = head.findIndex((byte) => byte < 0x80)
    if (last < 0) {
      if (head.byteLength < maxVarintBytes) return undefined
      throw new OverlayError('protocol_error', 'A hello has no length.')
    }
    const { value, end } = decodeVarint(head.subarray(0, last + 1), 0)
    if (value > maxBytes) throw new OverlayError('protocol_error', `A hello of ${value} bytes is over its cap.`)
    if (this.#input.byteLength < end + value) return undefined
    const message = this.#input.slice(end, end + value)
    this.#input.consume(end + value)
    return message
  }
}

/** A message behind its length. */
export function withLength(message: Uint8Array): Uint8Array {
  const head = new Uint8Array(maxVarintBytes)
  const end = encodeVarint(message.byteLength, head, 0)
  return Buffer.concat([head.subarray(0, end), message])
}
