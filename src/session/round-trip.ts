/** Smoothed round trip and its variation, as TCP estimates them (RFC 6298). Milliseconds. */
export class RoundTrip {
  #smoothed: number | undefined
  #variation = 0

  /** Undefined until the first measurement. */
  get smoothedMs(): number | undefined {
    return this.#smoothed
  }

  /** After this long without an answer something is wrong; RFC 6298's 1 s until there is a measurement. */
  overdueMs(minMs: number): number {
    return this.#smoothed === undefined ? Math.max(minMs, 1_000) : Math.max(minMs, this.#smoothed + 4 * this.#variation)
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
