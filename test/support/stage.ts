import { once } from 'node:events'
import type { Connection as Libp2pConnection } from '@libp2p/interface'
import { Uint8ArrayList } from 'uint8arraylist'
import type { Identity } from '../../src/identity/identity-file.js'
import type { ServiceDefinition } from '../../src/identity/policy.js'
import type { Node } from '../../src/net/node.js'
import { Relay, type RelayOptions, startRelay } from '../../src/relay/relay.js'
import type { OverlayContext } from '../../src/sdk/context.js'
import {
  type Connection,
  type Context,
  type ContextOptions,
  createContext,
  type DialOptions,
  type IncomingDial,
  type Listener,
  type ListenOptions,
} from '../../src/sdk/index.js'
import { freePorts } from './free-ports.js'
import { makeNetwork, type TestNetwork } from './network.js'

export const service = 'chat-p2p'

/** A network whose relays run in this process, and what tests open in it. */
export class Stage {
  readonly #relayOptions: RelayOptions | undefined

  readonly #opened: Array<() => Promise<unknown>> = []
  /** What Node warns of: too many listeners, for example, where something leaks. */
  readonly #warnings: Error[] = []
  readonly #onWarning = (warning: Error) => this.#warnings.push(warning)

  // biome-ignore lint/style/useConsistentMemberAccessibility: made by its own static function only
  private constructor(
    readonly network: TestNetwork,
    readonly ports: number[],
    /** Those that run; a test that kills or starts one keeps this right. */
    readonly relays: Array<Relay | undefined>,
    relayOptions: RelayOptions | undefined,
  ) {
    this.#relayOptions = relayOptions

    process.on('warning', this.#onWarning)
  }

  /** `down` are relays (from 0) that are in the document but not started. */
  static async open(
    options: {
      relays?: number
      down?: number[]
      services?: ServiceDefinition[]
      relayOptions?: RelayOptions
      /** Where the relay with this port is; default: TCP on loopback. */
      relayAddresses?: (port: number) => string[]
    } = {},
  ): Promise<Stage> {
    const ports = await freePorts(options.relays ?? 3)
    const { services, relayAddresses } = options
    const network = await makeNetwork({
      relayPorts: ports,
      ...(services === undefined ? {} : { services }),
      ...(relayAddresses === undefined ? {} : { relayAddresses }),
    })
    const stage = new Stage(network, ports, Array.from({ length: ports.length }), options.relayOptions)
    for (const index of ports.keys()) if (!options.down?.includes(index)) await stage.startRelay(index)
    return stage
  }

  async startRelay(index: number): Promise<Relay> {
    const relay = await startRelay(this.network.relays[index]!, this.#relayOptions)
    this.relays[index] = relay
    return relay
  }

  /** By its name, as states and paths tell it. */
  async killRelay(name: string): Promise<void> {
    const index = this.network.relays.findIndex((relay) => relay.name === name)
    const relay = this.relays[index]
    this.relays[index] = undefined
    await relay?.close()
  }

  /** A context for a member of this name, new unless an identity is given; on relays alone unless `direct` says otherwise. Closed with the stage. */
  async context(member: string | Identity, options: ContextOptions & { roles?: string[] } = {}): Promise<Context> {
    const { roles, ...rest } = options
    const identity = typeof member === 'string' ? await this.network.member(member, roles ? { roles } : {}) : member
    const context = await createContext(identity, { direct: 'never', ...rest })
    this.#opened.push(() => context.close())
    return context
  }

  /** A context that listens, with so many terminators (default: as many as relays run). */
  async host(
    member: string | Identity,
    options: ListenOptions & ContextOptions & { service?: string; terminators?: number; roles?: string[] } = {},
  ): Promise<{ context: Context; listener: Listener }> {
    const { service: name = service, terminators, roles, direct, directListen, splices, quotas, ...listen } = options
    const context = await this.context(member, {
      ...(roles ? { roles } : {}),
      ...(direct === undefined ? {} : { direct }),
      ...(directListen === undefined ? {} : { directListen }),
      ...(splices === undefined ? {} : { splices }),
      ...(quotas === undefined ? {} : { quotas }),
    })
    const listener = await context.listen(name, listen)
    await listener.established(terminators ?? Math.min(3, this.relays.filter(Boolean).length))
    return { context, listener }
  }

  /** Also closed with the stage. */
  onClose(close: () => Promise<unknown>): void {
    this.#opened.push(close)
  }

  /** Ends what tests opened; the relays stay. */
  async clear(): Promise<void> {
    await Promise.all(this.#opened.splice(0).map((close) => close()))
  }

  /** Rejects when Node has warned of something meanwhile. */
  async close(): Promise<void> {
    await this.clear()
    await Promise.all(this.relays.splice(0).map((relay) => relay?.close()))
    process.off('warning', this.#onWarning)
    if (this.#warnings.length > 0) throw new AggregateError(this.#warnings, String(this.#warnings[0]))
  }
}

/** The next caller. Call it before the dial: without a handler callers are told `busy`. */
export async function nextDial(listener: Listener): Promise<IncomingDial> {
  const [dial] = await once(listener, 'dial')
  return dial as IncomingDial
}

/** One call that is accepted at once: both ends of it. */
export async function call(
  dialer: Context,
  listener: Listener,
  options: DialOptions = {},
): Promise<{ here: Connection; there: Connection }> {
  const incoming = nextDial(listener)
  incoming.catch(() => {}) // the dial says why
  const dialed = dialer.dial(listener.service, { instanceId: listener.instanceId, ...options })
  const accepted = incoming.then((dial) => dial.accept())
  const [here, there] = await Promise.all([dialed, accepted])
  return { here, there }
}

/** Reads to the end. */
export async function readAll(connection: Connection): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of connection) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** Reads so many bytes; what came beyond them must not be. */
export async function readBytes(connection: Connection, count: number): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for (let length = 0; length < count; ) {
    const piece = await connection.read()
    if (piece === undefined) throw new Error(`the stream ended after ${length} of ${count} bytes`)
    pieces.push(piece)
    length += piece.byteLength
  }
  const all = Buffer.concat(pieces)
  if (all.byteLength !== count) throw new Error(`${all.byteLength} bytes came, ${count} were expected`)
  return all
}

/** The libp2p node inside, to cut and to look at connections. */
export function nodeOf(of: Context | Relay): Node {
  return of instanceof Relay ? of.node : (of as OverlayContext).member.node
}

/** Connections between a context and a peer, through relays or direct. */
export function connectionsTo(
  context: Context,
  peerId: string,
): { relayed: Libp2pConnection[]; direct: Libp2pConnection[] } {
  const all = nodeOf(context)
    .libp2p.getConnections()
    .filter((connection) => connection.remotePeer.toString() === peerId && connection.status === 'open')
  return { relayed: all.filter(({ direct }) => !direct), direct: all.filter(({ direct }) => direct) }
}

/** Whatever carries a session with a peer at the moment, of either kind: where it leads to, and how to cut it. */
export interface Carrying {
  /** Two are of the same relay when this is equal. */
  through: string
  cut(): void
  /** Whatever bytes, in the middle of the session's own. */
  send(bytes: Uint8Array): void
}

/** What carries sessions between a context and a peer, in the order it was opened. */
export function carryingTo(context: Context, peerId: string): Carrying[] {
  const sockets = nodeOf(context)
    .tlsPaths.with(peerId)
    .map((carrier) => ({
      through: `port ${carrier.remotePort}`,
      cut: () => carrier.cut(),
      send: (bytes: Uint8Array) => carrier.send(new Uint8ArrayList(bytes)),
    }))
  const { relayed, direct } = connectionsTo(context, peerId)
  const streams = [...relayed, ...direct].flatMap((connection) =>
    connection.streams.filter(({ protocol }) => protocol.includes('session')).map((stream) => ({ connection, stream })),
  )
  return [
    ...sockets,
    ...streams.map(({ connection, stream }) => ({
      through: connection.remoteAddr.toString().split('/p2p-circuit')[0]!,
      cut: () => connection.abort(new Error('cut by the test')),
      send: (bytes: Uint8Array) => void stream.send(bytes),
    })),
  ]
}

/** Resolves with what the event was emitted with, once it fits. */
export function eventWhere<T>(
  emitter: {
    on(event: string, run: (value: T) => void): unknown
    off(event: string, run: (value: T) => void): unknown
  },
  event: string,
  fits: (value: T) => boolean,
): Promise<T> {
  return new Promise((resolve) => {
    const run = (value: T) => {
      if (!fits(value)) return
      emitter.off(event, run)
      resolve(value)
    }
    emitter.on(event, run)
  })
}
