import { expect, test } from 'vitest'
import { joinLists } from '../../../src/directory/join-answers.js'
import { decodeList, encodeList, ListedRows } from '../../../src/directory/list-answer.js'
import { PageCache } from '../../../src/relay/table/page-cache.js'
import { DirectoryStore } from '../../../src/relay/table/store.js'
import { ListResponse } from '../../../src/wire/messages/directory.js'
import { entry, row as rowOf } from '../../support/directory.js'

const row = (instanceId: string) => rowOf(instanceId, { terminators: 3, sinceMs: 300, busy: true })
const answer = (ids: string[]) => ({ status: 0, page: ListedRows.of(ids.map(row)), cursor: 'x', partial: true })
const wire = (ids: string[]) => ListResponse.decode(ListResponse.encode(encodeList(answer(ids))))

test('a page that is only passed on is not taken apart', () => {
  const damaged = wire(['a', 'b'])
  damaged.page!.names.fill(0) // would be noticed by whoever reads it
  const passed = joinLists([decodeList(damaged)], 2)
  expect(encodeList(passed)).toEqual(damaged)
  expect(encodeList(passed).page).toBe(damaged.page)
  expect(() => passed.page.rows).toThrow(/names/)
})

test('a page comes back as it was, also when one of several, or longer than what was asked for', () => {
  const whole = decodeList(wire(['a', 'b', 'c']))
  expect(whole).toMatchObject({ status: 0, cursor: 'x', partial: true })
  expect(whole.page.rows).toEqual(['a', 'b', 'c'].map(row))
  expect(joinLists([whole], 2).page.rows).toEqual(['a', 'b'].map(row))
  expect(joinLists([whole, decodeList(wire(['aa']))], 3).page.rows).toEqual(['a', 'aa', 'b'].map(row))
})

test('a page with more rows than one may have is refused at once', () => {
  const ids = Array.from({ length: 1_001 }, (_, index) => `i${index}`)
  expect(() => decodeList(wire(ids))).toThrow(/1001 rows/)
})

test('a page that is asked for again is made once, until somebody comes, changes or goes', () => {
  let shards = 1
  const store = new DirectoryStore(
    () => {},
    () => shards,
  )
  const cache = new PageCache(store)
  const list = (cursor = '', limit = 2) => cache.list('chat', cursor, limit)
  for (const id of ['a', 'b', 'c']) store.put(entry(id))
  const first = list()
  expect(list().page).toBe(first.page)
  expect(first.cursor).toBe('b')
  expect(list('b').page.rows.map(({ instanceId }) => instanceId)).toEqual(['c'])
  expect(list('', 3).page.rows).toHaveLength(3)
  store.put(entry('x', { service: 'other' }))
  expect(list().page).toBe(first.page)
  store.put(entry('a', { sequence: 2, busy: true }))
  expect(list().page.rows[0]!.busy).toBe(true)
  store.remove(entry('a').record, 1)
  expect(list().page.rows.map(({ instanceId }) => instanceId)).toEqual(['b', 'c'])
  expect(list().cursor).toBe('')
  const before = list().page
  shards = 2
  store.reshard()
  expect(list().page).not.toBe(before)
  for (let index = 0; index < 100; index++) list(`cursor${index}`)
  expect(list('', 2).page.rows).toHaveLength(2)
})
