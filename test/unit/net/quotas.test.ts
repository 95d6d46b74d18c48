import { expect, test } from 'vitest'
import { Quotas, quotaKinds, quotaNames } from '../../../src/net/quotas.js'

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
    expect(new Quotas().limit(name)).toBe(quotaKinds[name].default || Number.POSITIVE_INFINITY)
  }
})

test.each([-1, 1.5, Number.NaN])('%d is no quota', (limit) => {
  expect(() => new Quotas({ dials: limit })).toThrow(/quota 'dials' is a whole number from 0/)
})

test('who is over a pace waits until that has come back, and each wait is counted', () => {
  const quotas = new Quotas({ bytes: 1_000 })
  let nowMs = 0
  const pace = quotas.pace('bytes', 'a', () => nowMs)!
  expect([pace(1_500), pace(500), pace(250)]).toEqual([0, 0, 250])
  nowMs = 1_000
  expect(pace(750)).toBe(0)
  expect(quotas.refused.get('bytes')).toBe(1)
  expect(new Quotas().pace('bytes', 'a', () => nowMs)).toBeUndefined()
})

test('a host has quotas of its own, says so, and tells of refusals', () => {
  const told: string[] = []
  const quotas = new Quotas({ dials: 1 }, 'host', (name) => told.push(name))
  for (const _ of [1, 2, 3]) quotas.ofRate('dials', 'a', 0)
  expect(quotas.ofRate('dials', 'a', 0)?.message).toMatch(/^The quota 'dials' of this host is used up: 1 calls/)
  expect(told).toEqual(['dials', 'dials'])
  expect(quotas.limit('circuits')).toBe(Number.POSITIVE_INFINITY)
  expect(() => new Quotas({ circuits: 1 }, 'host')).toThrow(/'circuits' is no quota of a host; there are strangers,/)
})
