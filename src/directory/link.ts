import { EventEmitter } from 'node:events'
import type { Connection } from '@libp2p/interface'
import type { Clock } from '../core/clock.js'
import { asOverlayError, errorText, isOverlayError, OverlayError } from '../core/errors.js'
import {
  directoryRequestTimeoutMs,
  linkHeartbeatMs,
  maxDirectoryMessageBytes,
  maxMembersBytes,
} from '../core/limits.js'
import { Strikes } from '../core/strikes.js'
import { whenAborted } from '../core/waiting.js'
import { MessageIo } from '../net/message-io.js'
import { codeOfDirectoryStatus, directoryStatus } from '../wire/directory-status.js'
import {
  type FeedReply,
  type FeedUpdate,
  type JoinRequest,
  type JoinResponse,
  type LinkPing,
  type LookupResponse,
  NodeMessage,
  type Redemption,
  RelayMessage,
  type SignedTerminator,
  type SpliceOffer,
  type Standing as StandingPart,
  type StatusResponse,
  type WatchEvent,
} from '../wire/messages/directory.js'
import { directoryProtocol } from '../wire/protocols.js'
import { requestIdOf } from '../wire/request-id.js'
import type { RelayHint } from './known-relays.js'
import { decodeDigest, decodeList, type ListAnswer, type ListedRows, type PageDigest } from './list-answer.js'
import type { Preferred } from './selection.js'
import { checkedOffer, checkedToken } from './splice-offer.js'
import { bindingName, parseStandingName, Standing, watchName } from './standing.js'

/** A suspected relay is asked at once, and has this long for each of two answers. */
const probeMs = 500
const maxBindsAtOnce = 32
/** Bindings and watches of one link that a relay may tell of. */
const maxToldNames = 200_000

interface LinkEvents {
  /** Fires once. The connection to the relay is closed as well. */
  closed: [OverlayError]
  event: [WatchEvent]
  /** Another process of this identity has taken a binding; `takeovers` as the relay counts them. */
  replaced: [{ service: string; instanceId: string; takeovers?: number }]
  /** The relay does not hold a binding any more that stood on this link. */
  dropped: [{ service: string; instanceId: string; error: OverlayError }]
  /** The relay does not know of a watch that stood on this link. */
  unwatched: [string]
  /** The relay has given the circuit slot of this node away. */
  slotless: []
  document: [Uint8Array]
  /** A newer certificate for this node, unchecked. */
  renewal: [Uint8Array]
  /** A dialer waits at the relay to be joined with this node. */
  splice: [SpliceOffer]
}

type Body = Omit<NodeMessage, 'requestId'>

interface Pending {
  resolve(message: RelayMessage): void
  reject(error: OverlayError): void
}

/**
 * A node's side of the directory stream to one relay: requests, watch events and the heartbeat that notices a relay that
 * fell silent. Open it on a connection that has proved itself.
 */
export class DirectoryLink extends EventEmitter<LinkEvents> {
  readonly #io: MessageIo
  readonly #clock: Clock
  /** This node answers splice offers. */
  readonly #splices: boolean

  readonly #pending = new Map<number, Pending>()
  readonly #standing = new Standing()
  /** What the relay says to stand here, while it is telling. */
  #told: Set<string> | undefined
  readonly #waitingBinds: Array<() => void> = []
  #binding = 0
  #nextRequestId = 1
  #heardMs: number
  /** The ping whose answer is on its way. */
  #pongDue: LinkPing | undefined
  #pingedMs: number | undefined
  readonly #strikes = new Strikes()
  /** How long the timer that runs was set for. */
  #waitMs = linkHeartbeatMs
  #cancelTimer: () => void = () => {}
  #over: OverlayError | undefined
  /** Last measured round trip, ms. */
  roundTripMs: number | undefined

  // biome-ignore lint/style/useConsistentMemberAccessibility: made by its own static function only
  private constructor(
    readonly connection: Connection,
    io: MessageIo,
    clock: Clock,
    /** This node answers splice offers. */
    splices: boolean,
  ) {
    super()
    this.#io = io
    this.#clock = clock
    this.#splices = splices

    this.#heardMs = clock.monotonic()
    void this.#readAll()
    connection.addEventListener('close', () =>
      this.#end(new OverlayError('closed', 'The relay closed the connection.')),
    )
  }

  static async open(
    connection: Connection,
    clock: Clock,
    signal: AbortSignal,
    options: { splices?: boolean } = {},
  ): Promise<DirectoryLink> {
    const stream = await connection.newStream(directoryProtocol, { signal })
    const link = new DirectoryLink(
      connection,
      new MessageIo(stream, maxDirectoryMessageBytes),
      clock,
      options.splices ?? false,
    )
    link.ping()
    return link
  }

  get closed(): boolean {
    return this.#over !== undefined
  }

  /**
   * `binding` names what the terminator is for: both sides compare what stands, and the relay is held to it. Resolves with how
   * often the place went from one process of this identity to another lately, when it was taken from one now.
   */
  async bind(
    terminator: Uint8Array<ArrayBuffer>,
    { busy = false, down = false }: { busy?: boolean; down?: boolean },
    binding: { service: string; instanceId: string },
    signal?: AbortSignal,
  ): Promise<number | undefined> {
    const signed: SignedTerminator = { terminator, certificate: new Uint8Array(0) }
    // A host with thousands of instances binds them all at once when a relay died. What a busy relay cannot take in time
    // would be sent again and again, so the rest waits here, where no timeout runs.
    if (this.#binding >= maxBindsAtOnce) await new Promise<void>((resolve) => this.#waitingBinds.push(resolve))
    this.#binding++
    try {
      signal?.throwIfAborted()
      const { result } = await this.#ask(
        bindingName(binding),
        'bind',
        { bind: { terminator: signed, busy, down, splices: this.#splices } },
        signal,
      )
      return result?.takeovers
    } finally {
      this.#binding--
      this.#waitingBinds.shift()?.()
    }
  }

  async unbind(service: string, instanceId: string, signal?: AbortSignal): Promise<void> {
    this.#standing.remove(bindingName({ service, instanceId }))
    await this.#request('unbind', { unbind: { service, instanceId } }, signal)
  }

  /** With no instance id, a few terminators of any instances. */
  async lookup(
    service: string,
    instanceId: string,
    options: { signal?: AbortSignal; local?: { shards: number[] }; prefer?: Preferred; describe?: boolean } = {},
  ): Promise<LookupResponse> {
    const { signal, local, prefer, describe = false } = options
    const request = {
      service,
      instanceId,
      local: local !== undefined,
      shards: local?.shards ?? [],
      preferHostPeerId: prefer?.hostPeerId ?? '',
      preferInstanceId: prefer?.instanceId ?? '',
      describe,
    }
    const { lookup } = await this.#request('look up', { lookup: request }, signal)
    return lookup ?? this.#unexpected()
  }

  /** `known` is a page that was listed before: where it is still the same it does not travel again. */
  async list(
    service: string,
    cursor: string,
    limit: number,
    signal?: AbortSignal,
    local?: { shards: number[]; known?: ListedRows },
  ): Promise<ListAnswer> {
    const request = { service, cursor, limit, local: local !== undefined, shards: local?.shards ?? [] }
    const unlessDigest = local?.known?.digest
    const { list } = await this.#request('list', { list: { ...request, unlessDigest } }, signal)
    return decodeList(list ?? this.#unexpected(), local?.known)
  }

  /** The digest of what {@link list} would give. */
  async listDigest(
    service: string,
    cursor: string,
    limit: number,
    signal?: AbortSignal,
    local?: { shards: number[] },
  ): Promise<PageDigest> {
    const shards = local?.shards ?? []
    const request = { service, cursor, limit, local: local !== undefined, shards, digestOnly: true }
    const { list } = await this.#request('list', { list: request }, signal)
    return decodeDigest(list ?? this.#unexpected())
  }

  async watch(service: string, signal?: AbortSignal, local?: { shards: number[] }): Promise<void> {
    const request = { service, local: local !== undefined, shards: local?.shards ?? [] }
    await this.#ask(watchName(service), 'watch', { watch: request }, signal)
  }

  unwatch(service: string): void {
    this.#standing.remove(watchName(service))
    this.#send({ requestId: 0, unwatch: { service } })
  }

  /** One message of an owner to a home; only between relays. */
  async feed(update: FeedUpdate, signal?: AbortSignal): Promise<FeedReply> {
    const { feed } = await this.#request('feed', { feed: update }, signal)
    return feed ?? this.#unexpected()
  }

  /** Tells a relay that another one was caught lying; only between relays. */
  accuse(peerId: string, what: string): void {
    this.#send({ requestId: 0, accusation: { peerId, what } })
  }

  /** Relays that the relay knows; with a peer id where that one is. */
  async relays(peerId: string, signal?: AbortSignal): Promise<RelayHint[]> {
    const { relays } = await this.#request('ask for relays', { relays: { peerId } }, signal)
    return (relays ?? this.#unexpected()).relays.map(({ name, peerId, multiaddrs }) => ({
      name,
      peerId,
      addresses: multiaddrs,
    }))
  }

  async status(signal?: AbortSignal): Promise<StatusResponse> {
    const { status } = await this.#request('ask for the state', { status: {} }, signal)
    return status ?? this.#unexpected()
  }

  /** Certificates of those connected to the relay, all of them; for the authority only. */
  async members(signal?: AbortSignal): Promise<Uint8Array[]> {
    const certificates: Uint8Array[] = []
    let bytes = 0
    for (let cursor = ''; ; ) {
      const { members } = await this.#request('ask for members', { members: { cursor, joinedAs: '' } }, signal)
      const page = members ?? this.#unexpected()
      certificates.push(...page.certificates)
      for (const { byteLength } of page.certificates) bytes += byteLength
      // A relay that goes on for ever, or in a circle, is no relay of ours.
      if (page.cursor <= cursor || page.certificates.length === 0 || bytes > maxMembersBytes) return certificates
      cursor = page.cursor
    }
  }

  /** Asks who used an invitation under this name, as far as the relay knows; for the authority only. */
  async joinedAs(name: string, signal?: AbortSignal): Promise<Redemption[]> {
    const { members } = await this.#request('ask who joined', { members: { cursor: '', joinedAs: name } }, signal)
    return (members ?? this.#unexpected()).redemptions
  }

  /** Passes on, to the relay that keeps count of an invitation, that somebody wants to use it; only between relays. */
  async redeem(request: JoinRequest, signal?: AbortSignal): Promise<JoinResponse> {
    const { redeem } = await this.#request('redeem an invitation', { redeem: request }, signal)
    return redeem ?? this.#unexpected()
  }

  /** Tells of receipts; only between relays. Resolves when they are taken in. */
  async redeemed(redemptions: Redemption[], signal?: AbortSignal): Promise<void> {
    await this.#request('tell of receipts', { redeemed: { redemptions } }, signal)
  }

  /** Hands newer certificates to the relay, for whoever they are for; for the authority and between relays. */
  async renewals(certificates: Uint8Array<ArrayBuffer>[], signal?: AbortSignal): Promise<void> {
    await this.#request('hand certificates over', { renewals: { certificates } }, signal)
  }

  pushDocument(document: Uint8Array<ArrayBuffer>): void {
    this.#send({ requestId: 0, document: { document } })
  }

  /** Asks the relay to join a connection from here with one of a host's; gives the token to show on it. */
  async splice(
    wanted: { service: string; instanceId: string; hostPeerId: string; processId: number },
    signal?: AbortSignal,
  ): Promise<Uint8Array> {
    const { service, instanceId, hostPeerId, processId } = wanted
    const { splice } = await this.#request(
      'ask for a splice',
      { splice: { service, instanceId, hostPeerId, processId } },
      signal,
    )
    return checkedToken((splice ?? this.#unexpected()).token)
  }

  /** Asks for a sign of life now, because a path through this relay went silent. */
  probe(): void {
    if (!this.#isAwaitingPong()) this.ping(probeMs)
    else if (this.#waitMs !== probeMs) {
      // The heartbeat asked already, though in no hurry.
      this.#strikes.heard()
      this.#schedule(probeMs)
    }
  }

  /** Ends the stream in order and leaves the connection. */
  async close(): Promise<void> {
    if (this.#over !== undefined) return
    this.#end(new OverlayError('closed', 'The link was closed.'), false)
    await this.#io.close()
  }

  /** Requests something that stands from then on. */
  async #ask(name: string, what: string, body: Body, signal?: AbortSignal): Promise<RelayMessage> {
    const answered = this.#standing.ask(name)
    let isYes = false
    try {
      const response = await this.#request(what, body, signal)
      isYes = true
      return response
    } finally {
      answered(isYes)
    }
  }

  async #request(what: string, body: Body, signal?: AbortSignal): Promise<RelayMessage> {
    if (this.#over !== undefined) throw this.#over
    signal?.throwIfAborted()
    const requestId = this.#nextRequestId
    this.#nextRequestId = (this.#nextRequestId % 0xffff_ffff) + 1
    const response = await new Promise<RelayMessage>((resolve, reject) => {
      const cancel = this.#clock.after(directoryRequestTimeoutMs, () =>
        settle(() => reject(new OverlayError('timed_out', `The relay did not answer in time (${what}).`))),
      )
      const onAbort = () => settle(() => reject(asOverlayError(signal?.reason, 'canceled', `Canceled: ${what}`)))
      let forget = () => {}
      const settle = (run: () => void) => {
        if (!this.#pending.delete(requestId)) return
        cancel()
        forget()
        run()
      }
      this.#pending.set(requestId, {
        resolve: (message) => settle(() => resolve(message)),
        reject: (error) => settle(() => reject(error)),
      })
      forget = whenAborted(signal, onAbort)
      this.#send({ requestId, ...body })
    })
    const { result } = response
    if (result !== undefined && result.status !== directoryStatus.ok) {
      const { status, reason, takeovers } = result
      throw new OverlayError(codeOfDirectoryStatus(status), reason, takeovers === undefined ? {} : { takeovers })
    }
    return response
  }

  #send(message: NodeMessage): void {
    this.#io.write(NodeMessage.encode(message)).catch((error) => {
      // Nothing has gone out: the others' requests are as good as before.
      if (isOverlayError(error, 'too_large')) this.#pending.get(message.requestId)?.reject(error)
      else this.#fail(error)
    })
  }

  async #readAll(): Promise<void> {
    this.#schedule()
    try {
      for (;;) {
        const bytes = await this.#io.read()
        this.#heardMs = this.#clock.monotonic()
        this.#strikes.heard()
        const message = this.#decode(bytes)
        if (message !== undefined) this.#receive(message)
      }
    } catch (error) {
      this.#fail(error)
    }
  }

  /** An answer that cannot be read fails its request alone: what stands on the link does not go with it. */
  #decode(bytes: Uint8Array): RelayMessage | undefined {
    try {
      return RelayMessage.decode(bytes)
    } catch (error) {
      const requestId = requestIdOf(bytes)
      if (requestId === 0) throw error
      const text = `The relay's answer could not be read: ${errorText(error)}`
      this.#pending.get(requestId)?.reject(new OverlayError('protocol_error', text, { cause: error }))
      return undefined
    }
  }

  #receive(message: RelayMessage): void {
    if (message.pong && this.#pingedMs !== undefined) {
      const measured = this.#heardMs - this.#pingedMs
      this.roundTripMs = this.roundTripMs === undefined ? measured : this.roundTripMs * 0.75 + measured * 0.25
      this.#pingedMs = undefined
      this.#schedule()
    }
    if (message.pong?.noSlot) this.emit('slotless')
    if (message.ping) void this.#answerPing(message.ping)
    else if (message.event) this.emit('event', message.event)
    else if (message.spliceOffer) this.emit('splice', checkedOffer(message.spliceOffer))
    else if (message.replaced) {
      this.#standing.remove(bindingName(message.replaced))
      this.emit('replaced', message.replaced)
    } else if (message.dropped) {
      const { service, instanceId, status, reason } = message.dropped
      this.#drop({ service, instanceId }, new OverlayError(codeOfDirectoryStatus(status), reason))
    } else if (message.standing) this.compare(message.standing)
    else if (message.document) this.emit('document', message.document.document)
    else if (message.renewals) for (const renewal of message.renewals.certificates) this.emit('renewal', renewal)
    else this.#pending.get(message.requestId)?.resolve(message)
  }

  /** Answers the last ping when the answer before has gone: a relay that pings without end and reads nothing fills no memory. */
  async #answerPing(ping: LinkPing): Promise<void> {
    const answering = this.#pongDue !== undefined
    this.#pongDue = ping
    if (answering) return
    try {
      while (this.#pongDue !== undefined) {
        const pong: LinkPing = this.#pongDue
        await this.#io.write(NodeMessage.encode({ requestId: 0, pong }))
        if (this.#pongDue === pong) this.#pongDue = undefined
      }
    } catch (error) {
      this.#fail(error)
    }
  }

  #drop(binding: { service: string; instanceId: string }, error: OverlayError): void {
    this.#standing.remove(bindingName(binding))
    this.emit('dropped', { ...binding, error })
  }

  /** The relay tells what stands here, as the two disagree: what it lacks is set up anew, what it has too much is taken back. */
  compare({ begin, end, bindings, watches }: StandingPart): void {
    if (begin) this.#told = new Set()
    if (this.#told === undefined) return
    for (const binding of bindings) this.#told.add(bindingName(binding))
    for (const service of watches) this.#told.add(watchName(service))
    if (this.#told.size > maxToldNames)
      throw new OverlayError('protocol_error', 'The relay tells of too many bindings.')
    if (!end) return
    const { missing, extra } = this.#standing.compare(this.#told)
    this.#told = undefined
    for (const name of extra) {
      const { service, instanceId } = parseStandingName(name)
      if (instanceId === undefined) this.unwatch(service)
      else this.unbind(service, instanceId).catch(() => {}) // the next comparison finds it again
    }
    for (const name of missing) {
      const { service, instanceId } = parseStandingName(name)
      if (instanceId !== undefined) {
        this.#drop({ service, instanceId }, new OverlayError('closed', 'The relay does not hold the binding any more.'))
      } else {
        this.#standing.remove(name)
        this.emit('unwatched', service)
      }
    }
  }

  ping(waitMs: number = linkHeartbeatMs): void {
    if (this.#over !== undefined) return
    this.#pingedMs = this.#clock.monotonic()
    this.#send({ requestId: 0, ping: { id: 0, claimed: this.#standing.bindings, standing: this.#standing.digest } })
    this.#schedule(waitMs)
  }

  #schedule(waitMs: number = linkHeartbeatMs): void {
    this.#cancelTimer()
    this.#waitMs = waitMs
    if (this.#over === undefined) this.#cancelTimer = this.#clock.after(waitMs, () => this.#onTimer())
  }

  /** Anything heard since the ping is a sign of life, even when its answer is stuck behind a page of rows. */
  #isAwaitingPong(): boolean {
    return this.#pingedMs !== undefined && this.#heardMs <= this.#pingedMs
  }

  #onTimer(): void {
    if (!this.#isAwaitingPong()) {
      this.ping()
      return
    }
    if (this.#strikes.missed()) this.#fail(new OverlayError('timed_out', 'The relay fell silent.'))
    else this.#schedule(this.#waitMs)
  }

  #unexpected(): never {
    throw new OverlayError('protocol_error', 'The relay answered with another kind of message.')
  }

  #fail(error: unknown): void {
    this.#end(asOverlayError(error, 'closed', 'The link to the relay broke'))
  }

  #end(error: OverlayError, abortConnection = true): void {
    if (this.#over !== undefined) return
    this.#over = error
    this.#cancelTimer()
    for (const pending of [...this.#pending.values()]) pending.reject(error)
    if (abortConnection) {
      this.#io.abort(error)
      this.connection.abort(error)
    }
    this.emit('closed', error)
  }
}
