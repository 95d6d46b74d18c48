import { describe, expect, test } from 'vitest'
import { hedge } from '../../../src/directory/hedge.js'
import { joinLists, joinLookups } from '../../../src/directory/join-answers.js'
import { ListedRows } from '../../../src/directory/list-answer.js'
import { RowView } from '../../../src/directory/row-view.js'
import { directoryStatus } from '../../../src/wire/directory-status.js'
import { ManualClock, row } from '../../support/directory.js'

describe('a view of rows', () => {
  function view() {
    const told: string[] = []
    return { told, view: new RowView((id, now) => told.push(now ? `+${id}` : `-${id}`)) }
  }

  test('tells each change once, and nothing that is the same', () => {
    const { told, view: rows } = view()
    rows.put(row('a'))
    rows.put(row('a'))
    rows.put(row('a', { busy: true }))
    rows.gone('a')
    rows.gone('a')
    expect(told).toEqual(['+a', '+a', '-a'])
  })

  test('changing over to another source tells only what is different there', () => {
    const { told, view: rows } = view()
    rows.begin()
    for (const id of ['a', 'b', 'c']) rows.put(row(id))
    rows.end()
    told.length = 0
    rows.begin()
    rows.put(row('a'))
    rows.put(row('c', { terminators: 2 }))
    rows.put(row('d'))
    expect(rows.current).toBe(false)
    rows.end()
    expect(told).toEqual(['+c', '+d', '-b'])
    expect(rows.current).toBe(true)
  })

  test('a source that breaks off before it has told everything takes nobody away', () => {
    const { told, view: rows } = view()
    for (const id of ['a', 'b']) rows.put(row(id))
    rows.end()
    told.length = 0
    rows.begin()
    rows.put(row('a'))
    rows.begin()
    rows.put(row('b'))
    rows.put(row('a'))
    rows.end()
    expect(told).toEqual([])
  })
})

describe('joining answers', () => {
  const signed = (name: string) => ({ terminator: new TextEncoder().encode(name), certificate: new Uint8Array(0) })
  const lookup = (status: number, more: Partial<Parameters<typeof joinLookups>[0][number]> = {}) => ({
    status,
    terminators: [],
    lastSeenMs: 0,
    partial: true,
    ...more,
  })

  test('one yes beats any no; the same terminator counts once', () => {
    const joined = joinLookups([
      lookup(directoryStatus.offline, { lastSeenMs: 9 }),
      lookup(directoryStatus.ok, { terminators: [signed('x'), signed('y')] }),
      lookup(directoryStatus.ok, { terminators: [signed('y')], partial: false }),
    ])
    expect(joined).toMatchObject({ status: directoryStatus.ok, partial: false })
    expect(joined.terminators).toHaveLength(2)
  })

  test('offline beats unknown, and the latest "last seen" counts', () => {
    const joined = joinLookups([
      lookup(directoryStatus.offline, { lastSeenMs: 5 }),
      lookup(directoryStatus.unknownInstance),
      lookup(directoryStatus.offline, { lastSeenMs: 8 }),
    ])
    expect(joined).toEqual(lookup(directoryStatus.offline, { lastSeenMs: 8 }))
  })

  test('a page of several parts is the first rows of all, with a cursor when there is more', () => {
    const page = (ids: string[], cursor = '') => ({
      status: 0,
      page: ListedRows.of(ids.map((id) => row(id))),
      cursor,
      partial: false,
    })
    const joined = joinLists([page(['a', 'd', 'e'], 'e'), page(['b', 'c'])], 3)
    expect(joined.page.rows.map((each) => each.instanceId)).toEqual(['a', 'b', 'c'])
    expect(joined.cursor).toBe('c')
    expect(joinLists([page(['a']), page(['b'])], 3).cursor).toBe('')
  })

  test('a list is partial when any part of it is, or when nobody answered', () => {
    expect(joinLists([], 3).partial).toBe(true)
    const page = (partial: boolean) => ({ status: 0, page: ListedRows.of([]), cursor: '', partial })
    expect(joinLists([page(false), page(true)], 3).partial).toBe(true)
    expect(joinLists([page(false), page(false)], 3).partial).toBe(false)
  })
})

describe('hedging', () => {
  function asks(count: number) {
    const asked = Array.from({ length: count }, () => Promise.withResolvers<string>())
    const started: number[] = []
    const list = asked.map((each, index) => () => {
      started.push(index)
      return each.promise
    })
    return { asked, started, list }
  }
  const options = (clock: ManualClock) => ({ clock, delayMs: 150, enough: (answer: string) => answer === 'yes' })

  test('asks one only, when that one answers in time', async () => {
    const { asked, started, list } = asks(3)
    const result = hedge(list, options(new ManualClock()))
    asked[0]!.resolve('yes')
    expect(await result).toEqual({ answers: ['yes'], errors: [] })
    expect(started).toEqual([0])
  })

  test('asks the next one when the first is slow', async () => {
    const { asked, started, list } = asks(3)
    const clock = new ManualClock()
    const result = hedge(list, options(clock))
    clock.advance(150)
    expect(started).toEqual([0, 1])
    asked[1]!.resolve('yes')
    expect((await result).answers).toEqual(['yes'])
  })

  test('asks all others at once when an answer is not enough, or the first one fails', async () => {
    const { asked, started, list } = asks(3)
    const result = hedge(list, options(new ManualClock()))
    asked[0]!.reject(new Error('down'))
    asked[1]!.resolve('no')
    asked[2]!.resolve('no')
    const { answers, errors } = await result
    expect(started).toEqual([0, 1, 2])
    expect(answers).toEqual(['no', 'no'])
    expect(errors).toHaveLength(1)
  })

  test('waits for a silent one no longer than it takes after a good answer', async () => {
    const { asked, list } = asks(2)
    const clock = new ManualClock()
    const result = hedge(list, { ...options(clock), good: () => true, othersMs: 500 })
    asked[0]!.resolve('no')
    await Promise.resolve()
    await Promise.resolve()
    clock.advance(500)
    expect((await result).answers).toEqual(['no'])
  })

  test('with nobody to ask ends at once', async () => {
    expect(await hedge([], options(new ManualClock()))).toEqual({ answers: [], errors: [] })
  })
})
