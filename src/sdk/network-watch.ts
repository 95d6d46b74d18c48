import type { Clock } from '../core/clock.js'
import { networkLookMs } from '../core/limits.js'
import type { InterfaceAddress } from '../net/candidates.js'

/** Notices that this machine's addresses changed, while somebody listens. */
export class NetworkWatch {
  readonly #clock: Clock
  readonly #interfaces: () => readonly InterfaceAddress[]
  readonly #listeners = new Set<() => void>()
  #known = ''
  #cancel = () => {}

  constructor(clock: Clock, interfaces: () => readonly InterfaceAddress[]) {
    this.#clock = clock
    this.#interfaces = interfaces
  }

  /** Calls `moved` after each change, within seconds, until the returned function is called. */
  listen(moved: () => void): () => void {
    if (this.#listeners.size === 0) {
      this.#known = this.#look()
      this.#lookLater()
    }
    this.#listeners.add(moved)
    return () => {
      this.#listeners.delete(moved)
      if (this.#listeners.size === 0) this.#cancel()
    }
  }

  #lookLater(): void {
    this.#cancel = this.#clock.after(networkLookMs, () => {
      this.#lookLater()
      const now = this.#look()
      if (now === this.#known) return
      this.#known = now
      for (const moved of [...this.#listeners]) moved()
    })
  }

  /**
   * Returns the addresses as a text to compare. Temporary addresses of IPv6 come and go every day, and change nothing: of IPv6 the
   * networks count.
   */
  #look(): string {
    const networks = this.#interfaces()
      .filter(({ internal, address }) => !internal && !address.startsWith('fe80'))
      .map(({ address, cidr }) =>
        address.includes(':') ? address.split(':').slice(0, 4).join(':') : (cidr ?? address),
      )
    return [...new Set(networks)].sort().join(' ')
  }
}
