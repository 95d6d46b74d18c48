import { Duplex } from 'node:stream'
import { ReadableStream, WritableStream } from 'node:stream/web'
import { checkBytes, reasonText } from './arguments.js'
import type { Connection } from './types.js'

/** Names the parts of a connection that streams are made of. */
type Carried = Pick<Connection, 'read' | 'write' | 'closeWrite' | 'abort' | 'once'>

/**
 * A connection as a Node stream. Both directions end on their own; what came in order is read before an error is said. It is
 * destroyed, and says `close`, when the connection itself is over.
 */
export class ConnectionDuplex extends Duplex {
  readonly #connection: Carried
  readonly #over: Promise<Error | undefined>
  #reading = false
  /** Holds the error that is said once all that came before it has been taken. */
  #failure: Error | undefined

  constructor(connection: Carried) {
    super({ allowHalfOpen: true })
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
    this.#connection.read().then(
      (bytes) => {
        this.#reading = false
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
    this.#connection.write(new Uint8Array(chunk)).then(() => done(), done)
  }

  override _writev(chunks: Array<{ chunk: Uint8Array }>, done: (error?: Error | null) => void): void {
    this.#connection.write(Buffer.concat(chunks.map(({ chunk }) => chunk))).then(() => done(), done)
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#connection.closeWrite().then(() => done(), done)
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (error !== null || !this.readableEnded || !this.writableFinished) {
      this.#connection.abort(error ?? '')
      done(error)
      return
    }
    // Both directions have ended here; the last bytes may still be on their way.
    this.#over.then(done)
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
      cancel: (reason) => connection.abort(reasonText(reason)),
    },
    { highWaterMark: 0 },
  )
}

/** Returns the outgoing direction of a connection as a web stream, which holds its writer while the other side is slow. */
export function webWritable(connection: Carried): WritableStream<Uint8Array> {
  return new WritableStream<Uint8Array>({
    write: (bytes) => connection.write(new Uint8Array(checkBytes('writable', bytes))),
    close: () => connection.closeWrite(),
    abort: (reason) => connection.abort(reasonText(reason)),
  })
}
