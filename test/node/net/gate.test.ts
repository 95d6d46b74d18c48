import { once } from 'node:events'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2p } from 'libp2p'
import { afterEach, describe, expect, test } from 'vitest'
import { type Clock, systemClock } from '../../../src/core/clock.js'
import { maxCertificateBytes } from '../../../src/core/limits.js'
import type { Identity } from '../../../src/identity/identity-file.js'
import { connectDirect } from '../../../src/net/circuit.js'
import { MessageIo } from '../../../src/net/message-io.js'
import { createNode, type Node } from '../../../src/net/node.js'
import { Trust } from '../../../src/net/trust.js'
import { startRelay } from '../../../src/relay/relay.js'
import { lengthPrefix } from '../../../src/wire/length-prefix.js'
import { HelloRequest, HelloResponse } from '../../../src/wire/messages/hello.js'
import { circuitHopProtocol, helloProtocol, joinProtocol } from '../../../src/wire/protocols.js'
import { freePorts } from '../../support/free-ports.js'
import { makeNetwork, type TestNetwork } from '../../support/network.js'

const closers: Array<() => Promise<void>> = []
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})

async function startNode(identity: Identity, clock: Clock = systemClock): Promise<Node & { trust: Trust }> {
  const trust = new Trust(identity, clock)
  const node = await createNode({ trust, kind: 'member', listen: ['/ip4/127.0.0.1/tcp/0'] })
  await node.start()
  closers.push(() => node.stop())
  return Object.assign(node, { trust })
}

/** A libp2p node that knows nothing of our network. */
async function startStranger(): Promise<Libp2p> {
  const stranger = await createLibp2p({
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { ping: ping() },
  })
  closers.push(async () => stranger.stop())
  return stranger
}

const addressesOf = (node: Node) => node.libp2p.getMultiaddrs().map((address) => address.toString())
const connect = (from: Node, to: Node) =>
  connectDirect(from, to.libp2p.peerId.toString(), addressesOf(to), AbortSignal.timeout(20_000))

async function pair(network: TestNetwork): Promise<[Node & { trust: Trust }, Node & { trust: Trust }]> {
  return [await startNode(await network.member('user1')), await startNode(await network.member('user2'))]
}

describe('hello', () => {
  test('both ends learn who is at the other, by certificate', async () => {
    const network = await makeNetwork({ relayPorts: [] })
    const [one, two] = await pair(network)
    const proved = once(two.gate, 'proved')
    const connection = await connect(one, two)
    expect((await one.gate.proved(connection)).name).toBe('user2')
    const [, certificate] = await proved
    expect(certificate.name).toBe('user1')
  })

  test('a stream that arrives while the hello runs waits for it and then works', async () => {
    const [one, two] = await pair(await makeNetwork({ relayPorts: [] }))
    await two.libp2p.handle('/test/echo', (stream) => {
      stream.addEventListener('message', (event) => stream.send(event.data))
    })
    const connection = await one.libp2p.dial(two.libp2p.getMultiaddrs())
    const stream = await connection.newStream('/test/echo')
    const answer = new Promise<number>((resolve) => {
      stream.addEventListener('message', (event) => resolve(event.data.byteLength))
    })
    stream.send(new Uint8Array(7))
    expect(await answer).toBe(7)
  })

  test('every stream of a gated protocol is handled once, the tenth as well as the first', async () => {
    const [one, two] = await pair(await makeNetwork({ relayPorts: [] }))
    let handled = 0
    await two.libp2p.handle('/test/count', (stream) => {
      handled++
      stream.send(new Uint8Array(1))
    })
    const connection = await connect(one, two)
    for (let count = 1; count <= 10; count++) {
      const stream = await connection.newStream('/test/count')
      await new Promise((resolve) => stream.addEventListener('message', resolve, { once: true }))
      expect(handled).toBe(count)
    }
  })

  test('a certificate of another network is refused', async () => {
    const mine = await startNode(await (await makeNetwork({ relayPorts: [] })).member('user1'))
    const foreign = await startNode(await (await makeNetwork({ relayPorts: [] })).member('user1'))
    const refused = once(mine.gate, 'refused')
    await expect(connect(foreign, mine)).rejects.toMatchObject({ code: 'refused' })
    expect((await refused)[1].code).toBe('certificate_foreign')
  })

  test('an expired certificate is refused, and the one refused is told why', async () => {
    const network = await makeNetwork({ relayPorts: [] })
    const [one] = await pair(network)
    const expired = await startNode(await network.member('user3', { expiresAtMs: Date.now() - 3_600_000 }))
    await expect(connect(expired, one)).rejects.toMatchObject({ code: 'refused', message: /expired/ })
  })

  test("somebody else's certificate is refused", async () => {
    const network = await makeNetwork({ relayPorts: [] })
    const [one] = await pair(network)
    const thief = await network.member('user4')
    const stolen = (await network.member('user2')).certificate
    const node = await startNode({ ...thief, certificate: stolen })
    const refused = once(one.gate, 'refused')
    await expect(connect(node, one)).rejects.toMatchObject({ code: 'refused' })
    expect((await refused)[1].code).toBe('certificate_peer')
  })

  test('the newer network document reaches the other side, whoever opened the connection', async () => {
    const network = await makeNetwork({ relayPorts: [] })
    const old = await network.member('user1')
    const second = await network.publish({})
    const [behind, ahead] = [await startNode(old), await startNode(await network.member('user2'))]
    const learnt = once(behind.trust, 'network')
    await connect(behind, ahead)
    expect((await learnt)[0].revision).toBe(second.revision)

    const third = await network.publish({})
    const newest = await startNode(await network.member('user3'))
    const taught = once(ahead.trust, 'network')
    await connect(newest, ahead)
    expect((await taught)[0].revision).toBe(third.revision)
  })

  test('a revoked certificate is cut off at once, not at the next restart', async () => {
    const network = await makeNetwork({ relayPorts: [] })
    const [one, two] = await pair(network)
    const connection = await connect(two, one)
    await one.gate.proved(one.libp2p.getConnections()[0]!)
    const closed = new Promise((resolve) => connection.addEventListener('close', resolve))
    const serial = Buffer.from(two.trust.own.serial).toString('hex')
    const view = await network.publish({ revokedSerials: new Set([serial]) })
    await one.trust.adopt(view.envelope)
    await closed
    await expect(connect(two, one)).rejects.toMatchObject({ message: /revoked/ })
  })
})

describe('who has not said hello', () => {
  test('gets ping, and nothing else: its streams are not served and it is disconnected', async () => {
    const [one] = await pair(await makeNetwork({ relayPorts: [] }))
    let served = 0
    await one.libp2p.handle('/test/secret', () => {
      served++
    })
    const stranger = await startStranger()
    const connection = await stranger.dial(one.libp2p.getMultiaddrs())
    await (stranger.services as { ping: { ping(address: unknown): Promise<number> } }).ping.ping(one.libp2p.peerId)
    const disconnected = new Promise((resolve) => connection.addEventListener('close', resolve))
    const stream = await connection.newStream('/test/secret')
    const aborted = new Promise((resolve) => stream.addEventListener('close', resolve))
    await disconnected
    await aborted
    expect(served).toBe(0)
  })

  test.each([
    ['of a member', '/test/secret'],
    ['of relays, for circuits', circuitHopProtocol],
  ])('has little kept of what it says on a stream %s, before it is disconnected', async (_whose, protocol) => {
    const network = await makeNetwork({ relayPorts: [0] })
    const relay = await createNode({
      trust: new Trust(network.relays[0]!, systemClock),
      kind: 'relay',
      listen: ['/ip4/127.0.0.1/tcp/0'],
    })
    await relay.start()
    closers.push(() => relay.stop())
    await relay.libp2p.handle('/test/secret', () => {})
    const stranger = await startStranger()
    const connection = await stranger.dial(relay.libp2p.getMultiaddrs())
    const stream = await connection.newStream(protocol)
    for (let n = 0; n < 12; n++) stream.send(new Uint8Array(16 * 1024))
    // All of it has come when what was sent after it is answered.
    await (stranger.services as { ping: { ping(address: unknown): Promise<number> } }).ping.ping(relay.libp2p.peerId)
    const streams = relay.libp2p.getConnections().flatMap((each) => each.streams)
    expect(streams.reduce((sum, { readBufferLength }) => sum + readBufferLength, 0)).toBeLessThanOrEqual(16 * 1024)
    expect(relay.libp2p.getConnections()).toHaveLength(1)
  })

  test.each([
    ['a slot', Buffer.from('020800', 'hex')],
    ['a circuit', Buffer.from('0408011200', 'hex')],
  ])('and asks for %s is told at once that it may not', async (_, request) => {
    const network = await makeNetwork({ relayPorts: [0] })
    const trust = new Trust(network.relays[0]!, systemClock)
    const relay = await createNode({ trust, kind: 'relay', listen: ['/ip4/127.0.0.1/tcp/0'] })
    await relay.start()
    closers.push(() => relay.stop())
    const stranger = await startStranger()
    const connection = await stranger.dial(relay.libp2p.getMultiaddrs())
    const stream = await connection.newStream(circuitHopProtocol)
    const io = new MessageIo(stream, 100)
    stream.send(request)
    const status = await io.read(AbortSignal.timeout(4_000)) // before it would be disconnected
    expect(Buffer.from(status).toString('hex')).toBe('080228ca01')
  })

  test('and says hello with garbage is disconnected at once', async () => {
    const [one] = await pair(await makeNetwork({ relayPorts: [] }))
    const stranger = await startStranger()
    const connection = await stranger.dial(one.libp2p.getMultiaddrs())
    const disconnected = new Promise((resolve) => connection.addEventListener('close', resolve))
    const refused = once(one.gate, 'refused')
    const io = new MessageIo(await connection.newStream(helloProtocol), 10_000)
    await io.write(Uint8Array.from([0xff, 0xff, 0xff]))
    expect((await refused)[1].code).toBe('protocol_error')
    await disconnected
  })

  // It holds as much as it says for 5 s, and there may be a thousand of it.
  test.each([
    ['more than anybody may say', Uint8Array.from([0xff, 0xff, 0xff, 0x7f])],
    ['more than a certificate', lengthPrefix(maxCertificateBytes + 2_000)],
  ])('and announces %s is disconnected', async (_what, prefix) => {
    const [one] = await pair(await makeNetwork({ relayPorts: [] }))
    const stranger = await startStranger()
    const connection = await stranger.dial(one.libp2p.getMultiaddrs())
    const refused = once(one.gate, 'refused')
    const stream = await connection.newStream(helloProtocol)
    stream.send(prefix)
    expect((await refused)[1].code).toBe('protocol_error')
  })

  test('and announces more to a relay than it takes to join has its stream reset', async () => {
    const [port] = await freePorts(1)
    const relay = await startRelay((await makeNetwork({ relayPorts: [port!] })).relays[0]!)
    closers.push(() => relay.close())
    const stranger = await startStranger()
    const connection = await stranger.dial(multiaddr(`/ip4/127.0.0.1/tcp/${port}`))
    const stream = await connection.newStream(joinProtocol)
    const closed = once(stream as unknown as EventTarget, 'close')
    stream.send(lengthPrefix(100_000))
    await closed
    expect(stream.status).toBe('reset')
  })

  test('and sends a forged certificate is told that it is refused', async () => {
    const network = await makeNetwork({ relayPorts: [] })
    const [one] = await pair(network)
    const forged = (await network.member('user2')).certificate!.envelope.slice()
    forged[forged.length - 1]! ^= 1
    const stranger = await startStranger()
    const connection = await stranger.dial(one.libp2p.getMultiaddrs())
    const io = new MessageIo(await connection.newStream(helloProtocol), 2_000_000)
    await io.write(HelloRequest.encode({ certificate: forged, revision: 1 }))
    expect(HelloResponse.decode(await io.read()).status).not.toBe(0)
  })
})
