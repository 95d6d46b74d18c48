import type { Socket } from 'node:net'
import { type TCPOptions, tcp } from '@libp2p/tcp'
import type { Multiaddr } from '@multiformats/multiaddr'
import { connectSocket } from '../core/connect.js'

/** What of libp2p's TCP transport (11.0.28) opens its sockets. */
interface Connecting {
  _connect(address: Multiaddr, options: { signal: AbortSignal }): Promise<Socket>
}

const families: Readonly<Record<string, number>> = { dns: 0, dns4: 4, dns6: 6 }

/**
 * libp2p's TCP transport, which tries every address of a host name as long as the dial lasts. Left to Node, a name whose first
 * address answers after a second and whose second one is dead counts as down after 0.3 s.
 */
export function patientTcp(options?: TCPOptions): ReturnType<typeof tcp> {
  return (components) => {
    const transport = tcp(options)(components)
    const connecting = transport as unknown as Connecting
    const connect = connecting._connect.bind(transport)
    connecting._connect = async (address, options) => {
      const [host, port] = address.getComponents()
      const family = families[host?.name ?? '']
      if (family === undefined || host?.value === undefined || port?.name !== 'tcp') return connect(address, options)
      const socket = await connectSocket({ host: host.value, port: Number(port.value), family }, options)
      return socket.setNoDelay(true).setKeepAlive(true)
    }
    return transport
  }
}
