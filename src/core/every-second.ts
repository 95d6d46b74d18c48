import type { Clock } from './clock.js'

const secondMs = 1_000
const runs = new Set<() => void>()
let timer: NodeJS.Timeout | undefined

/**
 * Calls `run` once a second, in one turn with all others that are called so: a process with nothing to do wakes once for all of them.
 * What is due before the next second needs a timer of its own. Returns what ends it.
 */
export function everySecond(run: () => void): () => void {
  const own = () => run() // whoever asks twice is called twice
  runs.add(own)
  timer ??= setInterval(() => {
    for (const each of [...runs]) if (runs.has(each)) each()
  }, secondMs)
  return () => {
    runs.delete(own)
    if (runs.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** Calls `run` every second, and in between when something is due before. */
export class SecondTicks {
  readonly #run: () => void
  readonly #clock: Pick<Clock, 'after'>
  #stop: (() => void) | undefined
  #cancelEarly = () => {}

  constructor(run: () => void, clock: Pick<Clock, 'after'>) {
    this.#run = run
    this.#clock = clock
    this.#stop = everySecond(run)
  }

  /** Calls `run` in `inMs` as well, when that is less than a second; in the place of what was to come early until now. */
  within(inMs: number): void {
    if (inMs >= secondMs || this.#stop === undefined) return
    this.#cancelEarly()
    this.#cancelEarly = this.#clock.after(Math.max(0, Math.ceil(inMs)), this.#run)
  }

  stop(): void {
    this.#stop?.()
    this.#stop = undefined
    this.#cancelEarly()
  }
}
