import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect, type Socket } from 'node:net'
import path from 'node:path'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import WebSocket, { WebSocketServer } from 'ws'
import { maxWebSocketMessageBytes } from '../../../src/core/limits.js'
import { openWebSocket, WebSocketSocket, webSocketOptions } from '../../../src/net/websocket-socket.js'
import type { Context } from '../../../src/sdk/index.js'
import { webSocketProtocol } from '../../../src/wire/protocols.js'
import { temporaryFolder } from '../../support/cli.js'
import { makeCertificate, startProgram, systemProgram } from '../../support/debian.js'
import { freePorts } from '../../support/free-ports.js'
import { eventually } from '../../support/members.js'
import { shownBlocks } from '../../support/shown-blocks.js'
import { SilentTarget } from '../../support/silent-target.js'
import { call, nodeOf, readAll, readBytes, Stage } from '../../support/stage.js'

const place = temporaryFolder()
const closing: Array<() => unknown> = []
let stage: Stage | undefined
const close = async () => {
  for (const each of closing.splice(0).reverse()) await each()
  await stage?.close()
  stage = undefined
}
afterAll(async () => {
  await close()
  place.remove()
})

/** How a context is linked with its relays. */
const links = (context: Context) =>
  nodeOf(context)
    .libp2p.getConnections()
    .filter(({ direct }) => direct)
    .map(({ remoteAddr }) => remoteAddr.toString().replace(/\/p2p\/.*/, ''))

/** A call, bytes both ways, and an end of each direction by itself. */
async function carries(on: Stage, name: string): Promise<{ kinds: string[]; links: string[] }> {
  const { listener } = await on.host(`${name}-host`)
  const dialer = await on.context(`${name}-dialer`)
  const { here, there } = await call(dialer, listener)
  const bytes = randomBytes(3_000_000)
  const [came] = await Promise.all([readBytes(there, bytes.byteLength), here.write(bytes)])
  expect(came.equals(bytes)).toBe(true)
  await here.closeWrite()
  expect(await readAll(there)).toHaveLength(0)
  await there.write(bytes)
  const kinds = here.paths().map(({ kind }) => kind)
  await Promise.all([there.close(), readAll(here).then((all) => expect(all.equals(bytes)).toBe(true))])
  return { kinds, links: links(dialer) }
}

/** A call over a circuit, to a host that takes no joined sockets. */
async function carriesCircuit(on: Stage): Promise<void> {
  const host = await on.context('circuit-host', { splices: false })
  const listener = await host.listen('chat-p2p')
  await listener.established(on.relays.length)
  const { here, there } = await call(await on.context('circuit-dialer'), listener)
  const bytes = randomBytes(3_000_000)
  const [came] = await Promise.all([readBytes(there, bytes.byteLength), here.write(bytes)])
  expect(came.equals(bytes)).toBe(true)
  expect(here.paths().map(({ kind }) => kind)).toContain('circuit')
}

describe('a relay behind a path of a web server', () => {
  afterAll(close)

  test('carries circuits inside', async () => {
    const [port] = await freePorts(1)
    stage = await Stage.open({
      relays: 1,
      relayAddresses: () => [`/ip4/127.0.0.1/tcp/${port}/ws/http-path/chat-p2p`],
      relayOptions: { listen: [`/ip4/127.0.0.1/tcp/${port}/ws`] },
    })
    await carriesCircuit(stage)
  })
})

describe('relays that listen for WebSocket alone', () => {
  beforeAll(async () => {
    stage = await Stage.open({ relays: 2, relayAddresses: (port) => [`/ip4/127.0.0.1/tcp/${port}/ws`] })
  })
  afterEach(() => stage!.clear())
  afterAll(close)

  test('carry links and joined sockets inside', async () => {
    const { kinds, links } = await carries(stage!, 'ws')
    expect(kinds).toContain('splice')
    expect(links.every((address) => address.endsWith('/ws'))).toBe(true)
    // The relays as well.
    expect(stage!.relays[0]!.addresses().every((address) => address.includes('/ws/p2p/'))).toBe(true)
  })

  test('carry circuits inside', () => carriesCircuit(stage!))

  test('end the path when one side of a joined pair is gone', async () => {
    const { listener, context } = await stage!.host('gone-host')
    const { here } = await call(await stage!.context('gone-dialer'), listener)
    await Promise.all([once(here, 'close'), context.close()])
    await eventually(
      () =>
        (stage!.relays as Array<{ splicer: { counts: { joined: number } } }>).map(
          ({ splicer }) => splicer.counts.joined,
        ),
      (counts) => counts.every((count) => count === 0),
    )
  })

  test('take the WebSocket transport of libp2p itself', async () => {
    ;(globalThis as { WebSocket?: unknown }).WebSocket ??= WebSocket
    const node = await createLibp2p({
      addresses: { listen: [] },
      transports: [webSockets()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      connectionGater: { denyDialMultiaddr: () => false },
      services: { ping: ping() },
    })
    closing.push(() => node.stop())
    const address = multiaddr(stage!.relays[0]!.addresses()[0]!)
    const connection = await node.dial(address)
    expect(await node.services.ping.ping(address)).toBeGreaterThanOrEqual(0)
    await connection.close()
  })

  const url = () => `ws://127.0.0.1:${stage!.ports[0]}`
  const open = async (protocols: string[] = [webSocketProtocol]) => {
    const webSocket = new WebSocket(url(), protocols, { perMessageDeflate: false })
    closing.push(() => webSocket.terminate())
    await once(webSocket, 'open')
    return webSocket
  }

  test.each([
    ['a text', (webSocket: WebSocket) => webSocket.send('hello')],
    [
      'a message of more than 1 MiB',
      (webSocket: WebSocket) => webSocket.send(new Uint8Array(maxWebSocketMessageBytes + 1)),
    ],
    ['another protocol', (webSocket: WebSocket) => webSocket.send(Buffer.from('GET / HTTP/1.1\r\n\r\n'))],
    [
      'an unknown token',
      (webSocket: WebSocket) => webSocket.send(Buffer.concat([Buffer.from([0xc2]), randomBytes(32)])),
    ],
    [
      'bytes behind their end',
      (webSocket: WebSocket) => [new Uint8Array(0), new Uint8Array(1)].map((each) => webSocket.send(each)),
    ],
  ])('hang up on %s', async (_what, say) => {
    const webSocket = await open()
    webSocket.on('error', () => {})
    say(webSocket)
    await once(webSocket, 'close')
  })

  test('hang up on who sends a message in thousands of pieces', async () => {
    const webSocket = await open()
    webSocket.on('error', () => {})
    const closed = once(webSocket, 'close')
    for (let n = 0; n < 2_000; n++) webSocket.send(Buffer.from([0xc2]), { fin: false })
    await closed
  })

  test('hang up on who pings and pings, and reads no answer', async () => {
    const webSocket = await open()
    webSocket.on('error', () => {})
    const closed = new Promise<boolean>((resolve) => webSocket.once('close', () => resolve(true)))
    webSocket.pause()
    const pings = async (): Promise<boolean> => {
      const sent = new Promise<boolean>((resolve) => {
        for (let n = 0; n < 5_000; n++)
          webSocket.ping(Buffer.alloc(125), undefined, () => n === 4_999 && resolve(false))
      })
      // Who was hung up on finds that out by sending on.
      return (await Promise.race([closed, sent])) || webSocket.readyState !== WebSocket.OPEN || pings()
    }
    expect(await pings()).toBe(true)
  })

  const ask = async (request: string): Promise<string> => {
    const socket = connect(stage!.ports[0]!, '127.0.0.1')
    socket.on('error', () => {})
    let answer = ''
    socket.on('data', (bytes) => {
      answer += bytes.toString('latin1')
    })
    socket.write(request)
    await new Promise((resolve) => socket.once('close', resolve))
    return answer
  }

  test('answer other requests with 426, and end', async () => {
    expect(await ask('GET / HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(/^HTTP\/1\.1 426 /)
    expect(await ask('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\nx')).toMatch(/^HTTP\/1\.1 426 /)
  })

  test('hang up on what is no request, and on a header of more than 8 KiB', async () => {
    expect(await ask('\x13/multistream/1.0.0\n')).toBe('')
    expect(await ask(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(9_000)}\r\n\r\n`)).toBe('')
  })

  test('hang up on who does not finish the request in time', async () => {
    expect(await ask('GET / HTTP/1.1\r\nHost: x\r\n')).toBe('')
  })
})

describe('bytes inside a WebSocket', () => {
  /** Both ends of one, on sockets of this process. */
  async function pair(protocol: string | undefined) {
    const server = createServer()
    const webSockets = new WebSocketServer({ server, ...webSocketOptions, handleProtocols: () => protocol ?? false })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    closing.push(() => server.close())
    const other = once(webSockets, 'connection')
    const { port } = server.address() as { port: number }
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    const here =
      protocol === undefined
        ? await stockEnd(socket)
        : await openWebSocket(socket, `127.0.0.1:${port}`, '/', AbortSignal.timeout(10_000))
    const [webSocket, request] = (await other) as [WebSocket, { socket: Socket }]
    const there = new WebSocketSocket(webSocket, request.socket, {}).socket
    closing.push(
      () => here.destroy(),
      () => there.destroy(),
    )
    return { here, there }
  }
  async function stockEnd(socket: Socket) {
    const webSocket = new WebSocket('ws://127.0.0.1', { createConnection: () => socket })
    await once(webSocket, 'open')
    return new WebSocketSocket(webSocket, socket, {}).socket
  }
  afterEach(close)

  test('wait while the other side does not read', async () => {
    const { here, there } = await pair(webSocketProtocol)
    let taken = 0
    const chunk = Buffer.alloc(64 * 1024)
    void (async () => {
      while (taken < 64 * 1024 * 1024 && !here.destroyed) {
        if (!here.write(chunk)) await once(here, 'drain')
        taken += chunk.byteLength
      }
    })()
    // Until nothing moves any more: what both ends and the system hold.
    let before = -1
    await eventually(() => {
      const still = taken === before
      before = taken
      return still
    }, Boolean)
    expect(taken).toBeLessThan(32 * 1024 * 1024)
    expect(there.readableLength + here.writableLength).toBeLessThan(4 * 1024 * 1024)
    // And goes on when it does.
    there.resume()
    await eventually(
      () => taken,
      (bytes) => bytes > 40 * 1024 * 1024,
    )
    there.on('error', () => {})
    here.destroy()
  })

  test('end each direction by itself', async () => {
    const { here, there } = await pair(webSocketProtocol)
    for (const end of [here, there]) end.allowHalfOpen = true
    here.end('last words')
    expect(await textOf(there)).toBe('last words')
    there.end('later ones')
    const gone = [here, there].map((end) => new Promise((resolve) => end.once('close', resolve)))
    expect(await textOf(here)).toBe('later ones')
    await Promise.all(gone)
  })

  test('end both ways at once where the other side knows no better', async () => {
    const { here, there } = await pair(undefined)
    const gone = [here, there].map((end) => new Promise((resolve) => end.once('close', resolve)))
    here.end('last words')
    expect(await textOf(there)).toBe('last words')
    here.resume()
    await Promise.all(gone)
  })

  test('break on both sides when one is cut', async () => {
    const { here, there } = await pair(webSocketProtocol)
    const broke = once(there, 'error')
    here.destroy()
    expect(await broke).toMatchObject([{ code: 'unreachable' }])
  })

  test('are any number and size of pieces, the empty one as well', async () => {
    const { here, there } = await pair(webSocketProtocol)
    const pieces = [0, 1, 125, 126, 65_535, 65_536, maxWebSocketMessageBytes, maxWebSocketMessageBytes + 1, 0, 7].map(
      (size) => randomBytes(size),
    )
    for (const piece of pieces) here.write(piece)
    here.end()
    const came: Buffer[] = []
    for await (const bytes of there) came.push(bytes as Buffer)
    expect(Buffer.concat(came).equals(Buffer.concat(pieces))).toBe(true)
  })
})

async function textOf(socket: Socket): Promise<string> {
  let text = ''
  socket.on('data', (bytes) => {
    text += bytes
  })
  await once(socket, 'end')
  return text
}

describe('a relay with several addresses', () => {
  afterEach(close)

  test('is reached on TCP where that works', async () => {
    const [wsPort] = await freePorts(1)
    stage = await Stage.open({
      relays: 1,
      relayAddresses: (port) => [`/ip4/127.0.0.1/tcp/${wsPort}/ws`, `/ip4/127.0.0.1/tcp/${port}`],
    })
    const context = await stage.context('user1')
    await context.ready()
    expect(links(context)).toEqual([`/ip4/127.0.0.1/tcp/${stage.ports[0]}`])
  })

  test.each([
    ['swallows', true],
    ['refuses', false],
  ])('is reached on WebSocket where a firewall %s TCP', async (_how, swallows) => {
    const [wsPort, nobody] = await freePorts(2)
    const silent = await SilentTarget.start('127.0.0.1')
    closing.push(() => silent.close())
    const tcp = `/ip4/127.0.0.1/tcp/${swallows ? silent.port : nobody}`
    stage = await Stage.open({
      relays: 1,
      relayAddresses: () => [tcp, `/ip4/127.0.0.1/tcp/${wsPort}/ws`],
      relayOptions: { listen: [`/ip4/127.0.0.1/tcp/${wsPort}/ws`] },
    })
    const context = await stage.context('user1')
    await context.ready()
    expect(links(context)).toEqual([`/ip4/127.0.0.1/tcp/${wsPort}/ws`])
  })

  test('all of which fail is down with the words of one of them', async () => {
    const [one, two] = await freePorts(2)
    stage = await Stage.open({
      relays: 1,
      down: [0],
      relayAddresses: () => [`/ip4/127.0.0.1/tcp/${one}`, `/ip4/127.0.0.1/tcp/${two}/ws`],
    })
    const context = await stage.context('user1')
    const error = await eventually(() => context.relays()[0]?.error, Boolean)
    expect(error).toMatchObject({ code: 'unreachable', message: expect.stringContaining('ECONNREFUSED') })
  })
})

describe('with TLS', () => {
  afterEach(close)

  test('a relay that has a certificate listens for it by itself', async (context) => {
    const tls = makeCertificate(place.dir, 'DNS:localhost,IP:127.0.0.1')
    if (tls === undefined) return context.skip('needs openssl')
    stage = await Stage.open({
      relays: 2,
      relayAddresses: (port) => [`/ip4/127.0.0.1/tcp/${port}/tls/ws`],
      relayOptions: { tls },
    })
    const { kinds, links } = await carries(stage, 'tls')
    expect(kinds).toContain('splice')
    expect(links.every((address) => address.endsWith('/tls/ws'))).toBe(true)
  })

  test('a relay without one refuses to', async () => {
    const opening = Stage.open({ relays: 1, relayAddresses: (port) => [`/ip4/127.0.0.1/tcp/${port}/tls/ws`] })
    await expect(opening).rejects.toMatchObject({
      code: 'bad_argument',
      message: expect.stringContaining('--tls-cert'),
    })
  })

  test('nginx in front of it does as well, and says who connects', async (context) => {
    const nginx = systemProgram('nginx')
    const tls = nginx === undefined ? undefined : makeCertificate(place.dir, 'IP:127.0.0.1', 'nginx')
    if (nginx === undefined || tls === undefined) return context.skip('needs nginx and openssl')
    const strangers = 6
    const [front, back] = await freePorts(2)
    const folder = path.join(place.dir, 'nginx.conf')
    writeFileSync(folder, nginxConfiguration(front!, back!, tls))
    closing.push(await startProgram(nginx, ['-p', place.dir, '-c', folder, '-e', 'stderr'], front!))
    stage = await Stage.open({
      relays: 1,
      relayAddresses: () => [`/ip4/127.0.0.1/tcp/${front}/tls/ws/http-path/chat-p2p`],
      relayOptions: {
        listen: [`/ip4/127.0.0.1/tcp/${back}/ws`],
        trustProxies: ['127.0.0.1'],
        // Room for the members, whose links and joined sockets have one address and are strangers for a moment as well.
        quotas: { strangers },
      },
    })
    const { kinds, links } = await carries(stage, 'nginx')
    expect(kinds).toContain('splice')
    expect(links).toEqual([`/ip4/127.0.0.1/tcp/${front}/tls/ws/http-path/chat-p2p`])

    const stranger = async (localAddress: string) => {
      const webSocket = new WebSocket(`wss://127.0.0.1:${front}/chat-p2p`, { rejectUnauthorized: false, localAddress })
      closing.push(() => webSocket.terminate())
      const closed = new Promise((resolve) => webSocket.once('close', resolve))
      await once(webSocket, 'open')
      return { webSocket, closed }
    }
    // Of one address the first has to go for the last one.
    const first = await stranger('127.0.0.2')
    const other = await stranger('127.0.0.3')
    for (let count = 1; count < strangers; count++) await stranger('127.0.0.2')
    expect(first.webSocket.readyState).toBe(WebSocket.OPEN)
    await stranger('127.0.0.2')
    await first.closed
    expect(other.webSocket.readyState).toBe(WebSocket.OPEN)
  })
})

function nginxConfiguration(front: number, back: number, { cert, key }: { cert: string; key: string }): string {
  // As people are told to write it.
  const location = shownBlocks().find(({ language }) => language === 'nginx')!.text
  return `daemon off; pid nginx.pid; error_log stderr; worker_processes 1;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path t; proxy_temp_path t; fastcgi_temp_path t; uwsgi_temp_path t; scgi_temp_path t;
  server {
    listen 127.0.0.1:${front} ssl;
    ssl_certificate ${cert};
    ssl_certificate_key ${key};
    ${location.replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${back}`)}
  }
}
`
}
