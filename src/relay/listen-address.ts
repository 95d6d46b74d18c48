import { isIP } from 'node:net'
import { multiaddr } from '@multiformats/multiaddr'

/** Where a relay listens, and what it tells others. */
export interface RelayAddresses {
  listen: string[]
  /** Undefined: the addresses listened on. */
  announce?: string[]
}

/**
 * Where to listen so that a relay is reached at its addresses in the network document. An address that is one of this machine
 * (`local`, IP addresses) is listened on as it is. A host name, or the address of a router that passes the port on, can't be: then
 * every interface is listened on, on the same port, and others are told the document's address.
 */
export function listenFor(published: readonly string[], local: ReadonlySet<string>): RelayAddresses {
  const listen = published.map((address) => everywhere(address, local) ?? address)
  const widened = listen.some((address, index) => address !== published[index])
  return { listen: [...new Set(listen)], ...(widened ? { announce: [...published] } : {}) }
}

/** The same port on every interface, when the host is none of this machine; undefined when it is. */
function everywhere(address: string, local: ReadonlySet<string>): string | undefined {
  const [host, tcp] = multiaddr(address).getComponents()
  if (host?.value === undefined || tcp?.name !== 'tcp') return undefined
  if (isIP(host.value) !== 0 && (local.has(host.value) || isLoopbackOrAny(host.value))) return undefined
  const any = host.name === 'ip6' || host.name === 'dns6' ? '/ip6/::' : '/ip4/0.0.0.0'
  return `${any}/tcp/${tcp.value}`
}

/** 127.0.0.0/8 belongs to a machine as a whole, though only one address of it is listed. */
function isLoopbackOrAny(host: string): boolean {
  return host.startsWith('127.') || host === '::1' || host === '0.0.0.0' || host === '::'
}
