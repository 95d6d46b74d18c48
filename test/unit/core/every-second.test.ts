import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { everySecond } from '../../../src/core/every-second.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('all that is done every second is done by one timer, which goes with the last of it', () => {
  const done: string[] = []
  const first = everySecond(() => done.push('first'))
  vi.advanceTimersByTime(400)
  const second = everySecond(() => done.push('second'))
  expect(vi.getTimerCount()).toBe(1)
  vi.advanceTimersByTime(600)
  expect(done).toEqual(['first', 'second'])
  first()
  vi.advanceTimersByTime(1_000)
  expect(done).toEqual(['first', 'second', 'second'])
  second()
  expect(vi.getTimerCount()).toBe(0)
  everySecond(() => done.push('third'))()
  expect(vi.getTimerCount()).toBe(0)
})

test('what one of them ends in the same turn is not done any more', () => {
  const done: string[] = []
  let endOther = () => {}
  const endFirst = everySecond(() => endOther())
  endOther = everySecond(() => done.push('other'))
  vi.advanceTimersByTime(2_000)
  expect(done).toEqual([])
  endFirst()
})
