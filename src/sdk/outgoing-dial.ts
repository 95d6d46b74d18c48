import { randomBytes } from 'node:crypto'
import { anySignal } from '../core/abort.js'
import { backoffMs } from '../core/backoff.js'
import { type ErrorCode, isOverlayError, OverlayError } from '../core/errors.js'
import { maxLookupTerminators, ringingGraceMs } from '../core/limits.js'
import type { Candidate } from '../directory/proof.js'
import { type Preferred, parseStickyToken, type Selector } from '../directory/selection.js'
import { type AcceptedDial, dialOn } from '../session/dial-handshake.js'
import type { Member } from './member.js'
import { type OpenedPath, openFirst } from './paths.js'
import { noRelayError } from './relay-states.js'

/** A dial waits this long for a relay before it says that there is none. */
const anyRelayMs = 10_000
const retryMinMs = 100
const retryMaxMs = 2_000
/** Rounds over all terminators after which an instance that never rang counts as unreachable. */
const maxSilentRounds = 4

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

export interface OutgoingDialOptions {
  service: string
  /** Empty: any instance but one's own. */
  instanceId: string
  appData: Uint8Array<ArrayBuffer>
  connectTimeout: number
  stickyToken?: string
  /** Gives up, `connectTimeout` included; the host stops ringing. */
  signal: AbortSignal
  /** Called once. */
  onRinging: () => void
  /** A path that did not work, or broke. */
  onBroken: (path: OpenedPath) => void
}

/** What an accepted dial yields. */
export interface Answered {
  accepted: AcceptedDial
  path: OpenedPath
  /** All that were found when the call was made, the other hosts' of an instance id included. */
  terminators: readonly Candidate[]
}

/** One call until its answer: over whichever relays it takes, with one dial id, so that it rings once. */
export class OutgoingDial {
  private readonly dialId = new Uint8Array(randomBytes(16))
  private asked: AskedHost | undefined
  /** Hosts that are not asked again, as another one will do, and why the last of them is not. */
  private readonly passedOver = new Set<string>()
  private reason: unknown
  /** Hosts that the last lookup found. */
  private hosts = new Set<string>()
  private rang = false
  private leaving: Promise<void> = Promise.resolve()

  constructor(
    private readonly member: Member,
    private readonly selector: Selector,
    private readonly options: OutgoingDialOptions,
  ) {}

  /** Resolves when a host that was told to stop ringing has heard it, or its path is gone. */
  get left(): Promise<void> {
    return this.leaving
  }

  /** Rejects with the host's refusal, why it could not be reached, or the signal's reason. */
  async run(): Promise<Answered> {
    const { signal } = this.options
    signal.throwIfAborted()
    for (let round = 0; ; round++) {
      await this.anyRelay()
      try {
        return await this.round(await this.candidates())
      } catch (error) {
        signal.throwIfAborted()
        if (error === this.reason) throw error
        if (this.passesOver(error)) continue
        if (isOverlayError(error) && finalAnswers.has(error.code)) throw error
        if (this.isHopeless(error, round)) throw error
      }
      await this.pause(backoffMs(round, retryMinMs, retryMaxMs, this.member.random))
    }
  }

  /** One that is busy is not the answer of all where any host would do; nor is one of several that stopped ringing. */
  private passesOver(error: unknown): boolean {
    const { asked, hosts, passedOver } = this
    if (asked === undefined) return false
    const anyWouldDo = this.options.instanceId === '' && isOverlayError(error, 'busy')
    const another = [...hosts].some((peerId) => peerId !== asked.hostPeerId && !passedOver.has(peerId))
    if (!anyWouldDo && !(another && this.stoppedRinging())) return false
    passedOver.add(asked.hostPeerId)
    this.reason = error
    this.asked = undefined
    return true
  }

  /** Before it rang, "unknown" and "offline" are answers; afterwards they are part of the trouble on the way. */
  private isHopeless(error: unknown, round: number): boolean {
    if (this.asked?.rang) return this.stoppedRinging()
    return (isOverlayError(error) && directoryAnswers.has(error.code)) || round + 1 >= maxSilentRounds
  }

  /** The path over which it rang broke so long ago that the host has given the call up. */
  private stoppedRinging(): boolean {
    return this.asked?.rang === true && !this.asked.mayRing(this.member.clock.monotonic())
  }

  /** Waits a while when none is up, at the beginning or later. */
  private async anyRelay(): Promise<void> {
    const { pool, clock } = this.member
    const late = new AbortController()
    const cancel = clock.after(anyRelayMs, () => late.abort(noRelayError(pool, anyRelayMs)))
    try {
      await pool.ready(anySignal(this.options.signal, late.signal))
    } catch (error) {
      // Nobody's patience with a host has ended: none was asked.
      throw isOverlayError(error, 'timed_out') ? noRelayError(pool, this.options.connectTimeout) : error
    } finally {
      cancel()
    }
  }

  /** The terminators to try, best first. */
  private async candidates(): Promise<Candidate[]> {
    const { lookups, trust, pool, clock } = this.member
    const { service, instanceId, stickyToken, signal } = this.options
    const strategy = trust.network.services.get(service)?.strategy ?? 'smartrouting'
    const sticky = strategy === 'sticky' && stickyToken !== undefined ? parseStickyToken(stickyToken) : undefined
    const all = await lookups.lookup(service, instanceId, signal, this.asked ?? sticky).catch((error: unknown) => {
      // A relay's silence is not the host's.
      throw isOverlayError(error, 'timed_out') ? new OverlayError('no_relay', error.message, { cause: error }) : error
    })
    const others = all.filter(({ record }) => record.hostPeerId !== trust.own.peerId)
    if (others.length === 0) throw selfDial(service, instanceId)
    this.hosts = new Set(others.map(({ record }) => record.hostPeerId))
    const free = others.filter(({ record }) => !this.passedOver.has(record.hostPeerId))
    if (free.length === 0) throw this.reason
    const asked = this.asked?.rang || this.asked?.mayRing(clock.monotonic()) ? this.asked : undefined
    const same = free.filter(({ record }) => record.hostPeerId === asked?.hostPeerId)
    if (same.length === 0 && asked?.rang) {
      throw new OverlayError('offline', 'The host that rang is out of sight.', { service, instanceId })
    }
    return this.selector.order(same.length > 0 ? same : free, {
      strategy,
      stickyToken,
      roundTripMs: (relayPeerId) => pool.get(relayPeerId)?.link?.roundTripMs,
      nowMs: clock.monotonic(),
      drawn: all.length >= maxLookupTerminators,
    })
  }

  private async round(candidates: Candidate[]): Promise<Answered> {
    const { clock } = this.member
    const { signal, onBroken } = this.options
    let left = candidates
    let failure: unknown
    while (left.length > 0) {
      const failed = new Set<Candidate>()
      const onFailed = (candidate: Candidate) => {
        failed.add(candidate)
        this.selector.failed(candidate, clock.monotonic())
      }
      const path = await openFirst(this.member, left, signal, onFailed)
      try {
        const accepted = await this.ask(path)
        this.selector.succeeded(path.candidate, clock.monotonic())
        return { accepted, path, terminators: candidates }
      } catch (error) {
        if (signal.aborted) this.leaving = path.carrier.gone
        signal.throwIfAborted()
        if (isOverlayError(error) && finalAnswers.has(error.code)) throw error
        failure = error
        onFailed(path.candidate)
        onBroken(path)
      }
      // It may be ringing, or have accepted: nobody else is asked before that is over.
      const asked = this.asked?.mayRing(clock.monotonic()) ? this.asked.hostPeerId : undefined
      left = left.filter((each) => !failed.has(each) && (asked === undefined || each.record.hostPeerId === asked))
    }
    throw failure ?? new OverlayError('unreachable', 'No terminator could be reached.')
  }

  private async ask(path: OpenedPath): Promise<AcceptedDial> {
    const { clock, direct } = this.member
    const { service, appData, connectTimeout, signal, onRinging } = this.options
    const { record } = path.candidate
    const { instanceId } = record
    const connectTimeoutMs = Math.min(Math.ceil(connectTimeout), 0xffff_ffff)
    if (this.asked?.hostPeerId !== record.hostPeerId) this.asked = new AskedHost(record.hostPeerId, instanceId)
    const { asked } = this
    let rang = false
    const request = { dialId: this.dialId, service, instanceId, appData, connectTimeoutMs, direct }
    try {
      return await dialOn(path.carrier, request, {
        clock,
        signal,
        onRinging: () => {
          rang = asked.rang = true
          if (!this.rang) onRinging()
          this.rang = true
        },
      })
    } catch (error) {
      if (!isOverlayError(error, 'unreachable')) asked.answered = true
      else if (rang || asked.brokeMs === undefined) asked.brokeMs = clock.monotonic()
      // We did not give up: the host waited for us to come back after a path broke, and has stopped.
      if (!signal.aborted && isOverlayError(error, 'canceled')) {
        throw new OverlayError('unreachable', 'The host took the call for lost.', { cause: error })
      }
      throw error
    }
  }

  private pause(ms: number): Promise<void> {
    const { signal } = this.options
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        cancel()
        reject(signal.reason)
      }
      const cancel = this.member.clock.after(ms, () => {
        signal.removeEventListener('abort', onAbort)
        resolve()
      })
      signal.addEventListener('abort', onAbort, { once: true })
    })
  }
}

/** Whom a DIAL went to: until it answers it may be ringing, so that nobody else must be asked meanwhile. */
class AskedHost implements Preferred {
  rang = false
  /** It said no. */
  answered = false
  /** When the last path on which it was asked broke. */
  brokeMs: number | undefined

  constructor(
    readonly hostPeerId: string,
    readonly instanceId: string,
  ) {}

  mayRing(nowMs: number): boolean {
    return !this.answered && (this.brokeMs === undefined || nowMs - this.brokeMs < ringingGraceMs)
  }
}

/** Dialing oneself, by name or because nobody else is there. */
export function selfDial(service: string, instanceId: string): OverlayError {
  return new OverlayError('self_dial', `'${instanceId}' is you; dialing yourself is refused.`, { service, instanceId })
}
