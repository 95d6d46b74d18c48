import { Strikes } from '../core/strikes.js'

/** Times in ms of one path's liveness. */
export interface LivenessOptions {
  /** Ping when nothing came for this long. */
  heartbeatMs: number
  /** A ping without any sign of life for this long is a strike; two strikes and the path is lost. */
  strikeMs: number
}

export type LivenessVerdict = 'alive' | 'strike' | 'lost'

/**
 * Tells whether the other side can still be heard on one path. Any byte counts as life. A strike needs a tick of its own, so
 * that a process that slept finds one strike at most, and reads what waits for it before the next.
 *
 * A path can be suspected from outside, when something sent on it went unanswered; then only a pong clears it, as bytes
 * may arrive while nothing gets through the other way.
 */
export class PathLiveness {
  readonly #options: LivenessOptions
  #heardAt: number
  #pingId = 0
  /** When the ping that is awaited was asked for; undefined when none is. */
  #pingAt: number | undefined
  /** When it was really sent; a path that is full may take its time. */
  #sentAt: number | undefined
  #sent = true
  readonly #strikes = new Strikes()
  /** A pong of at least this id clears the suspicion. */
  #suspectUntil: number | undefined

  constructor(options: LivenessOptions, now: number) {
    this.#options = options
    this.#heardAt = now
  }

  get heardAt(): number {
    return this.#heardAt
  }

  get suspect(): boolean {
    return this.#suspectUntil !== undefined
  }

  /** A ping waits to be put on the path: {@link takePing}. */
  get pingDue(): boolean {
    return !this.#sent
  }

  /** When `tick` has something to do next. */
  get dueAt(): number {
    return this.#pingAt === undefined
      ? this.#heardAt + this.#options.heartbeatMs
      : this.#pingAt + this.#options.strikeMs
  }

  heard(now: number): void {
    this.#heardAt = now
    this.#strikes.heard()
    if (!this.suspect && this.#sent) this.#pingAt = undefined
  }

  /** Asks for a ping now; harmless when one is awaited already. */
  probe(now: number): void {
    if (this.#pingAt === undefined) this.#ping(now)
  }

  /** Something went unanswered on this path: ping at once, and believe nothing but a pong. */
  suspectNow(now: number): void {
    if (this.suspect) return
    this.#ping(now)
    this.#suspectUntil = this.#pingId
  }

  /** Asks for a ping that comes after everything taken so far; its pong, or a later one, says that all of that arrived. */
  demand(now: number): number {
    this.#ping(now)
    return this.#pingId
  }

  /** The id for the PING frame that goes out now. */
  takePing(now: number): number {
    this.#sent = true
    this.#sentAt = now
    return this.#pingId
  }

  /** Round trip in ms when this answers the newest ping; `cleared` when the path is no longer suspect. */
  pong(id: number, now: number): { roundTripMs?: number; cleared: boolean } {
    const cleared = this.#suspectUntil !== undefined && id >= this.#suspectUntil && id <= this.#pingId
    if (cleared) this.#suspectUntil = undefined
    if (id !== this.#pingId || !this.#sent || this.#sentAt === undefined) return { cleared }
    const roundTripMs = now - this.#sentAt
    this.#sentAt = undefined
    this.#pingAt = undefined
    this.#strikes.heard()
    return { roundTripMs, cleared }
  }

  tick(now: number): LivenessVerdict {
    if (now < this.dueAt) return 'alive'
    if (this.#pingAt === undefined) {
      this.#ping(now)
      return 'alive'
    }
    if (this.#heardAt > this.#pingAt) {
      // Alive, though the ping itself has had no answer: only a suspect is asked again.
      if (this.suspect) this.#ping(now)
      else this.#pingAt = undefined
      return 'alive'
    }
    if (this.#strikes.missed()) return 'lost'
    this.#suspectUntil ??= this.#pingId
    this.#ping(now)
    return 'strike'
  }

  #ping(now: number): void {
    this.#pingAt = now
    this.#pingId++
    this.#sent = false
  }
}
