/**
 * Tells when an acknowledgement is overdue. Without progress the patience doubles each time, as after TCP's timeouts, until an
 * acknowledgement has measured a round trip again; so a slow path is not taken for a broken one over and over.
 */
export class AckWatch {
  #since: number | undefined
  #backoff = 0
  #starvedAt: number | undefined
  #starvedWait = 0

  /** Ms of patience, given that of the path. */
  patienceMs(ackOverdueMs: number): number {
    return ackOverdueMs * 2 ** Math.min(this.#backoff, 8)
  }

  overdueAt(ackOverdueMs: number): number | undefined {
    return this.#since === undefined ? undefined : this.#since + this.patienceMs(ackOverdueMs)
  }

  /** When to ask whether more credit was granted in an ACK that got lost. */
  get starvedAt(): number | undefined {
    return this.#starvedAt
  }

  /** Something waits for an acknowledgement, or could be sent and has not been taken. */
  waits(now: number): void {
    this.#since ??= now
  }

  /** Nothing does. */
  rests(): void {
    this.#since = undefined
  }

  /** Everything sent is acknowledged, and what is written waits for credit. */
  starves(now: number, ackOverdueMs: number): void {
    if (this.#starvedAt !== undefined) return
    this.#starvedWait = ackOverdueMs
    this.#starvedAt = now + ackOverdueMs
  }

  /** That is not so. */
  fed(): void {
    this.#starvedAt = undefined
  }

  /** An acknowledgement came, or the sending moved to another path: patience begins anew. */
  restart(now: number): void {
    if (this.#since !== undefined) this.#since = now
  }

  measured(): void {
    this.#backoff = 0
  }

  overdue(now: number): void {
    this.#backoff++
    this.#since = now
  }

  starved(now: number, maxWaitMs: number): void {
    this.#starvedWait = Math.min(maxWaitMs, this.#starvedWait * 2)
    this.#starvedAt = now + this.#starvedWait
  }

  stop(): void {
    this.#since = this.#starvedAt = undefined
  }
}
