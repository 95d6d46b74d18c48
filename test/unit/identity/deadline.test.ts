import { expect, test } from 'vitest'
import { endingNotice, endsIn, staggeredEnd } from '../../../src/identity/deadline.js'

const dayMs = 24 * 3_600_000
const nowMs = Date.UTC(2026, 10, 28, 12)

test.each([
  [12 * dayMs + 1, 'ends in 12 days'],
  [dayMs, 'ends in 1 day'],
  [dayMs - 1, 'ends today'],
  [0, 'ends today'],
  [-1, 'ended today'],
  [-dayMs, 'ended 1 day ago'],
  [-3 * dayMs, 'ended 3 days ago'],
])('an end %d ms away is said as "%s"', (awayMs, said) => {
  expect(endsIn(nowMs + awayMs, nowMs)).toBe(said)
})

test('it is announced from 30 days before, with what to do', () => {
  const ending = (awayMs: number) => endingNotice({ name: 'anna', expiresAtMs: nowMs + awayMs }, nowMs)
  expect(ending(30 * dayMs + 1)).toBeUndefined()
  expect(ending(30 * dayMs)).toBe(
    'The certificate of anna ends in 30 days (2026-12-28); `chat-p2p identity renew anna` where the authority is gives another one.',
  )
  expect(ending(-dayMs)).toMatch(/ended 1 day ago/)
})

test('certificates that are given out together end on different days, and none before a year is over', () => {
  const dates = { issuedAtMs: 0, expiresAtMs: 365 * dayMs }
  const days = [0, 1, 2, 3].map((index) => Math.round(staggeredEnd(dates, index, 4) / dayMs))
  expect(days).toEqual([365, 374, 383, 392])
  expect(Math.round(staggeredEnd(dates, 3, 4, 'before') / dayMs)).toBe(338)
})
