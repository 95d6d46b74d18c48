import { type NoiseInit, noise } from '@libp2p/noise'
import { Uint8ArrayList } from 'uint8arraylist'
import { OverlayError } from '../../core/errors.js'
import { joinPieces } from '../../core/pieces.js'
import { FrameGuard } from './frame-guard.js'
import { acceptedHere, acceptedThere, type MessageRule, StreamGuard } from './stream-guard.js'
import { TurnBudget } from './turn-budget.js'

/**
 * These are guards around what libp2p assembles: each sees the bytes of a connection or stream before libp2p's own code does.
 * Nothing of libp2p is patched for others; the objects that our nodes use get an `onData` of their own, which every stream of
 * libp2p has as the place where bytes come in (AbstractMessageStream of @libp2p/utils).
 */

/**
 * Limits the messages that libp2p may have to read for one connection in one turn of the event loop, lines of negotiations
 * included.
 */
const maxMessagesAtOnce = 1_024
/** Limits the streams that one connection may open in one turn; a host hears of its callers through one connection to a relay. */
const maxStreamsAtOnce = 512
/** Limits the pings in one turn, as each is answered; an honest peer sends one in 30 s. */
const maxPingsAtOnce = 16
/** Limits the bytes that wait to be sent on one connection: whoever exceeds it only asks for more and never reads. */
const maxUnsentBytes = 64 * 1024 * 1024

const circuitRule: MessageRule = { maxMessageBytes: 4096, messages: 1, afterwards: 'anything' }
const identifyRule: MessageRule = { maxMessageBytes: 8192, messages: 16, afterwards: 'nothing' }
/** Limits the messages of the DHT. go allows 4 MiB; answers of twenty peers with all their addresses stay far below this. */
const dhtRule: MessageRule = { maxMessageBytes: 256 * 1024, messages: Number.POSITIVE_INFINITY, afterwards: 'nothing' }

/**
 * Returns what may be said on one of libp2p's own protocols; undefined for all others, which are ours and look after themselves.
 */
function ruleOf(protocol: string): MessageRule | undefined {
  if (protocol.startsWith('/libp2p/circuit/relay/')) return circuitRule
  if (protocol.startsWith('/ipfs/id/')) return identifyRule
  return protocol.endsWith('/kad/1.0.0') ? dhtRule : undefined
}

/** Names the parts of libp2p's streams and connections that a guard needs. */
export interface GuardedStream {
  direction: 'inbound' | 'outbound'
  readBuffer: Uint8ArrayList
  maxWriteBufferLength?: number
  onData(data: Uint8Array | Uint8ArrayList): void
  abort(error: Error): void
}

export interface GuardedMuxer extends Pick<GuardedStream, 'onData'> {
  decoder: { buffer: Uint8ArrayList }
}

interface Upgrader {
  upgradeInbound(connection: unknown, options: unknown): Promise<unknown>
  upgradeOutbound(connection: unknown, options: { initiator?: boolean }): Promise<unknown>
  getConnectionEncrypters(): Map<string, unknown>
  getStreamMuxers(): Map<string, unknown>
}

/** Guards every connection of a node, from its first byte on: bare sockets and circuits alike. */
export function guardUpgrader(components: unknown): void {
  const { upgrader } = components as { upgrader: Upgrader }
  const { upgradeInbound, upgradeOutbound } = upgrader
  const guard = (connection: GuardedStream, asked: boolean) => {
    connection.maxWriteBufferLength = maxUnsentBytes
    const protocols = [...upgrader.getConnectionEncrypters().keys()]
    guardConnection(connection, asked ? acceptedHere(protocols) : acceptedThere)
  }
  upgrader.upgradeInbound = (connection, options) => {
    guard(connection as GuardedStream, true)
    return upgradeInbound.call(upgrader, connection, options)
  }
  upgrader.upgradeOutbound = (connection, options) => {
    guard(connection as GuardedStream, options.initiator === false)
    return upgradeOutbound.call(upgrader, connection, options)
  }
}

/** Makes Noise connections whose bytes are guarded while a muxer is negotiated, for peers that don't negotiate it within Noise. */
export function guardedNoise(init?: NoiseInit): ReturnType<typeof noise> {
  const create = noise(init)
  return (components) => {
    const encrypter = create(components)
    const later = components as unknown as { upgrader: Upgrader } // not there yet
    const { secureInbound, secureOutbound } = encrypter
    encrypter.secureInbound = async (connection, options) => {
      const secured = await secureInbound.call(encrypter, connection, options)
      const accepts = acceptedHere([...later.upgrader.getStreamMuxers().keys()])
      if (secured.streamMuxer === undefined) guardConnection(secured.connection as never, accepts)
      return secured
    }
    encrypter.secureOutbound = async (connection, options) => {
      const secured = await secureOutbound.call(encrypter, connection, options)
      if (secured.streamMuxer === undefined) guardConnection(secured.connection as never, acceptedThere)
      return secured
    }
    return encrypter
  }
}

function guardConnection(connection: GuardedStream, accepts: (line: string) => boolean): void {
  const budget = new TurnBudget('messages', maxMessagesAtOnce)
  const guard = new StreamGuard({ accepts, rule: () => undefined, spend: () => budget.spend() })
  install(connection, guard, (error) => connection.abort(error))
}

/** Guards the frames of a connection. What is thrown here, or by the guard of a stream, ends the connection: yamux aborts both. */
export function guardFrames(muxer: GuardedMuxer, maxFrameBytes: number): void {
  const opened = new TurnBudget('streams', maxStreamsAtOnce)
  const pinged = new TurnBudget('pings', maxPingsAtOnce)
  const frames = new FrameGuard({ maxFrameBytes, opened: () => opened.spend(), pinged: () => pinged.spend() })
  const onData = hook(muxer)
  muxer.onData = (data) => {
    frames.push(data instanceof Uint8Array ? [data] : data)
    onData(data)
    joinPieces(muxer.decoder.buffer)
  }
}

/** Guards the streams of one connection, which share the limits on what they may ask for at once. */
export class StreamGuards {
  readonly #registrar: { getProtocols(): string[] }
  readonly #messages = new TurnBudget('messages', maxMessagesAtOnce)

  constructor(registrar: { getProtocols(): string[] }) {
    this.#registrar = registrar
  }

  guard(stream: GuardedStream): void {
    const accepts = stream.direction === 'inbound' ? acceptedHere(this.#registrar.getProtocols()) : acceptedThere
    const guard = new StreamGuard({ accepts, rule: ruleOf, spend: () => this.#messages.spend() })
    install(stream, guard, (error) => {
      throw error
    })
  }
}

/** Lets the guard see everything that comes on a stream, also what has come already. */
function install(stream: GuardedStream, guard: StreamGuard, refuse: (error: Error) => void): void {
  const onData = hook(stream)
  const passed = (data: Uint8Array | Uint8ArrayList): Uint8ArrayList => {
    const out = new Uint8ArrayList()
    guard.push(data, out)
    return out
  }
  stream.onData = (data) => {
    if (guard.done) {
      onData(data)
      joinPieces(stream.readBuffer)
      return
    }
    let seen: Uint8ArrayList
    try {
      seen = passed(data)
    } catch (error) {
      refuse(error as Error)
      return
    }
    onData(seen)
  }
  if (stream.readBuffer.byteLength === 0) return
  const early = stream.readBuffer.sublist()
  stream.readBuffer.consume(early.byteLength)
  try {
    stream.readBuffer.append(passed(early))
  } catch (error) {
    refuse(error as Error)
  }
}

function hook<T extends { onData: GuardedStream['onData'] }>(stream: T): GuardedStream['onData'] {
  if (typeof stream.onData !== 'function') {
    throw new OverlayError('internal', 'libp2p has changed: streams have no onData, and can not be guarded.')
  }
  return stream.onData.bind(stream)
}
