// What sessions are held against, beside plain sockets: stock js-libp2p through a stock relay; HyperDHT.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { circuitRelayServer, circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import type { Libp2p } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { type Pipe, serve, socketPipe, streamPipe } from './pipes.js'

const protocol = '/bench/1'
const stock = { connectionEncrypters: [noise()], streamMuxers: [yamux()] }

export async function libp2pRelay(): Promise<string> {
  const node = await createLibp2p({
    ...stock,
    transports: [tcp()],
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    services: {
      identify: identify(),
      relay: circuitRelayServer({ reservations: { applyDefaultLimit: false }, maxInboundHopStreams: 4_096 }),
    },
  })
  return String(node.getMultiaddrs()[0])
}

export async function libp2pHost(relay: string): Promise<string> {
  const node = await createLibp2p({
    ...stock,
    transports: [tcp(), circuitRelayTransport()],
    addresses: { listen: [`${relay}/p2p-circuit`] },
    connectionGater: { denyDialMultiaddr: () => false },
    services: { identify: identify() },
  })
  await node.handle(protocol, (stream) => serve(streamPipe(stream)), {
    runOnLimitedConnection: true,
    maxInboundStreams: 4_096,
  })
  while (node.getMultiaddrs().length === 0) await new Promise((resolve) => setTimeout(resolve, 10))
  return String(node.getMultiaddrs()[0])
}

let dialer: Promise<Libp2p> | undefined
export async function openLibp2p(address: string): Promise<Pipe> {
  dialer ??= createLibp2p({
    ...stock,
    transports: [tcp(), circuitRelayTransport()],
    connectionGater: { denyDialMultiaddr: () => false },
    services: { identify: identify() },
  })
  const options = { runOnLimitedConnection: true, maxOutboundStreams: 4_096 }
  return streamPipe(await (await dialer).dialProtocol(multiaddr(address), protocol, options))
}

/** The parts of HyperDHT that are used; it brings no types. */
interface HyperDht {
  ready(): Promise<void>
  address(): { port: number }
  createServer(
    options: object,
    onConnection?: (socket: Duplex) => void,
  ): {
    listen(keyPair: object): Promise<void>
    publicKey: Uint8Array
  }
  connect(key: Uint8Array, options?: object): Duplex & { opened: Promise<boolean> }
}
interface HyperDhtClass {
  new (options: object): HyperDht
  bootstrapper(port: number, host: string): HyperDht
  keyPair(): object
}
const hyperDht = async (): Promise<HyperDhtClass> =>
  ((await import('hyperdht' as string)) as { default: HyperDhtClass }).default

let node: HyperDht | undefined
const hyperNode = async (bootstrap: number): Promise<HyperDht> => {
  const HyperDht = await hyperDht()
  node ??= new HyperDht({ bootstrap: [{ host: '127.0.0.1', port: bootstrap }], host: '127.0.0.1' })
  await node.ready()
  return node
}

async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  socket.close()
  return port
}

/** A DHT of three nodes, and a relay for others (blind-relay). */
export async function hyperdhtRelay(): Promise<{ bootstrap: number; relayKey: string }> {
  const HyperDht = await hyperDht()
  const boot = HyperDht.bootstrapper(await freeUdpPort(), '127.0.0.1')
  await boot.ready()
  const bootstrap = boot.address().port
  // Two more, or nobody could be found.
  for (let n = 0; n < 2; n++) {
    const more = new HyperDht({
      bootstrap: [{ host: '127.0.0.1', port: bootstrap }],
      ephemeral: false,
      firewalled: false,
      host: '127.0.0.1',
    })
    await more.ready()
  }
  const blind = (await import('blind-relay' as string)) as {
    default: { Server: new (options: object) => { accept(socket: Duplex, options: object): unknown } }
  }
  const relay = await hyperNode(bootstrap)
  const { Server } = blind.default
  const server = new Server({
    createStream: (options: object) =>
      (relay as unknown as { createRawStream(options: object): unknown }).createRawStream({ ...options, framed: true }),
  })
  const listener = relay.createServer({ shareLocalAddress: false }, (socket) => {
    const { remotePublicKey } = socket as unknown as { remotePublicKey: Uint8Array }
    server.accept(socket, { id: remotePublicKey })
  })
  await listener.listen(HyperDht.keyPair())
  return { bootstrap, relayKey: Buffer.from(listener.publicKey).toString('hex') }
}

export async function hyperdhtHosts(bootstrap: number): Promise<{ directKey: string; relayedKey: string }> {
  const HyperDht = await hyperDht()
  const own = await hyperNode(bootstrap)
  const listenAs = async (options: object) => {
    const server = own.createServer(options, (socket) => serve(socketPipe(socket)))
    await server.listen(HyperDht.keyPair())
    return Buffer.from(server.publicKey).toString('hex')
  }
  return {
    directKey: await listenAs({}),
    relayedKey: await listenAs({ shareLocalAddress: false, holepunch: () => false }),
  }
}

export async function openHyperdht(bootstrap: number, key: string, relayKey?: string): Promise<Pipe> {
  const own = await hyperNode(bootstrap)
  const through =
    relayKey === undefined
      ? {}
      : { fastOpen: false, relayThrough: Buffer.from(relayKey, 'hex'), localConnection: false }
  const socket = own.connect(Buffer.from(key, 'hex'), through)
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
    setTimeout(() => reject(new Error('HyperDHT opened no connection in 20 s.')), 20_000)
  })
  return socketPipe(socket)
}
