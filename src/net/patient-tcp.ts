import type { Socket } from 'node:net'
import { type TCPOptions, tcp } from '@libp2p/tcp'
import type { Multiaddr } from '@multiformats/multiaddr'
import { relayEndOf } from './dialable.js'
import { writeTogether } from './flow.js'
import { RelaySockets } from './relay-sockets.js'

/** Names what of libp2p's TCP transport (11.0.28) opens its sockets. */
interface Connecting {
  _connect(address: Multiaddr, options: { signal: AbortSignal }): Promise<Socket>
}

/**
 * Makes libp2p's TCP transport, also inside WebSockets, which tries every address of a host name as long as the dial lasts (left to
 * Node, a name whose first address answers after a second and whose second one is dead counts as down after 0.3 s), and opens its
 * connections the way that `sockets` has; default: without any proxy.
 */
export function patientTcp(options?: TCPOptions, sockets = new RelaySockets('none')): ReturnType<typeof tcp> {
  return (components) => {
    const transport = tcp(options)(components)
    const connecting = transport as unknown as Connecting
    const connect = connecting._connect.bind(transport)
    connecting._connect = async (address, options) => {
      const end = relayEndOf(address)
      return writeTogether(await (end === undefined ? connect(address, options) : sockets.open(end, options.signal)))
    }
    // Both are inside WebSockets what they are without.
    for (const filter of ['listenFilter', 'dialFilter'] as const) {
      const plain = transport[filter].bind(transport)
      transport[filter] = (addresses) => [
        ...plain(addresses),
        ...addresses.filter((address) => relayEndOf(address)?.webSocket !== undefined),
      ]
    }
    return transport
  }
}
