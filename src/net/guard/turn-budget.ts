import { OverlayError } from '../../core/errors.js'

/**
 * Limits how much of something one connection may cause in one turn of the event loop, after which others are served. What a peer
 * asks for within one packet is worked off without a break, so the packet must not ask for too much.
 */
export class TurnBudget {
  readonly #limit: number
  readonly #what: string
  #spent = 0

  constructor(what: string, limit: number) {
    this.#what = what
    this.#limit = limit
  }

  /** Spends one; throws `protocol_error` when the budget is used up. */
  spend(): void {
    if (this.#spent === 0) {
      setImmediate(() => {
        this.#spent = 0
      })
    }
    if (++this.#spent > this.#limit) {
      throw new OverlayError('protocol_error', `More than ${this.#limit} ${this.#what} came at once.`)
    }
  }
}
