/** What is compared, in the same run and the same layout: a dialer, a relay or proxy where there is one, and a host, each a process of its own. */
export const ways = [
  'tcp',
  'tls',
  'tcp proxied',
  'tls proxied',
  'libp2p relayed',
  'hyperdht direct',
  'hyperdht relayed',
  'splice',
  'circuit',
  'direct',
] as const
export type Way = (typeof ways)[number]

export const isWay = (text: string): text is Way => ways.some((way) => way === text)

/** Ours, in sessions of the SDK. */
export const sessionWays: readonly Way[] = ['splice', 'circuit', 'direct']

/** What each of ours is held against. */
export const referenceOf: Partial<Record<Way, Way>> = {
  splice: 'tls proxied',
  circuit: 'libp2p relayed',
  direct: 'tls',
}

/** Where everybody is. */
export interface Places {
  ports: Record<'tcp' | 'tls' | 'tcp proxied' | 'tls proxied', number>
  /** Of the host that is called by splice and circuit, and the one that takes direct paths. */
  hosts: { relayed: string; direct: string }
  /** The circuit address of the stock libp2p host. */
  libp2p: string
  hyperdht: { bootstrap: number; directKey: string; relayedKey: string; relayKey: string }
}

/** Ways that are set up; the rest of `Places` is empty for the others. */
export const needs = (chosen: readonly Way[], family: string): boolean => chosen.some((way) => way.startsWith(family))
