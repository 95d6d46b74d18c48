import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type Socket, type Server as TcpServer } from 'node:net'
import path from 'node:path'
import { Server as ProxyServer, RequestError } from 'proxy-chain'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { parseProxy } from '../../../src/core/proxy.js'
import { connectThrough } from '../../../src/net/proxied-socket.js'
import type { Context } from '../../../src/sdk/index.js'
import { temporaryFolder } from '../../support/cli.js'
import { startProgram, systemProgram } from '../../support/debian.js'
import { freePorts } from '../../support/free-ports.js'
import { eventually } from '../../support/members.js'
import { inPieces } from '../../support/pieces.js'
import { call, readBytes, Stage } from '../../support/stage.js'

let stage: Stage
let place: ReturnType<typeof temporaryFolder>
const closing: Array<() => Promise<unknown> | unknown> = []
beforeAll(async () => {
  stage = await Stage.open({ relays: 2 })
  place = temporaryFolder()
})
afterEach(async () => {
  await stage.clear()
  for (const close of closing.splice(0)) await close()
})
afterAll(async () => {
  await stage.close()
  place.remove()
})

/** A proxy that knows `ann` with the password `se:cret`, and lets nobody through to these ports. */
async function startProxy(closed: readonly number[] = []) {
  const through: number[] = []
  const proxy = new ProxyServer({
    port: 0,
    host: '127.0.0.1',
    prepareRequestFunction: ({ username, password, port }) => {
      if (username !== 'ann' || password !== 'se:cret') return { requestAuthentication: true }
      if (closed.includes(port)) throw new RequestError('Not this port.', 403)
      through.push(port)
      return {}
    },
  })
  await proxy.listen()
  closing.push(() => proxy.close(true))
  const unused = () =>
    eventually(
      () => proxy.getConnectionIds().length,
      (count) => count === 0,
    )
  return { url: `http://ann:se%3Acret@127.0.0.1:${proxy.port}`, port: proxy.port, through, unused }
}

async function carries(dialer: Context, host: Context): Promise<string[]> {
  const listener = await host.listen('chat-p2p')
  await listener.established(2)
  const { here, there } = await call(dialer, listener)
  const bytes = randomBytes(2_000_000)
  const [came] = await Promise.all([readBytes(there, bytes.byteLength), here.write(bytes)])
  expect(sha256(came)).toBe(sha256(bytes))
  return here.paths().map(({ kind }) => kind)
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
/** Why a relay is not reached. */
const failure = (context: Context) =>
  eventually(() => context.relays().find(({ error }) => error !== undefined)?.error, Boolean)

test('links and the sockets of sessions go through an HTTP proxy that asks for a name and password', async () => {
  const proxy = await startProxy()
  const host = await stage.context('host1', { proxy: proxy.url })
  const dialer = await stage.context('dialer1', { proxy: proxy.url })
  expect(await carries(dialer, host)).toContain('splice')
  const [relay1] = stage.ports
  // One link each, and their ends of the splice.
  expect(proxy.through.filter((port) => port === relay1).length).toBeGreaterThanOrEqual(2)
  expect(proxy.through.length).toBeGreaterThanOrEqual(6)
})

test('a context without a proxy uses none', async () => {
  const proxy = await startProxy()
  const host = await stage.context('host2', { proxy: 'none' })
  const dialer = await stage.context('dialer2', { proxy: proxy.url })
  await carries(dialer, host)
  await dialer.close()
  await proxy.unused() // it may still have been on its way to another relay
  const one = await stage.context('alone2')
  await one.ready()
  const count = proxy.through.length
  await one.listTerminators('chat-p2p')
  expect(proxy.through.length).toBe(count)
})

test.each([
  ['no name', (port: number) => `http://127.0.0.1:${port}`, /asks for a name and password \(407/],
  ['a wrong one', (port: number) => `http://ann:wrong@127.0.0.1:${port}`, /does not take this name and password \(407/],
  ['nobody there', () => 'http://127.0.0.1:1', /proxy http:\/\/127.0.0.1:1: .*ECONNREFUSED/],
  ['another protocol', (port: number) => `socks5://127.0.0.1:${port}`, /speaks no SOCKS5|hung up/],
])('a proxy with %s is said in one sentence, without the password', async (_what, url, why) => {
  const { port } = await startProxy()
  const error = await failure(await stage.context('user3', { proxy: url(port) }))
  expect(error).toMatchObject({ code: 'proxy_failed', message: expect.stringMatching(why) })
  expect(error!.message).not.toMatch(/wrong|ann/)
})

test('a proxy that lets nobody through to this port says so, and what to do', async () => {
  const { url } = await startProxy(stage.ports)
  const error = await failure(await stage.context('user4', { proxy: url }))
  expect(error).toMatchObject({ code: 'proxy_failed', message: expect.stringMatching(/does not let through.*443/) })
})

test('where a proxy lets out to one port only, a relay is reached on WebSocket there, by calls with members on TCP', async () => {
  const [webSocketPort] = await freePorts(1)
  const small = await Stage.open({
    relays: 1,
    relayAddresses: (port) => [`/ip4/127.0.0.1/tcp/${port}`, `/ip4/127.0.0.1/tcp/${webSocketPort}/ws`],
  })
  closing.push(() => small.close())
  const proxy = await startProxy(small.ports)
  const host = await small.context('host5', { proxy: proxy.url })
  const listener = await host.listen('chat-p2p')
  await listener.established(1)
  const { here, there } = await call(await small.context('dialer5'), listener)
  const bytes = randomBytes(5_000_000)
  const both = [here, there].map(async (from) => {
    const [came] = await Promise.all([readBytes(from === here ? there : here, bytes.byteLength), from.write(bytes)])
    expect(sha256(came)).toBe(sha256(bytes))
  })
  await Promise.all(both)
  expect(here.paths()).toMatchObject([{ kind: 'splice' }])
  expect(new Set(proxy.through)).toEqual(new Set([webSocketPort]))
})

test('a proxy that can’t be read is wrong at once', async () => {
  await expect(stage.context('user5', { proxy: 'ftp://a.example' })).rejects.toMatchObject({ code: 'bad_argument' })
})

async function scripted(onSocket: (socket: Socket) => void): Promise<string> {
  const server: TcpServer = createServer(onSocket).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => void server.close())
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`
}
const target = { host: 'a.example', port: 443 }

test('what the target says at once, behind the proxy’s answer, is not lost', async () => {
  const url = await scripted((socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\nhello')))
  const socket = await connectThrough(parseProxy(url, 'x'), target, AbortSignal.timeout(10_000))
  const [bytes] = await once(socket, 'data')
  expect(bytes.toString()).toBe('hello')
})

/** Writes one piece after another, each by itself as far as the system has it so. */
async function dribble(socket: Socket, pieces: readonly Uint8Array[]): Promise<void> {
  socket.setNoDelay(true)
  for (const piece of pieces) {
    await new Promise<void>((resolve) => socket.write(piece, () => resolve()))
    await new Promise((resolve) => setImmediate(resolve))
  }
}

const answers = [
  ['HTTP', '', Buffer.from('HTTP/1.1 200 OK\r\nVia: 1.1 proxy\r\n\r\n\x13/multistream/1.0.0\n')],
  ['SOCKS5', 'socks5', Buffer.from(`\x05\0\x05\0\0\x03\x05proxy\x0f\xa1\x13/multistream/1.0.0\n`, 'latin1')],
] as const
test.each(
  answers.flatMap(([name, scheme, answer]) =>
    inPieces(answer).map(([how, pieces]) => [name, how, scheme, pieces] as const),
  ),
)('an answer of a proxy that speaks %s is read to its end and no further, %s', async (_name, _how, scheme, pieces) => {
  const url = await scripted((socket) => {
    socket.resume()
    void dribble(socket, pieces).then(() => socket.end())
  })
  const address = scheme === '' ? url : url.replace('http', scheme)
  const socket = await connectThrough(parseProxy(address, 'x'), target, AbortSignal.timeout(10_000))
  const came: Buffer[] = []
  for await (const bytes of socket) came.push(bytes as Buffer)
  expect(Buffer.concat(came).toString()).toBe('\x13/multistream/1.0.0\n')
})

test.each([
  ['hangs up', (socket: Socket) => socket.destroy(), /hang up|ECONNRESET/],
  [
    'sends an endless header',
    (socket: Socket) => void socket.write(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(100_000)}`),
    /Header overflow|Parse Error/,
  ],
  ['speaks no HTTP', (socket: Socket) => void socket.write('\x13/multistream/1.0.0\n'), /Parse Error/],
  [
    'can’t reach it',
    (socket: Socket) => void socket.write('HTTP/1.1 502 Bad Gateway\r\n\r\n'),
    /no connection to a\.example:443 \(502 Bad Gateway\)/,
  ],
])('a proxy that %s is an error in words, and its connection is closed', async (_what, answer, why) => {
  let closed: Promise<unknown> | undefined
  const url = await scripted((socket) => {
    closed = new Promise((resolve) =>
      socket
        .on('error', () => {})
        .resume()
        .once('close', resolve),
    )
    answer(socket)
  })
  await expect(connectThrough(parseProxy(url, 'x'), target, AbortSignal.timeout(10_000))).rejects.toMatchObject({
    code: 'proxy_failed',
    message: expect.stringMatching(why),
  })
  await closed
})

test('a proxy that says nothing is left when the signal fires, with its reason', async () => {
  const over = new AbortController()
  let closed: Promise<unknown> | undefined
  const url = await scripted((socket) => {
    closed = new Promise((resolve) =>
      socket
        .on('error', () => {})
        .resume()
        .once('close', resolve),
    )
    socket.once('data', () => over.abort(new Error('enough')))
  })
  await expect(connectThrough(parseProxy(url, 'x'), target, over.signal)).rejects.toThrow('enough')
  await closed
})

test('a SOCKS5 proxy carries links and sessions (dante)', async (context) => {
  const danted = systemProgram('danted')
  if (danted === undefined || process.getuid?.() !== 0) return context.skip('needs danted, and root')
  const [port] = await freePorts(1)
  const file = path.join(place.dir, 'danted.conf')
  writeFileSync(
    file,
    `logoutput: stderr\ninternal: 127.0.0.1 port = ${port}\nexternal: lo\nclientmethod: none\nsocksmethod: none\nuser.privileged: root\nuser.unprivileged: root\n` +
      'client pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }\nsocks pass { from: 127.0.0.0/8 to: 127.0.0.0/8 command: connect }\n',
  )
  closing.push(await startProgram(danted, ['-f', file], port!))
  const proxy = `socks5://127.0.0.1:${port}`
  const host = await stage.context('host6', { proxy })
  expect(await carries(await stage.context('dialer6', { proxy }), host)).toContain('splice')
})

test('an HTTP proxy as people run it carries links and sessions (tinyproxy)', async (context) => {
  const tinyproxy = systemProgram('tinyproxy')
  if (tinyproxy === undefined) return context.skip('needs tinyproxy')
  const [port] = await freePorts(1)
  const file = path.join(place.dir, 'tinyproxy.conf')
  writeFileSync(file, `Port ${port}\nListen 127.0.0.1\nTimeout 600\nMaxClients 100\nBasicAuth ann secret\n`)
  closing.push(await startProgram(tinyproxy, ['-d', '-c', file], port!))
  const proxy = `http://ann:secret@127.0.0.1:${port}`
  const host = await stage.context('host7', { proxy })
  expect(await carries(await stage.context('dialer7', { proxy }), host)).toContain('splice')
})
