import { BlockList, isIP } from 'node:net'
import { peerIdFromString } from '@libp2p/peer-id'
import { type Component, type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { errorText, OverlayError } from '../core/errors.js'
import { escapeControls } from '../core/text.js'

/**
 * Lists the public DHT's bootstrap peers, as go-libp2p-kad-dht has them (dht_bootstrap.go, DefaultBootstrapPeers). Every program on
 * the public network shares them; `--peer` replaces them.
 */
export const publicBootstrapPeers: readonly string[] = [
  '/dnsaddr/bootstrap.libp2p.io/p2p/QmNnooDu7bfjPFoTZYxMNLWUQJyrVwtbZg5gBMjTezGAJN',
  '/dnsaddr/bootstrap.libp2p.io/p2p/QmQCU2EcMqAqQPR2i9bChDtGNJchTbq5TbXJJ16u19uLTa',
  '/dnsaddr/bootstrap.libp2p.io/p2p/QmbLHAnMoJPWSCR5Zhtx6BHJX9KiKNN6tpvbUcqanj75Nb',
  '/dnsaddr/bootstrap.libp2p.io/p2p/QmcZf59bWwK5XFi76CZX8cbJ4BhTzzA3gU1ZjYZcYW3dwt',
  '/ip4/104.131.131.82/tcp/4001/p2p/QmaCpDMGvV2BGHeYERUEnRQAwe3N8SzbUtfsmvsqQLuvuJ',
]

/** Reads an address to listen on: `/ip4/…/tcp/…` or `/ip6/…/tcp/…`. Throws `bad_argument`. */
export function parseListenAddress(text: string): Multiaddr {
  const { address, components } = parse(text, '/ip4/127.0.0.1/tcp/6666')
  const [host, port, ...rest] = components.map(({ name }) => name)
  if ((host !== 'ip4' && host !== 'ip6') || port !== 'tcp' || rest.length > 0) {
    throw bad(text, 'is not one to listen on; TCP only, for example /ip4/127.0.0.1/tcp/6666')
  }
  return address
}

/** Reads an address of a peer: a TCP address or a DNS name, then `/p2p/<peer id>`. Throws `bad_argument`. */
export function parsePeerAddress(text: string): { address: Multiaddr; peerId: string } {
  const example = '/ip4/127.0.0.1/tcp/6666/p2p/12D3KooW…'
  const { address, components } = parse(text, example)
  const last = components.at(-1)
  if (last?.name !== 'p2p' || last.value === undefined) {
    throw bad(text, `does not say which peer is there: it must end in /p2p/<peer id>, as in ${example}`)
  }
  const where = components.slice(0, -1).map(({ name }) => name)
  const reachable = where.length === 1 ? where[0] === 'dnsaddr' : where.length === 2 && where[1] === 'tcp'
  if (!reachable) throw bad(text, `is not one that can be reached by TCP, as ${example} can`)
  try {
    return { address, peerId: peerIdFromString(last.value).toString() }
  } catch {
    throw bad(text, `has no valid peer id after /p2p/, as in ${example}`)
  }
}

function parse(text: string, example: string): { address: Multiaddr; components: Component[] } {
  try {
    const address = multiaddr(text)
    return { address, components: address.getComponents() }
  } catch (cause) {
    throw bad(text, `is not a multiaddr (${escapeControls(errorText(cause))}); it reads like ${example}`, cause)
  }
}

function bad(text: string, why: string, cause?: unknown): OverlayError {
  return new OverlayError('bad_argument', `The address '${escapeControls(text)}' ${why}.`, { cause })
}

/** Lists the addresses that cannot be reached from the Internet: RFC 1918, 6598, 3927, 4193, 4291, loopback and "this host". */
const unroutable = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  unroutable.addSubnet(network, prefix, 'ipv4')
}
for (const [network, prefix] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
] as const) {
  unroutable.addSubnet(network, prefix, 'ipv6')
}

/** Returns true for an address with an IP that the whole Internet can reach; names count as such, circuits do not. */
export function isPublicAddress(address: Multiaddr): boolean {
  const components = address.getComponents()
  if (components.some(({ name }) => name === 'p2p-circuit')) return false
  const [host] = components
  if (host?.value === undefined) return false
  const family = isIP(host.value)
  if (family === 0) return host.name.startsWith('dns')
  return !unroutable.check(host.value, family === 4 ? 'ipv4' : 'ipv6')
}

/**
 * Decides which part to play in the DHT. A private network has no servers but its chatters, so everyone is one, from the first
 * moment: go asks once. On the public DHT a node that nobody there can reach would only waste the others' time, and is a client, as
 * go's program is. `dialed` are the addresses at which we reached others.
 */
export function dhtMode(own: readonly Multiaddr[], dialed: readonly Multiaddr[]): 'server' | 'client' {
  return dialed.some(isPublicAddress) && !own.some(isPublicAddress) ? 'client' : 'server'
}

/**
 * Returns those of the addresses that others tell of a peer that lead to it, each with its `/p2p/<peer id>`. Relays' circuits are
 * left out, as we cannot dial them: libp2p takes the relay for the peer that is meant, and refuses the whole list.
 */
export function addressesOf(peerId: string, told: readonly string[]): Multiaddr[] {
  return told.flatMap((text) => {
    const address = multiaddr(text)
    const components = address.getComponents()
    if (components.some(({ name }) => name === 'p2p-circuit')) return []
    const named = components.findLast(({ name }) => name === 'p2p')?.value
    if (named === undefined) return [address.encapsulate(`/p2p/${peerId}`)]
    return named === peerId ? [address] : []
  })
}
