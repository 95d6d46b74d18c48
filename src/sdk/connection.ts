import type { Duplex } from 'node:stream'
import type { ReadableStream, WritableStream } from 'node:stream/web'
import { checkOptions, checkSignal, checkTimeout } from '../core/arguments.js'
import type { Session } from '../session/session.js'
import { AppEmitter, type ListenerFailed } from './app-emitter.js'
import { checkBytes, reasonText } from './arguments.js'
import type { WayToDirect } from './direct-news.js'
import { ConnectionDuplex, webReadable, webWritable } from './duplex.js'
import type { Connection, ConnectionEvents, DirectState, Party, PathState } from './types.js'

/** Says who is at the other end of a session, and how it was reached. */
export interface ConnectionOptions {
  remote: Party
  service: string
  instanceId: string
  stickyToken?: string
  way: WayToDirect
  onListenerFailed: ListenerFailed
}

/** A session as applications see it: the stream, and who is at its other end. */
export class SessionConnection extends AppEmitter<ConnectionEvents> implements Connection {
  readonly remote: Party
  readonly service: string
  readonly instanceId: string
  readonly stickyToken?: string
  readonly #session: Session
  readonly #way: WayToDirect
  #readable: ReadableStream<Uint8Array> | undefined
  #writable: WritableStream<Uint8Array> | undefined

  constructor(
    session: Session,
    { remote, service, instanceId, stickyToken, way, onListenerFailed }: ConnectionOptions,
  ) {
    super(onListenerFailed)
    this.#session = session
    this.#way = way
    this.remote = remote
    this.service = service
    this.instanceId = instanceId
    if (stickyToken !== undefined) this.stickyToken = stickyToken
    // What happens in the turn in which it is made waits for the next one: whoever gets the connection is not listening yet.
    let early: Array<() => void> | undefined = []
    const tell = (emit: () => void) => (early === undefined ? emit() : void early.push(emit))
    setImmediate(() => {
      const waiting = early
      early = undefined
      for (const emit of waiting ?? []) emit()
    })
    session.on('path:lost', (lost) => tell(() => this.emit('path:lost', lost)))
    session.on('path:changed', (change) => tell(() => this.emit('path:changed', change)))
    session.on('interrupted', (interruption) => tell(() => this.emit('interrupted', interruption)))
    session.on('resumed', () => tell(() => this.emit('resumed')))
    way.listen((state) => tell(() => this.emit('direct', state)))
    session.on('close', (error) => tell(() => this.emit('close', error)))
    // It was ended by what came together with its first path.
    const closed = session.closedWith
    if (closed !== undefined) tell(() => this.emit('close', closed.error))
  }

  get id(): string {
    return this.#session.id
  }

  get stats() {
    return this.#session.stats
  }

  get readable(): ReadableStream<Uint8Array> {
    this.#readable ??= webReadable(this)
    return this.#readable
  }

  get writable(): WritableStream<Uint8Array> {
    this.#writable ??= webWritable(this)
    return this.#writable
  }

  toDuplex(): Duplex {
    return new ConnectionDuplex(this, this.#session.closedWith)
  }

  write(bytes: Uint8Array, options?: { signal?: AbortSignal }): Promise<void> {
    try {
      checkBytes('write', bytes)
      checkSignal(checkOptions('write', options).signal)
    } catch (error) {
      return Promise.reject(error)
    }
    return this.#session.write(bytes, options)
  }

  read(options?: { signal?: AbortSignal }): Promise<Uint8Array | undefined> {
    try {
      checkSignal(checkOptions('read', options).signal)
    } catch (error) {
      return Promise.reject(error)
    }
    return this.#session.read(options)
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return this.#session[Symbol.asyncIterator]()
  }

  closeWrite(): Promise<void> {
    return this.#session.closeWrite()
  }

  close(options?: { timeout?: number }): Promise<void> {
    try {
      checkTimeout(checkOptions('close', options).timeout ?? 0)
    } catch (error) {
      return Promise.reject(error)
    }
    return this.#session.close(options)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  abort(reason?: string | Error): void {
    this.#session.abort(reasonText(reason))
  }

  paths(): PathState[] {
    return this.#session.paths()
  }

  get direct(): DirectState {
    return this.#way.state
  }
}
