import { Duplex } from 'node:stream'
import { ReadableStream, WritableStream } from 'node:stream/web'
import { checkTimeout } from '../core/arguments.js'
import { checkBytes } from './arguments.js'
import { IdleTimer } from './idle-timer.js'
import type { Connection } from './types.js'

/** Names the parts of a connection that streams are made of. */
export type Carried = Pick<Connection, 'read' | 'write' | 'closeWrite' | 'abort' | 'once'>

/**
 * A connection as a Node stream. Both directions end on their own; what came in order is read before an error is said. It is
 * destroyed, and says `close`, when the connection itself is over. It has what Node's `http` calls on a socket, too.
 */
export class ConnectionDuplex extends Duplex {
  #connection: Carried | undefined
  #over: Promise<Error | undefined> | undefined
  readonly #idle = new IdleTimer(() => this.emit('timeout'))
  #reading = false
  /** Holds the error that is said once all that came before it has been taken. */
  #failure: Error | undefined

  /** Without a connection it waits for `carry`; `closed` tells what a connection that is over ended with. */
  constructor(connection?: Carried, closed?: { error: Error | undefined }) {
    super({ allowHalfOpen: true })
    if (connection !== undefined) this.carry(connection)
    if (closed !== undefined) this.#over = Promise.resolve(closed.error)
  }

  /** Begins to carry the bytes of the connection; called once, before any are asked for. */
  carry(connection: Carried): void {
    this.#connection = connection
    this.#over = new Promise((resolve) => {
      connection.once('close', (error) => {
        resolve(error)
        // Otherwise nobody may be reading, and so find it out.
        if (error !== undefined && !this.#reading) this.read(0)
      })
    })
  }

  override _read(): void {
    if (this.#reading) return
    this.#reading = true
    this.#connection!.read().then(
      (bytes) => {
        this.#reading = false
        this.#idle.refresh()
        if (!this.destroyed) this.push(bytes ?? null)
      },
      (error: Error) => {
        this.#failure = error
        this.#failWhenEmpty()
      },
    )
  }

  // Destroying a stream drops what it holds.
  override read(size?: number): unknown {
    const chunk: unknown = super.read(size)
    if (this.#failure !== undefined) process.nextTick(() => this.#failWhenEmpty())
    return chunk
  }

  #failWhenEmpty(): void {
    if (this.#failure !== undefined && this.readableLength === 0) this.destroy(this.#failure)
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    // A copy: who writes to a stream may use the buffer again, while the connection keeps it until it was acknowledged.
    this.#send(new Uint8Array(chunk), done)
  }

  override _writev(chunks: Array<{ chunk: Uint8Array }>, done: (error?: Error | null) => void): void {
    this.#send(Buffer.concat(chunks.map(({ chunk }) => chunk)), done)
  }

  #send(bytes: Uint8Array, done: (error?: Error | null) => void): void {
    this.#idle.refresh()
    this.#connection!.write(bytes).then(() => {
      this.#idle.refresh()
      done()
    }, done)
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#connection!.closeWrite().then(() => done(), done)
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#idle.set(0)
    if (error !== null || !this.readableEnded || !this.writableFinished) {
      this.#connection?.abort() // without the error: a `pipeline` gives one of its other streams, say of a file here
      done(error)
      return
    }
    // Both directions have ended here; the last bytes may still be on their way.
    this.#over?.then(done)
  }

  /** Says after how long without traffic it emits `timeout`, ms; 0 for never. */
  get timeout(): number {
    return this.#idle.ms
  }

  setTimeout(ms: number, onTimeout?: () => void): this {
    if (!this.destroyed) this.#idle.set(checkTimeout(ms))
    if (onTimeout !== undefined && ms === 0) this.off('timeout', onTimeout)
    else if (onTimeout !== undefined) this.once('timeout', onTimeout)
    return this
  }

  /** Does nothing, as the next three: small writes go out at once, paths are watched anyway, and a context keeps the process. */
  setNoDelay(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }
}

/** Returns the incoming direction of a connection as a web stream, which asks for bytes only when it is read. */
export function webReadable(connection: Carried): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const bytes = await connection.read()
        if (bytes === undefined) controller.close()
        else controller.enqueue(bytes)
      },
      cancel: (reason) => connection.abort(wordsOf(reason)),
    },
    { highWaterMark: 0 },
  )
}

/** Returns the outgoing direction of a connection as a web stream, which holds its writer while the other side is slow. */
export function webWritable(connection: Carried): WritableStream<Uint8Array> {
  return new WritableStream<Uint8Array>({
    write: (bytes) => connection.write(new Uint8Array(checkBytes('writable', bytes))),
    close: () => connection.closeWrite(),
    abort: (reason) => connection.abort(wordsOf(reason)),
  })
}

/** Returns what the other side is told: a text that was given. What an error says stays here, as `pipeTo` hands on any that comes. */
const wordsOf = (reason: unknown): string => (typeof reason === 'string' ? reason : '')
