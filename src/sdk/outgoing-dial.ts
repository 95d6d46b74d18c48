import { randomBytes } from 'node:crypto'
import { anySignal } from '../core/abort.js'
import { backoffMs } from '../core/backoff.js'
import { isOverlayError, OverlayError } from '../core/errors.js'
import { maxLookupTerminators } from '../core/limits.js'
import { waitFor } from '../core/waiting.js'
import type { Candidate } from '../directory/proof.js'
import { parseStickyToken, type Selector } from '../directory/selection.js'
import { type AcceptedDial, dialOn } from '../session/dial-handshake.js'
import { DialPlan } from './dial-plan.js'
import { whyNeverDirect } from './direct.js'
import type { Member } from './member.js'
import { type OpenedPath, openFirst } from './paths.js'
import { noRelayError } from './relay-states.js'

/** Says how long a dial waits for a relay before it rejects with `no_relay`; ms. */
const anyRelayMs = 10_000
const retryMinMs = 100
const retryMaxMs = 2_000
export interface OutgoingDialOptions {
  service: string
  /** Empty: any instance but one's own. */
  instanceId: string
  appData: Uint8Array<ArrayBuffer>
  connectTimeout: number
  stickyToken?: string
  /** Gives up, `connectTimeout` included; the host stops ringing. */
  signal: AbortSignal
  /** Called once, before the dial has its answer when that is a yes. */
  onRinging: () => void
  /** Called with a path that did not work, or broke. */
  onBroken: (path: OpenedPath) => void
}

/** Holds what an accepted dial yields. */
export interface Answered {
  accepted: AcceptedDial
  path: OpenedPath
  /** All terminators that were found when the call was made, the other hosts' of an instance id included. */
  terminators: readonly Candidate[]
}

/** One call until its answer: it goes over whichever relays it takes, with one dial id, so that it rings once. */
export class OutgoingDial {
  readonly #member: Member
  readonly #selector: Selector
  readonly #options: OutgoingDialOptions

  readonly #dialId = new Uint8Array(randomBytes(16))
  readonly #plan: DialPlan
  #leaving: Promise<void> = Promise.resolve()

  constructor(member: Member, selector: Selector, options: OutgoingDialOptions) {
    this.#member = member
    this.#selector = selector
    this.#options = options

    const { service, instanceId } = options
    this.#plan = new DialPlan({ service, instanceId, ownPeerId: member.trust.own.peerId })
  }

  /** Resolves when a host that was told to stop ringing has heard it, or its path is gone. */
  get left(): Promise<void> {
    return this.#leaving
  }

  /** Makes the call. Rejects with the host's refusal, why it could not be reached, or the signal's reason. */
  async run(): Promise<Answered> {
    const { signal } = this.#options
    signal.throwIfAborted()
    for (let round = 0; ; round++) {
      await this.#anyRelay()
      try {
        return await this.#round(await this.#candidates())
      } catch (error) {
        signal.throwIfAborted()
        const verdict = this.#plan.judge(error, round, this.#member.clock.monotonic())
        if (verdict.next === 'end') throw verdict.error
        this.#member.directory.doubt(this.#options.service, this.#options.instanceId)
        if (verdict.next === 'round') continue
      }
      await this.#pause(backoffMs(round, retryMinMs, retryMaxMs, this.#member.random))
    }
  }

  /** Waits up to 10 s when no relay is up, at the beginning or later. */
  async #anyRelay(): Promise<void> {
    const { pool, clock } = this.#member
    if (pool.up().length > 0) return
    const late = new AbortController()
    const cancel = clock.after(anyRelayMs, () => late.abort(noRelayError(pool, anyRelayMs)))
    try {
      await pool.ready(anySignal(this.#options.signal, late.signal))
    } catch (error) {
      // The host's time to answer has not run out: no host was asked.
      throw isOverlayError(error, 'timed_out') ? noRelayError(pool, this.#options.connectTimeout) : error
    } finally {
      cancel()
    }
  }

  /** Returns the terminators to try, best first. */
  async #candidates(): Promise<Candidate[]> {
    const { lookups, trust, pool, clock } = this.#member
    const { service, instanceId, stickyToken, signal } = this.#options
    const strategy = trust.network.services.get(service)?.strategy ?? 'smartrouting'
    const sticky = strategy === 'sticky' && stickyToken !== undefined ? parseStickyToken(stickyToken) : undefined
    const all = await lookups
      .lookup(service, instanceId, signal, this.#plan.preferred ?? sticky)
      .catch((error: unknown) => {
        // A relay's silence is not the host's.
        throw isOverlayError(error, 'timed_out') ? new OverlayError('no_relay', error.message, { cause: error }) : error
      })
    return this.#selector.order(this.#plan.admit(all, clock.monotonic()), {
      strategy,
      stickyToken,
      roundTripMs: (relayPeerId) => pool.get(relayPeerId)?.link?.roundTripMs,
      nowMs: clock.monotonic(),
      drawn: all.length >= maxLookupTerminators,
    })
  }

  async #round(candidates: Candidate[]): Promise<Answered> {
    const { clock } = this.#member
    const { signal, onBroken } = this.#options
    let left = candidates
    let failure: unknown
    while (left.length > 0) {
      const failed = new Set<Candidate>()
      const onFailed = (candidate: Candidate) => {
        failed.add(candidate)
        this.#selector.failed(candidate, clock.monotonic())
      }
      const path = await openFirst(this.#member, left, signal, onFailed)
      try {
        const accepted = await this.#ask(path)
        this.#selector.succeeded(path.candidate, clock.monotonic())
        return { accepted, path, terminators: candidates }
      } catch (error) {
        if (signal.aborted) this.#leaving = path.carrier.gone
        signal.throwIfAborted()
        if (this.#plan.isFinal(error)) throw error
        failure = error
        onFailed(path.candidate)
        onBroken(path)
      }
      // That host may be ringing, or have accepted: nobody else is asked before that is over.
      left = this.#plan.remaining(left, failed, clock.monotonic())
    }
    throw failure ?? new OverlayError('unreachable', 'No terminator could be reached.')
  }

  async #ask(path: OpenedPath): Promise<AcceptedDial> {
    const { clock } = this.#member
    const { service, appData, connectTimeout, signal, onRinging } = this.#options
    const { record } = path.candidate
    const { instanceId } = record
    const connectTimeoutMs = Math.min(Math.ceil(connectTimeout), 0xffff_ffff)
    this.#plan.ask(path.candidate)
    const direct = whyNeverDirect(this.#member, service) === undefined
    const request = { dialId: this.#dialId, service, instanceId, appData, connectTimeoutMs, direct }
    const rings = () => {
      if (this.#plan.rings()) onRinging()
    }
    try {
      const accepted = await dialOn(path.carrier, request, { clock, signal, onRinging: rings })
      // A host that accepts at once says nothing of ringing; whether it does so first is a matter of a turn of its event loop.
      rings()
      return accepted
    } catch (error) {
      throw this.#plan.failed(error, clock.monotonic(), signal.aborted)
    }
  }

  #pause(ms: number): Promise<void> {
    const { signal } = this.#options
    return waitFor(signal, (resolve) => this.#member.clock.after(ms, () => resolve()))
  }
}
