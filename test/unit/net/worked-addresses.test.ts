import { expect, test } from 'vitest'
import { workedAddressMs } from '../../../src/core/limits.js'
import { WorkedAddresses } from '../../../src/net/worked-addresses.js'

const tcp = '/ip4/192.0.2.1/tcp/4001'
const otherTcp = '/ip6/2001:db8::1/tcp/4001'
const webSocket = '/ip4/192.0.2.1/tcp/443/tls/ws'
const all = [webSocket, tcp, otherTcp]

function reached(address: string, nowMs = 0): WorkedAddresses {
  const worked = new WorkedAddresses()
  worked.worked('relay', all, address, nowMs)
  return worked
}

test('the address that worked is tried first, of this node alone', () => {
  const worked = reached(webSocket)
  expect(worked.first('relay', all, 1)).toBe(webSocket)
  expect(worked.first('relay', [...all].reverse(), 1)).toBe(webSocket)
  expect(worked.first('another', all, 1)).toBeUndefined()
})

test('nothing is remembered where the address that is tried first anyway worked', () => {
  expect(reached(tcp).first('relay', all, 1)).toBeUndefined()
  expect(reached(tcp).joined([], 1)).toEqual([])
})

test('the usual order is back when no address works, or its first one does', () => {
  const worked = reached(webSocket)
  worked.failed('relay')
  expect(worked.first('relay', all, 1)).toBeUndefined()
  worked.worked('relay', all, otherTcp, 1)
  expect(worked.first('relay', all, 1)).toBe(otherTcp)
  worked.worked('relay', all, tcp, 1)
  expect(worked.first('relay', all, 1)).toBeUndefined()
})

test.each([
  ['one more', [...all, '/ip4/192.0.2.2/tcp/4001']],
  ['one fewer', [webSocket, tcp]],
  ['another one in place of one', [webSocket, tcp, '/ip4/192.0.2.2/tcp/4001']],
])('other addresses of the node make it forgotten: %s', (_what, addresses) => {
  expect(reached(webSocket).first('relay', addresses, 1)).toBeUndefined()
})

test('an hour after the usual order led there it has its turn again, however often the address worked since', () => {
  const worked = reached(webSocket)
  worked.worked('relay', all, webSocket, workedAddressMs)
  expect(worked.first('relay', all, workedAddressMs)).toBe(webSocket)
  expect(worked.first('relay', all, workedAddressMs + 1)).toBeUndefined()
  worked.worked('relay', all, webSocket, workedAddressMs + 1)
  expect(worked.first('relay', all, 2 * workedAddressMs)).toBe(webSocket)
})

test('a clock that was set back does not make it last', () => {
  expect(reached(webSocket, 2 * workedAddressMs).first('relay', all, 0)).toBeUndefined()
})

test('the next process knows what this one found out, and of two processes each keeps what the other one found out', () => {
  const kept = reached(webSocket).joined([], 1)
  const next = new WorkedAddresses()
  next.load(kept)
  expect(next.first('relay', all, 1)).toBe(webSocket)
  const other = { ...kept[0]!, peerId: 'another' }
  expect(next.joined([...kept, other], 1)).toEqual([...kept, other])
  next.failed('relay')
  expect(next.joined([...kept, other], 1)).toEqual([other])
  expect(next.joined([other], workedAddressMs + 1)).toEqual([])
})

test('what this process found out goes before what is loaded later', () => {
  const worked = reached(otherTcp)
  worked.load([{ peerId: 'relay', address: webSocket, among: all, sinceMs: 0 }])
  expect(worked.first('relay', all, 1)).toBe(otherTcp)
})
