import type { IncomingDial } from './types.js'

/** Queues callers until a loop takes them, in the order they came; a caller that gave up meanwhile is passed over. */
export class Callers {
  readonly #waiting: IncomingDial[] = []
  #ended: { error: unknown } | undefined
  #wake = () => {}

  readonly add = (dial: IncomingDial): void => {
    this.#waiting.push(dial)
    this.#wake()
  }

  /** Ends the queue: nobody comes any more. With an error, whoever reads is told so. */
  end(error: unknown): void {
    this.#ended ??= { error }
    this.#wake()
  }

  /** Yields callers until the end. `left` is called when the reader leaves the loop. */
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
