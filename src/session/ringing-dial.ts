import type { Clock } from '../core/clock.js'
import { OverlayError } from '../core/errors.js'
import {
  defaultConnectTimeoutMs,
  maxReasonBytes,
  pathAttemptTimeoutMs,
  pathHeartbeatMs,
  receiveWindowBytes,
  ringingGraceMs,
} from '../core/limits.js'
import { truncateUtf8 } from '../core/text.js'
import { type Frame, sessionIdBytes, sessionSecretBytes } from '../wire/frames.js'
import type { DialAnswer, DialRequest } from '../wire/messages/session.js'
import { type DialStatus, dialStatus } from '../wire/session-status.js'
import type { FrameChannel } from './frame-channel.js'
import type { HostTable } from './host-table.js'
import type { OnAgain } from './path-again.js'
import { Session } from './session.js'
import type { PathAddresses, PathKind, SessionLimits } from './types.js'

/** A caller pings at least this often while it rings; twice as long without a byte, and the path is taken for lost. */
const silentPathMs = 4 * pathHeartbeatMs
/** Paths of one dial; the oldest goes when a dialer opens more. */
const maxRingingPaths = 8
/** No caller waits longer than this, whatever it says. */
const maxRingingMs = 10 * 60_000

/** The table of a host whose dials ring as {@link RingingDial} and whose sessions are {@link Session}s. */
export type SessionTable = HostTable<RingingDial, Session>

/** How a path reached the host. */
export interface ArrivedPath {
  label: string
  kind: PathKind
  /** Of a direct one. */
  addresses?: PathAddresses
  /** Takes the path when its session is over. */
  onAgain?: OnAgain
}

export interface RingingDialOptions {
  peerId: string
  request: DialRequest
  table: SessionTable
  clock: Clock
  randomBytes: (length: number) => Uint8Array
  limits?: Partial<SessionLimits>
}

/** How a host says no. */
export type Refusal = Exclude<DialStatus, 'accepted' | 'ringing' | 'session_unknown'>

/**
 * One call that waits for an answer, on all the paths its dialer has tried. The first answer counts; it is sent on each
 * path and remembered for retries. It answers itself when the caller gives up, loses its paths for too long, or its time
 * is over.
 */
export class RingingDial {
  readonly peerId: string
  readonly request: DialRequest
  readonly #options: RingingDialOptions
  readonly #gone = new AbortController()
  readonly #settled = Promise.withResolvers<void>()
  readonly #paths = new Map<FrameChannel, ArrivedPath & { cancelSilence: () => void }>()
  #timeoutMs: number
  #cancelTimeout: () => void
  #cancelGrace = () => {}
  #answered = false
  #rings = false

  constructor(options: RingingDialOptions) {
    const { request, clock, peerId } = options
    this.#options = options
    this.peerId = peerId
    this.request = request
    this.#timeoutMs = Math.min(maxRingingMs, request.connectTimeoutMs || defaultConnectTimeoutMs)
    this.#cancelTimeout = clock.after(this.#timeoutMs, this.#onTimeout)
  }

  /** Fires when the caller gave up, its time is over, or it was ended, with an OverlayError; not when it was answered. */
  get signal(): AbortSignal {
    return this.#gone.signal
  }

  /** Resolves when it has been answered, by whomever. */
  get settled(): Promise<void> {
    return this.#settled.promise
  }

  get answered(): boolean {
    return this.#answered
  }

  /** It rings for no longer than this from now on; what the caller said counts when that is shorter. */
  waitAtMost(ms: number): void {
    if (this.#answered || ms >= this.#timeoutMs) return
    this.#timeoutMs = ms
    this.#cancelTimeout()
    this.#cancelTimeout = this.#options.clock.after(ms, this.#onTimeout)
  }

  /** Tells the caller that somebody is being asked; what `acceptPath` does unless the answer was there at once. */
  ring(): void {
    if (this.#answered) return
    this.#rings = true
    for (const channel of this.#paths.keys()) this.#send(channel, answerOf({ status: dialStatus.ringing }))
  }

  /**
   * Accepts: returns the host's side of the session, carried by the paths that are there. `direct`: the host would like a
   * direct path; `graceMs`: how long it outlives the loss of all its paths. Throws `canceled` or `timed_out` when the caller is gone, `closed` when it was answered before.
   */
  accept(options: { direct?: boolean; graceMs?: number } = {}): Session {
    if (this.#answered) throw this.signal.reason ?? new OverlayError('closed', 'The dial was answered before.')
    const { clock, randomBytes, request, table, limits, peerId } = this.#options
    const sessionId = new Uint8Array(randomBytes(sessionIdBytes))
    const secret = new Uint8Array(randomBytes(sessionSecretBytes))
    const window = limits?.receiveWindowBytes ?? receiveWindowBytes
    const answer = answerOf({
      status: dialStatus.accepted,
      sessionId,
      secret,
      receiveWindowBytes: window,
      direct: options.direct ?? false,
    })
    const session = new Session({
      role: 'host',
      sessionId,
      secret,
      clock,
      remoteWindowBytes: request.receiveWindowBytes,
      limits: { ...limits, ...(options.graceMs === undefined ? {} : { sessionGraceMs: options.graceMs }) },
    })
    table.open(peerId, sessionId, secret, session)
    session.once('over', () => table.close(sessionId, session.ending, clock.monotonic()))
    // The newest path first: it is the one the caller most probably still has.
    const paths = [...this.#paths].reverse()
    this.#settle(answer)
    for (const [channel, path] of paths) {
      channel.release()
      channel.sendFrame({ type: 'dialAnswer', answer })
      session.addPath(channel, { kind: path.kind, label: path.label }, path.onAgain)
    }
    return session
  }

  /** Says no, with the host's words if any. Does nothing when it was answered before. */
  refuse(status: Refusal, reason = ''): void {
    if (this.#answered) return
    const answer = answerOf({ status: dialStatus[status], reason: truncateUtf8(reason, maxReasonBytes) })
    const channels = [...this.#paths.keys()]
    this.#settle(answer)
    for (const channel of channels) sayLast(channel, answer, this.#options.clock)
  }

  /** Says no for another one than who was asked: the signal fires as well. The reason is the error's text unless given. */
  end(status: Refusal, error: OverlayError, reason = error.message): void {
    if (this.#answered) return
    this.refuse(status, reason)
    this.#gone.abort(error)
  }

  /** One more path of the same call. */
  addPath(channel: FrameChannel, path: ArrivedPath): void {
    this.#cancelGrace()
    this.#paths.set(channel, { ...path, cancelSilence: this.#watchSilence(channel) })
    if (this.#paths.size > maxRingingPaths) this.#drop([...this.#paths.keys()][0]!, 'Too many paths for one dial.')
    if (this.#rings) this.#send(channel, answerOf({ status: dialStatus.ringing }))
    channel.open({
      heard: () => this.#heard(channel),
      frame: (frame) => this.#handle(channel, frame),
      closed: () => this.#lost(channel),
    })
  }

  #handle(channel: FrameChannel, frame: Frame): void {
    if (frame.type === 'ping') channel.pong(frame.id)
    else if (frame.type === 'cancel') this.#end('canceled', 'The caller gave up.')
    else if (frame.type !== 'pong') {
      channel.abort(new OverlayError('protocol_error', `A ${frame.type} frame came while the dial rang.`))
      this.#lost(channel)
    }
  }

  #heard(channel: FrameChannel): void {
    const path = this.#paths.get(channel)
    if (path === undefined) return
    path.cancelSilence()
    path.cancelSilence = this.#watchSilence(channel)
  }

  #watchSilence(channel: FrameChannel): () => void {
    return this.#options.clock.after(silentPathMs, () => this.#drop(channel, 'The caller was not heard any more.'))
  }

  #drop(channel: FrameChannel, text: string): void {
    channel.abort(new OverlayError('unreachable', text))
    this.#lost(channel)
  }

  #lost(channel: FrameChannel): void {
    const path = this.#paths.get(channel)
    if (path === undefined || this.#answered) return
    path.cancelSilence()
    this.#paths.delete(channel)
    if (this.#paths.size > 0) return
    this.#cancelGrace = this.#options.clock.after(ringingGraceMs, () => {
      this.#end('canceled', 'The caller was lost and did not come back.')
    })
  }

  readonly #onTimeout = (): void => this.#end('timed_out', 'Nobody answered in time.')

  #end(code: 'canceled' | 'timed_out', text: string): void {
    this.end(code, new OverlayError(code, text), '')
  }

  #settle(answer: DialAnswer): void {
    const { table, clock, request, peerId } = this.#options
    this.#answered = true
    this.#settled.resolve()
    this.#cancelTimeout()
    this.#cancelGrace()
    for (const { cancelSilence } of this.#paths.values()) cancelSilence()
    this.#paths.clear()
    table.answer(peerId, request.dialId, answer, clock.monotonic())
  }

  #send(channel: FrameChannel, answer: DialAnswer): void {
    channel.sendFrame({ type: 'dialAnswer', answer })
  }
}

/** Makes a DIAL_ANSWER with nothing in it but what is given. */
export function answerOf(parts: Partial<DialAnswer> & { status: number }): DialAnswer {
  return {
    reason: '',
    sessionId: new Uint8Array(0),
    secret: new Uint8Array(0),
    receiveWindowBytes: 0,
    direct: false,
    ...parts,
  }
}

/** Sends a final answer and closes the path. */
export function sayLast(channel: FrameChannel, answer: DialAnswer, clock: Clock): void {
  channel.sendFrame({ type: 'dialAnswer', answer })
  channel.end(clock, pathAttemptTimeoutMs)
}
