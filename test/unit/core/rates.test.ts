import { expect, test } from 'vitest'
import { Rates } from '../../../src/core/rates.js'

function taken(rates: Rates, key: string, nowMs: number): number {
  let count = 0
  while (rates.take(key, nowMs)) count++
  return count
}

test('after a pause a burst goes through, and then what comes back each second', () => {
  const rates = new Rates({ perSecond: 10, burst: 30 })
  expect(taken(rates, 'a', 0)).toBe(30)
  expect(taken(rates, 'a', 99)).toBe(0)
  expect(taken(rates, 'a', 100)).toBe(1)
  expect(taken(rates, 'a', 1_100)).toBe(10)
  expect(taken(rates, 'a', 1_000_000)).toBe(30)
})

test('each key has its own', () => {
  const rates = new Rates({ perSecond: 10 })
  expect(taken(rates, 'a', 0)).toBe(20)
  expect(taken(rates, 'b', 0)).toBe(20)
})

test('asking in vain takes nothing', () => {
  const rates = new Rates({ perSecond: 1, burst: 1 })
  rates.take('a', 0)
  for (let ms = 1; ms < 1_000; ms++) expect(rates.take('a', ms)).toBe(false)
  expect(rates.take('a', 1_001)).toBe(true)
})

test('what is given back can be taken again, and no more than that', () => {
  const rates = new Rates({ perSecond: 1, burst: 1 })
  expect([rates.take('a', 0), rates.take('a', 0)]).toEqual([true, false])
  rates.giveBack('a', 0)
  rates.giveBack('a', 0)
  expect([rates.take('a', 0), rates.take('a', 0)]).toEqual([true, false])
})

test('many keys cost what a bounded number of them costs, and who is heard of is not forgotten', () => {
  const rates = new Rates({ perSecond: 0.001, burst: 1, maxKeys: 10 })
  rates.take('a', 0)
  for (let other = 0; other < 1_000; other++) {
    rates.take(`key ${other}`, 0)
    expect(rates.take('a', 0)).toBe(false)
  }
})

test('an amount is taken as a whole or not at all', () => {
  const rates = new Rates({ perSecond: 100, burst: 100 })
  expect([rates.take('a', 0, 80), rates.take('a', 0, 30), rates.take('a', 0, 20)]).toEqual([true, false, true])
})
