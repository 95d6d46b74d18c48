import { networkInterfaces } from 'node:os'
import { identify, identifyPush } from '@libp2p/identify'
import {
  type ComponentLogger,
  type Connection,
  type IdentifyResult,
  type Libp2p,
  type PeerId,
  type PrivateKey,
  type Startable,
  type Stream,
  stop,
} from '@libp2p/interface'
import { type KadDHT, kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import { peerIdFromString } from '@libp2p/peer-id'
import { ping } from '@libp2p/ping'
import type { Multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { fromUtf8 } from '../core/bytes.js'
import { errorText, OverlayError } from '../core/errors.js'
import {
  maxRendezvousStreams,
  providerAddressMs,
  providerSweepMs,
  providerValidityMs,
  rendezvousSilenceMs,
} from '../core/limits.js'
import { noProxy } from '../core/proxy.js'
import { DialScope } from '../net/dial-scope.js'
import { wasHeardWithin } from '../net/flow.js'
import { guardedNoise, guardUpgrader } from '../net/guard/guarded.js'
import { safeYamux } from '../net/muxer.js'
import { patientTcp } from '../net/patient-tcp.js'
import { RelaySockets } from '../net/relay-sockets.js'
import { addressesOf, dhtMode } from './address.js'
import { type FoundPeer, RendezvousPlace, rendezvousKey } from './dht.js'
import { Silence } from './silence.js'

export interface RendezvousNodeOptions {
  /** Default: a new one. */
  privateKey?: PrivateKey
  /** Empty: every interface, any port. */
  listen: readonly Multiaddr[]
  rendezvous: string
  protocol: string
  /** Called for every chat stream that somebody opens here. */
  onStream(peerId: string, stream: Stream): void
  onDisconnect?(peerId: string): void
  /** Called when a connected peer is not heard any more, its machine or network having gone, and when it is again. */
  onSilent?(peerId: string, silent: boolean): void
}

/** Begins the name that programs of this project give themselves (identify's agent version). */
const ownAgent = 'chat-p2p/'
/** Says how often the node looks who is silent; ms. */
const silenceLookMs = 4_000
/** Says how long a peer may take to say what it is, ms: it does so right after connecting, or not at all. */
const identifyTimeoutMs = 2_000
const hangUpTimeoutMs = 4_000

/** Runs a libp2p node for the rendezvous mode: TCP, noise, yamux, identify, ping and go's DHT. `stop()` closes everything. */
export class RendezvousNode {
  readonly #libp2p: Libp2p<{ dht: KadDHT }>
  readonly #place: RendezvousPlace
  readonly #protocol: string
  readonly #listeners: () => Listener[]
  #mode: Promise<void> = Promise.resolve()
  /** `left` says that the node speaks with nobody but those it was told to keep. */
  readonly #membership: { left: boolean }
  #silenceTimer: NodeJS.Timeout | undefined
  /** Holds the addresses that a person has given. */
  #named = new Set<Multiaddr>()

  // biome-ignore lint/style/useConsistentMemberAccessibility: made by its own static function only
  private constructor(
    libp2p: Libp2p<{ dht: KadDHT }>,
    place: RendezvousPlace,
    protocol: string,
    membership: { left: boolean },
    listeners: () => Listener[],
  ) {
    this.#membership = membership
    this.#libp2p = libp2p
    this.#place = place
    this.#protocol = protocol
    this.#listeners = listeners
  }

  /** Starts a node. Rejects with `port_in_use`, or with `bad_argument` for an address or protocol that can't be used. */
  static async start(options: RendezvousNodeOptions): Promise<RendezvousNode> {
    let transportManager!: { getListeners(): Listener[] }
    // Having left, no new connections: libp2p itself comes back to peers that the DHT has marked as close to us.
    const membership = { left: false }
    const hasLeft = () => membership.left
    // Who listens on this machine alone is among those that are here.
    const named = new Set<Multiaddr>(options.listen)
    const scope = new DialScope(() => [...named], { lan: networkInterfaces })
    const libp2p = await createLibp2p({
      start: false,
      privateKey: options.privateKey,
      nodeInfo: { userAgent: `${ownAgent}1 rendezvous` },
      logger: silentLogger,
      addresses: {
        listen: options.listen.length > 0 ? options.listen.map(String) : ['/ip4/0.0.0.0/tcp/0', '/ip6/::/tcp/0'],
      },
      // No time limit on silent sockets: go's program dies with its connection, so a sleeping laptop must find it again.
      transports: [
        patientTcp(
          { inboundSocketInactivityTimeout: 0, outboundSocketInactivityTimeout: 0 },
          new RelaySockets(noProxy, (name, address) => scope.permitsFound(name, address)),
        ),
      ],
      connectionEncrypters: [guardedNoise()],
      // A paused stream is aborted when more than its read buffer arrives; so the window must not outgrow the buffer.
      streamMuxers: [safeYamux({ streamOptions: { maxStreamWindowSize: 256 * 1024 } })],
      connectionGater: {
        // Others tell their addresses, and libp2p's TCP would also connect to sockets in our file system.
        denyDialMultiaddr: (address) => !scope.permits(address),
        denyDialPeer: hasLeft,
        denyInboundConnection: hasLeft,
      },
      connectionManager: {
        // A whole group may sit behind one address, or on one machine.
        inboundConnectionThreshold: 1_000,
        maxIncomingPendingConnections: 100,
        reconnectRetries: 0,
        // Others tell all their addresses, also those we can't reach; one of them must not use up the time for the rest.
        addressDialTimeout: 5_000,
        dialTimeout: 25_000,
      },
      connectionMonitor: { enabled: false },
      // A record in the DHT is worth nothing without the provider's addresses, and makes every answer fail without its peer.
      peerStore: { maxAddressAge: providerAddressMs, maxPeerAge: providerAddressMs },
      services: {
        identify: identify(),
        identifyPush: identifyPush(),
        ping: ping(),
        components: (all: unknown) => {
          guardUpgrader(all)
          transportManager = (all as { transportManager: typeof transportManager }).transportManager
          return {}
        },
        dht: kadDHT({
          protocol: '/ipfs/kad/1.0.0',
          clientMode: false,
          // The default one drops loopback and private addresses without a word.
          peerInfoMapper: passthroughMapper,
          allowQueryWithZeroPeers: true,
          initialQuerySelfInterval: 500,
          // What is ours is announced anew by whoever uses this node, much sooner; this is for forgetting the others'.
          reprovide: { validity: providerValidityMs, interval: providerSweepMs, threshold: 0 },
        }),
      },
    })
    const key = await rendezvousKey(options.rendezvous)
    const place = new RendezvousPlace(libp2p.services.dht, key, libp2p.peerId.toString())
    const node = new RendezvousNode(libp2p, place, options.protocol, membership, () => transportManager.getListeners())
    node.#named = named
    try {
      await libp2p.handle(options.protocol, (stream, connection) => {
        if (node.#chatStreams(connection.remotePeer) > maxRendezvousStreams) {
          stream.abort(
            new OverlayError('protocol_error', `More than ${maxRendezvousStreams} chat streams of one peer.`),
          )
        } else options.onStream(connection.remotePeer.toString(), stream)
      })
      libp2p.addEventListener('connection:open', ({ detail }) => {
        scope.reached(detail.remoteAddr)
        node.#updateMode()
      })
      libp2p.addEventListener('self:peer:update', () => node.#updateMode())
      libp2p.addEventListener('peer:disconnect', ({ detail }) => options.onDisconnect?.(detail.toString()))
      await libp2p.start()
      node.#watchSilence((peerId, silent) => options.onSilent?.(peerId, silent))
    } catch (error) {
      await libp2p.stop()
      throw startError(error, options)
    }
    return node
  }

  get peerId(): string {
    return this.#libp2p.peerId.toString()
  }

  /** Returns where others reach us, each with `/p2p/<peer id>`. */
  addresses(): string[] {
    return this.#libp2p.getMultiaddrs().map(String)
  }

  isConnected(peerId: string): boolean {
    return this.#libp2p.getConnections(peerIdFromString(peerId)).length > 0
  }

  /** Connects to an address that names its peer. */
  async connect(address: Multiaddr, signal: AbortSignal): Promise<void> {
    this.#named.add(address)
    await this.#libp2p.dial(address, { signal })
  }

  /** Tells the DHT that we are at the rendezvous point; returns how many servers took the record. */
  async announce(signal: AbortSignal): Promise<number> {
    if (this.addresses().length === 0) return 0 // a record without one would be refused
    return await this.#place.announce(signal)
  }

  /** Yields who else is at the rendezvous point, each once, as the answers come in. */
  search(signal: AbortSignal): AsyncIterable<FoundPeer> {
    return this.#place.search(signal)
  }

  /** Drops a peer from what we answer others, and leaves room in our own search, until it announces itself again. */
  async forget(peerId: string): Promise<void> {
    await this.#place.forget(peerId)
  }

  /** Opens a chat stream, over the connection there is or a new one. */
  async open({ peerId, addresses }: FoundPeer, signal: AbortSignal): Promise<Stream> {
    const id = peerIdFromString(peerId)
    const known = this.#libp2p.getConnections(id).findLast(({ status }) => status === 'open')
    const told = addressesOf(peerId, addresses)
    const connection = known ?? (await this.#libp2p.dial(told.length > 0 ? told : id, { signal }))
    return await connection.newStream(this.#protocol, { signal })
  }

  /**
   * Resolves with true for a program of ours, which takes the end of a chat stream calmly. Any other may be go's, which crashes;
   * that is also assumed of one that does not say in time what it is.
   */
  async survivesEnd(peerId: string): Promise<boolean> {
    const { promise: said, resolve } = Promise.withResolvers<void>()
    const onIdentify = ({ detail }: CustomEvent<IdentifyResult>) => {
      if (detail.peerId.toString() === peerId) resolve()
    }
    const giveUp = setTimeout(resolve, identifyTimeoutMs)
    this.#libp2p.addEventListener('peer:identify', onIdentify)
    try {
      // Just connected: identify is running, and would not run twice at once.
      if ((await this.#agentOf(peerId)) === undefined && this.isConnected(peerId)) await said
      return (await this.#agentOf(peerId))?.startsWith(ownAgent) === true || !this.isConnected(peerId)
    } finally {
      clearTimeout(giveUp)
      this.#libp2p.removeEventListener('peer:identify', onIdentify)
    }
  }

  async #agentOf(peerId: string): Promise<string | undefined> {
    const peer = await this.#libp2p.peerStore.get(peerIdFromString(peerId)).catch(() => undefined)
    const agent = peer?.metadata.get('AgentVersion')
    return agent === undefined ? undefined : fromUtf8(agent)
  }

  /**
   * Leaves the network but keeps the connections to the given peers, with their streams, and answers their keep-alives.
   * Everything else ends: listening, the DHT, new chat streams, other connections. `stop()` ends the rest.
   */
  async leaveExcept(kept: ReadonlySet<string>): Promise<void> {
    this.#membership.left = true
    await this.#mode
    await this.#libp2p.unhandle(this.#protocol)
    await this.#libp2p.services.dht.setMode('client')
    await stop(this.#libp2p.services.dht as unknown as Startable)
    // Closing a listener in public ways also closes the connections that came in through it.
    for (const listener of this.#listeners()) listener.pause(false)
    await Promise.all(
      this.#libp2p
        .getConnections()
        .filter((connection) => !kept.has(connection.remotePeer.toString()))
        .map(hangUp),
    )
  }

  async stop(): Promise<void> {
    clearInterval(this.#silenceTimer)
    await this.#libp2p.stop()
  }

  /** Counts the chat streams that a peer has opened here, over all its connections. */
  #chatStreams(peer: PeerId): number {
    const streams = this.#libp2p.getConnections(peer).flatMap((connection) => connection.streams)
    return streams.filter(({ protocol, direction }) => protocol === this.#protocol && direction === 'inbound').length
  }

  #watchSilence(tell: (peerId: string, silent: boolean) => void): void {
    const silence = new Silence()
    this.#silenceTimer = setInterval(() => {
      const heard = new Map<string, boolean>()
      for (const connection of this.#libp2p.getConnections()) {
        const peerId = connection.remotePeer.toString()
        heard.set(peerId, heard.get(peerId) === true || wasHeardWithin(connection, rendezvousSilenceMs))
      }
      const { silent, back } = silence.look(heard)
      for (const peerId of silent) tell(peerId, true)
      for (const peerId of back) tell(peerId, false)
    }, silenceLookMs)
    this.#silenceTimer.unref()
  }

  #updateMode(): void {
    const change = async () => {
      if (this.#membership.left) return
      const dialed = this.#libp2p
        .getConnections()
        .filter(({ direction }) => direction === 'outbound')
        .map(({ remoteAddr }) => remoteAddr)
      await this.#libp2p.services.dht.setMode(dhtMode(this.#libp2p.getMultiaddrs(), dialed))
    }
    this.#mode = this.#mode.then(change, change).catch(() => {}) // only fails while stopping
  }
}

interface Listener {
  /** Stops listening and keeps the connections. It is private in @libp2p/tcp (closeServerOnMaxConnections uses it). */
  pause(permanent: boolean): void
}

/** Closes a connection within some seconds: what is still on its way to a busy reader would be lost with it. */
async function hangUp(connection: Connection): Promise<void> {
  const signal = AbortSignal.timeout(hangUpTimeoutMs)
  await Promise.all(connection.streams.map((stream) => stream.close({ signal }).catch(() => {})))
  // A socket that closes while its other end still says something, a window update for example, is reset by the kernel, and the
  // other end then loses what it had not read. A pong says that all before it was read; of two pings the second is surely a new
  // one.
  const { muxer } = connection as unknown as { muxer: { ping(options: { signal: AbortSignal }): Promise<number> } }
  for (let pings = 0; pings < 2; pings++) await muxer.ping({ signal }).catch(() => {})
  await connection
    .close({ signal })
    .catch((error) => connection.abort(error instanceof Error ? error : new Error(String(error))))
}

function startError(error: unknown, { listen }: RendezvousNodeOptions): OverlayError {
  // libp2p puts each address that failed and its error on a line of its own.
  const failed = [...wholeText(error).matchAll(/^ *(\/\S+): (?:Error: )?(listen [A-Z]+: .*)$/gm)]
  const [, where = listen.map(String).join(', '), reason = errorText(error)] =
    failed.find(([line]) => line.includes('EADDRINUSE')) ?? failed[0] ?? []
  if (reason.includes('EADDRINUSE')) {
    return new OverlayError('port_in_use', `Cannot listen on ${where}: the port is in use by another program.`, {
      cause: error,
    })
  }
  return new OverlayError('bad_argument', `Cannot listen on ${where}: ${reason}`, { cause: error })
}

function wholeText(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(wholeText).join('; ')
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.message : `${error.message}: ${wholeText(error.cause)}`
}

const noop = Object.assign(() => {}, { error: () => {}, trace: () => {}, enabled: false, newScope: () => noop })
/** Replaces libp2p's logger, which formats every log line even when nobody listens; `DEBUG=libp2p*` brings it back. */
const silentLogger: ComponentLogger | undefined = process.env.DEBUG?.includes('libp2p')
  ? undefined
  : ({ forComponent: () => noop } as unknown as ComponentLogger)
