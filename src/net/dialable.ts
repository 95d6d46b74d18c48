import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import type { RelayEnd } from './relay-sockets.js'

const families: Readonly<Record<string, number>> = { ip4: 4, ip6: 6, dns: 0, dns4: 4, dns6: 6 }

/**
 * Reads a multiaddr that this version can dial: TCP to an IP address or a host name, or WebSocket (`/ws`, `/tls/ws`, `/wss`,
 * perhaps with `/http-path/…`), with or without `/p2p/…` behind. Undefined for everything else (other transports, circuits, what is
 * no multiaddr): the one place that knows.
 */
export function dialable(address: string): RelayEnd | undefined {
  try {
    const end = relayEndOf(multiaddr(address))
    return end?.port === 0 ? undefined : end
  } catch {
    return undefined
  }
}

/** Does the same as {@link dialable} for a multiaddr that was read already. Port 0 is allowed, for listening. */
export function relayEndOf(address: Multiaddr): RelayEnd | undefined {
  const [host, tcp, ...rest] = address.getComponents()
  const family = families[host?.name ?? '']
  if (family === undefined || host?.value === undefined || tcp?.name !== 'tcp' || tcp.value === undefined)
    return undefined
  const end = { host: host.value, port: Number(tcp.value), family }
  if (rest.at(-1)?.name === 'p2p') rest.pop()
  if (rest.length === 0) return end
  const path = rest.at(-1)?.name === 'http-path' ? rest.pop()?.value : '/'
  const sni = rest[1]?.name === 'sni' ? rest.splice(1, 1)[0]?.value : undefined
  const secure = { ws: false, 'tls/ws': true, wss: true }[rest.map(({ name }) => name).join('/')]
  if (secure === undefined || path === undefined || (sni !== undefined && !secure)) return undefined
  return {
    ...end,
    webSocket: { secure, path: path.startsWith('/') ? path : `/${path}`, serverName: sni ?? host.value },
  }
}

/** Returns true when the address begins with TCP to an IP address or a host name; a circuit may follow. */
export function beginsDialable(address: Multiaddr): boolean {
  const [host, tcp] = address.getComponents()
  return host !== undefined && host.name in families && tcp?.name === 'tcp'
}
