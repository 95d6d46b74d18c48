import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { firstBytesTimeoutMs, spliceTokenMs } from '../../../../src/core/limits.js'
import type { VerifiedCertificate } from '../../../../src/identity/certificate.js'
import { FirstBytes } from '../../../../src/net/first-bytes.js'
import { Splicer } from '../../../../src/relay/splices/splicer.js'
import { encodePreface, prefaceBytes } from '../../../../src/wire/prefaces.js'

const preface = (token: Uint8Array) => encodePreface(prefaceBytes.splice, token)
const [dialer, host] = ['dialer', 'host'].map((peerId) => ({ peerId }) as VerifiedCertificate) as [
  VerifiedCertificate,
  VerifiedCertificate,
]

let splicer: Splicer
let server: Server
let door: FirstBytes
const sockets: Socket[] = []

beforeEach(async () => {
  // Sockets go on in real time.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  splicer = new Splicer(() => () => {})
  door = new FirstBytes([splicer.preface], undefined, (socket) => socket.destroy())
  server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(() => {
  vi.useRealTimers()
  for (const socket of sockets.splice(0)) socket.destroy()
  splicer.stop()
  door.close()
  server.close()
})

/** Resolves when the relay has read all of it. */
async function show(bytes: Uint8Array): Promise<{ socket: Socket; over: Promise<unknown> }> {
  const arrived = once(server, 'connection') as Promise<[Socket]>
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').resume()
  sockets.push(socket)
  socket.on('error', () => {})
  const over = once(socket, 'close')
  const [there] = await arrived
  door.add(there)
  socket.write(bytes)
  while (there.bytesRead < bytes.byteLength) await new Promise((resolve) => setImmediate(resolve))
  return { socket, over }
}

test.each([
  ['a connection that says nothing', new Uint8Array(0)],
  ['one that stops within its token', preface(randomBytes(32)).subarray(0, 17)],
])('%s is hung up on after 5 s, and not before', async (_what, bytes) => {
  const { socket, over } = await show(bytes)
  vi.advanceTimersByTime(firstBytesTimeoutMs - 1)
  await new Promise((resolve) => setImmediate(resolve))
  expect(socket.destroyed).toBe(false)
  vi.advanceTimersByTime(1)
  await over
})

test('a splice whose other side never comes is hung up on when its token is too old, and is counted', async () => {
  const tokens = splicer.prepare(dialer, host)
  const { over } = await show(preface(tokens.host))
  expect(splicer.counts).toEqual({ joined: 0, pending: 1 })
  vi.advanceTimersByTime(spliceTokenMs)
  await over
  expect([splicer.totals.late, splicer.counts.pending]).toEqual([1, 0])
  await (await show(preface(tokens.dialer))).over
  expect(splicer.totals.unknownTokens).toBe(1)
})

test('tokens that nobody shows are forgotten when they are too old', async () => {
  const tokens = splicer.prepare(dialer, host)
  vi.advanceTimersByTime(spliceTokenMs)
  expect(splicer.counts.pending).toBe(0)
  await (await show(preface(tokens.dialer))).over
})
