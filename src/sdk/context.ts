import { anySignal, timeoutSignal } from '../core/abort.js'
import { checkInstanceId } from '../core/address.js'
import { untilSettled } from '../core/alive.js'
import { checkOptions, checkSignal, checkText } from '../core/arguments.js'
import { asOverlayError, OverlayError, throwIfAborted } from '../core/errors.js'
import { defaultConnectTimeoutMs } from '../core/limits.js'
import { normalName } from '../core/text.js'
import type { Identity } from '../identity/identity-file.js'
import { AppEmitter } from './app-emitter.js'
import { Dialer } from './dialer.js'
import { Hosting } from './hosting.js'
import { createMember, type Member, type MemberOptions } from './member.js'
import { firstAttempts, noRelayError, stateOf } from './relay-states.js'
import type {
  Connection,
  Context,
  ContextEvents,
  ContextOptions,
  DialOptions,
  DirectoryEvent,
  Listener,
  ListenOptions,
  ListOptions,
  ListPage,
  Party,
  RelayState,
  ServiceState,
} from './types.js'
import { Watches } from './watches.js'

/** Does what `createContext` does with a loaded identity; tests hand in a clock of their own. */
export async function openContext(identity: Identity, options: ContextOptions & MemberOptions): Promise<Context> {
  const member = await createMember(identity, options)
  const context = new OverlayContext(member)
  await member.node.start()
  try {
    await context.start()
    throwIfAborted(options.signal, 'Opening a context')
    return context
  } catch (error) {
    await context.close()
    throw error
  }
}

/** The context that `createContext` makes; its parts are open to tests. */
export class OverlayContext extends AppEmitter<ContextEvents> implements Context {
  readonly hosting: Hosting
  readonly dialer: Dialer
  readonly #watches: Watches
  #closed: Promise<void> | undefined

  constructor(readonly member: Member) {
    super((error, event) => {
      // A listener of warnings that fails itself can only be told to the process.
      if (event === 'warning') process.emitWarning(error instanceof Error ? error : String(error))
      else member.warnings.failedHandler(error, `A listener of the context's ${event} event`)
    })
    this.hosting = new Hosting(member)
    this.dialer = new Dialer(member)
    this.#watches = new Watches(member)
    member.warnings.say = (warning) => this.emit('warning', warning)
    member.trust.on('renewed', ({ expiresAtMs }, inFile) => this.emit('renewed', { expiresAtMs, inFile }))
    member.pool.on('up', (relay) => this.emit('relay:up', stateOf(relay)))
    member.pool.on('down', (relay) => this.emit('relay:down', stateOf(relay)))
  }

  get identity(): Party {
    const { name, peerId, roles } = this.member.trust.own
    return { name, peerId, roles }
  }

  get network() {
    const { networkId, networkName, revision } = this.member.trust.network
    return { id: networkId, name: networkName, revision }
  }

  async start(): Promise<void> {
    await this.hosting.start()
    await this.member.start()
  }

  async listen(service: string, given?: ListenOptions): Promise<Listener> {
    this.#checkOpen()
    const options = checkOptions('listen', given)
    checkSignal(options.signal)
    return this.hosting.listen(serviceName(service), options)
  }

  async dial(service: string, given?: DialOptions): Promise<Connection> {
    this.#checkOpen()
    const name = serviceName(service)
    const options = checkOptions('dial', given)
    const { instanceId } = options
    if (instanceId !== undefined) checkInstanceId(instanceId)
    const { permissions, own } = this.member.trust
    permissions.check({ service: name, dialer: own }, { service: name, ...(instanceId ? { instanceId } : {}) })
    return this.dialer.dial(name, options)
  }

  async listTerminators(service: string, given?: ListOptions): Promise<ListPage> {
    this.#checkOpen()
    this.#checkService(service)
    const options = checkOptions('listTerminators', given)
    if (options.cursor !== undefined) checkText('cursor', options.cursor)
    const { rows, cursor } = await this.#ask(`Listing '${service}'`, options.signal, (signal) =>
      this.member.directory.list(normalName(service), { ...options, signal }),
    )
    return cursor === undefined ? { instances: rows } : { instances: rows, cursor }
  }

  async *watch(service: string, options?: { signal?: AbortSignal }): AsyncIterable<DirectoryEvent> {
    this.#checkOpen()
    this.#checkService(service)
    const { signal } = checkOptions('watch', options)
    checkSignal(signal)
    const over = anySignal(signal, this.member.closing)
    for await (const change of this.#watches.read(normalName(service), over)) {
      yield change.type === 'left' ? change : { type: change.type, instance: change.row }
    }
  }

  async whois(service: string, instanceId: string, options?: { signal?: AbortSignal }): Promise<Party> {
    this.#checkOpen()
    this.#checkService(service)
    const { signal: asked } = checkOptions('whois', options)
    const id = checkInstanceId(instanceId)
    const [first] = await this.#ask(`Asking who '${instanceId}' is`, asked, (signal) =>
      this.member.directory.lookup(normalName(service), id, signal),
    )
    const { name, peerId, roles } = first!.host
    return { name, peerId, roles }
  }

  service(name: string): ServiceState | undefined {
    const known = this.member.trust.network.services.get(serviceName(name))
    if (known === undefined) return undefined
    const { sessionGraceMs } = known
    return { name: known.name, ...(sessionGraceMs === undefined ? {} : { sessionGrace: sessionGraceMs }) }
  }

  hasService(name: string): boolean {
    return this.member.trust.network.services.has(serviceName(name))
  }

  relays(): RelayState[] {
    return this.member.pool.relays().map(stateOf)
  }

  async ready(options?: { timeout?: number; signal?: AbortSignal }): Promise<void> {
    this.#checkOpen()
    const { signal, timeout = defaultConnectTimeoutMs } = checkOptions('ready', options)
    checkSignal(signal)
    const patience = timeoutSignal(timeout)
    try {
      await this.member.pool.ready(anySignal(signal, this.member.closing, patience))
    } catch (error) {
      if (signal?.aborted) throw asOverlayError(signal.reason, 'canceled', 'Waiting for a relay')
      if (error instanceof OverlayError) throw error
      throw noRelayError(this.member.pool, timeout)
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  close(): Promise<void> {
    this.#closed ??= untilSettled(this.#shutDown())
    return this.#closed
  }

  async #shutDown(): Promise<void> {
    this.member.leave()
    await Promise.all([this.hosting.close(), this.dialer.close()])
    await this.member.close()
    this.emit('close')
  }

  /** Asks the directory something, once a relay is there. Rejects with `canceled` when the application gives it up. */
  async #ask<T>(what: string, given: AbortSignal | undefined, ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
    checkSignal(given)
    const signal = anySignal(given, this.member.closing)
    try {
      await firstAttempts(this.member.pool, signal)
      return await ask(signal)
    } catch (error) {
      throw given?.aborted ? asOverlayError(error, 'canceled', `${what} was given up`) : error
    }
  }

  #checkOpen(): void {
    if (this.#closed !== undefined) throw new OverlayError('closed', 'The context was closed.')
  }

  #checkService(service: string): void {
    const name = serviceName(service)
    this.member.trust.permissions.check({ service: name }, { service: name })
  }
}

function serviceName(given: string): string {
  return normalName(checkText('A service', given))
}
