import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import type { Stream, StreamMessageEvent } from '@libp2p/interface'
import type { Connection } from '../../src/sdk/index.js'

/** The same few verbs over everything that is compared. */
export interface Pipe {
  /** Undefined when more may be written at once, else resolves when it may. */
  write(bytes: Uint8Array): Promise<unknown> | undefined
  /** Calls back with everything that comes; a promise that is returned holds the rest up. */
  onBytes(take: (bytes: Uint8Array) => unknown): void
  close(): void
}

export function socketPipe(socket: Duplex): Pipe {
  socket.on('error', () => socket.destroy())
  return {
    write: (bytes) => (socket.write(bytes) ? undefined : once(socket, 'drain')),
    onBytes: (take) =>
      void socket.on('data', (bytes) => {
        const waits = take(bytes)
        if (!(waits instanceof Promise)) return
        socket.pause()
        waits.then(() => socket.resume())
      }),
    close: () => void socket.end(),
  }
}

/** A libp2p stream as it comes, without flow control of ours. */
export function streamPipe(stream: Stream): Pipe {
  const close = () => void stream.close().catch((error: Error) => stream.abort(error))
  stream.addEventListener('remoteCloseWrite', close) // or it would count against the limits for ever
  return {
    write: (bytes) =>
      stream.send(bytes)
        ? undefined
        : new Promise<void>((resolve) => stream.addEventListener('drain', () => resolve(), { once: true })),
    onBytes: (take) =>
      stream.addEventListener('message', ({ data }: StreamMessageEvent) => {
        for (const bytes of data instanceof Uint8Array ? [data] : data) take(bytes)
      }),
    close,
  }
}

export function sessionPipe(connection: Connection): Pipe {
  return {
    write: (bytes) => connection.write(bytes),
    onBytes: async (take) => {
      try {
        for await (const bytes of connection) {
          const waits = take(bytes)
          if (waits instanceof Promise) await waits
        }
        await connection.close() // as plain sockets do by themselves
      } catch {
        // it was ended by the other side
      }
    },
    close: () => void connection.close().catch(() => connection.abort()),
  }
}

/** Mode, bytes, and how long the reader stands still in the middle, ms. */
const headerBytes = 13
const modes = { echo: 1, sink: 2, source: 3 } as const

/** The far end: echoes everything, takes so many bytes and then says so with one, or sends so many. A reader may stand still halfway. */
export function serve(pipe: Pipe): void {
  let head = Buffer.alloc(0)
  let mode: number | undefined
  let left = 0
  let stillMs = 0
  let half = 0
  pipe.onBytes((bytes) => {
    if (mode === undefined) {
      head = Buffer.concat([head, bytes])
      if (head.byteLength < headerBytes) return
      mode = head[0]
      left = Number(head.readBigUInt64BE(1))
      stillMs = head.readUInt32BE(9)
      half = left / 2
      if (mode === modes.source) void send(pipe, left)
      bytes = head.subarray(headerBytes)
      if (bytes.byteLength === 0) return
    }
    if (mode === modes.echo) void pipe.write(bytes)
    else if (mode === modes.sink) {
      left -= bytes.byteLength
      if (left === 0) void pipe.write(Uint8Array.of(1))
      if (stillMs === 0 || left > half) return
      const ms = stillMs
      stillMs = 0
      return new Promise((resolve) => setTimeout(resolve, ms))
    }
  })
}

function header(mode: number, bytes = 0, stillMs = 0): Buffer {
  const made = Buffer.alloc(headerBytes)
  made[0] = mode
  made.writeBigUInt64BE(BigInt(bytes), 1)
  made.writeUInt32BE(stillMs, 9)
  return made
}

async function send(pipe: Pipe, totalBytes: number): Promise<void> {
  const piece = Buffer.alloc(64 * 1024, 7)
  for (let sent = 0; sent < totalBytes; sent += piece.length) {
    const left = totalBytes - sent
    await pipe.write(left < piece.length ? piece.subarray(0, left) : piece)
  }
}

/** Seconds until the far end has, or this one has, so many bytes; on the way up its reader may stand still in the middle. */
export async function bulk(pipe: Pipe, totalBytes: number, direction: 'up' | 'down', stillMs = 0): Promise<number> {
  const startMs = performance.now()
  if (direction === 'up') {
    const confirmed = new Promise<void>((resolve) => pipe.onBytes(() => resolve()))
    await pipe.write(header(modes.sink, totalBytes, stillMs))
    await send(pipe, totalBytes)
    await confirmed
  } else {
    let received = 0
    const all = new Promise<void>((resolve) =>
      pipe.onBytes((bytes) => {
        received += bytes.byteLength
        if (received === totalBytes) resolve()
      }),
    )
    await pipe.write(header(modes.source, totalBytes))
    await all
  }
  return (performance.now() - startMs) / 1000
}

/** An echo of 32 bytes, again and again, one at a time. The first call opens it. */
export function echoOver(pipe: Pipe): () => Promise<void> {
  const ping = Buffer.alloc(32, 9)
  let left = 0
  let resolve = () => {}
  let opened = false
  pipe.onBytes((bytes) => {
    left -= bytes.byteLength
    if (left === 0) resolve()
  })
  return () =>
    new Promise<void>((done) => {
      resolve = done
      left = ping.length
      void pipe.write(opened ? ping : Buffer.concat([header(modes.echo), ping]))
      opened = true
    })
}
