import type { OverlayError } from '../core/errors.js'
import * as limits from '../core/limits.js'
import type { DirectOffer } from '../wire/messages/session.js'

/** Names one path of one session, on one side. Chosen by whoever attaches it, never used twice in a session. */
export type PathId = number

/**
 * What carries a path, the best first: one TLS socket without a relay; one through a relay that joins two connections; a circuit of
 * libp2p's through a relay.
 */
export const pathKinds = ['direct', 'splice', 'circuit'] as const
export type PathKind = (typeof pathKinds)[number]

/** The dialer opens all paths and chooses; the host follows. */
export type SessionRole = 'dialer' | 'host'

/** The two ends of a direct path, as `host:port` or `[host]:port`. */
export interface PathAddresses {
  local: string
  remote: string
}

/** What is known of a path when it is attached. */
export interface PathOffer {
  kind: PathKind
  /** For people: the relay's name, or `direct`. */
  label: string
  /** Of a direct one. */
  addresses?: PathAddresses
  /** From the other side's RESUME or RESUME_ANSWER: what it has received, and how far we may send. */
  remoteReceived?: number
  remoteCredit?: number
}

/** One attached path, for people. The same shape as the SDK's `PathState`. */
export interface PathView {
  relay: string
  kind: PathKind
  /** `suspect`: something sent on it went unanswered; another one takes over until it is cleared or lost. */
  role: 'active' | 'standby' | 'suspect'
  /** Smoothed round trip, ms; undefined until measured. */
  roundTripMs?: number
  /** Of a direct one. */
  addresses?: PathAddresses
}

/** A path that broke. The same shape as the SDK's `PathLost`. */
export interface PathLoss {
  relay: string
  kind: PathKind
  /** Since the last byte was received on it, ms. */
  silentMs: number
}

/** A change of the path that carries what this side sends. The same shape as the SDK's `PathChange`. */
export interface PathSwitch {
  /** Label of the path that carried the session until now. */
  from?: string
  to: string
  /** What carries it now. */
  kind: PathKind
  /** From the last byte received on the old path to the first on the new one, ms. */
  gapMs: number
}

/** How a session ended, as far as the other side has to know: what we received, and the code when we gave up. */
export interface Ending {
  received: number
  credit: number
  abort?: { code: number; reason: string }
}

/** What a session has to say; drained from the state machine in the order it happened. */
export type SessionEvent =
  | { type: 'path:lost'; pathId: PathId; label: string; kind: PathKind; silentMs: number }
  /** Given up in good order, as there are enough. */
  | { type: 'path:dropped'; pathId: PathId }
  | ({ type: 'path:changed' } & PathSwitch)
  | { type: 'interrupted'; graceMs: number }
  | { type: 'resumed' }
  /** There is something to read, or reading has come to an end. */
  | { type: 'readable' }
  /** There is room to write again, or writing has come to an end. */
  | { type: 'writable' }
  /** Everything written, the end included, has arrived at the other side. */
  | { type: 'delivered' }
  /** Paths, or what is thought of them, have changed: the keeper of standby paths looks again. */
  | { type: 'paths' }
  /** The other side's step on the way to a direct path. */
  | { type: 'direct'; offer: DirectOffer }
  /** Both directions are over; with an error unless both ended in order. What was received in order can still be read. */
  | { type: 'closed'; error: OverlayError | undefined }
  /** Nothing will ever be sent again: streams and timers can go. */
  | { type: 'over' }

/** Sizes in bytes and times in ms that shape a session; tests make them small. */
export interface SessionLimits {
  sendBufferBytes: number
  receiveWindowBytes: number
  maxDataFrameBytes: number
  sessionGraceMs: number
  sessionLingerMs: number
  minAckOverdueMs: number
  maxAckOverdueMs: number
  ackDelayMs: number
  pathHeartbeatMs: number
  pathStrikeMs: number
  pathSettleMs: number
  maxPathSettleMs: number
}

/** Returns the product's limits (core/limits.ts) where `overrides` does not say otherwise. */
export function resolveSessionLimits(overrides: Partial<SessionLimits> = {}): SessionLimits {
  return {
    sendBufferBytes: limits.sendBufferBytes,
    receiveWindowBytes: limits.receiveWindowBytes,
    maxDataFrameBytes: limits.maxDataFrameBytes,
    sessionGraceMs: limits.sessionGraceMs,
    sessionLingerMs: limits.sessionLingerMs,
    minAckOverdueMs: limits.minAckOverdueMs,
    maxAckOverdueMs: limits.maxAckOverdueMs,
    ackDelayMs: limits.ackDelayMs,
    pathHeartbeatMs: limits.pathHeartbeatMs,
    pathStrikeMs: limits.pathStrikeMs,
    pathSettleMs: limits.pathSettleMs,
    maxPathSettleMs: limits.maxPathSettleMs,
    ...overrides,
  }
}
