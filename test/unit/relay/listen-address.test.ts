import { expect, test } from 'vitest'
import { listenFor } from '../../../src/relay/listen-address.js'

const local = new Set(['127.0.0.1', '192.0.2.2', '2001:db8::2'])

test.each([
  ['an address of this machine', '/ip4/192.0.2.2/tcp/4001'],
  ['a loopback address', '/ip4/127.0.0.3/tcp/4001'],
  ['an IPv6 address of this machine', '/ip6/2001:db8::2/tcp/4001'],
  ['every address', '/ip4/0.0.0.0/tcp/4001'],
])('%s is listened on, and told to others, as it is', (_, address) => {
  expect(listenFor([address], local)).toEqual({ listen: [address], elsewhere: [] })
})

test.each([
  ['a host name', '/dns/relay.example.org/tcp/4001', '/ip4/0.0.0.0/tcp/4001'],
  ['a host name of IPv6', '/dns6/relay.example.org/tcp/4001', '/ip6/::/tcp/4001'],
  ['the address of a router', '/ip4/203.0.113.7/tcp/4002', '/ip4/0.0.0.0/tcp/4002'],
  ['an IPv6 address of another machine', '/ip6/2001:db8::7/tcp/4001', '/ip6/::/tcp/4001'],
])('for %s every interface is listened on, and others are told the published address', (_, published, listen) => {
  expect(listenFor([published], local)).toEqual({ listen: [listen], elsewhere: [], announce: [published] })
})

test('two published addresses with one port are one to listen on, and both are told', () => {
  const published = ['/dns/relay.example.org/tcp/4001', '/ip4/203.0.113.7/tcp/4001']
  expect(listenFor(published, local)).toEqual({ listen: ['/ip4/0.0.0.0/tcp/4001'], elsewhere: [], announce: published })
})

test.each([
  ['/ip4/127.0.0.1/tcp/8080/ws', '/ip4/127.0.0.1/tcp/8080/ws'],
  ['/dns/relay.example.org/tcp/80/ws', '/ip4/0.0.0.0/tcp/80/ws'],
  ['/dns/relay.example.org/tcp/443/tls/ws', '/ip4/0.0.0.0/tcp/443/tls/ws'],
  ['/dns6/relay.example.org/tcp/443/wss', '/ip6/::/tcp/443/tls/ws'],
  ['/dns/relay.example.org/tcp/443/tls/ws/http-path/chat', '/ip4/0.0.0.0/tcp/443/tls/ws'],
])('with a certificate, %s is listened on at %s', (published, listen) => {
  expect(listenFor([published], local, true).listen).toEqual([listen])
})

test('what begins with TLS is a terminator’s without a certificate, and told to others all the same', () => {
  const published = ['/dns/relay.example.org/tcp/4001', '/dns/relay.example.org/tcp/443/tls/ws']
  expect(listenFor(published, local)).toEqual({
    listen: ['/ip4/0.0.0.0/tcp/4001'],
    elsewhere: ['/dns/relay.example.org/tcp/443/tls/ws'],
    announce: published,
  })
})
