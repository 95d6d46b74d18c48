import { seeded } from '../../support/random.js'

/** Repeatable randomness: the same seed gives the same numbers. */
export class Random {
  /** From 0 to 1, 1 excluded. */
  readonly next: () => number

  constructor(seed: number) {
    this.next = seeded(seed)
  }

  /** An integer from `low` to `high`, both included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1))
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<T>(items: readonly T[]): T {
    return items[this.int(0, items.length - 1)]!
  }
}
