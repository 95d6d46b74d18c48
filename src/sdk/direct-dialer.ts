import type { Socket } from 'node:net'
import { anySignal } from '../core/abort.js'
import { errorText, OverlayError } from '../core/errors.js'
import { directAfterMs, directConnectMs, directRetryMinMs } from '../core/limits.js'
import { isHopeless, whyNoWay } from '../net/candidates.js'
import { directToken } from '../net/direct-sockets.js'
import { firstProved, pause } from '../net/punch.js'
import { resumePath } from '../session/resume-path.js'
import type { Session } from '../session/session.js'
import { directStep } from '../wire/direct-steps.js'
import { connectTo, offer, offerOf, openOwn } from './direct.js'
import { DirectNews, directLabel } from './direct-news.js'
import type { Directly } from './directly.js'
import type { Member } from './member.js'

/** Says how long to wait after this machine moved, ms: the interfaces settle, and links to relays are made anew. */
const afterMoveMs = 1_000
/** Says how soon to try again while the session has no path at all, ms: the two sides can't agree on anything then. */
const interruptedRetryMs = 1_000
/**
 * Moves a dialer's session to a direct path when one can be made, and again after it broke or this machine moved. The session's
 * other paths stay as they are. Ends with the session.
 */
export class DirectDialer {
  readonly news: DirectNews
  readonly #member: Member
  readonly #directly: Directly
  readonly #session: Session
  readonly #hostPeerId: string
  readonly #token: Uint8Array
  readonly #over = new AbortController()
  #round = 0
  #attempting = false
  #sinceMs = 0
  #cancelRetry = () => {}

  constructor(member: Member, directly: Directly, session: Session, hostPeerId: string) {
    this.#member = member
    this.#directly = directly
    this.#session = session
    this.#hostPeerId = hostPeerId
    this.#token = directToken(session.resumeRequest.secret)
    this.news = new DirectNews(session)
  }

  start(): DirectNews {
    const { session, member, directly } = { session: this.#session, member: this.#member, directly: this.#directly }
    if (session.isOver) return this.news
    const onUp = () => {
      directly.pace.reconsider(member.clock.monotonic())
      this.#retryAfter(afterMoveMs)
    }
    const forget = directly.network.listen(() => {
      directly.pace.moved()
      this.#retryAfter(afterMoveMs * (1 + member.random()))
    })
    // A link that was made anew may come from another address.
    member.pool.on('up', onUp)
    session.on('path:lost', ({ relay }) => {
      if (relay !== directLabel) return
      const nowMs = member.clock.monotonic()
      directly.pace.broke(this.#hostPeerId, nowMs - this.#sinceMs, nowMs)
      this.news.why = 'the direct path broke'
      this.#retryAfter(0)
    })
    session.once('over', () => {
      forget()
      member.pool.off('up', onUp)
      this.#cancelRetry()
      this.#over.abort(new OverlayError('closed', 'The session is over.'))
    })
    this.#retryAfter(directAfterMs)
    return this.news
  }

  /** Plans a retry: one at a time, and none once the session is over. */
  #retryAfter(ms: number): void {
    this.#cancelRetry()
    const { clock } = this.#member
    const dueMs = Math.max(ms, this.#directly.pace.waitMs(this.#hostPeerId, clock.monotonic()))
    if (!this.#over.signal.aborted) this.#cancelRetry = clock.after(dueMs, () => void this.#attempt())
  }

  async #attempt(): Promise<void> {
    const { pace, dialing } = this.#directly
    const { clock } = this.#member
    if (this.#attempting || this.#isDone) return
    this.#attempting = true
    let isDue = true
    let begunMs = 0
    let retryMs = interruptedRetryMs
    try {
      await dialing.take(async () => {
        // Another session may have learnt meanwhile that there is no way.
        isDue = pace.waitMs(this.#hostPeerId, clock.monotonic()) === 0 && !this.#session.isInterrupted
        begunMs = clock.monotonic()
        if (isDue && !this.#isDone) await this.#once()
      }, this.#over.signal)
      if (isDue) {
        this.news.why = undefined
        pace.succeeded(this.#hostPeerId, clock.monotonic())
      }
    } catch (error) {
      // The relay carries the session meanwhile; a direct path is a bonus that is tried for again, ever more rarely.
      if (!this.#over.signal.aborted) {
        this.news.why = errorText(error)
        pace.failed(this.#hostPeerId, clock.monotonic(), begunMs)
        retryMs = directRetryMinMs
      }
    } finally {
      this.#attempting = false
      if (!this.#isDone) this.#retryAfter(retryMs)
    }
  }

  get #isDone(): boolean {
    return this.#over.signal.aborted || this.#session.labels.includes(directLabel)
  }

  async #once(): Promise<void> {
    const { clock } = this.#member
    const session = this.#session
    const round = ++this.#round
    const over = this.#over.signal
    const answer = offerOf(session, directStep.candidates, round, over)
    answer.catch(() => {}) // seen below
    session.offerDirect(offer(directStep.prepare, round))
    const own = await openOwn(this.#member, this.#directly, over)
    try {
      const theirs = await answer
      const signal = anySignal(over, AbortSignal.timeout(directConnectMs))
      // The host connects as soon as it hears of it: half a round trip from now.
      const half = (session.paths().find(({ role }) => role === 'active')?.roundTripMs ?? 0) / 2
      const meet = async (take: (socket: Socket) => void, settled: AbortSignal) => {
        const forget = this.#directly.sockets.expect(this.#token, take)
        try {
          session.offerDirect(offer(directStep.now, round, own.candidates))
          if (isHopeless(own.candidates, theirs, own.place)) {
            await pause(directAfterMs, settled) // the host is told, so that it can say why
            return
          }
          await pause(half, settled)
          await connectTo({ own, theirs, token: this.#token }, take, settled)
        } finally {
          forget()
        }
      }
      const carrier = await firstProved(
        meet,
        (socket, settled) => this.#member.node.tlsPaths.dial(socket, this.#hostPeerId, settled),
        (other) => other.abort(new OverlayError('canceled', 'Another socket was faster.')),
        signal,
      ).catch((cause) => {
        over.throwIfAborted()
        throw new OverlayError('unreachable', whyNoWay(own.candidates, theirs, own.place), { cause })
      })
      const addresses = carrier.carrier.addresses
      await resumePath(session, carrier, {
        label: directLabel,
        kind: 'direct',
        clock,
        signal: anySignal(over, AbortSignal.timeout(directConnectMs)),
        ...(addresses === undefined ? {} : { addresses }),
      })
      this.#sinceMs = clock.monotonic()
    } finally {
      session.offerDirect(undefined)
      own.close()
    }
  }
}
