import type { Clock } from '../../core/clock.js'

/** Tells of a relay that told what no honest one does. */
export interface Lie {
  peerId: string
  what: string
  /** Milliseconds since 1970. */
  atMs: number
}

/** Says for how long nothing is taken from a relay that was caught; ms. */
export const liarMs = 3_600_000
const maxLiars = 1_024

/** Keeps the relays that this one caught lying: their word is worth nothing for an hour. Nobody is believed about others. */
export class Liars {
  readonly #known = new Map<string, Lie & { untilMs: number }>()
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Notes a lie; returns true when the relay was none until now. */
  caught(peerId: string, what: string): boolean {
    const isNew = !this.has(peerId)
    this.#known.delete(peerId)
    this.#known.set(peerId, { peerId, what, atMs: this.#clock.now(), untilMs: this.#clock.monotonic() + liarMs })
    if (this.#known.size > maxLiars) this.#known.delete(this.#known.keys().next().value as string)
    return isNew
  }

  has(peerId: string): boolean {
    const known = this.#known.get(peerId)
    if (known === undefined) return false
    if (this.#clock.monotonic() < known.untilMs) return true
    this.#known.delete(peerId)
    return false
  }

  all(): Lie[] {
    return [...this.#known.values()]
      .filter(({ peerId }) => this.has(peerId))
      .map(({ peerId, what, atMs }) => ({ peerId, what, atMs }))
  }
}
