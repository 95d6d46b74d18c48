import { EventEmitter } from 'node:events'
import type { Connection, Stream } from '@libp2p/interface'
import { equalBytes } from '../../core/bytes.js'
import type { Clock } from '../../core/clock.js'
import { asOverlayError, errorText, isOverlayError, OverlayError } from '../../core/errors.js'
import { SecondTicks } from '../../core/every-second.js'
import {
  defaultListLimit,
  leaseMs,
  maxDirectoryMessageBytes,
  maxLinksPerPeer,
  maxListLimit,
  maxReasonBytes,
  maxUnreadAnswerBytes,
  maxUnreadRelayBytes,
} from '../../core/limits.js'
import { Standstill } from '../../core/standstill.js'
import { normalName, truncateUtf8 } from '../../core/text.js'
import { encodeDigest, encodeList } from '../../directory/list-answer.js'
import type { RelayPool } from '../../directory/relay-pool.js'
import { XorDigest } from '../../directory/xor-digest.js'
import type { VerifiedCertificate } from '../../identity/certificate.js'
import { authorityRole, relayRole } from '../../identity/identity-file.js'
import { operatorRole } from '../../identity/policy.js'
import { MessageIo } from '../../net/message-io.js'
import type { Node } from '../../net/node.js'
import type { Quotas } from '../../net/quotas.js'
import type { Trust } from '../../net/trust.js'
import { directoryStatus, directoryStatusOf } from '../../wire/directory-status.js'
import {
  type ClaimStatus,
  type LinkPing,
  type ListRequest,
  type ListResponse,
  type LookupRequest,
  type MembersRequest,
  type MembersResponse,
  NodeMessage,
  RelayMessage,
  type RelaysRequest,
  type RelaysResponse,
  type SpliceRequest,
  type SpliceResponse,
  type Standing,
  type StatusResponse,
  type WatchRequest,
} from '../../wire/messages/directory.js'
import { directoryProtocol } from '../../wire/protocols.js'
import type { Homes } from '../feeds/homes.js'
import type { Replication } from '../feeds/replication.js'
import type { Joining } from '../joining/joining.js'
import type { Renewals } from '../renewals.js'
import type { Splicer } from '../splices/splicer.js'
import type { Entry } from '../table/entry.js'
import type { DirectoryStore } from '../table/store.js'
import { type BindingLink, Bindings, claimsOf } from './bindings.js'
import type { GlobalDirectory } from './global-directory.js'
import { relayStatus } from './relay-status.js'
import { Watchers, type WatchingLink } from './watchers.js'

const sweepMs = 1_000
/** Up to this it is a busy process. */
const toleratedMs = 1_500
/** A link that was silent for so long is cut, ms: who holds it must not be listed for longer than the lease. */
const silentLinkMs = leaseMs - 1_000
/** Limits the questions of one link that may be under way at the same time; more wait their turn. */
const maxQuestionsPerLink = 64
const maxHints = 64
/** A question that is one too many is refused after this long. */
const refusalMs = 250
const maxMembersPerPage = 64
/** No offer of a splice takes more. */
const spliceOfferBytes = 128

interface ServerEvents {
  bound: [Entry]
  left: [Entry, string]
  /** Called when a lookup or list was answered: which, and how long it took in ms. */
  answered: ['lookup' | 'list', number]
  warning: [unknown]
}

const maxToldAtOnce = 4_096

type Body = Omit<RelayMessage, 'requestId'>

/** One node at the other end of a directory stream. */
interface Link extends WatchingLink, BindingLink {
  lastHeardMs: number
  questions: Set<Promise<void>>
  /** Says whether it is a relay that feeds us what it owns. */
  feeds: boolean
  /** Counts the pings in a row that disagree with what stands here. */
  disagreements: number
}

/** What the server uses of the relay's other parts. */
interface SharedParts {
  homes: Homes
  replication: Replication
  directory: GlobalDirectory
  pool: RelayPool
  splicer: Splicer
  joining: Joining
  quotas: Quotas
  renewals: Renewals
}

/**
 * The relay's side of the directory: it takes what hosts bind on live links, answers lookups and lists, tells watchers. A host
 * whose link closes is out of the directory at once; one that is silent for a lease is cut off.
 */
export class DirectoryServer extends EventEmitter<ServerEvents> {
  readonly #node: Node
  readonly #trust: Trust
  readonly #store: DirectoryStore
  readonly #clock: Clock
  readonly shared: SharedParts

  readonly links = new Set<Link>()
  readonly #byPeer = new Map<string, Set<Link>>()
  readonly bindings: Bindings
  readonly watchers: Watchers
  readonly #startedMs: number
  #sweeps: SecondTicks | undefined
  #standstill: Standstill | undefined

  constructor(node: Node, trust: Trust, store: DirectoryStore, clock: Clock, shared: SharedParts) {
    super()
    this.#node = node
    this.#trust = trust
    this.#store = store
    this.#clock = clock
    this.shared = shared

    this.#startedMs = clock.monotonic()
    this.bindings = new Bindings({ trust, store, clock, admit: (link) => this.#admitBinding(link.certificate) })
    this.bindings.on('bound', (entry) => this.emit('bound', entry))
    this.bindings.on('left', (entry, reason) => this.emit('left', entry, reason))
    this.bindings.on('warning', (error) => this.emit('warning', error))
    const { liars } = shared.replication
    this.watchers = new Watchers({ ...shared, store, clock, liars }, (error) => this.emit('warning', error))
  }

  async start(): Promise<void> {
    this.#standstill = new Standstill({ everyMs: sweepMs, toleratedMs }, this.#clock.monotonic())
    this.#sweeps = new SecondTicks(() => this.#cutSilentLinks(), this.#clock)
    this.#node.gate.on('renewed', (connection, certificate) => {
      for (const link of this.links) if (link.connection === connection) link.certificate = certificate
    })
    this.#trust.on('network', (_, { envelope }) => this.#handOn(envelope))
    this.watchers.start()
    await this.#node.libp2p.handle(directoryProtocol, (stream, connection) => this.#serve(stream, connection), {
      maxInboundStreams: 4,
      maxOutboundStreams: 4,
    })
  }

  stop(): void {
    this.#sweeps?.stop()
    this.watchers.stop()
    for (const link of this.links) link.io.abort(new OverlayError('closed', 'The relay is closing.'))
  }

  /**
   * Returns the connections of a peer in the order in which circuits to it should take them: those of the process that is meant,
   * then others that hold bindings.
   */
  preferBound(connections: Connection[], processId?: number): Connection[] {
    if (connections.length < 2) return connections
    const ranks = new Map<string, number>()
    for (const link of this.links) {
      // One that has given its place away still has sessions that want further paths.
      if (link.processId !== undefined && link.processId === processId) ranks.set(link.connection.id, 2)
      else if (link.bindings.size > 0) ranks.set(link.connection.id, 1)
    }
    const rank = ({ id }: Connection) => ranks.get(id) ?? 0
    return [...connections].sort((a, b) => rank(b) - rank(a))
  }

  /** Called by the store's `onChange`. */
  onChange(service: string, instanceId: string): void {
    this.watchers.onChange(service, instanceId)
  }

  /** Called when partitions were cut anew. */
  resharded(): void {
    this.watchers.resharded()
  }

  get linkCount(): number {
    return this.links.size
  }

  /** Returns the hosts that claim more or fewer terminators than stand on their link. */
  claims(): ClaimStatus[] {
    return claimsOf(this.links)
  }

  /** Returns what this relay holds, for its operator. */
  status(): StatusResponse {
    return {
      ...relayStatus(this.#trust, this.#store, this.shared.homes, this.shared.replication),
      upMs: Math.round(this.#clock.monotonic() - this.#startedMs),
      links: this.links.size,
      splices: this.shared.splicer.counts.joined,
      pendingSplices: this.shared.splicer.counts.pending,
      claims: this.claims().slice(0, 4_096),
    }
  }

  /** Returns as much of the status as the member may see: any member may see how relays fare, but not who is where. */
  #statusFor({ certificate: { roles } }: Link): StatusResponse {
    const status = this.status()
    return [relayRole, operatorRole, authorityRole].some((role) => roles.includes(role))
      ? status
      : { ...status, claims: [] }
  }

  async #serve(stream: Stream, connection: Connection): Promise<void> {
    const certificate = this.#node.gate.certificate(connection)
    if (certificate === undefined) return stream.abort(new OverlayError('refused', 'No hello on this connection.'))
    const { peerId } = certificate
    const ofPeer = this.#byPeer.get(peerId) ?? new Set<Link>()
    if (ofPeer.size >= maxLinksPerPeer) {
      return stream.abort(new OverlayError('refused', `More than ${maxLinksPerPeer} links of ${certificate.name}.`))
    }
    const link: Link = {
      connection,
      processId: undefined,
      certificate,
      io: new MessageIo(stream, maxDirectoryMessageBytes),
      bindings: new Map(),
      watches: new Map(),
      flushing: false,
      lastHeardMs: this.#clock.monotonic(),
      questions: new Set(),
      feeds: false,
      claimed: 0,
      splices: false,
      standing: new XorDigest(),
      disagreements: 0,
    }
    this.links.add(link)
    this.#byPeer.set(peerId, ofPeer.add(link))
    // The hello has compared the newest ones only.
    for (const { envelope } of this.#trust.aside) this.#hand(link, envelope)
    this.#renew(link)
    let reason = 'connection closed'
    try {
      for (;;) {
        const bytes = await link.io.read()
        link.lastHeardMs = this.#clock.monotonic()
        const message = NodeMessage.decode(bytes)
        // Questions may have to be passed on, or to wait for their refusal; what comes after them must not wait meanwhile.
        if (mayWait(message)) await this.#question(link, message)
        else await this.#handle(link, message)
      }
    } catch (error) {
      if (!isOverlayError(error, 'closed')) reason = errorText(error)
      link.io.abort(asOverlayError(error, 'protocol_error', 'A directory message could not be read'))
    } finally {
      this.links.delete(link)
      ofPeer.delete(link)
      if (ofPeer.size === 0) this.#byPeer.delete(peerId)
      for (const service of link.watches.keys()) this.watchers.remove(link, service)
      this.bindings.dropAll(link, reason)
      if (
        link.feeds &&
        ![...this.links].some((other) => other.feeds && other.certificate.peerId === certificate.peerId)
      ) {
        this.shared.replication.disconnected(certificate.peerId)
      }
    }
  }

  async #question(link: Link, message: NodeMessage): Promise<void> {
    const startedMs = this.#clock.monotonic()
    const answered = this.#handle(link, message)
      .then(() => {
        const kind = message.lookup ? 'lookup' : message.list ? 'list' : undefined
        if (kind !== undefined) this.emit('answered', kind, this.#clock.monotonic() - startedMs)
      })
      .catch((error) => link.io.abort(asOverlayError(error, 'closed', 'An answer could not be sent')))
      .finally(() => link.questions.delete(answered))
    link.questions.add(answered)
    if (link.questions.size >= maxQuestionsPerLink) await Promise.race(link.questions)
  }

  /** Writes to a link. A peer that asks and does not read the answers loses its links before it fills the memory. */
  write(link: Link, bytes: Uint8Array): Promise<void> {
    const tooMuch = this.#unread(link, bytes.byteLength)
    if (tooMuch !== undefined) throw tooMuch
    return link.io.write(bytes)
  }

  /** Returns why so many more bytes may not be written to a link; undefined when they may. */
  #unread(
    { certificate: { peerId, name, roles } }: Pick<Link, 'certificate'>,
    byteLength: number,
  ): OverlayError | undefined {
    let unread = 0
    for (const { io } of this.#byPeer.get(peerId) ?? []) unread += io.unsentBytes
    const most = roles.includes(relayRole) ? maxUnreadRelayBytes : maxUnreadAnswerBytes
    if (unread === 0 || unread + byteLength <= most) return undefined
    return new OverlayError('closed', `${name} does not read what it is told: ${unread} bytes wait.`)
  }

  #admitRate(quota: 'requests' | 'dials', { certificate: { peerId, roles } }: Link): void {
    if (roles.includes(relayRole)) return
    const refused = this.shared.quotas.ofRate(quota, peerId, this.#clock.monotonic())
    if (refused !== undefined) throw refused
  }

  #admitBinding({ peerId }: VerifiedCertificate): void {
    let held = 0
    for (const { bindings } of this.#byPeer.get(peerId) ?? []) held += bindings.size
    const refused = this.shared.quotas.ofHeld('bindings', held)
    if (refused !== undefined) throw refused
  }

  async #handle(link: Link, message: NodeMessage): Promise<void> {
    const reply = (body: Body) => this.write(link, RelayMessage.encode({ requestId: message.requestId, ...body }))
    if (message.ping) {
      return this.#onPing(link, message.ping, reply)
    }
    if (message.pong) return
    try {
      if (isQuestion(message)) this.#admitRate('requests', link)
      if (message.bind) {
        const takeovers = await this.bindings.bind(link, message.bind)
        await reply({ result: { status: directoryStatus.ok, reason: '', ...(takeovers ? { takeovers } : {}) } })
      } else if (message.unbind) {
        this.bindings.unbind(link, message.unbind)
        await reply({ result: { status: directoryStatus.ok, reason: '' } })
      } else if (message.lookup) await reply({ lookup: await this.#lookup(link, message.lookup) })
      else if (message.list) await reply({ list: await this.#list(link, message.list) })
      else if (message.watch) await this.#watch(link, message.watch, reply)
      else if (message.unwatch) this.watchers.remove(link, message.unwatch.service)
      else if (message.feed) {
        this.#checkRelay(link)
        link.feeds = true
        await reply({ feed: await this.shared.replication.receive(link.certificate.peerId, message.feed) })
      } else if (message.accusation) {
        this.#checkRelay(link)
        this.shared.replication.onAccusation(link.certificate.peerId, message.accusation)
      } else if (message.relays) await reply({ relays: await this.#relays(link, message.relays) })
      else if (message.splice) await reply({ splice: this.#splice(link, message.splice) })
      else if (message.status) await reply({ status: this.#statusFor(link) })
      else if (message.members) await reply({ members: this.#members(link, message.members) })
      else if (message.redeem) {
        this.#checkRelay(link)
        await reply({ redeem: await this.shared.joining.redeem(message.redeem) })
      } else if (message.redeemed) {
        this.#checkRelay(link)
        await this.shared.joining.take(message.redeemed.redemptions)
        await reply({ result: { status: directoryStatus.ok, reason: '' } })
      } else if (message.renewals) {
        await this.#takeRenewals(link, message.renewals.certificates)
        await reply({ result: { status: directoryStatus.ok, reason: '' } })
      } else if (message.document) {
        await this.#trust.adopt(message.document.document)
        // Pushed, it is no request; somebody who asks whether it was taken is told.
        if (message.requestId !== 0) await reply({ result: { status: directoryStatus.ok, reason: '' } })
      } else throw new OverlayError('protocol_error', 'The request is of an unknown kind.')
    } catch (error) {
      const { code, message: text, details } = asOverlayError(error, 'internal', 'The request failed')
      if (code === 'closed') throw error
      // Refusals cost as well: who floods waits for them, and sends no more meanwhile.
      if (code === 'busy' && mayWait(message)) {
        await new Promise<void>((resolve) => this.#clock.after(refusalMs, resolve))
      }
      const { takeovers } = details
      const reason = truncateUtf8(text, maxReasonBytes)
      await reply({ result: { status: directoryStatusOf(code), reason, ...(takeovers ? { takeovers } : {}) } })
    }
  }

  #onPing(link: Link, { id, claimed, standing }: LinkPing, reply: (body: Body) => Promise<void>): Promise<void> {
    link.claimed = claimed
    const agrees = standing === undefined ? claimed === link.bindings.size : link.standing.equals(standing)
    link.disagreements = agrees ? 0 : link.disagreements + 1
    const hasSlot = link.bindings.size === 0 || this.#node.hasSlot(link.connection.remotePeer)
    const answered = reply({ pong: { id, claimed, ...(hasSlot ? {} : { noSlot: true }) } })
    // What crossed the ping on its way is no disagreement; the next one shows it.
    if (link.disagreements < 2) return answered
    link.disagreements = 0
    return Promise.all([answered, ...standingOf(link).map((part) => reply({ standing: part }))]).then(() => {})
  }

  #lookup(link: Link, request: LookupRequest) {
    const { service, local, shards, preferHostPeerId: hostPeerId, preferInstanceId, describe } = request
    const instanceId = normalName(request.instanceId)
    const prefer = hostPeerId === '' ? undefined : { hostPeerId, instanceId: preferInstanceId || instanceId }
    if (local) {
      this.#checkRelay(link)
      return this.shared.directory.localLookup(service, instanceId, {
        shards: instanceId === '' ? shards : undefined,
        prefer,
        describe,
      })
    }
    this.#checkMember(link, service)
    return this.shared.directory.lookup(service, instanceId, { prefer, describe })
  }

  async #list(link: Link, request: ListRequest): Promise<ListResponse> {
    const { service, cursor, local, shards, digestOnly = false, unlessDigest } = request
    const limit = Math.min(request.limit === 0 ? defaultListLimit : request.limit, maxListLimit)
    const { directory } = this.shared
    if (local) {
      this.#checkRelay(link)
      const answer = directory.localList(service, cursor, limit, shards)
      const isKnown = unlessDigest !== undefined && equalBytes(unlessDigest, answer.page.digest)
      return (digestOnly || isKnown ? encodeDigest : encodeList)(answer)
    }
    this.#checkMember(link, service)
    return digestOnly
      ? directory.listDigest(service, cursor, limit)
      : encodeList(await directory.list(service, cursor, limit))
  }

  async #watch(link: Link, request: WatchRequest, reply: (body: Body) => Promise<void>): Promise<void> {
    const { service, local } = request
    if (local) this.#checkRelay(link)
    else this.#checkMember(link, service)
    const watch = this.watchers.add(link, service, local ? new Set(request.shards) : undefined)
    if (!local) {
      watch.release = this.#trust.permissions.hold({ service, asker: link.certificate }, (withdrawal) =>
        this.watchers.withdraw(link, service, withdrawal !== undefined),
      )
    }
    await reply({ result: { status: directoryStatus.ok, reason: '' } })
    this.watchers.tellAll(link, service, watch)
  }

  /** Prepares to join connections of a dialer and a host: each gets a token, on its own link. */
  #splice(link: Link, request: SpliceRequest): SpliceResponse {
    const { service, hostPeerId } = request
    const instanceId = normalName(request.instanceId)
    this.#admitRate('dials', link) // also of one who asks for somebody who is not there
    this.#trust.permissions.check({ service, dialer: link.certificate })
    const host = this.bindings.holder({ ...request, instanceId })
    // Members who ask and don't come, and a host that reads nothing of it, would fill the memory.
    const tooMuch = host && this.#unread(host, spliceOfferBytes)
    if (tooMuch !== undefined) host?.io.abort(tooMuch)
    if (host === undefined || tooMuch !== undefined) {
      throw new OverlayError('offline', `'${instanceId}' of ${hostPeerId} is not bound on this relay.`)
    }
    if (!host.splices) throw new OverlayError('protocol_error', `${host.certificate.name} can't be spliced.`)
    const { splicer, quotas } = this.shared
    const refused = quotas.ofHeld('splices', splicer.held(link.certificate.peerId))
    if (refused !== undefined) throw refused
    const tokens = splicer.prepare(link.certificate, host.certificate)
    const spliceOffer = { token: new Uint8Array(tokens.host), dialerPeerId: link.certificate.peerId }
    host.io
      .write(RelayMessage.encode({ requestId: 0, spliceOffer }))
      .catch((error) => isOverlayError(error, 'closed') || this.emit('warning', error))
    return { token: new Uint8Array(tokens.dialer) }
  }

  /**
   * Returns relays we know: the one asked for, or some at random of those seen lately, so that a relay that is gone for good is
   * forgotten.
   */
  async #relays(link: Link, { peerId }: RelaysRequest): Promise<RelaysResponse> {
    const { pool } = this.shared
    const own = {
      name: this.#trust.own.name,
      peerId: this.#trust.own.peerId,
      addresses: this.#node.libp2p.getMultiaddrs().map((address) => address.toString()),
    }
    for (const connected of this.shared.homes.placement.relays()) pool.proved(connected)
    let known = [own, ...pool.known.seen(this.#clock.now())]
    if (peerId !== '') known = [own, ...pool.known.all()].filter((relay) => relay.peerId === peerId)
    else if (known.length > maxHints) {
      const first = Math.floor(Math.random() * known.length)
      known = [...known.slice(first), ...known.slice(0, first)].slice(0, maxHints)
    }
    const asker = link.certificate.peerId
    const relays = known
      .filter((relay) => relay.peerId !== asker)
      .map(({ name, peerId, addresses }) => ({ name, peerId, multiaddrs: addresses.slice(0, 16) }))
    return { relays }
  }

  #checkRelay(link: Link): void {
    if (link.certificate.roles.includes(relayRole)) return
    throw new OverlayError('not_permitted', `${link.certificate.name} is no relay.`)
  }

  #checkMember(link: Link, name: string): void {
    this.#trust.permissions.check({ service: name, asker: link.certificate })
  }

  #handOn(envelope: Uint8Array<ArrayBuffer>): void {
    for (const link of this.links) {
      this.#hand(link, envelope)
    }
  }

  /** Returns a page of the members that are connected. */
  #members(link: Link, { cursor, joinedAs }: MembersRequest): MembersResponse {
    if (!link.certificate.roles.includes(authorityRole)) {
      throw new OverlayError('not_permitted', 'Only the authority may ask who is connected.')
    }
    if (joinedAs !== '') {
      return { certificates: [], cursor: '', redemptions: this.shared.joining.joinedAs(joinedAs) }
    }
    const members = new Map(this.#node.gate.members().map(({ certificate }) => [certificate.peerId, certificate]))
    const waiting = [...members.keys()].filter((peerId) => peerId > cursor && peerId !== link.certificate.peerId).sort()
    const page = waiting.slice(0, maxMembersPerPage)
    return {
      certificates: page.map((peerId) => members.get(peerId)!.envelope),
      cursor: waiting.length > page.length ? page.at(-1)! : '',
      redemptions: [],
    }
  }

  /** Takes in newer certificates from the authority or another relay. */
  async #takeRenewals(link: Link, envelopes: readonly Uint8Array[]): Promise<void> {
    if (!link.certificate.roles.includes(authorityRole)) this.#checkRelay(link)
    const news = await this.shared.renewals.take(envelopes, this.#clock.now())
    if (news.length > 0) this.handRenewals(news)
  }

  /** Hands newer certificates to the members they are for, where these are connected here, and on to the other relays. */
  handRenewals(news: readonly VerifiedCertificate[]): void {
    const own = news.find(({ peerId }) => peerId === this.#trust.own.peerId)
    if (own !== undefined) void this.#trust.takeRenewal(own.envelope)
    const peers = new Set(news.map(({ peerId }) => peerId))
    for (const other of this.links) if (peers.has(other.certificate.peerId)) this.#renew(other)
    const certificates = news.map(({ envelope }) => envelope)
    for (const { link: relay } of this.shared.pool.up()) {
      relay.renewals(certificates).catch(() => {}) // it hears of it when its link opens again
    }
  }

  /** Hands the node at the other end its newer certificate, when there is one. */
  #renew(link: Link): void {
    const renewal = this.shared.renewals.newerThan(link.certificate)
    if (renewal === undefined) return
    link.io
      .write(RelayMessage.encode({ requestId: 0, renewals: { certificates: [renewal.envelope] } }))
      .catch((error) => isOverlayError(error, 'closed') || this.emit('warning', error))
  }

  #hand(link: Link, document: Uint8Array<ArrayBuffer>): void {
    link.io
      .write(RelayMessage.encode({ requestId: 0, document: { document } }))
      .catch((error) => isOverlayError(error, 'closed') || this.emit('warning', error))
  }

  #cutSilentLinks(): void {
    const now = this.#clock.monotonic()
    // Then everyone looks silent: their messages wait to be read.
    const stoodStill = (this.#standstill?.look(now) ?? 0) > 0
    this.watchers.checkCurrent()
    let nextMs = Number.POSITIVE_INFINITY
    for (const link of this.links) {
      if (stoodStill) link.lastHeardMs = now
      const dueMs = link.lastHeardMs + silentLinkMs
      if (now < dueMs) {
        nextMs = Math.min(nextMs, dueMs)
        continue
      }
      link.connection.abort(
        new OverlayError('timed_out', `${link.certificate.name} was silent for ${leaseMs / 1000} s.`),
      )
    }
    this.#sweeps?.within(nextMs - now)
  }
}

/** Says whether the answer may take a while, so that other messages of the link are handled meanwhile. */
const mayWait = ({ lookup, list, splice }: NodeMessage): boolean =>
  lookup !== undefined || list !== undefined || splice !== undefined

/** Returns true for what a member asks, each time at the relay's expense. */
function isQuestion({ lookup, list, watch, relays, status, members, splice, document }: NodeMessage): boolean {
  return [lookup, list, watch, relays, status, members, splice, document].some((part) => part !== undefined)
}

/** Returns all that stands on a link, in messages of a few thousand names. */
function standingOf({ bindings, watches }: Link): Standing[] {
  const parts: Standing[] = []
  const names = [...bindings.values()].map(({ record: { service, instanceId } }) => ({ service, instanceId }))
  const services = [...watches.keys()]
  do {
    const begin = parts.length === 0
    const told = { bindings: names.splice(0, maxToldAtOnce), watches: services.splice(0, maxToldAtOnce) }
    parts.push({ begin, end: names.length === 0 && services.length === 0, ...told })
  } while (names.length > 0 || services.length > 0)
  return parts
}
