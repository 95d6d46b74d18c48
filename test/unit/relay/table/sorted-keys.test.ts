import { expect, test } from 'vitest'
import { SortedKeys } from '../../../../src/relay/table/sorted-keys.js'
import { seeded } from '../../../support/random.js'

test('keys come in code-unit order, once each', () => {
  const keys = new SortedKeys()
  for (const key of ['b', 'a', 'c', 'a', 'B', '日', '']) keys.add(key)
  expect(keys.after(undefined, 10)).toEqual(['', 'B', 'a', 'b', 'c', '日'])
  expect(keys.size).toBe(6)
})

test('a cursor need not be a member', () => {
  const keys = new SortedKeys()
  for (const key of ['a', 'c', 'e']) keys.add(key)
  expect(keys.after('b', 10)).toEqual(['c', 'e'])
  expect(keys.after('c', 10)).toEqual(['e'])
  expect(keys.after('e', 10)).toEqual([])
  expect(keys.after('', 1)).toEqual(['a'])
})

test('thousands of random changes agree with a plain sorted set', () => {
  const random = seeded(20261)
  const keys = new SortedKeys()
  const model = new Set<string>()
  for (let step = 0; step < 20_000; step++) {
    const key = String(Math.floor(random() * 4_000))
    if (random() < 0.6) {
      expect(keys.add(key)).toBe(!model.has(key))
      model.add(key)
    } else expect(keys.delete(key)).toBe(model.delete(key))
    if (step % 500 === 0) {
      const sorted = [...model].sort((a, b) => (a < b ? -1 : 1))
      expect(keys.size).toBe(sorted.length)
      expect(keys.after(undefined, 1e9)).toEqual(sorted)
      const cursor = String(Math.floor(random() * 4_000))
      expect(keys.after(cursor, 100)).toEqual(sorted.filter((each) => each > cursor).slice(0, 100))
    }
  }
})
