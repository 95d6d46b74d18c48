import { EventEmitter } from 'node:events'
import { toHex } from '../core/bytes.js'
import type { Clock } from '../core/clock.js'
import { OverlayError } from '../core/errors.js'
import { maxReasonBytes } from '../core/limits.js'
import { truncateUtf8 } from '../core/text.js'
import type { DirectOffer, ResumeRequest } from '../wire/messages/session.js'
import { type AbortCode, abortCode } from '../wire/session-status.js'
import type { FrameChannel } from './frame-channel.js'
import { askAgain, letGo, type OnAgain } from './path-again.js'
import { PathIo } from './path-io.js'
import { ReadQueue, type ReadResult } from './read-queue.js'
import {
  afterEvent,
  dropsIncoming,
  isSettled,
  isToBeSaid,
  notEnded,
  type SessionEnd,
  type SessionEndEvent,
} from './session-end.js'
import { SessionState } from './session-state.js'
import {
  type Ending,
  type PathId,
  type PathLoss,
  type PathOffer,
  type PathSwitch,
  type PathView,
  resolveSessionLimits,
  type SessionEvent,
  type SessionLimits,
  type SessionRole,
} from './types.js'
import { WriteQueue } from './write-queue.js'

/** What a session fires. All but `paths`, `direct` and `over` are meant for applications. */
export interface SessionEvents {
  'path:lost': [PathLoss]
  'path:changed': [PathSwitch]
  interrupted: [{ graceMs: number }]
  resumed: []
  close: [OverlayError | undefined]
  /** Paths, or what is thought of them, changed. */
  paths: []
  /** The other side's step on the way to a direct path. */
  direct: [DirectOffer]
  /** The other side knows as well, or can't be told: streams and timers are gone. */
  over: []
}

export interface SessionOptions {
  role: SessionRole
  /** 16 and 32 random bytes that the host made up. */
  sessionId: Uint8Array
  secret: Uint8Array
  /** Credit that the other side granted at the start. */
  remoteWindowBytes: number
  clock: Clock
  /** For tests; the product's limits otherwise. */
  limits?: Partial<SessionLimits>
}

const resolved = Promise.resolve()

/**
 * A reliable byte stream over paths that come and go; what the SDK's `Connection` does, by the same names. Whoever made it
 * adds paths (a `PathKeeper` does at the dialer). It ends with `close` or `abort`, or when no path comes back in time;
 * then it closes its streams by itself, and `over` tells when.
 */
export class Session extends EventEmitter<SessionEvents> implements AsyncIterable<Uint8Array> {
  /** The session id in hex, for logs. */
  readonly id: string
  readonly role: SessionRole
  /** Resolves when `close` is called, or nothing is left. Never rejects. */
  readonly closing: Promise<void>
  /** Resolves when nothing is left: no stream, no timer. Never rejects. */
  readonly ended: Promise<void>
  readonly #options: SessionOptions
  readonly #clock: Clock
  readonly #ackDelayMs: number
  readonly #state: SessionState
  readonly #paths = new Map<PathId, PathIo>()
  /** Dialer: what takes a path when the session has ended in order. */
  readonly #onAgain = new Map<PathId, OnAgain>()
  readonly #writes: WriteQueue
  readonly #reads: ReadQueue
  readonly #closeCalled = Promise.withResolvers<void>()
  /** Resolves when the other side has everything, or the session has ended. */
  readonly #settled = Promise.withResolvers<void>()
  readonly #over = Promise.withResolvers<void>()
  #nextPathId = 1
  #end: SessionEnd = notEnded
  #closing: Promise<void> | undefined
  #timer: { at: number; cancel: () => void } | undefined
  #flushScheduled = false
  #dispatching = false

  constructor(options: SessionOptions) {
    super()
    const { role, clock, remoteWindowBytes, sessionId } = options
    const limits = resolveSessionLimits(options.limits)
    this.#options = options
    this.#clock = clock
    this.#ackDelayMs = limits.ackDelayMs
    this.role = role
    this.id = toHex(sessionId)
    this.#state = new SessionState({ role, limits, remoteWindowBytes }, clock.monotonic())
    this.closing = this.#closeCalled.promise
    this.ended = this.#over.promise
    this.#writes = new WriteQueue({
      capacity: limits.sendBufferBytes,
      free: () => this.#state.writableBytes,
      take: (bytes) => this.#do((now) => this.#state.write(bytes, now)),
      end: () => this.#do((now) => this.#state.endWrite(now)),
    })
    this.#reads = new ReadQueue(() => this.#readResult())
    this.#arm()
  }

  // --- for applications ------------------------------------------------------------------------------------------------

  /**
   * Resolves when the bytes are in the send buffer; waits while it is full. The array must not be changed afterwards. When
   * the signal fires first nothing of it is sent, except of arrays bigger than the buffer: then the session is aborted.
   * Rejects with the session's error, or `closed` after `closeWrite`.
   */
  write(bytes: Uint8Array, options: { signal?: AbortSignal } = {}): Promise<void> {
    try {
      this.#refuseWrite()
      return this.#writes.write(bytes, options.signal, this.#onHalfway) ?? resolved
    } catch (error) {
      return Promise.reject(error)
    }
  }

  readonly #onHalfway = (): void => this.abort('a write was given up halfway')

  /** The next bytes, or undefined at the end. Rejects with the session's error once what came in order has been read. */
  read(options: { signal?: AbortSignal } = {}): Promise<Uint8Array | undefined> {
    return this.#reads.read((bytes) => bytes, options.signal)
  }

  /** Reads to the end. Who leaves the loop before aborts the session. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Uint8Array> {
    let finished = false
    const resultOf = (bytes: Uint8Array | undefined): IteratorResult<Uint8Array> => {
      if (bytes !== undefined) return { done: false, value: bytes }
      finished = true
      return { done: true, value: undefined }
    }
    return {
      next: () => (finished ? Promise.resolve(resultOf(undefined)) : this.#reads.read(resultOf)),
      return: async () => {
        if (!finished) this.abort('not read to the end')
        return resultOf(undefined)
      },
      [Symbol.asyncIterator]() {
        return this
      },
    }
  }

  /** Half close: resolves when all that was written before is in the send buffer. Does nothing the second time. */
  async closeWrite(): Promise<void> {
    if (this.#end.phase !== 'ended' && !this.#state.writeEnded) await this.#writes.end()
  }

  /**
   * Half close, and what still comes is dropped; resolves when the other side has everything. Rejects with `timed_out`
   * after `timeout` ms (default 5 000; the session is aborted then), or with the session's error when it breaks meanwhile.
   * When the other side does not finish its own stream by that time, it is aborted as well. A session that has ended
   * already is left as it is.
   */
  close(options: { timeout?: number } = {}): Promise<void> {
    this.#closing ??= this.#end.phase === 'ended' ? Promise.resolve() : this.#close(options.timeout ?? 5_000)
    this.#closeCalled.resolve()
    return this.#closing
  }

  /**
   * Ends both directions at once. The other side gets the error of `code`, by default `aborted`, with the reason. Reading
   * and writing here reject with `closed`, or with the code of a permission that was withdrawn.
   */
  abort(reason = '', code: AbortCode = 'aborted'): void {
    const withdrawn = code === 'not_permitted' || code === 'certificate_revoked' || code === 'certificate_expired'
    const error = withdrawn
      ? new OverlayError(code, reason)
      : new OverlayError('closed', 'The session was aborted here.', reason === '' ? {} : { reason })
    this.#do((now) => this.#state.abort(abortCode[code], truncateUtf8(reason, maxReasonBytes), error, now))
  }

  /** Tells that this process stood still for so long, ms: every path is asked for a sign of life at once. */
  slept(ms: number): void {
    this.#do((now) => this.#state.slept(ms, now))
  }

  paths(): PathView[] {
    return this.#state.paths().map(({ id: _, suspect: __, ...view }) => view)
  }

  get stats(): { bytesWritten: number; bytesAcknowledged: number; bytesRead: number; pathChanges: number } {
    return this.#state.stats
  }

  // --- for those who keep its paths ------------------------------------------------------------------------------------

  /** Paths that would be good to have in addition; 0 when the session needs none any more. */
  get missingPaths(): number {
    return this.#state.missingPaths
  }

  /** No path is attached. */
  get isInterrupted(): boolean {
    return this.#state.paths().length === 0
  }

  /** `close` was called. */
  get isClosing(): boolean {
    return this.#closing !== undefined
  }

  /** What `close` was emitted with, when it has been. */
  get closedWith(): { error: OverlayError | undefined } | undefined {
    return this.#end.phase === 'ended' && this.#end.said ? { error: this.#end.error } : undefined
  }

  get isOver(): boolean {
    return this.#state.phase === 'over'
  }

  /** What the other side is told when it resumes. */
  get ending(): Ending {
    return this.#state.ending
  }

  /** The request that resumes this session on a fresh stream. */
  get resumeRequest(): ResumeRequest {
    const { sessionId, secret } = this.#options
    const { received, credit } = this.#state.ending
    return { sessionId: new Uint8Array(sessionId), secret: new Uint8Array(secret), received, credit }
  }

  /** Labels of the attached paths. */
  get labels(): string[] {
    return this.#state.paths().map(({ relay }) => relay)
  }

  /**
   * Carries the session on a channel whose handshake is complete; the session closes it, or when both sides know that it ended in order hands it to
   * `onAgain`.
   */
  addPath(channel: FrameChannel, offer: PathOffer, onAgain?: OnAgain): void {
    if (this.isOver) {
      channel.abort(new OverlayError('closed', 'The session is over.'))
      return
    }
    const id = this.#nextPathId++
    const path = new PathIo(channel, {
      heard: () => this.#state.heard(id, this.#clock.monotonic()),
      alive: () => this.#state.alive(id, this.#clock.monotonic()),
      frame: (frame) => {
        const isAsked = frame.type === 'again' && onAgain !== undefined && this.role === 'host'
        if (isAsked && this.#endedInOrder) this.#again(id, onAgain)
        else this.#state.receive(id, frame, this.#clock.monotonic())
      },
      settled: () => this.#changed(),
      next: () => this.#state.nextFrame(id, this.#clock.monotonic()),
      closed: (error, inOrder) => this.#pathClosed(id, error, inOrder),
    })
    this.#paths.set(id, path)
    if (onAgain !== undefined && this.role === 'dialer') this.#onAgain.set(id, onAgain)
    this.#do((now) => this.#state.attachPath(id, offer, now))
    if (this.#paths.has(id)) path.start()
  }

  /** The host said, when asked to resume, that it is over. */
  endedThere(ending: Ending): void {
    this.#do((now) => this.#state.endedThere(ending, now))
  }

  /** Ends the session at once, without telling the other side: it knows, or can't be told. */
  fail(error: OverlayError): void {
    this.#do((now) => this.#state.fail(error, now))
  }

  /** Tells the other side this step on the way to a direct path, instead of an earlier one; undefined: none any more. */
  offerDirect(offer: DirectOffer | undefined): void {
    this.#do((now) => this.#state.offerDirect(offer, now))
  }

  /** For a process that ends: tells the other side if that is possible at once, and waits for nothing. */
  destroy(): void {
    this.abort('', 'closed')
    this.#flush()
    this.fail(new OverlayError('closed', 'The session was closed.'))
    this.#flush()
  }

  // --- inside ----------------------------------------------------------------------------------------------------------

  async #close(timeoutMs: number): Promise<void> {
    let late = false
    const cancel = this.#clock.after(timeoutMs, () => {
      late = true
      this.abort('', 'closed')
    })
    this.once('over', cancel)
    this.closeWrite().catch(() => {})
    this.#moveEnd({ type: 'leave' })
    this.#do((now) => this.#state.discard(now))
    this.#reads.serve()
    await this.#settled.promise
    if (this.#end.delivered) return
    const error = this.#error()
    if (error === undefined || late) {
      throw new OverlayError(
        'timed_out',
        `The other side did not confirm within ${timeoutMs} ms that it got everything.`,
      )
    }
    throw error
  }

  #readResult(): ReadResult {
    if (dropsIncoming(this.#end)) return { end: true }
    if (this.#state.readableBytes > 0) {
      const bytes = this.#do((now) => this.#state.read(now))
      if (bytes !== undefined) return { bytes }
    }
    if (this.#state.readFinished) return { end: true }
    const error = this.#error()
    return error === undefined ? undefined : { error }
  }

  #refuseWrite(): void {
    const error = this.#error()
    if (error !== undefined) throw error
    if (this.#end.phase === 'ended' || this.#state.writeEnded || this.#writes.ended) {
      throw new OverlayError('closed', 'The writing end of this connection was closed before.')
    }
  }

  #pathClosed(id: PathId, error: OverlayError | undefined, inOrder = false): void {
    const broken = error !== undefined && error.code !== 'unreachable'
    this.#do((now) => {
      if (broken) this.#state.abort(abortCode.protocol_error, '', error, now)
      this.#state.pathLost(id, now, inOrder)
    })
  }

  /** Runs one call of the state machine, then does what follows from it. */
  #do<T>(call: (now: number) => T): T {
    const result = call(this.#clock.monotonic())
    this.#changed()
    return result
  }

  #changed(): void {
    this.#dispatch()
    if (this.#flushScheduled) return
    this.#flushScheduled = true
    // After everything that is going on in this turn, what applications do in promises included, so that what it writes goes out together.
    resolved.then(this.#afterMicrotasks)
  }

  readonly #afterMicrotasks = (): void => process.nextTick(this.#flushScheduledNow)

  readonly #flushScheduledNow = (): void => {
    this.#flushScheduled = false
    this.#flush()
  }

  #flush(): void {
    for (const path of this.#paths.values()) path.flush()
    this.#dispatch()
    this.#arm()
  }

  /** Passes on what has happened. What listeners cause meanwhile comes after it, not in the middle. */
  #dispatch(): void {
    if (this.#dispatching) return
    this.#dispatching = true
    try {
      for (let events = this.#state.takeEvents(); events.length > 0; events = this.#state.takeEvents()) {
        for (const event of events) this.#on(event)
      }
      this.#maybeEmitClose()
    } finally {
      this.#dispatching = false
    }
  }

  #on(event: SessionEvent): void {
    switch (event.type) {
      case 'path:lost': {
        const { pathId, label: relay, kind, silentMs } = event
        this.#paths.get(pathId)?.stop()
        this.#paths.delete(pathId)
        if (this.#end.phase !== 'ended') this.emit('path:lost', { relay, kind, silentMs })
        break
      }
      case 'path:dropped':
        this.#paths.get(event.pathId)?.end(this.#clock)
        this.#paths.delete(event.pathId)
        break
      case 'path:changed': {
        const { type: _, ...change } = event
        if (this.#end.phase !== 'ended') this.emit('path:changed', change)
        break
      }
      case 'interrupted':
        this.emit('interrupted', { graceMs: event.graceMs })
        break
      case 'resumed':
        this.emit('resumed')
        break
      case 'paths':
        this.emit('paths')
        break
      case 'readable':
        this.#reads.serve()
        break
      case 'writable':
        this.#writes.serve()
        break
      case 'delivered':
        this.#moveEnd({ type: 'delivered' })
        break
      case 'direct':
        this.emit('direct', event.offer)
        break
      case 'closed':
        this.#moveEnd({ type: 'ended', error: event.error })
        this.#writes.fail(() => event.error ?? new OverlayError('closed', 'The connection is closed.'))
        this.#reads.serve()
        break
      case 'over':
        this.#leave()
        break
    }
  }

  #maybeEmitClose(): void {
    if (!isToBeSaid(this.#end, this.#state.readFinished)) return
    this.#moveEnd({ type: 'said' })
    this.emit('close', this.#error())
  }

  /** What the session ended with; undefined while it has not ended, and when it ended in order. */
  #error(): OverlayError | undefined {
    return this.#end.phase === 'ended' ? this.#end.error : undefined
  }

  #moveEnd(event: SessionEndEvent): void {
    this.#end = afterEvent(this.#end, event)
    if (isSettled(this.#end)) this.#settled.resolve()
  }

  /** The dialer asks for the path of a session that is over for it, and so for us. */
  #again(id: PathId, onAgain: OnAgain): void {
    const path = this.#paths.get(id)
    if (path === undefined) return
    this.#paths.delete(id)
    letGo(path.release(), onAgain)
    this.#do((now) => this.#state.pathLost(id, now, true))
  }

  get #endedInOrder(): boolean {
    return this.#end.phase === 'ended' && this.#end.error === undefined && this.#end.delivered
  }

  #leave(): void {
    for (const [id, path] of this.#paths) {
      const onAgain = this.#endedInOrder ? this.#onAgain.get(id) : undefined
      if (onAgain === undefined) path.stop()
      else askAgain(path.release(), this.#clock, onAgain)
    }
    this.#paths.clear()
    this.#timer?.cancel()
    this.#timer = undefined
    this.emit('over')
    this.#closeCalled.resolve()
    this.#over.resolve()
  }

  /** One timer, moved only when it would be late: an early tick does no harm, nor one later by the delay of an acknowledgement. */
  #arm(): void {
    const now = this.#clock.monotonic()
    if (this.#timer !== undefined && this.#timer.at <= now + this.#ackDelayMs && !this.isOver) return
    const at = this.#state.nextTick()
    if (at === undefined) {
      this.#timer?.cancel()
      this.#timer = undefined
      return
    }
    if (this.#timer !== undefined && this.#timer.at <= at) return
    this.#timer?.cancel()
    const cancel = this.#clock.after(Math.max(0, Math.ceil(at - now)), () => {
      this.#timer = undefined
      this.#do((now) => this.#state.tick(now))
    })
    this.#timer = { at, cancel }
  }
}
