import { type ErrorCode, OverlayError, type OverlayErrorDetails } from '../core/errors.js'
import { maxReasonBytes } from '../core/limits.js'
import { escapeControls, truncateUtf8 } from '../core/text.js'

/** How a host answers DIAL and RESUME. Numbers of the wire: never reused, never renumbered. */
export const dialStatus = {
  accepted: 1,
  ringing: 2,
  declined: 3,
  busy: 4,
  not_permitted: 5,
  timed_out: 6,
  unknown_instance: 7,
  session_unknown: 8,
  protocol_error: 9,
  closed: 10,
  canceled: 11,
  internal: 12,
} as const

export type DialStatus = keyof typeof dialStatus

/** Why one side ended a session without finishing it. Numbers of the wire, like {@link dialStatus}. */
export const abortCode = {
  aborted: 1,
  protocol_error: 2,
  session_lost: 3,
  closed: 4,
  not_permitted: 5,
  certificate_revoked: 6,
  internal: 7,
  certificate_expired: 8,
} as const

export type AbortCode = keyof typeof abortCode

const dialStatusNames = new Map<number, DialStatus>(
  Object.entries(dialStatus).map(([name, n]) => [n, name as DialStatus]),
)
const abortCodeNames = new Map<number, AbortCode>(Object.entries(abortCode).map(([name, n]) => [n, name as AbortCode]))

/** The status a number stands for; `unknown` for one that a later version may know. */
export function dialStatusOf(number: number): DialStatus | 'unknown' {
  return dialStatusNames.get(number) ?? 'unknown'
}

/** The abort code a number stands for; `unknown` for one that a later version may know. */
export function abortCodeOf(number: number): AbortCode | 'unknown' {
  return abortCodeNames.get(number) ?? 'unknown'
}

/** What the one who asked is told: the error, and a sentence for people. `accepted` and `ringing` are no refusals. */
const refusals: Record<Exclude<DialStatus, 'accepted' | 'ringing'> | 'unknown', [ErrorCode, string]> = {
  declined: ['declined', 'The host declined.'],
  busy: ['busy', 'The host is busy.'],
  not_permitted: ['not_permitted', 'The host does not permit this caller.'],
  timed_out: ['timed_out', 'The host did not answer in time.'],
  unknown_instance: ['unknown_instance', 'The host does not offer this instance.'],
  session_unknown: ['session_unknown', 'The host does not know this session.'],
  protocol_error: ['protocol_error', 'The host could not read what it was sent.'],
  closed: ['offline', 'The host is closing.'],
  canceled: ['canceled', 'The call was given up.'],
  internal: ['internal', 'The host failed to answer.'],
  unknown: ['protocol_error', 'The host answered in a way this version does not know.'],
}

/** What the side that did not abort is told. */
const aborts: Record<AbortCode | 'unknown', [ErrorCode, string]> = {
  aborted: ['aborted', 'The other side ended the session.'],
  protocol_error: ['protocol_error', 'The other side could not read what it was sent.'],
  session_lost: ['session_lost', 'The other side waited in vain for a path and gave the session up.'],
  closed: ['aborted', 'The other side closed the session before reading to its end.'],
  not_permitted: ['not_permitted', 'The other side may not go on with the session.'],
  certificate_revoked: ['certificate_revoked', 'The session was ended because a certificate was revoked.'],
  internal: ['aborted', 'The other side failed.'],
  certificate_expired: ['certificate_expired', 'The session was ended because a certificate has expired.'],
  unknown: ['aborted', 'The other side ended the session for a reason this version does not know.'],
}

function sentence([code, text]: [ErrorCode, string], details: OverlayErrorDetails & { reason?: string }): OverlayError {
  const { reason, ...rest } = details
  return new OverlayError(code, text, reason ? { ...rest, reason } : rest)
}

/** The error for an answer that is neither `accepted` nor `ringing`; the host's words are in `details.reason`. */
export function refusalError(status: number, details: OverlayErrorDetails = {}): OverlayError {
  const name = dialStatusOf(status)
  if (name === 'accepted' || name === 'ringing') throw new RangeError(`dial status ${name} is no refusal`)
  return sentence(refusals[name], details)
}

/** The error for a session that the other side aborted; its words are in `details.reason`, and escaped in the sentence. */
export function abortError(code: number, details: OverlayErrorDetails = {}): OverlayError {
  const name = abortCodeOf(code)
  const [errorCode, text] = aborts[name]
  if (name !== 'aborted' || !details.reason) return sentence([errorCode, text], details)
  const words = escapeControls(truncateUtf8(details.reason, maxReasonBytes))
  return sentence([errorCode, `${text.slice(0, -1)}: ${words}`], details)
}
