import type { IncomingDial } from './types.js'

/** Callers that wait for a loop to take them, in the order they came; who gave up meanwhile is passed over. */
export class Callers {
  readonly #waiting: IncomingDial[] = []
  #ended: { error: unknown } | undefined
  #wake = () => {}

  readonly add = (dial: IncomingDial): void => {
    this.#waiting.push(dial)
    this.#wake()
  }

  /** Nobody comes any more; with an error, who reads is told so. */
  end(error: unknown): void {
    this.#ended ??= { error }
    this.#wake()
  }

  /** Reads until the end. `left` is called when whoever reads has enough. */
  async *read(left: () => void): AsyncGenerator<IncomingDial, undefined> {
    try {
      for (;;) {
        const dial = this.#waiting.shift()
        if (dial !== undefined) {
          if (!dial.signal.aborted) yield dial
        } else if (this.#ended !== undefined) {
          if (this.#ended.error !== undefined) throw this.#ended.error
          return
        } else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve
          })
        }
      }
    } finally {
      left()
      for (const dial of this.#waiting.splice(0)) dial.busy('Nobody is there to answer.')
    }
  }
}
