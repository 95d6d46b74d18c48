import { EventEmitter } from 'node:events'
import { anySignal } from '../core/abort.js'
import { type Clock, systemClock } from '../core/clock.js'
import { asOverlayError, OverlayError } from '../core/errors.js'
import { defaultConnectTimeoutMs } from '../core/limits.js'
import { DirectoryClient } from '../directory/client.js'
import { type Relay, RelayPool } from '../directory/relay-pool.js'
import { type Change, ServiceWatch } from '../directory/watch.js'
import { type Identity, loadIdentity } from '../identity/identity-file.js'
import { mayDial } from '../identity/policy.js'
import { Circuits } from '../net/circuit.js'
import { createNode, type Node } from '../net/node.js'
import { Trust } from '../net/trust.js'
import { Dialer } from './dialer.js'
import { Hosting } from './hosting.js'
import type {
  Connection,
  Context,
  ContextOptions,
  DialOptions,
  DirectoryEvent,
  Listener,
  ListenOptions,
  ListOptions,
  ListPage,
  Party,
  RelayState,
} from './types.js'

/** What the parts of a context share. */
export interface Shared {
  node: Node
  trust: Trust
  pool: RelayPool
  circuits: Circuits
  directory: DirectoryClient
  clock: Clock
  random: () => number
  direct: boolean
  /** Fires when the context closes. */
  closing: AbortSignal
}

type ContextEvents = { 'relay:up': [RelayState]; 'relay:down': [RelayState]; close: [] }

/**
 * Opens a context for an identity: a path, a name in `./identities`, or a loaded identity. Resolves at once; relays are
 * connected in the background and tried for as long as the context lives (`ready()` waits for the first). Rejects with
 * `file_unreadable`, `identity_*` or `certificate_*`. The caller ends it with `close()`.
 */
export async function createContext(identity: string | Identity, options: ContextOptions = {}): Promise<Context> {
  options.signal?.throwIfAborted()
  const loaded = typeof identity === 'string' ? await loadIdentity(identity) : identity
  const trust = new Trust(loaded, systemClock)
  const listen = options.direct ? (options.directListen ?? ['/ip4/0.0.0.0/tcp/0']) : []
  const node = await createNode({ trust, kind: 'member', listen })
  const context = new OverlayContext(node, trust, options.direct === true)
  await node.start()
  try {
    await context.start()
    options.signal?.throwIfAborted()
    return context
  } catch (error) {
    await context.close()
    throw error
  }
}

class OverlayContext extends EventEmitter<ContextEvents> implements Context {
  readonly identity: Party
  private readonly shared: Shared
  private readonly hosting: Hosting
  private readonly dialer: Dialer
  private readonly closing = new AbortController()
  private readonly watches = new Set<ServiceWatch>()
  private closed: Promise<void> | undefined

  constructor(
    private readonly node: Node,
    private readonly trust: Trust,
    direct: boolean,
  ) {
    super()
    const { name, peerId, roles } = trust.own
    this.identity = { name, peerId, roles }
    const pool = new RelayPool(node, trust, systemClock, Math.random)
    this.shared = {
      node,
      trust,
      pool,
      circuits: new Circuits(node),
      directory: new DirectoryClient(pool, trust, systemClock),
      clock: systemClock,
      random: Math.random,
      direct,
      closing: this.closing.signal,
    }
    this.hosting = new Hosting(this.shared)
    this.dialer = new Dialer(this.shared)
    pool.on('up', (relay) => this.emit('relay:up', stateOf(relay)))
    pool.on('down', (relay) => this.emit('relay:down', stateOf(relay)))
  }

  get network() {
    const { networkId, networkName, revision } = this.trust.network
    return { id: networkId, name: networkName, revision }
  }

  async start(): Promise<void> {
    await this.hosting.start()
    this.shared.pool.start()
  }

  async listen(service: string, options: ListenOptions = {}): Promise<Listener> {
    this.checkOpen()
    return this.hosting.listen(service, options)
  }

  async dial(service: string, options: DialOptions = {}): Promise<Connection> {
    this.checkOpen()
    this.checkDialable(service)
    return this.dialer.dial(service, options)
  }

  async listTerminators(service: string, options: ListOptions = {}): Promise<ListPage> {
    this.checkOpen()
    this.checkService(service)
    const signal = anySignal(options.signal, this.closing.signal)
    const { rows, cursor } = await this.shared.directory.list(service, { ...options, signal })
    return cursor === undefined ? { instances: rows } : { instances: rows, cursor }
  }

  async *watch(service: string, options: { signal?: AbortSignal } = {}): AsyncIterable<DirectoryEvent> {
    this.checkOpen()
    this.checkService(service)
    const changes: Change[] = []
    let wake = () => {}
    const watch = new ServiceWatch(this.shared.pool, service, (change) => {
      changes.push(change)
      wake()
    })
    const over = anySignal(options.signal, this.closing.signal)
    const onOver = () => wake()
    over.addEventListener('abort', onOver, { once: true })
    this.watches.add(watch)
    watch.start()
    try {
      while (!over.aborted) {
        const change = changes.shift()
        if (change === undefined) {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        } else if (change.type === 'left') yield change
        else yield { type: change.type, instance: change.row }
      }
    } finally {
      over.removeEventListener('abort', onOver)
      this.watches.delete(watch)
      watch.stop()
    }
  }

  async whois(service: string, instanceId: string, options: { signal?: AbortSignal } = {}): Promise<Party> {
    this.checkOpen()
    this.checkService(service)
    const signal = anySignal(options.signal, this.closing.signal)
    const [first] = await this.shared.directory.lookup(service, instanceId, signal)
    const { name, peerId, roles } = first!.host
    return { name, peerId, roles }
  }

  hasService(name: string): boolean {
    return this.trust.network.services.has(name)
  }

  relays(): RelayState[] {
    return this.shared.pool.relays().map(stateOf)
  }

  async ready(options: { timeout?: number; signal?: AbortSignal } = {}): Promise<void> {
    this.checkOpen()
    const timeout = options.timeout ?? defaultConnectTimeoutMs
    try {
      await this.shared.pool.ready(anySignal(options.signal, this.closing.signal, AbortSignal.timeout(timeout)))
    } catch (error) {
      if (options.signal?.aborted) throw asOverlayError(options.signal.reason, 'canceled', 'Waiting for a relay')
      if (error instanceof OverlayError) throw error
      const relays = this.shared.pool.relays().flatMap((relay) => `${relay.name} (${relay.addresses.join(', ')})`)
      throw new OverlayError('no_relay', `No relay could be reached within ${timeout / 1000} s: ${relays.join(', ')}.`)
    }
  }

  close(): Promise<void> {
    this.closed ??= this.shutDown()
    return this.closed
  }

  private async shutDown(): Promise<void> {
    this.closing.abort(new OverlayError('closed', 'The context was closed.'))
    await Promise.all([this.hosting.close(), this.dialer.close()])
    await this.shared.pool.close()
    await this.node.stop()
    this.emit('close')
  }

  private checkOpen(): void {
    if (this.closed !== undefined) throw new OverlayError('closed', 'The context was closed.')
  }

  private checkService(name: string) {
    const service = this.trust.network.services.get(name)
    if (service === undefined) {
      const known = [...this.trust.network.services.keys()].join(', ')
      throw new OverlayError('unknown_service', `The network has no service '${name}'; it has: ${known || 'none'}.`, {
        service: name,
      })
    }
    return service
  }

  private checkDialable(name: string): void {
    if (mayDial(this.checkService(name), this.trust.own)) return
    throw new OverlayError('not_permitted', `${this.identity.name} may not dial service '${name}'.`, { service: name })
  }
}

function stateOf({ name, peerId, state, error, link }: Relay): RelayState {
  return { name, peerId, state, error, roundTripMs: link?.roundTripMs }
}
