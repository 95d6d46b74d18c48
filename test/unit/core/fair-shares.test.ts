import { expect, test } from 'vitest'
import { FairShares } from '../../../src/core/fair-shares.js'

function takeAll(shares: FairShares, who: string): Array<() => void> {
  const places: Array<() => void> = []
  while (shares.refusal(who) === undefined) places.push(shares.take(who))
  return places
}

test('one alone gets half, and whoever comes then still gets a place', () => {
  const shares = new FairShares(100)
  expect(takeAll(shares, 'greedy')).toHaveLength(50)
  expect(shares.refusal('greedy')).toBe('share')
  expect(takeAll(shares, 'another')).toHaveLength(25)
  expect(shares.refusal('somebody new')).toBeUndefined()
})

test('of many that want everything none gets all, and one who wants one place gets it', () => {
  const shares = new FairShares(100)
  for (let round = 0; round < 100; round++) {
    for (const who of ['a', 'b', 'c', 'd']) if (shares.refusal(who) === undefined) shares.take(who)
  }
  expect(['a', 'b', 'c', 'd'].map((who) => shares.held(who))).toEqual([20, 20, 20, 20])
  expect(shares.refusal('e')).toBeUndefined()
})

test('the only place goes to whoever comes first; of two the second is kept for another', () => {
  const one = new FairShares(1)
  one.take('a')
  expect(one.refusal('b')).toBe('all')
  const two = new FairShares(2)
  two.take('a')
  expect([two.refusal('a'), two.refusal('b')]).toEqual(['share', undefined])
})

test('a place that is given back twice counts once, and nothing is kept of who has none', () => {
  const shares = new FairShares(4)
  const [first] = takeAll(shares, 'a')
  first!()
  first!()
  expect([shares.held('a'), shares.taken]).toEqual([1, 1])
})

test('a fixed most for each replaces the share', () => {
  const shares = new FairShares(10, 10)
  expect(takeAll(shares, 'a')).toHaveLength(10)
  expect(shares.refusal('a')).toBe('all')
  expect(takeAll(new FairShares(10, 2), 'a')).toHaveLength(2)
})

test.each([Number.NaN, -1, '5', undefined])('%s places are bad_argument', (most) => {
  expect(() => new FairShares(most as number)).toThrow(expect.objectContaining({ code: 'bad_argument' }))
  if (most !== undefined) expect(() => new FairShares(1, most as number)).toThrow('a number of places')
})
