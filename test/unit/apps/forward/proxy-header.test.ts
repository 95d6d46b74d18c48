import { expect, test } from 'vitest'
import { localProxyHeader, proxyHeader } from '../../../../src/apps/forward/proxy-header.js'

const caller = { name: 'admin', peerId: '12D3', roles: ['admin', 'ops'], sessionId: '00ff' }
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const text = (words: string) => Buffer.from(words).toString('hex')

const signature = '0d0a0d0a000d0a515549540a'
// Name, peer id, session id, roles: type, length, value.
const values = [
  `e00005${text('admin')}`,
  `e10004${text('12D3')}`,
  `050004${text('00ff')}`,
  `e20009${text('admin,ops')}`,
].join('')
const valuesLength = 3 * 4 + 5 + 4 + 4 + 9

const unknownEnds = { source: { host: '', port: 0 }, destination: { host: '', port: 0 } }
const uint16 = (number: number) => number.toString(16).padStart(4, '0')

test('over IPv4 it is the bytes of the specification', () => {
  const header = proxyHeader(caller, {
    source: { host: '127.0.0.1', port: 40_000 },
    destination: { host: '10.1.2.255', port: 22 },
  })
  expect(hex(header)).toBe(`${signature}2111${uint16(12 + valuesLength)}7f0000010a0102ff9c400016${values}`)
})

test('over IPv6 it is the bytes of the specification', () => {
  const header = proxyHeader(caller, {
    source: { host: '::1', port: 1 },
    destination: { host: 'fe80::1:2%eth0', port: 65_535 },
  })
  const addresses = `${'0'.repeat(31)}1fe800000000000000000000000010002`
  expect(hex(header)).toBe(`${signature}2121${uint16(36 + valuesLength)}${addresses}0001ffff${values}`)
})

test('over a Unix socket it is the bytes of the specification: of the two paths only the target has one', () => {
  const header = proxyHeader(caller, { destination: { path: '/run/x.sock' } })
  const paths = `${'00'.repeat(108)}${text('/run/x.sock')}${'00'.repeat(108 - 11)}`
  expect(hex(header)).toBe(`${signature}2131${uint16(216 + valuesLength)}${paths}${values}`)
})

test.each([
  ['::', '00000000000000000000000000000000'],
  ['2001:db8:1:2:3:4:5:6', '20010db8000100020003000400050006'],
  ['2001:db8::', '20010db8000000000000000000000000'],
  ['::ffff:1.2.3.4', '00000000000000000000ffff01020304'],
])('the IPv6 address %s has the bytes %s', (host, bytes) => {
  expect(hex(proxyHeader(caller, { source: { host, port: 0 }, destination: { host, port: 0 } })).slice(32, 96)).toBe(
    bytes + bytes,
  )
})

test('addresses of two kinds, or none, are left out and the identity stays', () => {
  for (const source of [
    { host: '::1', port: 1 },
    { host: '', port: 0 },
  ]) {
    expect(hex(proxyHeader(caller, { source, destination: { host: '127.0.0.1', port: 22 } }))).toBe(
      `${signature}2100${uint16(valuesLength)}${values}`,
    )
  }
})

test('a name of many bytes is counted in bytes', () => {
  const header = proxyHeader({ ...caller, name: 'Ünïcødé' }, unknownEnds)
  expect(hex(header)).toContain(`e0000b${text('Ünïcødé')}`)
})

test('what does not fit is left out, and the length stays right', () => {
  const roles = Array.from({ length: 2_000 }, (_, index) => `role-with-a-long-name-of-many-letters-${index}`)
  const header = proxyHeader({ ...caller, roles, sessionId: 'x'.repeat(129) }, unknownEnds)
  const kept = `e00005${text('admin')}e10004${text('12D3')}`
  expect(hex(header)).toBe(`${signature}2100${uint16(kept.length / 2)}${kept}`)
})

test('a connection of our own says LOCAL and nothing else', () => {
  expect(hex(localProxyHeader())).toBe(`${signature}20000000`)
})
