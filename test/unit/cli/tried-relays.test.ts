import { afterEach, expect, test, vi } from 'vitest'
import { sayingWhoIsTried } from '../../../src/cli/tried-relays.js'
import { ManualClock } from '../apps/chat/fakes.js'

afterEach(() => vi.restoreAllMocks())

test('a command that waits for a relay says after 2 s which are tried and what is wrong, once', async () => {
  const said: unknown[] = []
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(text) > 0)
  const clock = new ManualClock()
  const error = new Error('Relay relay1 at /ip4/192.0.2.1/tcp/1: connect ECONNREFUSED')
  const { promise, resolve } = Promise.withResolvers<string>()
  const ready = sayingWhoIsTried(promise, () => [{ name: 'relay1', error }, { name: 'relay2' }], clock)
  clock.pass(1_999)
  expect(said).toEqual([])
  clock.pass(10_000)
  resolve('up')
  expect(await ready).toBe('up')
  expect(said).toEqual([
    'No relay answers yet, trying on: relay1 at /ip4/192.0.2.1/tcp/1: connect ECONNREFUSED; relay2: no answer yet\n',
  ])
  expect(clock.pending).toBe(0)
})
