/** Returns by how many ms something that was due at `dueMs` is late at `nowMs`; 0 when that is no more than `toleratedMs`. */
export function overdueMs(nowMs: number, dueMs: number, toleratedMs: number): number {
  const lateMs = nowMs - dueMs
  return lateMs > toleratedMs ? lateMs : 0
}

/**
 * Tells whether this process stood still (SIGSTOP, a machine that slept) before a look that a timer takes every `everyMs`. After that
 * everybody else seems to have been silent, while what they sent waits to be read.
 */
export class Standstill {
  readonly #everyMs: number
  readonly #toleratedMs: number
  #lookedMs: number

  /** Late by `toleratedMs` is a busy process, by default three times `everyMs`. `nowMs` is when the first timer is set. */
  constructor(options: { everyMs: number; toleratedMs?: number }, nowMs: number) {
    this.#everyMs = options.everyMs
    this.#toleratedMs = options.toleratedMs ?? 3 * options.everyMs
    this.#lookedMs = nowMs
  }

  /** Returns for how many ms it stood still before this look; 0 when the look came in time. */
  look(nowMs: number): number {
    const stoodMs = overdueMs(nowMs, this.#lookedMs + this.#everyMs, this.#toleratedMs)
    this.#lookedMs = nowMs
    return stoodMs
  }
}
