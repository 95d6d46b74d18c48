import { expect, test } from 'vitest'
import { reasonOf } from '../../../../src/apps/rendezvous/reasons.js'

test.each([
  'DNS lookup of _dnsaddr.bootstrap.libp2p.io failed',
  'queryTxt ECONNREFUSED _dnsaddr.bootstrap.libp2p.io',
  'queryTxt ENOTFOUND _dnsaddr.bootstrap.libp2p.io',
  'getaddrinfo ENOTFOUND bootstrap.libp2p.io',
  'getaddrinfo EAI_AGAIN bootstrap.libp2p.io',
])('a name that no resolver knows, or no resolver at all, is one thing to a person: %s', (text) => {
  expect(reasonOf(new Error(text))).toBe('the name bootstrap.libp2p.io cannot be looked up')
})

test('other reasons are told as they are, each once', () => {
  const refused = new Error('connect ECONNREFUSED 127.0.0.1:9')
  expect(reasonOf(new AggregateError([refused, refused]))).toBe('connect ECONNREFUSED 127.0.0.1:9')
})
