import { circuitRelayServer, circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import type { ComponentLogger, Connection, ConnectionGater, Libp2p, PeerId, PeerInfo } from '@libp2p/interface'
import type { KadDHT } from '@libp2p/kad-dht'
import { ping } from '@libp2p/ping'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { type ErrorCode, OverlayError } from '../core/errors.js'
import { relayRole } from '../identity/identity-file.js'
import { dhtProtocol } from '../wire/protocols.js'
import type { Admission } from './admission.js'
import { DialScope } from './dial-scope.js'
import { type Preface, tcpBesides } from './first-bytes.js'
import { Gate, type ProtocolRegistrar } from './gate.js'
import { guardedNoise, guardUpgrader } from './guard/guarded.js'
import { InboundCircuits } from './inbound-circuits.js'
import { safeYamux } from './muxer.js'
import { patientTcp } from './patient-tcp.js'
import { replacePump } from './relay-pump.js'
import { RelaySockets } from './relay-sockets.js'
import { TlsPaths } from './tls-paths.js'
import type { Trust } from './trust.js'
import type { WebSocketOptions } from './websocket-door.js'

/** Limits the circuits one peer may have open through one relay, and streams of one protocol; libp2p's own default is 32. */
const maxStreams = 16_384
/**
 * Limits what a peer may send on one stream before it is read. A relay holds as much of a circuit whose other end is stuck, each
 * way.
 */
const maxStreamWindowBytes = 1024 * 1024
/**
 * Says how long a circuit slot lasts; ms. The client refreshes it when half of that is over. Under 60 s libp2p cuts live circuits.
 */
const reservationTtlMs = 10 * 60_000

/** Names the parts of libp2p that only a service factory gets. */
export interface NodeComponents {
  registrar: ProtocolRegistrar
  transportManager: {
    dial(address: Multiaddr, options?: { signal?: AbortSignal; maxOutboundStreams?: number }): Promise<Connection>
    getTransports(): unknown[]
  }
  connectionManager: { getConnections(peer?: PeerId): Connection[] }
  addressManager: { _updatePeerStoreAddresses: { stop?(): void } }
}

export interface NodeOptions {
  trust: Trust
  kind: 'relay' | 'member'
  /** Multiaddrs; none by default, a member that only dials needs no port. */
  listen?: string[]
  announce?: string[]
  /** Prefaces of what else is taken on the ports it listens on; none by default. */
  prefaces?: Preface[]
  /** Holds what it takes to listen on `/tls/ws`, and behind a TLS terminator. */
  webSockets?: WebSocketOptions
  /** Names the proxy that leads to relays, or `none`; default: as the environment says, see `proxyRule`. */
  proxy?: string
  /** Limits how much one address or member may take of it; default: shares of circuits only. */
  admission?: Admission
  /** Bits of `helloFeatures`; none by default. */
  features?: number
  /** On a relay: how long a circuit slot lasts without being refreshed, ms from 60 000; default 10 minutes. */
  reservationTtlMs?: number
  /**
   * On a relay: sorts a host's connections, when it has several; a new circuit goes to the first. A caller may mean one process.
   */
  preferConnection?: (connections: Connection[], processId?: number) => Connection[]
}

/** A libp2p node that speaks only with proved members of its network. `start()` acts, `stop()` closes everything. */
export interface Node {
  libp2p: Libp2p
  gate: Gate
  components: NodeComponents
  /** Decides which of the addresses that others tell may be dialled. */
  scope: DialScope
  /** Opens the sockets to relays, for links and paths alike. */
  relaySockets: RelaySockets
  /** Makes paths of sessions on sockets of their own; they end with the node. */
  tlsPaths: TlsPaths
  /** There on relays only. */
  dht?: KadDHT
  /** Returns whether the peer has a circuit slot here; false on nodes that are no relay. */
  hasSlot(peer: PeerId): boolean
  start(): Promise<void>
  stop(): Promise<void>
}

/** Assembles a node without starting it. */
export async function createNode(options: NodeOptions): Promise<Node> {
  const { trust, prefaces = [], features = 0, admission, webSockets } = options
  const relay = options.kind === 'relay'
  const ownDht = dhtProtocol(trust.network.networkId)
  let components!: NodeComponents
  let relayServer: RelayServer | undefined

  const scope = new DialScope(() =>
    // Who is reached on this machine alone is among those that are here.
    [
      ...(options.announce ?? options.listen ?? []),
      ...trust.network.relays.flatMap(({ multiaddrs }) => multiaddrs),
    ].map((text) => multiaddr(text)),
  )
  const relaySockets = new RelaySockets(options.proxy, (name, address) => scope.permitsFound(name, address))
  const connectionGater: ConnectionGater = {
    // What others announce is dialled by the DHT and by libp2p itself: TCP addresses only, no sockets of this machine.
    denyDialMultiaddr: (address) => !scope.permits(address),
    // A refresh of a known reservation would keep its first timer and cut live circuits with it (retimeable-signal
    // 1.0.1): dropping the old one makes every refresh a fresh reservation.
    denyInboundRelayReservation: (peer) => {
      dropReservation(relayServer, peer)
      return false
    },
  }

  // A member has no DHT, and starts the sooner without its half megabyte of code.
  const kad = relay ? await import('@libp2p/kad-dht') : undefined
  const libp2p = await createLibp2p({
    start: false,
    privateKey: trust.identity.privateKey,
    nodeInfo: { userAgent: 'chat-p2p/1' },
    logger: silentLogger,
    addresses: { listen: options.listen ?? [], ...(options.announce ? { announce: options.announce } : {}) },
    transports: relay
      ? [tcpBesides(prefaces, admission, webSockets, patientTcp({}, relaySockets))]
      : [
          tcpBesides(prefaces, admission, webSockets, patientTcp({}, relaySockets)),
          circuitRelayTransport({
            reservationConcurrency: 64,
            maxInboundStopStreams: maxStreams,
            maxOutboundStopStreams: maxStreams,
          }),
        ],
    connectionEncrypters: [guardedNoise()],
    streamMuxers: [safeYamux({ streamOptions: { maxStreamWindowSize: maxStreamWindowBytes } })],
    connectionGater,
    connectionManager: {
      maxConnections: 100_000,
      // Every connection that arrives through a relay counts as the relay's address; limits are per proved peer instead.
      inboundConnectionThreshold: 100_000,
      maxIncomingPendingConnections: 10_000,
      reconnectRetries: 0,
    },
    // It cuts a connection on the first late ping; links and paths have their own two-strike heartbeat.
    connectionMonitor: { enabled: false },
    services: {
      identify: identify(),
      ping: ping(),
      components: (all: unknown) => {
        components = all as NodeComponents
        guardUpgrader(all)
        return {}
      },
      ...(kad !== undefined
        ? {
            dht: kad.kadDHT({
              protocol: ownDht,
              clientMode: false,
              // The default one drops loopback and private addresses without a word.
              peerInfoMapper: kad.passthroughMapper,
              allowQueryWithZeroPeers: true,
              initialQuerySelfInterval: 500,
              querySelfInterval: 30_000,
            }),
            circuit: (all: Parameters<ReturnType<typeof circuitRelayServer>>[0]) => {
              const service = circuitRelayServer({
                maxInboundHopStreams: maxStreams,
                maxOutboundHopStreams: maxStreams,
                maxOutboundStopStreams: maxStreams,
                reservations: {
                  maxReservations: 100_000,
                  reservationTtl: options.reservationTtlMs ?? reservationTtlMs,
                  applyDefaultLimit: false,
                },
              })(all)
              relayServer = service as unknown as RelayServer
              replacePump(
                service,
                (connection, processId) => {
                  const all = components.connectionManager.getConnections(connection.remotePeer)
                  return options.preferConnection?.(all, processId)[0] ?? connection
                },
                admission,
              )
              return service
            },
          }
        : {}),
    },
  })

  // A member that answers the DHT's questions would be taken for a relay.
  const gate = new Gate(libp2p, components.registrar, trust, new Set([ownDht]), features, admission)
  gate.on('proved', ({ remoteAddr }, { roles }) => roles.includes(relayRole) && scope.reached(remoteAddr))
  const tlsPaths = new TlsPaths(trust, gate)
  const inboundCircuits = new InboundCircuits(libp2p)
  if (relay) admitProvedRelays((libp2p.services as unknown as { dht: DhtTable }).dht, libp2p, gate, ownDht)
  if (relay) {
    // A host that is gone would keep its slot for the rest of the ten minutes.
    libp2p.addEventListener('peer:disconnect', (event) => dropReservation(relayServer, event.detail))
  }

  return {
    libp2p,
    gate,
    components,
    relaySockets,
    scope,
    tlsPaths,
    dht: (libp2p.services as { dht?: KadDHT }).dht,
    hasSlot: (peer) => relayServer?.reservationStore.reservations.get(peer) !== undefined,
    async start() {
      await gate.start()
      inboundCircuits.start()
      try {
        await libp2p.start()
      } catch (error) {
        gate.stop()
        inboundCircuits.stop()
        await libp2p.stop()
        throw listenError(error, options.listen ?? [])
      }
    },
    async stop() {
      gate.stop()
      tlsPaths.close()
      inboundCircuits.stop()
      await libp2p.stop()
      // Closing its listeners made it plan a note of its addresses (libp2p 3.3.11), for which the process would stay a second.
      components.addressManager._updatePeerStoreAddresses.stop?.()
    },
  }
}

/**
 * Names the parts that are used of kad-dht (16.4.5), which takes anybody into its table who identifies with its protocol, and dials
 * them.
 */
interface DhtTable {
  onPeerConnect(peer: PeerInfo): Promise<void>
}

/** Lets only relays that have proved themselves on an open connection into the DHT's table. */
function admitProvedRelays(dht: DhtTable, libp2p: Libp2p, gate: Gate, protocol: string): void {
  const admit = dht.onPeerConnect.bind(dht)
  const isProved = (peer: PeerId) =>
    libp2p.getConnections(peer).some((connection) => gate.certificate(connection)?.roles.includes(relayRole))
  dht.onPeerConnect = async (peer) => {
    if (isProved(peer.id)) await admit(peer)
  }
  // Whoever has identified first is looked at again.
  gate.on('proved', (connection, { roles }) => {
    if (!roles.includes(relayRole)) return
    libp2p.peerStore.get(connection.remotePeer).then(
      ({ id, addresses, protocols }) => {
        if (!protocols.includes(protocol)) return
        return admit({ id, multiaddrs: addresses.map(({ multiaddr }) => multiaddr) })
      },
      () => {}, // not identified yet
    )
  })
}

interface RelayServer {
  reservationStore: {
    reservations: {
      get(peer: PeerId): { signal: AbortSignal & { clear?: () => void } } | undefined
      delete(peer: PeerId): void
    }
  }
}

function dropReservation(server: RelayServer | undefined, peer: PeerId): void {
  const reservations = server?.reservationStore.reservations
  const old = reservations?.get(peer)
  if (old === undefined) return
  old.signal.clear?.()
  reservations?.delete(peer)
}

function listenError(error: unknown, listen: string[]): OverlayError {
  const text = collectText(error)
  const [, code, why] = listenFailures.find(([sign]) => text.includes(sign)) ?? notTcp
  return new OverlayError(code, `Cannot listen on ${listen.join(', ')}: ${why}`, { cause: error })
}

/** Pairs what the system says with our code for it and the text for a person. */
type ListenFailure = readonly [sign: string, code: ErrorCode, why: string]
const notTcp: ListenFailure = [
  '',
  'bad_argument',
  'a TCP address of this machine is needed, for example /ip4/0.0.0.0/tcp/4001, or one with /ws or /tls/ws behind it.',
]
const listenFailures: readonly ListenFailure[] = [
  ['EADDRINUSE', 'port_in_use', 'the port is in use by another program.'],
  ['EACCES', 'bad_argument', 'that is not permitted; choose a port from 1024 on.'],
  [
    'EADDRNOTAVAIL',
    'bad_argument',
    'it is no address of this machine. Listen on one, or on /ip4/0.0.0.0/tcp/<port>, and announce what others see.',
  ],
]

function collectText(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(collectText).join('; ')
  return error instanceof Error
    ? `${error.message}${error.cause ? `: ${collectText(error.cause)}` : ''}`
    : String(error)
}

const noop = Object.assign(() => {}, { error: () => {}, trace: () => {}, enabled: false, newScope: () => noop })
/** Replaces libp2p's logger, which formats every log line even when nobody listens; `DEBUG=libp2p*` brings it back. */
const silentLogger: ComponentLogger | undefined = process.env.DEBUG?.includes('libp2p')
  ? undefined
  : ({ forComponent: () => noop } as unknown as ComponentLogger)
