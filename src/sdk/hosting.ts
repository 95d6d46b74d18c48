import { randomBytes } from 'node:crypto'
import type { Connection as Libp2pConnection, Stream } from '@libp2p/interface'
import { checkInstanceId } from '../core/address.js'
import { OverlayError, throwIfAborted } from '../core/errors.js'
import { maxAppDataBytes } from '../core/limits.js'
import { normalName } from '../core/text.js'
import { whenAborted } from '../core/waiting.js'
import type { PooledRelay } from '../directory/relay-pool.js'
import type { VerifiedCertificate } from '../identity/certificate.js'
import { withdrawalError } from '../identity/permission.js'
import type { Carrier } from '../net/carrier.js'
import type { ProvedCarrier } from '../net/path-hello.js'
import { StreamCarrier } from '../net/stream-carrier.js'
import { acceptPath } from '../session/accept-handshake.js'
import { HostTable } from '../session/host-table.js'
import type { ArrivedPath, RingingDial, SessionTable } from '../session/ringing-dial.js'
import type { Session } from '../session/session.js'
import type { SpliceOffer } from '../wire/messages/directory.js'
import { sessionProtocol } from '../wire/protocols.js'
import { AnsweredSplices } from './answered-splices.js'
import type { ListenerFailed } from './app-emitter.js'
import { checkConnectTimeout } from './arguments.js'
import { SessionConnection } from './connection.js'
import { whyNeverDirect } from './direct.js'
import { DirectHost } from './direct-host.js'
import { directLabel, neverDirect, type WayToDirect } from './direct-news.js'
import { checkGrace } from './grace.js'
import { IncomingCall } from './incoming-call.js'
import { checkCost, checkPrecedence, HostListener } from './listener.js'
import { LiveSessions, type SessionUse } from './live-sessions.js'
import type { Member } from './member.js'
import { maxStreamsPerConnection } from './paths.js'
import type { Connection, Listener, ListenOptions, Party } from './types.js'

/** Holds all that this identity offers: its listeners, and the paths that dialers open to them. */
export class Hosting {
  readonly #member: Member

  readonly #listeners = new Map<string, HostListener>()
  readonly sessions: LiveSessions
  readonly #table: SessionTable = new HostTable()
  readonly #answering = new AnsweredSplices()

  constructor(member: Member) {
    this.#member = member

    this.sessions = new LiveSessions(member)
  }

  async start(): Promise<void> {
    this.#member.pool.on('replaced', ({ service, instanceId, takeovers }) => {
      this.#listeners.get(keyOf(service, instanceId))?.replaced(takeovers)
    })
    this.#member.node.gate.on('announced', () => {
      for (const listener of this.#listeners.values()) listener.renewed()
    })
    this.#member.trust.on('network', () => {
      for (const listener of this.#listeners.values()) listener.nudge()
    })
    this.#member.pool.on('splice', (offer, relay) => void this.#onSplice(offer, relay))
    await this.#member.node.libp2p.handle(sessionProtocol, (stream, connection) => this.#onPath(stream, connection), {
      runOnLimitedConnection: true,
      maxInboundStreams: maxStreamsPerConnection,
      maxOutboundStreams: maxStreamsPerConnection,
    })
  }

  async listen(service: string, options: ListenOptions): Promise<Listener> {
    const { trust } = this.#member
    const instanceId = checkInstanceId(options.instanceId ?? trust.own.name)
    if (options.bindUsingIdentity && instanceId !== trust.own.name) {
      throw new OverlayError('bad_argument', `bindUsingIdentity means '${trust.own.name}', not '${instanceId}'.`)
    }
    const use = { service, instanceId, host: trust.own }
    trust.permissions.check(use, { service, instanceId })
    const definition = trust.network.services.get(service)!
    const key = keyOf(service, instanceId)
    const before = this.#listeners.get(key)
    if (before?.isClosed) await before.close()
    throwIfAborted(options.signal, `Listening on '${service}'`)
    throwIfAborted(this.#member.closing, `Listening on '${service}'`)
    if (this.#listeners.has(key)) {
      throw new OverlayError('bad_argument', `This context listens as '${instanceId}' on '${service}' already.`)
    }
    const maxTerminators = options.maxTerminators ?? definition.maxTerminators
    if (!Number.isInteger(maxTerminators) || maxTerminators < 1) {
      throw new OverlayError('bad_argument', `maxTerminators is a whole number from 1, not ${maxTerminators}.`)
    }
    const connectTimeout = checkConnectTimeout(options.connectTimeout)
    const listener = new HostListener(
      service,
      {
        instanceId,
        maxTerminators,
        connectTimeout,
        cost: checkCost(options.cost ?? 0),
        precedence: checkPrecedence(options.precedence ?? 'default'),
        sessionGrace: options.sessionGrace === undefined ? undefined : checkGrace(options.sessionGrace),
        down: options.down ?? false,
      },
      this.#member,
      () => this.#listeners.delete(key),
    )
    this.#listeners.set(key, listener)
    const forget = whenAborted(options.signal, () => void listener.close())
    const release = trust.permissions.hold(use, (withdrawal) => listener.permitted(withdrawal))
    listener.once('close', () => {
      forget()
      release()
    })
    listener.start()
    return listener
  }

  async close(): Promise<void> {
    await Promise.all([...this.#listeners.values()].map((listener) => listener.close()))
    await this.sessions.close()
  }

  #onPath(stream: Stream, connection: Libp2pConnection): void {
    const caller = this.#member.node.gate.certificate(connection)
    if (caller === undefined) {
      stream.abort(new OverlayError('refused', 'No hello on this connection.'))
      return
    }
    const relay = connection.direct ? undefined : relayOf(connection)
    this.#accept(new StreamCarrier(stream), caller, {
      kind: relay === undefined ? 'direct' : 'circuit',
      label: relay === undefined ? directLabel : this.#member.pool.nameOf(relay),
    })
  }

  /** Called when a relay says that a dialer waits there to be joined with us. When that comes to nothing, the dialer notices. */
  async #onSplice({ token, dialerPeerId }: SpliceOffer, { link, peerId }: PooledRelay): Promise<void> {
    const { splices, closing, pool } = this.#member
    if (splices === undefined || link === undefined) return
    const giveBack = this.#answering.take(peerId, dialerPeerId)
    if (giveBack === undefined) return
    try {
      const { carrier, certificate } = await splices.answer(link.connection, token, closing)
      this.#accept(carrier, certificate, { kind: 'splice', label: pool.nameOf(peerId) })
    } catch {
      // The dialer never came, or did not prove who it is and has been told.
    } finally {
      giveBack()
    }
  }

  #accept(carrier: Carrier, caller: VerifiedCertificate, path: ArrivedPath): void {
    acceptPath(carrier, {
      ...path,
      remotePeerId: caller.peerId,
      table: this.#table,
      clock: this.#member.clock,
      randomBytes,
      onDial: (dial) => this.#onDial(dial, caller),
    })
  }

  #onDial(dial: RingingDial, caller: VerifiedCertificate): void {
    const { service, instanceId, appData } = dial.request
    const { trust, quotas, clock } = this.#member
    const listener = this.#listeners.get(keyOf(service, instanceId))
    if (listener === undefined || listener.isClosed) {
      dial.refuse('unknown_instance')
      return
    }
    // A dialer that has looked up before another process of this identity took the place.
    if (listener.suspended?.code === 'replaced') {
      dial.refuse('closed')
      return
    }
    const use = { service, instanceId, host: trust.own, dialer: caller }
    const forbidden = trust.permissions.withdrawalOf(use)
    if (forbidden !== undefined) {
      dial.refuse('not_permitted', forbidden.text)
      return
    }
    const tooOften = quotas.ofRate('dials', caller.peerId, clock.monotonic())
    if (tooOften !== undefined) {
      dial.refuse('busy', tooOften.message)
      return
    }
    if (appData.byteLength > maxAppDataBytes) {
      dial.refuse('protocol_error', 'appData is over its cap.')
      return
    }
    const remote = { name: caller.name, peerId: caller.peerId, roles: caller.roles }
    const never = whyNeverDirect(this.#member, service)
    const wishes = { direct: never === undefined, graceMs: listener.graceMs }
    const call = new IncomingCall(dial, remote, wishes, (session) =>
      this.#opened(session, use, remote, never ?? (dial.request.direct ? undefined : 'the other side keeps to relays')),
    )
    const release = trust.permissions.hold(use, (withdrawal) => {
      if (withdrawal !== undefined) call.end('not_permitted', withdrawalError(withdrawal))
    })
    void call.settled.then(release)
    listener.take(call)
  }

  /** Makes the connection of a session. Nothing here refers to the call, which took appData and more that the session need not keep. */
  #opened(
    session: Session,
    use: SessionUse & { service: string; instanceId: string },
    remote: Party,
    never: string | undefined,
  ): Connection {
    const { service, instanceId } = use
    this.sessions.add(session, use)
    session.on('path:lost', this.#onPathLost)
    const onListenerFailed: ListenerFailed = (error, event) =>
      this.#member.warnings.failedHandler(error, `A listener of a connection's ${event} event`, { service })
    const way = this.#wayOf(session, never, use.dialer)
    return new SessionConnection(session, { remote, service, instanceId, way, onListenerFailed })
  }

  readonly #onPathLost = ({ relay }: { relay: string }): void => this.#member.pool.doubt(relay)

  #wayOf(session: Session, never: string | undefined, { peerId }: VerifiedCertificate): WayToDirect {
    if (never !== undefined || this.#member.direct === undefined) return neverDirect(never ?? '')
    const take = ({ carrier, certificate }: ProvedCarrier) => {
      const { addresses } = carrier
      const path = { kind: 'direct' as const, label: directLabel, ...(addresses === undefined ? {} : { addresses }) }
      this.#accept(carrier, certificate, path)
    }
    return new DirectHost(this.#member, this.#member.direct, session, peerId, take).start()
  }
}

const keyOf = (service: string, instanceId: string) => `${normalName(service)}\0${normalName(instanceId)}`

/** Returns the relay of a circuit, from its address `…/p2p/<relay>/p2p-circuit/p2p/<dialer>`. */
function relayOf(connection: Libp2pConnection): string | undefined {
  return connection.remoteAddr.toString().match(/\/p2p\/([^/]+)\/p2p-circuit/)?.[1]
}
