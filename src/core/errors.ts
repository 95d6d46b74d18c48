/**
 * Every error code, what it means and what to try. The table in docs/reference.md is held against this one in both directions by a test.
 * Different next steps get different codes; codes never change their meaning.
 */
export const errorCodes = {
  // what was typed or passed in
  bad_argument: 'An argument is missing or out of range.',
  bad_name: 'A name is empty, too long, or has characters that cannot be seen, or an `@` where none may be.',
  too_large: 'appData, a reason or a message is over its cap.',
  // files and identities
  file_exists: 'A file that would be written exists already; nothing was changed.',
  file_unreadable: 'A file is missing or may not be read or written.',
  identity_damaged: 'The identity file is not valid JSON, or a part of it is missing or does not fit the rest.',
  identity_exposed: 'The identity file can be read by other users of this machine; `chmod 600` it.',
  identity_locked: 'The key in the identity file is locked, and its passphrase was not given, or is wrong.',
  identity_kind: 'This command needs another kind of identity, for example a relay.',
  certificate_invalid: 'A certificate or network document has a wrong signature, or was signed for something else.',
  certificate_foreign: 'A certificate or network document belongs to another network.',
  certificate_expired: 'A certificate is expired or not valid yet; check the clock or get a new one.',
  certificate_ending: 'A certificate ends within 30 days, or has ended: renew it.',
  certificate_peer: 'A certificate names another peer id than the one that showed it.',
  certificate_revoked: 'The certificate was revoked by the authority.',
  invitation_used: 'The invitation was used as often as it allows; ask for another one.',
  network_forked:
    'The authority signed two network documents that know nothing of each other; `network adopt` joins them.',
  authority_outdated:
    'The file of the authority knows less than what was given out, as from an old backup; `network adopt` mends it.',
  // the network
  port_in_use: 'A listening address is taken by another program.',
  no_relay: 'No relay could be reached.',
  refused: 'The other side did not accept who we are.',
  protocol_error: 'The other side sent something that is not part of the protocol.',
  // directory and dial
  unknown_service: 'The network document has no service of this name.',
  unknown_instance: 'Nobody of this name has been seen on the service.',
  offline: 'The instance is known but not bound at the moment.',
  not_permitted: 'The policy of the service, or the ownership of the instance id, does not allow this.',
  busy: 'The host cannot take another call now.',
  declined: 'The host said no.',
  timed_out: 'No answer in time.',
  unreachable: 'The instance is bound, but no path to it could be opened.',
  proxy_failed: 'The proxy could not be reached, or does not let the connection through.',
  self_dial: 'An instance cannot dial itself.',
  replaced: 'Another process with the same identity has the place; this one waits for it.',
  // sessions
  session_lost: 'All paths were lost and none came back within the grace period.',
  session_unknown: 'The host no longer knows the session; its process was probably restarted.',
  aborted: 'The other side ended the session without finishing it.',
  // everything else
  handler_failed: 'A listener or handler of the application threw or rejected; only a `warning` has this code.',
  canceled: 'The caller gave up.',
  closed: 'The context, listener or connection was closed before.',
  internal: 'A bug; please report it with the text of the error.',
} as const

export type ErrorCode = keyof typeof errorCodes

export interface OverlayErrorDetails {
  service?: string
  instanceId?: string
  relay?: string
  /** The host's words, when it declined or aborted; never shown unescaped. */
  reason?: string
  /** Milliseconds since 1970, with `offline`. */
  lastSeenMs?: number
  path?: string
  /** How often a place went from one process of its host to another lately, with `replaced`. */
  takeovers?: number
}

/** The one error this project throws on purpose: a stable code, a sentence for people, typed details and the cause. */
export class OverlayError extends Error {
  override readonly name = 'OverlayError'

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: OverlayErrorDetails & { cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
  }
}

/** True when `error` is an {@link OverlayError}, optionally one with this code. */
export function isOverlayError(error: unknown, code?: ErrorCode): error is OverlayError {
  return error instanceof OverlayError && (code === undefined || error.code === code)
}

/** Returns whatever was thrown as one line for a log or a terminal. */
export function errorText(error: unknown): string {
  // libp2p rejects with the event of a connection that closed.
  if (error instanceof Event) return 'the connection was closed'
  const text = error instanceof Error ? error.message || error.name : String(error)
  return text.split('\n', 1)[0] ?? ''
}

/** Passes an {@link OverlayError} through and wraps anything else, so that callers can rely on `code`. */
export function asOverlayError(error: unknown, code: ErrorCode, attempted: string): OverlayError {
  if (error instanceof OverlayError) return error
  return new OverlayError(code, `${attempted}: ${errorText(error)}`, { cause: error })
}

/** Throws `canceled` (or the signal's own OverlayError) when the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined, attempted: string): void {
  if (signal?.aborted) throw asOverlayError(signal.reason, 'canceled', `${attempted} was canceled`)
}
