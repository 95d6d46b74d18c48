import { raceAbort } from '../core/abort.js'
import { backoffMs } from '../core/backoff.js'
import type { Clock } from '../core/clock.js'
import { OverlayError } from '../core/errors.js'
import { pathAttemptTimeoutMs, relayRetryMaxMs, relayRetryMinMs } from '../core/limits.js'
import type { Carrier } from '../net/carrier.js'
import { resumePath } from './resume-path.js'
import type { Session } from './session.js'
import type { PathKind } from './types.js'

/** A relay whose path was just lost is tried last for this long: it may be frozen and look fine. */
const avoidLostMs = 10_000
/** Everything about one attempt together; `openPath` has shorter limits of its own. */
const attemptTimeoutMs = 5 * pathAttemptTimeoutMs
/** While a session has no path at all, it does not wait longer than this between two attempts. */
const interruptedRetryMaxMs = 1_000
/** An attempt that was under way for this long when the last path broke was made with other paths in mind, and starts afresh. */
const staleAttemptMs = 400
/** A call that is over as fast as this needs no second path, and others do not wait behind it for theirs. */
const firstStandbyMs = 100
/** Between a path that was opened and the next attempt, should paths break as soon as they are there. */
const pauseAfterSuccessMs = 100

/** Made once: every keeper ends so. */
const stopped = new OverlayError('closed', 'The session needs no more paths.')

/** A fresh way to the session's host. */
export interface FreshPath {
  carrier: Carrier
  /** The relay's name, or `direct`. */
  label: string
  kind: PathKind
}

/** Says over which relays, by name, a further path should lead. */
export interface PathWish {
  /** Not over these: they carry the session already. */
  exclude: readonly string[]
  /** Over these only when there is no other: they have just failed. */
  avoid: readonly string[]
}

export interface PathKeeperOptions {
  session: Session
  /**
   * Opens a stream to the host as wished; rejects when there is no relay for it. It should give up when the signal fires,
   * and close what it opened then.
   */
  openPath: (wish: PathWish, signal: AbortSignal) => Promise<FreshPath>
  clock: Clock
  /** From 0 to 1, for jitter. */
  random: () => number
}

/**
 * Keeps one path and a second one ready while a session lives, at the dialer: opens what is missing, one attempt at a
 * time, at once when a path is lost and with growing, jittered pauses when attempts fail. Ends with the session, or `stop`.
 */
export class PathKeeper {
  readonly #options: PathKeeperOptions
  #isStopped = false
  /** What ends the attempts that are under way. A signal for each session would be 1.5 KiB of one that only waits. */
  #attempts: AbortController[] = []
  /** Relays whose paths were lost, and when. */
  readonly #lost = new Map<string, number>()
  #running: { startedAt: number; abort: AbortController } | undefined
  #failures = 0
  #succeededAt = Number.NEGATIVE_INFINITY
  #cancelRetry: (() => void) | undefined

  constructor(options: PathKeeperOptions) {
    this.#options = options
  }

  /** Begins, a moment after the first path was there; call it once. */
  start(): void {
    const { session } = this.#options
    session.on('paths', this.#onPaths)
    session.on('path:lost', this.#onLost)
    session.on('interrupted', this.#onInterrupted)
    session.once('over', () => this.stop())
    if (session.isOver) this.stop()
    else if (session.isInterrupted) this.#attempt()
    else this.#retryAfter(firstStandbyMs)
  }

  /** Another relay may be there: tries at once if a path is missing. */
  nudge(): void {
    this.#failures = 0
    this.#attempt()
  }

  /** Opens one more path, wherever the others lead: whoever opens one says anew who he is, and so does the other side. */
  async refresh(): Promise<void> {
    if (this.#isStopped) return
    await this.#open(new AbortController(), []).catch(() => {}) // the ones that are there go on
  }

  /** Opens nothing any more; the session keeps the paths it has. */
  stop(): void {
    const { session } = this.#options
    this.#isStopped = true
    for (const attempt of [...this.#attempts]) attempt.abort(stopped)
    this.#cancelRetry?.()
    session.off('paths', this.#onPaths)
    session.off('path:lost', this.#onLost)
    session.off('interrupted', this.#onInterrupted)
  }

  readonly #onPaths = (): void => {
    if (this.#cancelRetry === undefined) this.#attempt()
  }

  readonly #onLost = ({ relay }: { relay: string }): void => {
    this.#lost.set(relay, this.#options.clock.monotonic())
  }

  readonly #onInterrupted = (): void => {
    const running = this.#running
    this.nudge()
    if (running === undefined || this.#options.clock.monotonic() - running.startedAt < staleAttemptMs) return
    this.#running = undefined
    running.abort.abort(new OverlayError('canceled', 'All paths are gone: starting afresh.'))
    this.#attempt()
  }

  #attempt(): void {
    this.#cancelRetry?.()
    this.#cancelRetry = undefined
    const { session, clock } = this.#options
    if (this.#isStopped) return
    if (session.missingPaths === 0) this.#failures = 0
    if (this.#running !== undefined || session.missingPaths === 0) return
    const pause = this.#succeededAt + pauseAfterSuccessMs - clock.monotonic()
    if (pause > 0) {
      this.#retryAfter(pause)
      return
    }
    const running = { startedAt: clock.monotonic(), abort: new AbortController() }
    this.#running = running
    const done = (succeeded: boolean) => this.#running === running && this.#done(succeeded)
    this.#open(running.abort).then(
      () => done(true),
      () => done(false),
    )
  }

  #done(succeeded: boolean): void {
    this.#running = undefined
    if (this.#isStopped) return
    const { session, clock, random } = this.#options
    if (succeeded) {
      this.#failures = 0
      this.#succeededAt = clock.monotonic()
      this.#attempt()
      return
    }
    const max = session.isInterrupted ? interruptedRetryMaxMs : relayRetryMaxMs
    this.#retryAfter(backoffMs(this.#failures++, relayRetryMinMs, max, random))
  }

  #retryAfter(ms: number): void {
    this.#cancelRetry = this.#options.clock.after(Math.ceil(ms), () => this.#attempt())
  }

  /** One attempt: over a relay that has not just failed, else over any that does not carry the session already. */
  async #open(attempt: AbortController, exclude: readonly string[] = this.#options.session.labels): Promise<void> {
    const { session, openPath, clock } = this.#options
    for (const [relay, at] of this.#lost) if (clock.monotonic() - at >= avoidLostMs) this.#lost.delete(relay)
    const wish = { exclude, avoid: [...this.#lost.keys()].filter((relay) => !exclude.includes(relay)) }
    const tooLate = () => attempt.abort(new OverlayError('unreachable', 'No path in time.'))
    const cancel = clock.after(attemptTimeoutMs, tooLate)
    this.#attempts.push(attempt)
    const { signal } = attempt
    try {
      signal.throwIfAborted()
      const opened = openPath(wish, signal)
      // Whatever comes after we have given up has nobody else to close it.
      opened.then(
        ({ carrier }) => signal.aborted && carrier.abort(new OverlayError('closed', 'The path came too late.')),
        () => {},
      )
      const { carrier, label, kind } = await raceAbort(opened, signal)
      await resumePath(session, carrier, { label, kind, clock, signal })
    } finally {
      cancel()
      this.#attempts = this.#attempts.filter((other) => other !== attempt)
    }
  }
}
