import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type JoinedSockets, joinSockets } from '../../../../src/relay/splices/join-sockets.js'

let server: Server
beforeAll(async () => {
  server = createServer({ pauseOnConnect: true, allowHalfOpen: true })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(() => void server.close())

const outside: Socket[] = []
afterEach(() => {
  for (const socket of outside.splice(0)) socket.destroy()
})

/** A socket outside, and the one of the relay that its other end is. */
async function connected(): Promise<[Socket, Socket]> {
  const accepted = once(server, 'connection') as Promise<[Socket]>
  const socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true })
  outside.push(socket.on('error', () => {}))
  return [socket, (await accepted)[0]]
}

async function joined(pace?: (bytes: number) => number): Promise<{ a: Socket; b: Socket; both: JoinedSockets }> {
  const [a, insideA] = await connected()
  const [b, insideB] = await connected()
  return { a, b, both: joinSockets(insideA, insideB, pace) }
}

/** All that comes until the end, read with pauses so that the sender is held back now and then. */
function readAll(socket: Socket): Promise<Buffer> {
  const pieces: Buffer[] = []
  socket.on('data', (bytes) => {
    pieces.push(bytes)
    if (pieces.length % 50 > 0) return
    socket.pause()
    setTimeout(() => socket.resume(), 1)
  })
  return once(socket, 'end').then(() => Buffer.concat(pieces))
}

/** Makes V8 collect what nobody refers to, as `--expose-gc` does. */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}

async function sendPieces(socket: Socket, bytes: Buffer): Promise<void> {
  for (let at = 0, size = 1; at < bytes.byteLength; at += size, size = (size * 7) % 200_003) {
    if (!socket.write(bytes.subarray(at, at + size))) await once(socket, 'drain')
  }
  socket.end()
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

test('what goes through in both directions at once, in pieces of all sizes and past a slow reader, arrives as it was', async () => {
  const { a, b, both } = await joined()
  const [up, down] = [randomBytes(8 * 1024 * 1024), randomBytes(8 * 1024 * 1024)]
  const [read, readBack] = await Promise.all([readAll(b), readAll(a), sendPieces(a, up), sendPieces(b, down)])
  expect([sha256(read), sha256(readBack)]).toEqual([sha256(up), sha256(down)])
  expect(await both.over).toBe(up.byteLength + down.byteLength)
})

test('many pairs share their buffers, and none reads what is of another', async () => {
  const all = []
  for (let n = 1; n <= 8; n++) all.push({ ...(await joined()), sent: Buffer.alloc(1024 * 1024, n) })
  const echoed = await Promise.all(
    all.map(async ({ a, b, sent }) => {
      b.pipe(b)
      const [read] = await Promise.all([readAll(a), sendPieces(a, sent)])
      return read.equals(sent)
    }),
  )
  expect(echoed).toEqual(Array(8).fill(true))
})

test('what came before both were there comes first, an end among it', async () => {
  const [a, insideA] = await connected()
  const [b, insideB] = await connected()
  a.end('early')
  insideA.read(0)
  await once(insideA, 'readable')
  const both = joinSockets(insideA, insideB)
  expect(String(await readAll(b))).toBe('early')
  b.end('answer')
  expect(String(await readAll(a))).toBe('answer')
  expect(await both.over).toBe('earlyanswer'.length)
})

test('what came before both were there is not kept when it has gone on', async () => {
  const collect = garbageCollector()
  const early = Buffer.alloc(16 * 1024, 1)
  const pairs = []
  for (let n = 0; n < 64; n++) pairs.push([await connected(), await connected()] as const)
  const arrayBuffers = () => {
    collect()
    return process.memoryUsage().arrayBuffers
  }
  const before = arrayBuffers()
  for (const [[a, insideA], [b, insideB]] of pairs) {
    a.write(early)
    insideA.read(0)
    while (insideA.readableLength < early.byteLength) await once(insideA, 'readable')
    joinSockets(insideA, insideB)
    for (let length = 0; length < early.byteLength; ) length += ((await once(b, 'data')) as [Buffer])[0].byteLength
    b.pause()
  }
  const smallBuffers = 2 * pairs.length * 1024
  await expect.poll(() => arrayBuffers() - before - smallBuffers).toBeLessThan((pairs.length * early.byteLength) / 2)
})

test('when one breaks the other one ends, and so do both when they are cut or one was gone before', async () => {
  const first = await joined()
  first.a.resetAndDestroy()
  await Promise.all([readAll(first.b), first.both.over])
  const second = await joined()
  second.both.cut()
  await Promise.all([readAll(second.a), readAll(second.b), second.both.over])
  const [, insideA] = await connected()
  const [b, insideB] = await connected()
  insideA.destroy()
  await Promise.all([readAll(b), joinSockets(insideA, insideB).over])
})

test('who has a pace is not read while it waits, and everything arrives', async () => {
  let paced = 0
  const { a, b, both } = await joined((bytes) => {
    paced += bytes
    return 1
  })
  const sent = randomBytes(1024 * 1024)
  const [read] = await Promise.all([readAll(b), sendPieces(a, sent)])
  expect(sha256(read)).toBe(sha256(sent))
  b.end()
  await both.over
  expect(paced).toBe(sent.byteLength)
})
