import { isIP } from 'node:net'
import { dialable } from '../net/dialable.js'

/** Says where a relay listens, and what it tells others. */
export interface RelayAddresses {
  listen: string[]
  /** Undefined: the addresses listened on. */
  announce?: string[]
  /** Published ones at which it can't listen by itself: a TLS terminator has to be there. */
  elsewhere: string[]
}

/**
 * Returns where to listen so that a relay is reached at its addresses in the network document. An address that is one of this
 * machine (`local`, IP addresses) is listened on as it is. A host name, or the address of a router that passes the port on, can't
 * be: then every interface is listened on, on the same port, and others are told the document's address. What begins with TLS takes
 * a certificate (`secure`); without one it is somebody else's port.
 */
export function listenFor(published: readonly string[], local: ReadonlySet<string>, secure = false): RelayAddresses {
  const isElsewhere = (address: string) => !secure && dialable(address)?.webSocket?.secure === true
  const own = published.filter((address) => !isElsewhere(address))
  const elsewhere = published.filter(isElsewhere)
  const listen = own.map((address) => listenedOn(address, local))
  const differs = elsewhere.length > 0 || listen.some((address, index) => address !== own[index])
  return { listen: [...new Set(listen)], elsewhere, ...(differs ? { announce: [...published] } : {}) }
}

/** Returns the address itself, or, when its host is none of this machine, the same port on every interface. */
function listenedOn(address: string, local: ReadonlySet<string>): string {
  const end = dialable(address)
  if (end === undefined) return address
  const { host, port, family, webSocket } = end
  // Every path of a WebSocket leads here.
  const inside = webSocket === undefined ? '' : webSocket.secure ? '/tls/ws' : '/ws'
  const kind = isIP(host)
  const here = kind !== 0 && (local.has(host) || isLoopbackOrAny(host))
  if (here) return `/ip${kind}/${host}/tcp/${port}${inside}`
  return `${family === 6 ? '/ip6/::' : '/ip4/0.0.0.0'}/tcp/${port}${inside}`
}

/**
 * Returns true for loopback and unspecified addresses: 127.0.0.0/8 belongs to a machine as a whole, though only one address of it
 * is listed.
 */
function isLoopbackOrAny(host: string): boolean {
  return host.startsWith('127.') || host === '::1' || host === '0.0.0.0' || host === '::'
}
