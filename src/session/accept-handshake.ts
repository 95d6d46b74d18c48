import type { Clock } from '../core/clock.js'
import { OverlayError } from '../core/errors.js'
import { firstFrameTimeoutMs, pathAttemptTimeoutMs } from '../core/limits.js'
import type { Carrier } from '../net/carrier.js'
import type { Frame } from '../wire/frames.js'
import type { DialAnswer, DialRequest, ResumeAnswer, ResumeRequest } from '../wire/messages/session.js'
import { dialStatus } from '../wire/session-status.js'
import { FrameChannel } from './frame-channel.js'
import { type ArrivedPath, answerOf, RingingDial, type SessionTable, sayLast } from './ringing-dial.js'
import type { SessionLimits } from './types.js'

export interface AcceptPathOptions extends ArrivedPath {
  /** The authenticated peer at the other end. */
  remotePeerId: string
  /** One table for all paths of a host. */
  table: SessionTable
  clock: Clock
  /** Cryptographically strong. */
  randomBytes: (length: number) => Uint8Array
  /**
   * A new call, once per dial id. Answer it (`accept`, `refuse`) now or later; if it is not answered when this returns,
   * the caller is told that it rings.
   */
  onDial: (dial: RingingDial) => void
  /** For tests; the product's limits otherwise. */
  limits?: Partial<SessionLimits>
}

/**
 * Takes a fresh path from a dialer: rings for a new dial, answers a retry as the first time, or adds the path to the
 * session that it resumes. Returns at once; from then on the carrier belongs to the session layer, which closes it.
 */
export function acceptPath(carrier: Carrier, options: AcceptPathOptions): void {
  acceptOn(new FrameChannel(carrier), options)
}

function acceptOn(channel: FrameChannel, options: AcceptPathOptions): void {
  const cancel = options.clock.after(firstFrameTimeoutMs, () =>
    channel.abort(new OverlayError('timed_out', 'Nothing was asked for in time.')),
  )
  channel.open({
    frame(frame) {
      cancel()
      channel.release()
      accept(channel, frame, options)
    },
    closed: cancel,
  })
}

function accept(channel: FrameChannel, frame: Frame, options: AcceptPathOptions): void {
  if (frame.type === 'dial') acceptDial(channel, frame.request, options)
  else if (frame.type === 'resume') acceptResume(channel, frame.request, options)
  else channel.abort(new OverlayError('protocol_error', `A path began with a ${frame.type} frame.`))
}

function acceptDial(channel: FrameChannel, request: DialRequest, options: AcceptPathOptions): void {
  const { table, clock, remotePeerId, onDial } = options
  const path = { ...options, onAgain: (again: FrameChannel) => acceptOn(again, options) }
  const found = table.lookupDial(remotePeerId, request.dialId, clock.monotonic())
  switch (found.state) {
    case 'too many':
      sayLast(channel, answerOf({ status: dialStatus.busy }), clock)
      return
    case 'ringing':
      found.dial.addPath(channel, path)
      return
    case 'answered':
      answerAgain(channel, found.answer, options)
      return
    case 'new': {
      const dial = new RingingDial({ ...options, peerId: remotePeerId, request })
      table.ring(remotePeerId, request.dialId, dial)
      dial.addPath(channel, path)
      try {
        if (!dial.answered) onDial(dial)
      } catch (error) {
        dial.refuse('internal')
        throw error
      }
      dial.ring()
    }
  }
}

/** A retry of a dial whose answer got lost with its path. */
function answerAgain(channel: FrameChannel, answer: DialAnswer, options: AcceptPathOptions): void {
  const { table, clock, remotePeerId, kind, label, addresses } = options
  if (answer.status !== dialStatus.accepted) {
    sayLast(channel, answer, clock)
    return
  }
  const session = table.session(remotePeerId, answer.sessionId)
  if (session === undefined) {
    sayLast(channel, answerOf({ status: dialStatus.closed }), clock)
    return
  }
  channel.sendFrame({ type: 'dialAnswer', answer })
  session.addPath(channel, { kind, label, ...(addresses === undefined ? {} : { addresses }) })
}

function acceptResume(channel: FrameChannel, request: ResumeRequest, options: AcceptPathOptions): void {
  const { table, clock, remotePeerId, kind, label, addresses } = options
  const found = table.resume(remotePeerId, request.sessionId, request.secret, clock.monotonic())
  const answer: ResumeAnswer = {
    status: found === undefined ? dialStatus.session_unknown : dialStatus.accepted,
    reason: '',
    received: 0,
    credit: 0,
    ended: found?.state === 'ended',
    abortCode: 0,
  }
  if (found?.state === 'open') {
    const { received, credit } = found.session.ending
    channel.sendFrame({ type: 'resumeAnswer', answer: { ...answer, received, credit } })
    const { received: remoteReceived, credit: remoteCredit } = request
    const known = addresses === undefined ? {} : { addresses }
    found.session.addPath(channel, { kind, label, ...known, remoteReceived, remoteCredit })
    return
  }
  if (found?.state === 'ended') {
    const { received, credit, abort } = found.ending
    Object.assign(answer, { received, credit, abortCode: abort?.code ?? 0, reason: abort?.reason ?? '' })
  }
  channel.sendFrame({ type: 'resumeAnswer', answer })
  channel.end(clock, pathAttemptTimeoutMs)
}
