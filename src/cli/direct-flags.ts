import { Option } from 'commander'
import { OverlayError } from '../core/errors.js'
import { collect } from './flag-values.js'

/** Holds what `addOption` and `option` make of the flags below. */
export interface DirectFlags {
  relayOnly?: boolean
  directListen?: string[]
}

/** Define the flags of every command that has sessions. */
export const relayOnlyFlag = [
  '--relay-only',
  'stay on relays, and tell no other side an address; by default a direct connection is used where one can be made',
] as const
export const directListenFlag = [
  '--direct-listen <multiaddr>',
  'take direct connections here, for example /ip4/0.0.0.0/tcp/4001 where a router forwards that port',
  collect,
] as const
/** Defines a flag of earlier versions, which has no effect: what it asked for is the default. */
export const formerDirectFlag = (): Option => new Option('--direct').hideHelp()

/** Returns what these flags are for `createContext`. Throws `bad_argument`. */
export function directOptions({ relayOnly, directListen }: DirectFlags): {
  direct?: 'never'
  directListen?: string[]
} {
  if (relayOnly && directListen !== undefined) {
    throw new OverlayError('bad_argument', '--relay-only leaves nothing for --direct-listen to do; say one of them.')
  }
  if (relayOnly) return { direct: 'never' }
  return directListen === undefined ? {} : { directListen }
}
