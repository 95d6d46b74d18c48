import { anySignal } from '../core/abort.js'
import type { Clock } from '../core/clock.js'
import { asOverlayError, OverlayError } from '../core/errors.js'
import { pathAttemptTimeoutMs, pathHeartbeatMs, pathStrikeMs } from '../core/limits.js'
import { whenAborted } from '../core/waiting.js'
import type { Carrier } from '../net/carrier.js'
import { type Frame, sessionIdBytes, sessionSecretBytes } from '../wire/frames.js'
import type { DialAnswer, DialRequest, ResumeAnswer, ResumeRequest } from '../wire/messages/session.js'
import { dialStatusOf, refusalError } from '../wire/session-status.js'
import { FrameChannel } from './frame-channel.js'
import { PathLiveness } from './path-liveness.js'
import { type Ending, resolveSessionLimits, type SessionLimits } from './types.js'

/** How long a path may take to close after its last frame. */
const endTimeoutMs = pathAttemptTimeoutMs
/** Pings of a handshake have the id 0, those of the session that follows begin with 1: their pongs can't be mixed up. */
const handshakePingId = 0

/** An accepted dial: what {@link Session} needs to begin. */
export interface AcceptedDial {
  sessionId: Uint8Array
  secret: Uint8Array
  remoteWindowBytes: number
  /** The host would like a direct path as well. */
  direct: boolean
  /** The path, with what was read of it: for `session.addPath`. */
  channel: FrameChannel
}

export interface DialOnOptions {
  clock: Clock
  /** Gives up: the host is told to stop ringing. The reason, when it is an OverlayError, is what is rejected with. */
  signal?: AbortSignal
  /** The host was reached and rings; called once at most. */
  onRinging?: () => void
  /** For tests; the session that follows must get the same. */
  limits?: Partial<SessionLimits>
}

/** The request without what the session layer fills in. */
export type DialOnRequest = Omit<DialRequest, 'receiveWindowBytes'>

/**
 * Dials on a fresh path and waits for the answer, for as long as the host rings: `signal` limits the time. Rejects with
 * `unreachable` when the path breaks (the dial can be retried over another one with the same dial id), with the refusal
 * (`declined`, `busy`, `not_permitted`, …), which is final, or with the signal's reason. The path is closed then.
 */
export function dialOn(carrier: Carrier, request: DialOnRequest, options: DialOnOptions): Promise<AcceptedDial> {
  const { signal, clock } = options
  const channel = new FrameChannel(carrier)
  const { receiveWindowBytes } = resolveSessionLimits(options.limits)
  let ringing = false
  return exchange<AcceptedDial>({
    channel,
    clock,
    signal,
    attempted: 'The dial',
    first: { type: 'dial', request: { ...request, receiveWindowBytes } },
    giveUp: { type: 'cancel' },
    answer(frame) {
      if (frame.type !== 'dialAnswer') return undefined
      const { answer } = frame
      const status = dialStatusOf(answer.status)
      if (status === 'ringing') {
        if (!ringing) options.onRinging?.()
        ringing = true
        return undefined
      }
      if (status !== 'accepted')
        throw refusalError(answer.status, answer.reason === '' ? {} : { reason: answer.reason })
      return { result: acceptance(answer, channel) }
    },
  })
}

function acceptance(answer: DialAnswer, channel: FrameChannel): AcceptedDial {
  const { sessionId, secret, direct } = answer
  if (sessionId.byteLength !== sessionIdBytes || secret.byteLength !== sessionSecretBytes) {
    throw new OverlayError('protocol_error', 'The host accepted without naming a session.')
  }
  return { sessionId, secret, direct, remoteWindowBytes: answer.receiveWindowBytes, channel }
}

/** What the host said to a RESUME: how far it is, or that the session is over for it. */
export type ResumeOutcome =
  | { state: 'open'; received: number; credit: number; channel: FrameChannel }
  | { state: 'ended'; ending: Ending }

export interface ResumeOnOptions {
  clock: Clock
  signal?: AbortSignal
}

/**
 * Resumes a session on a fresh path, within `pathAttemptTimeoutMs`. Rejects with `unreachable` when the path breaks or
 * takes too long, and with `session_unknown` or another refusal when the host will not have it; the path is closed then.
 */
export async function resumeOn(
  carrier: Carrier,
  request: ResumeRequest,
  { clock, signal }: ResumeOnOptions,
): Promise<ResumeOutcome> {
  const channel = new FrameChannel(carrier)
  const late = new AbortController()
  const cancel = clock.after(pathAttemptTimeoutMs, () =>
    late.abort(new OverlayError('unreachable', `The path took longer than ${pathAttemptTimeoutMs} ms.`)),
  )
  try {
    return await exchange<ResumeOutcome>({
      channel,
      clock,
      signal: anySignal(signal, late.signal),
      attempted: 'Resuming a session',
      first: { type: 'resume', request },
      answer(frame) {
        if (frame.type !== 'resumeAnswer') return undefined
        return { result: resumption(frame.answer, channel, clock) }
      },
    })
  } finally {
    cancel()
  }
}

function resumption(answer: ResumeAnswer, channel: FrameChannel, clock: Clock): ResumeOutcome {
  const { received, credit, reason } = answer
  if (dialStatusOf(answer.status) !== 'accepted') throw refusalError(answer.status, reason === '' ? {} : { reason })
  if (!answer.ended) return { state: 'open', received, credit, channel }
  channel.end(clock, endTimeoutMs)
  const abort = answer.abortCode === 0 ? {} : { abort: { code: answer.abortCode, reason } }
  return { state: 'ended', ending: { received, credit, ...abort } }
}

interface Exchange<T> {
  channel: FrameChannel
  clock: Clock
  signal: AbortSignal | undefined
  /** Begins the sentence of the error. */
  attempted: string
  first: Frame
  /** Sent when the signal fires. */
  giveUp?: Frame
  /** The result, or undefined for a frame that is not the answer yet; throws the refusal. */
  answer(frame: Frame): { result: T } | undefined
}

/** Sends one frame and waits for the answer, while pings watch that the path is alive. Leaves the channel released. */
function exchange<T>({ channel, clock, signal, attempted, first, giveUp, answer }: Exchange<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const liveness = new PathLiveness({ heartbeatMs: pathHeartbeatMs, strikeMs: pathStrikeMs }, clock.monotonic())
    let cancelTimer = () => {}
    let forget = () => {}
    let settled = false
    const settle = () => {
      settled = true
      cancelTimer()
      forget()
    }
    const fail = (error: Error) => {
      if (settled) return
      settle()
      reject(error)
    }
    const onAbort = () => {
      if (settled) return
      if (giveUp !== undefined) channel.sendFrame(giveUp)
      channel.end(clock, endTimeoutMs)
      fail(asOverlayError(signal?.reason, 'canceled', `${attempted} was canceled`))
    }
    const watch = () => {
      if (settled) return
      if (liveness.tick(clock.monotonic()) === 'lost') {
        const error = new OverlayError('unreachable', `${attempted} failed: nothing came on the path any more.`)
        channel.abort(error)
        fail(error)
        return
      }
      if (liveness.pingDue) {
        liveness.takePing(clock.monotonic())
        channel.sendFrame({ type: 'ping', id: handshakePingId })
      }
      cancelTimer = clock.after(Math.max(1, Math.ceil(liveness.dueAt - clock.monotonic())), watch)
    }
    const handle = (frame: Frame) => {
      if (frame.type === 'ping') return channel.pong(frame.id)
      if (frame.type === 'pong') return
      try {
        const outcome = answer(frame)
        if (outcome !== undefined) {
          settle()
          if (!channel.closed) channel.release()
          resolve(outcome.result)
        } else if (frame.type !== 'dialAnswer') {
          throw new OverlayError('protocol_error', `A ${frame.type} frame came before the answer.`)
        }
      } catch (error) {
        channel.end(clock, endTimeoutMs)
        fail(asOverlayError(error, 'internal', attempted))
      }
    }

    if (signal?.aborted) {
      channel.abort(new OverlayError('canceled', `${attempted} was canceled.`))
      fail(asOverlayError(signal.reason, 'canceled', `${attempted} was canceled`))
      return
    }
    forget = whenAborted(signal, onAbort)
    channel.open({
      heard: () => liveness.heard(clock.monotonic()),
      frame: handle,
      closed: (error) => fail(error ?? new OverlayError('unreachable', `${attempted} failed: the path broke.`)),
    })
    if (settled) return
    channel.sendFrame(first)
    liveness.probe(clock.monotonic())
    watch()
  })
}
