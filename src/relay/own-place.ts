import { OverlayError } from '../core/errors.js'
import type { NetworkView } from '../identity/network-document.js'
import { dialable } from '../net/dialable.js'

/**
 * Returns what is wrong with a relay's place in the network document, compared with where it really listens; undefined when nothing
 * is. Ports only: what a router or a host name makes of an address can't be seen from here.
 */
export function misplaced(
  network: NetworkView,
  peerId: string,
  addresses: readonly string[],
): OverlayError | undefined {
  const entry = network.relays.find((relay) => relay.peerId === peerId)
  // Not named there, others find it through the other relays.
  if (entry === undefined || entry.multiaddrs.length === 0) return undefined
  const ports = new Set(addresses.map((address) => dialable(address)?.port))
  if (entry.multiaddrs.some((address) => ports.has(dialable(address)?.port))) return undefined
  return new OverlayError(
    'unreachable',
    `Revision ${network.revision} says that ${entry.name} is at ${entry.multiaddrs.join(', ')}, but this relay listens on ` +
      `${addresses.join(', ')}: restart it to follow, or publish where it is.`,
    { relay: entry.name },
  )
}
