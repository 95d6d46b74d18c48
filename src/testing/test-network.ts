import { generateKeyPair } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { checkOptions, checkTexts } from '../core/arguments.js'
import { toHex } from '../core/bytes.js'
import { OverlayError } from '../core/errors.js'
import { certificateValidityMs, defaultMaxTerminators } from '../core/limits.js'
import { Turns } from '../core/turns.js'
import { issueCertificate } from '../identity/certificate.js'
import type { Identity } from '../identity/identity-file.js'
import { issueNetworkDocument, type NetworkView, type RelayAddress } from '../identity/network-document.js'
import type { ServiceDefinition } from '../identity/policy.js'
import { type Relay, startRelay } from '../relay/relay.js'
import { createContext } from '../sdk/create-context.js'
import type { Context, ContextOptions } from '../sdk/types.js'
import type { TestNetwork, TestNetworkOptions, TestService } from './types.js'

const validMs = certificateValidityMs

interface OwnRelay {
  identity: Identity
  running?: Relay | undefined
  /** Starts and stops it in the order in which that was asked for. */
  turns: Turns
}

/** Runs the authority, the relays and the members of one test network. */
export class TestNetworkRun implements TestNetwork {
  readonly #authority: PrivateKey
  #view: NetworkView
  readonly #relays = new Map<string, OwnRelay>()
  readonly #contexts = new Set<Context>()
  /** Lists the serials of what was issued, in hex, by name. */
  readonly #issued = new Map<string, string[]>()
  #closed: Promise<void> | undefined

  // biome-ignore lint/style/useConsistentMemberAccessibility: made by its own static function only
  private constructor(authority: PrivateKey, view: NetworkView) {
    this.#authority = authority
    this.#view = view
  }

  static async start({ relays = 1, services = ['test'] }: TestNetworkOptions): Promise<TestNetworkRun> {
    if (!Number.isInteger(relays) || relays < 0) {
      throw new OverlayError('bad_argument', `relays is a whole number from 0, not ${relays}.`)
    }
    const definitions = definitionsOf(services)
    const authority = await generateKeyPair('Ed25519')
    const view = await issueNetworkDocument(authority, {
      networkName: 'test',
      revision: 1,
      relays: [],
      services: definitions,
    })
    const network = new TestNetworkRun(authority, view)
    try {
      for (let n = 1; n <= relays; n++) await network.#addRelay(`relay${n}`)
      return network
    } catch (error) {
      await network.close()
      throw error
    }
  }

  get relays(): string[] {
    return [...this.#relays].filter(([, { running }]) => running !== undefined).map(([name]) => name)
  }

  async identity(name: string, options?: { roles?: string[] }): Promise<Identity> {
    const { roles = [] } = checkOptions('identity', options)
    return this.#issue(name, 'user', roles)
  }

  async context(name: string, options?: ContextOptions & { roles?: string[] }): Promise<Context> {
    this.#checkOpen()
    const { roles, ...rest } = checkOptions<ContextOptions & { roles?: string[] }>('context', options)
    const context = await createContext(await this.identity(name, roles === undefined ? {} : { roles }), {
      direct: 'never',
      ...rest,
    })
    this.#contexts.add(context)
    context.once('close', () => this.#contexts.delete(context))
    try {
      this.#checkOpen() // it may have been closed meanwhile
      if (this.relays.length > 0) await context.ready()
      return context
    } catch (error) {
      await context.close()
      throw error
    }
  }

  async stopRelay(name: string): Promise<void> {
    const own = this.#known(name)
    await own.turns.take(async () => {
      const { running } = own
      own.running = undefined
      await running?.close()
    })
  }

  async startRelay(name: string): Promise<void> {
    const own = this.#known(name)
    await own.turns.take(async () => {
      this.#checkOpen()
      if (own.running !== undefined) return
      const { multiaddrs } = this.#view.relays.find((relay) => relay.name === name)!
      own.running = await startRelay({ ...own.identity, network: this.#view }, { listen: [...multiaddrs] })
    })
  }

  async publish(services: Array<string | TestService>): Promise<void> {
    await this.#publish({ services: definitionsOf(services) })
  }

  revoke(name: string): Promise<void> {
    return this.#publish({ revokedSerials: [...this.#view.revokedSerials, ...(this.#issued.get(name) ?? [])] })
  }

  close(): Promise<void> {
    this.#closed ??= (async () => {
      await Promise.all([...this.#contexts].map((context) => context.close()))
      await Promise.all([...this.#relays.keys()].map((name) => this.stopRelay(name)))
    })()
    return this.#closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #checkOpen(): void {
    if (this.#closed !== undefined) throw new OverlayError('closed', 'The test network was closed.')
  }

  #known(name: string): OwnRelay {
    const own = this.#relays.get(name)
    if (own === undefined) throw new OverlayError('bad_argument', `The test network has no relay '${name}'.`)
    return own
  }

  /** Starts a relay on any free port, and puts its address into the network document afterwards. */
  async #addRelay(name: string): Promise<void> {
    const identity = await this.#issue(name, 'relay', ['relay'])
    const running = await startRelay(identity, { listen: ['/ip4/127.0.0.1/tcp/0'] })
    this.#relays.set(name, { identity, running, turns: new Turns(1) })
    const multiaddrs = running.addresses().map((address) => address.replace(/\/p2p\/.*$/, ''))
    const relay: RelayAddress = { name, peerId: running.peerId, multiaddrs }
    await this.#publish({ relays: [...this.#view.relays, relay] })
  }

  async #issue(name: string, kind: 'user' | 'relay', roles: string[]): Promise<Identity> {
    checkTexts('roles', roles)
    const privateKey = await generateKeyPair('Ed25519')
    const peerId = peerIdFromPrivateKey(privateKey)
    const nowMs = Date.now()
    const certificate = await issueCertificate(this.#authority, {
      name,
      peerId: peerId.toString(),
      roles,
      issuedAtMs: nowMs,
      expiresAtMs: nowMs + validMs,
    })
    const serials = this.#issued.get(name) ?? []
    this.#issued.set(name, [...serials, toHex(certificate.serial)])
    return { name, kind, privateKey, peerId, certificate, network: this.#view }
  }

  async #publish(change: {
    relays?: readonly RelayAddress[]
    services?: ServiceDefinition[]
    revokedSerials?: string[]
  }): Promise<void> {
    const before = this.#view
    this.#view = await issueNetworkDocument(this.#authority, {
      networkName: before.networkName,
      revision: before.revision + 1,
      relays: change.relays ?? before.relays,
      services: change.services ?? before.services.values(),
      revokedSerials: change.revokedSerials ?? before.revokedSerials,
      previous: before,
    })
    // The relays hand it to everybody who is connected.
    await Promise.all([...this.#relays.values()].map(({ running }) => running?.trust.adopt(this.#view.envelope)))
  }
}

function definitionsOf(services: unknown): ServiceDefinition[] {
  if (Array.isArray(services)) return services.map(definitionOf)
  throw new OverlayError('bad_argument', 'services is a list of names, or of services.')
}

function definitionOf(service: string | TestService): ServiceDefinition {
  const { name, bind, dial, strategy, maxTerminators }: TestService =
    typeof service === 'string' ? { name: service } : service
  return {
    name,
    bind: { roles: bind ?? ['#all'], semantic: 'AnyOf' },
    dial: { roles: dial ?? ['#all'], semantic: 'AnyOf' },
    strategy: strategy ?? 'smartrouting',
    maxTerminators: maxTerminators ?? defaultMaxTerminators,
    shards: 1,
  }
}
