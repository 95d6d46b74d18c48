import { FairShares } from '../core/fair-shares.js'
import { maxAnsweredSplices } from '../core/limits.js'

/**
 * Counts the splices that a host is answering at each relay, in shares per dialer: no dialer takes all of them, however many relays
 * it asks, and a relay that names as many dialers as it likes takes its own alone. Pure.
 */
export class AnsweredSplices {
  readonly #most: number
  readonly #ofRelays = new Map<string, FairShares>()

  constructor(most = maxAnsweredSplices) {
    this.#most = most
  }

  /** Takes a place, and returns what gives it back; undefined when there is none for the two. */
  take(relayPeerId: string, dialerPeerId: string): (() => void) | undefined {
    const shares = this.#ofRelays.get(relayPeerId) ?? new FairShares(this.#most)
    if (shares.refusal(dialerPeerId) !== undefined) return undefined
    this.#ofRelays.set(relayPeerId, shares)
    const giveBack = shares.take(dialerPeerId)
    return () => {
      giveBack()
      if (shares.taken === 0) this.#ofRelays.delete(relayPeerId)
    }
  }
}
