import { shownName } from '../../core/text.js'
import type { RelayState } from '../../sdk/types.js'
import * as lines from './lines.js'

/**
 * Decides what is worth saying when relays come and go. Pure but for its own memory. A person hears when a relay can't be reached
 * from the start, when none is left, and when that is over; with `verbose`, of every change.
 */
export class Reach {
  readonly #verbose: boolean

  /** What was last said or assumed of each relay, by peer id. */
  readonly #known = new Map<string, 'up' | 'missing' | 'lost'>()
  #none = false
  /** Says whether a person was told that nobody can call. */
  #uncallable = false
  #wasCallable = false

  constructor(verbose: boolean) {
    this.#verbose = verbose
  }

  /** Called with all relays whenever one changed. Returns the lines to print. */
  update(relays: readonly RelayState[]): string[] {
    const texts = relays.flatMap((relay) => this.#changed(relay))
    const none = relays.every(({ state }) => state === 'down')
    if (none && !this.#none) {
      this.#none = true
      this.#uncallable = true
      return [...(this.#verbose ? texts : []), lines.noRelay()]
    }
    if (this.#none && relays.some(({ state }) => state === 'up')) {
      this.#none = false
      return relays.filter(({ state }) => state === 'up').map(({ name }) => lines.relayUp(name))
    }
    return this.#none && !this.#verbose ? [] : texts
  }

  /** Called when others can call us through a relay. Returns the line that takes `noRelay` back, after that was said. */
  callable(): string[] {
    const texts = this.#uncallable ? [this.#wasCallable ? lines.canBeCalledAgain() : lines.canBeCalled()] : []
    this.#uncallable = false
    this.#wasCallable = true
    return texts
  }

  #changed({ peerId, name, state, error }: RelayState): string[] {
    const before = this.#known.get(peerId)
    if (state === 'up') {
      this.#known.set(peerId, 'up')
      const expected = before === undefined || before === 'up'
      return expected || !(before === 'missing' || this.#verbose) ? [] : [lines.relayUp(name)]
    }
    if (state === 'connecting' || before === 'missing' || before === 'lost') return []
    this.#known.set(peerId, before === 'up' ? 'lost' : 'missing')
    if (before === 'up') return this.#verbose ? [lines.relayLost(name)] : []
    return [lines.relayMissing(name, shownName(error?.message ?? 'no answer'))]
  }
}
