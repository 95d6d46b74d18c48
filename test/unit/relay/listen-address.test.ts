import { expect, test } from 'vitest'
import { listenFor } from '../../../src/relay/listen-address.js'

const local = new Set(['127.0.0.1', '192.0.2.2', '2001:db8::2'])

test.each([
  ['an address of this machine', '/ip4/192.0.2.2/tcp/4001'],
  ['a loopback address', '/ip4/127.0.0.3/tcp/4001'],
  ['an IPv6 address of this machine', '/ip6/2001:db8::2/tcp/4001'],
  ['every address', '/ip4/0.0.0.0/tcp/4001'],
])('%s is listened on, and told to others, as it is', (_, address) => {
  expect(listenFor([address], local)).toEqual({ listen: [address] })
})

test.each([
  ['a host name', '/dns/relay.example.org/tcp/4001', '/ip4/0.0.0.0/tcp/4001'],
  ['a host name of IPv6', '/dns6/relay.example.org/tcp/4001', '/ip6/::/tcp/4001'],
  ['the address of a router', '/ip4/203.0.113.7/tcp/4002', '/ip4/0.0.0.0/tcp/4002'],
  ['an IPv6 address of another machine', '/ip6/2001:db8::7/tcp/4001', '/ip6/::/tcp/4001'],
])('for %s every interface is listened on, and others are told the published address', (_, published, listen) => {
  expect(listenFor([published], local)).toEqual({ listen: [listen], announce: [published] })
})

test('two published addresses with one port are one to listen on, and both are told', () => {
  const published = ['/dns/relay.example.org/tcp/4001', '/ip4/203.0.113.7/tcp/4001']
  expect(listenFor(published, local)).toEqual({ listen: ['/ip4/0.0.0.0/tcp/4001'], announce: published })
})
