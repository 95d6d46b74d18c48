import type { PathCandidate } from './path-choice.js'
import { PathLiveness } from './path-liveness.js'
import { RoundTrip } from './round-trip.js'
import {
  type PathAddresses,
  type PathId,
  type PathKind,
  type PathOffer,
  pathKinds,
  type SessionLimits,
  type SessionRole,
} from './types.js'

/** The host lets the dialer ping first, so that an idle path carries one ping per heartbeat, not two. */
const hostHeartbeatFactor = 1.25

/** Keeps what one side knows of one attached path. */
export class SessionPath {
  readonly id: PathId
  readonly kind: PathKind
  readonly label: string
  readonly addresses: PathAddresses | undefined
  readonly liveness: PathLiveness
  /** From pings: the network alone. */
  readonly pingTrip = new RoundTrip()
  /** From acknowledgements: with the other side's delay, and what queues up under load. */
  readonly ackTrip = new RoundTrip()
  /** The ping that waits for its answer; a later one replaces it. */
  pongDue: number | undefined
  /** The choice that has to be told on this path before anything new is sent on it. */
  chooseDue: number | undefined
  abortSent = false
  /** A pong of at least this id says that the other side knows how the session ended. */
  confirmId: number | undefined
  /** Not to be preferred before this time, as it failed. */
  settledAt: number
  /** The acknowledgement of everything below `upTo`, sent at `at`, measures a round trip. */
  timing: { upTo: number; at: number } | undefined
  #failures = 0
  readonly #limits: SessionLimits

  constructor(id: PathId, offer: PathOffer, role: SessionRole, limits: SessionLimits, now: number) {
    this.id = id
    this.kind = offer.kind
    this.label = offer.label
    this.addresses = offer.addresses
    this.#limits = limits
    const heartbeatMs = limits.pathHeartbeatMs * (role === 'host' ? hostHeartbeatFactor : 1)
    this.liveness = new PathLiveness({ heartbeatMs, strikeMs: limits.pathStrikeMs }, now)
    this.settledAt = now
  }

  get suspect(): boolean {
    return this.liveness.suspect
  }

  /** Which of two healthy paths is preferred: the lower one. */
  get rank(): number {
    return pathKinds.indexOf(this.kind)
  }

  get roundTripMs(): number | undefined {
    return this.pingTrip.smoothedMs ?? this.ackTrip.smoothedMs
  }

  /** How long an acknowledgement may take on this path; less when another one can step in. */
  ackOverdueMs(canStepIn: boolean): number {
    const { minAckOverdueMs, maxAckOverdueMs, ackDelayMs } = this.#limits
    const maxMs = canStepIn ? maxAckOverdueMs : Number.POSITIVE_INFINITY
    if (this.ackTrip.smoothedMs !== undefined) return this.ackTrip.overdueMs(minAckOverdueMs, maxMs)
    return this.pingTrip.overdueMs(minAckOverdueMs, maxMs) + ackDelayMs
  }

  /** It has failed now: each time it has to stay well for twice as long before it is preferred again. */
  failed(now: number): void {
    const { pathSettleMs, maxPathSettleMs } = this.#limits
    this.settledAt = now + Math.min(maxPathSettleMs, pathSettleMs * 2 ** this.#failures++)
  }

  candidate(now: number, chosen: boolean): PathCandidate<this> {
    return {
      path: this,
      rank: this.rank,
      suspect: this.suspect,
      settled: now >= this.settledAt,
      chosen,
      roundTripMs: this.roundTripMs,
    }
  }
}
