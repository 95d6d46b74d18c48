/** What is between a side and the others. */
export const sideKinds = {
  open: 'a public address',
  forward: 'a NAT that forwards a port',
  restricted: 'a NAT that keeps ports and lets in answers only',
  symmetric: 'a NAT with another port for every destination',
  double: 'two NATs in a row (CGNAT)',
  firewall: 'a public address behind a firewall',
  ipv6: 'IPv6 alone, behind a firewall',
  dual: 'a NAT, and IPv6 behind a firewall',
} as const
export type SideKind = keyof typeof sideKinds

export interface NatPair {
  name: string
  dialer: SideKind
  host: SideKind
  /** Both behind one: a home's router, or one of a provider with a router of their own each. */
  shared?: 'router' | 'carrier'
  /** The dialer gets another address in the end. */
  moves?: boolean
  /** `direct`, or why there is no way. */
  expected: 'direct' | RegExp
}

const pair = (dialer: SideKind, host: SideKind, expected: NatPair['expected'] = 'direct'): NatPair => ({
  name: `${dialer}-${host}`,
  dialer,
  host,
  expected,
})

/** Every pair that is tried, and what is expected of it. */
export const natPairs: readonly NatPair[] = [
  pair('open', 'open'),
  pair('open', 'restricted'),
  { ...pair('restricted', 'open'), moves: true },
  pair('restricted', 'restricted'),
  pair('restricted', 'double'),
  pair('double', 'double'),
  pair('symmetric', 'open'),
  pair('open', 'symmetric'),
  pair('symmetric', 'forward'),
  pair('restricted', 'forward'),
  pair('firewall', 'firewall'),
  pair('restricted', 'firewall'),
  pair('ipv6', 'ipv6'),
  pair('restricted', 'dual'),
  { name: 'same-router', dialer: 'restricted', host: 'restricted', shared: 'router', expected: 'direct' },
  {
    name: 'same-carrier',
    dialer: 'double',
    host: 'double',
    shared: 'carrier',
    expected: /^both sides are behind one router, which does not let them reach each other$/,
  },
  pair('restricted', 'symmetric', /router changes ports with every destination/),
  pair('symmetric', 'symmetric', /^both routers change ports with every destination$/),
]
