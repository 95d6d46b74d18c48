import { EventEmitter, setMaxListeners } from 'node:events'
import { anySignal, timeoutSignal } from '../core/abort.js'
import { untilSettled } from '../core/alive.js'
import { type Clock, systemClock } from '../core/clock.js'
import { asOverlayError, OverlayError, throwIfAborted } from '../core/errors.js'
import { defaultConnectTimeoutMs } from '../core/limits.js'
import { DirectoryClient } from '../directory/client.js'
import { RelayPool } from '../directory/relay-pool.js'
import { type Identity, loadIdentity } from '../identity/identity-file.js'
import { Circuits } from '../net/circuit.js'
import { createNode, type Node } from '../net/node.js'
import { Trust } from '../net/trust.js'
import { Dialer } from './dialer.js'
import { Hosting } from './hosting.js'
import { Lookups } from './lookups.js'
import { type Use, withdrawalOf } from './permission.js'
import { firstAttempts, noRelayError, stateOf } from './relay-states.js'
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
import { Watches } from './watches.js'

/** What the parts of a context share. */
export interface Shared {
  node: Node
  trust: Trust
  pool: RelayPool
  circuits: Circuits
  directory: DirectoryClient
  lookups: Lookups
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
  throwIfAborted(options.signal, 'Opening a context')
  const loaded = typeof identity === 'string' ? await loadIdentity(identity) : identity
  const trust = new Trust(loaded, systemClock)
  const listen = options.direct ? (options.directListen ?? ['/ip4/0.0.0.0/tcp/0']) : []
  const node = await createNode({ trust, kind: 'member', listen })
  const context = new OverlayContext(node, trust, options.direct === true)
  await node.start()
  try {
    await context.start()
    throwIfAborted(options.signal, 'Opening a context')
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
  private readonly watches: Watches
  private closed: Promise<void> | undefined

  constructor(
    private readonly node: Node,
    private readonly trust: Trust,
    direct: boolean,
  ) {
    super()
    setMaxListeners(0, this.closing.signal) // whatever waits for something listens to it
    const { name, peerId, roles } = trust.own
    this.identity = { name, peerId, roles }
    const pool = new RelayPool(node, trust, systemClock, Math.random)
    const directory = new DirectoryClient(pool, trust, systemClock)
    this.shared = {
      node,
      trust,
      pool,
      circuits: new Circuits(node),
      directory,
      lookups: new Lookups(directory, this.closing.signal),
      clock: systemClock,
      random: Math.random,
      direct,
      closing: this.closing.signal,
    }
    this.hosting = new Hosting(this.shared)
    this.dialer = new Dialer(this.shared)
    this.watches = new Watches(this.shared)
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
    this.checkUse({ service, instanceId: options.instanceId ?? '', dialer: this.trust.own })
    return this.dialer.dial(service, options)
  }

  async listTerminators(service: string, options: ListOptions = {}): Promise<ListPage> {
    this.checkOpen()
    this.checkService(service)
    const signal = anySignal(options.signal, this.closing.signal)
    await firstAttempts(this.shared.pool, signal)
    const { rows, cursor } = await this.shared.directory.list(service, { ...options, signal })
    return cursor === undefined ? { instances: rows } : { instances: rows, cursor }
  }

  async *watch(service: string, options: { signal?: AbortSignal } = {}): AsyncIterable<DirectoryEvent> {
    this.checkOpen()
    this.checkService(service)
    const over = anySignal(options.signal, this.closing.signal)
    for await (const change of this.watches.read(service, over)) {
      yield change.type === 'left' ? change : { type: change.type, instance: change.row }
    }
  }

  async whois(service: string, instanceId: string, options: { signal?: AbortSignal } = {}): Promise<Party> {
    this.checkOpen()
    this.checkService(service)
    const signal = anySignal(options.signal, this.closing.signal)
    await firstAttempts(this.shared.pool, signal)
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
      await this.shared.pool.ready(anySignal(options.signal, this.closing.signal, timeoutSignal(timeout)))
    } catch (error) {
      if (options.signal?.aborted) throw asOverlayError(options.signal.reason, 'canceled', 'Waiting for a relay')
      if (error instanceof OverlayError) throw error
      throw noRelayError(this.shared.pool, timeout)
    }
  }

  close(): Promise<void> {
    this.closed ??= untilSettled(this.shutDown())
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

  private checkService(service: string): void {
    this.checkUse({ service, instanceId: '' })
  }

  private checkUse(use: Use): void {
    const withdrawn = withdrawalOf(this.trust.network, use)
    if (withdrawn === undefined) return
    const { service, instanceId } = use
    throw new OverlayError(withdrawn.code, withdrawn.text, { service, ...(instanceId === '' ? {} : { instanceId }) })
  }
}
