import { EventEmitter } from 'node:events'
import { peerIdFromString } from '@libp2p/peer-id'
import { systemClock } from '../core/clock.js'
import { OverlayError } from '../core/errors.js'
import { type PooledRelay, RelayPool } from '../directory/relay-pool.js'
import type { Identity } from '../identity/identity-file.js'
import type { NetworkView } from '../identity/network-document.js'
import type { RenewalKey } from '../identity/renewal-key.js'
import { isRevoked } from '../identity/revocation.js'
import { followIdentity } from '../net/follow-identity.js'
import { createNode, type Node } from '../net/node.js'
import { QuotaAdmission } from '../net/quota-admission.js'
import { type QuotaLimits, Quotas } from '../net/quotas.js'
import { SeenAddresses } from '../net/seen-address.js'
import { TlsFiles, type TlsPaths } from '../net/tls-files.js'
import { Trust } from '../net/trust.js'
import { helloFeatures } from '../wire/hello-status.js'
import type { ClaimStatus, StatusResponse } from '../wire/messages/directory.js'
import { Homes } from './feeds/homes.js'
import { Replication } from './feeds/replication.js'
import { Joining } from './joining/joining.js'
import { relayAddresses } from './listen-address.js'
import { misplaced } from './own-place.js'
import { Renewals } from './renewals.js'
import { Renewing } from './renewing.js'
import { GlobalDirectory } from './serving/global-directory.js'
import { DirectoryServer } from './serving/server.js'
import { Splicer } from './splices/splicer.js'
import type { Entry } from './table/entry.js'
import { DirectoryStore } from './table/store.js'
import { trustedProxies } from './trusted-proxies.js'

export interface RelayOptions {
  /** Multiaddrs to listen on; default: see {@link listenFor}, for the relay's own in the network document. */
  listen?: string[]
  /** Multiaddrs to tell others; default: those listened on, without `listen` those in the network document. */
  announce?: string[]
  /**
   * Names files in PEM: the certificate that `/tls/ws` shows, its chain behind it, and its key. A renewed certificate is taken up
   * while the relay runs.
   */
  tls?: TlsPaths
  /**
   * Names TLS terminators in front of the relay, as IP addresses or ranges: `X-Forwarded-For` of their requests says from where a
   * connection comes.
   */
  trustProxies?: string[]
  /** How long a circuit slot lasts without being refreshed, ms from 60 000; default 10 minutes. For tests. */
  reservationTtlMs?: number
  /** Names the proxy that leads to other relays, or `none`; default: as the environment says. */
  proxy?: string
  /** Limits what one address or one member may take of it; see `quotaKinds` for the names and the defaults. */
  quotas?: QuotaLimits
  /** Lets the relay renew certificates that are due; without it, it renews none. */
  renewalKey?: RenewalKey
}

interface RelayEvents {
  bound: [Entry]
  left: [Entry, string]
  /** Called when a lookup or list was answered: which, and how long it took in ms. */
  answered: ['lookup' | 'list', number]
  'relay:up': [PooledRelay]
  'relay:down': [PooledRelay]
  refused: [string, OverlayError]
  network: [number]
  /** Called when somebody joined with an invitation: name, peer id, and the serial of the invitation. */
  joined: [string, string, string]
  /**
   * Called when a renewed certificate is used from now on; ms since 1970. It is in the identity's file, unless that could not be
   * written: then a restart falls back to the older one.
   */
  renewed: [{ expiresAtMs: number; inFile: boolean }]
  /** Called when the files with the certificate of `/tls/ws` hold another one, which is shown from now on. */
  'tls:renewed': []
  /** Called when the authority took this relay's certificate back: nobody speaks with it any more. */
  revoked: [OverlayError]
  warning: [unknown]
}

/**
 * An always-on node: circuit relay v2, the private DHT as a server, and the directory. Holds no authority and no key but its
 * own. Made by {@link startRelay}; `close()` ends it.
 */
export class Relay extends EventEmitter<RelayEvents> {
  readonly #joining: Joining
  #saidOfPlace: string | undefined
  #renewing: Renewing | undefined

  constructor(
    readonly node: Node,
    readonly server: DirectoryServer,
    joining: Joining,
    readonly homes: Homes,
    readonly replication: Replication,
    readonly pool: RelayPool,
    readonly store: DirectoryStore,
    readonly trust: Trust,
    readonly splicer: Splicer,
    readonly quotas: Quotas,
    /** What it listens on, when others are told other addresses. */
    readonly unannounced: readonly string[],
  ) {
    super()
    this.#joining = joining
    server.on('bound', (entry) => this.emit('bound', entry))
    server.on('left', (entry, reason) => this.emit('left', entry, reason))
    server.on('answered', (kind, ms) => this.emit('answered', kind, ms))
    server.on('warning', (error) => this.emit('warning', error))
    joining.on('joined', (name, peerId, serial) => this.emit('joined', name, peerId, serial))
    joining.on('warning', (error) => this.emit('warning', error))
    pool.on('up', (relay) => this.emit('relay:up', relay))
    pool.on('down', (relay) => this.emit('relay:down', relay))
    pool.on('warning', (error) => this.emit('warning', error))
    replication.on('warning', (error) => this.emit('warning', error))
    node.gate.on('refused', (connection, error) => this.emit('refused', connection.remotePeer.toString(), error))
    trust.on('network', (network) => this.#onNetwork(network))
    trust.on('warning', (error) => this.emit('warning', error))
    trust.on('renewed', ({ expiresAtMs }, inFile) => this.emit('renewed', { expiresAtMs, inFile }))
  }

  #onNetwork(network: NetworkView): void {
    this.emit('network', network.revision)
    if (isRevoked(network, this.trust.own)) {
      const text = `Revision ${network.revision} of the network document revokes the certificate of ${this.trust.own.name}.`
      this.emit('revoked', new OverlayError('certificate_revoked', text))
    }
    const place = misplaced(network, this.peerId, [...this.addresses(), ...this.unannounced])
    if (place !== undefined && place.message !== this.#saidOfPlace) this.emit('warning', place)
    this.#saidOfPlace = place?.message
  }

  /** Begins to give certificates that are due their successors, when there is a renewal key. */
  startRenewing(key: RenewalKey | undefined, renewals: Renewals): void {
    if (key === undefined) return
    this.#renewing = new Renewing({
      key,
      renewals,
      trust: this.trust,
      gate: this.node.gate,
      clock: systemClock,
      random: Math.random,
      hand: (certificates) => this.server.handRenewals(certificates),
      onWarning: (error) => this.emit('warning', error),
    })
    this.#renewing.start()
  }

  /** Lists the addresses in the network document where the relay can't listen by itself: a TLS terminator has to be there. */
  elsewhere: readonly string[] = []

  /** Ends what follows the identity's file, and the certificate's. Set by {@link startRelay}. */
  stopFollowing: () => void = () => {}

  get peerId(): string {
    return this.node.libp2p.peerId.toString()
  }

  /** Returns where others reach the relay: multiaddrs with its peer id. */
  addresses(): string[] {
    return this.node.libp2p.getMultiaddrs().map((address) => address.toString())
  }

  /** Counts the nodes with a directory link to this relay. */
  get links(): number {
    return this.server.linkCount
  }

  /** Returns the hosts that claim another number of terminators than is held for them. */
  claims(): ClaimStatus[] {
    return this.server.claims()
  }

  /** Returns what the relay holds, for its operator. */
  status(): StatusResponse {
    return this.server.status()
  }

  async close(): Promise<void> {
    this.#joining.stop()
    this.#renewing?.stop()
    this.stopFollowing()
    this.replication.stop()
    this.server.stop()
    this.splicer.stop()
    await this.pool.close()
    await this.node.stop()
    this.trust.stop()
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
  const quotas = new Quotas(options.quotas)
  const trust = new Trust(identity, systemClock)
  const own = identity.peerId.toString()
  const tls = options.tls && (await TlsFiles.load(options.tls))
  const trustsProxy = trustedProxies(options.trustProxies ?? [])
  const { listen, announce, elsewhere } = relayAddresses(
    { ...identity, network: trust.network },
    options,
    tls !== undefined,
  )

  // Changed only together with the tables below, in one step.
  let services = trust.network.services
  const store: DirectoryStore = new DirectoryStore(
    (service, instanceId, entry, present) => {
      replication.onStoreChange(entry, present)
      server.onChange(service, instanceId)
    },
    (service) => services.get(service)?.shards ?? 1,
  )
  trust.on('network', (network) => {
    const resharded = [...network.services.values()].some(({ name, shards }) => services.get(name)?.shards !== shards)
    services = network.services
    if (!resharded) return
    store.reshard()
    replication.reset()
    server.resharded()
  })
  const splicer = new Splicer((certificate, end) => node.gate.guard(certificate, end), quotas)
  const seen = new SeenAddresses()
  const node: Node = await createNode({
    trust,
    kind: 'relay',
    prefaces: [splicer.preface, seen.preface],
    admission: new QuotaAdmission(quotas, systemClock),
    features: helloFeatures.joinsSockets | helloFeatures.tellsAddress,
    ...(options.proxy === undefined ? {} : { proxy: options.proxy }),
    listen,
    announce,
    webSockets: { trustsProxy, ...(tls === undefined ? {} : { secureContext: () => tls.context }) },
    ...(options.reservationTtlMs === undefined ? {} : { reservationTtlMs: options.reservationTtlMs }),
    preferConnection: (connections, processId) => server.preferBound(connections, processId),
  })
  const pool = new RelayPool(node, trust, systemClock, Math.random, {
    maxOnDemandLinks: Number.POSITIVE_INFINITY,
    find: (peerId, signal) => findRelay(node, peerId, signal),
  })
  const homes = new Homes({ node, trust, pool, clock: systemClock, random: Math.random }, () => store.partitionsOf(own))
  const replication: Replication = new Replication({
    trust,
    homes,
    store,
    pool,
    clock: systemClock,
    random: Math.random,
  })
  const directory = new GlobalDirectory({
    networkId: trust.network.networkId,
    liars: replication.liars,
    onLie: (peerId, what) => replication.accuse(peerId, what),
    store,
    homes,
    pool,
    clock: systemClock,
    strategyOf: (service) => services.get(service)?.strategy ?? 'smartrouting',
    random: Math.random,
  })
  const joining = new Joining({ node, trust, homes, pool, clock: systemClock })
  const renewals = new Renewals(identity, trust.own.networkId, (error) => trust.emit('warning', error))
  pool.on('up', ({ link }) => {
    const certificates = renewals.all().map(({ envelope }) => envelope)
    for (let at = 0; at < certificates.length; at += 256) {
      link?.renewals(certificates.slice(at, at + 256)).catch(() => {}) // an older version, or gone again
    }
  })
  const server: DirectoryServer = new DirectoryServer(node, trust, store, systemClock, {
    homes,
    replication,
    directory,
    pool,
    splicer,
    joining,
    quotas,
    renewals,
  })
  const relay = new Relay(
    node,
    server,
    joining,
    homes,
    replication,
    pool,
    store,
    trust,
    splicer,
    quotas,
    announce === undefined ? [] : listen,
  )
  relay.elsewhere = elsewhere
  await node.start()
  try {
    await renewals.load(systemClock.now())
    trust.offerRenewals((certificate) => renewals.newerThan(certificate))
    const warn = (error: unknown) => relay.emit('warning', error)
    const stop = [
      await followIdentity(trust, systemClock, warn),
      await tls?.follow(systemClock, warn, () => relay.emit('tls:renewed')),
    ]
    relay.stopFollowing = () => {
      for (const each of stop) each?.()
      renewals.stop()
    }
    await joining.start()
    await server.start()
    // Last, and with nothing to wait for: whoever waits for this listens before anything happens.
    relay.startRenewing(options.renewalKey, renewals)
    replication.start()
    pool.start()
    return relay
  } catch (error) {
    await relay.close()
    throw error
  }
}

/** Returns where a relay is, as this one's peer store knows or the DHT finds. */
async function findRelay(node: Node, peerId: string, signal: AbortSignal): Promise<string[]> {
  const peer = peerIdFromString(peerId)
  const known = await node.libp2p.peerStore.get(peer).catch(() => undefined) // not met yet
  if (known !== undefined && known.addresses.length > 0)
    return known.addresses.map(({ multiaddr }) => multiaddr.toString())
  const found = await node.libp2p.peerRouting.findPeer(peer, { signal })
  return found.multiaddrs.map((address) => address.toString())
}
