import { randomBytes } from 'node:crypto'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Stream, StreamMessageEvent } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p, type Libp2p } from 'libp2p'
import { afterEach, expect, test } from 'vitest'
import { writeTogether } from '../../../src/net/flow.js'
import { safeYamux } from '../../../src/net/muxer.js'

const protocol = '/test/1'
const nodes: Libp2p[] = []
afterEach(() => Promise.all(nodes.splice(0).map((node) => node.stop())))

const windowBytes = 1024 * 1024

async function node(ours: boolean): Promise<Libp2p> {
  // Windows that don't grow: how fast they would depends on the machine.
  const init = { streamOptions: { initialStreamWindowSize: windowBytes, maxStreamWindowSize: windowBytes } }
  const made = await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [ours ? safeYamux(init) : yamux(init)],
    connectionGater: { denyDialMultiaddr: () => false },
  })
  nodes.push(made)
  return made
}

async function pair(): Promise<{ sender: Stream; reader: Stream }> {
  const [stock, ours] = await Promise.all([node(false), node(true)])
  const { promise, resolve } = Promise.withResolvers<Stream>()
  await ours.handle(protocol, (stream) => resolve(stream))
  return { sender: await stock.dialProtocol(ours.getMultiaddrs(), protocol), reader: await promise }
}

test('a reader that pauses again in the middle of what was kept holds its sender, and nothing is lost', async () => {
  const { sender, reader } = await pair()
  const bytes = randomBytes(12 * 1024 * 1024)
  let most = 0
  let read = 0
  const ended = new Promise<void>((resolve) => reader.addEventListener('end', () => resolve()))
  reader.addEventListener('message', ({ data }) => {
    read += data.byteLength
    if (reader.readStatus !== 'readable') return
    reader.pause()
    setTimeout(() => {
      most = Math.max(most, reader.readBufferLength)
      if (reader.readStatus === 'paused') reader.resume()
    }, 50)
  })
  for (let from = 0; from < bytes.byteLength; from += 64 * 1024) {
    if (!sender.send(bytes.subarray(from, from + 64 * 1024))) {
      await new Promise((resolve) => sender.addEventListener('drain', resolve, { once: true }))
    }
  }
  await sender.close()
  await ended
  expect(read).toBe(bytes.byteLength)
  expect(most).toBeLessThanOrEqual(1024 * 1024)
})

test('the last bytes come before the end that travels in one frame with them', async () => {
  const { sender, reader } = await pair()
  const seen: string[] = []
  const ended = new Promise<void>((resolve) => reader.addEventListener('end', () => resolve()))
  reader.addEventListener('message', ({ data }) => seen.push(Buffer.from(data.subarray()).toString()))
  reader.addEventListener('end', () => seen.push('end'))
  const { sendFrame, streamId } = sender as unknown as {
    streamId: number
    sendFrame(header: object, data: Uint8Array): boolean
  }
  sendFrame({ type: 0, flag: 4, streamID: streamId, length: 3 }, new TextEncoder().encode('bye'))
  await ended
  expect(seen).toEqual(['bye', 'end'])
})

test('small messages are not answered one by one: the window is opened again when half of it is used', async () => {
  const { sender, reader } = await pair()
  const spied = sender as unknown as { handleWindowUpdate(frame: object): void }
  const handle = spied.handleWindowUpdate.bind(sender)
  let updates = 0
  spied.handleWindowUpdate = (frame) => {
    updates++
    handle(frame)
  }
  let read = 0
  for (let message = 1; message <= 200; message++) {
    const come = new Promise<void>((resolve) => {
      const onMessage = ({ data }: StreamMessageEvent) => {
        read += data.byteLength
        if (read < message * 1024) return
        reader.removeEventListener('message', onMessage)
        resolve()
      }
      reader.addEventListener('message', onMessage)
    })
    sender.send(new Uint8Array(1024))
    await come
  }
  expect(updates).toBeLessThanOrEqual(2)
})

test('what is written on a socket in one turn goes out in one write', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve))
  const socket = writeTogether(connect((server.address() as AddressInfo).port, '127.0.0.1'))
  const [other] = await Promise.all([accepted, new Promise((resolve) => socket.once('connect', resolve))])
  const writes: number[] = []
  const { _writev } = socket as unknown as { _writev(chunks: object[], done: () => void): void }
  Object.assign(socket, {
    _writev(chunks: object[], done: () => void) {
      writes.push(chunks.length)
      _writev.call(socket, chunks, done)
    },
  })
  socket.write('a')
  socket.write('b')
  await Promise.resolve().then(() => socket.write('c'))
  await new Promise((resolve) => setImmediate(resolve))
  socket.write('d')
  socket.end('e')
  let read = ''
  for await (const bytes of other) read += bytes
  expect(read).toBe('abcde')
  expect(writes).toEqual([3, 2])
  server.close()
})

test('on a full connection streams take turns', async () => {
  const [ours, stock] = await Promise.all([node(true), node(false)])
  const read = new Map<string, number>()
  await stock.handle(protocol, (stream) => {
    stream.addEventListener('message', ({ data }) => {
      read.set(stream.id, (read.get(stream.id) ?? 0) + data.byteLength)
    })
  })
  const connection = await ours.dial(stock.getMultiaddrs())
  const streams = await Promise.all(Array.from({ length: 8 }, () => connection.newStream(protocol)))
  const total = 8 * 1024 * 1024
  for (const stream of streams) stream.send(new Uint8Array(total))
  const first = await new Promise<number[]>((resolve) => {
    const look = setInterval(() => {
      if (![...read.values()].some((bytes) => bytes >= total)) return
      clearInterval(look)
      resolve([...read.values()])
    }, 1)
  })
  // When the first one is through, so is much of the others.
  expect(first).toHaveLength(streams.length)
  expect(Math.min(...first)).toBeGreaterThan(total / 8)
})
