import type { Socket } from 'node:net'
import type { Multiaddr } from '@multiformats/multiaddr'
import { type ConnectOptions, connectSocket as connect } from '../core/connect.js'
import { asOverlayError } from '../core/errors.js'
import { ignoreErrors } from '../core/socket-errors.js'
import { relayEndOf } from './dialable.js'

export interface SocketAddress {
  host: string
  port: number
  /** Which addresses of a name are meant: 4 or 6 for those of that kind only, else 0. */
  family: number
}

/** Returns the host and port of a TCP address; undefined when it leads anywhere else, through a relay or WebSockets for example. */
export function socketAddressOf(address: Multiaddr): SocketAddress | undefined {
  const { host, port, family = 0, webSocket } = relayEndOf(address) ?? {}
  return host === undefined || port === undefined || webSocket !== undefined ? undefined : { host, port, family }
}

/**
 * Opens a TCP connection whose bytes go out at once, from `localPort` if that is given. Rejects with `unreachable`, or the signal's
 * reason.
 */
export async function connectSocket(
  address: SocketAddress,
  signal: AbortSignal,
  options: Pick<ConnectOptions, 'localPort' | 'permits'> = {},
): Promise<Socket> {
  try {
    const socket = await connect(address, { signal, ...options })
    return ignoreErrors(socket).setNoDelay(true).setKeepAlive(true)
  } catch (error) {
    signal.throwIfAborted()
    throw asOverlayError(error, 'unreachable', `No connection to ${address.host}:${address.port}`)
  }
}
