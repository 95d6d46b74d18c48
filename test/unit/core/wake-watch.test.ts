import { expect, test } from 'vitest'
import { WakeWatch } from '../../../src/core/wake-watch.js'
import { ManualClock } from '../../support/directory.js'

function stage() {
  const clock = new ManualClock()
  const slept: number[] = []
  const watch = new WakeWatch(clock, (ms) => slept.push(ms))
  watch.start()
  return { clock, slept, watch }
}

test('a machine that slept is noticed by its wall clock, as the other one stood still', () => {
  const { clock, slept } = stage()
  clock.advance(10_500)
  clock.set(clock.now() + 90_000)
  clock.advance(10_000)
  expect(slept).toEqual([90_000])
})

test('a process that was stopped is noticed by its own timer, which is late', () => {
  const { clock, slept } = stage()
  clock.advance(5_000)
  clock.freeze(90_000)
  clock.advance(5_000)
  expect(slept).toEqual([89_000]) // the timer was due a second later anyway
})

test('a busy process and a clock that is corrected are no sleep', () => {
  const { clock, slept } = stage()
  clock.freeze(2_000)
  clock.advance(5_000)
  clock.set(clock.now() + 2_000)
  clock.advance(5_000)
  clock.set(clock.now() - 3_600_000)
  clock.advance(5_000)
  expect(slept).toEqual([])
})

test('nothing is on the clock after stop', () => {
  const { clock, watch } = stage()
  clock.advance(2_000)
  watch.stop()
  expect(clock.pending).toBe(0)
})
