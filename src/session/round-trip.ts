/** Estimates the smoothed round trip and its variation, as TCP estimates them (RFC 6298). Milliseconds. */
export class RoundTrip {
  #smoothed: number | undefined
  #variation = 0

  /** Undefined until the first measurement. */
  get smoothedMs(): number | undefined {
    return this.#smoothed
  }

  /**
   * After this long without an answer something is wrong; RFC 6298's 1 s until there is a measurement. `maxMs` ends the
   * patience with an answer that varies much, though never before three round trips.
   */
  overdueMs(minMs: number, maxMs = Number.POSITIVE_INFINITY): number {
    const smoothed = this.#smoothed
    if (smoothed === undefined) return Math.min(maxMs, Math.max(minMs, 1_000))
    return Math.min(Math.max(maxMs, 3 * smoothed), Math.max(minMs, smoothed + 4 * this.#variation))
  }

  measured(ms: number): void {
    const sample = Math.max(0, ms)
    if (this.#smoothed === undefined) {
      this.#smoothed = sample
      this.#variation = sample / 2
      return
    }
    this.#variation += (Math.abs(this.#smoothed - sample) - this.#variation) / 4
    this.#smoothed += (sample - this.#smoothed) / 8
  }
}
