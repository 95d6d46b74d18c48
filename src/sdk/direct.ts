import type { Socket } from 'node:net'
import { anySignal } from '../core/abort.js'
import { errorText, OverlayError } from '../core/errors.js'
import { directAfterMs, directConnectMs, directOfferMs } from '../core/limits.js'
import { untilAborted, waitFor } from '../core/waiting.js'
import { type Candidates, maxCandidates, targetsOf, whyNoWay } from '../net/candidates.js'
import { relayEndOf } from '../net/dialable.js'
import { directToken } from '../net/direct-sockets.js'
import type { ProvedCarrier } from '../net/path-hello.js'
import { firstProved, openPunch, type Punch, pause, punch } from '../net/punch.js'
import { resumePath } from '../session/resume-path.js'
import type { Session } from '../session/session.js'
import { directStep, type RouterKind } from '../wire/direct-steps.js'
import { helloFeatures } from '../wire/hello-status.js'
import type { DirectOffer } from '../wire/messages/session.js'
import { DirectNews, directLabel } from './direct-news.js'
import type { Directly } from './directly.js'
import type { Member } from './member.js'

/** After a move the interfaces settle, and links to relays are made anew. */
const afterMoveMs = 1_000
/** Without any path the two can't agree on anything. */
const interruptedRetryMs = 1_000
/** Connections that a host looks at in one round: as many as there are candidates, both ways. */
const maxSockets = 4 * maxCandidates

/** Why a session of a service stays on relays whatever the networks allow; undefined where it need not. */
export function whyNeverDirect(
  member: Pick<Member, 'direct' | 'trust' | 'pool' | 'node'>,
  service: string,
): string | undefined {
  if (member.trust.network.services.get(service)?.direct === false) return 'the service keeps to relays'
  return whyNotDirect(member)
}

export const goesThroughProxy = 'this side goes out through a proxy'

/** The same, of every service. */
export function whyNotDirect(member: Pick<Member, 'direct' | 'pool' | 'node'>): string | undefined {
  if (member.direct === undefined) return 'this side keeps to relays'
  // Who goes out through a proxy may not show where they are, and mostly could not connect anyway.
  const relays = member.pool.up().flatMap(({ link }) => relayEndOf(link.connection.remoteAddr) ?? [])
  const isProxied = relays.some((relay) => member.node.relaySockets.proxyFor(relay) !== undefined)
  return isProxied ? goesThroughProxy : undefined
}

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

  /** One retry is planned at a time, and none once the session is over. */
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
    try {
      await dialing.take(async () => {
        // Another session may have learnt meanwhile that there is no way.
        isDue = pace.waitMs(this.#hostPeerId, clock.monotonic()) === 0 && !this.#session.isInterrupted
        if (isDue && !this.#isDone) await this.#once()
      }, this.#over.signal)
      if (isDue) this.news.why = undefined
    } catch (error) {
      // The relay carries the session meanwhile; a direct path is a bonus that is tried for again, ever more rarely.
      if (!this.#over.signal.aborted) {
        this.news.why = errorText(error)
        pace.failed(this.#hostPeerId, clock.monotonic())
      }
    } finally {
      this.#attempting = false
      if (!this.#isDone) this.#retryAfter(isDue ? directAfterMs : interruptedRetryMs)
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

/** The host's part: it says where it can be reached when the dialer asks, and connects when the dialer does; `accept` takes what comes about. */
export class DirectHost {
  readonly news: DirectNews
  readonly #member: Member
  readonly #directly: Directly
  readonly #session: Session
  readonly #dialerPeerId: string
  readonly #accept: (path: ProvedCarrier) => void
  readonly #token: Uint8Array
  readonly #over = new AbortController()
  #round = 0

  constructor(
    member: Member,
    directly: Directly,
    session: Session,
    dialerPeerId: string,
    accept: (path: ProvedCarrier) => void,
  ) {
    this.#member = member
    this.#directly = directly
    this.#session = session
    this.#dialerPeerId = dialerPeerId
    this.#accept = accept
    this.#token = directToken(session.resumeRequest.secret)
    this.news = new DirectNews(session)
  }

  start(): DirectNews {
    const session = this.#session
    if (session.isOver) return this.news
    session.on('direct', ({ step, round }) => {
      if (step !== directStep.prepare || round <= this.#round) return
      this.#round = round
      void this.#take(round)
    })
    session.once('over', () => this.#over.abort(new OverlayError('closed', 'The session is over.')))
    return this.news
  }

  /** What comes to nothing is the dialer's to try again; whoever tries too often is not answered. */
  async #take(round: number): Promise<void> {
    const { rates, hosting } = this.#directly
    const over = this.#over.signal
    if (!rates.take(this.#dialerPeerId, this.#member.clock.monotonic())) return
    try {
      await hosting.take(() => this.#once(round), anySignal(over, AbortSignal.timeout(directOfferMs)))
    } catch (error) {
      if (!over.aborted) this.news.why = errorText(error)
    }
  }

  async #once(round: number): Promise<void> {
    const session = this.#session
    const over = this.#over.signal
    const own = await openOwn(this.#member, this.#directly, over)
    let count = 0
    const prove = (socket: Socket) => {
      if (++count > maxSockets) {
        socket.destroy()
        return
      }
      // Longer than is connected: it may be the one that the dialer is going to use.
      void this.#member.node.tlsPaths
        .accept(socket, anySignal(over, AbortSignal.timeout(directConnectMs)))
        .then(this.#accept, () => {}) // the dialer drops all but one
    }
    // It may be faster than its word that it connects now.
    const forget = this.#directly.sockets.expect(this.#token, prove)
    try {
      const answer = offerOf(session, directStep.now, round, over)
      session.offerDirect(offer(directStep.candidates, round, own.candidates))
      const theirs = await answer
      const moved = new AbortController()
      const onPaths = () => {
        if (session.labels.includes(directLabel)) moved.abort(new Error('There is a direct path.'))
      }
      session.on('paths', onPaths)
      onPaths()
      const signal = anySignal(over, moved.signal, AbortSignal.timeout(directConnectMs))
      await connectTo({ own, theirs, token: this.#token }, prove, signal)
      session.off('paths', onPaths)
      this.news.why = moved.signal.aborted ? undefined : whyNoWay(own.candidates, theirs, own.place)
    } finally {
      forget()
      session.offerDirect(undefined)
      own.close()
    }
  }
}

/** Finds out where this side can be reached. */
export function openOwn(
  { node, pool }: Pick<Member, 'node' | 'pool'>,
  { listener }: Directly,
  signal: AbortSignal,
): Promise<Punch> {
  const relays = pool
    .up()
    .filter(({ link }) => (node.gate.features(link.connection) & helloFeatures.tellsAddress) !== 0)
    .map(({ link, addresses }) => [link.connection.remoteAddr.toString(), ...addresses])
  const configured = node.libp2p
    .getMultiaddrs()
    .map((address) => address.toString())
    .filter((address) => !address.includes('/p2p-circuit'))
  return openPunch({ relays, configured, listener, signal })
}

interface Meeting {
  own: Punch
  theirs: Candidates
  token: Uint8Array
}

/** Connects to the other side, and goes on hoping for its connections, until the signal fires. */
async function connectTo(
  { own, theirs, token }: Meeting,
  take: (socket: Socket) => void,
  signal: AbortSignal,
): Promise<void> {
  await punch(targetsOf(theirs, own.place), { port: own.port, most: own.most, token, signal }, take)
  await untilAborted(signal)
}

function offer(step: number, round: number, candidates?: Candidates): DirectOffer {
  return { multiaddrs: [], punch: [], router: 0, ...candidates, step, round }
}

/** The other side's step of this round. Rejects when it does not come in time, or with the signal's reason. */
async function offerOf(session: Session, step: number, round: number, over: AbortSignal): Promise<Candidates> {
  const signal = anySignal(over, AbortSignal.timeout(directOfferMs))
  try {
    return await waitFor<Candidates>(signal, (resolve) => {
      const onOffer = (given: DirectOffer) => {
        if (given.step === step && given.round === round) resolve({ ...given, router: given.router as RouterKind })
      }
      session.on('direct', onOffer)
      return () => session.off('direct', onOffer)
    })
  } catch (cause) {
    over.throwIfAborted()
    throw new OverlayError('unreachable', 'the other side did not say where it can be reached', { cause })
  }
}
