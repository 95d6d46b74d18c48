import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import type { Connection } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { expect, test } from 'vitest'
import { addressOf, QuotaAdmission } from '../../../src/net/quota-admission.js'
import { type QuotaLimits, Quotas } from '../../../src/net/quotas.js'
import { ManualClock } from '../../support/directory.js'

let ports = 1024
const socketOf = (remoteAddress: string, remotePort = ++ports) =>
  Object.assign(new EventEmitter(), {
    remoteAddress,
    remotePort,
    destroyed: false,
    destroy() {
      this.destroyed = true
    },
  }) as unknown as Socket
const inbound = (address: string) => ({ direction: 'inbound', remoteAddr: multiaddr(address) }) as unknown as Connection

function admission(limits: QuotaLimits) {
  const quotas = new Quotas(limits)
  const clock = new ManualClock()
  return { quotas, clock, door: new QuotaAdmission(quotas, clock) }
}

test('of one address so many strangers are there at once, the oldest goes; another address has its own', () => {
  const { door, quotas } = admission({ strangers: 2 })
  const sockets = [1, 2, 3].map(() => socketOf('192.0.2.1'))
  for (const socket of sockets) expect(door.arrived(socket)).toBe(true)
  expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true, false, false])
  expect(door.arrived(socketOf('192.0.2.2'))).toBe(true)
  expect(quotas.refused.get('strangers')).toBe(1)
})

test('who hangs up, shows a preface of ours or proves membership is a stranger no more', () => {
  const { door } = admission({ strangers: 1 })
  const gone = socketOf('192.0.2.1')
  door.arrived(gone)
  gone.emit('close', false)
  const taken = socketOf('192.0.2.1')
  expect(door.arrived(taken)).toBe(true)
  door.taken(taken)
  taken.emit('close', false) // counts once
  const member = socketOf('::ffff:192.0.2.1', 4001)
  door.arrived(member)
  door.proved(inbound('/ip4/192.0.2.1/tcp/4001'))
  door.arrived(socketOf('192.0.2.1'))
  expect([gone, taken, member].map(({ destroyed }) => destroyed)).toEqual([false, false, false])
})

test('an IPv6 member is found by its address however it is written', () => {
  const { door } = admission({ strangers: 1 })
  const member = socketOf('2001:db8::0001', 4001)
  door.arrived(member)
  door.proved(inbound('/ip6/2001:db8:0:0:0:0:0:1/tcp/4001'))
  door.arrived(socketOf('2001:db8::2'))
  expect(member.destroyed).toBe(false)
})

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:DB8:0:0:ffff::2', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
])('%s counts as %s', (host, address) => {
  expect(addressOf(host)).toBe(address)
})

test('new connections of one address are counted by the second', () => {
  const { door, clock } = admission({ 'stranger-rate': 1 })
  const begins = () => door.begins(socketOf('192.0.2.1'))
  expect([begins(), begins(), begins()]).toEqual([true, true, false])
  clock.advance(1_000)
  expect([begins(), begins()]).toEqual([true, false])
})

test('one who asks for circuits too often, or has too many, gets none; others do', () => {
  const { door, quotas, clock } = admission({ dials: 5, circuits: 2 })
  const first = door.circuit('mallory', 'host')
  expect(first).toBeDefined()
  expect(door.circuit('mallory', 'host')).toBeDefined()
  expect(door.circuit('mallory', 'host')).toBeUndefined()
  expect(door.circuit('honest', 'host')).toBeDefined()
  first!()
  expect(door.circuit('mallory', 'host')).toBeDefined()
  for (let count = 0; count < 7; count++) door.circuit('mallory', 'host')
  expect([quotas.refused.get('circuits'), quotas.refused.get('dials')]).toEqual([7, 1])
  clock.advance(1_000)
  expect(door.circuit('mallory', 'host')).toBeUndefined()
  expect(quotas.refused.get('circuits')).toBe(8)
})
