import { multiaddr } from '@multiformats/multiaddr'
import { expect, test } from 'vitest'
import { DialScope } from '../../../src/net/dial-scope.js'

const inner = [
  '/ip4/127.0.0.1/tcp/22',
  '/ip4/127.9.9.9/tcp/22',
  '/ip6/::1/tcp/22',
  '/ip6/::ffff:127.0.0.1/tcp/22',
  '/dns4/localhost/tcp/22',
  '/dns/db.localhost/tcp/22',
  '/ip4/10.0.0.1/tcp/22',
  '/ip4/192.168.1.1/tcp/80',
  '/ip4/100.64.0.1/tcp/80',
  '/ip6/fd00::1/tcp/80',
  '/ip4/169.254.169.254/tcp/80',
  '/ip6/fe80::1/tcp/80',
  '/dns4/router/tcp/80',
  '/dns4/printer.local/tcp/80',
  '/dns4/metadata.google.internal/tcp/80',
]
const never = [
  '/unix/tmp%2fsocket',
  '/ip4/0.0.0.0/tcp/22',
  '/ip6/::/tcp/22',
  '/ip4/224.0.0.1/tcp/1',
  '/ip4/8.8.8.8/udp/53',
]
const outer = [
  '/ip4/203.0.113.7/tcp/4001',
  '/ip6/2001:db8::1/tcp/4001',
  '/dns4/relay.example.com/tcp/443/tls/ws',
  '/ip4/203.0.113.7/tcp/4001/p2p-circuit',
]

/** Which of these may be dialled when the first ones are named. */
function permitted(
  named: string[],
  addresses: string[],
  scope = new DialScope(() => named.map((each) => multiaddr(each))),
) {
  return addresses.filter((address) => scope.permits(multiaddr(address)))
}

test.each([...inner, ...never])('%s is not dialled by a node of a network on the Internet', (address) => {
  expect(permitted(['/ip4/203.0.113.1/tcp/4001', '/dns4/relay.example.com/tcp/4001'], [address])).toEqual([])
})

test.each(outer)('%s is', (address) => {
  expect(permitted(['/ip4/203.0.113.1/tcp/4001'], [address])).toEqual([address])
})

test('a network on this machine, or on a private network, goes on working', () => {
  expect(permitted(['/ip4/127.0.0.1/tcp/4001'], inner)).toEqual(inner.slice(0, 6))
  expect(permitted(['/ip4/10.0.0.7/tcp/4001'], inner)).toEqual([...inner.slice(6, 10), ...inner.slice(12)])
  expect(permitted(['/dns4/relay.lan/tcp/4001'], ['/ip4/10.0.0.1/tcp/22'])).toHaveLength(1)
  expect(permitted(['/ip4/127.0.0.1/tcp/4001'], never)).toEqual([])
})

test('so does one whose relays are reached there', async () => {
  const scope = new DialScope(() => [])
  expect(permitted([], inner, scope)).toEqual([])
  scope.reached(multiaddr('/ip4/192.168.7.7/tcp/40001'))
  expect(permitted([], ['/ip4/192.168.1.1/tcp/80', '/ip4/127.0.0.1/tcp/22'], scope)).toEqual([
    '/ip4/192.168.1.1/tcp/80',
  ])
})

test('neighbours find each other wherever they look, in their own networks alone', () => {
  const lan = () => ({
    lo: [{ address: '127.0.0.1', cidr: '127.0.0.1/8', internal: true }],
    eth0: [{ address: '192.168.1.7', cidr: '192.168.1.7/24', internal: false }],
  })
  const scope = new DialScope(() => [], { lan })
  const told = ['/ip4/192.168.1.9/tcp/1', '/ip4/192.168.2.9/tcp/1', '/ip4/127.0.0.1/tcp/1']
  expect(permitted([], told, scope)).toEqual(['/ip4/192.168.1.9/tcp/1'])
})

test('a name that others tell leads to the Internet alone, also where IPv4 is inside IPv6', () => {
  const scope = new DialScope(() => [multiaddr('/ip4/203.0.113.1/tcp/4001')])
  const may = (address: string) => scope.permitsFound('relay.example.com', address)
  expect(
    ['203.0.113.7', '2001:db8::1', '64:ff9b::cb00:7107', '64:ff9b::203.0.113.7'].filter((each) => !may(each)),
  ).toEqual([])
  const inside = [
    '64:ff9b::7f00:1',
    '64:ff9b::10.0.0.1',
    '64:ff9b::',
    '::ffff:127.0.0.1',
    '0.0.0.0',
    '::',
    'fe80::1%eth0',
  ]
  expect([...inside, '127.0.0.1', '10.0.0.1', '169.254.169.254', '::1', 'fd00::1'].filter(may)).toEqual([])
})
