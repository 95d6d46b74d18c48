import { asOverlayError, OverlayError } from '../core/errors.js'
import { type Carried, ConnectionDuplex } from './duplex.js'

/**
 * A connection as a Node stream that is there before the connection is: what is written waits for it, destroying it gives the dial
 * up, and a dial that fails is its error. As a socket of Node it is `connecting`, then says `connect`.
 */
export class DialingDuplex extends ConnectionDuplex {
  readonly #dial: (signal: AbortSignal) => Promise<Carried>
  readonly #givenUp = new AbortController()
  connecting = true

  constructor(dial: (signal: AbortSignal) => Promise<Carried>) {
    super()
    this.#dial = dial
  }

  override _construct(done: (error?: Error | null) => void): void {
    this.#dial(this.#givenUp.signal).then(
      (connection) => {
        this.connecting = false
        this.carry(connection)
        done()
        this.emit('connect')
      },
      (error: unknown) => {
        this.connecting = false
        // Who destroyed it is told why by that.
        done(this.destroyed ? null : asOverlayError(error, 'internal', 'Dialing'))
      },
    )
  }

  override destroy(error?: Error): this {
    this.#givenUp.abort(new OverlayError('canceled', 'Nobody waits for the connection any more.'))
    return super.destroy(error)
  }
}
