const keep = 16_384

/** When the messages of one direction arrived; the last 16 384 are remembered. */
export class Arrivals {
  readonly #times = new Float64Array(keep)
  #count = 0

  add(atMs: number): void {
    this.#times[this.#count++ % keep] = atMs
  }

  /** The latest one, or undefined when nothing has come yet. */
  get lastMs(): number | undefined {
    return this.#count === 0 ? undefined : this.#times[(this.#count - 1) % keep]
  }

  /** From `fromMs` to the first arrival after it; to `toMs` when there was none. */
  silence(fromMs: number, toMs: number): number {
    for (let index = Math.max(0, this.#count - keep); index < this.#count; index++) {
      const at = this.#times[index % keep]!
      if (at >= fromMs) return Math.min(at, toMs) - fromMs
    }
    return toMs - fromMs
  }

  /**
   * The longest time without an arrival that reaches into the period: it may begin before `fromMs` with the last arrival
   * before it, and ends at `toMs` at the latest.
   */
  longestHole(fromMs: number, toMs: number): number {
    let longest = 0
    let before = fromMs
    for (let index = Math.max(0, this.#count - keep); index < this.#count; index++) {
      const at = this.#times[index % keep]!
      if (at > toMs) break
      if (at >= fromMs) longest = Math.max(longest, at - before)
      before = at
    }
    return Math.max(longest, toMs - before)
  }
}
