import { createHash } from 'node:crypto'
import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../../src/core/clock.js'
import { Circuits, connectDirect } from '../../../src/net/circuit.js'
import { createNode, type Node } from '../../../src/net/node.js'
import { joinStreams } from '../../../src/net/relay-pump.js'
import { Trust } from '../../../src/net/trust.js'
import { makeNetwork } from '../../support/network.js'

const mib = 1024 * 1024
const protocol = '/test/1'
const stops: Array<() => Promise<void>> = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

const once = (stream: Stream, event: 'message' | 'drain' | 'close' | 'end' | 'idle') =>
  new Promise<Event>((resolve) => stream.addEventListener(event, resolve, { once: true }))

async function plainNode(): Promise<Libp2p> {
  const node = await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux({ streamOptions: { maxStreamWindowSize: mib } })],
    connectionGater: { denyDialMultiaddr: () => false },
  })
  stops.push(async () => node.stop())
  return node
}

/** A stream from a first node to a middle one, joined there with one from the middle to a last node. */
async function joined(pace?: (bytes: number) => number) {
  const [first, middle, last] = await Promise.all([plainNode(), plainNode(), plainNode()])
  const atMiddle = Promise.withResolvers<Stream>()
  const atLast = Promise.withResolvers<Stream>()
  await middle.handle(protocol, (stream) => atMiddle.resolve(stream))
  await last.handle(protocol, (stream) => atLast.resolve(stream))
  const out = await middle.dialProtocol(last.getMultiaddrs(), protocol)
  const source = await first.dialProtocol(middle.getMultiaddrs(), protocol)
  const into = await atMiddle.promise
  const over = joinStreams(into, out, pace)
  return { source, into, out, sink: await atLast.promise, over }
}

/** Sends all of it as fast as the stream takes it. */
async function sendAll(stream: Stream, pieces: Iterable<Uint8Array>): Promise<void> {
  for (const piece of pieces) if (!stream.send(piece)) await once(stream, 'drain')
}

function* pieces(count: number, bytes: number): Generator<Uint8Array> {
  for (let index = 0; index < count; index++)
    yield createHash('shake256', { outputLength: bytes }).update(`${index}`).digest()
}

function collect(stream: Stream): { bytes: number; hash: ReturnType<typeof createHash> } {
  const seen = { bytes: 0, hash: createHash('sha256') }
  stream.addEventListener('message', ({ data }) => {
    seen.bytes += data.byteLength
    seen.hash.update(data.subarray())
  })
  return seen
}

test('an end that takes nothing stops the other one, and the middle holds no more than two windows', async () => {
  const { source, into, out, sink, over } = await joined()
  sink.pause()
  let held = 0
  const watch = setInterval(() => {
    held = Math.max(held, into.readBufferLength + out.writeBufferLength)
  }, 1)
  const total = 24 * mib
  const sent = sendAll(source, pieces(total / 65_536, 65_536)).then(() => source.close())
  // Stuck: the middle has stopped reading, and the first node's own window is used up.
  while (into.readStatus !== 'paused' || !source.writableNeedsDrain)
    await new Promise((resolve) => setImmediate(resolve))
  const seen = collect(sink)
  const ended = once(sink, 'end')
  sink.resume()
  await sent
  await ended
  clearInterval(watch)
  const hash = createHash('sha256')
  for (const piece of pieces(total / 65_536, 65_536)) hash.update(piece)
  expect(seen.bytes).toBe(total)
  expect(seen.hash.digest('hex')).toBe(hash.digest('hex'))
  expect(held).toBeGreaterThan(0)
  expect(held).toBeLessThanOrEqual(2 * mib)
  await sink.close()
  await over
})

test('a half that ends is closed at the other end, and the other half goes on', async () => {
  const { source, sink, over } = await joined()
  const seen = collect(source)
  const ended = once(sink, 'end')
  sink.addEventListener('message', () => {})
  await source.close()
  await ended
  const sourceEnded = once(source, 'end')
  sink.send(new Uint8Array(1000))
  await sink.close()
  await Promise.all([over, sourceEnded])
  expect(seen.bytes).toBe(1000)
})

test.each(['source', 'sink'] as const)('a reset of the %s resets the other end', async (which) => {
  const { source, sink, over } = await joined()
  const [broken, other] = which === 'source' ? [source, sink] : [sink, source]
  const closed = once(other, 'close')
  broken.abort(new Error('cut'))
  await Promise.all([closed, over])
  expect(other.status).toBe('reset')
})

test('on a relay only one listener hears what goes through a circuit, and the circuit carries both ways', async () => {
  const network = await makeNetwork({ relayPorts: [0] })
  const start = async (node: Node) => {
    stops.push(() => node.stop())
    await node.start()
    return node
  }
  const relay = await start(
    await createNode({
      trust: new Trust(network.relays[0]!, systemClock),
      kind: 'relay',
      listen: ['/ip4/127.0.0.1/tcp/0'],
    }),
  )
  const member = async (name: string) =>
    start(await createNode({ trust: new Trust(await network.member(name), systemClock), kind: 'member', listen: [] }))
  const [host, dialer] = await Promise.all([member('host'), member('dialer')])
  const addresses = relay.libp2p.getMultiaddrs().map((address) => address.toString())
  const link = (node: Node): Promise<Connection> =>
    connectDirect(node, relay.libp2p.peerId.toString(), addresses, AbortSignal.timeout(10_000))
  const hosting = new Circuits(host)
  await hosting.reserve(await link(host))
  const circuit = await new Circuits(dialer).connect(await link(dialer), {
    hostPeerId: host.libp2p.peerId.toString(),
    processId: hosting.processId,
  })
  await host.libp2p.handle(
    protocol,
    (stream) => {
      stream.addEventListener('message', ({ data }) => stream.send(data))
    },
    { runOnLimitedConnection: true },
  )
  const stream = await circuit.newStream(protocol, { runOnLimitedConnection: true })
  const seen = collect(stream)
  stream.send(new Uint8Array(300_000))
  while (seen.bytes < 300_000) await once(stream, 'message')

  const streams = relay.libp2p.getConnections().flatMap((connection) => connection.streams)
  const circuits = streams.filter((one) => one.protocol.includes('/circuit/relay/'))
  expect(circuits.map((one) => one.protocol.split('/').at(-1)).sort()).toEqual(['hop', 'stop'])
  for (const one of circuits) {
    expect((one as unknown as { listenerCount(type: string): number }).listenerCount('message'), one.protocol).toBe(1)
  }
})

test('who has a pace is not read while it waits, and everything arrives', async () => {
  let paced = 0
  const { source, sink, over } = await joined((bytes) => {
    paced += bytes
    return 1
  })
  const seen = collect(sink)
  const ended = new Promise((resolve) => sink.addEventListener('end', resolve))
  await sendAll(source, pieces(200, 5_000))
  await source.close()
  await ended
  await sink.close()
  await over
  expect([seen.bytes, paced]).toEqual([1_000_000, 1_000_000])
})
