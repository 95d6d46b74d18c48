import { expect, test } from 'vitest'
import { Quotas, quotaKinds, quotaNames } from '../../../src/relay/quotas.js'

test('a refusal names its quota, says how much it is, and is counted', () => {
  const quotas = new Quotas({ connections: 2 })
  expect(quotas.ofHeld('connections', 1)).toBeUndefined()
  expect(quotas.ofHeld('connections', 2)).toMatchObject({
    code: 'busy',
    message: "The quota 'connections' of this relay is used up: 2 connections for one identity.",
  })
  expect([quotas.refused.get('connections'), quotas.refused.get('circuits')]).toEqual([1, 0])
})

test('of what is counted by the second a burst goes through, then as much as the quota says, for each by itself', () => {
  const quotas = new Quotas({ requests: 5 })
  const asked = (who: string, nowMs: number) => {
    let count = 0
    while (quotas.ofRate('requests', who, nowMs) === undefined) count++
    return count
  }
  expect([asked('a', 0), asked('a', 1_000), asked('b', 1_000)]).toEqual([10, 5, 10])
  expect(quotas.ofRate('requests', 'a', 1_000)?.message).toBe(
    "The quota 'requests' of this relay is used up: 5 questions to the directory a second for one identity.",
  )
})

test('0 means no limit, and nothing said means the default', () => {
  const none = new Quotas(Object.fromEntries(quotaNames.map((name) => [name, 0])))
  for (const name of quotaNames) {
    expect(none.ofHeld(name, 1_000_000_000)).toBeUndefined()
    for (let count = 0; count < 100; count++) expect(none.ofRate(name, 'a', 0)).toBeUndefined()
    expect(new Quotas().limit(name)).toBe(quotaKinds[name].default)
  }
})

test.each([-1, 1.5, Number.NaN])('%d is no quota', (limit) => {
  expect(() => new Quotas({ dials: limit })).toThrow(/quota 'dials' is a whole number from 0/)
})
