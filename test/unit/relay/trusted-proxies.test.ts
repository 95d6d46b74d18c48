import { expect, test } from 'vitest'
import { clientOf } from '../../../src/net/websocket-door.js'
import { trustedProxies } from '../../../src/relay/trusted-proxies.js'

test.each([
  ['127.0.0.1', '127.0.0.1', true],
  ['127.0.0.1', '::ffff:127.0.0.1', true],
  ['127.0.0.1', '127.0.0.2', false],
  ['10.0.0.0/8', '10.9.8.7', true],
  ['2001:db8::/32', '2001:db8:1::1', true],
  ['2001:db8::/32', '10.0.0.1', false],
])('%s covers %s: %s', (text, address, covered) => {
  expect(trustedProxies([text])(address)).toBe(covered)
})

test('nobody is trusted unless it was said', () => {
  expect(trustedProxies([])('127.0.0.1')).toBe(false)
})

test.each(['localhost', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0.0/x', ''])(
  '%j is no trusted proxy',
  (text) => {
    expect(() => trustedProxies([text])).toThrow(/IP address or a range/)
  },
)

const trusts = trustedProxies(['127.0.0.1', '10.0.0.0/8'])
test.each([
  ['the address that a proxy wrote', '192.0.2.1', '192.0.2.1'],
  ['the last one that is none of a proxy of ours', '198.51.100.1, 192.0.2.1, 10.0.0.1', '192.0.2.1'],
  ['one with a port behind it', '192.0.2.1:1234', '192.0.2.1'],
  ['an IPv6 address', '2001:db8::1', '2001:db8::1'],
  ['an IPv6 address with a port', '[2001:db8::1]:443', '2001:db8::1'],
  ['nothing where there is none', undefined, undefined],
  ['nothing where something else stands', '192.0.2.1, unknown', undefined],
  ['nothing where all are proxies', '10.0.0.1', undefined],
])('the client is %s', (_what, header, client) => {
  expect(clientOf({ headers: { 'x-forwarded-for': header } }, trusts)).toBe(client)
})

test('several headers are read as one', () => {
  expect(clientOf({ headers: { 'x-forwarded-for': ['198.51.100.1', '192.0.2.1'] } as never }, trusts)).toBe('192.0.2.1')
})
