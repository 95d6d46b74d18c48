import { expect, test } from 'vitest'
import { overdueMs, Standstill } from '../../../src/core/standstill.js'
import { ManualClock } from '../../support/directory.js'

/** Looks every 500 ms on a clock that can be frozen, and notes what each look that found something returned. */
function stage(toleratedMs?: number) {
  const clock = new ManualClock()
  const standstill = new Standstill({ everyMs: 500, toleratedMs }, clock.monotonic())
  const stood: number[] = []
  const lookLater = () =>
    clock.after(500, () => {
      const ms = standstill.look(clock.monotonic())
      if (ms > 0) stood.push(ms)
      lookLater()
    })
  lookLater()
  return { clock, stood }
}

test('looks in time, and a busy process, are no standstill', () => {
  const { clock, stood } = stage()
  clock.advance(10_000)
  clock.freeze(2_000) // 1 500 ms late
  clock.advance(10_000)
  expect(stood).toEqual([])
})

test('a process that stood still learns for how long, once', () => {
  const { clock, stood } = stage()
  clock.advance(1_000)
  clock.freeze(60_500)
  clock.advance(10_000)
  expect(stood).toEqual([60_000])
})

test('what is tolerated can be said', () => {
  const { clock, stood } = stage(100)
  clock.freeze(601)
  clock.advance(2_000)
  expect(stood).toEqual([101])
})

test.each([
  [1_000, 1_000, 0, 0],
  [1_001, 1_000, 0, 1],
  [1_100, 1_000, 100, 0],
  [1_101, 1_000, 100, 101],
  [900, 1_000, 0, 0],
])('at %i, due at %i, tolerated %i: late by %i', (nowMs, dueMs, toleratedMs, late) => {
  expect(overdueMs(nowMs, dueMs, toleratedMs)).toBe(late)
})
