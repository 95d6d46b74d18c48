import type { Socket } from 'node:net'
import { anySignal } from '../core/abort.js'
import { errorText, OverlayError } from '../core/errors.js'
import { directConnectMs, directOfferMs } from '../core/limits.js'
import { isHopeless, whyNoWay } from '../net/candidates.js'
import { directToken } from '../net/direct-sockets.js'
import type { ProvedCarrier } from '../net/path-hello.js'
import { maxSockets } from '../net/punch.js'
import type { Session } from '../session/session.js'
import { directStep } from '../wire/direct-steps.js'
import { connectTo, offer, offerOf, openOwn } from './direct.js'
import { DirectNews, directLabel } from './direct-news.js'
import type { Directly } from './directly.js'
import type { Member } from './member.js'

/**
 * The host's part in finding a direct path: it says where it can be reached when the dialer asks, and connects when the dialer
 * does; `accept` takes the path that comes about.
 */
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

  /** Takes part in one round. When it comes to nothing the dialer tries again; a dialer that tries too often is not answered. */
  async #take(round: number): Promise<void> {
    const { rates, hosting } = this.#directly
    const over = this.#over.signal
    const dialer = this.#dialerPeerId
    if (!rates.take(dialer, this.#member.clock.monotonic())) return
    const isDirect = () => this.news.state.state === 'direct'
    const before = isDirect()
    try {
      await hosting.take(dialer, () => this.#once(round), anySignal(over, AbortSignal.timeout(directOfferMs)))
      // What leads to a path is no misuse, however often: many sessions may begin at once.
      if (!before && isDirect()) rates.giveBack(dialer, this.#member.clock.monotonic())
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
      if (!isHopeless(own.candidates, theirs, own.place)) {
        await connectTo({ own, theirs, token: this.#token }, prove, signal)
      }
      session.off('paths', onPaths)
      this.news.why = moved.signal.aborted ? undefined : whyNoWay(own.candidates, theirs, own.place)
    } finally {
      forget()
      session.offerDirect(undefined)
      own.close()
    }
  }
}
