import { isIP, type Socket } from 'node:net'
import { BoundedMap } from '../core/bounded-map.js'
import { connectSocket } from '../core/connect.js'
import { type ProxyAddress, type ProxyRule, proxyRule } from '../core/proxy.js'
import { ignoreErrors } from '../core/socket-errors.js'
import { connectThrough } from './proxied-socket.js'
import { insideTls } from './tls-client.js'

/** Tells where a relay is, and what its connections begin with. */
export interface RelayEnd {
  /** An IP address or a host name. */
  host: string
  port: number
  /** Which addresses of a name are meant: 4 or 6 for those of that kind only, else 0. */
  family?: number
  /** Set when the connections run inside a WebSocket, which may run inside TLS (`secure`). */
  webSocket?: { secure: boolean; path: string; serverName: string }
}

/** Says whether a name may lead to this IP address. */
type PermitsFound = (name: string, address: string) => boolean

/** Limits the host names of which it is remembered which IP address worked. */
const maxNames = 256

/**
 * Opens what links to relays and paths through them run on: TCP connections or WebSockets, through a proxy where one is to be used.
 */
export class RelaySockets {
  readonly #rule: ProxyRule

  /** Holds, by `host:port`, which IP address of a host name worked last. */
  readonly #worked = new BoundedMap<string, string>(maxNames)

  readonly #permits: PermitsFound

  /**
   * `proxy` is what `--proxy` takes; without it the environment decides. `permits` says which IP addresses of a name may be
   * connected to; default: all. Throws `bad_argument`.
   */
  constructor(proxy?: string, permits: PermitsFound = () => true) {
    this.#rule = proxyRule(proxy, process.env)
    this.#permits = permits
  }

  /**
   * Returns the proxy that leads there; undefined for none. Throws `bad_argument` when the environment names one that can't be
   * used.
   */
  proxyFor(end: RelayEnd): ProxyAddress | undefined {
    return this.#rule(end)
  }

  /**
   * Opens a connection whose bytes go out at once; nothing has been read from it. It is a socket in all that libp2p, TLS and our
   * own code ask of one, also where it is a WebSocket. Rejects with what the system says, `proxy_failed`, or the signal's reason.
   */
  async open(end: RelayEnd, signal: AbortSignal): Promise<Socket> {
    const { webSocket } = end
    const proxy = this.proxyFor(end)
    const socket = proxy === undefined ? await this.#connect(end, signal) : await connectThrough(proxy, end, signal)
    if (webSocket === undefined) return socket
    try {
      ignoreErrors(socket)
      const carrying = webSocket.secure ? await insideTls(socket, anyCertificate(webSocket.serverName), signal) : socket
      const { openWebSocket } = await import('./websocket-socket.js')
      const authority = isIP(end.host) === 6 ? `[${end.host}]` : end.host
      const usual = end.port === (webSocket.secure ? 443 : 80)
      return await openWebSocket(carrying, usual ? authority : `${authority}:${end.port}`, webSocket.path, signal)
    } catch (error) {
      socket.destroy()
      throw error
    }
  }

  /** Where a firewall swallows one family of addresses, only the first connection to a name waits for it. */
  async #connect(end: RelayEnd, signal: AbortSignal): Promise<Socket> {
    const name = `${end.host}:${end.port}`
    try {
      const permits = (address: string) => this.#permits(end.host, address)
      const socket = await connectSocket(end, { signal, permits, firstAddress: this.#worked.get(name) })
      if (isIP(end.host) === 0 && socket.remoteAddress !== undefined) this.#worked.set(name, socket.remoteAddress)
      return socket.setNoDelay(true).setKeepAlive(true)
    } catch (error) {
      if (!signal.aborted) this.#worked.delete(name)
      throw error
    }
  }
}

/**
 * Returns what TLS asks of a relay: nothing, as it is only for the firewalls on the way, and the relay proves who it is inside. Hence
 * every certificate is taken, also the one that a firewall which looks into TLS puts in its place; it sees what it would see of a TCP
 * connection.
 */
const anyCertificate = (name: string) => ({
  name,
  rejectUnauthorized: false,
  hungUp: 'the connection was closed before TLS was set up',
})
