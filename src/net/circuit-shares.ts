/**
 * Limit the circuits that one member may have through one relay: to one host, and altogether. Each process of a member has its own.
 * The connection between a relay and a host carries 1 000 streams of all kinds (@libp2p/yamux 8.0.3).
 */
export const maxCircuitsPerPair = 128
export const maxCircuitsPerMember = 1_024

/** Counts how many circuits each member has through this relay, so that none can take what a host's connection carries. Pure. */
export class CircuitShares {
  readonly #held = new Map<string, number>()
  readonly #mostPerMember: number

  constructor(mostPerMember = maxCircuitsPerMember) {
    this.#mostPerMember = mostPerMember
  }

  /** Counts one more, and returns what gives it back; undefined when it would be too much. */
  take(source: string, destination: string): (() => void) | undefined {
    const pair = `${source} ${destination}`
    if (this.#count(pair) >= maxCircuitsPerPair || this.#count(source) >= this.#mostPerMember) return undefined
    this.#add(pair, 1)
    this.#add(source, 1)
    let given = false
    return () => {
      if (given) return
      given = true
      this.#add(pair, -1)
      this.#add(source, -1)
    }
  }

  #count(key: string): number {
    return this.#held.get(key) ?? 0
  }

  #add(key: string, change: 1 | -1): void {
    const count = this.#count(key) + change
    if (count === 0) this.#held.delete(key)
    else this.#held.set(key, count)
  }
}
