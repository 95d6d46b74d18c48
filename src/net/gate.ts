import { EventEmitter } from 'node:events'
import type { Connection, Libp2p, Stream, StreamMiddleware } from '@libp2p/interface'
import { asOverlayError, OverlayError } from '../core/errors.js'
import { helloTimeoutMs } from '../core/limits.js'
import type { VerifiedCertificate } from '../identity/certificate.js'
import { relayRole } from '../identity/identity-file.js'
import { withdrawalError } from '../identity/permission.js'
import {
  circuitHopProtocol,
  helloProtocol,
  identifyProtocol,
  identifyPushProtocol,
  joinProtocol,
  pingProtocol,
  renewalProtocol,
} from '../wire/protocols.js'
import type { Admission } from './admission.js'
import { helloAsInitiator, helloAsResponder, type Proved, type Self } from './hello.js'
import { circuitStatus, hopRefusal } from './hop-refusal.js'
import { showRenewed, takeRenewed } from './renewal.js'
import type { Trust } from './trust.js'

/** Names the protocols a peer may speak before it has proved membership. */
const openProtocols = new Set([helloProtocol, joinProtocol, identifyProtocol, identifyPushProtocol, pingProtocol])

/** Limits what waits unread on a stream whose other end has not shown a certificate; libp2p keeps 256 KiB of each at once. */
const maxStrangerBytes = 16 * 1024

/** Says how long a connection whose certificate is over or revoked still stands, so that what uses it can say why it ends; ms. */
const farewellMs = 100

interface Entry {
  connection: Connection
  proved: Promise<VerifiedCertificate>
  certificate?: VerifiedCertificate
  /** Set when the other side's certificate has been checked, which is a moment before the hello is over. */
  checked: boolean
  /** Lets the streams that wait have as much unread as others. */
  waiting: Array<() => void>
  /** Bits of `helloFeatures` that the other side has named, once it has proved itself. */
  features: number
  resolve(certificate: VerifiedCertificate): void
  reject(error: OverlayError): void
  timeout: AbortController
  timer: NodeJS.Timeout
  started: boolean
  /** Ends what is held with the trust's permissions. */
  release(): void
}

/** Limits how long the other side may take to accept a newer certificate; ms. */
const renewalMs = 5_000

interface GateEvents {
  /** Called when a member has shown a newer certificate on its connection. */
  renewed: [Connection, VerifiedCertificate]
  /** Called when everybody who is connected has been shown our own newer certificate; whoever could take it has done so. */
  announced: []
  /** Called when a connection has proved who is at its other end. */
  proved: [Connection, VerifiedCertificate]
  /** Called when membership was not proved, or is over, and the connection is closed. */
  refused: [Connection, OverlayError]
}

/** Names what the gate needs of libp2p's registrar. */
export interface ProtocolRegistrar {
  getMiddleware(protocol: string): StreamMiddleware[]
}

/**
 * Holds every protocol but hello, identify and ping back until both ends of a connection have exchanged certificates.
 * Streams that arrive meanwhile wait; a connection that proves nothing within 5 s is closed.
 */
export class Gate extends EventEmitter<GateEvents> {
  readonly #libp2p: Libp2p
  readonly #registrar: ProtocolRegistrar
  readonly #trust: Trust
  /** Names the protocols that are spoken with relays only, in both directions. */
  readonly #relayProtocols: ReadonlySet<string>
  readonly #admission: Admission | undefined

  readonly #entries = new Map<string, Entry>()
  /** Counts, for each peer, the connections that have proved membership. */
  readonly #provedOf = new Map<string, number>()
  readonly #self: Self
  #stopped = false

  constructor(
    libp2p: Libp2p,
    registrar: ProtocolRegistrar,
    trust: Trust,
    /** Names the protocols that are spoken with relays only, in both directions. */
    relayProtocols: ReadonlySet<string> = new Set(),
    /** Bits of `helloFeatures`: what this node says it can do. */
    features = 0,
    admission?: Admission,
  ) {
    super()
    this.#libp2p = libp2p
    this.#registrar = registrar
    this.#trust = trust
    this.#relayProtocols = relayProtocols
    this.#admission = admission

    this.#self = { trust, features }
    this.setMaxListeners(0) // one listener per session that would like a direct path
  }

  async start(): Promise<void> {
    // Default deny: in front of every protocol, those of libp2p included. `libp2p.use` would name them one by one, and in
    // libp2p 3.3.11 it also grows its middleware list by one handler per inbound stream; returning a fresh array avoids that.
    this.#registrar.getMiddleware = (protocol) => {
      if (openProtocols.has(protocol)) return []
      return [this.#relayProtocols.has(protocol) ? this.#relaysOnly : this.#membersOnly]
    }
    this.#libp2p.addEventListener('connection:open', (event) => this.#onOpen(event.detail))
    this.#libp2p.addEventListener('connection:close', (event) => this.#onClose(event.detail))
    await this.#libp2p.handle(helloProtocol, (stream, connection) => this.#onHello(stream, connection), {
      runOnLimitedConnection: true,
      maxInboundStreams: 1,
      maxOutboundStreams: 1,
    })
    await this.#libp2p.handle(renewalProtocol, (stream, connection) => this.#onRenewal(stream, connection), {
      runOnLimitedConnection: true,
      maxInboundStreams: 1,
      maxOutboundStreams: 1,
    })
    this.#trust.on('renewed', () => void this.#announce())
  }

  /** Waits for the hello on this connection; rejects when it fails or the connection closes. */
  proved(connection: Connection): Promise<VerifiedCertificate> {
    return this.#entry(connection).proved
  }

  /** Returns the certificate of the other side, when the hello is over already. */
  certificate(connection: Connection): VerifiedCertificate | undefined {
    return this.#entries.get(connection.id)?.certificate
  }

  /** Returns what the other side can do, as bits of `helloFeatures`; 0 before its hello is over. */
  features(connection: Connection): number {
    return this.#entries.get(connection.id)?.features ?? 0
  }

  /**
   * Ends something else that stands on a certificate, as connections are ended: when it is revoked or over. Returns what forgets
   * it.
   */
  guard(certificate: VerifiedCertificate, end: (error: OverlayError) => void): () => void {
    this.#trust.permissions.learn(certificate)
    return this.#trust.permissions.hold({ member: certificate }, (withdrawal) => {
      if (withdrawal !== undefined) end(withdrawalError(withdrawal))
    })
  }

  /** Returns the connections that have proved membership. */
  members(): Array<{ connection: Connection; certificate: VerifiedCertificate }> {
    const members = []
    for (const { connection, certificate } of this.#entries.values()) {
      if (certificate !== undefined) members.push({ connection, certificate })
    }
    return members
  }

  /** Stops waiting for anything new: what connects while the node is closing has no time of its own. */
  stop(): void {
    this.#stopped = true
    for (const entry of this.#entries.values()) this.#forget(entry, new OverlayError('closed', 'The node is closing.'))
    this.#entries.clear()
  }

  readonly #membersOnly: StreamMiddleware = async (stream, connection, next) => {
    // A stock libp2p node: whoever says hello has begun by now, as members ask for circuits only when they have proved themselves.
    if (stream.protocol === circuitHopProtocol && !this.#entry(connection).started) {
      stream.addEventListener('message', () => {}) // what comes is dropped, not kept
      stream.send(hopRefusal(circuitStatus.permissionDenied))
      await stream.close()
      return // and it goes no further
    }
    await this.#untilProved(stream, connection)
    next(stream, connection)
  }

  readonly #relaysOnly: StreamMiddleware = async (stream, connection, next) => {
    const { name, roles } = await this.#untilProved(stream, connection)
    if (!roles.includes(relayRole)) throw new OverlayError('refused', `${name} is no relay.`)
    next(stream, connection)
  }

  /** Waits for the hello; meanwhile the stream keeps little of what a stranger says. */
  #untilProved(stream: Stream, connection: Connection): Promise<VerifiedCertificate> {
    const { checked, waiting, proved } = this.#entry(connection)
    if (!checked) {
      const { maxReadBufferLength } = stream
      stream.maxReadBufferLength = maxStrangerBytes
      waiting.push(() => {
        stream.maxReadBufferLength = maxReadBufferLength
      })
    }
    return proved
  }

  #checked(entry: Entry): void {
    entry.checked = true
    for (const letHave of entry.waiting.splice(0)) letHave()
  }

  #entry(connection: Connection): Entry {
    const known = this.#entries.get(connection.id)
    if (known !== undefined) return known
    const { promise, resolve, reject } = Promise.withResolvers<VerifiedCertificate>()
    promise.catch(() => {}) // whoever waits sees it; nobody has to
    const timeout = new AbortController()
    const timer = setTimeout(() => {
      timeout.abort(new OverlayError('timed_out', 'The other side did not say hello in time.'))
      this.#refuse(entry, timeout.signal.reason)
    }, helloTimeoutMs)
    const entry: Entry = {
      connection,
      proved: promise,
      resolve,
      reject,
      timeout,
      timer,
      started: false,
      checked: false,
      waiting: [],
      features: 0,
      release: () => {},
    }
    if (this.#stopped || connection.status !== 'open') {
      clearTimeout(timer)
      reject(new OverlayError('closed', 'The connection is closed.'))
      return entry
    }
    this.#entries.set(connection.id, entry)
    return entry
  }

  #onOpen(connection: Connection): void {
    const entry = this.#entry(connection)
    if (connection.direction !== 'outbound' || entry.started) return
    entry.started = true
    this.#settle(entry, helloAsInitiator(connection, this.#self, entry.timeout.signal))
  }

  async #onHello(stream: Stream, connection: Connection): Promise<void> {
    const entry = this.#entry(connection)
    // One hello per connection, and only the side that opened the connection starts it.
    if (connection.direction !== 'inbound' || entry.started) {
      stream.abort(new OverlayError('protocol_error', 'A hello was not expected.'))
      return
    }
    entry.started = true
    const admit = (certificate: VerifiedCertificate) => {
      const refused = this.#admit(certificate)
      if (refused === undefined) this.#checked(entry)
      return refused
    }
    this.#settle(entry, helloAsResponder(stream, connection, { ...this.#self, admit }, entry.timeout.signal))
  }

  /**
   * Shows our newer certificate to every member that is connected. A member who does not take it knows us by the older one, until
   * that is over.
   */
  async #announce(): Promise<void> {
    const signal = AbortSignal.timeout(renewalMs)
    await Promise.allSettled(this.members().map(({ connection }) => showRenewed(connection, this.#trust, signal)))
    this.emit('announced')
  }

  async #onRenewal(stream: Stream, connection: Connection): Promise<void> {
    const entry = this.#entries.get(connection.id)
    if (entry?.certificate === undefined) return
    try {
      const certificate = await takeRenewed(stream, entry.certificate, this.#trust, AbortSignal.timeout(renewalMs))
      if (certificate.issuedAtMs <= entry.certificate.issuedAtMs) return
      entry.certificate = certificate
      this.#trust.permissions.learn(certificate)
      this.emit('renewed', connection, certificate)
    } catch (error) {
      stream.abort(asOverlayError(error, 'protocol_error', 'A newer certificate was not taken'))
    }
  }

  #settle(entry: Entry, hello: Promise<Proved>): void {
    hello.then(
      ({ certificate, features }) => {
        clearTimeout(entry.timer)
        if (!this.#entries.has(entry.connection.id)) return
        this.#checked(entry)
        entry.certificate = certificate
        entry.features = features
        this.#count(certificate, 1)
        this.#admission?.proved(entry.connection)
        entry.release = this.guard(certificate, (error) => this.#refuse(entry, error, farewellMs))
        entry.resolve(certificate)
        this.emit('proved', entry.connection, certificate)
      },
      (error) => this.#refuse(entry, asOverlayError(error, 'refused', 'The hello failed')),
    )
  }

  #refuse(entry: Entry, error: OverlayError, afterMs = 0): void {
    const { connection } = entry
    if (!this.#entries.delete(connection.id)) return
    this.#forget(entry, error)
    this.emit('refused', connection, error)
    // Closed rather than aborted, so that the reason just sent still arrives.
    const close = () => connection.close({ signal: AbortSignal.timeout(500) }).catch((cause) => connection.abort(cause))
    if (afterMs === 0) void close()
    else setTimeout(close, afterMs).unref()
  }

  #onClose(connection: Connection): void {
    const entry = this.#entries.get(connection.id)
    if (entry === undefined) return
    this.#entries.delete(connection.id)
    this.#forget(entry, new OverlayError('closed', 'The connection was closed.'))
  }

  #admit(certificate: VerifiedCertificate): OverlayError | undefined {
    return this.#admission?.member(certificate, this.#provedOf.get(certificate.peerId) ?? 0)
  }

  #count({ peerId }: VerifiedCertificate, change: 1 | -1): void {
    const count = (this.#provedOf.get(peerId) ?? 0) + change
    if (count === 0) this.#provedOf.delete(peerId)
    else this.#provedOf.set(peerId, count)
  }

  #forget(entry: Entry, error: OverlayError): void {
    clearTimeout(entry.timer)
    if (entry.certificate !== undefined) this.#count(entry.certificate, -1)
    entry.release()
    entry.reject(error)
    entry.timeout.abort(error)
  }
}
