import type { Clock } from '../core/clock.js'

export interface HedgeOptions<T> {
  clock: Clock
  /** The next one is asked when the one before has not answered for this long. */
  delayMs: number
  /** True when nobody else needs to be asked or waited for. */
  enough: (answer: T) => boolean
  /** So many are asked at the beginning; default 1. */
  atOnce?: number
  /** What has come after this long has to do. */
  mostMs?: number
  /** After an answer that is good but not enough, the others get this long. */
  othersMs?: number
  good?: (answer: T) => boolean
}

/**
 * Asks the first, and the others only when it is slow, fails, or its answer is not enough. Gives all answers and errors that
 * came until one was enough, or everybody had answered.
 */
export function hedge<T>(
  asks: ReadonlyArray<() => Promise<T>>,
  options: HedgeOptions<T>,
): Promise<{ answers: T[]; errors: unknown[] }> {
  return new Promise((resolve) => {
    const answers: T[] = []
    const errors: unknown[] = []
    let started = 0
    let over = asks.length === 0
    let cancelNext = () => {}
    let cancelOthers: (() => void) | undefined

    const finish = () => {
      over = true
      cancelNext()
      cancelOthers?.()
      resolve({ answers, errors })
    }
    const settled = () => {
      if (answers.length + errors.length === asks.length) finish()
      else startAll()
    }
    const start = () => {
      const ask = asks[started]
      if (ask === undefined) return
      started++
      cancelNext()
      if (started < asks.length) cancelNext = options.clock.after(options.delayMs, start)
      ask().then(
        (answer) => {
          if (over) return
          answers.push(answer)
          if (options.enough(answer)) return finish()
          if (options.othersMs !== undefined && options.good?.(answer)) {
            cancelOthers ??= options.clock.after(options.othersMs, finish)
          }
          settled()
        },
        (error) => {
          if (over) return
          errors.push(error)
          settled()
        },
      )
    }
    const startAll = () => {
      while (started < asks.length) start()
    }
    if (over) return finish()
    if (options.mostMs !== undefined) cancelOthers = options.clock.after(options.mostMs, finish)
    for (let asked = 0; asked < (options.atOnce ?? 1); asked++) start()
  })
}
