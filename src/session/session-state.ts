import { isOverlayError, OverlayError } from '../core/errors.js'
import type { DataFrame, Frame } from '../wire/frames.js'
import type { DirectOffer } from '../wire/messages/session.js'
import { abortCode, abortError } from '../wire/session-status.js'
import { AckSchedule } from './ack-schedule.js'
import { AckWatch } from './ack-watch.js'
import { EventLog } from './event-log.js'
import { PathSet } from './path-set.js'
import { ReceiveBuffer } from './receive-buffer.js'
import { SendBuffer } from './send-buffer.js'
import type { SessionPath } from './session-path.js'
import { type AbortCause, type Outcome, SessionPhase } from './session-phase.js'
import { SessionTime } from './session-time.js'
import type { Ending, PathId, PathOffer, PathView, SessionEvent, SessionLimits, SessionRole } from './types.js'

export interface SessionStateOptions {
  role: SessionRole
  limits: SessionLimits
  /** Credit that the other side granted in its DIAL or DIAL_ANSWER. */
  remoteWindowBytes: number
}

const never = Number.POSITIVE_INFINITY

/**
 * One side of a session: a reliable byte stream over replaceable paths, without I/O, clock or randomness. Whoever drives
 * it attaches and loses paths, hands in what comes, puts on each path what `nextFrame` returns for it, calls `tick` at
 * `nextTick`, and takes the events after every call. `now` is in ms and never goes back.
 *
 * `open` → `draining` (over for the application; the other side has yet to learn it) → `over`.
 */
export class SessionState {
  readonly role: SessionRole
  readonly #limits: SessionLimits
  readonly #send: SendBuffer
  readonly #receive: ReceiveBuffer
  readonly #acks: AckSchedule
  readonly #watch = new AckWatch()
  readonly #events = new EventLog()
  readonly #paths: PathSet
  readonly #time: SessionTime
  readonly #phase: SessionPhase
  #offer: { offer: DirectOffer; sentOn: PathId | undefined } | undefined

  constructor({ role, limits, remoteWindowBytes }: SessionStateOptions, now: number) {
    this.role = role
    this.#limits = limits
    const { maxDataFrameBytes, receiveWindowBytes, ackDelayMs } = limits
    this.#send = new SendBuffer({ capacityBytes: limits.sendBufferBytes, maxDataFrameBytes, credit: remoteWindowBytes })
    this.#receive = new ReceiveBuffer({ windowBytes: receiveWindowBytes })
    this.#acks = new AckSchedule(this.#receive, { delayMs: ackDelayMs, everyBytes: Math.ceil(receiveWindowBytes / 4) })
    this.#paths = new PathSet({
      role,
      limits,
      send: this.#send,
      acks: this.#acks,
      watch: this.#watch,
      events: this.#events,
    })
    this.#time = new SessionTime(now, limits.minAckOverdueMs)
    this.#phase = new SessionPhase(
      {
        role,
        limits,
        events: this.#events,
        onClosed: (outcome, time) => this.#closed(outcome, time),
        onOver: () => this.#paths.clear(),
      },
      now,
    )
  }

  // --- what can be seen ------------------------------------------------------------------------------------------------

  get phase(): 'open' | 'draining' | 'over' {
    return this.#phase.current
  }

  /** Returns what the other side is told when it resumes. */
  get ending(): Ending {
    const { received, credit } = this.#receive
    const { abort } = this.#phase
    return abort === undefined ? { received, credit } : { received, credit, abort }
  }

  get active(): PathId | undefined {
    return this.#paths.active?.id
  }

  /** Bytes kept for sending again, and bytes kept for the reader; for tests that count. */
  get heldBytes(): { send: number; receive: number } {
    return { send: this.#send.heldBytes, receive: this.#receive.heldBytes }
  }

  get stats(): { bytesWritten: number; bytesAcknowledged: number; bytesRead: number; pathChanges: number } {
    return {
      bytesWritten: this.#send.written,
      bytesAcknowledged: this.#send.acknowledged,
      bytesRead: this.#receive.read + this.#receive.readable,
      pathChanges: this.#paths.changes,
    }
  }

  /** Bytes that `write` would accept now; 0 when writing has ended. */
  get writableBytes(): number {
    return this.#phase.isOpen ? this.#send.free : 0
  }

  /** Writing has ended, here or with the session. */
  get writeEnded(): boolean {
    return !this.#phase.isOpen || this.#send.ended
  }

  /** Bytes in order that nobody has read yet. */
  get readableBytes(): number {
    return this.#receive.readable
  }

  /** The other side's stream has been read to its end. */
  get readFinished(): boolean {
    return this.#receive.finished
  }

  /** Further paths that would be good to have. */
  get missingPaths(): number {
    if (this.phase === 'draining') return this.#paths.size === 0 ? 1 : 0
    return this.#phase.isOpen ? this.#paths.missing : 0
  }

  paths(): (PathView & { id: PathId; suspect: boolean })[] {
    return this.#paths.views()
  }

  takeEvents(): SessionEvent[] {
    return this.#events.take()
  }

  // --- paths -----------------------------------------------------------------------------------------------------------

  /** Attaches a path whose handshake is complete; ignored when the session is over. */
  attachPath(id: PathId, offer: PathOffer, now: number): void {
    const time = this.#advance(now)
    if (this.phase === 'over') return
    const path = this.#paths.attach(id, offer, time)
    if (this.#phase.isOpen) {
      this.#phase.carried()
      this.#guard(time, () => {
        this.#acknowledged(offer.remoteReceived ?? 0, offer.remoteCredit ?? 0, time, path)
        this.#paths.select(time)
        // Its handshake has just been heard.
        this.#paths.heard(path, time)
      })
    }
    this.#acks.refresh(id)
    if (this.phase === 'draining' && this.role === 'dialer') path.confirmId = path.liveness.demand(time)
    this.#settle(time)
  }

  /** The path is gone, perhaps closed in good order. Unknown ids are ignored, so that one loss may be reported twice. */
  pathLost(id: PathId, now: number, inOrder = false): void {
    const time = this.#advance(now)
    const path = this.#paths.get(id)
    if (path !== undefined && inOrder) this.#paths.closed(path, time)
    else if (path !== undefined) this.#paths.lose(path, time)
    this.#settle(time)
  }

  /** Called when bytes came on the path, though perhaps no whole frame yet. */
  heard(id: PathId, now: number): void {
    const time = this.#advance(now)
    const path = this.#paths.get(id)
    if (path !== undefined) this.#paths.heard(path, time)
  }

  /** What carries the path is alive, though nothing came on the path itself: where many share a slow line it may take its time. */
  alive(id: PathId, now: number): void {
    const time = this.#advance(now)
    this.#paths.get(id)?.liveness.heard(time)
  }

  /** Takes a frame that came. Anything that breaks the protocol ends the session with `protocol_error`. */
  receive(id: PathId, frame: Frame, now: number): void {
    const time = this.#advance(now)
    const path = this.#paths.get(id)
    if (path === undefined) return
    this.#paths.heard(path, time)
    this.#guard(time, () => this.#handle(path, frame, time))
    this.#settle(time)
  }

  /** Returns what goes on the path next; undefined when there is nothing. Taken frames count as sent. */
  nextFrame(id: PathId, now: number): Frame | undefined {
    const time = this.#advance(now)
    const path = this.#paths.get(id)
    if (path === undefined) return undefined
    const { outcome } = this.#phase
    if (outcome === 'aborted here' && !path.abortSent) return this.#takeAbort(path, time)
    if (path.pongDue !== undefined) {
      const pong = { type: 'pong' as const, id: path.pongDue }
      path.pongDue = undefined
      return pong
    }
    if (outcome === undefined || outcome === 'done') {
      const ack = this.#acks.take(id)
      if (ack !== undefined) return { type: 'ack', ...ack }
    }
    if (path.liveness.pingDue) return { type: 'ping', id: path.liveness.takePing(time) }
    if (!this.#phase.isOpen || path !== this.#paths.active) return undefined
    return this.#takeChoice(path) ?? this.#takeOffer(path) ?? this.#takeData(path, time)
  }

  /** The session's clock has reached `nextTick`. Calling it early or late does no harm. */
  tick(now: number): void {
    const time = this.#advance(now)
    this.#paths.tick(time)
    if (this.#phase.isOpen) {
      this.#acks.tick(time, this.active)
      if (time >= this.#overdueAt()) this.#paths.overdue(time)
      if (time >= (this.#watch.starvedAt ?? never)) {
        for (const path of this.#paths) path.liveness.probe(time)
        this.#watch.starved(time, this.#limits.pathHeartbeatMs)
      }
      this.#paths.select(time)
    }
    this.#phase.tick(time)
    this.#settle(time)
  }

  /** The process stood still for so long: every path is asked for a sign of life at once. */
  slept(ms: number, now: number): void {
    const time = this.#advance(now)
    if (!this.#phase.isOpen) return
    for (const path of this.#paths) path.liveness.suspectNow(time)
    this.#phase.slept(ms, time)
    this.#settle(time)
  }

  /** When `tick` has something to do; undefined when nothing is going to happen by itself, and from the end on. */
  nextTick(): number | undefined {
    if (this.phase === 'over') return undefined
    const due = this.#promised()
    return due === undefined ? undefined : this.#time.outside(due)
  }

  // --- the application -------------------------------------------------------------------------------------------------

  /** Accepts as many bytes as there is room for, and returns how many. The array must not be changed afterwards. */
  write(bytes: Uint8Array, now: number): number {
    const time = this.#advance(now)
    if (this.writeEnded) return 0
    const accepted = this.#send.write(bytes)
    this.#settle(time)
    return accepted
  }

  /** Half close: the other side reads to the end, reading here goes on. */
  endWrite(now: number): void {
    const time = this.#advance(now)
    if (this.writeEnded) return
    this.#send.end()
    this.#settle(time)
  }

  /** Returns the next bytes; undefined when there are none now (or none any more: `readFinished`, or the session is not open). */
  read(now: number, maxBytes?: number): Uint8Array | undefined {
    this.#advance(now)
    const bytes = this.#receive.shift(maxBytes)
    if (bytes !== undefined && this.#phase.isOpen) this.#acks.consumed(this.active)
    return bytes
  }

  /** Nobody is going to read: what comes is dropped, so that the other side can finish. */
  discard(now: number): void {
    this.#advance(now)
    this.#receive.discard()
    if (this.#phase.isOpen) this.#acks.consumed(this.active)
  }

  /** Ends both directions at once; the other side is told `code` and `reason`, here `error` is the end. */
  abort(code: number, reason: string, error: OverlayError, now: number): void {
    const time = this.#advance(now)
    if (!this.#phase.isOpen) return
    this.#receive.discard()
    this.#phase.close('aborted here', error, time, { code, reason })
    this.#settle(time)
  }

  /** Ends the session without telling the other side, who knows or can't be told. */
  fail(error: OverlayError, now: number): void {
    const time = this.#advance(now)
    this.#phase.close('lost', error, time)
    this.#phase.finish()
  }

  /** The host said, when asked to resume, that the session is over for it. */
  endedThere(ending: Ending, now: number): void {
    const time = this.#advance(now)
    if (ending.abort !== undefined) this.#abortedThere(ending.abort, time)
    else if (this.#phase.isOpen) {
      this.#guard(time, () => this.#acknowledged(ending.received, ending.credit, time))
      this.#settle(time)
    }
    this.#phase.close('lost', new OverlayError('session_lost', 'The host ended before all of it had come.'), time)
    this.#phase.finish()
  }

  /**
   * Tells the other side this step on the way to a direct path, instead of an earlier one; again when the path that carried it is lost.
   * Undefined: there is none any more.
   */
  offerDirect(offer: DirectOffer | undefined, now: number): void {
    this.#advance(now)
    this.#offer = offer && { offer, sentOn: undefined }
  }

  // --- what comes ------------------------------------------------------------------------------------------------------

  #handle(path: SessionPath, frame: Frame, now: number): void {
    switch (frame.type) {
      case 'data':
      case 'fin':
        this.#arrived(path, frame, now)
        break
      case 'ack':
        if (this.#phase.isOpen) this.#acknowledged(frame.received, frame.credit, now, path)
        break
      case 'ping':
        path.pongDue = frame.id
        this.#acks.refresh(path.id)
        break
      case 'pong':
        this.#answered(path, frame.id, now)
        break
      case 'direct':
        this.#events.add({ type: 'direct', offer: frame.offer })
        break
      case 'abort':
        this.#abortedThere(frame, now)
        break
      case 'choose':
        this.#fromDialerOnly(frame)
        if (this.#phase.isOpen) this.#paths.chosen(path, frame.number, now)
        break
      case 'cancel':
        // It crossed our answer: the dialer gave up before it knew that we accepted.
        this.#fromDialerOnly(frame)
        this.#phase.close('aborted there', new OverlayError('canceled', 'The caller gave up.'), now, {
          code: abortCode.aborted,
          reason: '',
        })
        break
      default:
        throw new OverlayError('protocol_error', `A ${frame.type} frame came in the middle of a session.`)
    }
  }

  #fromDialerOnly(frame: Frame): void {
    if (this.role === 'dialer') throw new OverlayError('protocol_error', `A ${frame.type} frame came from the host.`)
  }

  #arrived(path: SessionPath, frame: DataFrame | { type: 'fin'; offset: number }, now: number): void {
    if (!this.#phase.isOpen && this.#phase.outcome !== 'done') return
    const before = this.#acks.source
    const arrival =
      frame.type === 'fin' ? this.#receive.fin(frame.offset) : this.#receive.data(frame.offset, frame.payload)
    this.#acks.arrived(path.id, arrival, now)
    if (arrival === 'duplicate') return
    // The other side changed its path, perhaps because the old one is broken: have a look at once.
    if (before !== undefined && before !== path.id) this.#paths.get(before)?.liveness.probe(now)
    if (arrival === 'progress') this.#events.addOnce('readable')
  }

  /** An ACK, or what says the same; `via` is the path it came on. */
  #acknowledged(received: number, credit: number, now: number, via?: SessionPath): void {
    this.#send.grant(credit)
    if (!this.#send.acknowledge(received)) return
    for (const path of this.#paths) {
      if (path.timing === undefined || received < path.timing.upTo) continue
      path.ackTrip.measured(now - path.timing.at)
      path.timing = undefined
      this.#watch.measured()
    }
    // One that was stuck with a path, and is said again on another, says nothing of what is stuck there still.
    if (via === undefined || !this.#send.inFlight || this.#send.carriesOldest(via.id)) this.#watch.restart(now)
    this.#events.addOnce('writable')
    if (this.#send.delivered) this.#events.add({ type: 'delivered' })
  }

  #answered(path: SessionPath, id: number, now: number): void {
    const { roundTripMs, cleared } = path.liveness.pong(id, now)
    if (roundTripMs !== undefined) path.pingTrip.measured(roundTripMs)
    if (cleared) this.#events.addOnce('paths')
    if (this.#phase.isOpen) this.#paths.select(now)
    else if (path.confirmId !== undefined && id >= path.confirmId) this.#phase.finish()
  }

  // --- what goes -------------------------------------------------------------------------------------------------------

  #takeAbort(path: SessionPath, now: number): Frame {
    path.abortSent = true
    if (this.role === 'dialer') path.confirmId = path.liveness.demand(now)
    return { type: 'abort', ...this.#phase.abort! }
  }

  #takeChoice(path: SessionPath): Frame | undefined {
    if (path.chooseDue === undefined) return undefined
    const number = path.chooseDue
    path.chooseDue = undefined
    return { type: 'choose', number }
  }

  #takeOffer(path: SessionPath): Frame | undefined {
    const offer = this.#offer
    if (offer === undefined || (offer.sentOn !== undefined && this.#paths.get(offer.sentOn) !== undefined)) {
      return undefined
    }
    offer.sentOn = path.id
    return { type: 'direct', offer: offer.offer }
  }

  #takeData(path: SessionPath, now: number): Frame | undefined {
    const before = this.#send.sentUpTo
    const frame = this.#send.next(path.id)
    const upTo = this.#send.sentUpTo
    if (upTo > before) path.timing ??= { upTo, at: now }
    return frame
  }

  // --- the end ---------------------------------------------------------------------------------------------------------

  #abortedThere({ code, reason }: AbortCause, now: number): void {
    const error = abortError(code, reason === '' ? {} : { reason })
    this.#phase.close('aborted there', error, now, { code, reason })
    // Nothing that is still to be confirmed matters to somebody who has aborted as well.
    if (this.role === 'dialer') this.#phase.finish()
  }

  /** Over for the application: forget what nobody needs any more. */
  #closed(outcome: Outcome, now: number): void {
    this.#send.clear()
    this.#receive.clear()
    this.#watch.stop()
    // A pong that comes after our last ACK says that the host has learnt of the end as well.
    if (outcome === 'done' && this.role === 'dialer') {
      for (const path of this.#paths) {
        this.#acks.refresh(path.id)
        path.confirmId = path.liveness.demand(now)
      }
    }
  }

  // --- upkeep ----------------------------------------------------------------------------------------------------------

  /** After every call: is it over, is it cut off, what is being waited for? */
  #settle(now: number): void {
    if (this.#phase.isOpen && this.#send.delivered && this.#receive.complete) this.#phase.close('done', undefined, now)
    if (!this.#phase.isOpen) {
      if (this.role === 'host' && this.#paths.size === 0) this.#phase.finish()
      return
    }
    if (this.#paths.active === undefined) {
      this.#watch.stop()
      this.#phase.interrupt(now)
      return
    }
    const { inFlight } = this.#send
    if (inFlight || this.#send.sendable) this.#watch.waits(now)
    else this.#watch.rests()
    if (inFlight || !this.#send.blockedByCredit) this.#watch.fed()
    else this.#watch.starves(now, this.#paths.ackOverdueMs!)
  }

  #guard(now: number, run: () => void): void {
    try {
      run()
    } catch (error) {
      if (!isOverlayError(error, 'protocol_error')) throw error
      this.#phase.close('aborted here', error, now, { code: abortCode.protocol_error, reason: '' })
    }
  }

  #advance(now: number): number {
    const time = this.#time.advance(now, this.#promised)
    if (this.#time.late) this.#phase.wokeUp(time)
    return time
  }

  readonly #promised = (): number | undefined => {
    const due = this.#dueAt()
    return due === never ? undefined : due
  }

  /** In the session's own time. */
  #dueAt(): number {
    const due = Math.min(this.#phase.deadline ?? never, this.#paths.dueAt(this.#time.latest))
    if (!this.#phase.isOpen) return due
    return Math.min(due, this.#acks.dueAt ?? never, this.#watch.starvedAt ?? never, this.#overdueAt())
  }

  /** When the acknowledgement that is awaited is overdue. */
  #overdueAt(): number {
    const { ackOverdueMs } = this.#paths
    return (ackOverdueMs === undefined ? undefined : this.#watch.overdueAt(ackOverdueMs)) ?? never
  }
}
