import type { FaultRecord } from './record.js'
import type { Totals } from './report.js'
import { duration, grouped } from './report-text.js'

/** Tells on stderr how a run is doing: one line that changes on a terminal, a line every 10 s elsewhere. */
export class Progress {
  readonly #verbose: boolean

  readonly #startMs = performance.now()
  #doing = 'starting'
  #faults = 0
  #totals: Totals | undefined
  readonly #timer: NodeJS.Timeout
  readonly #terminal = process.stderr.isTTY === true

  constructor(verbose: boolean) {
    this.#verbose = verbose

    this.#timer = setInterval(() => this.#draw(), this.#terminal ? 500 : 10_000)
  }

  now(doing: string): void {
    this.#doing = doing
    if (this.#terminal || this.#verbose) this.#draw()
  }

  done(record: FaultRecord, totals: Totals): void {
    this.#faults++
    this.#totals = totals
    if (!this.#verbose) return
    const { index, kind, victims, carried, gaps, wholeMs } = record
    const gap = gaps.length === 0 ? '' : `, gap ${Math.round(Math.max(...gaps))} ms`
    const whole = wholeMs === undefined ? '' : `, whole after ${Math.round(wholeMs)} ms`
    this.line(`${duration(this.seconds)} ${index} ${kind} ${victims.join(' ')}: ${carried} sessions${gap}${whole}`)
  }

  line(text: string): void {
    if (this.#terminal) process.stderr.write('\r\u001b[K')
    process.stderr.write(`${text}\n`)
  }

  close(): void {
    clearInterval(this.#timer)
    if (this.#terminal) process.stderr.write('\r\u001b[K')
  }

  get seconds(): number {
    return (performance.now() - this.#startMs) / 1000
  }

  #draw(): void {
    const totals = this.#totals
    const counts =
      totals === undefined
        ? ''
        : ` · ${grouped(totals.messages)} messages · ${grouped(Math.round(totals.bytes / 1e6))} MB · ` +
          `lost ${totals.lost} · sessions lost ${totals.sessionsLost}`
    const text = `${duration(this.seconds)} · ${this.#faults} faults${counts} · now: ${this.#doing}`
    if (!this.#terminal) process.stderr.write(`${text}\n`)
    else process.stderr.write(`\r\u001b[K${text.slice(0, (process.stderr.columns ?? 80) - 1)}`)
  }
}
