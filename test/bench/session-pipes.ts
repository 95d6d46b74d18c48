import type { Socket } from 'node:net'
import type { Stream, StreamMessageEvent } from '@libp2p/interface'
import type { Connection } from '../../src/sdk/index.js'

/** What is compared. */
export const ways = ['tcp', 'tcp through a proxy', 'stream, direct', 'stream, relayed', 'session, relayed'] as const
export type Way = (typeof ways)[number]

/** Where everybody is. */
export interface Places {
  relayPeerId: string
  relayAddresses: string[]
  hostPeerId: string
  hostAddresses: string[]
  hostName: string
  tcpPort: number
  proxyPort: number
}

/** The same few verbs over everything that is compared. */
export interface Pipe {
  /** Resolves when more may be written. */
  write(bytes: Uint8Array): Promise<void>
  /** Calls back with everything that comes. */
  onBytes(take: (byteLength: number, first: Uint8Array) => void): void
  close(): void
}

export function socketPipe(socket: Socket): Pipe {
  socket.setNoDelay(true)
  socket.on('error', () => socket.destroy())
  return {
    write: (bytes) =>
      socket.write(bytes) ? Promise.resolve() : new Promise((resolve) => socket.once('drain', () => resolve())),
    onBytes: (take) => socket.on('data', (bytes) => take(bytes.length, bytes)),
    close: () => socket.end(),
  }
}

/** A libp2p stream as it comes, without flow control of ours. */
export function streamPipe(stream: Stream): Pipe {
  return {
    write: (bytes) =>
      stream.send(bytes)
        ? Promise.resolve()
        : new Promise((resolve) => stream.addEventListener('drain', () => resolve(), { once: true })),
    onBytes: (take) =>
      stream.addEventListener('message', ({ data }: StreamMessageEvent) => take(data.byteLength, data.subarray())),
    close: () => void stream.close().catch((error: Error) => stream.abort(error)),
  }
}

export function sessionPipe(connection: Connection): Pipe {
  return {
    write: (bytes) => connection.write(bytes),
    onBytes: async (take) => {
      for await (const bytes of connection) take(bytes.byteLength, bytes)
    },
    close: () => void connection.closeWrite().catch(() => connection.abort()),
  }
}

const headerBytes = 9
const echo = 1
const sink = 2

/** The far end: echoes everything, or counts so many bytes and then says so with one. */
export function serve(pipe: Pipe): void {
  let mode: number | undefined
  let left = 0
  pipe.onBytes((byteLength, bytes) => {
    let count = byteLength
    let rest = bytes
    if (mode === undefined) {
      const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      mode = view[0]
      left = Number(view.readBigUInt64BE(1))
      count -= headerBytes
      rest = bytes.subarray(headerBytes)
    }
    if (mode === echo) {
      if (count > 0) void pipe.write(rest)
    } else if (count > 0) {
      left -= count
      if (left === 0) void pipe.write(new Uint8Array([1]))
    }
  })
}

function header(mode: number, bytes: number): Uint8Array {
  const made = Buffer.alloc(headerBytes)
  made[0] = mode
  made.writeBigUInt64BE(BigInt(bytes), 1)
  return made
}

/** Megabytes (10⁶) a second, until the far end has said that all is there. */
export async function throughput(pipe: Pipe, totalBytes: number): Promise<number> {
  const piece = Buffer.alloc(64 * 1024, 7)
  const confirmed = new Promise<void>((resolve) => pipe.onBytes(() => resolve()))
  await pipe.write(header(sink, totalBytes))
  const startMs = performance.now()
  for (let sent = 0; sent < totalBytes; sent += piece.length) {
    await pipe.write(piece.subarray(0, Math.min(piece.length, totalBytes - sent)))
  }
  await confirmed
  return totalBytes / 1e3 / (performance.now() - startMs)
}

/** Median and 99th percentile of the round trips of 32 bytes, one after the other, ms. */
export async function roundTrips(pipe: Pipe, count: number): Promise<{ p50: number; p99: number }> {
  let waiting: { resolve(): void; left: number } | undefined
  pipe.onBytes((byteLength) => {
    if (waiting === undefined) return
    waiting.left -= byteLength
    if (waiting.left === 0) waiting.resolve()
  })
  await pipe.write(header(echo, 0))
  const ping = Buffer.alloc(32, 9)
  const measured: number[] = []
  for (let index = 0; index < count; index++) {
    const startMs = performance.now()
    await new Promise<void>((resolve) => {
      waiting = { resolve, left: ping.length }
      void pipe.write(ping)
    })
    measured.push(performance.now() - startMs)
  }
  const sorted = measured.slice(count >> 3).sort((a, b) => a - b)
  return { p50: sorted[sorted.length >> 1]!, p99: sorted[Math.floor(sorted.length * 0.99)]! }
}
