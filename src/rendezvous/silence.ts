import { Strikes } from '../core/strikes.js'

/** Keeps which of the connected peers are not heard any more. It is looked at from time to time. Pure. */
export class Silence {
  /** Counts the strikes of peers that the last look found silent. */
  readonly #strikes = new Map<string, Strikes>()
  readonly #silent = new Set<string>()

  /**
   * Takes in, for every peer that is connected, whether something came from it lately (`heard`). Returns the peers whose state has
   * changed.
   */
  look(heard: ReadonlyMap<string, boolean>): { silent: string[]; back: string[] } {
    const changed = { silent: [] as string[], back: [] as string[] }
    for (const peerId of this.#strikes.keys()) if (!heard.has(peerId)) this.#strikes.delete(peerId)
    for (const peerId of this.#silent) if (!heard.has(peerId)) this.#silent.delete(peerId)
    for (const [peerId, isHeard] of heard) {
      if (isHeard) {
        this.#strikes.delete(peerId)
        if (this.#silent.delete(peerId)) changed.back.push(peerId)
        continue
      }
      const strikes = this.#strikes.get(peerId) ?? new Strikes()
      this.#strikes.set(peerId, strikes)
      if (!strikes.missed() || this.#silent.has(peerId)) continue
      this.#silent.add(peerId)
      changed.silent.push(peerId)
    }
    return changed
  }
}
