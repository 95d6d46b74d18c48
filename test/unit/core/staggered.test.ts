import { expect, test } from 'vitest'
import { firstStaggered, interleaved, StaggeredError } from '../../../src/core/staggered.js'
import { ManualClock } from '../../support/directory.js'

/** Attempts that end when the test says so. */
function race(names: string[], signal = new AbortController().signal) {
  const clock = new ManualClock()
  const attempts = new Map<string, { win(): void; fail(): void; given: AbortSignal }>()
  const done = firstStaggered(
    names,
    (name, given) =>
      new Promise<string>((resolve, reject) =>
        attempts.set(name, { win: () => resolve(name), fail: () => reject(new Error(name)), given }),
      ),
    { clock, delayMs: 250, signal },
  )
  done.catch(() => {}) // a test says what it expects
  const begun = () => [...attempts.keys()].join('')
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  return { clock, attempts, done, begun, settled }
}

test('a slow first one wins although the second began meanwhile, and the second is given up', async () => {
  const { clock, attempts, done, begun } = race(['a', 'b', 'c'])
  expect(begun()).toBe('a')
  clock.advance(250)
  expect(begun()).toBe('ab')
  attempts.get('a')!.win()
  expect(await done).toBe('a')
  expect(attempts.get('b')!.given.aborted).toBe(true)
  clock.advance(10_000)
  expect(begun()).toBe('ab')
})

test('a failure begins the next one at once, and the pause counts from there', async () => {
  const { clock, attempts, begun, settled, done } = race(['a', 'b', 'c'])
  clock.advance(100)
  attempts.get('a')!.fail()
  await settled()
  expect(begun()).toBe('ab')
  clock.advance(249)
  expect(begun()).toBe('ab')
  clock.advance(1)
  expect(begun()).toBe('abc')
  attempts.get('c')!.win()
  expect(await done).toBe('c')
})

test('when all failed, every failure is told in the order of the candidates', async () => {
  const { clock, attempts, done } = race(['a', 'b'])
  clock.advance(250)
  attempts.get('b')!.fail()
  attempts.get('a')!.fail()
  await expect(done).rejects.toThrow(StaggeredError)
  await expect(done).rejects.toMatchObject({ failures: [{ message: 'a' }, { message: 'b' }] })
  await expect(race([]).done).rejects.toMatchObject({ failures: [] })
})

test('a signal gives up all that runs', async () => {
  const over = new AbortController()
  const { clock, attempts, done } = race(['a', 'b', 'c'], over.signal)
  clock.advance(250)
  over.abort(new Error('enough'))
  await expect(done).rejects.toThrow('enough')
  expect([...attempts.values()].map(({ given }) => given.aborted)).toEqual([true, true])
  await expect(race(['a'], AbortSignal.abort(new Error('before'))).done).rejects.toThrow('before')
})

test('families take turns, the first address first', () => {
  const addresses = ['6a', '6b', '4a', '6c', '4b'].map((name) => ({ name, family: Number(name[0]) }))
  expect(interleaved(addresses).map(({ name }) => name)).toEqual(['6a', '4a', '6b', '4b', '6c'])
  expect(interleaved([])).toEqual([])
})
