import { expect, test } from 'vitest'
import { EventLog } from '../../../src/session/event-log.js'
import type { SessionEvent } from '../../../src/session/types.js'

test('what is only to be looked at is kept once until it is taken, and costs the same however much else has happened', () => {
  const log = new EventLog()
  let looks = 0
  const other = {
    get type() {
      looks++
      return 'resumed' as const
    },
  }
  for (let n = 0; n < 1_000; n++) log.add(other)
  const types = ['readable', 'paths', 'readable', 'writable', 'paths'] as const
  for (const type of types) log.addOnce(type)
  expect(looks).toBe(0)
  const kept = (events: SessionEvent[]) => events.slice(1_000).map(({ type }) => type)
  expect(kept(log.take())).toEqual(['readable', 'paths', 'writable'])
  expect(log.take()).toEqual([])
  log.addOnce('readable')
  expect(log.take()).toEqual([{ type: 'readable' }])
})
