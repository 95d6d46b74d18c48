import { EventEmitter } from 'node:events'
import { multiaddr } from '@multiformats/multiaddr'
import { systemClock } from '../core/clock.js'
import { OverlayError } from '../core/errors.js'
import { type Relay as PeerRelay, RelayPool } from '../directory/relay-pool.js'
import { DirectoryServer } from '../directory/server.js'
import { DirectoryStore, type Entry } from '../directory/store.js'
import type { Identity } from '../identity/identity-file.js'
import { createNode, type Node } from '../net/node.js'
import { Trust } from '../net/trust.js'

export interface RelayOptions {
  /** Multiaddrs to listen on; default: the relay's own in the network document. */
  listen?: string[]
  /** Multiaddrs to tell others; default: those listened on. */
  announce?: string[]
}

interface RelayEvents {
  bound: [Entry]
  left: [Entry, string]
  'relay:up': [PeerRelay]
  'relay:down': [PeerRelay]
  refused: [string, OverlayError]
  network: [number]
  warning: [unknown]
}

/**
 * An always-on node: circuit relay v2, the private DHT as a server, and the directory. Holds no authority and no key but
 * its own. Made by {@link startRelay}; `close()` ends it.
 */
export class Relay extends EventEmitter<RelayEvents> {
  constructor(
    private readonly node: Node,
    private readonly server: DirectoryServer,
    private readonly pool: RelayPool,
    readonly store: DirectoryStore,
    readonly trust: Trust,
  ) {
    super()
    server.on('bound', (entry) => this.emit('bound', entry))
    server.on('left', (entry, reason) => this.emit('left', entry, reason))
    server.on('warning', (error) => this.emit('warning', error))
    pool.on('up', (relay) => this.emit('relay:up', relay))
    pool.on('down', (relay) => this.emit('relay:down', relay))
    pool.on('warning', (error) => this.emit('warning', error))
    node.gate.on('refused', (connection, error) => this.emit('refused', connection.remotePeer.toString(), error))
    trust.on('network', (network) => this.emit('network', network.revision))
    trust.on('warning', (error) => this.emit('warning', error))
  }

  get peerId(): string {
    return this.node.libp2p.peerId.toString()
  }

  /** Where it listens, as multiaddrs with its peer id. */
  addresses(): string[] {
    return this.node.libp2p.getMultiaddrs().map((address) => address.toString())
  }

  async close(): Promise<void> {
    this.server.stop()
    await this.pool.close()
    await this.node.stop()
  }
}

/** Starts a relay. Rejects with `identity_kind`, `port_in_use` or `bad_argument`. */
export async function startRelay(identity: Identity, options: RelayOptions = {}): Promise<Relay> {
  if (identity.kind !== 'relay') {
    throw new OverlayError(
      'identity_kind',
      `'${identity.name}' is a ${identity.kind} identity; a relay needs one made for a relay.`,
    )
  }
  const trust = new Trust(identity, systemClock)
  const own = identity.peerId.toString()
  const listen = options.listen ?? trust.network.relays.find((relay) => relay.peerId === own)?.multiaddrs ?? []
  if (listen.length === 0) {
    throw new OverlayError(
      'bad_argument',
      `The network document gives relay '${identity.name}' no address; say --listen.`,
    )
  }
  const addresses = listen.map(checkMultiaddr)
  options.announce?.forEach(checkMultiaddr)

  const store: DirectoryStore = new DirectoryStore((service, instanceId) => server.onChange(service, instanceId))
  const node = await createNode({
    trust,
    kind: 'relay',
    listen: addresses,
    announce: options.announce,
    preferConnection: (connections) => server.preferBound(connections),
  })
  const server: DirectoryServer = new DirectoryServer(node, trust, store, systemClock)
  const pool = new RelayPool(node, trust, systemClock, Math.random)
  await node.start()
  try {
    await server.start()
    const relay = new Relay(node, server, pool, store, trust)
    pool.start()
    return relay
  } catch (error) {
    await node.stop()
    throw error
  }
}

/** Without a trailing `/p2p/…`, which libp2p does not listen on. */
function checkMultiaddr(text: string): string {
  try {
    multiaddr(text)
  } catch (error) {
    throw new OverlayError('bad_argument', `'${text}' is not a multiaddr such as /ip4/127.0.0.1/tcp/4001.`, {
      cause: error,
    })
  }
  return text.replace(/\/p2p\/[^/]+$/, '')
}
