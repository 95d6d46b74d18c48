import { EventEmitter } from 'node:events'
import { OverlayError } from '../../../../src/core/errors.js'
import type {
  BootstrapPeer,
  FoundPeer,
  Rendezvous,
  RendezvousEvents,
  RendezvousStream,
} from '../../../../src/rendezvous/rendezvous.js'

/** A chat stream in memory: what is written is kept, what arrives is up to the test. */
export class FakeStream implements RendezvousStream {
  readonly written: string[] = []
  pendingBytes = 0
  paused = false
  closed = false
  #handlers: Parameters<RendezvousStream['receive']>[0] | undefined
  #drained: Array<() => void> = []

  constructor(
    readonly peerId: string,
    readonly direction: 'inbound' | 'outbound' = 'inbound',
  ) {}

  receive(handlers: Parameters<RendezvousStream['receive']>[0]): void {
    this.#handlers = handlers
  }

  write(bytes: Uint8Array): boolean {
    if (this.closed) return false
    this.written.push(Buffer.from(bytes).toString())
    return true
  }

  drained(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#drained.push(resolve)
      signal?.addEventListener('abort', () => resolve(), { once: true })
    })
  }

  pause(): void {
    this.paused = true
  }

  resume(): void {
    this.paused = false
  }

  async close(): Promise<void> {
    this.closed = true
  }

  /** The other side says something. */
  says(text: string | Uint8Array): void {
    this.#handlers?.onBytes(typeof text === 'string' ? Buffer.from(text) : text)
  }

  /** The other side ends. */
  ends(): void {
    this.#handlers?.onEnd()
  }

  /** The other side has taken everything. */
  drains(): void {
    this.pendingBytes = 0
    for (const resolve of this.#drained.splice(0)) resolve()
  }
}

/** A rendezvous point without a network: who is found and who can be reached is up to the test. */
export class FakeRendezvous extends EventEmitter<RendezvousEvents> implements Rendezvous {
  readonly peerId = 'peer-self'
  readonly rendezvous = 'meet me here'
  readonly protocol = '/chat/1.1.0'
  readonly bootstrapPeers: BootstrapPeer[]
  /** Found by every search from now on. */
  found: string[] = []
  /** Can be connected to, or opened a stream to; anybody else refuses. */
  reachable = new Set<string>()
  /** Neither answers nor refuses. */
  silent = new Set<string>()
  readonly connected = new Set<string>()
  /** What `open` gave out. */
  readonly opened: FakeStream[] = []
  readonly forgotten: string[] = []
  servers = 1
  announcements = 0
  searches = 0
  left: string[] | undefined
  closed = false

  constructor(bootstrap: string[] = []) {
    super()
    this.bootstrapPeers = bootstrap.map((peerId) => ({ peerId, address: `/ip4/127.0.0.1/tcp/1/p2p/${peerId}` }))
  }

  addresses(): string[] {
    return ['/ip4/127.0.0.1/tcp/6666/p2p/peer-self']
  }

  isConnected(peerId: string): boolean {
    return this.connected.has(peerId)
  }

  async connect({ peerId }: BootstrapPeer): Promise<void> {
    if (!this.reachable.has(peerId)) throw refused(peerId)
    this.connected.add(peerId)
  }

  async announce(): Promise<number> {
    this.announcements++
    return this.servers
  }

  async *search(): AsyncGenerator<FoundPeer, undefined> {
    this.searches++
    for (const peerId of this.found) yield { peerId, addresses: [] }
  }

  async open({ peerId }: FoundPeer): Promise<RendezvousStream> {
    if (this.silent.has(peerId)) return await new Promise(() => {})
    if (!this.reachable.has(peerId)) throw refused(peerId)
    const stream = new FakeStream(peerId, 'outbound')
    this.opened.push(stream)
    return stream
  }

  async forget(peerId: string): Promise<void> {
    this.forgotten.push(peerId)
  }

  async leave(peerIds: Iterable<string>): Promise<string[]> {
    this.left = [...peerIds]
    return this.left.filter((peerId) => peerId.startsWith('go'))
  }

  async close(): Promise<void> {
    this.closed = true
  }
}

function refused(peerId: string): OverlayError {
  return new OverlayError('unreachable', `Could not reach ${peerId}: refused`, { cause: new Error('refused') })
}
