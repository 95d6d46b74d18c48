// One process of the session benchmark: the relay (with a plain TCP proxy beside it), the host or the dialer.
import '../../src/core/polyfill.js'
import { type AddressInfo, connect, createServer } from 'node:net'
import { systemClock } from '../../src/core/clock.js'
import { loadIdentity } from '../../src/identity/identity-file.js'
import { Circuits, connectDirect } from '../../src/net/circuit.js'
import { createNode, type Node } from '../../src/net/node.js'
import { Trust } from '../../src/net/trust.js'
import { startRelay } from '../../src/relay/relay.js'
import { type Context, createContext } from '../../src/sdk/index.js'
import { service } from '../harness/network.js'
import { serve as serveCalls } from '../harness/rpc.js'
import {
  type Pipe,
  type Places,
  roundTrips,
  serve,
  sessionPipe,
  socketPipe,
  streamPipe,
  throughput,
  type Way,
} from './session-pipes.js'

/** A plain libp2p protocol, to compare with. */
const protocol = '/chat-p2p/bench/1'

let context: Context
let node: Node

async function plainNode(identity: string, listen: string[]): Promise<void> {
  node = await createNode({ trust: new Trust(await loadIdentity(identity), systemClock), kind: 'member', listen })
  await node.start()
}

function toRelay({ relayPeerId, relayAddresses }: Pick<Places, 'relayPeerId' | 'relayAddresses'>) {
  return connectDirect(node, relayPeerId, relayAddresses, AbortSignal.timeout(10_000))
}

async function listen(onSocket: (pipe: Pipe) => void): Promise<number> {
  const server = createServer((socket) => onSocket(socketPipe(socket)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const methods = {
  async relay(identity: string) {
    const relay = await startRelay(await loadIdentity(identity))
    return { relayPeerId: relay.peerId, relayAddresses: relay.addresses() }
  },

  /** Copies bytes between sockets: the least a relay can do. */
  async proxy(port: number): Promise<number> {
    const server = createServer((socket) => {
      const other = connect(port, '127.0.0.1')
      for (const each of [socket, other]) {
        each.setNoDelay(true)
        each.on('error', () => each.destroy())
      }
      socket.pipe(other).pipe(socket)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return (server.address() as AddressInfo).port
  },

  async host(call: { identity: string; plain: string; relayPeerId: string; relayAddresses: string[] }) {
    context = await createContext(call.identity)
    const listener = await context.listen(service)
    listener.on('dial', async (dial) => serve(sessionPipe(await dial.accept())))
    await listener.established(1)
    await plainNode(call.plain, ['/ip4/127.0.0.1/tcp/0'])
    await node.libp2p.handle(protocol, (stream) => serve(streamPipe(stream)), { runOnLimitedConnection: true })
    await new Circuits(node).reserve(await toRelay(call))
    return {
      hostPeerId: node.libp2p.peerId.toString(),
      hostAddresses: node.libp2p
        .getMultiaddrs()
        .map(String)
        .filter((address) => !address.includes('p2p-circuit')),
      hostName: context.identity.name,
      tcpPort: await listen(serve),
    }
  },

  async dialer(call: { identity: string; plain: string }): Promise<void> {
    context = await createContext(call.identity)
    await context.ready()
    await plainNode(call.plain, [])
  },

  async measure({ way, places, bytes, rounds }: { way: Way; places: Places; bytes: number; rounds: number }) {
    const open = await opener(way, places)
    const one = await open()
    const { p50, p99 } = await roundTrips(one, rounds)
    one.close()
    const other = await open()
    const megabytes = await throughput(other, bytes)
    other.close()
    return { p50, p99, megabytes }
  },
}

async function opener(way: Way, places: Places): Promise<() => Promise<Pipe>> {
  const socket = async (port: number) => {
    const made = connect(port, '127.0.0.1')
    await new Promise((resolve) => made.once('connect', resolve))
    return socketPipe(made)
  }
  switch (way) {
    case 'tcp':
      return () => socket(places.tcpPort)
    case 'tcp through a proxy':
      return () => socket(places.proxyPort)
    case 'stream, direct': {
      const connection = await connectDirect(node, places.hostPeerId, places.hostAddresses, AbortSignal.timeout(10_000))
      await node.gate.proved(connection)
      return async () => streamPipe(await connection.newStream(protocol))
    }
    case 'stream, relayed': {
      const circuit = await new Circuits(node).connect(await toRelay(places), {
        hostPeerId: places.hostPeerId,
        processId: 0,
      })
      return async () => streamPipe(await circuit.newStream(protocol, { runOnLimitedConnection: true }))
    }
    case 'session, relayed':
      return async () => sessionPipe(await context.dial(service, { instanceId: places.hostName }))
  }
}

export type PeerMethods = typeof methods

serveCalls(methods)
