// An entry point of the package (`chat-p2p/rendezvous`), hence the polyfill.
import '../core/polyfill.js'
import { EventEmitter, setMaxListeners } from 'node:events'
import type { Stream } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import type { Multiaddr } from '@multiformats/multiaddr'
import { anySignal } from '../core/abort.js'
import { checkOptions, checkSignal, checkText, checkTexts } from '../core/arguments.js'
import { asOverlayError, OverlayError } from '../core/errors.js'
import { rendezvousReachTimeoutMs, rendezvousRoundTimeoutMs } from '../core/limits.js'
import { escapeControls } from '../core/text.js'
import { onEnded, untilRoom } from '../net/flow.js'
import { parsePeerAddress } from './address.js'
import { RendezvousNode } from './node.js'
import { type ResolvedRendezvousOptions, resolveRendezvousOptions } from './options.js'
import type { FoundPeer, RendezvousOptions } from './types.js'

export { loadOrCreateRendezvousKey } from './key.js'
export type { FoundPeer, RendezvousOptions }

export interface RendezvousEvents {
  /** Emitted when somebody opened a stream here. Without a listener it stays open and unread. */
  stream: [RendezvousStream]
  /** Emitted with a peer id when the last connection to that peer is gone. */
  'peer:disconnect': [string]
  /**
   * Emitted with the peer id when a connected peer is not heard any more: its machine or network is gone, though the connection may
   * take long to break.
   */
  'peer:silent': [string]
  /** Emitted with the peer id when the peer is heard again. */
  'peer:heard': [string]
  /** Emitted when everything is over, after `close()` or when the last peer kept by `leave()` is gone. */
  close: []
}

/** One chat stream: raw bytes in both directions, until either side ends it. */
export interface RendezvousStream {
  readonly peerId: string
  readonly direction: 'inbound' | 'outbound'
  /** Counts the bytes that wait for the other side to take them. */
  readonly pendingBytes: number
  /** Takes what arrives from now on, and what has arrived before; `onEnd` comes once, last. To be called once. */
  receive(handlers: { onBytes(bytes: Uint8Array): void; onEnd(): void }): void
  /** Queues bytes; false when the stream is over. Never ends the stream, however much waits. */
  write(bytes: Uint8Array): boolean
  /** Resolves when nothing waits any more, or the stream is over. */
  drained(signal?: AbortSignal): Promise<void>
  /** Stops taking bytes, which makes the other side wait, and goes on. */
  pause(): void
  resume(): void
  /** Sends what waits, then ends the stream. go's program crashes when this is done to it; see `leave()`. */
  close(): Promise<void>
}

/**
 * A node that meets others through the DHT, wire-compatible with go-libp2p's chat-with-rendezvous. Each method does one round; the
 * caller decides when to do it again. They reject with `unreachable`, with `timed_out` after 3 min (`connect` and `open`: 30 s), and
 * with `closed` when the node is closed.
 */
export interface Rendezvous extends EventEmitter<RendezvousEvents> {
  readonly peerId: string
  readonly rendezvous: string
  readonly protocol: string
  /** Lists the bootstrap peers to `connect()`, without ourselves. */
  readonly bootstrapPeers: readonly BootstrapPeer[]
  /** Returns where others reach this node, each ending in `/p2p/<peer id>`. */
  addresses(): string[]
  isConnected(peerId: string): boolean
  connect(peer: BootstrapPeer, options?: { signal?: AbortSignal }): Promise<void>
  /** Tells the DHT that we are here; resolves with the number of servers that took note. Servers forget it within hours. */
  announce(options?: { signal?: AbortSignal }): Promise<number>
  /** Yields everybody else who announced the same word, dead or alive, each once. */
  search(options?: { signal?: AbortSignal }): AsyncIterable<FoundPeer>
  /** Opens a stream to a peer; one per call. */
  open(peer: FoundPeer, options?: { signal?: AbortSignal }): Promise<RendezvousStream>
  /** Stops naming a peer that can't be reached to others, until it announces itself again. */
  forget(peerId: string): Promise<void>
  /**
   * Leaves: ends streams and connections, except to those of `peerIds` whose program may not survive that (go's panics).
   * Resolves with these, whose connections this process then keeps alive until they go; the last one ends it (`close`).
   */
  leave(peerIds: Iterable<string>): Promise<string[]>
  /** Ends everything at once. */
  close(): Promise<void>
}

export interface BootstrapPeer {
  peerId: string
  address: string
}

/** Starts a node. Rejects with `bad_argument` or `port_in_use`. The caller ends it with `leave()` or `close()`. */
export async function joinRendezvous(options?: RendezvousOptions): Promise<Rendezvous> {
  const resolved = resolveRendezvousOptions(checkOptions('joinRendezvous', options))
  // Others may be quicker than the caller, who can't listen for streams before it has this node in hands.
  let deliver = (peerId: string, stream: Stream) => void early.push([peerId, stream])
  const early: Array<[string, Stream]> = []
  let point: RendezvousPoint | undefined
  const node = await RendezvousNode.start({
    ...resolved,
    onStream: (peerId, stream) => deliver(peerId, stream),
    onDisconnect: (peerId) => point?.onDisconnect(peerId),
    onSilent: (peerId, silent) => point?.emit(silent ? 'peer:silent' : 'peer:heard', peerId),
  })
  const joined = new RendezvousPoint(node, resolved)
  point = joined
  setImmediate(() => {
    deliver = (peerId, stream) => void joined.emit('stream', new ChatStream(peerId, stream))
    for (const [peerId, stream] of early) deliver(peerId, stream)
  })
  return joined
}

class RendezvousPoint extends EventEmitter<RendezvousEvents> implements Rendezvous {
  readonly #node: RendezvousNode

  readonly rendezvous: string
  readonly protocol: string
  readonly bootstrapPeers: readonly BootstrapPeer[]
  readonly #addresses: Map<string, Multiaddr>
  #kept: Set<string> | undefined
  readonly #closing = new AbortController()
  #closed: Promise<void> | undefined

  constructor(node: RendezvousNode, options: ResolvedRendezvousOptions) {
    super()
    this.#node = node

    this.rendezvous = options.rendezvous
    this.protocol = options.protocol
    const others = options.peers.filter(({ peerId }) => peerId !== node.peerId)
    this.#addresses = new Map(others.map(({ address }) => [address.toString(), address]))
    this.bootstrapPeers = others.map(({ address, peerId }) => ({ peerId, address: address.toString() }))
  }

  get peerId(): string {
    return this.#node.peerId
  }

  addresses(): string[] {
    return this.#node.addresses()
  }

  isConnected(peerId: string): boolean {
    return this.#node.isConnected(peerId)
  }

  async connect(peer: BootstrapPeer, options?: { signal?: AbortSignal }): Promise<void> {
    const { peerId, address: told } = checkOptions('connect', peer)
    const address = checkText('address', told)
    const given = signalOf('connect', options)
    const where = this.#addresses.get(address) ?? parsePeerAddress(address).address
    await this.#within(rendezvousReachTimeoutMs, `Could not reach ${peerId}`, given, (signal) =>
      this.#node.connect(where, signal),
    )
  }

  async announce(options?: { signal?: AbortSignal }): Promise<number> {
    const given = signalOf('announce', options)
    return await this.#within(rendezvousRoundTimeoutMs, 'Could not announce', given, (signal) =>
      this.#node.announce(signal),
    )
  }

  async *search(options?: { signal?: AbortSignal }): AsyncGenerator<FoundPeer, undefined> {
    const signal = this.#withTimeout(rendezvousRoundTimeoutMs, signalOf('search', options))
    try {
      signal.throwIfAborted()
      yield* this.#node.search(signal)
      this.#closing.signal.throwIfAborted() // there may be others
    } catch (error) {
      throw roundError('Could not search', signal, error)
    }
  }

  async open(peer: FoundPeer, options?: { signal?: AbortSignal }): Promise<RendezvousStream> {
    const given = signalOf('open', options)
    const { peerId: id, addresses: told = [] } = checkOptions('open', peer)
    const peerId = checkPeerId(id)
    const addresses = [...checkTexts('addresses', told)]
    const stream = await this.#within(rendezvousReachTimeoutMs, `Could not reach ${peerId}`, given, (signal) =>
      this.#node.open({ peerId, addresses }, signal),
    )
    return new ChatStream(peerId, stream)
  }

  async forget(peerId: string): Promise<void> {
    await this.#node.forget(checkPeerId(peerId))
  }

  async leave(peerIds: Iterable<string>): Promise<string[]> {
    const candidates = await Promise.all(
      [...new Set(checkTexts('peerIds', [...peerIds]))].map(async (peerId) => ({
        peerId,
        calm: await this.#node.survivesEnd(peerId),
      })),
    )
    const kept = new Set(candidates.filter(({ calm }) => !calm).map(({ peerId }) => peerId))
    this.#kept = kept
    await this.#node.leaveExcept(kept)
    for (const peerId of kept) this.onDisconnect(peerId) // whoever has gone in the meantime
    if (kept.size === 0) await this.close()
    return [...kept]
  }

  onDisconnect(peerId: string): void {
    if (this.#node.isConnected(peerId)) return
    this.emit('peer:disconnect', peerId)
    if (this.#kept?.delete(peerId) && this.#kept.size === 0) void this.close()
  }

  close(): Promise<void> {
    this.#closing.abort(new OverlayError('closed', 'The node was closed.'))
    this.#closed ??= this.#node.stop().then(() => void this.emit('close'))
    return this.#closed
  }

  #withTimeout(timeoutMs: number, outer: AbortSignal | undefined): AbortSignal {
    const signal = anySignal(outer, this.#closing.signal, AbortSignal.timeout(timeoutMs))
    setMaxListeners(0, signal) // one per request that a look-up has under way; Node warns of more than ten
    return signal
  }

  async #within<T>(
    timeoutMs: number,
    attempted: string,
    outer: AbortSignal | undefined,
    run: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const signal = this.#withTimeout(timeoutMs, outer)
    try {
      signal.throwIfAborted()
      const result = await run(signal)
      this.#closing.signal.throwIfAborted()
      return result
    } catch (error) {
      throw roundError(attempted, signal, error)
    }
  }
}

/** Returns what an application gave as a peer id. Throws `bad_argument` for anything else. */
function checkPeerId(given: unknown): string {
  const text = checkText('A peer id', given)
  try {
    return peerIdFromString(text).toString()
  } catch (cause) {
    throw new OverlayError('bad_argument', `'${escapeControls(text.slice(0, 80))}' is no peer id.`, { cause })
  }
}

function signalOf(call: string, options: { signal?: AbortSignal } | undefined): AbortSignal | undefined {
  const { signal } = checkOptions(call, options)
  checkSignal(signal)
  return signal
}

class ChatStream implements RendezvousStream {
  readonly #stream: Stream

  constructor(
    readonly peerId: string,
    stream: Stream,
  ) {
    this.#stream = stream

    // libp2p aborts a stream whose reader is slow; here the sender waits, so the only bound needed is the window's.
    stream.maxReadBufferLength = Number.POSITIVE_INFINITY
  }

  get direction(): 'inbound' | 'outbound' {
    return this.#stream.direction
  }

  get pendingBytes(): number {
    return this.#stream.writeBufferLength
  }

  receive({ onBytes, onEnd }: { onBytes(bytes: Uint8Array): void; onEnd(): void }): void {
    let ended = false
    this.#stream.addEventListener('message', ({ data }) => {
      if (!ended) onBytes(data.subarray())
    })
    onEnded(this.#stream, () => {
      ended = true
      onEnd()
    })
  }

  write(bytes: Uint8Array): boolean {
    try {
      this.#stream.send(bytes)
      return true
    } catch {
      return false // closing, closed or reset; `onEnd` tells
    }
  }

  async drained(signal?: AbortSignal): Promise<void> {
    await untilRoom(this.#stream, signal)
  }

  pause(): void {
    if (this.#stream.readStatus === 'readable') this.#stream.pause()
  }

  resume(): void {
    if (this.#stream.readStatus === 'paused') this.#stream.resume()
  }

  async close(): Promise<void> {
    await this.#stream.close({ signal: AbortSignal.timeout(2_000) }).catch(() => {})
  }
}

function roundError(attempted: string, signal: AbortSignal, error: unknown): OverlayError {
  if (!signal.aborted) return asOverlayError(error, 'unreachable', attempted)
  const timedOut = signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError'
  return timedOut
    ? new OverlayError('timed_out', `${attempted}: no answer in time.`, { cause: error })
    : asOverlayError(signal.reason, 'canceled', `${attempted}: given up`)
}
