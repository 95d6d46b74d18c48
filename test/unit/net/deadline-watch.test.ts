import { expect, test } from 'vitest'
import { watchDeadline } from '../../../src/net/deadline-watch.js'
import type { Trust } from '../../../src/net/trust.js'
import { ManualClock } from '../../support/directory.js'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

function stage(daysLeft: number) {
  const clock = new ManualClock(Date.UTC(2026, 0, 1))
  const own = { name: 'anna', expiresAtMs: clock.now() + daysLeft * dayMs }
  const trust = { own }
  const said: string[] = []
  const stop = watchDeadline(trust as unknown as Trust, clock, ({ code, message }) => {
    said.push(`${code}: ${/ends? \w+|ended? \w+/.exec(message)?.[0]} ${/\d+ days?/.exec(message)?.[0] ?? ''}`.trim())
  })
  return { clock, trust, said, stop }
}

test('an end that is near is said at once, but not before somebody can hear it, and then once a day', () => {
  const { clock, said } = stage(20)
  expect(said).toEqual([])
  clock.advance(0)
  expect(said).toHaveLength(1)
  clock.advance(23 * hourMs)
  expect(said).toHaveLength(1)
  clock.advance(49 * hourMs)
  expect(said).toHaveLength(4)
  expect(said[0]).toBe('certificate_ending: ends in 20 days')
})

test('it begins thirty days before, and ends with a renewed certificate', () => {
  const { clock, trust, said } = stage(31)
  clock.advance(dayMs - 1)
  expect(said).toEqual([])
  clock.advance(2 * hourMs)
  expect(said).toHaveLength(1)
  trust.own = { ...trust.own, expiresAtMs: clock.now() + 365 * dayMs }
  clock.advance(10 * dayMs)
  expect(said).toHaveLength(1)
})

test('nothing is on the clock afterwards', () => {
  const { clock, stop } = stage(5)
  clock.advance(0)
  stop()
  expect(clock.pending).toBe(0)
})
