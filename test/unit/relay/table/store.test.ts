import { describe, expect, test } from 'vitest'
import { maxDepartedInstances, maxDepartedPerHost, maxDepartedPerRelay } from '../../../../src/core/limits.js'
import { DirectoryStore } from '../../../../src/relay/table/store.js'
import { entry } from '../../../support/directory.js'

describe('list', () => {
  test('gives one row per instance, however many terminators it has', () => {
    const store = new DirectoryStore()
    for (const relayPeerId of ['relay1', 'relay2', 'relay3']) store.put(entry('user1', { relayPeerId }))
    store.put(entry('user2'))
    expect(store.list('chat', undefined, 10).rows.map((row) => [row.instanceId, row.terminators])).toEqual([
      ['user1', 3],
      ['user2', 1],
    ])
  })

  test('pages by cursor without repeating or leaving out anyone, also while people come and go', () => {
    const store = new DirectoryStore()
    for (let index = 0; index < 250; index++) store.put(entry(`user${String(index).padStart(3, '0')}`))
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = store.list('chat', cursor, 100)
      seen.push(...page.rows.map((row) => row.instanceId))
      cursor = page.cursor
      store.remove(entry('user000').record, 5)
      store.put(entry('user0001'))
    } while (cursor !== undefined)
    expect(seen).toHaveLength(250)
    expect(new Set(seen).size).toBe(250)
  })

  test('a full last page has no cursor', () => {
    const store = new DirectoryStore()
    for (const name of ['a', 'b']) store.put(entry(name))
    expect(store.list('chat', undefined, 2).cursor).toBeUndefined()
    expect(store.list('chat', undefined, 1).cursor).toBe('a')
    expect(store.list('other', undefined, 1)).toEqual({ rows: [] })
  })

  test('an instance is busy when every host behind it is', () => {
    const store = new DirectoryStore()
    store.put(entry('web', { hostPeerId: 'one', busy: true }))
    expect(store.row('chat', 'web')?.busy).toBe(true)
    store.put(entry('web', { hostPeerId: 'two', busy: false }))
    expect(store.row('chat', 'web')?.busy).toBe(false)
  })
})

describe('lookup', () => {
  test('tells online, offline and unknown apart', () => {
    const store = new DirectoryStore()
    expect(store.lookup('chat', 'user1')).toEqual({ state: 'unknown' })
    store.put(entry('user1'))
    expect(store.lookup('chat', 'user1').state).toBe('online')
    store.remove(entry('user1').record, 7_000)
    expect(store.lookup('chat', 'user1')).toEqual({ state: 'offline', lastSeenMs: 7_000 })
    store.put(entry('user1'))
    expect(store.lookup('chat', 'user1').state).toBe('online')
  })

  test('an instance is online until its last terminator is gone', () => {
    const store = new DirectoryStore()
    store.put(entry('user1', { relayPeerId: 'relay1' }))
    store.put(entry('user1', { relayPeerId: 'relay2' }))
    store.remove(entry('user1', { relayPeerId: 'relay1' }).record, 5)
    expect(store.lookup('chat', 'user1').state).toBe('online')
  })

  test('the memory of those who left is bounded', () => {
    const store = new DirectoryStore()
    for (let index = 0; index <= maxDepartedInstances; index++) {
      store.remember('chat', `user${index}`, 1_000 + index, `relay${index % 10}`)
    }
    expect(store.lookup('chat', 'user0')).toEqual({ state: 'unknown' })
    expect(store.lookup('chat', `user${maxDepartedInstances}`).state).toBe('offline')
  })

  test('one host that binds and unbinds under many names makes nobody else be forgotten', () => {
    const store = new DirectoryStore()
    const passes = (instanceId: string, hostPeerId: string, nowMs: number) => {
      store.put(entry(instanceId, { hostPeerId }))
      store.remove(entry(instanceId, { hostPeerId }).record, nowMs)
    }
    passes('anna', 'anna', 1)
    for (let index = 0; index < maxDepartedInstances + 100; index++) passes(`mallory/${index}`, 'mallory', 2 + index)
    expect(store.lookup('chat', 'anna')).toEqual({ state: 'offline', lastSeenMs: 1 })
    expect(store.lookup('chat', 'mallory/0')).toEqual({ state: 'unknown' })
    expect(store.departedIn('chat/0')).toHaveLength(1 + maxDepartedPerHost)
  })

  test('nor does one relay that tells of many, or of others', () => {
    const store = new DirectoryStore()
    store.put(entry('anna'))
    store.remove(entry('anna').record, 1)
    store.remember('chat', 'berta', 1, 'honest')
    for (let index = 0; index < maxDepartedInstances + 100; index++)
      store.remember('chat', `x${index}`, 2 + index, 'evil')
    store.remember('chat', 'anna', 9_999, 'evil')
    for (const name of ['anna', 'berta']) {
      expect(store.lookup('chat', name)).toEqual({ state: 'offline', lastSeenMs: 1 })
    }
    expect(store.departedIn('chat/0')).toHaveLength(2 + maxDepartedPerRelay)
  })

  test('someone who is here is not remembered as gone', () => {
    const store = new DirectoryStore()
    store.put(entry('user1'))
    store.remember('chat', 'user1', 9_000, 'relay1')
    expect(store.lookup('chat', 'user1').state).toBe('online')
  })
})

describe('changes', () => {
  test('an older terminator never replaces a newer one', () => {
    const store = new DirectoryStore()
    store.put(entry('user1', { sequence: 5, cost: 50 }))
    expect(store.put(entry('user1', { sequence: 4, cost: 40 }))).toBe(false)
    const found = store.lookup('chat', 'user1')
    expect(found.state === 'online' && found.entries.map((each) => each.record.cost)).toEqual([50])
  })

  test('an update keeps the time since when the terminator stands', () => {
    const store = new DirectoryStore()
    store.put(entry('user1', { sinceMs: 1_000 }))
    store.put(entry('user1', { sinceMs: 9_000, sequence: 2 }))
    expect(store.row('chat', 'user1')?.sinceMs).toBe(1_000)
  })

  test('what a lost relay owned is gone, what others own stays', () => {
    const store = new DirectoryStore()
    store.put(entry('user1', { relayPeerId: 'relay1' }))
    store.put(entry('user1', { relayPeerId: 'relay2' }))
    store.put(entry('user2', { relayPeerId: 'relay1' }))
    expect(store.dropOwner('relay1', 4_000)).toHaveLength(2)
    expect(store.size).toBe(1)
    expect(store.lookup('chat', 'user1').state).toBe('online')
    expect(store.lookup('chat', 'user2')).toEqual({ state: 'offline', lastSeenMs: 4_000 })
    expect(store.owners()).toEqual(['relay2'])
  })

  test('every appearance, change and departure is told once', () => {
    const told: string[] = []
    const store = new DirectoryStore((service, instanceId) => told.push(`${service}/${instanceId}`))
    store.put(entry('user1'))
    store.put(entry('user1', { sequence: 2, busy: true }))
    store.remove(entry('user1').record, 5)
    store.remove(entry('user1').record, 5)
    expect(told).toEqual(['chat/user1', 'chat/user1', 'chat/user1'])
  })
})
