import { expect, test } from 'vitest'
import { BoundedMap } from '../../../src/core/bounded-map.js'

test('beyond its bound, what was put or touched the longest ago is forgotten', () => {
  const map = new BoundedMap<string, number>(3)
  for (const [index, key] of ['a', 'b', 'c'].entries()) map.set(key, index)
  expect(map.touch('a')).toBe(0)
  map.set('b', 4)
  map.set('d', 5)
  expect([...map.keys()]).toEqual(['a', 'b', 'd'])
  expect(map.get('b')).toBe(4)
  expect(map.touch('c')).toBeUndefined()
  expect(map.delete('a')).toBe(true)
  expect(map.size).toBe(2)
})

test('asking without touching changes nothing', () => {
  const map = new BoundedMap<string, number>(2)
  map.set('a', 1)
  map.set('b', 2)
  map.get('a')
  map.set('c', 3)
  expect([...map.keys()]).toEqual(['b', 'c'])
})
