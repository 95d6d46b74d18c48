import { EventEmitter, once } from 'node:events'
import { connect as connectTo, createServer, type Server, type Socket } from 'node:net'
import { OverlayError } from '../../../../src/core/errors.js'
import { ConnectionDuplex, webReadable, webWritable } from '../../../../src/sdk/duplex.js'
import type {
  Connection,
  ConnectionEvents,
  Context,
  ContextEvents,
  DialOptions,
  DirectState,
  IncomingDial,
  Listener,
  ListenerEvents,
  ListenOptions,
  Party,
  PathState,
  RelayState,
  ServiceState,
  TerminatorState,
} from '../../../../src/sdk/types.js'

/** One end of a session in memory, with the buffer between the two ends as small as a test likes. */
export class FakeConnection extends EventEmitter<ConnectionEvents> implements Connection {
  readonly #capacity: number

  readonly toDuplex = () => new ConnectionDuplex(this)
  readonly readable = webReadable(this)
  readonly writable = webWritable(this)
  readonly [Symbol.asyncDispose] = () => this.close()
  peer!: FakeConnection
  readonly id = '00112233445566778899aabbccddeeff'
  readonly stats = { bytesWritten: 0, bytesAcknowledged: 0, bytesRead: 0, pathChanges: 0 }
  direct: DirectState = { state: 'off', why: 'this side keeps to relays' }
  pathList: PathState[] = [{ relay: 'relay1', kind: 'splice', role: 'active' }]
  /** Most bytes that ever waited on their way to the other end, those of unfinished writes included. */
  mostHeld = 0
  abortReason: string | undefined
  #held = 0
  #unread: Uint8Array[] = []
  #waiting = new Set<() => void>()
  #writeEnded = false
  #readEnded = false
  #error: OverlayError | undefined
  #closed = false

  // biome-ignore lint/style/useConsistentMemberAccessibility: made by its own static function only
  private constructor(
    readonly remote: Party,
    readonly instanceId: string,
    capacity: number,
  ) {
    super()
    this.#capacity = capacity
  }

  readonly service = 'ssh'

  static pair(dialer: Party, host: Party, capacity = 1024 * 1024): [dialer: FakeConnection, host: FakeConnection] {
    const one = new FakeConnection(host, host.name, capacity)
    const other = new FakeConnection(dialer, host.name, capacity)
    one.peer = other
    other.peer = one
    return [one, other]
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#error !== undefined || this.#writeEnded) throw this.#error ?? new OverlayError('closed', 'closed before')
    this.#held += bytes.byteLength
    this.mostHeld = Math.max(this.mostHeld, this.#held)
    while (this.#held - bytes.byteLength >= this.#capacity) {
      await this.#change()
      if (this.#error !== undefined) throw this.#error
    }
    this.stats.bytesWritten += bytes.byteLength
    this.peer.#unread.push(bytes)
    this.peer.#wake()
  }

  async read(): Promise<Uint8Array | undefined> {
    for (;;) {
      const bytes = this.#unread.shift()
      if (bytes !== undefined) {
        this.stats.bytesRead += bytes.byteLength
        this.peer.#held -= bytes.byteLength
        this.peer.#wake()
        return bytes
      }
      if (this.#error !== undefined) throw this.#error
      if (this.peer.#writeEnded) {
        this.#readEnded = true
        this.#checkEnd()
        return undefined
      }
      await this.#change()
    }
  }

  async closeWrite(): Promise<void> {
    if (this.#error !== undefined) return
    this.#writeEnded = true
    this.peer.#wake()
    this.#checkEnd()
  }

  async close(): Promise<void> {
    await this.closeWrite()
  }

  abort(reason = ''): void {
    if (this.#closed) return
    this.abortReason = reason
    this.fail(new OverlayError('closed', 'The session was aborted here.'))
    this.peer.fail(new OverlayError('aborted', 'The other side ended the session.', { reason }))
  }

  /** What the session layer says when all is lost. What arrived can still be read. */
  fail(error: OverlayError): void {
    if (this.#closed) return
    this.#closed = true
    this.#error = error
    this.#wake()
    this.emit('close', error)
  }

  paths(): PathState[] {
    return this.pathList
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (let bytes = await this.read(); bytes !== undefined; bytes = await this.read()) yield bytes
  }

  /** All that comes until the end. */
  async readAll(): Promise<Buffer> {
    const all: Uint8Array[] = []
    for await (const bytes of this) all.push(bytes)
    return Buffer.concat(all)
  }

  /** Exactly so many bytes. */
  async readBytes(count: number): Promise<Buffer> {
    let all = Buffer.alloc(0)
    while (all.byteLength < count) {
      const bytes = await this.read()
      if (bytes === undefined) throw new Error(`ended after ${all.byteLength} of ${count} bytes`)
      all = Buffer.concat([all, bytes])
    }
    return all
  }

  #checkEnd(): void {
    for (const end of [this, this.peer]) {
      if (end.#closed || !end.#writeEnded || !end.#readEnded) continue
      end.#closed = true
      end.emit('close', undefined)
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve))
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}

export const admin: Party = { name: 'admin', peerId: '12D3KooWadmin', roles: ['admin', 'chat'] }
export const server1: Party = { name: 'server1', peerId: '12D3KooWserver1', roles: ['server'] }

export type Answer = { accepted: FakeConnection } | { declined: string } | { busy: string }

/** A caller at the host's door; `answer` resolves with what it was told. */
export class FakeDial implements IncomingDial {
  readonly service = 'ssh'
  readonly instanceId = 'server1'
  readonly appData = new Uint8Array(0)
  readonly gone = new AbortController()
  readonly signal: AbortSignal = this.gone.signal
  readonly answer: Promise<Answer>
  #answer!: (answer: Answer) => void

  constructor(readonly caller: Party = admin) {
    this.answer = new Promise((resolve) => {
      this.#answer = resolve
    })
  }

  async accept(): Promise<Connection> {
    if (this.signal.aborted) throw new OverlayError('canceled', `${this.caller.name} is no longer waiting.`)
    const [dialer, host] = FakeConnection.pair(this.caller, server1)
    this.#answer({ accepted: dialer })
    return host
  }

  decline(reason = ''): void {
    this.#answer({ declined: reason })
  }

  busy(reason = ''): void {
    this.#answer({ busy: reason })
  }
}

export class FakeListener extends EventEmitter<ListenerEvents> implements Listener {
  suspended: OverlayError | undefined
  readonly [Symbol.asyncDispose] = () => this.close()
  readonly service = 'ssh'
  readonly instanceId = 'server1'
  /** What the directory was told; `told` fires for each. */
  readonly updates: Array<{ precedence?: string }> = []
  readonly told = new EventEmitter()
  closed = false

  constructor(readonly options: ListenOptions) {
    super()
  }

  terminators(): TerminatorState[] {
    return [{ relay: 'relay1', relayPeerId: '12D3KooWrelay1', sinceMs: 0 }]
  }

  [Symbol.asyncIterator](): AsyncIterator<IncomingDial> {
    throw new Error('not faked')
  }

  async established(): Promise<void> {}

  async update(change: { precedence?: string }): Promise<void> {
    this.updates.push(change)
    this.told.emit('update')
  }

  async close(): Promise<void> {
    this.closed = true
  }

  /** A call, and what the caller hears. */
  call(caller?: Party): FakeDial {
    const dial = new FakeDial(caller)
    this.emit('dial', dial)
    return dial
  }
}

/** A context without a network: `onDial` plays the far side. */
export class FakeContext extends EventEmitter<ContextEvents> implements Context {
  readonly [Symbol.asyncDispose] = () => this.close()
  readonly network = { id: 'network', name: 'test', revision: 1 }
  services = new Set(['ssh'])
  /** Learnt from the first relay that is asked. */
  servicesOfRelays = new Set<string>()
  readonly dialed: DialOptions[] = []
  onDial: (options: DialOptions) => Promise<Connection> = () => Promise.reject(new OverlayError('offline', 'nobody'))
  readonly listening: Promise<FakeListener>
  #listening!: (listener: FakeListener) => void

  constructor(readonly identity: Party = admin) {
    super()
    this.listening = new Promise((resolve) => {
      this.#listening = resolve
    })
  }

  async listen(_service: string, options: ListenOptions = {}): Promise<Listener> {
    const listener = new FakeListener(options)
    this.#listening(listener)
    return listener
  }

  dial(_service: string, options: DialOptions = {}): Promise<Connection> {
    this.dialed.push(options)
    return this.onDial(options)
  }

  async ready(): Promise<void> {
    for (const service of this.servicesOfRelays) this.services.add(service)
  }

  service(name: string): ServiceState | undefined {
    return this.hasService(name) ? { name } : undefined
  }

  hasService(name: string): boolean {
    return this.services.has(name)
  }

  relays(): RelayState[] {
    return []
  }

  listTerminators = () => Promise.reject(new Error('not used here'))
  watch = () => {
    throw new Error('not used here')
  }
  whois = () => Promise.reject(new Error('not used here'))
  close = () => Promise.resolve()
}

/** What ended each client, were it before anybody asked. */
const resets = new WeakMap<Socket, Promise<string | undefined>>()

/** A TCP server on loopback that hands over its connections in order. */
export class TestServer {
  readonly #queue: Socket[] = []
  readonly #all = new Set<Socket>()
  readonly #accepted = new EventEmitter().setMaxListeners(0)
  readonly server: Server
  port = 0

  // biome-ignore lint/style/useConsistentMemberAccessibility: made by its own static function only
  private constructor() {
    this.server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => {}) // a test looks for what it means by it
      this.#queue.push(socket)
      this.#all.add(socket)
      this.#accepted.emit('socket')
    })
  }

  static async listen(port = 0): Promise<TestServer> {
    const test = new TestServer()
    test.server.listen(port, '127.0.0.1')
    await once(test.server, 'listening')
    test.port = (test.server.address() as { port: number }).port
    return test
  }

  /** Connections that nobody accepted yet. */
  get waiting(): number {
    return this.#queue.length
  }

  /** The next connection. */
  async accept(): Promise<Socket> {
    while (this.#queue.length === 0) await once(this.#accepted, 'socket')
    return this.#queue.shift()!
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve))
    for (const socket of this.#all) socket.destroy()
    await closed
  }
}

/** A connected client that a test holds; it may stay half open, and may be gone already. */
export async function connectClient(port: number): Promise<Socket> {
  const socket = connectTo({ port, host: '127.0.0.1', allowHalfOpen: true })
  resets.set(
    socket,
    new Promise((resolve) => {
      socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code))
      // What libuv makes of data and a reset that come together.
      socket.once('end', () => socket.remoteAddress === undefined && !socket.writableEnded && resolve('ECONNRESET'))
    }),
  )
  await once(socket, 'connect').catch(() => {}) // reset in the same moment
  return socket
}

/** The code of the error that ends a client, now or before. */
export async function untilReset(client: Socket): Promise<string | undefined> {
  client.resume()
  const late = new Promise<string>((resolve) =>
    AbortSignal.timeout(10_000).addEventListener('abort', () => resolve('none')),
  )
  return Promise.race([resets.get(client), late])
}

/** All that a socket receives until its end; rejects when it is reset. */
export async function receiveAll(socket: Socket): Promise<Buffer> {
  const all: Buffer[] = []
  socket.on('data', (bytes) => all.push(bytes))
  await once(socket, 'end')
  return Buffer.concat(all)
}

/** Exactly so many bytes, or the rejection of what came instead. */
export async function receiveBytes(socket: Socket, count: number): Promise<Buffer> {
  let all = Buffer.alloc(0)
  for (;;) {
    const bytes: Buffer | null = socket.read()
    if (bytes !== null) all = Buffer.concat([all, bytes])
    if (all.byteLength >= count) return all
    if (bytes === null) await once(socket, 'readable')
  }
}

/** Log lines that a test can wait for. */
export class TestLog {
  readonly lines: string[] = []
  readonly #added = new EventEmitter()
  readonly write = (level: string, text: string) => {
    this.lines.push(`${level} ${text}`)
    this.#added.emit('line')
  }

  async sees(pattern: RegExp): Promise<string> {
    for (;;) {
      const line = this.lines.find((each) => pattern.test(each))
      if (line !== undefined) return line
      await once(this.#added, 'line', { signal: AbortSignal.timeout(10_000) }).catch(() => {
        throw new Error(`no ${pattern} in:\n${this.lines.join('\n')}`)
      })
    }
  }
}
