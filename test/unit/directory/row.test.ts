import { expect, test } from 'vitest'
import { hostsOf, joinRows, maxRowHosts, rowOfHosts, sameRow } from '../../../src/directory/row.js'
import { decodeRow, encodeRow } from '../../../src/directory/row-codec.js'
import { DirectoryStore } from '../../../src/relay/table/store.js'
import { Row as WireRow } from '../../../src/wire/messages/directory.js'
import { entry, row } from '../../support/directory.js'

const of = (...entries: ReturnType<typeof entry>[]) => {
  const store = new DirectoryStore()
  for (const each of entries) store.put(each)
  return store.row('chat', entries[0]!.record.instanceId)!
}

test('an instance that says it is down, busy, a spare or expensive is shown as that', () => {
  const change = { busy: true, down: true, precedence: 'failed', cost: 9 } as const
  expect(of(entry('a', change))).toMatchObject(change)
})

test('two identities behind one instance id are both there, each with its own state', () => {
  const store = of(
    entry('fleet', { hostPeerId: 'p1', sinceMs: 2_000, precedence: 'failed', down: true }),
    entry('fleet', { hostPeerId: 'p2', sinceMs: 1_000, cost: 7, busy: true }),
    entry('fleet', { hostPeerId: 'p2', sinceMs: 3_000, cost: 5, busy: true, relayPeerId: 'relay2' }),
  )
  expect(store).toMatchObject({ peerId: 'p2', terminators: 3, sinceMs: 1_000, hostCount: 2, cost: 5 })
  expect(store).toMatchObject({ busy: false, down: false, precedence: 'default' })
  expect(
    store.hosts.map(({ peerId, terminators, down, busy, cost }) => [peerId, terminators, down, busy, cost]),
  ).toEqual([
    ['p2', 2, false, true, 5],
    ['p1', 1, true, false, 0],
  ])
})

test('of many hosts the first are told, and how many there are', () => {
  const many = of(
    ...Array.from({ length: 50 }, (_, index) => entry('fleet', { hostPeerId: `p${index}`, sinceMs: index })),
  )
  expect(many).toMatchObject({ hostCount: 50, terminators: 50 })
  expect(many.hosts.map(({ sinceMs }) => sinceMs)).toEqual(Array.from({ length: maxRowHosts }, (_, index) => index))
})

test('answers of two relays that each know one host give both', () => {
  const [a, b] = [
    row('fleet', { peerId: 'p1', sinceMs: 1 }),
    row('fleet', { peerId: 'p2', sinceMs: 2, terminators: 2 }),
  ]
  const joined = joinRows(a, b)
  expect(joined).toMatchObject({ peerId: 'p1', terminators: 3, hostCount: 2 })
  expect(hostsOf(joined).map(({ peerId }) => peerId)).toEqual(['p1', 'p2'])
  expect(sameRow(joinRows(joined, b), joined)).toBe(true)
  expect(sameRow(joinRows(b, joined), joined)).toBe(true)
})

test('a row comes back as it was; a precedence from the future is the middle one', () => {
  const host = { ...hostsOf(row('x'))[0]!, precedence: 'required' as const }
  const sent = rowOfHosts('fleet', [host, { ...host, peerId: 'q', down: true, cost: 65_535 }])
  const wire = WireRow.decode(WireRow.encode(encodeRow(sent)))
  expect(decodeRow(wire)).toEqual(sent)
  expect(decodeRow({ ...wire, precedence: 99 }).precedence).toBe('default')
})
