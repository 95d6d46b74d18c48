import { connect, type Socket } from 'node:net'
import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { lpStream } from '@libp2p/utils'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { utf8 } from '../../src/core/bytes.js'

/** A libp2p node of a stranger: stock parts, no certificate, no manners. */
export async function strangerNode(options: { listen?: string[] } = {}): Promise<Libp2p> {
  return await createLibp2p({
    addresses: { listen: options.listen ?? [] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: { denyDialMultiaddr: () => false },
    connectionMonitor: { enabled: false },
  })
}

/** Host and port of a TCP multiaddr. */
export function placeOf(address: string): { host: string; port: number } {
  const [, , host, , port] = address.split('/')
  return { host: host!, port: Number(port) }
}

export async function socketTo(address: string): Promise<Socket> {
  const socket = connect(placeOf(address))
  socket.on('error', () => {}) // the other side hangs up, as it should
  await new Promise<void>((resolve) => socket.once('connect', resolve))
  return socket
}

/** A stream of the muxer on which nothing has been negotiated. */
export async function bareStream(connection: Connection): Promise<Stream> {
  const { muxer } = connection as unknown as { muxer: { createStream(): Promise<Stream> } }
  return await muxer.createStream()
}

/** The bare stream or connection after Noise, before any muxer: as a peer that doesn't negotiate muxers within Noise has it. */
export async function securedOnly(node: Libp2p, address: string): Promise<Wire> {
  const { components } = node as unknown as { components: { transportManager: { getTransports(): unknown[] } } }
  const [transport] = components.transportManager.getTransports() as Array<{
    dial(to: unknown, options: unknown): Promise<Wire>
  }>
  return await transport!.dial(multiaddr(address), {
    signal: AbortSignal.timeout(10_000),
    upgrader: {
      upgradeOutbound: async (socket: Wire) => {
        const lines = lpStream(socket as never)
        await lines.writeV([utf8('/multistream/1.0.0\n'), utf8('/noise\n')])
        await lines.read()
        await lines.read()
        lines.unwrap()
        const secured = await noise()(components as never).secureOutbound(
          socket as never,
          {
            skipStreamMuxerNegotiation: true,
            signal: AbortSignal.timeout(10_000),
          } as never,
        )
        return secured.connection
      },
    },
  })
}

/** What libp2p's connections and streams have in common. */
export interface Wire {
  status: string
  send(bytes: Uint8Array): boolean
  addEventListener(event: string, listener: () => void): void
}
