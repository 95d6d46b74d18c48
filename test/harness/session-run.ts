import type { Connection, PathChange, PathState } from '../../src/sdk/index.js'
import { seeded } from '../support/random.js'
import { Arrivals } from './arrivals.js'
import { monotonicMs } from './monotonic.js'
import { type Pace, Rhythm, type SessionSpec } from './session-spec.js'
import { directionKey, type Faulty, MessageCheck, MessageSource, type Tally } from './workload.js'

export type Side = 'dialer' | 'host'

/** Something that happened to a session, as one end saw it. */
export interface SessionEvent {
  session: string
  side: Side
  atMs: number
  type: 'path:lost' | 'path:changed' | 'interrupted' | 'resumed' | 'lost'
  relay?: string
  change?: PathChange
  error?: string
}

/** All that one end of a session has to report. */
export interface SessionReport {
  session: string
  side: Side
  sent: Tally
  received: Tally
  faulty: Faulty
  /** Why the session ended before it was asked to. */
  lost?: string
  /** Both directions have come to their end in order. */
  finished: boolean
  pathChanges: number
}

/** One end of one session: sends its own messages, checks the other end's, and notes what happens to the paths. */
export class SessionRun {
  readonly #connection: Connection
  readonly #spec: SessionSpec
  readonly #side: Side
  readonly #onEvent: (event: SessionEvent) => void

  readonly #source: MessageSource
  readonly #check: MessageCheck
  readonly #arrivals = new Arrivals()
  readonly #rhythm: Rhythm
  #pace: Pace = 'normal'
  #finishing = false
  #reading = true
  #lost: string | undefined
  #wake = () => {}
  readonly #over: Promise<unknown>

  constructor(connection: Connection, spec: SessionSpec, side: Side, onEvent: (event: SessionEvent) => void) {
    this.#connection = connection
    this.#spec = spec
    this.#side = side
    this.#onEvent = onEvent

    const other = side === 'dialer' ? 'host' : 'dialer'
    this.#source = new MessageSource(directionKey(spec.seed, spec.name, side))
    this.#check = new MessageCheck(directionKey(spec.seed, spec.name, other))
    let hash = spec.seed
    for (const char of `${spec.name}/${side}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x0100_0193)
    this.#rhythm = new Rhythm(spec, seeded(hash))
    connection.on('path:lost', ({ relay }) => this.#tell({ type: 'path:lost', relay }))
    connection.on('path:changed', (change) => this.#tell({ type: 'path:changed', change }))
    connection.on('interrupted', () => this.#tell({ type: 'interrupted' }))
    connection.on('resumed', () => this.#tell({ type: 'resumed' }))
    connection.on('close', (error) => {
      if (error !== undefined || !this.#finishing) this.#lose(error ?? new Error('closed before its time'))
    })
    this.#over = Promise.all([this.#sendAll(), this.#receiveAll()]).catch((error) => this.#lose(error))
  }

  get name(): string {
    return this.#spec.name
  }

  get kind(): SessionSpec['kind'] {
    return this.#spec.kind
  }

  get lastArrivalMs(): number | undefined {
    return this.#arrivals.lastMs
  }

  paths(): PathState[] {
    return this.#connection.paths()
  }

  setPace(pace: Pace): void {
    this.#pace = pace
    this.#wake()
  }

  /** See {@link Arrivals.longestHole} and {@link Arrivals.silence}. */
  hole(kind: 'longest' | 'first', fromMs: number, toMs: number): number {
    return kind === 'longest' ? this.#arrivals.longestHole(fromMs, toMs) : this.#arrivals.silence(fromMs, toMs)
  }

  /** Sends the last message, and resolves when both directions have come to their end. */
  async finish(): Promise<void> {
    this.#finishing = true
    this.#wake()
    await this.#over
  }

  report(): SessionReport {
    return {
      session: this.#spec.name,
      side: this.#side,
      sent: this.#source.tally(),
      received: this.#check.tally(),
      faulty: this.#check.faulty(),
      ...(this.#lost === undefined ? {} : { lost: this.#lost }),
      finished: this.#finishing && !this.#reading && this.#lost === undefined,
      pathChanges: this.#connection.stats.pathChanges,
    }
  }

  async #sendAll(): Promise<void> {
    let dueMs = monotonicMs()
    while (!this.#finishing) {
      const next = this.#rhythm.next(this.#pace)
      // A rate is kept on average: what a full buffer held up is sent faster afterwards, up to a second's worth.
      dueMs = Math.max(dueMs + (next?.afterMs ?? 0), monotonicMs() - 1000)
      if (await this.#pause(next === undefined ? Number.POSITIVE_INFINITY : dueMs - monotonicMs())) {
        dueMs = monotonicMs()
        continue
      }
      await this.#connection.write(this.#source.next(next!.bytes))
    }
    await this.#connection.write(this.#source.last())
    await this.#connection.closeWrite()
  }

  async #receiveAll(): Promise<void> {
    for (;;) {
      const bytes = await this.#connection.read()
      if (bytes === undefined) break
      this.#check.push(bytes)
      this.#arrivals.add(monotonicMs())
    }
    this.#check.end()
    this.#reading = false
  }

  /** True when it was ended early, by another pace or the end of the run. */
  #pause(ms: number): Promise<boolean> {
    if (ms <= 0) return Promise.resolve(false)
    return new Promise((resolve) => {
      const timer = ms === Number.POSITIVE_INFINITY ? undefined : setTimeout(() => resolve(false), ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve(true)
      }
    })
  }

  #lose(error: unknown): void {
    if (this.#lost !== undefined) return
    this.#lost =
      error instanceof Error ? `${(error as { code?: string }).code ?? error.name}: ${error.message}` : `${error}`
    this.#tell({ type: 'lost', error: this.#lost })
  }

  #tell(event: Omit<SessionEvent, 'session' | 'side' | 'atMs'>): void {
    this.#onEvent({ session: this.#spec.name, side: this.#side, atMs: monotonicMs(), ...event })
  }
}
