import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { Stage } from '../../support/stage.js'

const intervals = vi.spyOn(globalThis, 'setInterval')
let stage: Stage
beforeAll(async () => {
  stage = await Stage.open({ relays: 1 })
})
afterAll(() => stage.close())

test('a relay with one host and nothing to do looks at nothing more often than once a second', async () => {
  await stage.host('host')
  // Vitest has some of its own.
  const ours = intervals.mock.calls.map(([, ms]) => ms).filter((ms) => ms !== undefined)
  expect(ours.filter((ms) => ms < 1_000)).toEqual([])
  expect(ours.filter((ms) => ms === 1_000)).toHaveLength(1)
})
