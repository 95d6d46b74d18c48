/**
 * What one session of a run carries, both ways: `chat` small messages now and then, `bulk` big ones at a steady rate,
 * `idle` nothing but what a check asks for.
 */
export type SessionKind = 'chat' | 'bulk' | 'idle'

/** Travels with the dial as its appData, so that both ends make and expect the same bytes. */
export interface SessionSpec {
  /** `<dialer>-<host>-<kind>`, unique in a run. */
  name: string
  kind: SessionKind
  seed: number
  /** Of a bulk session, each way. 0 means as fast as it goes. */
  bytesPerSecond: number
}

/** `normal` is what the kind of session does by itself; `steady` a small message every {@link steadyMs}; `quiet` nothing. */
export type Pace = 'normal' | 'steady' | 'quiet'

/** Small enough to see a gap of some milliseconds, large enough to leave the machine idle most of the time. */
export const steadyMs = 5

/** The message sizes and pauses of one direction, from a source of numbers in [0, 1). */
export class Rhythm {
  readonly #spec: SessionSpec
  readonly #random: () => number

  constructor(spec: SessionSpec, random: () => number) {
    this.#spec = spec
    this.#random = random
  }

  /** Undefined: nothing until the pace changes. */
  next(pace: Pace): { afterMs: number; bytes: number } | undefined {
    const { kind, bytesPerSecond } = this.#spec
    if (pace === 'quiet' || (pace === 'normal' && kind === 'idle')) return undefined
    if (pace === 'steady') return { afterMs: steadyMs, bytes: 16 }
    if (kind === 'chat') return { afterMs: 5 + this.#random() * 245, bytes: Math.floor(1 + this.#random() * 200) }
    const bytes = 1024 * Math.ceil(1 + this.#random() * 63)
    return { afterMs: bytesPerSecond === 0 ? 0 : (bytes / bytesPerSecond) * 1000, bytes }
  }
}
