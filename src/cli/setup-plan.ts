import { isIPv4, isIPv6 } from 'node:net'
import { checkIdentityName, checkNetworkName, checkServiceName } from '../core/address.js'
import { OverlayError } from '../core/errors.js'
import { defaultMaxTerminators } from '../core/limits.js'
import { maxTerminatorsCap } from '../identity/network-document.js'
import type { ServiceDefinition } from '../identity/policy.js'
import { defaultService } from './service-file.js'

/** Holds what `setup` can be told; everything has a default. */
export interface SetupOptions {
  networkName?: string
  users?: readonly string[]
  /** How many relays, 1–64; default as many as there are hosts, and 3 for one host. */
  relays?: number
  /** IP addresses or host names under which the others reach the relays: one for all of them, or one for each. */
  relayHosts?: readonly string[]
  /** Port of the first relay of each host; further ones of the same host have the ports after it. */
  relayBasePort?: number
  /** Instead of consecutive ports: one for each relay. */
  relayPorts?: readonly number[]
  service?: string
  maxTerminators?: number
  /** Locks the authority's key. */
  passphrase?: string
}

export interface PlannedRelay {
  name: string
  multiaddr: string
  /** The host as it was given. */
  host: string
  port: number
}

/** Holds everything `setup` is going to make, before a single key exists. */
export interface SetupPlan {
  networkName: string
  users: string[]
  relays: PlannedRelay[]
  service: ServiceDefinition
  /** False when there is a service file that says the same. */
  writesService: boolean
  /** All that will be written, relative to the folder of the setup, with `/`. */
  files: string[]
  /** The passphrase of the authority's key, when that is to be locked. */
  passphrase?: string
}

export const setupDefaults = {
  networkName: 'home',
  users: ['user1', 'user2', 'user3', 'user4'],
  relays: 3,
  relayHosts: ['127.0.0.1'],
  relayBasePort: 4001,
  service: 'chat-p2p',
  maxTerminators: defaultMaxTerminators,
} as const

export const authorityName = 'authority'
/** Say where things are, relative to the folder of the setup. */
export const identityFile = (name: string) => `identities/${name}.json`
export const serviceFile = 'setup/service.json'

const maxSetupRelays = 64
const maxSetupUsers = 1000

/**
 * Checks the options against each other and fills in the defaults. `existing` is the service file that is already there: it
 * counts, unless `force` is set and the options say something else. Throws `bad_argument`, `bad_name`, or `file_exists` when
 * the options contradict it.
 */
export function planSetup(options: SetupOptions, existing?: ServiceDefinition, force = false): SetupPlan {
  const networkName = checkNetworkName(options.networkName ?? setupDefaults.networkName)
  const users = checkUsers(options.users ?? setupDefaults.users)
  const relays = planRelays(options)
  checkDistinct([...users, ...relays.map(({ name }) => name), authorityName])

  const service = planService(options, existing, force)
  const writesService = service !== existing
  const files = [...users, ...relays.map(({ name }) => name), authorityName].map(identityFile)
  if (writesService) files.push(serviceFile)
  return { networkName, users, relays, service, writesService, files, passphrase: options.passphrase }
}

function planService(
  options: SetupOptions,
  existing: ServiceDefinition | undefined,
  force: boolean,
): ServiceDefinition {
  const name = checkServiceName(options.service ?? existing?.name ?? setupDefaults.service)
  const maxTerminators = checkMaxTerminators(
    options.maxTerminators ?? existing?.maxTerminators ?? setupDefaults.maxTerminators,
  )
  if (existing === undefined) return defaultService(name, maxTerminators)
  if (name === existing.name && maxTerminators === existing.maxTerminators) return existing
  if (force) return { ...existing, name, maxTerminators }
  const [flag, asked, has] =
    name !== existing.name
      ? ['--service', name, `the service '${existing.name}'`]
      : ['--max-terminators', maxTerminators, `maxTerminators ${existing.maxTerminators}`]
  throw new OverlayError(
    'file_exists',
    `${serviceFile} defines ${has}, but ${flag} says ${asked}: edit the file, leave the flag out, or add --force (keeps a backup).`,
  )
}

function checkUsers(users: readonly string[]): string[] {
  if (users.length === 0) throw new OverlayError('bad_argument', 'There must be at least one user.')
  if (users.length > maxSetupUsers) {
    throw new OverlayError(
      'bad_argument',
      `${users.length} users are too many at once (${maxSetupUsers}); add more with identity create.`,
    )
  }
  return users.map((user) => checkIdentityName(user))
}

/** Throws when two names would be one file: on some machines `User1.json` is `user1.json`. */
function checkDistinct(names: readonly string[]): void {
  const seen = new Map<string, string>()
  for (const name of names) {
    const same = seen.get(name.toLowerCase())
    if (same !== undefined) {
      const why =
        name === authorityName
          ? `'${same}' is the name of the network's own key`
          : `'${same}' and '${name}' are the same name`
      throw new OverlayError('bad_argument', `${why}; every user and relay needs one of its own.`)
    }
    seen.set(name.toLowerCase(), name)
  }
}

function checkRelayCount(count: number): number {
  return checkRange('number of relays', count, 1, maxSetupRelays)
}

function checkMaxTerminators(count: number): number {
  return checkRange('number of terminators per host', count, 1, maxTerminatorsCap)
}

function planRelays(options: SetupOptions): PlannedRelay[] {
  const given = options.relayHosts ?? setupDefaults.relayHosts
  const addresses = given.map(hostAddress)
  const [first] = given
  if (first === undefined) throw new OverlayError('bad_argument', 'The relays need an address.')
  const usual = given.length > 1 ? given.length : setupDefaults.relays
  const count = checkRelayCount(options.relayPorts?.length ?? options.relays ?? usual)
  if (given.length > 1 && given.length !== count) {
    throw new OverlayError(
      'bad_argument',
      `${count} relays cannot have ${given.length} addresses: give one for all of them, or one for each.`,
    )
  }
  const hosts = Array.from({ length: count }, (_, index) => given[index] ?? first)
  return relayPorts(hosts, options).map((port, index) => ({
    name: `relay${index + 1}`,
    multiaddr: `${addresses[index] ?? addresses[0]}/tcp/${port}`,
    host: hosts[index]!,
    port,
  }))
}

/** Returns the relays' ports: relays of one machine need a port each; on machines of their own all have the same. */
function relayPorts(hosts: readonly string[], options: SetupOptions): number[] {
  if (options.relayPorts !== undefined) {
    if (new Set(options.relayPorts).size < options.relayPorts.length) {
      throw new OverlayError('bad_argument', 'Two relays cannot have the same port.')
    }
    return options.relayPorts.map((port) => checkRange('port of a relay', port, 1, 65_535))
  }
  const base = checkRange('first port of the relays', options.relayBasePort ?? setupDefaults.relayBasePort, 1, 65_535)
  const taken = new Map<string, number>()
  const ports = hosts.map((host) => {
    const port = taken.get(host) ?? base
    taken.set(host, port + 1)
    return port
  })
  const highest = Math.max(...ports)
  if (highest > 65_535) {
    throw new OverlayError(
      'bad_argument',
      `${hosts.length} relays from port ${base} on would need ports up to ${highest}; the highest is 65535.`,
    )
  }
  return ports
}

/** Returns the start of a multiaddr for an IP address or host name that others can dial; throws `bad_argument`. */
export function hostAddress(host: string): string {
  if (host === '0.0.0.0' || host === '::') {
    throw new OverlayError('bad_argument', `Nobody can dial ${host}: give the relays the address that others see.`)
  }
  if (isIPv4(host)) return `/ip4/${host}`
  // A zone (fe80::1%eth0) means something on one machine only.
  if (isIPv6(host) && !host.includes('%')) return `/ip6/${host}`
  if (host === 'localhost') return '/ip4/127.0.0.1'
  const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?'
  // All digits at the end is an IP address with a slip in it.
  if (host.length <= 253 && new RegExp(`^(${label}\\.)*${label}$`, 'i').test(host) && !/(^|\.)\d+$/.test(host)) {
    return `/dns/${host}`
  }
  throw new OverlayError('bad_argument', `'${host}' is neither an IP address nor a host name.`)
}

function checkRange(what: string, value: number, min: number, max: number): number {
  if (!Number.isInteger(value) || value < min || value > max) {
    const got = Number.isNaN(value) ? '' : `, not ${value}`
    throw new OverlayError('bad_argument', `The ${what} must be a whole number from ${min} to ${max}${got}.`)
  }
  return value
}
