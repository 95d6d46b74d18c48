import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net'
import { maxIdleSpliceMs } from '../../core/limits.js'
import type { Pace } from '../../core/rates.js'
import { ignoreErrors } from '../../core/socket-errors.js'
import { ReadBuffers } from './read-buffers.js'

/** Two connections that were joined. */
export interface JoinedSockets {
  /** Resolves when both are gone, with the bytes that went through. */
  over: Promise<number>
  cut(): void
}

const buffers = new ReadBuffers()

/**
 * Joins two paused sockets byte for byte, both ways, with backpressure and half close. When one breaks or has been silent for too
 * long both end. Sockets given are closed, and their connections go on in others; what only behaves like one (a WebSocket) is used
 * as it is. With a `pace`, both ends are read no faster than that. Of large buffers `dialer` has its share.
 */
export function joinSockets(a: Socket, b: Socket, pace?: Pace, dialer = ''): JoinedSockets {
  const ends = [new End(a, pace, dialer), new End(b, pace, dialer)] as const
  ends[0].passTo(ends[1])
  ends[1].passTo(ends[0])
  return {
    over: Promise.all(ends.map(({ closed }) => closed)).then(([read, readBack]) => read! + readBack!),
    cut: () => {
      for (const end of ends) end.destroy()
    },
  }
}

/** One end of the two: what it reads is written to the other before anything else is read into the same buffer. */
class End {
  /** Resolves with the bytes that were read. */
  readonly closed: Promise<number>
  #onClosed = (_read: number): void => {}
  readonly #socket: Socket
  #early: Buffer | null
  readonly #small = buffers.small()
  #buffer = this.#small
  #read = 0
  #other: Socket | undefined
  /** Says that the other end still takes what is in the buffer; nothing is read meanwhile. */
  #waits = false
  /** Says that this end went too fast; nothing is read meanwhile. */
  #rests = false
  readonly #pace: Pace | undefined
  readonly #dialer: string

  constructor(socket: Socket, pace: Pace | undefined, dialer: string) {
    this.#pace = pace
    this.#dialer = dialer
    this.#early = socket.read()
    this.#socket = reading(socket, {
      buffer: () => this.#nextBuffer(),
      callback: (read, buffer) => this.#pass(read, buffer as Buffer),
    })
    this.closed = new Promise((resolve) => {
      this.#onClosed = resolve
    })
  }

  passTo(end: End): void {
    const from = this.#socket
    const to = end.#socket
    this.#other = to
    ignoreErrors(from)
    from.setNoDelay(true)
    // Both ends ping each other every few seconds.
    from.setTimeout(maxIdleSpliceMs)
    // What is emitted once at most: `once` itself is a fifth of a KiB for each of thousands of splices.
    from.on('timeout', () => from.destroy())
    from.on('end', () => to.end())
    from.on('close', () => {
      if (this.#waits) buffers.drop(this.#buffer)
      else buffers.release(this.#buffer)
      if (!(from.readableEnded && from.writableFinished)) to.destroy()
      this.#onClosed(from.bytesRead)
    })
    if (this.#early !== null) to.write(this.#early)
    this.#early = null // it may be 64 KiB, for as long as the two are joined
    from.resume()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #pass(read: number, buffer: Buffer): boolean {
    const to = this.#other!
    this.#read = read
    to.write(buffer.subarray(0, read), this.#onWritten)
    // Mostly the system has taken all of it by now.
    this.#waits = to.writableLength > 0
    if (this.#pace !== undefined) this.#rest(this.#pace(read))
    return !this.#waits && !this.#rests
  }

  readonly #onWritten = (): void => {
    if (!this.#waits || this.#other!.writableLength > 0) return
    this.#waits = false
    if (!this.#rests) this.#socket.resume()
  }

  #rest(ms: number): void {
    if (ms === 0) return
    this.#rests = true
    setTimeout(() => {
      this.#rests = false
      if (!this.#waits) this.#socket.resume()
    }, ms).unref()
  }

  #nextBuffer(): Buffer {
    if (!this.#waits) this.#buffer = buffers.next(this.#buffer, this.#read, this.#small, this.#dialer)
    return this.#buffer
  }
}

/** Names what of a connection is needed to hand it on. */
interface Handle {
  reading: boolean
  readStop(): void
}

/**
 * Makes a socket that reads into buffers of ours, on the connection of the given one, which is closed. Node takes `onread` only
 * where a socket is made, and makes those of a server itself; the connection changes hands as where child_process passes one on
 * (Node 20 to 24).
 */
function reading(socket: Socket, onread: OnReadOpts): Socket {
  if (!(socket instanceof Socket)) return readingEvents(socket, onread)
  const given = socket as unknown as { _handle: Handle | null }
  const handle = given._handle
  if (handle !== null) {
    handle.readStop()
    handle.reading = false
  }
  given._handle = null
  socket.destroy()
  const made = new Socket({ handle, onread, allowHalfOpen: true } as SocketConstructorOpts)
  if (handle === null) made.destroy() // it was gone already
  return made
}

/**
 * Does the same as {@link reading} for a socket that has no connection to hand on, such as a WebSocket: its bytes come in buffers
 * of its own.
 */
function readingEvents(socket: Socket, { callback }: OnReadOpts): Socket {
  socket.allowHalfOpen = true
  socket.on('data', (bytes: Buffer) => {
    if (!callback(bytes.byteLength, bytes)) socket.pause()
  })
  return socket
}
