import { BoundedMap } from './bounded-map.js'

export interface RatesOptions {
  /** What comes back each second. */
  perSecond: number
  /** What may be taken at once after a pause; default: that of two seconds. */
  burst?: number
  /** Keys that are remembered; of more, those not heard of for the longest begin anew. */
  maxKeys?: number
}

/** Told how much went through; gives how long to wait before more does, ms. */
export type Pace = (amount: number) => number

/** A token bucket for each key: who takes more than comes back, in the long run, is told so. Pure. */
export class Rates {
  readonly #perMs: number
  readonly #burst: number
  readonly #buckets: BoundedMap<string, { tokens: number; atMs: number }>

  constructor({ perSecond, burst = 2 * perSecond, maxKeys = 100_000 }: RatesOptions) {
    this.#perMs = perSecond / 1000
    this.#burst = Math.max(1, burst)
    this.#buckets = new BoundedMap(maxKeys)
  }

  /** Takes `amount` and returns true, or takes nothing and returns false. `nowMs` is of a clock that never jumps. */
  take(key: string, nowMs: number, amount = 1): boolean {
    const known = this.#buckets.get(key)
    const back = known === undefined ? this.#burst : known.tokens + (nowMs - known.atMs) * this.#perMs
    const tokens = Math.min(this.#burst, back)
    const enough = tokens >= amount
    this.#buckets.set(key, { tokens: enough ? tokens - amount : tokens, atMs: nowMs })
    return enough
  }

  /** What was taken was not used: it can be taken again. */
  giveBack(key: string, nowMs: number, amount = 1): void {
    this.take(key, nowMs, -amount)
  }

  /** Takes `amount`, which has been used already, and returns how long to wait until it has come back, ms. */
  spend(key: string, nowMs: number, amount: number): number {
    const known = this.#buckets.get(key)
    const back = known === undefined ? this.#burst : known.tokens + (nowMs - known.atMs) * this.#perMs
    const tokens = Math.min(this.#burst, back) - amount
    this.#buckets.set(key, { tokens, atMs: nowMs })
    return tokens >= 0 ? 0 : Math.ceil(-tokens / this.#perMs)
  }
}
