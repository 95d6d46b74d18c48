import { lookup } from 'node:dns/promises'
import { isIP, isIPv6 } from 'node:net'
import type { Multiaddr } from '@multiformats/multiaddr'
import { ipv6Bytes, plainAddress } from '../wire/seen-address.js'
import { type InterfaceAddress, listOf, type Reach, reachOf } from './candidates.js'
import { beginsDialable } from './dialable.js'

/** 64:ff9b::/96 */
const translationPrefix = [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0]

/** Matches names that no resolver of the Internet knows. */
const localName = /(^|\.)(localhost|local|internal|intranet|lan|home\.arpa)$/i

/**
 * Decides which of the addresses that others tell may be dialled. An address of this machine, of the link or of a private network
 * may be only where the network itself is there: the network document or a person named such an address, or a node is reached at
 * one. Otherwise a stranger could make us connect to what only we can reach.
 */
export class DialScope {
  readonly #named: () => readonly Multiaddr[]
  readonly #lan: () => Interfaces
  readonly #reached = new Set<Reach>()

  /**
   * `named` gives the addresses that are meant whatever they are; `lan` the interfaces whose networks are, for nodes that find each
   * other far away although they are neighbours.
   */
  constructor(named: () => readonly Multiaddr[], options: { lan?: () => Interfaces } = {}) {
    this.#named = named
    this.#lan = options.lan ?? (() => ({}))
  }

  /**
   * Called when somebody who may tell addresses of others is at the other end of a connection with this address. A name that others
   * told says nothing, as it leads where its owner likes; where it led was permitted before.
   */
  reached(address: Multiaddr): void {
    const host = hostOf(address)
    if (host === undefined) return
    if (isIP(host) !== 0) this.#reached.add(reachOf(host))
    else if (this.#isNamed(host))
      lookup(host, { all: true }).then(
        (found) => {
          for (const { address } of found) this.#reached.add(reachOf(address))
        },
        () => {}, // it was found a moment ago; then it is not known how far it reaches
      )
  }

  #isNeighbour(host: string): boolean {
    const cidrs = Object.values(this.#lan()).flatMap((all = []) =>
      all.flatMap(({ internal, cidr }) => (internal || cidr === null ? [] : [cidr])),
    )
    return listOf(cidrs).check(host, isIPv6(host) ? 'ipv6' : 'ipv4')
  }

  permits(address: Multiaddr): boolean {
    const host = hostOf(address)
    return host !== undefined && (this.#isNamed(host) || this.#isInReach(host))
  }

  /** Decides whether a name that was permitted may lead to this IP address, which it was looked up as: whose it is says where. */
  permitsFound(name: string, address: string): boolean {
    return this.#isNamed(name) || this.#isInReach(translated(address))
  }

  #isInReach(host: string): boolean {
    const reach = hostReach(host)
    if (reach === 'public' || this.#reached.has(reach)) return true
    if (reach === 'private' && isIP(host) !== 0 && this.#isNeighbour(host)) return true
    return this.#named().some((each) => {
      const named = hostOf(each)
      return named !== undefined && reach !== 'none' && hostReach(named) === reach
    })
  }

  #isNamed(host: string): boolean {
    return this.#named().some((each) => hostOf(each) === host)
  }
}

type Interfaces = NodeJS.Dict<readonly InterfaceAddress[]>

function hostOf(address: Multiaddr): string | undefined {
  return beginsDialable(address) ? address.getComponents()[0]?.value : undefined
}

function hostReach(host: string): Reach {
  if (isIP(host) !== 0) return reachOf(host)
  if (/(^|\.)localhost\.?$/i.test(host)) return 'loopback'
  return localName.test(host.replace(/\.$/, '')) || !host.includes('.') ? 'private' : 'public'
}

/** Returns the IPv4 address that a network without IPv4 has put into one of IPv6 (RFC 6052, as DNS64 does), or the address itself. */
function translated(address: string): string {
  const plain = plainAddress(address)
  if (!isIPv6(plain)) return plain
  const bytes = ipv6Bytes(plain)
  return translationPrefix.every((byte, at) => bytes[at] === byte) ? bytes.slice(12).join('.') : plain
}
