import { type ErrorCode, isOverlayError, OverlayError } from '../core/errors.js'
import { ringingGraceMs } from '../core/limits.js'

/** Rounds over all terminators after which an instance that never rang counts as unreachable. */
export const maxSilentRounds = 4

/**
 * Lists the answers that are final; after anything else that goes wrong, the dial is retried over another path with the same dial
 * id.
 */
const finalAnswers = new Set<ErrorCode>([
  'declined',
  'busy',
  'not_permitted',
  'timed_out',
  'canceled',
  'too_large',
  'certificate_revoked',
])

/** Lists what the directory says of an instance that has not rung. */
const directoryAnswers = new Set<ErrorCode>([
  'offline',
  'unknown_instance',
  'self_dial',
  'certificate_expired',
  'certificate_invalid',
])

/** Names the part of a terminator that the plan looks at. */
export interface Askable {
  readonly record: { readonly hostPeerId: string; readonly instanceId: string }
}

export interface DialPlanOptions {
  service: string
  /** Empty: any instance but one's own. */
  instanceId: string
  ownPeerId: string
}

/** The host that a DIAL went to: until it answers it may be ringing, so that nobody else must be asked meanwhile. */
interface AskedHost {
  readonly hostPeerId: string
  readonly instanceId: string
  rang: boolean
  /** Set when it said no. */
  answered: boolean
  /** When the last path on which it was asked broke; ms of the monotonic clock. */
  brokeMs?: number
}

/** Says what follows from a failure: the next round at once or after a pause, or the end of the dial with this error. */
export type Verdict = { next: 'round' } | { next: 'pause' } | { next: 'end'; error: unknown }

/**
 * Decides whom one dial may ask next, and when the dial is over: one host rings at a time, a host that may be ringing is asked
 * again and nobody else, and one that is busy is passed over where any host would do. It has no I/O and no clock: `nowMs` never
 * goes back.
 */
export class DialPlan {
  readonly #options: DialPlanOptions
  #asked: AskedHost | undefined
  /** Set while it rings on the path that is open now. */
  #ringsNow = false
  #hasRung = false
  /** Names the hosts that are not asked again, as another one will do; `#reason` says why the last of them is not. */
  readonly #passedOver = new Set<string>()
  #reason: unknown
  /** Names the hosts that the last lookup found. */
  #found = new Set<string>()

  constructor(options: DialPlanOptions) {
    this.#options = options
  }

  /** Returns whom a lookup should find among many hosts. */
  get preferred(): { hostPeerId: string; instanceId: string } | undefined {
    return this.#asked
  }

  /** Returns those of a lookup's terminators that may be asked. Throws an error that says why when none may. */
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

  /** Returns those of a round that may still be asked after some failed. */
  remaining<T extends Askable>(left: readonly T[], failed: ReadonlySet<T>, nowMs: number): T[] {
    const only = this.#mayRing(nowMs) ? this.#asked!.hostPeerId : undefined
    return left.filter((each) => !failed.has(each) && (only === undefined || each.record.hostPeerId === only))
  }

  /** Called when the request goes out over this terminator. */
  ask({ record }: Askable): void {
    this.#ringsNow = false
    if (this.#asked?.hostPeerId === record.hostPeerId) return
    this.#asked = { hostPeerId: record.hostPeerId, instanceId: record.instanceId, rang: false, answered: false }
  }

  /** Called when the host that was asked rings. Returns true the first time in the whole dial. */
  rings(): boolean {
    const first = !this.#hasRung
    this.#hasRung = this.#ringsNow = true
    if (this.#asked !== undefined) this.#asked.rang = true
    return first
  }

  /**
   * Called when asking failed, by an answer or a path that broke; `gaveUp` is true when this side wanted it so. Returns the error
   * that it means.
   */
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

  /** Returns true for an answer after which no other terminator of the round is asked. */
  isFinal(error: unknown): boolean {
    return isOverlayError(error) && finalAnswers.has(error.code)
  }

  /** Returns what follows from the failure of a round, counted from 0. */
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
   * Decides whether another host is asked after this failure. A busy host does not answer for all where any host would do; nor does
   * one of several that stopped ringing. But a host that rang and then answered has answered for all: a call that somebody declined
   * does not ring elsewhere.
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

  /** Returns true when the path over which it rang broke so long ago that the host has given the call up. */
  #stoppedRinging(nowMs: number): boolean {
    return this.#asked?.rang === true && !this.#mayRing(nowMs)
  }
}

/** Makes the error of dialing oneself, by name or because nobody else is there. */
export function selfDial(service: string, instanceId: string): OverlayError {
  if (instanceId === '') return new OverlayError('self_dial', `Nobody but you offers '${service}'.`, { service })
  return new OverlayError('self_dial', `'${instanceId}' is you; dialing yourself is refused.`, { service, instanceId })
}
