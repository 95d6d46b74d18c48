import { expect, test } from 'vitest'
import { isForUs, type Terms } from '../../../../src/apps/rendezvous/loans.js'

const held: Terms = { version: 1, rendezvous: 'here', protocol: '/chat/1.1.0', peers: ['a', 'b'], identity: null }

test('a held line is for a run with the same word, protocol and network, and without a name of its own', () => {
  expect(isForUs(held, held)).toBe(true)
  expect(isForUs(held, { ...held, peers: ['b', 'a', 'b'] })).toBe(true)
  expect(isForUs({ ...held, identity: 'me' }, { ...held, identity: 'me' })).toBe(true)
})

test.each<[string, Partial<Terms>]>([
  ['another word', { rendezvous: 'there' }],
  ['another protocol', { protocol: '/chat/2' }],
  ['another network', { peers: ['a'] }],
  ['no bootstrap nodes', { peers: [] }],
  ['a name of its own', { identity: 'me' }],
  ['another version of the program', { version: 2 as 1 }],
])('a held line is not for a run with %s', (_, other) => {
  expect(isForUs(held, { ...held, ...other })).toBe(false)
  expect(isForUs({ ...held, ...other }, held)).toBe(false)
})
