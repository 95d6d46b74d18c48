import { type ErrorCode, isOverlayError, OverlayError } from '../core/errors.js'
import { ringingGraceMs } from '../core/limits.js'

/** Rounds over all terminators after which an instance that never rang counts as unreachable. */
export const maxSilentRounds = 4

/** Answers that are final; anything else that goes wrong is retried over another path with the same dial id. */
const finalAnswers = new Set<ErrorCode>([
  'declined',
  'busy',
  'not_permitted',
  'timed_out',
  'canceled',
  'too_large',
  'certificate_revoked',
])

/** What the directory says of an instance that has not rung. */
const directoryAnswers = new Set<ErrorCode>([
  'offline',
  'unknown_instance',
  'self_dial',
  'certificate_expired',
  'certificate_invalid',
])

/** The part of a terminator that the plan looks at. */
export interface Askable {
  readonly record: { readonly hostPeerId: string; readonly instanceId: string }
}

export interface DialPlanOptions {
  service: string
  /** Empty: any instance but one's own. */
  instanceId: string
  ownPeerId: string
}

/** Whom a DIAL went to: until it answers it may be ringing, so that nobody else must be asked meanwhile. */
interface AskedHost {
  readonly hostPeerId: string
  readonly instanceId: string
  rang: boolean
  /** It said no. */
  answered: boolean
  /** When the last path on which it was asked broke. */
  brokeMs?: number
}

/** What follows from a failure: the next round at once or after a pause, or the end of the dial with this error. */
export type Verdict = { next: 'round' } | { next: 'pause' } | { next: 'end'; error: unknown }

/**
 * Whom one dial may ask next, and when it is over: one host rings at a time, one that may be ringing is asked again and nobody
 * else, and one that is busy is passed over where any host would do. Without I/O or a clock: `nowMs` never goes back.
 */
export class DialPlan {
  readonly #options: DialPlanOptions
  #asked: AskedHost | undefined
  /** It rings again on the path that is open now. */
  #ringsNow = false
  #hasRung = false
  /** Hosts that are not asked again, as another one will do, and why the last of them is not. */
  readonly #passedOver = new Set<string>()
  #reason: unknown
  /** Hosts that the last lookup found. */
  #found = new Set<string>()

  constructor(options: DialPlanOptions) {
    this.#options = options
  }

  /** Whom a lookup should find among many hosts. */
  get preferred(): { hostPeerId: string; instanceId: string } | undefined {
    return this.#asked
  }

  /** Those of a lookup's terminators that may be asked. Throws why none may. */
  admit<T extends Askable>(all: readonly T[], nowMs: number): T[] {
    const { service, instanceId, ownPeerId } = this.#options
    const others = all.filter(({ record }) => record.hostPeerId !== ownPeerId)
    if (others.length === 0) throw selfDial(service, instanceId)
    this.#found = new Set(others.map(({ record }) => record.hostPeerId))
    const free = others.filter(({ record }) => !this.#passedOver.has(record.hostPeerId))
    if (free.length === 0) throw this.#reason
    const asked = this.#asked
    if (asked === undefined || !(asked.rang || this.#mayRing(nowMs))) return free
    const same = free.filter(({ record }) => record.hostPeerId === asked.hostPeerId)
    if (same.length > 0) return same
    if (asked.rang) throw new OverlayError('offline', 'The host that rang is out of sight.', { service, instanceId })
    return free
  }

  /** Those of a round that may still be asked after some failed. */
  remaining<T extends Askable>(left: readonly T[], failed: ReadonlySet<T>, nowMs: number): T[] {
    const only = this.#mayRing(nowMs) ? this.#asked!.hostPeerId : undefined
    return left.filter((each) => !failed.has(each) && (only === undefined || each.record.hostPeerId === only))
  }

  /** The request goes out over this terminator. */
  ask({ record }: Askable): void {
    this.#ringsNow = false
    if (this.#asked?.hostPeerId === record.hostPeerId) return
    this.#asked = { hostPeerId: record.hostPeerId, instanceId: record.instanceId, rang: false, answered: false }
  }

  /** The host that was asked rings. True the first time in the whole dial. */
  rings(): boolean {
    const first = !this.#hasRung
    this.#hasRung = this.#ringsNow = true
    if (this.#asked !== undefined) this.#asked.rang = true
    return first
  }

  /** Asking failed, by an answer or a path that broke; `gaveUp` when this side wanted it so. Returns what it means. */
  failed(error: unknown, nowMs: number, gaveUp: boolean): unknown {
    const asked = this.#asked
    if (asked !== undefined) {
      if (!isOverlayError(error, 'unreachable')) asked.answered = true
      else if (this.#ringsNow || asked.brokeMs === undefined) asked.brokeMs = nowMs
    }
    // The host waited for us to come back after a path broke, and has stopped.
    if (gaveUp || !isOverlayError(error, 'canceled')) return error
    return new OverlayError('unreachable', 'The host took the call for lost.', { cause: error })
  }

  /** An answer after which no other terminator of the round is asked. */
  isFinal(error: unknown): boolean {
    return isOverlayError(error) && finalAnswers.has(error.code)
  }

  /** What follows from the failure of a round, counted from 0. */
  judge(error: unknown, round: number, nowMs: number): Verdict {
    const end: Verdict = { next: 'end', error }
    if (error === this.#reason && error !== undefined) return end
    if (this.#passesOver(error, nowMs)) return { next: 'round' }
    if (this.isFinal(error)) return end
    // Before it rang, "unknown" and "offline" are answers; afterwards they are part of the trouble on the way.
    if (this.#asked?.rang) return this.#stoppedRinging(nowMs) ? end : { next: 'pause' }
    const isAnswer = isOverlayError(error) && directoryAnswers.has(error.code)
    return isAnswer || round + 1 >= maxSilentRounds ? end : { next: 'pause' }
  }

  /**
   * One that is busy is not the answer of all where any host would do; nor is one of several that stopped ringing. But who rang and
   * then answered has answered for all: a call that somebody declined does not ring elsewhere.
   */
  #passesOver(error: unknown, nowMs: number): boolean {
    const asked = this.#asked
    if (asked === undefined) return false
    const anyWouldDo = this.#options.instanceId === '' && isOverlayError(error, 'busy')
    const another = [...this.#found].some((peerId) => peerId !== asked.hostPeerId && !this.#passedOver.has(peerId))
    const isLost = another && !this.isFinal(error) && this.#stoppedRinging(nowMs)
    if (!anyWouldDo && !isLost) return false
    this.#passedOver.add(asked.hostPeerId)
    this.#reason = error
    this.#asked = undefined
    return true
  }

  #mayRing(nowMs: number): boolean {
    const asked = this.#asked
    if (asked === undefined || asked.answered) return false
    return asked.brokeMs === undefined || nowMs - asked.brokeMs < ringingGraceMs
  }

  /** The path over which it rang broke so long ago that the host has given the call up. */
  #stoppedRinging(nowMs: number): boolean {
    return this.#asked?.rang === true && !this.#mayRing(nowMs)
  }
}

/** Dialing oneself, by name or because nobody else is there. */
export function selfDial(service: string, instanceId: string): OverlayError {
  return new OverlayError('self_dial', `'${instanceId}' is you; dialing yourself is refused.`, { service, instanceId })
}
