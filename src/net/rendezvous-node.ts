import { identify, identifyPush } from '@libp2p/identify'
import {
  type ComponentLogger,
  type Connection,
  type IdentifyResult,
  type Libp2p,
  type PeerId,
  type PeerInfo,
  type PrivateKey,
  type Startable,
  type Stream,
  stop,
} from '@libp2p/interface'
import {
  type DisjointPath,
  type KadDHT,
  kadDHT,
  MessageType,
  passthroughMapper,
  type QueryEvent,
} from '@libp2p/kad-dht'
import { noise } from '@libp2p/noise'
import { peerIdFromString } from '@libp2p/peer-id'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { sha256 } from 'multiformats/hashes/sha2'
import { fromUtf8, utf8 } from '../core/bytes.js'
import { errorText, OverlayError } from '../core/errors.js'
import { providerAddressMs, providerSweepMs, providerValidityMs } from '../core/limits.js'
import { safeYamux } from './muxer.js'
import { dhtMode } from './rendezvous-address.js'

/** Where those who say the same word meet: CIDv1, raw, sha2-256 of the word (go-libp2p, p2p/discovery/routing, nsToCid). */
export async function rendezvousKey(rendezvous: string): Promise<CID> {
  return CID.createV1(raw.code, await sha256.digest(utf8(rendezvous)))
}

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
}

export interface FoundPeer {
  peerId: string
  /** Multiaddrs, maybe without `/p2p/…`; may be empty. */
  addresses: string[]
}

/** How programs of this project name themselves to others (identify's agent version). */
const ownAgent = 'chat-p2p/'
/** A peer says what it is right after connecting, or not at all. */
const identifyTimeoutMs = 2_000

/** A libp2p node for the rendezvous mode: TCP, noise, yamux, identify, ping and go's DHT. `stop()` closes everything. */
export class RendezvousNode {
  readonly #libp2p: Libp2p<{ dht: KadDHT }>
  readonly #key: CID
  readonly #protocol: string
  readonly #listeners: () => Listener[]
  #mode: Promise<void> = Promise.resolve()
  /** `left`: it speaks with nobody but those it was told to keep. */
  readonly #membership: { left: boolean }

  private constructor(
    libp2p: Libp2p<{ dht: KadDHT }>,
    key: CID,
    protocol: string,
    membership: { left: boolean },
    listeners: () => Listener[],
  ) {
    this.#membership = membership
    this.#libp2p = libp2p
    this.#key = key
    this.#protocol = protocol
    this.#listeners = listeners
  }

  /** Rejects with `port_in_use`, or with `bad_argument` for an address or protocol that can't be used. */
  static async start(options: RendezvousNodeOptions): Promise<RendezvousNode> {
    let transportManager!: { getListeners(): Listener[] }
    // Having left, no new connections: libp2p itself comes back to peers that the DHT has marked as close to us.
    const membership = { left: false }
    const hasLeft = () => membership.left
    const libp2p = await createLibp2p({
      start: false,
      privateKey: options.privateKey,
      nodeInfo: { userAgent: `${ownAgent}1 rendezvous` },
      logger: silentLogger,
      addresses: {
        listen: options.listen.length > 0 ? options.listen.map(String) : ['/ip4/0.0.0.0/tcp/0', '/ip6/::/tcp/0'],
      },
      // No time limit on silent sockets: go's program dies with its connection, so a sleeping laptop must find it again.
      transports: [tcp({ inboundSocketInactivityTimeout: 0, outboundSocketInactivityTimeout: 0 })],
      connectionEncrypters: [noise()],
      // A paused stream is aborted when more than its read buffer arrives; so the window must not outgrow the buffer.
      streamMuxers: [safeYamux({ streamOptions: { maxStreamWindowSize: 256 * 1024 } })],
      connectionGater: { denyDialMultiaddr: () => false, denyDialPeer: hasLeft, denyInboundConnection: hasLeft },
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
    const node = new RendezvousNode(libp2p, key, options.protocol, membership, () => transportManager.getListeners())
    try {
      await libp2p.handle(options.protocol, (stream, connection) => {
        options.onStream(connection.remotePeer.toString(), stream)
      })
      libp2p.addEventListener('connection:open', () => node.#updateMode())
      libp2p.addEventListener('self:peer:update', () => node.#updateMode())
      libp2p.addEventListener('peer:disconnect', ({ detail }) => options.onDisconnect?.(detail.toString()))
      await libp2p.start()
    } catch (error) {
      await libp2p.stop()
      throw startError(error, options)
    }
    return node
  }

  get peerId(): string {
    return this.#libp2p.peerId.toString()
  }

  /** Where others reach us, each with `/p2p/<peer id>`. */
  addresses(): string[] {
    return this.#libp2p.getMultiaddrs().map(String)
  }

  isConnected(peerId: string): boolean {
    return this.#libp2p.getConnections(peerIdFromString(peerId)).length > 0
  }

  /** Connects to an address that names its peer. */
  async connect(address: Multiaddr, signal: AbortSignal): Promise<void> {
    await this.#libp2p.dial(address, { signal })
  }

  /** Tells the DHT that we are at the rendezvous point; returns how many servers took the record. Nobody may know any. */
  async announce(signal: AbortSignal): Promise<number> {
    let servers = 0
    if (this.addresses().length === 0) return servers // a record without an address is refused
    for await (const event of this.#libp2p.services.dht.provide(this.#key, { signal })) {
      if (event.name === 'PEER_RESPONSE' && event.messageName === 'ADD_PROVIDER') servers++
    }
    return servers
  }

  /** Who else is at the rendezvous point, each once, as the answers come in. */
  async *search(signal: AbortSignal): AsyncGenerator<FoundPeer, undefined> {
    const { dht } = this.#libp2p.services
    const seen = new Set([this.peerId])
    for await (const event of dht.findProviders(this.#key, { signal })) {
      if (event.name === 'PROVIDER') yield* fresh(event.providers, seen)
    }
    // kad-dht is content with that many. But records stay for hours after their makers, and most of them may be dead ones.
    if (seen.size > dht.k) yield* this.#askEveryServer(seen, signal)
  }

  /** Asks each of the servers closest to the key for all it knows. */
  async *#askEveryServer(seen: Set<string>, signal: AbortSignal): AsyncGenerator<FoundPeer, undefined> {
    const { dht } = this.#libp2p.services
    const target = this.#key.multihash.bytes
    const servers: PeerId[] = []
    for await (const event of dht.getClosestPeers(target, { signal })) {
      if (event.name === 'FINAL_PEER') servers.push(event.peer.id)
    }
    const path = { index: -1, queued: 0, running: 0, total: 0 }
    const answers = servers.map(async (server) => {
      const providers: PeerInfo[] = []
      const request = { type: MessageType.GET_PROVIDERS, key: target }
      for await (const event of internals(dht).network.sendRequest(server, request, { signal, path })) {
        if (event.name === 'PEER_RESPONSE') providers.push(...event.providers)
      }
      return providers
    })
    for (const answer of await Promise.allSettled(answers)) {
      if (answer.status === 'fulfilled') yield* fresh(answer.value, seen)
    }
  }

  /** No longer answers others with this peer, and leaves room in our own search, until it announces itself again. */
  async forget(peerId: string): Promise<void> {
    await internals(this.#libp2p.services.dht).providers.removeProvider(this.#key, peerIdFromString(peerId))
  }

  /** Opens a chat stream, over the connection there is or a new one. */
  async open({ peerId, addresses }: FoundPeer, signal: AbortSignal): Promise<Stream> {
    const id = peerIdFromString(peerId)
    const known = this.#libp2p.getConnections(id).findLast(({ status }) => status === 'open')
    const connection =
      known ?? (await this.#libp2p.dial(addresses.length > 0 ? named(addresses, peerId) : id, { signal }))
    return await connection.newStream(this.#protocol, { signal })
  }

  /**
   * True for a program of ours, which takes the end of a chat stream calmly. Any other may be go's, which crashes; that is
   * also assumed of one that does not say in time what it is.
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
    await this.#libp2p.stop()
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

/** Parts of kad-dht that its public interface leaves out. */
interface DhtInternals {
  providers: { removeProvider(key: CID, provider: PeerId): Promise<void> }
  network: {
    /** A server that does not answer is an event too, no error. */
    sendRequest(
      to: PeerId,
      request: { type: MessageType; key: Uint8Array },
      options: { signal: AbortSignal; path: DisjointPath },
    ): AsyncIterable<QueryEvent>
  }
}

const internals = (dht: KadDHT) => dht as unknown as DhtInternals

function* fresh(providers: readonly PeerInfo[], seen: Set<string>): Generator<FoundPeer, undefined> {
  for (const { id, multiaddrs } of providers) {
    const peerId = id.toString()
    if (seen.has(peerId)) continue
    seen.add(peerId)
    yield { peerId, addresses: multiaddrs.map(String) }
  }
}

interface Listener {
  /** Private in @libp2p/tcp (closeServerOnMaxConnections uses it): stops listening, lets connections be. */
  pause(permanent: boolean): void
}

function named(addresses: readonly string[], peerId: string): Multiaddr[] {
  return addresses.map((text) => multiaddr(text.includes('/p2p/') ? text : `${text}/p2p/${peerId}`))
}

async function hangUp(connection: Connection): Promise<void> {
  await connection
    .close({ signal: AbortSignal.timeout(2_000) })
    .catch((error) => connection.abort(error instanceof Error ? error : new Error(String(error))))
}

function startError(error: unknown, { listen }: RendezvousNodeOptions): OverlayError {
  const text = wholeText(error)
  const where = listen.map(String).join(', ')
  if (text.includes('EADDRINUSE')) {
    return new OverlayError('port_in_use', `Cannot listen on ${where}: the port is in use by another program.`, {
      cause: error,
    })
  }
  // libp2p puts each address and its error on a line of its own.
  const reason = /listen [A-Z]+: [^\n]+/.exec(text)?.[0] ?? errorText(error)
  return new OverlayError('bad_argument', `Cannot listen on ${where}: ${reason}`, { cause: error })
}

function wholeText(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(wholeText).join('; ')
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.message : `${error.message}: ${wholeText(error.cause)}`
}

const noop = Object.assign(() => {}, { error: () => {}, trace: () => {}, enabled: false, newScope: () => noop })
/** libp2p formats every log line even when nobody listens; `DEBUG=libp2p*` brings its own logger back. */
const silentLogger: ComponentLogger | undefined = process.env.DEBUG?.includes('libp2p')
  ? undefined
  : ({ forComponent: () => noop } as unknown as ComponentLogger)
