import { isIPv6 } from 'node:net'
import { type InterfaceAddress, reachOf } from '../net/candidates.js'
import { type RouterKind, routerKind } from '../wire/direct-steps.js'
import { plainAddress, type SeenAddress } from '../wire/seen-address.js'

/** Tells one thing that a network allows, or not. */
export interface NetFinding {
  check: 'relay' | 'proxy' | 'address' | 'router' | 'direct' | 'ipv6' | 'upnp' | '443'
  /** Undefined where it is neither good nor bad, or could not be found out. */
  holds?: boolean
  /** What was found, for people. */
  found: string
  /** The same for programs. */
  details?: Record<string, unknown>
}

/** Tells how one address of a relay was tried. */
export interface TriedAddress {
  address: string
  /** The time until the connection stood; absent when it never did. */
  ms?: number
  error?: string
}

export interface TriedRelay {
  name: string
  /** How long a question to it takes; undefined when it has no link. */
  roundTripMs?: number | undefined
  /** Says why it has none. */
  error?: string | undefined
  addresses: readonly TriedAddress[]
}

/** Tells whether a relay is reached, how far it is, and which of its addresses lead there. */
export function relayFinding({ name, roundTripMs, error, addresses }: TriedRelay): NetFinding {
  const tried = addresses.map(
    (one) => `${one.address} ${one.error === undefined ? `in ${shownMs(one.ms ?? 0)}` : words(one.error)}`,
  )
  // What keeps its addresses from being reached is said there.
  const open = addresses.some((one) => one.error === undefined)
  const why = open || addresses.length === 0 ? ` (${words(error ?? 'still being tried')})` : ''
  const found = roundTripMs === undefined ? `does not answer${why}` : `answers in ${shownMs(roundTripMs)}`
  return {
    check: 'relay',
    holds: roundTripMs !== undefined,
    found: [`${name} ${found}`, ...tried].join('; '),
    details: { name, addresses, ...(roundTripMs === undefined ? { error } : { roundTripMs }) },
  }
}

/** Returns a sentence as it stands inside another one. */
function words(sentence: string): string {
  return sentence.replace(/\.$/, '')
}

/** Tells which proxies lead to relays, each with as many of their addresses; `shown` without passwords. */
export function proxyFinding(shown: readonly string[], relays: number): NetFinding {
  const proxies = [...new Set(shown)]
  const found =
    proxies.length === 0
      ? 'none is used'
      : `${proxies.join(', ')} leads to ${shown.length} of ${relays} addresses of relays`
  return { check: 'proxy', found, details: { proxies } }
}

/** Tells which addresses relays see, and whether they are this machine's own. */
export function addressFinding(seen: readonly SeenAddress[], interfaces: readonly InterfaceAddress[]): NetFinding {
  const hosts = [...new Set(seen.map(({ host }) => host))]
  const own = new Set(interfaces.map(({ address }) => plainAddress(address)))
  const describe = (host: string) => {
    const reach = reachOf(host)
    if (reach === 'loopback') return `${host}, as they are on this machine`
    const whose = own.has(host) ? "this machine's own" : "a router's"
    return `${host}, ${whose}${reach === 'public' ? '' : ' in a private network'}`
  }
  const found =
    hosts.length === 0 ? 'no relay told which address it sees' : `relays see ${hosts.map(describe).join(', and ')}`
  return { check: 'address', ...(hosts.length === 0 ? {} : { holds: true }), found, details: { seen: hosts } }
}

/** Tells what becomes of a port on the way out. */
export function routerFinding(router: RouterKind): NetFinding {
  const [name] = Object.entries(routerKind).find(([, kind]) => kind === router) ?? ['unknown']
  const texts: Record<string, string> = {
    none: 'none changes addresses between here and the relays',
    keeps: 'it keeps the port from destination to destination, so direct connections come about',
    changes: 'it changes the port with every destination: direct only with those who take connections',
    unknown: 'not known: it takes two relays that tell which address they see',
  }
  return {
    check: 'router',
    ...(router === routerKind.unknown ? {} : { holds: router !== routerKind.changes }),
    found: texts[name]!,
    details: { router: name },
  }
}

/** Tells whether sessions may leave the relays; `never` says why not. */
export function directFinding(never: string | undefined): NetFinding {
  return { check: 'direct', holds: never === undefined, found: never ?? 'sessions may become direct', details: {} }
}

/** Tells whether there is IPv6, and whether relays are reached on it. */
export function ipv6Finding(interfaces: readonly InterfaceAddress[], seen: readonly SeenAddress[]): NetFinding {
  const own = interfaces
    .map(({ address }) => plainAddress(address))
    .filter((address) => isIPv6(address) && reachOf(address) === 'public')
  const reached = seen.some(({ host }) => isIPv6(host) && reachOf(host) !== 'loopback')
  const found =
    own.length === 0
      ? 'this machine has no address of it'
      : `this machine has ${own.join(', ')}; ${reached ? 'relays are reached on it' : 'no relay is reached on it'}`
  return { check: 'ipv6', ...(own.length === 0 ? {} : { holds: true }), found, details: { addresses: own, reached } }
}

/** Tells whether a router answered the question who maps ports; `answers` are its words for itself. */
export function upnpFinding(answers: readonly string[]): NetFinding {
  const found = answers.length === 0 ? 'no router answers' : `a router offers to map ports (${answers.join('; ')})`
  return { check: 'upnp', ...(answers.length === 0 ? {} : { holds: true }), found, details: { answers } }
}

/** Tells whether port 443 of a relay is reached: all that some networks let out. */
export function port443Finding(tried: readonly TriedAddress[]): NetFinding {
  const reached = tried.filter(({ error }) => error === undefined).map(({ address }) => address)
  const failed = tried
    .filter(({ error }) => error !== undefined)
    .map(({ address, error }) => `not ${address} (${error})`)
  if (tried.length === 0) {
    return {
      check: '443',
      found: 'no relay of this network is there; where only 443 gets out, none is reached',
      details: { tried },
    }
  }
  const found = [reached.length > 0 ? `${reached.join(', ')} reached` : 'nothing reached', ...failed].join('; ')
  return { check: '443', holds: reached.length > 0, found, details: { tried } }
}

function shownMs(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`
}
