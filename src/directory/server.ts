import { EventEmitter } from 'node:events'
import type { Connection, Stream } from '@libp2p/interface'
import { checkInstanceId } from '../core/address.js'
import type { Clock } from '../core/clock.js'
import { asOverlayError, errorText, isOverlayError, OverlayError } from '../core/errors.js'
import { defaultListLimit, leaseMs, maxDirectoryMessageBytes, maxListLimit, maxReasonBytes } from '../core/limits.js'
import { truncateUtf8 } from '../core/text.js'
import { checkValidity, isExpired, type VerifiedCertificate } from '../identity/certificate.js'
import { relayRole } from '../identity/identity-file.js'
import { mayBind, mayDial, type ServiceDefinition, whyNotBind } from '../identity/policy.js'
import { openTerminator } from '../identity/terminator.js'
import { MessageIo } from '../net/message-io.js'
import type { Node } from '../net/node.js'
import type { Trust } from '../net/trust.js'
import {
  type BindRequest,
  type ClaimStatus,
  type ListRequest,
  type LookupRequest,
  NodeMessage,
  RelayMessage,
  type RelaysRequest,
  type RelaysResponse,
  type StatusResponse,
  type WatchRequest,
} from '../wire/messages/directory.js'
import type { GlobalDirectory } from './global-directory.js'
import { encodeList } from './list-answer.js'
import { Mirror } from './mirror.js'
import { parsePartitionKey, partitionKey } from './partition.js'
import { directoryProtocol } from './protocol.js'
import type { RelayPool } from './relay-pool.js'
import { relayStatus } from './relay-status.js'
import type { Replication } from './replication.js'
import { directoryStatus, directoryStatusOf } from './status.js'
import type { DirectoryStore, Entry, Row } from './store.js'

/** Bindings one link may hold; a host process that multiplexes thousands of instances is welcome. */
const maxBindingsPerLink = 100_000
const sweepMs = 500
/** Questions of one link that may be under way at the same time; more wait their turn. */
const maxQuestionsPerLink = 64
const maxHints = 64

interface ServerEvents {
  bound: [Entry]
  left: [Entry, string]
  /** A lookup or list was answered: which, and how long it took in ms. */
  answered: ['lookup' | 'list', number]
  warning: [unknown]
}

type Body = Omit<RelayMessage, 'requestId'>

/** One node at the other end of a directory stream. */
interface Link {
  connection: Connection
  certificate: VerifiedCertificate
  io: MessageIo
  /** By service and instance id. */
  bindings: Map<string, Entry>
  /** By service. */
  watches: Map<string, Watch>
  flushing: boolean
  lastHeardMs: number
  questions: Set<Promise<void>>
  /** A relay that feeds us what it owns. */
  feeds: boolean
  /** Terminators the node believes to stand here. */
  claimed: number
}

interface Watch {
  /** Another relay's: our own table only, and these shards. */
  shards?: Set<number>
  /** Instances whose change has not been sent yet. */
  changed: Set<string>
  /** Whether the watcher has been told that it knows everybody. */
  current: boolean
  /** The right to see the service was withdrawn: everybody there is told gone, and nothing more, until it is given back. */
  withdrawn: boolean
}

/**
 * The relay's side of the directory: takes bindings from hosts on live links, answers lookups and lists, tells watchers.
 * A host whose link closes is out of the directory at once; one that is silent for a lease is cut off.
 */
export class DirectoryServer extends EventEmitter<ServerEvents> {
  private readonly links = new Set<Link>()
  /** By service. */
  private readonly watchers = new Map<string, Set<Link>>()
  /** By binding and host. */
  private readonly holders = new Map<string, Link>()
  private readonly mirror: Mirror
  private readonly startedMs: number
  private sweep: NodeJS.Timeout | undefined
  private lastSweepMs = 0

  constructor(
    private readonly node: Node,
    private readonly trust: Trust,
    private readonly store: DirectoryStore,
    private readonly clock: Clock,
    private readonly shared: { replication: Replication; directory: GlobalDirectory; pool: RelayPool },
  ) {
    super()
    this.startedMs = clock.monotonic()
    this.mirror = new Mirror(
      { ...shared, store },
      (service, instanceId) => this.onChange(service, instanceId),
      (service) => this.onCurrent(service),
    )
  }

  async start(): Promise<void> {
    this.lastSweepMs = this.clock.monotonic()
    this.sweep = setInterval(() => this.cutSilentLinks(), sweepMs)
    this.trust.on('network', () => this.onNetwork())
    this.mirror.start()
    await this.node.libp2p.handle(directoryProtocol, (stream, connection) => this.serve(stream, connection), {
      maxInboundStreams: 4,
      maxOutboundStreams: 4,
    })
  }

  stop(): void {
    clearInterval(this.sweep)
    this.mirror.stop()
    for (const link of this.links) link.io.abort(new OverlayError('closed', 'The relay is closing.'))
  }

  /** The connections of a peer: of the process that is meant, then others that hold bindings; circuits to a host go there. */
  preferBound(connections: Connection[], processId?: number): Connection[] {
    if (connections.length < 2) return connections
    const ranks = new Map<string, number>()
    for (const { bindings, connection } of this.links) {
      const [entry] = bindings.values() // all of a link are of one process
      if (entry !== undefined) ranks.set(connection.id, entry.record.processId === processId ? 2 : 1)
    }
    const rank = ({ id }: Connection) => ranks.get(id) ?? 0
    return [...connections].sort((a, b) => rank(b) - rank(a))
  }

  /** Call it from the store's `onChange`. */
  onChange(service: string, instanceId: string): void {
    const watchers = this.watchers.get(service)
    if (watchers === undefined) return
    const shard = parsePartitionKey(this.store.partitionOf({ service, instanceId })).shard
    for (const link of watchers) {
      const watch = link.watches.get(service)
      if (watch === undefined || watch.withdrawn || watch.shards?.has(shard) === false) continue
      watch.changed.add(instanceId)
      void this.flush(link)
    }
  }

  get linkCount(): number {
    return this.links.size
  }

  /** Hosts that claim more or fewer terminators than stand on their link. */
  claims(): ClaimStatus[] {
    const claims: ClaimStatus[] = []
    for (const { claimed, bindings, certificate } of this.links) {
      if (claimed === bindings.size) continue
      claims.push({ name: certificate.name, peerId: certificate.peerId, claimed, held: bindings.size })
    }
    return claims
  }

  /** What this relay holds, for its operator. */
  status(): StatusResponse {
    return {
      ...relayStatus(this.trust, this.store, this.shared.replication),
      upMs: Math.round(this.clock.monotonic() - this.startedMs),
      links: this.links.size,
      claims: this.claims().slice(0, 4_096),
    }
  }

  private onCurrent(service: string): void {
    for (const link of this.watchers.get(service) ?? []) {
      if (link.watches.get(service)?.current === false) void this.flush(link)
    }
  }

  private async serve(stream: Stream, connection: Connection): Promise<void> {
    const certificate = this.node.gate.certificate(connection)
    if (certificate === undefined) return stream.abort(new OverlayError('refused', 'No hello on this connection.'))
    const link: Link = {
      connection,
      certificate,
      io: new MessageIo(stream, maxDirectoryMessageBytes),
      bindings: new Map(),
      watches: new Map(),
      flushing: false,
      lastHeardMs: this.clock.monotonic(),
      questions: new Set(),
      feeds: false,
      claimed: 0,
    }
    this.links.add(link)
    let reason = 'connection closed'
    try {
      for (;;) {
        const bytes = await link.io.read()
        link.lastHeardMs = this.clock.monotonic()
        const message = NodeMessage.decode(bytes)
        // Questions may have to be passed on: what comes after them is not kept waiting.
        if (message.lookup || message.list) await this.question(link, message)
        else await this.handle(link, message)
      }
    } catch (error) {
      if (!isOverlayError(error, 'closed')) reason = errorText(error)
      link.io.abort(asOverlayError(error, 'protocol_error', 'A directory message could not be read'))
    } finally {
      this.links.delete(link)
      for (const service of link.watches.keys()) this.unwatch(link, service)
      for (const entry of link.bindings.values()) this.drop(link, entry, reason)
      if (
        link.feeds &&
        ![...this.links].some((other) => other.feeds && other.certificate.peerId === certificate.peerId)
      ) {
        this.shared.replication.disconnected(certificate.peerId)
      }
    }
  }

  private async question(link: Link, message: NodeMessage): Promise<void> {
    const startedMs = this.clock.monotonic()
    const answered = this.handle(link, message)
      .then(() => void this.emit('answered', message.lookup ? 'lookup' : 'list', this.clock.monotonic() - startedMs))
      .catch((error) => link.io.abort(asOverlayError(error, 'closed', 'An answer could not be sent')))
      .finally(() => link.questions.delete(answered))
    link.questions.add(answered)
    if (link.questions.size >= maxQuestionsPerLink) await Promise.race(link.questions)
  }

  private async handle(link: Link, message: NodeMessage): Promise<void> {
    const reply = (body: Body) => link.io.write(RelayMessage.encode({ requestId: message.requestId, ...body }))
    if (message.ping) {
      link.claimed = message.ping.claimed
      return reply({ pong: message.ping })
    }
    if (message.pong) return
    try {
      if (message.bind) {
        await this.bind(link, message.bind)
        await reply({ result: { status: directoryStatus.ok, reason: '' } })
      } else if (message.unbind) {
        const entry = link.bindings.get(bindingKey(message.unbind))
        if (entry !== undefined) this.drop(link, entry, 'unbound')
        await reply({ result: { status: directoryStatus.ok, reason: '' } })
      } else if (message.lookup) await reply({ lookup: await this.lookup(link, message.lookup) })
      else if (message.list) await reply({ list: encodeList(await this.list(link, message.list)) })
      else if (message.watch) await this.watch(link, message.watch, reply)
      else if (message.unwatch) this.unwatch(link, message.unwatch.service)
      else if (message.feed) {
        this.checkRelay(link)
        link.feeds = true
        await reply({ feed: this.shared.replication.receive(link.certificate.peerId, message.feed) })
      } else if (message.relays) await reply({ relays: await this.relays(link, message.relays) })
      else if (message.status) await reply({ status: this.status() })
      else if (message.document) await this.trust.adopt(message.document.document)
      else throw new OverlayError('protocol_error', 'The request is of an unknown kind.')
    } catch (error) {
      const { code, message: text } = asOverlayError(error, 'internal', 'The request failed')
      if (code === 'closed') throw error
      await reply({ result: { status: directoryStatusOf(code), reason: truncateUtf8(text, maxReasonBytes) } })
    }
  }

  private async bind(link: Link, request: BindRequest): Promise<void> {
    if (request.terminator === undefined) throw new OverlayError('protocol_error', 'The terminator is missing.')
    const record = await openTerminator(request.terminator.terminator, { networkId: this.trust.network.networkId })
    if (
      record.hostPeerId !== link.connection.remotePeer.toString() ||
      record.relayPeerId !== this.node.libp2p.peerId.toString()
    ) {
      throw new OverlayError('protocol_error', 'The terminator was signed for another host or relay.')
    }
    checkValidity(link.certificate, this.clock.now())
    const service = this.service(record.service)
    checkInstanceId(record.instanceId)
    const forbidden = whyNotBind(service, link.certificate, record.instanceId)
    if (forbidden !== undefined) throw new OverlayError('not_permitted', forbidden)
    const key = bindingKey(record)
    const held = link.bindings.get(key)
    if (held === undefined && link.bindings.size >= maxBindingsPerLink) {
      throw new OverlayError('not_permitted', `More than ${maxBindingsPerLink} bindings on one link.`)
    }
    if (held === undefined) this.replaceElsewhere(link, record)
    const entry: Entry = {
      record,
      identityName: link.certificate.name,
      signed: { terminator: request.terminator.terminator, certificate: link.certificate.envelope },
      busy: request.busy,
      sinceMs: this.clock.now(),
    }
    if (!this.store.put(entry)) throw new OverlayError('protocol_error', 'A newer terminator is held already.')
    link.bindings.set(key, entry)
    this.holders.set(holderKey(record), link)
    if (held === undefined) this.emit('bound', entry)
  }

  /** The newest process of an identity wins, so that a host that lost its network comes back without waiting. */
  private replaceElsewhere(link: Link, record: Entry['record']): void {
    const other = this.holders.get(holderKey(record))
    const entry = other?.bindings.get(bindingKey(record))
    if (other === undefined || other === link || entry === undefined) return
    this.drop(other, entry, 'replaced by another process of the same identity')
    const { service, instanceId } = record
    other.io
      .write(RelayMessage.encode({ requestId: 0, replaced: { service, instanceId } }))
      .catch((error) => this.emit('warning', error))
  }

  private drop(link: Link, entry: Entry, reason: string): void {
    link.bindings.delete(bindingKey(entry.record))
    if (this.holders.get(holderKey(entry.record)) === link) this.holders.delete(holderKey(entry.record))
    this.store.remove(entry.record, this.clock.now())
    this.emit('left', entry, reason)
  }

  private lookup(link: Link, request: LookupRequest) {
    const { service, instanceId, local, shards, preferHostPeerId: hostPeerId, preferInstanceId } = request
    const prefer = hostPeerId === '' ? undefined : { hostPeerId, instanceId: preferInstanceId || instanceId }
    if (local) {
      this.checkRelay(link)
      return this.shared.directory.localLookup(service, instanceId, {
        shards: instanceId === '' ? shards : undefined,
        prefer,
      })
    }
    this.checkMember(link, service)
    return this.shared.directory.lookup(service, instanceId, prefer)
  }

  private list(link: Link, request: ListRequest) {
    const { service, cursor, local, shards } = request
    const limit = Math.min(request.limit === 0 ? defaultListLimit : request.limit, maxListLimit)
    if (local) {
      this.checkRelay(link)
      return this.shared.directory.localList(service, cursor, limit, shards)
    }
    this.checkMember(link, service)
    return this.shared.directory.list(service, cursor, limit)
  }

  private async watch(link: Link, request: WatchRequest, reply: (body: Body) => Promise<void>): Promise<void> {
    const { service, local } = request
    if (local) this.checkRelay(link)
    else this.checkMember(link, service)
    const shards = local ? new Set(request.shards) : undefined
    this.unwatch(link, service)
    const watch: Watch = { shards, changed: new Set(), current: false, withdrawn: false }
    link.watches.set(service, watch)
    const watchers = this.watchers.get(service) ?? new Set()
    this.watchers.set(service, watchers.add(link))
    if (!local) this.mirror.follow(service)
    await reply({ result: { status: directoryStatus.ok, reason: '' } })
    this.tellAll(link, service, watch)
  }

  private tellAll(link: Link, service: string, watch: Watch): void {
    const { shards } = watch
    if (shards === undefined) for (const instanceId of this.mirror.instanceIds(service)) watch.changed.add(instanceId)
    for (let cursor: string | undefined; ; ) {
      const page = this.store.list(service, cursor, maxListLimit, shards)
      for (const row of page.rows) watch.changed.add(row.instanceId)
      cursor = page.cursor
      if (cursor === undefined) break
    }
    void this.flush(link)
  }

  private unwatch(link: Link, service: string): void {
    const watch = link.watches.get(service)
    if (watch === undefined) return
    link.watches.delete(service)
    const watchers = this.watchers.get(service)
    watchers?.delete(link)
    if (watchers?.size === 0) this.watchers.delete(service)
    if (watch.shards === undefined) this.mirror.unfollow(service)
  }

  /** True when nobody is missing. A home that has only just become one does not know who is. */
  private knowsAll({ shards }: Watch, service: string): boolean {
    if (shards === undefined) return this.mirror.current(service)
    return [...shards].every((shard) => this.shared.replication.isSettledHome(partitionKey({ service, shard })))
  }

  private rowFor(watch: Watch, service: string, instanceId: string): Row | undefined {
    if (watch.shards !== undefined) return this.store.row(service, instanceId)
    return this.mirror.row(service, instanceId) ?? this.store.row(service, instanceId)
  }

  private lastSeen(service: string, instanceId: string): number {
    const found = this.store.lookup(service, instanceId)
    return found.state === 'offline' ? found.lastSeenMs : 0
  }

  /** Relays we know: the one asked for, or some at random of those seen lately, so that one that is gone for good is forgotten. */
  private async relays(link: Link, { peerId }: RelaysRequest): Promise<RelaysResponse> {
    const { pool } = this.shared
    const own = {
      name: this.trust.own.name,
      peerId: this.trust.own.peerId,
      addresses: this.node.libp2p.getMultiaddrs().map((address) => address.toString()),
    }
    for (const connected of this.shared.replication.placement.relays()) pool.proved(connected)
    let known = [own, ...pool.known.seen(this.clock.now())]
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

  /** Sends what changed since the last time; while one write waits, later changes of an instance become one. */
  private async flush(link: Link): Promise<void> {
    if (link.flushing) return
    link.flushing = true
    try {
      await Promise.resolve() // let the changes of this turn gather
      for (let sent = true; sent; ) {
        sent = false
        for (const [service, watch] of link.watches) {
          for (const instanceId of watch.changed) {
            sent = true
            watch.changed.delete(instanceId)
            const row = watch.withdrawn ? undefined : this.rowFor(watch, service, instanceId)
            const gone =
              row === undefined ? { goneInstanceId: instanceId, lastSeenMs: this.lastSeen(service, instanceId) } : {}
            const event = { service, row, goneInstanceId: '', lastSeenMs: 0, current: false, ...gone }
            await link.io.write(RelayMessage.encode({ requestId: 0, event }))
          }
          if (watch.current || !this.knowsAll(watch, service)) continue
          sent = true
          watch.current = true
          const event = { service, goneInstanceId: '', lastSeenMs: 0, current: true }
          await link.io.write(RelayMessage.encode({ requestId: 0, event }))
        }
      }
    } catch (error) {
      if (!isOverlayError(error, 'closed')) this.emit('warning', error)
    } finally {
      link.flushing = false
    }
  }

  private service(name: string) {
    const service = this.trust.network.services.get(name)
    if (service === undefined) throw new OverlayError('unknown_service', `The network has no service '${name}'.`)
    return service
  }

  private checkRelay(link: Link): void {
    if (link.certificate.roles.includes(relayRole)) return
    throw new OverlayError('not_permitted', `${link.certificate.name} is no relay.`)
  }

  private checkMember(link: Link, name: string): void {
    if (mayUse(this.service(name), link.certificate)) return
    throw new OverlayError('not_permitted', `${link.certificate.name} may not use service '${name}'.`)
  }

  private onNetwork(): void {
    const document = { document: this.trust.network.envelope }
    for (const link of this.links) {
      for (const entry of link.bindings.values()) {
        const service = this.trust.network.services.get(entry.record.service)
        if (service !== undefined && mayBind(service, link.certificate, entry.record.instanceId)) continue
        this.drop(link, entry, 'no longer permitted')
      }
      for (const [service, watch] of link.watches) this.recheck(link, service, watch)
      link.io
        .write(RelayMessage.encode({ requestId: 0, document }))
        .catch((error) => isOverlayError(error, 'closed') || this.emit('warning', error))
    }
  }

  private recheck(link: Link, name: string, watch: Watch): void {
    if (watch.shards !== undefined) return // a relay's
    const service = this.trust.network.services.get(name)
    const withdrawn = service === undefined || !mayUse(service, link.certificate)
    if (withdrawn === watch.withdrawn) return
    watch.withdrawn = withdrawn
    this.tellAll(link, name, watch)
  }

  private cutSilentLinks(): void {
    const now = this.clock.monotonic()
    // After this process itself was stopped for a while, everyone looks silent: their messages wait to be read.
    const suspended = now - this.lastSweepMs > 4 * sweepMs
    this.lastSweepMs = now
    for (const service of this.watchers.keys()) this.onCurrent(service)
    for (const link of this.links) {
      if (link.bindings.size > 0 && isExpired(link.certificate, this.clock.now())) {
        for (const entry of link.bindings.values()) this.drop(link, entry, 'the certificate expired')
      }
      if (suspended) link.lastHeardMs = now
      if (now - link.lastHeardMs < leaseMs - 2 * sweepMs) continue
      link.connection.abort(
        new OverlayError('timed_out', `${link.certificate.name} was silent for ${leaseMs / 1000} s.`),
      )
    }
  }
}

const mayUse = (service: ServiceDefinition, certificate: VerifiedCertificate) =>
  mayDial(service, certificate) || mayBind(service, certificate, certificate.name)
const holderKey = (record: { service: string; instanceId: string; hostPeerId: string }) =>
  `${record.service}\0${record.instanceId}\0${record.hostPeerId}`
const bindingKey = (binding: { service: string; instanceId: string }) => `${binding.service}\0${binding.instanceId}`
