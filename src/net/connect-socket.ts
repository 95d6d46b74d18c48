import type { Socket } from 'node:net'
import type { Multiaddr } from '@multiformats/multiaddr'
import { connectSocket as connect } from '../core/connect.js'
import { asOverlayError } from '../core/errors.js'

export interface SocketAddress {
  host: string
  port: number
  /** Of a name: 4 or 6 when only addresses of that kind are meant, else 0. */
  family: number
}

const families: Readonly<Record<string, number>> = { ip4: 4, ip6: 6, dns: 0, dns4: 4, dns6: 6 }

/** The host and port of a TCP address; undefined when it leads anywhere else, through a relay or WebSockets for example. */
export function socketAddressOf(address: Multiaddr): SocketAddress | undefined {
  const [host, tcp, ...rest] = address.getComponents()
  const family = families[host?.name ?? '']
  if (family === undefined || host?.value === undefined || tcp?.name !== 'tcp') return undefined
  if (rest.some(({ name }) => name !== 'p2p')) return undefined
  return { host: host.value, port: Number(tcp.value), family }
}

/** A TCP connection whose bytes go out at once, from `localPort` if there is one. Rejects with `unreachable`, or the signal's reason. */
export async function connectSocket(address: SocketAddress, signal: AbortSignal, localPort?: number): Promise<Socket> {
  try {
    const socket = await connect(address, { signal, ...(localPort === undefined ? {} : { localPort }) })
    socket.on('error', () => {}) // `close` follows
    return socket.setNoDelay(true).setKeepAlive(true)
  } catch (error) {
    signal.throwIfAborted()
    throw asOverlayError(error, 'unreachable', `No connection to ${address.host}:${address.port}`)
  }
}
