import { expect, test } from 'vitest'
import { TargetHealth } from '../../../../src/apps/forward/health.js'

type Step = [atMs: number, connected: boolean, changed: boolean, health: string, nextInMs: number]

test.each<[title: string, intervalMs: number, steps: Step[]]>([
  [
    'a target that answers is probed at the interval',
    10_000,
    [
      [0, true, true, 'up', 10_000],
      [10_000, true, false, 'up', 10_000],
    ],
  ],
  [
    'one failure is enough, and its return is looked for each second',
    10_000,
    [
      [0, true, true, 'up', 10_000],
      [5_000, false, true, 'down', 1_000],
      [6_000, false, false, 'down', 1_000],
      [7_000, true, true, 'up', 10_000],
    ],
  ],
  ['a target that is down at first is said to be', 10_000, [[0, false, true, 'down', 1_000]]],
  [
    'an interval under a second holds for both',
    200,
    [
      [0, true, true, 'up', 200],
      [200, false, true, 'down', 200],
    ],
  ],
  [
    'a target that serves is not probed: callers find out, and only then its return is looked for',
    Number.POSITIVE_INFINITY,
    [
      [0, true, true, 'up', Number.POSITIVE_INFINITY],
      [5, false, true, 'down', 1_000],
      [1_005, true, true, 'up', Number.POSITIVE_INFINITY],
    ],
  ],
])('%s', (_, intervalMs, steps) => {
  const health = new TargetHealth({ upMs: intervalMs, downMs: 1_000 })
  for (const [atMs, connected, changed, state, nextInMs] of steps) {
    expect([health.report(connected, atMs), health.health, health.dueInMs(atMs)]).toEqual([changed, state, nextInMs])
  }
})

test('without any probes, callers alone find out', () => {
  const never = Number.POSITIVE_INFINITY
  const health = new TargetHealth({ upMs: never, downMs: never })
  for (const connected of [false, true, false]) {
    health.report(connected, 0)
    expect(health.dueInMs(0)).toBe(never)
  }
})

test('the first probe is due at once, unless there are none', () => {
  expect(new TargetHealth({ upMs: 10_000, downMs: 1_000 }).dueInMs(123)).toBe(0)
  expect(new TargetHealth({ upMs: Number.POSITIVE_INFINITY, downMs: 1_000 }).dueInMs(123)).toBe(
    Number.POSITIVE_INFINITY,
  )
})

test('a caller that got through spares the probe', () => {
  const health = new TargetHealth({ upMs: 10_000, downMs: 1_000 })
  health.report(true, 0)
  health.report(true, 9_000)
  expect(health.dueInMs(10_000)).toBe(9_000)
  expect(health.dueInMs(25_000)).toBe(0)
})
