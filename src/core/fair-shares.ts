import { OverlayError } from './errors.js'

/** Why somebody gets no further place: all are taken, or all that this one may have. */
export type NoPlace = 'all' | 'share'

/**
 * A bounded number of places that nobody can take for himself. One gets a further place while it has fewer than are free: alone it
 * gets up to half of them, and of n that want all of them each gets one part in n + 1, so that somebody new finds one as well
 * (the dynamic threshold of shared switch buffers, Choudhury and Hahne 1998, with alpha 1). A fixed most can be given instead.
 * Pure.
 */
export class FairShares {
  readonly #most: number
  readonly #mostEach: number | undefined
  readonly #held = new Map<string, number>()
  #taken = 0

  /** Throws `bad_argument` for what is no number from 0: it would bound nothing. */
  constructor(most: number, mostEach?: number) {
    if (!([most, mostEach ?? 0] as unknown[]).every((each) => typeof each === 'number' && each >= 0)) {
      throw new OverlayError('bad_argument', 'FairShares takes a number of places, from 0.')
    }
    this.#most = most
    this.#mostEach = mostEach
  }

  get taken(): number {
    return this.#taken
  }

  held(who: string): number {
    return this.#held.get(who) ?? 0
  }

  /** Why `who` would get no further place now; undefined when it would. */
  refusal(who: string): NoPlace | undefined {
    const free = this.#most - this.#taken
    if (free <= 0) return 'all'
    return this.held(who) >= (this.#mostEach ?? free) ? 'share' : undefined
  }

  /** Takes one, also when {@link refusal} says otherwise, and returns what gives it back; calling that again does nothing. */
  take(who: string): () => void {
    this.#add(who, 1)
    let given = false
    return () => {
      if (given) return
      given = true
      this.#add(who, -1)
    }
  }

  #add(who: string, change: 1 | -1): void {
    const held = this.held(who) + change
    if (held === 0) this.#held.delete(who)
    else this.#held.set(who, held)
    this.#taken += change
  }
}
