import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { multiaddr } from '@multiformats/multiaddr'
import { OverlayError } from '../core/errors.js'
import type { NetworkView } from '../identity/network-document.js'
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
 * Returns where a relay listens and what it tells others, by what it was told, else by the network document. `secure` says that it
 * has a certificate for TLS. Throws `bad_argument`.
 */
export function relayAddresses(
  relay: { name: string; peerId: { toString(): string }; network?: Pick<NetworkView, 'relays'> | undefined },
  given: { listen?: string[]; announce?: string[] },
  secure: boolean,
): RelayAddresses {
  const { name, peerId, network } = relay
  const published = network?.relays.find((each) => each.peerId === peerId.toString())?.multiaddrs ?? []
  const { listen, announce, elsewhere }: RelayAddresses =
    given.listen === undefined
      ? listenFor(published, localAddresses(), secure)
      : { listen: given.listen, elsewhere: [] }
  if (listen.length === 0) {
    throw new OverlayError(
      'bad_argument',
      elsewhere.length > 0
        ? `Relay '${name}' can't listen at ${elsewhere.join(', ')} without --tls-cert and --tls-key; behind a TLS terminator say --listen /ip4/127.0.0.1/tcp/<port>/ws.`
        : `The network document gives relay '${name}' no address; say --listen.`,
    )
  }
  const withoutTls = !secure && listen.find((address) => dialable(address)?.webSocket?.secure)
  if (withoutTls) throw new OverlayError('bad_argument', `${withoutTls} takes --tls-cert and --tls-key.`)
  const told = given.announce ?? announce
  told?.forEach(checkMultiaddr)
  return { listen: listen.map(checkMultiaddr), elsewhere, ...(told === undefined ? {} : { announce: told }) }
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

function localAddresses(): Set<string> {
  return new Set(Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address)))
}

/** Returns the address without a trailing `/p2p/…`, which libp2p does not listen on. */
function checkMultiaddr(text: string): string {
  try {
    multiaddr(text)
  } catch (error) {
    throw new OverlayError('bad_argument', `'${text}' is not a multiaddr such as /ip4/127.0.0.1/tcp/4001.`, {
      cause: error,
    })
  }
  return text.replace(/\/p2p\/[^/]+$/, '')
}
