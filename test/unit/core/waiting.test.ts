import { describe, expect, test } from 'vitest'
import { untilAborted, waitFor, whenAborted } from '../../../src/core/waiting.js'

test('one signal may end hundreds of things, and Node warns of no leak', async () => {
  const warnings: Error[] = []
  const onWarning = (warning: Error) => warnings.push(warning)
  process.on('warning', onWarning)
  const { signal } = new AbortController()
  const forget = Array.from({ length: 300 }, () => whenAborted(signal, () => {}))
  await new Promise(setImmediate)
  process.off('warning', onWarning)
  for (const each of forget) each()
  expect(warnings).toEqual([])
})

describe('waiting for whichever comes first', () => {
  function waiting(signal?: AbortSignal) {
    let resolve!: (value: number) => void
    let reject!: (error: unknown) => void
    let stopped = 0
    const promise = waitFor<number>(signal, (onValue, onError) => {
      resolve = onValue
      reject = onError
      return () => stopped++
    })
    return {
      promise,
      resolve: (value: number) => resolve(value),
      reject: (error: unknown) => reject(error),
      stopped: () => stopped,
    }
  }

  test.each(['value', 'error', 'signal'] as const)(
    'ends with the %s, stops waiting once, and hears nothing later',
    async (first) => {
      const controller = new AbortController()
      const { promise, resolve, reject, stopped } = waiting(controller.signal)
      const ends = {
        value: () => resolve(7),
        error: () => reject(new Error('failed')),
        signal: () => controller.abort(new Error('given up')),
      }
      ends[first]()
      for (const end of Object.values(ends)) end()
      const outcome = await promise.catch((error: Error) => error.message)
      expect(outcome).toBe({ value: 7, error: 'failed', signal: 'given up' }[first])
      expect(stopped()).toBe(1)
    },
  )

  test('stops at once when what it waits for is there', async () => {
    let stopped = 0
    expect(
      await waitFor<string>(undefined, (resolve) => {
        resolve('there')
        return () => stopped++
      }),
    ).toBe('there')
    expect(stopped).toBe(1)
  })

  test('does not begin when the signal has fired', async () => {
    const begin = () => expect.unreachable()
    await expect(waitFor(AbortSignal.abort(new Error('over')), begin)).rejects.toThrow('over')
  })
})

test('what is done when a signal fires is done once, at once when it has, and can be taken back', async () => {
  const controller = new AbortController()
  const done: string[] = []
  whenAborted(controller.signal, () => done.push('first'))
  whenAborted(controller.signal, () => done.push('taken back'))()
  const until = untilAborted(controller.signal).then(() => done.push('until'))
  controller.abort()
  whenAborted(controller.signal, () => done.push('late'))()
  whenAborted(undefined, () => done.push('never'))()
  await until
  expect(done).toEqual(['first', 'late', 'until'])
})
