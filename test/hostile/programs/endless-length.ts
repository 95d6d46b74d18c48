import { createServer } from 'node:net'
import type { Connection, Libp2p } from '@libp2p/interface'
import { systemClock } from '../../../src/core/clock.js'
import { loadIdentity } from '../../../src/identity/identity-file.js'
import { Circuits, connectDirect } from '../../../src/net/circuit.js'
import { createNode, type Node } from '../../../src/net/node.js'
import { Trust } from '../../../src/net/trust.js'
import { createContext } from '../../../src/sdk/index.js'
import { service } from '../../harness/network.js'
import { bareStream, securedOnly, socketTo, strangerNode, type Wire } from '../attacker.js'
import type { Program, Report, Stage, Victim } from '../stage.js'

const piece = new Uint8Array(64 * 1024).fill(0xff)
/** What an attack may cost its victim; unguarded, two such pieces alone take longer. */
const maxCpuMs = 1_500

/**
 * Everywhere where libp2p reads a length, the length never ends. libp2p takes it byte by byte, with an exception each, in one go:
 * one connection would hold the event loop. Held when each connection is ended at once, and costs next to nothing.
 */
export const endlessLength: Program = {
  name: 'endless-length',
  about: 'strangers, members and peers that are dialed send lengths that never end',
  async run(stage) {
    const report: Report = { lines: [], failures: [] }
    await againstRelay(stage, report)
    await againstRendezvous(stage, report)
    return report
  },
}

async function againstRelay(stage: Stage, report: Report): Promise<void> {
  const [relay] = await stage.network(1, ['host', 'directhost', 'mallory'])
  const { victim, address } = relay!
  const host = stage.victim('host')
  const { name } = await host.call('host', { identity: stage.identity('host') })
  const stranger = await strangerNode()
  stage.onClose(() => stranger.stop())
  const dial = () => fresh(stranger, address)

  await attack(report, victim, 'a relay, bare socket', async () => flood(socketWire(await socketTo(address))))
  await attack(report, victim, 'a relay, muxer negotiation', async () => flood(await securedOnly(stranger, address)))
  await attack(report, victim, 'a relay, new stream', async () => flood(await bareStream(await dial())))
  await attack(report, victim, 'a relay, asked to identify itself', async () => {
    const connection = await dial()
    return flood(await connection.newStream('/ipfs/id/1.0.0'), connection)
  })
  await attack(report, victim, 'a relay, answer to its identify', async () => {
    const liar = await strangerNode()
    stage.onClose(() => liar.stop())
    const ended = Promise.withResolvers<number>()
    await liar.handle('/ipfs/id/1.0.0', (stream, connection) => void flood(stream, connection).then(ended.resolve))
    await fresh(liar, address)
    return await ended.promise
  })

  // Mallory is a member, with no right to anything.
  const mallory = await memberNode(stage, 'mallory')
  const link = () => connectDirect(mallory, peerOf(address), [address], AbortSignal.timeout(10_000))
  await attack(report, victim, 'a relay, a circuit asked for', async () => {
    const connection = await link()
    await mallory.gate.proved(connection)
    return flood(await connection.newStream('/libp2p/circuit/relay/0.2.0/hop'), connection)
  })
  await attack(report, victim, 'a relay, answer to a circuit', async () => {
    const { transport, registrar } = insides(mallory)
    const connection = await link()
    await new Circuits(mallory).reserve(connection)
    const ended = Promise.withResolvers<number>()
    const protocol = '/libp2p/circuit/relay/0.2.0/stop'
    await registrar.unhandle(protocol)
    await registrar.handle(protocol, (stream, over) => void flood(stream, over).then(ended.resolve), {
      maxInboundStreams: 100,
    })
    const other = await memberNode(stage, 'directhost')
    const otherLink = await connectDirect(other, peerOf(address), [address], AbortSignal.timeout(10_000))
    const circuit = new Circuits(other).connect(otherLink, {
      hostPeerId: mallory.libp2p.peerId.toString(),
      processId: 0,
    })
    circuit.catch(() => {})
    const bytes = await ended.promise
    await registrar.unhandle(protocol)
    await registrar.handle(protocol, transport.onStop, { maxInboundStreams: 100 })
    return bytes
  })

  const hostPeerId = (await loadIdentity(stage.identity('host'))).peerId.toString()
  await attack(report, host, 'a host through a circuit, before Noise', async () => {
    const connection = await link()
    await mallory.gate.proved(connection)
    const { upgrader } = insides(mallory)
    const { upgradeOutbound } = upgrader
    const caught = Promise.withResolvers<Wire>()
    upgrader.upgradeOutbound = async (wire) => {
      caught.resolve(wire)
      return await new Promise(() => {})
    }
    new Circuits(mallory).connect(connection, { hostPeerId, processId: 0 }).catch(() => {})
    const wire = await caught.promise
    upgrader.upgradeOutbound = upgradeOutbound
    return flood(wire)
  })
  await attack(report, host, 'a host through a circuit, new stream', async () => {
    const connection = await link()
    await mallory.gate.proved(connection)
    const circuit = await new Circuits(mallory).connect(connection, { hostPeerId, processId: 0 })
    return flood(await bareStream(circuit), circuit)
  })

  const listening = stage.victim('directhost')
  const port = (await socketPort()) as number
  await listening.call('host', { identity: stage.identity('directhost'), listen: [`/ip4/127.0.0.1/tcp/${port}`] })
  await attack(report, listening, 'a host that listens itself, bare socket', async () =>
    flood(socketWire(await socketTo(`/ip4/127.0.0.1/tcp/${port}`))),
  )

  // Whoever is honest is served all the same.
  const context = await createContext(stage.identity('mallory'))
  stage.onClose(() => context.close())
  const connection = await context.dial(service, { instanceId: name })
  await connection.write(new Uint8Array([1]))
  for await (const bytes of connection) {
    report.lines.push(`afterwards a call to the host echoes ${bytes.byteLength} byte`)
    break
  }
  await connection.close()
}

async function againstRendezvous(stage: Stage, report: Report): Promise<void> {
  // Dialed itself: answers to its negotiation that never end.
  let ended = Promise.withResolvers<number>()
  const server = createServer((socket) => {
    socket.on('error', () => {})
    void flood(socketWire(socket)).then((bytes) => ended.resolve(bytes))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  stage.onClose(() => server.close())
  const { port } = server.address() as { port: number }
  const stranger = await strangerNode()
  stage.onClose(() => stranger.stop())
  const victim = stage.victim('rendezvous')
  const { address } = await victim.call('rendezvous', [`/ip4/127.0.0.1/tcp/${port}/p2p/${stranger.peerId}`])

  await attack(report, victim, 'a rendezvous node, bare socket', async () => flood(socketWire(await socketTo(address))))
  await attack(report, victim, 'a rendezvous node, muxer negotiation', async () =>
    flood(await securedOnly(stranger, address)),
  )
  await attack(report, victim, 'a rendezvous node, new stream', async () =>
    flood(await bareStream(await fresh(stranger, address))),
  )
  for (const protocol of ['/ipfs/id/push/1.0.0', '/ipfs/kad/1.0.0']) {
    await attack(report, victim, `a rendezvous node, ${protocol}`, async () => {
      const connection = await fresh(stranger, address)
      return flood(await connection.newStream(protocol), connection)
    })
  }
  await attack(report, victim, 'a rendezvous node that dials', async () => {
    ended = Promise.withResolvers()
    await victim.call('connect')
    return await ended.promise
  })
}

/** Runs one attack and notes what it cost; `run` resolves with the bytes taken when the victim has ended it. */
async function attack(report: Report, victim: Victim, where: string, run: () => Promise<number>): Promise<void> {
  await victim.call('vitals')
  const over = AbortSignal.timeout(60_000)
  const endless = new Promise<never>((_, reject) => over.addEventListener('abort', () => reject(over.reason)))
  endless.catch(() => {})
  let bytes: number | undefined
  try {
    bytes = await Promise.race([run(), endless])
  } catch (error) {
    report.failures.push(`${where}: not ended (${error})`)
  }
  const vitals = await Promise.race([
    victim.call('vitals'),
    new Promise<undefined>((done) => setTimeout(() => done(undefined), 30_000)),
  ])
  if (vitals === undefined) throw new Error(`${where}: nobody is served any more`)
  const { cpuMs, stallMs } = vitals
  report.lines.push(`${where}: ended after ${bytes ?? '?'} bytes, ${cpuMs} ms of CPU, longest stall ${stallMs} ms`)
  if (cpuMs > maxCpuMs) report.failures.push(`${where}: ${cpuMs} ms of CPU for one connection`)
}

/** Sends without end, as fast as it goes; resolves with the bytes sent when `wire` or what carries it is closed. */
async function flood(wire: Wire, carrier?: Connection): Promise<number> {
  let sent = 0
  const closed = Promise.withResolvers<void>()
  wire.addEventListener('close', () => closed.resolve())
  carrier?.addEventListener('close', () => closed.resolve())
  const open = () => wire.status === 'open' && (carrier === undefined || carrier.status === 'open')
  while (open()) {
    let room = false
    try {
      room = wire.send(piece)
      sent += piece.byteLength
    } catch {
      break
    }
    if (!room) await Promise.race([closed.promise, new Promise<void>((resolve) => setTimeout(resolve, 20))])
    else await new Promise<void>((resolve) => setImmediate(resolve))
  }
  return sent
}

function socketWire(socket: import('node:net').Socket): Wire {
  return {
    get status() {
      return socket.destroyed || socket.closed ? 'closed' : 'open'
    },
    send: (bytes) => socket.write(bytes),
    addEventListener: (event, listener) => socket.on(event, listener),
  }
}

/** A new connection, as the last one has been ended. */
async function fresh(node: Libp2p, address: string): Promise<Connection> {
  const { multiaddr } = await import('@multiformats/multiaddr')
  return await node.dial(multiaddr(address), { force: true, signal: AbortSignal.timeout(10_000) })
}

async function memberNode(stage: Stage, name: string): Promise<Node> {
  const trust = new Trust(await loadIdentity(stage.identity(name)), systemClock)
  const node = await createNode({ trust, kind: 'member', listen: [] })
  await node.start()
  stage.onClose(() => node.stop())
  return node
}

const peerOf = (address: string) => address.split('/p2p/')[1]!

/** Parts of a node that an attacker changes in itself. */
function insides(node: Node) {
  const { components } = node as unknown as {
    components: {
      upgrader: { upgradeOutbound(wire: Wire, options: unknown): Promise<unknown> }
      registrar: {
        handle(
          protocol: string,
          handler: (stream: Wire, connection: Connection) => void,
          options: object,
        ): Promise<void>
        unhandle(protocol: string): Promise<void>
      }
      transportManager: { getTransports(): unknown[] }
    }
  }
  const transport = components.transportManager.getTransports().find((one) => 'onStop' in (one as object)) as {
    onStop(stream: Wire, connection: Connection): void
  }
  return { upgrader: components.upgrader, registrar: components.registrar, transport }
}

async function socketPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return port
}
