import { describe, expect, test } from 'vitest'
import {
  type Candidates,
  candidatesOf,
  type InterfaceAddress,
  isHopeless,
  type Place,
  reachOf,
  targetsOf,
  whyNoWay,
} from '../../../src/net/candidates.js'
import { routerKind } from '../../../src/wire/direct-steps.js'

const face = (cidr: string, internal = false): InterfaceAddress => ({ address: cidr.split('/')[0]!, cidr, internal })
const loopback = face('127.0.0.1/8', true)
const at = (host: string, port = 50_000) => ({ host, port })
const place = (interfaces: string[], seen: Array<{ host: string; port: number }>): Place => ({
  interfaces: [loopback, ...interfaces.map((cidr) => face(cidr))],
  seen,
})
const ports = { listenPort: 41_000, punchPort: 50_000, configured: [] }
const home = place(['192.168.1.7/24'], [at('203.0.113.7'), at('203.0.113.7')])

test.each([
  ['127.0.0.1', 'loopback'],
  ['::1', 'loopback'],
  ['169.254.1.1', 'link'],
  ['fe80::1', 'link'],
  ['10.1.2.3', 'private'],
  ['172.16.0.1', 'private'],
  ['172.32.0.1', 'public'],
  ['192.168.0.1', 'private'],
  ['100.64.0.1', 'private'],
  ['fd00::1', 'private'],
  ['::ffff:10.0.0.1', 'private'],
  ['203.0.113.7', 'public'],
  ['2001:db8::7', 'public'],
  ['0.0.0.0', 'none'],
  ['::', 'none'],
  ['224.0.0.1', 'none'],
  ['255.255.255.255', 'none'],
  ['ff02::1', 'none'],
  ['example.org', 'none'],
])('%s is %s', (host, reach) => {
  expect(reachOf(host)).toBe(reach)
})

describe('a side tells', () => {
  test('where its interfaces take connections, and how relays see the port it connects from', () => {
    expect(candidatesOf(home, ports)).toEqual({
      multiaddrs: ['/ip4/192.168.1.7/tcp/41000'],
      punch: ['/ip4/203.0.113.7/tcp/50000', '/ip4/192.168.1.7/tcp/50000'],
      router: routerKind.keeps,
    })
  })

  test('no address of the machine or of a link alone', () => {
    const odd = place(['169.254.3.4/16', 'fe80::1/64'], [])
    expect(candidatesOf(odd, ports)).toEqual({ multiaddrs: [], punch: [], router: routerKind.unknown })
  })

  test('the loopback address alone when all relays are on this machine', () => {
    const here = place(['192.168.1.7/24'], [at('127.0.0.1')])
    expect(candidatesOf(here, ports)).toMatchObject({ multiaddrs: ['/ip4/127.0.0.1/tcp/41000'], punch: [] })
  })

  test('a port that was opened on purpose also at the address that relays see, where a router may forward it', () => {
    const configured = ['/ip4/192.168.1.7/tcp/4001', '/ip4/127.0.0.1/tcp/4001']
    expect(candidatesOf(home, { ...ports, configured }).multiaddrs).toEqual([
      '/ip4/192.168.1.7/tcp/4001',
      '/ip4/192.168.1.7/tcp/41000',
      '/ip4/203.0.113.7/tcp/4001',
    ])
  })

  test('no more than is taken, whatever it has', () => {
    const many = place(
      Array.from({ length: 40 }, (_, index) => `10.0.0.${index + 1}/24`),
      [at('203.0.113.7')],
    )
    const { multiaddrs, punch } = candidatesOf(many, ports)
    expect([multiaddrs.length, punch.length]).toEqual([16, 8])
  })

  test.each([
    ['no router', place(['203.0.113.7/24'], [at('203.0.113.7')]), routerKind.none],
    ['one that keeps the port, as two relays see', home, routerKind.keeps],
    ['one that keeps the port, as one relay sees', place(['10.0.0.1/8'], [at('203.0.113.7')]), routerKind.keeps],
    ['another port at one relay', place(['10.0.0.1/8'], [at('203.0.113.7', 1)]), routerKind.unknown],
    [
      'the same other port at two',
      place(['10.0.0.1/8'], [at('203.0.113.7', 1), at('203.0.113.7', 1)]),
      routerKind.keeps,
    ],
    ['two ports', place(['10.0.0.1/8'], [at('203.0.113.7', 1), at('203.0.113.7', 2)]), routerKind.changes],
    ['two families', place(['203.0.113.7/24'], [at('203.0.113.7'), at('2001:db8::1')]), routerKind.none],
    ['nothing', place(['10.0.0.1/8'], []), routerKind.unknown],
  ] as const)('what its router does: %s', (_, where, router) => {
    expect(candidatesOf(where, ports).router).toBe(router)
  })
})

describe('what the other side tells is tried', () => {
  const told = (multiaddrs: string[], punch: string[] = []): Candidates => ({ multiaddrs, punch, router: 0 })
  const hosts = (theirs: Candidates, where: Place) =>
    targetsOf(theirs, where).listening.map(({ host, port }) => `${host} ${port}`)
  const sameHome = ['/ip4/203.0.113.7/tcp/50001']

  test.each([
    ['a public address', ['/ip4/198.51.100.1/tcp/4001'], [], ['198.51.100.1 4001']],
    ['a public one of IPv6', ['/ip6/2001:db8::1/tcp/4001'], [], ['2001:db8::1 4001']],
    ['port 443', ['/ip4/198.51.100.1/tcp/443'], [], ['198.51.100.1 443']],
    ['no other port of a service', ['/ip4/198.51.100.1/tcp/25'], [], []],
    [
      'a private one of our network when both have one router',
      ['/ip4/192.168.1.9/tcp/41000'],
      sameHome,
      ['192.168.1.9 41000'],
    ],
    ['not when they have not', ['/ip4/192.168.1.9/tcp/41000'], ['/ip4/198.51.100.1/tcp/5'], []],
    ['not one of another network', ['/ip4/10.0.0.9/tcp/41000'], sameHome, []],
    ['not where services are', ['/ip4/192.168.1.9/tcp/9100'], sameHome, []],
    ['nothing of this machine', ['/ip4/127.0.0.1/tcp/41000', '/ip6/::1/tcp/41000'], sameHome, []],
    ['nothing in IPv6 clothes', ['/ip6/::ffff:127.0.0.1/tcp/41000', '/ip6/::ffff:10.0.0.1/tcp/41000'], sameHome, []],
    ['nothing of the link', ['/ip4/169.254.169.254/tcp/41000', '/ip6/fe80::1/tcp/41000'], sameHome, []],
    ['nothing that goes to many', ['/ip4/255.255.255.255/tcp/41000', '/ip4/224.0.0.1/tcp/41000'], sameHome, []],
    ['no name', ['/dns4/printer.local/tcp/41000'], sameHome, []],
    ['nothing but TCP', ['/ip4/198.51.100.1/udp/4001', '/unix/tmp', 'nonsense', ''], sameHome, []],
    ['nothing twice', Array(5).fill('/ip4/198.51.100.1/tcp/4001'), [], ['198.51.100.1 4001']],
  ])('%s', (_, multiaddrs, punch, expected) => {
    expect(hosts(told(multiaddrs, punch), home)).toEqual(expected)
  })

  test('public ones even of a machine with many networks', () => {
    const company = place(['10.1.0.7/16'], [at('10.1.0.7')])
    const many = Array.from({ length: 9 }, (_, index) => `/ip4/172.17.${index}.1/tcp/41000`)
    const tried = hosts(told([...many, '/ip4/198.51.100.1/tcp/4001']), company)
    expect(tried).toEqual([...[0, 1, 2, 3].map((index) => `172.17.${index}.1 41000`), '198.51.100.1 4001'])
  })

  test('any private address where the relays see us at one', () => {
    const company = place(['10.1.0.7/16'], [at('10.1.0.7')])
    expect(hosts(told(['/ip4/10.2.0.9/tcp/41000']), company)).toEqual(['10.2.0.9 41000'])
  })

  test('this machine where the relays are on it, too', () => {
    const here = place([], [at('127.0.0.1')])
    expect(hosts(told(['/ip4/127.0.0.1/tcp/41000']), here)).toEqual(['127.0.0.1 41000'])
  })

  test('the nearest first, IPv6 before IPv4, and eight at most', () => {
    const near = place(['192.168.1.7/24'], [at('203.0.113.7')])
    const many = Array.from({ length: 20 }, (_, index) => `/ip4/198.51.100.${index + 1}/tcp/4001`)
    const order = hosts(told([...many, '/ip6/2001:db8::1/tcp/4001', '/ip4/192.168.1.9/tcp/41000'], sameHome), near)
    expect(order.slice(0, 3)).toEqual(['192.168.1.9 41000', '2001:db8::1 4001', '198.51.100.1 4001'])
    expect(order.length).toBe(8)
  })
})

describe('that there is no way is explained:', () => {
  const behind = (host: string, router: number): Candidates => ({
    multiaddrs: ['/ip4/192.168.0.2/tcp/41000'],
    punch: [`/ip4/${host}/tcp/50000`],
    router: router as Candidates['router'],
  })
  const six: Candidates = { multiaddrs: ['/ip6/2001:db8::1/tcp/41000'], punch: [], router: routerKind.none }
  const none: Candidates = { multiaddrs: [], punch: [], router: routerKind.unknown }
  const { keeps, changes } = routerKind
  const [a, b] = ['203.0.113.7', '198.51.100.1']
  test.each([
    ['both routers change ports with every destination', behind(a, changes), behind(b, changes)],
    [
      "this side's router changes ports with every destination, and the other side takes no connection",
      behind(a, changes),
      behind(b, keeps),
    ],
    [
      "the other side's router changes ports with every destination, and this side takes no connection",
      behind(a, keeps),
      behind(b, changes),
    ],
    ['the other side knows no address of its own', behind(a, keeps), none],
    ['no address of this side is known', none, behind(a, keeps)],
    ['one side has IPv4 only, the other IPv6 only', behind(a, keeps), six],
    ['both sides are behind one router, which does not let them reach each other', behind(a, keeps), behind(a, keeps)],
    [
      'nothing answered at any address of the other side: a firewall is between the two',
      behind(a, keeps),
      behind(b, keeps),
    ],
  ])('%s', (why, own, theirs) => {
    expect(whyNoWay(own, theirs, home)).toBe(why)
  })
})

describe('it is hopeless when both routers change ports', () => {
  const changing = (multiaddrs: string[], host = '198.51.100.1'): Candidates => ({
    multiaddrs,
    punch: [`/ip4/${host}/tcp/50000`],
    router: routerKind.changes,
  })
  const lan = changing(['/ip4/192.168.1.9/tcp/41000'], '203.0.113.7')
  test.each([
    ['and neither takes connections', lan, changing(['/ip4/192.168.1.9/tcp/41000']), true],
    ['not when we take them', changing(['/ip4/203.0.113.7/tcp/4001']), changing([]), false],
    ['not when they do', lan, changing(['/ip6/2001:db8::1/tcp/41000']), false],
    ['not when they are beside us', lan, lan, false],
    ['not when one keeps them', { ...lan, router: routerKind.keeps }, changing([]), false],
  ])('%s', (_, own, theirs, hopeless) => {
    expect(isHopeless(own, theirs, home)).toBe(hopeless)
  })
})
