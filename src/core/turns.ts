import { waitFor } from './waiting.js'

/** Lets so many go on at the same time; the others wait for their turn, in the order they came. */
export class Turns {
  #free: number
  readonly #waiting: Array<() => void> = []

  constructor(count: number) {
    this.#free = count
  }

  /** Runs `run` when it is its turn. Rejects with the signal's reason when that fires while it waits. */
  async take<T>(run: () => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted()
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

  #wait(signal: AbortSignal): Promise<void> {
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
