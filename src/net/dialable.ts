import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'

const hosts = new Set(['ip4', 'ip6', 'dns', 'dns4', 'dns6'])

/** An address that a node of this version can dial, taken apart. */
export interface DialableAddress {
  /** An IP address or a host name. */
  host: string
  port: number
}

/**
 * Reads a multiaddr that this version can dial: TCP to an IP address or a host name, perhaps with `/p2p/…` behind. Undefined for
 * everything else (other transports, circuits, what is no multiaddr): the one place that knows.
 */
export function dialable(address: string): DialableAddress | undefined {
  try {
    const [host, tcp, ...rest] = multiaddr(address).getComponents()
    if (host?.value === undefined || !hosts.has(host.name)) return undefined
    if (tcp?.name !== 'tcp' || tcp.value === undefined || tcp.value === '0') return undefined
    if (rest.length > 1 || rest.some(({ name }) => name !== 'p2p')) return undefined
    return { host: host.value, port: Number(tcp.value) }
  } catch {
    return undefined
  }
}

/** True when the address begins with TCP to an IP address or a host name; a circuit may follow. */
export function beginsDialable(address: Multiaddr): boolean {
  const [host, tcp] = address.getComponents()
  return host !== undefined && hosts.has(host.name) && tcp?.name === 'tcp'
}
