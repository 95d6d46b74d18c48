/** Fires when nothing has happened for a while, as `setTimeout` of a Node socket does. It does not keep the process. */
export class IdleTimer {
  readonly #fire: () => void
  #ms = 0
  #timer: NodeJS.Timeout | undefined

  constructor(fire: () => void) {
    this.#fire = fire
  }

  /** Returns how long it waits, ms; 0 when it does not run. */
  get ms(): number {
    return this.#ms
  }

  /** Waits for so long from now on, ms; 0 or `Infinity`: never. */
  set(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#ms = ms
    if (ms > 0 && Number.isFinite(ms)) this.#timer = setTimeout(this.#fire, Math.min(ms, 0x7fffffff)).unref()
  }

  /** Called when something happened: it waits from the beginning, also after it has fired. */
  refresh(): void {
    this.#timer?.refresh()
  }
}
