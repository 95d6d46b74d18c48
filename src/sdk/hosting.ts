import { randomBytes } from 'node:crypto'
import type { Connection as Libp2pConnection, Stream } from '@libp2p/interface'
import { checkInstanceId } from '../core/address.js'
import { OverlayError } from '../core/errors.js'
import { defaultConnectTimeoutMs, maxAppDataBytes } from '../core/limits.js'
import type { VerifiedCertificate } from '../identity/certificate.js'
import { mayBind, mayDial } from '../identity/policy.js'
import { acceptPath } from '../session/accept-handshake.js'
import { HostTable } from '../session/host-table.js'
import type { RingingDial, SessionTable } from '../session/ringing-dial.js'
import { SessionConnection } from './connection.js'
import type { Shared } from './context.js'
import { directLabel, offerDirect } from './direct.js'
import { checkCost, HostListener } from './listener.js'
import { LiveSessions } from './live-sessions.js'
import { maxStreamsPerConnection, sessionProtocol } from './paths.js'
import type { Listener, ListenOptions } from './types.js'

/** All that this identity offers: its listeners, and the paths that dialers open to them. */
export class Hosting {
  private readonly listeners = new Map<string, HostListener>()

  private readonly sessions: LiveSessions
  private readonly table: SessionTable = new HostTable()

  constructor(private readonly shared: Shared) {
    this.sessions = new LiveSessions(shared)
  }

  async start(): Promise<void> {
    this.shared.pool.on('replaced', ({ service, instanceId, relay }) => {
      this.listeners.get(keyOf(service, instanceId))?.replaced(relay.peerId)
    })
    await this.shared.node.libp2p.handle(sessionProtocol, (stream, connection) => this.onPath(stream, connection), {
      runOnLimitedConnection: true,
      maxInboundStreams: maxStreamsPerConnection,
      maxOutboundStreams: maxStreamsPerConnection,
    })
  }

  listen(service: string, options: ListenOptions): Listener {
    const { trust } = this.shared
    const definition = trust.network.services.get(service)
    if (definition === undefined) {
      throw new OverlayError('unknown_service', `The network has no service '${service}'.`, { service })
    }
    const instanceId = checkInstanceId(options.instanceId ?? trust.own.name)
    if (!mayBind(definition, trust.own, instanceId)) {
      throw new OverlayError(
        'not_permitted',
        `${trust.own.name} may not bind '${instanceId}' on service '${service}'.`,
        {
          service,
          instanceId,
        },
      )
    }
    const key = keyOf(service, instanceId)
    if (this.listeners.has(key)) {
      throw new OverlayError('bad_argument', `This context listens as '${instanceId}' on '${service}' already.`)
    }
    const maxTerminators = options.maxTerminators ?? definition.maxTerminators
    if (!Number.isInteger(maxTerminators) || maxTerminators < 1) {
      throw new OverlayError('bad_argument', `maxTerminators is a whole number from 1, not ${maxTerminators}.`)
    }
    const connectTimeout = options.connectTimeout ?? defaultConnectTimeoutMs
    if (!(connectTimeout > 0)) throw new OverlayError('bad_argument', 'connectTimeout is a number of ms above 0.')
    const listener = new HostListener(
      service,
      {
        instanceId,
        maxTerminators,
        connectTimeout,
        cost: checkCost(options.cost ?? 0),
        precedence: options.precedence ?? 'default',
      },
      this.shared,
      () => this.listeners.delete(key),
    )
    this.listeners.set(key, listener)
    options.signal?.addEventListener('abort', () => void listener.close(), { once: true })
    listener.start()
    return listener
  }

  async close(): Promise<void> {
    await Promise.all([...this.listeners.values()].map((listener) => listener.close()))
    await this.sessions.close()
  }

  private onPath(stream: Stream, connection: Libp2pConnection): void {
    const caller = this.shared.node.gate.certificate(connection)
    if (caller === undefined) {
      stream.abort(new OverlayError('refused', 'No hello on this connection.'))
      return
    }
    const relay = connection.direct ? undefined : relayOf(connection)
    acceptPath(stream, {
      remotePeerId: caller.peerId,
      kind: relay === undefined ? 'direct' : 'relay',
      label: relay === undefined ? directLabel : this.shared.pool.nameOf(relay),
      table: this.table,
      clock: this.shared.clock,
      randomBytes,
      onDial: (dial) => this.onDial(dial, caller),
    })
  }

  private onDial(dial: RingingDial, caller: VerifiedCertificate): void {
    const { service, instanceId, appData } = dial.request
    const definition = this.shared.trust.network.services.get(service)
    const listener = this.listeners.get(keyOf(service, instanceId))
    if (definition === undefined || listener === undefined) {
      dial.refuse('unknown_instance')
      return
    }
    if (!mayDial(definition, caller)) {
      dial.refuse('not_permitted', `${caller.name} may not dial '${service}'.`)
      return
    }
    if (appData.byteLength > maxAppDataBytes) {
      dial.refuse('protocol_error', 'appData is over its cap.')
      return
    }
    const party = { name: caller.name, peerId: caller.peerId, roles: caller.roles }
    listener.ring({
      caller: party,
      appData,
      connectTimeoutMs: dial.request.connectTimeoutMs,
      gone: dial.signal,
      accept: () => {
        const session = dial.accept({ direct: this.shared.direct })
        this.sessions.add({ session, remote: caller, dialer: caller, service })
        if (this.shared.direct && dial.request.direct) offerDirect(this.shared, session, caller.peerId)
        return new SessionConnection(session, party, service, instanceId)
      },
      decline: (reason) => dial.refuse('declined', reason),
      busy: (reason) => dial.refuse('busy', reason),
      timeOut: () => dial.refuse('timed_out'),
    })
  }
}

const keyOf = (service: string, instanceId: string) => `${service}\0${instanceId}`

/** The relay of a circuit, from its address `…/p2p/<relay>/p2p-circuit/p2p/<dialer>`. */
function relayOf(connection: Libp2pConnection): string | undefined {
  return connection.remoteAddr.toString().match(/\/p2p\/([^/]+)\/p2p-circuit/)?.[1]
}
