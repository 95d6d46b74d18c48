import { once } from 'node:events'
import { createServer } from 'node:net'
import { identify } from '@libp2p/identify'
import type { Stream } from '@libp2p/interface'
import { type KadDHT, kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import { noise } from '@libp2p/noise'
import { peerIdFromString } from '@libp2p/peer-id'
import { type Ping, ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2p } from 'libp2p'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { utf8 } from '../../../src/core/bytes.js'
import {
  maxRendezvousStreams,
  providerAddressMs,
  providerSweepMs,
  providerValidityMs,
  rendezvousAnnounceMaxMs,
} from '../../../src/core/limits.js'
import { rendezvousKey } from '../../../src/rendezvous/dht.js'
import {
  type FoundPeer,
  joinRendezvous,
  type Rendezvous,
  type RendezvousStream,
} from '../../../src/rendezvous/rendezvous.js'
import { nobody, patient } from '../../support/rendezvous.js'

// Real nodes on loopback.
const listen = ['/ip4/127.0.0.1/tcp/0']
const points: Rendezvous[] = []
const others: Libp2p[] = []

afterEach(async () => {
  vi.useRealTimers()
  await Promise.all([...points.splice(0).map((point) => point.close()), ...others.splice(0).map((node) => node.stop())])
})

/** A node, connected to another one when it is given. */
async function join(
  bootstrap?: Rendezvous,
  options: { rendezvous?: string; listen?: string[] } = {},
): Promise<Rendezvous> {
  const peers = bootstrap === undefined ? [] : [bootstrap.addresses()[0]!]
  const point = await joinRendezvous({ listen, peers, ...options })
  points.push(point)
  for (const peer of point.bootstrapPeers) await point.connect(peer)
  return point
}

/** Announces until a server has taken it: that a peer is one becomes known a moment after connecting. */
async function announced(point: Rendezvous): Promise<void> {
  await vi.waitFor(async () => expect(await point.announce()).toBeGreaterThan(0), patient)
}

async function everyone(point: Rendezvous): Promise<FoundPeer[]> {
  const found: FoundPeer[] = []
  for await (const peer of point.search()) found.push(peer)
  return found
}

const ids = (peers: FoundPeer[]) => peers.map(({ peerId }) => peerId).sort()

/** Somebody who was here: announced at `bootstrap`, then gone without a word. */
async function deadProvider(bootstrap: Rendezvous): Promise<string> {
  const point = await join(bootstrap)
  await announced(point)
  await point.close()
  return point.peerId
}

type Stranger = Libp2p<{ dht: KadDHT; ping: Ping }>

/** A program of somebody else's, of which nothing is known. */
async function stranger(mode: 'server' | 'client' = 'server'): Promise<Stranger> {
  const node = await createLibp2p({
    addresses: { listen },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: {
      identify: identify(),
      ping: ping(),
      dht: kadDHT({
        protocol: '/ipfs/kad/1.0.0',
        clientMode: mode === 'client',
        peerInfoMapper: passthroughMapper,
        allowQueryWithZeroPeers: true,
      }),
    },
    // It ends a connection on which a test pings at the same moment.
    connectionMonitor: { enabled: false },
    nodeInfo: { userAgent: 'somebody/1.0' },
  })
  others.push(node)
  return node
}

/** Rejects unless the server has taken note. */
async function announcedAt(node: Stranger, server: Libp2p): Promise<void> {
  const key = await rendezvousKey('meet me here')
  for await (const event of node.services.dht.provide(key)) {
    if (event.name === 'PEER_RESPONSE' && event.messageName === 'ADD_PROVIDER' && event.from.equals(server.peerId))
      return
  }
  throw new Error('not announced')
}

/** A DHT server that takes its time with each answer. */
async function slowServer(): Promise<Stranger> {
  const node = await stranger()
  await node.use('/ipfs/kad/1.0.0', async (stream, connection, next) => {
    await new Promise((resolve) => setTimeout(resolve, 100))
    await next(stream, connection)
  })
  return node
}

async function streamTo(from: Rendezvous, to: Rendezvous): Promise<[RendezvousStream, RendezvousStream]> {
  const arrives = once(to, 'stream') as Promise<[RendezvousStream]>
  const stream = await from.open({ peerId: to.peerId, addresses: to.addresses() })
  return [stream, (await arrives)[0]]
}

function textOf(stream: RendezvousStream): { text: string; ended: boolean } {
  const seen = { text: '', ended: false }
  stream.receive({
    onBytes: (bytes) => {
      seen.text += Buffer.from(bytes).toString()
    },
    onEnd: () => {
      seen.ended = true
    },
  })
  return seen
}

describe('finding', () => {
  test('three nodes that know only the first one find each other, with addresses', async () => {
    const first = await join()
    const [second, third] = [await join(first), await join(first)]
    for (const point of [second, third]) await announced(point)
    await first.announce()
    const all = [first, second, third]
    for (const point of all) {
      await vi.waitFor(async () => {
        const found = await everyone(point)
        expect(ids(found)).toEqual(
          all
            .filter((other) => other !== point)
            .map(({ peerId }) => peerId)
            .sort(),
        )
        for (const { addresses } of found) expect(addresses[0]).toMatch(/^\/ip4\/127\.0\.0\.1\/tcp\//)
      }, patient)
    }
  })

  test('those who give another word are not found', async () => {
    const first = await join()
    const other = await join(first, { rendezvous: 'elsewhere' })
    const same = await join(first)
    for (const point of [other, same]) await announced(point)
    await vi.waitFor(async () => expect(ids(await everyone(first))).toEqual([same.peerId]), patient)
    expect(ids(await everyone(other))).toEqual([])
  })

  test('with nobody known yet, both verbs end at once and say so', async () => {
    const alone = await join()
    expect(await alone.announce()).toBe(0)
    expect(await everyone(alone)).toEqual([])
  })

  test('our own address among the bootstrap peers is left out', async () => {
    const point = await join()
    const [address] = point.addresses()
    const { privateKey } = await keyOf()
    const itself = await joinAndClose(privateKey)
    const other = await joinRendezvous({ listen, privateKey, peers: [address!] })
    points.push(other)
    expect(other.bootstrapPeers).toHaveLength(1)
    const again = await joinRendezvous({ listen, privateKey, peers: [`${listen[0]}/p2p/${itself.peerId}`] })
    points.push(again)
    expect([again.peerId, again.bootstrapPeers]).toEqual([itself.peerId, []])
  })
})

async function keyOf(): Promise<{ privateKey: Uint8Array }> {
  const { generateKeyPair, privateKeyToProtobuf } = await import('@libp2p/crypto/keys')
  return { privateKey: privateKeyToProtobuf(await generateKeyPair('Ed25519')) }
}

describe('providers that are gone', () => {
  test('more than twenty of them do not hide one who is there', async () => {
    const server = await join()
    const dead: string[] = []
    for (let index = 0; index < 25; index++) dead.push(await deadProvider(server))
    const alive = await join(server)
    await announced(alive)

    const newcomer = await join(server)
    await vi.waitFor(async () => expect(ids(await everyone(newcomer))).toContain(alive.peerId), patient)

    // Nor does it matter that a server knows nobody but the dead, and answers before the one who knows better.
    const slow = await slowServer()
    const other = await stranger('client')
    await other.dial(slow.getMultiaddrs()[0]!)
    await vi.waitFor(() => announcedAt(other, slow), patient)
    await newcomer.connect({ peerId: slow.peerId.toString(), address: slow.getMultiaddrs()[0]!.toString() })
    const hidden = other.peerId.toString()
    await vi.waitFor(async () => expect(ids(await everyone(newcomer))).toContain(hidden), patient)
    for (let round = 0; round < 3; round++) expect(ids(await everyone(newcomer))).toContain(hidden)

    // The server's own search sees but 20 of its records; forgetting those that don't answer makes room.
    await vi.waitFor(async () => {
      const found = ids(await everyone(server))
      for (const peerId of found) if (dead.includes(peerId)) await server.forget(peerId)
      expect(found).toContain(alive.peerId)
    }, patient)
  })

  test('one that has been dead for hours neither spoils the answer nor takes the addresses of the living with it', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
    const server = await join()
    const alive = await join(server)
    await announced(alive) // as go does, which comes back to it only after 2 h 37 min
    const dead = await deadProvider(server)
    vi.setSystemTime(Date.now() + providerValidityMs)
    const newcomer = await join(server)
    await vi.waitFor(async () => {
      const found = await everyone(newcomer)
      expect(ids(found)).toEqual([alive.peerId, dead].sort())
      for (const { addresses } of found) expect(addresses.length).toBeGreaterThan(0)
    }, patient)
  })

  test('the figures fit together', () => {
    // Announced again long before anyone forgets: by us, and by go (7/8 of 3 h; go-libp2p, p2p/discovery/util).
    expect(rendezvousAnnounceMaxMs).toBeLessThanOrEqual(30 * 60_000)
    expect(providerValidityMs).toBeGreaterThan((7 / 8) * 3 * 3_600_000)
    // A record is gone before the peer it names is: kad-dht fails the whole answer otherwise.
    expect(providerValidityMs + providerSweepMs).toBeLessThan(providerAddressMs)
  })
})

describe('streams', () => {
  test('carry bytes both ways, also those that were sent before anyone took them', async () => {
    const [a, b] = [await join(), await join()]
    const [ours, theirs] = await streamTo(a, b)
    expect([ours.direction, theirs.direction]).toEqual(['outbound', 'inbound'])
    expect([ours.peerId, theirs.peerId]).toEqual([b.peerId, a.peerId])
    expect(ours.write(utf8('early'))).toBe(true)
    expect(theirs.write(utf8('back'))).toBe(true)
    const [seenByUs, seenByThem] = [textOf(ours), textOf(theirs)]
    await vi.waitFor(() => expect([seenByThem.text, seenByUs.text]).toEqual(['early', 'back']), patient)
    await ours.close()
    await vi.waitFor(() => expect(seenByThem.ended).toBe(true), patient)
    expect(ours.write(utf8('late'))).toBe(false)
  })

  test("reach a peer by the addresses that we can dial, whatever else stands among what it tells: a relay's, another peer's", async () => {
    const [a, b] = [await join(), await join()]
    const other = nobody.split('/p2p/')[1]!
    const [address, ...more] = b.addresses().map((text) => text.split('/p2p/')[0]!)
    const addresses = [
      `/ip4/127.0.0.1/tcp/9/p2p/${other}/p2p-circuit`,
      `/ip4/127.0.0.1/tcp/9/p2p/${other}/p2p-circuit/p2p/${b.peerId}`,
      `/ip4/127.0.0.1/tcp/9/p2p/${other}`,
      '/ip4/127.0.0.1/udp/9/quic-v1',
      address!,
      ...more,
    ]
    const stream = await a.open({ peerId: b.peerId, addresses })
    expect(stream.peerId).toBe(b.peerId)
    const useless = { peerId: other, addresses: addresses.slice(0, 1) }
    await expect(a.open(useless)).rejects.toMatchObject({ code: 'unreachable' })
  })

  test('a reader that pauses makes the writer wait, and loses nothing', async () => {
    const [a, b] = [await join(), await join()]
    const [ours, theirs] = await streamTo(a, b)
    const seen = { bytes: 0, ended: false }
    theirs.receive({
      onBytes: (bytes) => {
        seen.bytes += bytes.byteLength
      },
      onEnd: () => {
        seen.ended = true
      },
    })
    const chunk = new Uint8Array(64 * 1024)
    const write = (total: number) => {
      for (let sent = 0; sent < total; sent += chunk.byteLength) ours.write(chunk)
    }
    // A quick reader first, which makes the window grow as far as it may.
    const [before, after] = [64 * 1024 * 1024, 32 * 1024 * 1024]
    write(before)
    await vi.waitFor(() => expect(seen.bytes).toBe(before), patient)
    theirs.pause()
    write(after)
    // What is on the way fits into one window; everything else stays with the writer.
    await vi.waitFor(() => expect(ours.pendingBytes).toBeLessThan(after), patient)
    expect(ours.pendingBytes).toBeGreaterThan(after - 1024 * 1024)
    expect(seen).toEqual({ bytes: before, ended: false })
    theirs.resume()
    await ours.drained()
    await vi.waitFor(() => expect(seen.bytes).toBe(before + after), patient)
    expect(seen.ended).toBe(false)
  })

  test('waiting for a reader ends with the signal, or with the stream', async () => {
    const [a, b] = [await join(), await join()]
    const [ours, theirs] = await streamTo(a, b)
    textOf(theirs)
    theirs.pause()
    for (let round = 0; round < 64; round++) ours.write(new Uint8Array(64 * 1024))
    await ours.drained(AbortSignal.abort())
    const over = new AbortController()
    const waiting = ours.drained(over.signal)
    over.abort()
    await waiting
    const ending = ours.drained()
    await b.close()
    await ending
  })

  test('the first one is not lost when it comes before we could listen for it', async () => {
    const a = await join()
    const port = await freePort()
    const address = `/ip4/127.0.0.1/tcp/${port}`
    const { privateKey } = await keyOf()
    const { peerId } = await joinAndClose(privateKey)
    // Tries while the other one starts, so that it gets through at the first possible moment.
    const opening = vi.waitFor(() => a.open({ peerId, addresses: [address] }), { timeout: 10_000, interval: 1 })
    const b = await joinRendezvous({ listen: [address], peers: [], privateKey })
    points.push(b)
    const [stream] = (await once(b, 'stream')) as [RendezvousStream]
    expect(stream.peerId).toBe(a.peerId)
    await opening
  })
})

async function joinAndClose(privateKey: Uint8Array): Promise<Rendezvous> {
  const point = await joinRendezvous({ listen, peers: [], privateKey })
  await point.close()
  return point
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

describe('leaving', () => {
  test("ends what ours survive and keeps what a stranger's program may not", async () => {
    const point = await join()
    const [friend, foreign] = [await join(point), await stranger()]
    await streamTo(friend, point)
    await foreign.dial(multiaddr(point.addresses()[0]!))
    const arrives = once(point, 'stream') as Promise<[RendezvousStream]>
    const theirs: Stream = await foreign.dialProtocol(multiaddr(point.addresses()[0]!), point.protocol)
    theirs.send(utf8('hello\n\n'))
    const [ours] = await arrives
    const seen = textOf(ours)
    await vi.waitFor(() => expect(seen.text).toBe('hello\n\n'), patient)
    const foreignId = foreign.peerId.toString()
    let ended = false
    theirs.addEventListener('close', () => {
      ended = true
    })
    theirs.addEventListener('remoteCloseWrite', () => {
      ended = true
    })
    const address = point.addresses()[0]!
    const gone = once(friend, 'peer:disconnect')
    expect(await point.leave([friend.peerId, foreignId])).toEqual([foreignId])
    await gone

    // It still answers: keep-alives, as go's muxer sends them every 30 s, what is said is taken, and nothing has ended.
    await vi.waitFor(() => foreign.services.ping.ping(peerIdFromString(point.peerId)), patient) // one at a time, and the DHT has its own
    expect(foreign.getConnections()).toHaveLength(1)
    theirs.send(utf8('are you there?\n\n'))
    await vi.waitFor(() => expect(seen.text).toContain('are you there?'), patient)
    expect(ended).toBe(false)
    // But it does not chat any more, nor listen: the port is free for the next one.
    await expect(foreign.dialProtocol(multiaddr(address), point.protocol)).rejects.toThrow()
    const { privateKey } = await keyOf()
    const next = await joinRendezvous({ listen: [address.split('/p2p/')[0]!], peers: [], privateKey })
    points.push(next)

    // And ends with the last of those it was kept for.
    const over = once(point, 'close')
    await foreign.stop()
    await over
  })

  test('is over at once when only ours are there', async () => {
    const [a, b] = [await join(), await join()]
    await streamTo(b, a)
    const over = once(a, 'close')
    expect(await a.leave([b.peerId])).toEqual([])
    await over
    await vi.waitFor(() => expect(b.isConnected(a.peerId)).toBe(false), patient)
  })

  test('delivers what was said before', async () => {
    const [a, b] = [await join(), await join()]
    const [ours, theirs] = await streamTo(a, b)
    const seen = textOf(theirs)
    const text = 'x'.repeat(3 * 1024 * 1024)
    ours.write(utf8(`${text}\n\n`))
    await a.leave([b.peerId])
    await vi.waitFor(() => expect(seen.ended).toBe(true), patient)
    expect(seen.text.length).toBe(text.length + 2)
  })
})

test('who reads late reads all that a leaving peer said, and then its end', async () => {
  const [a, b] = [await join(), await join()]
  const [ours, theirs] = await streamTo(a, b)
  theirs.pause()
  const seen = textOf(theirs)
  const text = Array.from({ length: 1_000 }, (_, index) => `line ${index}\n\n`).join('')
  ours.write(utf8(text))
  await a.leave([b.peerId])
  await vi.waitFor(() => expect(b.isConnected(a.peerId)).toBe(false), patient)
  expect(seen).toMatchObject({ text: '', ended: false })
  theirs.resume()
  await vi.waitFor(() => expect(seen.ended).toBe(true), patient)
  expect(seen.text).toBe(text)
})

test('one peer has a handful of streams, over all its connections', async () => {
  const point = await join()
  const { promise, resolve } = Promise.withResolvers<void>()
  let came = 0
  point.on('stream', (stream) => {
    stream.receive({ onBytes: () => {}, onEnd: () => {} })
    if (++came === maxRendezvousStreams) resolve()
  })
  const node = await stranger()
  const opened: Stream[] = []
  for (let index = 0; index < 3; index++) {
    const connection = await node.dial(multiaddr(point.addresses()[0]!), { force: true })
    for (let stream = 0; stream < 6; stream++) opened.push(await connection.newStream(point.protocol))
  }
  await promise
  const open = () => opened.filter(({ status }) => status === 'open').length
  await vi.waitFor(() => expect(open()).toBe(maxRendezvousStreams), patient)
  expect(came).toBe(maxRendezvousStreams)
})

describe('what cannot be', () => {
  test('a port in use', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    await expect(joinRendezvous({ listen: [`/ip4/127.0.0.1/tcp/${port}`] })).rejects.toMatchObject({
      code: 'port_in_use',
      message: `Cannot listen on /ip4/127.0.0.1/tcp/${port}: the port is in use by another program.`,
    })
    server.close()
  })

  test('a port in use, or an address that is not ours, among several: only that one is named', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const taken = `/ip4/127.0.0.1/tcp/${(server.address() as { port: number }).port}`
    await expect(joinRendezvous({ listen: [listen[0]!, taken] })).rejects.toMatchObject({
      code: 'port_in_use',
      message: `Cannot listen on ${taken}: the port is in use by another program.`,
    })
    await expect(joinRendezvous({ listen: ['/ip4/192.0.2.1/tcp/0', listen[0]!] })).rejects.toMatchObject({
      code: 'bad_argument',
      message: expect.stringMatching(/^Cannot listen on \/ip4\/192\.0\.2\.1\/tcp\/0: listen EADDRNOTAVAIL/),
    })
    server.close()
  })

  test('options that are no object', async () => {
    const point = await join()
    for (const ask of [
      (options: never) => joinRendezvous(options),
      (options: never) => point.announce(options),
      (options: never) => point.search(options)[Symbol.asyncIterator]().next(),
    ]) {
      await expect(ask(null as never)).rejects.toMatchObject({ code: 'bad_argument' })
    }
    await expect(point.announce({ signal: {} as never })).rejects.toMatchObject({ code: 'bad_argument' })
  })

  test('an address that is not ours', async () => {
    await expect(joinRendezvous({ listen: ['/ip4/192.0.2.1/tcp/0'] })).rejects.toMatchObject({ code: 'bad_argument' })
  })

  test.each([['/ipfs/kad/1.0.0'], [''], ['a\nb'], [`/${'x'.repeat(300)}`]])('the protocol id %j', async (protocol) => {
    await expect(joinRendezvous({ listen, protocol })).rejects.toMatchObject({ code: 'bad_argument' })
  })

  test('a peer that is not there, or somebody else', async () => {
    const [a, b] = [await join(), await join()]
    const [address] = b.addresses()
    await expect(
      a.open({ peerId: a.peerId.replace(/.$/, 'A'), addresses: [address!.split('/p2p/')[0]!] }),
    ).rejects.toMatchObject({ code: 'unreachable' })
    await b.close()
    await expect(a.connect({ peerId: b.peerId, address: address! })).rejects.toMatchObject({ code: 'unreachable' })
    await expect(a.open({ peerId: b.peerId, addresses: [address!] })).rejects.toMatchObject({ code: 'unreachable' })
  })

  test('something given up', async () => {
    const a = await join()
    const signal = AbortSignal.abort()
    const peer = { peerId: a.peerId, address: a.addresses()[0]! }
    await expect(a.connect(peer, { signal })).rejects.toMatchObject({ code: 'canceled' })
  })
})
