import { Strikes } from '../core/strikes.js'

/** Who of the connected peers is not heard any more. Looked at from time to time; pure. */
export class Silence {
  /** Strikes of peers that the last look found silent. */
  readonly #strikes = new Map<string, Strikes>()
  readonly #silent = new Set<string>()

  /** `heard`: whether something came from a peer of late, for everyone who is connected. Returns whose state has changed. */
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
