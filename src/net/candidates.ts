import { BlockList, isIP, isIPv6 } from 'node:net'
import { multiaddr } from '@multiformats/multiaddr'
import { type RouterKind, routerKind } from '../wire/direct-steps.js'
import { plainAddress, type SeenAddress } from '../wire/seen-address.js'

/** One address of an interface, as `os.networkInterfaces()` has it. */
export interface InterfaceAddress {
  address: string
  /** With the length of its network's prefix, as `192.168.1.7/24`. */
  cidr: string | null
  internal: boolean
}

/** Holds what a side knows of where it is. */
export interface Place {
  interfaces: readonly InterfaceAddress[]
  /** What relays see of the port that the side is going to connect from, one answer each. */
  seen: readonly SeenAddress[]
}

/** Tells where a side may be reached without a relay, in multiaddrs, as the other side is told. */
export interface Candidates {
  /** Where it takes connections. */
  multiaddrs: string[]
  /** Where relays see the port that it is going to connect from. */
  punch: string[]
  router: RouterKind
}

/** Holds those of the other side's candidates that are worth a connection. */
export interface Targets {
  listening: SeenAddress[]
  punch: SeenAddress[]
}

/** Limits the candidates of either kind that a side tells, and those of the other side that it tries. */
export const maxCandidates = 8
const maxNear = 4
/**
 * The lowest port we connect to in a private network: services mostly have lower ones, and a stranger shall not make us connect to
 * them.
 */
const minPrivatePort = 10_000
const minPublicPort = 1_024

export type Reach = 'loopback' | 'link' | 'private' | 'public' | 'none'

const ranges: ReadonlyArray<readonly [Reach, readonly string[]]> = [
  ['none', ['0.0.0.0/8', '192.0.0.0/24', '224.0.0.0/3', '::/128', 'ff00::/8', '64:ff9b::/96', '2002::/16']],
  ['loopback', ['127.0.0.0/8', '::1/128']],
  ['link', ['169.254.0.0/16', 'fe80::/10']],
  ['private', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '198.18.0.0/15', 'fc00::/7']],
]
const lists = ranges.map(([reach, cidrs]) => [reach, listOf(cidrs)] as const)

/** Returns how far an IP address reaches; `none` for those that name no machine. */
export function reachOf(host: string): Reach {
  const plain = plainAddress(host)
  if (isIP(plain) === 0) return 'none'
  return lists.find(([, list]) => list.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4'))?.[0] ?? 'public'
}

/**
 * Returns where this side may be reached: `listenPort` takes connections for this session alone, `punchPort` is what it connects
 * from, and `configured` is what the node listens on for everybody who has a session with it. Where every relay is on this machine,
 * so is the other side.
 */
export function candidatesOf(
  place: Place,
  {
    listenPort,
    punchPort,
    configured,
  }: { listenPort: number | undefined; punchPort: number; configured: readonly string[] },
): Candidates {
  const router = routerOf(place, punchPort)
  if (isOneMachine(place)) {
    const multiaddrs = listenPort === undefined ? [] : [addressText({ host: '127.0.0.1', port: listenPort })]
    return { multiaddrs: unique([...multiaddrs, ...configured]), punch: [], router }
  }
  const own = place.interfaces
    .filter(({ address, internal }) => !internal && ['private', 'public'].includes(reachOf(address)))
    .map(({ address }) => plainAddress(address))
    .sort((a, b) => preference(a) - preference(b))
  const on = (hosts: readonly string[], port: number | undefined) =>
    port === undefined ? [] : hosts.map((host) => addressText({ host, port }))
  const seenHosts = unique(place.seen.map(({ host }) => host))
  // A port that a person opened here is mostly the one that their router forwards.
  const forwarded = configured.flatMap((address) => on(seenHosts, ipTarget(address)?.port))
  return {
    multiaddrs: unique([...configured.filter(isUseful), ...on(own, listenPort), ...forwarded]).slice(
      0,
      2 * maxCandidates,
    ),
    punch: unique([...place.seen.map(addressText), ...on(own, punchPort)]).slice(0, maxCandidates),
    router,
  }
}

/**
 * Returns those of the other side's candidates that may lead to it. The candidates come from somebody else: names are not looked
 * up, nothing of this machine or of the link is asked for, private addresses only where the two can be in one network, and no port
 * where services are.
 */
export function targetsOf(theirs: Candidates, place: Place): Targets {
  const theirHosts = theirs.punch.flatMap((text) => ipTarget(text)?.host ?? [])
  const worth = (texts: readonly string[]) =>
    unique(texts)
      .flatMap((text) => ipTarget(text) ?? [])
      .filter((target) => isPlausible(target, place, theirHosts))
      .sort((a, b) => preference(a.host) - preference(b.host))
      // A machine with many virtual networks has public addresses, too.
      .filter(({ host }, index) => index < maxNear || reachOf(host) === 'public')
      .slice(0, maxCandidates)
  return { listening: worth(theirs.multiaddrs), punch: worth(theirs.punch) }
}

function isPlausible({ host, port }: SeenAddress, place: Place, theirHosts: readonly string[]): boolean {
  const seenHosts = place.seen.map((seen) => seen.host)
  switch (reachOf(host)) {
    case 'public':
      return port >= minPublicPort || port === 443
    case 'loopback':
      return isOneMachine(place) && port >= minPublicPort
    case 'private': {
      if (port < minPrivatePort) return false
      // The relays are in a private network themselves, which may have parts that no interface here is in.
      if (seenHosts.some((seen) => reachOf(seen) === 'private')) return true
      const sameRouter = seenHosts.length === 0 || seenHosts.some((seen) => theirHosts.includes(seen))
      return (
        sameRouter && place.interfaces.some(({ cidr }) => cidr !== null && listOf([cidr]).check(host, familyOf(host)))
      )
    }
    default:
      return false
  }
}

/**
 * Returns true when no attempt is worth a packet: both routers change ports with every destination, and neither side takes
 * connections where the other could reach it.
 */
export function isHopeless(own: Candidates, theirs: Candidates, place: Place): boolean {
  if (own.router !== routerKind.changes || theirs.router !== routerKind.changes) return false
  const isOpen = own.multiaddrs.some((text) => reachOf(ipTarget(text)?.host ?? '') === 'public')
  return !isOpen && targetsOf(theirs, place).listening.length === 0
}

/** Returns why two sides with these candidates found no way, for people. */
export function whyNoWay(own: Candidates, theirs: Candidates, place: Place): string {
  const { changes } = routerKind
  if (own.router === changes && theirs.router === changes) return 'both routers change ports with every destination'
  if (own.router === changes)
    return "this side's router changes ports with every destination, and the other side takes no connection"
  if (theirs.router === changes) {
    return "the other side's router changes ports with every destination, and this side takes no connection"
  }
  const all = ({ multiaddrs, punch }: Candidates) => [...multiaddrs, ...punch].flatMap((text) => ipTarget(text) ?? [])
  const families = (candidates: Candidates) => new Set(all(candidates).map(({ host }) => familyOf(host)))
  const [ours, others] = [families(own), families(theirs)]
  if (others.size === 0) return 'the other side knows no address of its own'
  if (ours.size === 0) return 'no address of this side is known'
  if (![...ours].some((family) => others.has(family))) return 'one side has IPv4 only, the other IPv6 only'
  const seen = place.seen.map(({ host }) => host)
  if (all(theirs).some(({ host }) => reachOf(host) === 'public' && seen.includes(host))) {
    return 'both sides are behind one router, which does not let them reach each other'
  }
  if (place.seen.length === 0) return 'no relay told which address it sees of this side'
  return 'nothing answered at any address of the other side: a firewall is between the two'
}

function routerOf({ interfaces, seen }: Place, punchPort: number): RouterKind {
  const first = seen[0]
  if (first === undefined) return routerKind.unknown
  const of = seen.filter(({ host }) => familyOf(host) === familyOf(first.host))
  if (of.some(({ host, port }) => host !== first.host || port !== first.port)) return routerKind.changes
  if (interfaces.some(({ address }) => plainAddress(address) === first.host)) return routerKind.none
  return of.length > 1 || first.port === punchPort ? routerKind.keeps : routerKind.unknown
}

/** Returns true when every relay that answered is on this machine: then so is whoever else uses it. */
export function isOneMachine({ seen }: Place): boolean {
  return seen.length > 0 && seen.every(({ host }) => reachOf(host) === 'loopback')
}

/** Orders hosts by reach: the nearer the better, and IPv6 before IPv4, as there is mostly no router that changes addresses. */
function preference(host: string): number {
  const near = ['loopback', 'private'].includes(reachOf(host)) ? 0 : 2
  return near + (isIPv6(host) ? 0 : 1)
}

function familyOf(host: string): 'ipv4' | 'ipv6' {
  return isIPv6(host) ? 'ipv6' : 'ipv4'
}

const unique = <T>(items: readonly T[]): T[] => [...new Set(items)]
/** Returns true for an address that others are told: one that somebody else can use, too. */
const isUseful = (text: string) => {
  const host = ipTarget(text)?.host
  return host === undefined || !['none', 'loopback', 'link'].includes(reachOf(host))
}

export function addressText({ host, port }: SeenAddress): string {
  return `/${isIPv6(host) ? 'ip6' : 'ip4'}/${host}/tcp/${port}`
}

/** Reads an IP address and a TCP port, perhaps with `/p2p/…` behind; returns undefined for everything else. */
function ipTarget(text: string): SeenAddress | undefined {
  try {
    const [host, tcp, ...rest] = multiaddr(text).getComponents()
    if ((host?.name !== 'ip4' && host?.name !== 'ip6') || tcp?.name !== 'tcp') return undefined
    if (rest.length > 1 || rest.some(({ name }) => name !== 'p2p')) return undefined
    return { host: plainAddress(host.value!), port: Number(tcp.value) }
  } catch {
    return undefined
  }
}

/** Makes a list of networks; each is given as `192.168.1.0/24`, or as an address in it with the length of its prefix. */
export function listOf(cidrs: readonly string[]): BlockList {
  const list = new BlockList()
  for (const cidr of cidrs) {
    const [network, bits] = cidr.split('/')
    list.addSubnet(network!, Number(bits), familyOf(network!))
  }
  return list
}
