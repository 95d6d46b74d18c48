import { EventEmitter } from 'node:events'
import type { Clock } from '../../../../src/core/clock.js'
import { OverlayError } from '../../../../src/core/errors.js'
import { ConnectionDuplex, webReadable, webWritable } from '../../../../src/sdk/duplex.js'
import type {
  Connection,
  ConnectionEvents,
  Context,
  ContextEvents,
  DialOptions,
  DirectoryEvent,
  DirectState,
  IncomingDial,
  Instance,
  Listener,
  ListenerEvents,
  ListOptions,
  ListPage,
  Party,
  PathState,
  RelayState,
  ServiceState,
  TerminatorState,
} from '../../../../src/sdk/types.js'
import { row } from '../../../support/directory.js'

/** Hands that the test turns. `run` lets pass what is due, in order. */
export class ManualClock implements Clock {
  nowMs = Date.parse('2026-03-01T14:00:00')
  #timers: Array<{ atMs: number; run: () => void }> = []

  now(): number {
    return this.nowMs
  }

  monotonic(): number {
    return this.nowMs
  }

  after(ms: number, run: () => void): () => void {
    const timer = { atMs: this.nowMs + ms, run }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  get pending(): number {
    return this.#timers.length
  }

  pass(ms: number): void {
    this.nowMs += ms
    for (const timer of this.#timers.filter(({ atMs }) => atMs <= this.nowMs).sort((a, b) => a.atMs - b.atMs)) {
      this.#timers = this.#timers.filter((other) => other !== timer)
      timer.run()
    }
  }
}

type Unread = { chunk: Uint8Array } | { end: true } | { error: OverlayError }

/** One end of an in-memory session. */
export class FakeConnection extends EventEmitter<ConnectionEvents> implements Connection {
  readonly toDuplex = () => new ConnectionDuplex(this)
  readonly readable = webReadable(this)
  readonly writable = webWritable(this)
  readonly [Symbol.asyncDispose] = () => this.close()
  peer!: FakeConnection
  readonly stats = { bytesWritten: 0, bytesAcknowledged: 0, bytesRead: 0, pathChanges: 0 }
  direct: DirectState = { state: 'off', why: 'this side keeps to relays' }
  pathList: PathState[] = [{ relay: 'relay1', kind: 'splice', role: 'active', roundTripMs: 2.4 }]
  /** While set, what is written stays here, as when the session is interrupted. */
  held: Unread[] | undefined
  aborted: string | undefined
  #unread: Unread[] = []
  #reader: (() => void) | undefined
  #writeOver = false
  #readOver = false

  constructor(
    readonly id: string,
    readonly remote: Party,
    readonly service: string,
    readonly instanceId: string,
  ) {
    super()
  }

  static pair(a: Party, b: Party, service = 'chat-p2p'): [FakeConnection, FakeConnection] {
    const one = new FakeConnection('one', b, service, b.name)
    const other = new FakeConnection('other', a, service, b.name)
    one.peer = other
    other.peer = one
    return [one, other]
  }

  async write(bytes: Uint8Array): Promise<void> {
    await Promise.resolve()
    if (this.#writeOver) throw new OverlayError('closed', 'The connection was closed.')
    this.stats.bytesWritten += bytes.byteLength
    this.#deliver({ chunk: bytes })
  }

  async read(): Promise<Uint8Array | undefined> {
    for (;;) {
      const next = this.#unread[0]
      if (next !== undefined) {
        if ('error' in next) throw next.error
        if ('end' in next) return undefined
        this.#unread.shift()
        this.stats.bytesRead += next.chunk.byteLength
        return next.chunk
      }
      await new Promise<void>((resolve) => {
        this.#reader = resolve
      })
    }
  }

  async closeWrite(): Promise<void> {
    if (this.#writeOver) return
    this.#writeOver = true
    this.#deliver({ end: true })
    this.#checkClosed()
    this.peer.#checkClosed()
  }

  async close(): Promise<void> {
    await this.closeWrite()
    this.#endReading({ end: true })
  }

  abort(reason?: string): void {
    if (this.aborted !== undefined || (this.#writeOver && this.#readOver)) return
    this.aborted = reason ?? ''
    this.#writeOver = true
    this.peer.fail(new OverlayError('aborted', 'The other side ended the session.', reason ? { reason } : {}))
    this.fail(new OverlayError('closed', 'The connection was closed.'))
  }

  /** What the session layer says when all is lost. */
  fail(error: OverlayError): void {
    this.#writeOver = true
    this.#endReading({ error })
  }

  paths(): PathState[] {
    return this.pathList
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    throw new Error('not used by the chat')
  }

  interrupt(): void {
    this.held = []
    this.emit('interrupted', { graceMs: 60_000 })
  }

  resume(): void {
    const held = this.held ?? []
    this.held = undefined
    for (const item of held) this.#deliver(item)
    this.emit('resumed')
  }

  #deliver(item: Unread): void {
    if (this.held !== undefined) {
      this.held.push(item)
      return
    }
    const { peer } = this
    if (peer.#readOver) return
    peer.#unread.push(item)
    if ('end' in item) peer.#readOver = true
    peer.#reader?.()
  }

  #endReading(item: Unread): void {
    this.#readOver = true
    if (!this.#unread.some((unread) => 'error' in unread || 'end' in unread)) {
      if ('error' in item) this.#unread = []
      this.#unread.push(item)
    }
    this.#reader?.()
    this.#checkClosed()
  }

  #checkClosed(): void {
    if (this.#writeOver && this.#readOver) this.emit('close', undefined)
  }
}

export type Answer = 'accepted' | 'declined' | 'busy' | 'gone'

export class FakeDial implements IncomingDial {
  readonly #settle: { resolve: (connection: Connection) => void; reject: (error: OverlayError) => void }
  readonly #acceptance: () => Promise<void>

  readonly answers: Answer[] = []
  readonly reasons: Array<string | undefined> = []
  readonly gone = new AbortController()
  readonly signal: AbortSignal = this.gone.signal
  readonly sides: [FakeConnection, FakeConnection]

  constructor(
    readonly caller: Party,
    host: Party,
    readonly appData: Uint8Array,
    settle: { resolve: (connection: Connection) => void; reject: (error: OverlayError) => void },
    readonly service = 'chat-p2p',
    acceptance: () => Promise<void> = () => Promise.resolve(),
  ) {
    this.#settle = settle
    this.#acceptance = acceptance

    this.sides = FakeConnection.pair(caller, host, service)
  }

  get instanceId(): string {
    return this.sides[0].remote.name
  }

  async accept(): Promise<Connection> {
    await this.#acceptance()
    if (this.answers.length > 0) throw new OverlayError('canceled', 'The caller gave up.')
    this.answers.push('accepted')
    this.#settle.resolve(this.sides[0])
    return this.sides[1]
  }

  decline(reason?: string): void {
    this.#refuse('declined', reason)
  }

  busy(reason?: string): void {
    this.#refuse('busy', reason)
  }

  /** The caller hangs up before an answer. */
  giveUp(): void {
    if (this.answers.length > 0) return
    this.answers.push('gone')
    this.gone.abort(new OverlayError('canceled', 'The caller gave up.'))
    this.#settle.reject(new OverlayError('canceled', 'The dial was canceled.'))
  }

  #refuse(answer: 'declined' | 'busy', reason: string | undefined): void {
    if (this.answers.length > 0) return
    this.answers.push(answer)
    this.reasons.push(reason)
    this.#settle.reject(new OverlayError(answer, `The host ${answer}.`, reason === undefined ? {} : { reason }))
  }
}

export class FakeListener extends EventEmitter<ListenerEvents> implements Listener {
  readonly #network: FakeNetwork

  suspended: OverlayError | undefined
  readonly [Symbol.asyncDispose] = () => this.close()
  readonly updates: Array<{ busy?: boolean }> = []
  closed = false

  constructor(
    readonly service: string,
    readonly instanceId: string,
    network: FakeNetwork,
  ) {
    super()
    this.#network = network
  }

  terminators(): TerminatorState[] {
    return this.#network.relayStates
      .filter(({ state }) => state === 'up')
      .map(({ name, peerId }) => ({ relay: name, relayPeerId: peerId, sinceMs: 0 }))
  }

  [Symbol.asyncIterator](): AsyncIterator<IncomingDial> {
    throw new Error('not faked')
  }

  async established(): Promise<void> {}

  async update(change: { busy?: boolean }): Promise<void> {
    this.updates.push(change)
    const row = this.#network.rows.find(({ instanceId }) => instanceId === this.instanceId)
    if (row !== undefined && change.busy !== undefined) row.busy = change.busy
  }

  async close(): Promise<void> {
    this.closed = true
    this.#network.rows = this.#network.rows.filter(({ instanceId }) => instanceId !== this.instanceId)
  }
}

/** A network in memory: whoever listens can be dialed by whoever has a context. */
export class FakeNetwork {
  relayStates: RelayState[] = [{ name: 'relay1', peerId: 'peer-relay1', state: 'up', roundTripMs: 2.1 }]
  rows: Instance[] = []
  readonly listeners = new Map<string, FakeListener>()
  readonly dials: FakeDial[] = []
  /** The next dial fails with this. */
  dialError: OverlayError | undefined
  services = new Set(['chat-p2p'])
  /** A dial reaches its host when this has resolved. */
  delivery: Promise<void> = Promise.resolve()
  /** An accept takes until this resolves. */
  acceptance: Promise<void> = Promise.resolve()

  context(name: string, roles: string[] = ['chat']): FakeContext {
    return new FakeContext({ name, peerId: `peer-${name}`, roles }, this)
  }
}

export class FakeContext extends EventEmitter<ContextEvents> implements Context {
  readonly [Symbol.asyncDispose] = () => this.close()
  readonly network = { id: 'network-id', name: 'demo', revision: 1 }
  listenError: OverlayError | undefined
  listener: FakeListener | undefined
  closed = false

  constructor(
    readonly identity: Party,
    readonly fake: FakeNetwork,
  ) {
    super()
  }

  async listen(service: string): Promise<FakeListener> {
    if (this.listenError !== undefined) throw this.listenError
    const { name, peerId } = this.identity
    const listener = new FakeListener(service, name, this.fake)
    this.listener = listener
    this.fake.listeners.set(`${name}@${service}`, listener)
    this.fake.rows = [...this.fake.rows.filter(({ instanceId }) => instanceId !== name), row(name, { peerId })]
    return listener
  }

  dial(service: string, options: DialOptions): Promise<Connection> {
    const { dialError } = this.fake
    const instanceId = options.instanceId ?? ''
    if (dialError !== undefined) {
      this.fake.dialError = undefined
      return Promise.reject(dialError)
    }
    const listener = this.fake.listeners.get(`${instanceId}@${service}`)
    if (listener === undefined || listener.closed) {
      return Promise.reject(new OverlayError('unknown_instance', 'Nobody of this name.', { instanceId, service }))
    }
    return new Promise((resolve, reject) => {
      const host = { name: instanceId, peerId: `peer-${instanceId}`, roles: ['chat'] }
      const appData = options.appData ?? new Uint8Array()
      const dial = new FakeDial(this.identity, host, appData, { resolve, reject }, service, () => this.fake.acceptance)
      this.fake.dials.push(dial)
      options.signal?.addEventListener('abort', () => dial.giveUp(), { once: true })
      void this.fake.delivery.then(() => {
        if (dial.signal.aborted) return
        listener.emit('dial', dial)
        options.onRinging?.()
      })
    })
  }

  async listTerminators(_service: string, { cursor, limit = 100 }: ListOptions = {}): Promise<ListPage> {
    const rows = [...this.fake.rows].sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1))
    const from = cursor === undefined ? 0 : Number(cursor)
    const instances = rows.slice(from, from + limit)
    return rows.length > from + limit ? { instances, cursor: String(from + limit) } : { instances }
  }

  async *watch(): AsyncIterable<DirectoryEvent> {}

  async whois(_service: string, instanceId: string): Promise<Party> {
    if (!this.fake.rows.some((row) => row.instanceId === instanceId)) {
      throw new OverlayError('unknown_instance', `Nobody called ${instanceId} has been seen.`)
    }
    return { name: instanceId, peerId: `peer-${instanceId}`, roles: ['chat', 'staff'] }
  }

  service(name: string): ServiceState | undefined {
    return this.hasService(name) ? { name } : undefined
  }

  hasService(name: string): boolean {
    return this.fake.services.has(name)
  }

  relays(): RelayState[] {
    return this.fake.relayStates
  }

  async ready(): Promise<void> {
    if (!this.fake.relayStates.some(({ state }) => state === 'up')) {
      throw new OverlayError('no_relay', 'No relay could be reached.')
    }
  }

  async close(): Promise<void> {
    this.closed = true
  }
}

/** Lets everything run that needs no clock. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise<void>((resolve) => setImmediate(resolve))
}
