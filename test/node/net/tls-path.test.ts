import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { connect as connectTls, createSecureContext, TLSSocket } from 'node:tls'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { systemClock } from '../../../src/core/clock.js'
import type { OverlayError } from '../../../src/core/errors.js'
import { helloTimeoutMs, maxCertificateBytes, maxSessionFrameBytes } from '../../../src/core/limits.js'
import type { Identity } from '../../../src/identity/identity-file.js'
import type { Gate } from '../../../src/net/gate.js'
import { standing } from '../../../src/net/hello.js'
import { helloAsDialer, helloAsHost, type ProvedCarrier } from '../../../src/net/path-hello.js'
import { makeTlsCertificate } from '../../../src/net/tls-certificate.js'
import { TlsEndpoint } from '../../../src/net/tls-endpoint.js'
import { TlsPaths } from '../../../src/net/tls-paths.js'
import { Trust } from '../../../src/net/trust.js'
import { FrameChannel } from '../../../src/session/frame-channel.js'
import { encodeFrame } from '../../../src/wire/frame-batch.js'
import { dialIdBytes, type Frame } from '../../../src/wire/frames.js'
import { helloStatus } from '../../../src/wire/hello-status.js'
import { lengthPrefix, MessageDecoder, withLength } from '../../../src/wire/length-prefix.js'
import { HelloRequest, HelloResponse } from '../../../src/wire/messages/hello.js'
import { pathAlpn } from '../../../src/wire/protocols.js'
import { eventually } from '../../support/members.js'
import { makeNetwork, type TestNetwork } from '../../support/network.js'
import { inPieces } from '../../support/pieces.js'

const open: Array<{ destroy(): unknown }> = []
afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy()
})

/** Two ends of one TCP connection. */
async function socketPair(): Promise<[Socket, Socket]> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve))
  const dialed = connect((server.address() as { port: number }).port, '127.0.0.1')
  const pair: [Socket, Socket] = [dialed, await accepted]
  server.close()
  for (const socket of pair) socket.on('error', () => {})
  open.push(...pair)
  return pair
}

/** A path whose TLS handshake is over, and on which nothing has been said. */
async function secured(dialer: Side, host: Side) {
  const [a, b] = await socketPair()
  const securing = host.endpoint.secure(b, 'host', signal())
  const { socket } = await dialer.endpoint.secure(a, 'dialer', signal(), host.peerId)
  return { socket, carrier: await securing }
}

/** A hello that says which revision its sender has. */
function helloOf(side: Side, revision: number): Uint8Array {
  const { certificate, ...rest } = { certificate: side.trust.own.envelope, ...standing(side.trust), features: 0 }
  return withLength(HelloRequest.encode({ certificate, ...rest, revision }))
}

class Side {
  readonly trust: Trust
  readonly endpoint: TlsEndpoint
  constructor(readonly identity: Identity) {
    this.trust = new Trust({ ...identity }, systemClock)
    this.endpoint = new TlsEndpoint(identity.privateKey)
  }
  get peerId(): string {
    return this.identity.peerId.toString()
  }
}

const signal = () => AbortSignal.timeout(20_000)

async function sides(network?: TestNetwork): Promise<{ network: TestNetwork; dialer: Side; host: Side }> {
  const made = network ?? (await makeNetwork({ relayPorts: [] }))
  return { network: made, dialer: new Side(await made.member('alice')), host: new Side(await made.member('bob')) }
}

/** Both sides at once: the dialer's channel with its first frame sent, and what becomes of the host. */
async function meet(
  dialer: Side,
  host: Side,
  first: Frame = { type: 'ping', id: 7 },
  cut = (bytes: Uint8Array) => [bytes],
) {
  const [a, b] = await socketPair()
  const accepted: Promise<ProvedCarrier> = host.endpoint.secure(b, 'host', signal()).then((secured) => {
    writeCut(secured.socket, cut)
    return helloAsHost(secured, host.trust)
  })
  accepted.catch(() => {})
  const secured = await dialer.endpoint.secure(a, 'dialer', signal(), host.peerId)
  writeCut(secured.socket, cut)
  const proved = Promise.withResolvers<string>()
  const carrier = helloAsDialer(secured, dialer.trust, (_carrier, { name }) => proved.resolve(name))
  const channel = new FrameChannel(carrier)
  const end = new End(channel)
  channel.sendFrame(first)
  return { accepted, channel, end, proved: proved.promise }
}

/** Lets each piece of what is written be a record of its own, which the other end is handed by itself. */
function writeCut(socket: TLSSocket, cut: (bytes: Uint8Array) => Uint8Array[]): void {
  const write = socket.write.bind(socket) as (bytes: Uint8Array) => boolean
  socket.cork = () => {}
  socket.write = (bytes) =>
    cut(bytes as Uint8Array)
      .map((piece) => write(piece))
      .at(-1) ?? true
}

/** What comes on a channel. */
class End {
  readonly frames: Frame[] = []
  readonly closed: Promise<{ error: OverlayError | undefined; inOrder: boolean | undefined }>
  #wake = () => {}
  constructor(readonly channel: FrameChannel) {
    this.closed = new Promise((resolve) =>
      channel.open({
        frame: (frame) => {
          this.frames.push(frame)
          this.#wake()
        },
        closed: (error, inOrder) => resolve({ error, inOrder }),
      }),
    )
  }
  async has(count: number): Promise<Frame[]> {
    while (this.frames.length < count) await new Promise<void>((resolve) => (this.#wake = resolve))
    return this.frames
  }
}

describe('a path on a TLS socket', () => {
  test('carries frames both ways once both have proved who they are', async () => {
    const { dialer, host } = await sides()
    const { accepted, channel, end, proved } = await meet(dialer, host)
    channel.sendFrame({ type: 'ping', id: 8 })
    const { carrier, certificate } = await accepted
    expect(certificate.name).toBe('alice')
    const there = new End(new FrameChannel(carrier))
    expect(await there.has(2)).toEqual([
      { type: 'ping', id: 7 },
      { type: 'ping', id: 8 },
    ])
    there.channel.sendFrame({ type: 'pong', id: 8 })
    expect(await end.has(1)).toEqual([{ type: 'pong', id: 8 }])
    expect(await proved).toBe('bob')
  })

  test.each([
    ['byte by byte', (bytes: Uint8Array) => inPieces(bytes)[1]![1]],
    ['in pieces of any size', (bytes: Uint8Array) => inPieces(bytes)[2]![1]],
  ])('carries the same when all that either side says arrives %s, the hello included', async (_how, cut) => {
    for (const newer of ['nobody', 'dialer'] as const) {
      const { network, dialer, host } = await sides()
      if (newer === 'dialer') await dialer.trust.adopt((await network.publish({})).envelope)
      const payload = randomBytes(500)
      const first: Frame = { type: 'data', offset: 3, payload: [payload] }
      const { accepted, channel, end } = await meet(dialer, host, first, cut)
      channel.sendFrame({ type: 'ping', id: 300 })
      const there = new End(new FrameChannel((await accepted).carrier))
      const [data, ping] = await there.has(2)
      expect(data).toMatchObject({ type: 'data', offset: 3 })
      if (data?.type === 'data') expect(Buffer.concat(data.payload).equals(payload)).toBe(true)
      expect(ping).toEqual({ type: 'ping', id: 300 })
      there.channel.sendFrame({ type: 'pong', id: 300 })
      expect(await end.has(1)).toEqual([{ type: 'pong', id: 300 }])
      expect(host.trust.network.revision).toBe(dialer.trust.network.revision)
    }
  })

  test('says whether it was closed in good order or broke', async () => {
    const { dialer, host } = await sides()
    for (const [how, inOrder] of [
      ['end', true],
      ['abort', false],
    ] as const) {
      const { accepted, channel } = await meet(dialer, host)
      const there = new End(new FrameChannel((await accepted).carrier))
      await there.has(1)
      if (how === 'end') channel.end(systemClock, 2_000)
      else channel.abort(new Error('gone'))
      expect(await there.closed).toEqual({ error: undefined, inOrder })
    }
  })

  test('big frames arrive whole and in order under backpressure', async () => {
    const { dialer, host } = await sides()
    const { accepted, channel, end } = await meet(dialer, host)
    const there = new End(new FrameChannel((await accepted).carrier))
    there.channel.sendFrame({ type: 'pong', id: 7 })
    await end.has(1)
    const payload = randomBytes(60 * 1024)
    for (let n = 0; n < 100; n++)
      channel.sendFrame({ type: 'data', offset: n * payload.byteLength, payload: [payload] })
    const frames = await there.has(101)
    for (const [n, frame] of frames.slice(1).entries()) {
      expect(frame).toMatchObject({ type: 'data', offset: n * payload.byteLength })
      if (frame.type === 'data') expect(Buffer.concat(frame.payload).equals(payload)).toBe(true)
    }
  })

  test('a newer document that revokes the dialer who brings it is heeded before its first frame', async () => {
    const { network, dialer, host } = await sides()
    const revoked = await network.publish({
      revokedSerials: new Set([Buffer.from(dialer.trust.own.serial).toString('hex')]),
    })
    await dialer.trust.adopt(revoked.envelope)
    const { accepted, end } = await meet(dialer, host)
    await expect(accepted).rejects.toMatchObject({ code: 'certificate_revoked' })
    expect(host.trust.network.revision).toBe(2)
    await end.closed
  })

  test('documents go both ways: whoever has the older one has the newer one before the first frame is acted on', async () => {
    for (const newer of ['dialer', 'host'] as const) {
      const both = await sides()
      const document = await both.network.publish({})
      await both[newer].trust.adopt(document.envelope)
      const { accepted, channel, end } = await meet(both.dialer, both.host)
      channel.sendFrame({ type: 'ping', id: 8 })
      const there = new End(new FrameChannel((await accepted).carrier))
      expect((await there.has(2)).map((frame) => frame.type === 'ping' && frame.id)).toEqual([7, 8])
      there.channel.sendFrame({ type: 'pong', id: 7 })
      await end.has(1)
      expect([both.dialer.trust.network.revision, both.host.trust.network.revision]).toEqual([2, 2])
    }
  })

  test('whoever is revoked is told so, with the document that says it', async () => {
    const { network, dialer, host } = await sides()
    const revoked = await network.publish({
      revokedSerials: new Set([Buffer.from(dialer.trust.own.serial).toString('hex')]),
    })
    await host.trust.adopt(revoked.envelope)
    const { accepted, end } = await meet(dialer, host)
    await expect(accepted).rejects.toMatchObject({ code: 'certificate_revoked' })
    expect((await end.closed).error).toMatchObject({ code: 'refused' })
    expect(dialer.trust.network.revision).toBe(2)
  })

  test('a dialer hands over nothing of a host that it finds revoked, and tells it', async () => {
    const { network, dialer, host } = await sides()
    const revoked = await network.publish({
      revokedSerials: new Set([Buffer.from(host.trust.own.serial).toString('hex')]),
    })
    await dialer.trust.adopt(revoked.envelope)
    const { accepted, end } = await meet(dialer, host)
    await expect(accepted).rejects.toMatchObject({ code: 'refused' })
    expect([(await end.closed).error?.code, end.frames]).toEqual(['certificate_revoked', []])
  })

  test('a member of another network is refused', async () => {
    const { host } = await sides()
    const { dialer: stranger } = await sides()
    const { accepted, end } = await meet(stranger, host)
    await expect(accepted).rejects.toMatchObject({ code: 'certificate_foreign' })
    expect((await end.closed).error).toMatchObject({ code: 'refused' })
  })
})

describe('bad input', () => {
  test('the certificate of another peer than the one that is meant', async () => {
    const { network, dialer, host } = await sides()
    const other = new Side(await network.member('carol'))
    const [a, b] = await socketPair()
    const accepted = other.endpoint.secure(b, 'host', signal())
    accepted.catch(() => {})
    await expect(dialer.endpoint.secure(a, 'dialer', signal(), host.peerId)).rejects.toMatchObject({
      code: 'certificate_peer',
    })
  })

  test.each([
    ['random bytes', randomBytes(4_000)],
    ['a TLS record that is none', Buffer.from('1603010005ffffffffff', 'hex')],
    ['another protocol', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ])('TLS garbage: %s', async (_what, bytes) => {
    const { host } = await sides()
    const [a, b] = await socketPair()
    a.write(bytes)
    await expect(host.endpoint.secure(b, 'host', signal())).rejects.toMatchObject({ code: 'unreachable' })
  })

  test('a client without a certificate, or of another protocol', async () => {
    const { host } = await sides()
    const { cert, key } = await makeTlsCertificate(await generateKeyPair('Ed25519'))
    for (const [options, code] of [
      [{ ALPNProtocols: [pathAlpn] }, 'certificate_invalid'],
      [{ cert, key }, 'protocol_error'],
    ] as const) {
      const [a, b] = await socketPair()
      const client = connectTls({
        socket: a,
        ...options,
        ALPNProtocols: [...(options.ALPNProtocols ?? [])],
        rejectUnauthorized: false,
      })
      client.on('error', () => {})
      await expect(host.endpoint.secure(b, 'host', signal())).rejects.toMatchObject({ code })
    }
  })

  test('frames before the hello', async () => {
    const { host } = await sides()
    const { cert, key } = await makeTlsCertificate(await generateKeyPair('Ed25519'))
    for (const bytes of ['0301ffff', '01ff', 'ffffffffffffffffffff', '80808001']) {
      const [a, b] = await socketPair()
      const client = connectTls({ socket: a, cert, key, ALPNProtocols: [pathAlpn], rejectUnauthorized: false })
      client.on('error', () => {})
      client.write(Buffer.from(bytes, 'hex'))
      client.end()
      const secured = await host.endpoint.secure(b, 'host', signal())
      await expect(helloAsHost(secured, host.trust)).rejects.toMatchObject({
        code: expect.stringMatching(/protocol_error|certificate_|unreachable|refused/),
      })
    }
  })

  test('a whole DIAL before the hello, or behind one that does not prove who calls, rings nowhere', async () => {
    const { dialer, host } = await sides()
    const dial = encodeFrame({
      type: 'dial',
      request: {
        dialId: new Uint8Array(dialIdBytes),
        service: 'chat',
        instanceId: 'bob',
        appData: new Uint8Array(0),
        connectTimeoutMs: 1_000,
        direct: false,
        receiveWindowBytes: 65_536,
      },
    })
    const hello = (certificate: Uint8Array<ArrayBuffer>) =>
      withLength(HelloRequest.encode({ certificate, ...standing(dialer.trust), features: 0 }))
    const own = hello(dialer.trust.own.envelope)
    const anothers = hello(host.trust.own.envelope)
    for (const bytes of [dial, Buffer.concat([dial, own]), Buffer.concat([anothers, dial])]) {
      const [a, b] = await socketPair()
      const securing = host.endpoint.secure(b, 'host', signal())
      const { socket } = await dialer.endpoint.secure(a, 'dialer', signal(), host.peerId)
      let answered = Buffer.alloc(0)
      socket.on('data', (more) => (answered = Buffer.concat([answered, more])))
      socket.write(bytes)
      // Whatever rings gets the carrier that this resolves with.
      await expect(helloAsHost(await securing, host.trust)).rejects.toMatchObject({
        code: expect.stringMatching(/protocol_error|certificate_/),
      })
      await new Promise((resolve) => socket.once('close', resolve))
      if (answered.byteLength === 0) continue // it was no hello at all
      const input = new MessageDecoder()
      input.push(answered)
      expect(HelloResponse.decode(input.next(maxCertificateBytes)!).status).not.toBe(helloStatus.ok)
      expect(input.atBoundary).toBe(true)
    }
  })

  test('what follows a hello that is being checked is held back, not stored', async () => {
    const { dialer, host } = await sides()
    const { carrier, socket } = await secured(dialer, host)
    const checking = Promise.withResolvers<void>()
    const verify = host.trust.verify.bind(host.trust)
    vi.spyOn(host.trust, 'verify').mockImplementation(async (...certificate) => {
      await checking.promise
      return verify(...certificate)
    })
    const hello = helloAsHost(carrier, host.trust)
    socket.write(helloOf(dialer, 1))
    const frames = Buffer.alloc(8 * 1024 * 1024, encodeFrame({ type: 'ping', id: 7 }))
    socket.write(frames)
    for (let turn = 0; turn < 1_000; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(carrier.socket.bytesRead).toBeLessThan(1024 * 1024)
    checking.resolve()
    const { carrier: proved } = await hello
    let came = 0
    proved.read({ data: ({ byteLength }) => (came += byteLength), drained: () => {}, closed: () => {} })
    await eventually(
      () => came,
      (bytes) => bytes === frames.byteLength,
    )
  })

  test.each([
    ['before its hello', []],
    ['within its hello', [Buffer.from('e8', 'hex')]],
    [
      'within the first frame, before the confirmation that its newer document needs',
      ['hello', Buffer.from('05', 'hex')],
    ],
    ['before that confirmation', ['hello', Buffer.from('020401', 'hex')]],
  ])('a dialer that stops %s is hung up on when its time is over', async (_where, said) => {
    const { dialer, host } = await sides()
    const { carrier, socket } = await secured(dialer, host)
    for (const bytes of said) socket.write(typeof bytes === 'string' ? helloOf(dialer, 7) : bytes)
    await eventually(
      () => carrier.socket.bytesRead,
      (bytes) => bytes >= socket.bytesWritten,
    )
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const hello = helloAsHost(carrier, host.trust)
      hello.catch(() => {})
      for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve))
      vi.advanceTimersByTime(helloTimeoutMs)
      await expect(hello).rejects.toMatchObject({ code: 'timed_out' })
    } finally {
      vi.useRealTimers()
    }
    socket.resume()
    await once(socket, 'close')
  })

  test('a hello that says it is longer than it can be is not waited for', async () => {
    const { dialer, host } = await sides()
    const { carrier, socket } = await secured(dialer, host)
    const hello = helloAsHost(carrier, host.trust)
    socket.write(lengthPrefix(maxCertificateBytes + 2_000))
    await expect(hello).rejects.toMatchObject({ code: 'protocol_error' })
  })

  test('a first frame beyond its bound, while the hello is not over', async () => {
    const { dialer, host } = await sides()
    const { carrier, socket } = await secured(dialer, host)
    const hello = helloAsHost(carrier, host.trust)
    socket.write(Buffer.concat([helloOf(dialer, 7), withLength(new Uint8Array(maxSessionFrameBytes + 1))]))
    await expect(hello).rejects.toMatchObject({ code: 'protocol_error' })
  })

  test('a hello that is under way when this side closes ends at once', async () => {
    const { dialer, host } = await sides()
    const [a, b] = await socketPair()
    const closing = new AbortController()
    const accepting = new TlsPaths(host.trust, {} as Gate).accept(b, closing.signal)
    const { socket } = await dialer.endpoint.secure(a, 'dialer', signal(), host.peerId)
    socket.write(Buffer.from('e8', 'hex'))
    await eventually(
      () => b.bytesRead,
      (bytes) => bytes >= a.bytesWritten,
    )
    closing.abort(new Error('closing'))
    await expect(accepting).rejects.toThrow('closing')
    expect(b.destroyed).toBe(true)
  })

  test('bytes that were read before TLS was put on the socket are not lost', async () => {
    const { dialer, host } = await sides()
    const [a, b] = await socketPair()
    const accepted = new Promise<string>((resolve, reject) => {
      b.once('data', (first) => {
        b.pause()
        b.unshift(first)
        host.endpoint.secure(b, 'host', signal()).then(({ peerId }) => resolve(peerId), reject)
      })
    })
    await dialer.endpoint.secure(a, 'dialer', signal(), host.peerId)
    expect(await accepted).toBe(dialer.peerId)
  })

  test('no key in a certificate that takes long to check', async () => {
    const { dialer, host } = await sides()
    const { carrier, socket } = await secured(dialer, host)
    carrier.socket.resume()
    const kinds = carrier.socket.getSharedSigalgs()
    expect(kinds).toContain('ECDSA+SHA256')
    expect(kinds.join()).not.toMatch(/RSA|DSA\+SHA(1|384|512)/)
    socket.destroy()
  })

  test('no session of TLS can be resumed', async () => {
    const { host } = await sides()
    const { cert, key } = await makeTlsCertificate(await generateKeyPair('Ed25519'))
    const secureContext = createSecureContext({ cert, key })
    let session: Buffer | undefined
    for (const expected of [false, false]) {
      const [a, b] = await socketPair()
      const client = connectTls({
        socket: a,
        secureContext,
        session,
        ALPNProtocols: [pathAlpn],
        rejectUnauthorized: false,
      })
      client.on('error', () => {})
      client.on('session', (given) => (session = given))
      const { socket } = await host.endpoint.secure(b, 'host', signal())
      socket.write('x')
      await new Promise((resolve) => client.once('data', resolve))
      expect(client.isSessionReused()).toBe(expected)
      expect(socket).toBeInstanceOf(TLSSocket)
    }
    expect(session).toBeDefined()
  })
})
