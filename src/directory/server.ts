import { EventEmitter } from 'node:events'
import type { Connection, Stream } from '@libp2p/interface'
import { checkInstanceId } from '../core/address.js'
import type { Clock } from '../core/clock.js'
import { asOverlayError, errorText, isOverlayError, OverlayError } from '../core/errors.js'
import { defaultListLimit, leaseMs, maxDirectoryMessageBytes, maxListLimit, maxReasonBytes } from '../core/limits.js'
import { truncateUtf8 } from '../core/text.js'
import type { VerifiedCertificate } from '../identity/certificate.js'
import { mayBind, mayDial } from '../identity/policy.js'
import { openTerminator } from '../identity/terminator.js'
import { MessageIo } from '../net/message-io.js'
import type { Node } from '../net/node.js'
import type { Trust } from '../net/trust.js'
import {
  type BindRequest,
  type ListRequest,
  type LookupRequest,
  NodeMessage,
  RelayMessage,
} from '../wire/messages/directory.js'
import { directoryStatus, directoryStatusOf } from './status.js'
import type { DirectoryStore, Entry } from './store.js'

export const directoryProtocol = '/chat-p2p/directory/1.0.0'

/** Bindings one link may hold; a host process that multiplexes thousands of instances is welcome. */
const maxBindingsPerLink = 100_000
const sweepMs = 500

interface ServerEvents {
  bound: [Entry]
  left: [Entry, string]
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
  /** Services watched, and the instances whose change has not been sent yet. */
  watches: Map<string, Set<string>>
  flushing: boolean
  lastHeardMs: number
}

/**
 * The relay's side of the directory: takes bindings from hosts on live links, answers lookups and lists, tells watchers.
 * A host whose link closes is out of the directory at once; one that is silent for a lease is cut off.
 */
export class DirectoryServer extends EventEmitter<ServerEvents> {
  private readonly links = new Set<Link>()
  private sweep: NodeJS.Timeout | undefined
  private lastSweepMs = 0

  constructor(
    private readonly node: Node,
    private readonly trust: Trust,
    private readonly store: DirectoryStore,
    private readonly clock: Clock,
  ) {
    super()
  }

  async start(): Promise<void> {
    this.lastSweepMs = this.clock.monotonic()
    this.sweep = setInterval(() => this.cutSilentLinks(), sweepMs)
    this.trust.on('network', () => this.onNetwork())
    await this.node.libp2p.handle(directoryProtocol, (stream, connection) => this.serve(stream, connection), {
      maxInboundStreams: 4,
      maxOutboundStreams: 4,
    })
  }

  stop(): void {
    clearInterval(this.sweep)
    for (const link of this.links) link.io.abort(new OverlayError('closed', 'The relay is closing.'))
  }

  /** The connections of a peer, the ones that hold bindings first; circuits to a host go there. */
  preferBound(connections: Connection[]): Connection[] {
    if (connections.length < 2) return connections
    const bound = new Set([...this.links].filter((link) => link.bindings.size > 0).map((link) => link.connection.id))
    return [...connections].sort((a, b) => Number(bound.has(b.id)) - Number(bound.has(a.id)))
  }

  /** Call it from the store's `onChange`. */
  onChange(service: string, instanceId: string): void {
    for (const link of this.links) {
      const changed = link.watches.get(service)
      if (changed === undefined) continue
      changed.add(instanceId)
      void this.flush(link)
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
    }
    this.links.add(link)
    let reason = 'connection closed'
    try {
      for (;;) {
        const bytes = await link.io.read()
        link.lastHeardMs = this.clock.monotonic()
        await this.handle(link, NodeMessage.decode(bytes))
      }
    } catch (error) {
      if (!isOverlayError(error, 'closed')) reason = errorText(error)
      link.io.abort(asOverlayError(error, 'protocol_error', 'A directory message could not be read'))
    } finally {
      this.links.delete(link)
      for (const entry of link.bindings.values()) this.drop(link, entry, reason)
    }
  }

  private async handle(link: Link, message: NodeMessage): Promise<void> {
    const reply = (body: Body) => link.io.write(RelayMessage.encode({ requestId: message.requestId, ...body }))
    if (message.ping) return reply({ pong: message.ping })
    if (message.pong) return
    try {
      if (message.bind) {
        await this.bind(link, message.bind)
        await reply({ result: { status: directoryStatus.ok, reason: '' } })
      } else if (message.unbind) {
        const entry = link.bindings.get(bindingKey(message.unbind))
        if (entry !== undefined) this.drop(link, entry, 'unbound')
        await reply({ result: { status: directoryStatus.ok, reason: '' } })
      } else if (message.lookup) await reply({ lookup: this.lookup(link, message.lookup) })
      else if (message.list) await reply({ list: this.list(link, message.list) })
      else if (message.watch) await this.watch(link, message.watch.service, reply)
      else if (message.unwatch) link.watches.delete(message.unwatch.service)
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
    const service = this.service(record.service)
    checkInstanceId(record.instanceId)
    if (!mayBind(service, link.certificate, record.instanceId)) {
      throw new OverlayError(
        'not_permitted',
        `${link.certificate.name} may not bind '${record.instanceId}' on service '${record.service}'.`,
      )
    }
    const key = bindingKey(record)
    const held = link.bindings.get(key)
    if (held === undefined && link.bindings.size >= maxBindingsPerLink) {
      throw new OverlayError('not_permitted', `More than ${maxBindingsPerLink} bindings on one link.`)
    }
    if (held === undefined) this.replaceElsewhere(link, key, record)
    const entry: Entry = {
      record,
      identityName: link.certificate.name,
      signed: { terminator: request.terminator.terminator, certificate: link.certificate.envelope },
      busy: request.busy,
      sinceMs: this.clock.now(),
    }
    if (!this.store.put(entry)) throw new OverlayError('protocol_error', 'A newer terminator is held already.')
    link.bindings.set(key, entry)
    if (held === undefined) this.emit('bound', entry)
  }

  /** The newest process of an identity wins, so that a host that lost its network comes back without waiting. */
  private replaceElsewhere(link: Link, key: string, record: Entry['record']): void {
    for (const other of this.links) {
      const entry = other.bindings.get(key)
      if (other === link || entry === undefined || entry.record.hostPeerId !== record.hostPeerId) continue
      this.drop(other, entry, 'replaced by another process of the same identity')
      const { service, instanceId } = record
      other.io
        .write(RelayMessage.encode({ requestId: 0, replaced: { service, instanceId } }))
        .catch((error) => this.emit('warning', error))
    }
  }

  private drop(link: Link, entry: Entry, reason: string): void {
    link.bindings.delete(bindingKey(entry.record))
    this.store.remove(entry.record, this.clock.now())
    this.emit('left', entry, reason)
  }

  private lookup(link: Link, request: LookupRequest) {
    this.checkMember(link, request.service)
    if (request.instanceId === '') {
      const entries = this.store.any(request.service, maxListLimit)
      const status = entries.length > 0 ? directoryStatus.ok : directoryStatus.unknownInstance
      return { status, terminators: entries.map((entry) => entry.signed), lastSeenMs: 0 }
    }
    const found = this.store.lookup(request.service, request.instanceId)
    if (found.state === 'online') {
      return { status: directoryStatus.ok, terminators: found.entries.map((entry) => entry.signed), lastSeenMs: 0 }
    }
    if (found.state === 'offline') {
      return { status: directoryStatus.offline, terminators: [], lastSeenMs: found.lastSeenMs }
    }
    return { status: directoryStatus.unknownInstance, terminators: [], lastSeenMs: 0 }
  }

  private list(link: Link, request: ListRequest) {
    this.checkMember(link, request.service)
    const limit = Math.min(request.limit === 0 ? defaultListLimit : request.limit, maxListLimit)
    const { rows, cursor } = this.store.list(request.service, request.cursor === '' ? undefined : request.cursor, limit)
    return { status: directoryStatus.ok, rows, cursor: cursor ?? '' }
  }

  private async watch(link: Link, service: string, reply: (body: Body) => Promise<void>): Promise<void> {
    this.checkMember(link, service)
    const changed = link.watches.get(service) ?? new Set()
    link.watches.set(service, changed)
    await reply({ result: { status: directoryStatus.ok, reason: '' } })
    for (let cursor: string | undefined; ; ) {
      const page = this.store.list(service, cursor, maxListLimit)
      for (const row of page.rows) changed.add(row.instanceId)
      cursor = page.cursor
      if (cursor === undefined) break
    }
    void this.flush(link)
  }

  /** Sends what changed since the last time; while one write waits, later changes of an instance become one. */
  private async flush(link: Link): Promise<void> {
    if (link.flushing) return
    link.flushing = true
    try {
      await Promise.resolve() // let the changes of this turn gather
      for (let sent = true; sent; ) {
        sent = false
        for (const [service, changed] of link.watches) {
          for (const instanceId of changed) {
            sent = true
            changed.delete(instanceId)
            const row = this.store.row(service, instanceId)
            const event = row ? { service, row, goneInstanceId: '' } : { service, goneInstanceId: instanceId }
            await link.io.write(RelayMessage.encode({ requestId: 0, event }))
          }
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

  private checkMember(link: Link, name: string): void {
    const service = this.service(name)
    if (mayDial(service, link.certificate) || mayBind(service, link.certificate, link.certificate.name)) return
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
      link.io
        .write(RelayMessage.encode({ requestId: 0, document }))
        .catch((error) => isOverlayError(error, 'closed') || this.emit('warning', error))
    }
  }

  private cutSilentLinks(): void {
    const now = this.clock.monotonic()
    // After this process itself was stopped for a while, everyone looks silent: their messages wait to be read.
    const suspended = now - this.lastSweepMs > 4 * sweepMs
    this.lastSweepMs = now
    for (const link of this.links) {
      if (suspended) link.lastHeardMs = now
      if (now - link.lastHeardMs < leaseMs - 2 * sweepMs) continue
      link.connection.abort(
        new OverlayError('timed_out', `${link.certificate.name} was silent for ${leaseMs / 1000} s.`),
      )
    }
  }
}

const bindingKey = (binding: { service: string; instanceId: string }) => `${binding.service}\0${binding.instanceId}`
