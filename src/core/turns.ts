import { waitFor } from './waiting.js'

/** Lets so many go on at the same time; the others wait for their turn, in the order they came. */
export class Turns {
  #free: number
  readonly #waiting: Array<() => void> = []

  constructor(count: number) {
    this.#free = count
  }

  /** Runs `run` when it is its turn. Rejects with the signal's reason when that fires while it waits. */
  async take<T>(run: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted()
    if (this.#free > 0) this.#free--
    else await this.#wait(signal)
    try {
      return await run()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free++
      else next()
    }
  }

  #wait(signal: AbortSignal | undefined): Promise<void> {
    return waitFor(signal, (resolve) => {
      const go = () => resolve()
      this.#waiting.push(go)
      return () => {
        const place = this.#waiting.indexOf(go)
        if (place >= 0) this.#waiting.splice(place, 1)
      }
    })
  }
}

/** Does the same for several who share the turns: each lets so many of its own go on at the same time, so that none has them all. */
export class SharedTurns {
  readonly #all: Turns
  readonly #each: number
  readonly #of = new Map<string, { turns: Turns; takers: number }>()

  constructor(count: number, each: number) {
    this.#all = new Turns(count)
    this.#each = each
  }

  /** Runs `run` when it is the turn of `who`. Rejects with the signal's reason when that fires while it waits. */
  async take<T>(who: string, run: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const own = this.#of.get(who) ?? { turns: new Turns(this.#each), takers: 0 }
    this.#of.set(who, own)
    own.takers++
    try {
      return await own.turns.take(() => this.#all.take(run, signal), signal)
    } finally {
      if (--own.takers === 0) this.#of.delete(who)
    }
  }
}
