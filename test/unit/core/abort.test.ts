import { once } from 'node:events'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test, vi } from 'vitest'
import { anySignal, dependantsOf, raceAbort, timeoutSignal } from '../../../src/core/abort.js'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

describe('a combined signal', () => {
  test('fires for a timeout that nobody else holds, though garbage was collected meanwhile', async () => {
    const never = new AbortController()
    const inner = Array.from({ length: 20 }, () => anySignal(never.signal, AbortSignal.timeout(100)))
    const fired = Promise.all(inner.map((signal) => once(anySignal(signal, never.signal), 'abort')))
    inner.length = 0
    // The timers are unreferenced; this one keeps the process and collects until they have fired.
    const collect = setInterval(collectGarbage, 10)
    await fired
    clearInterval(collect)
  })

  test('that nobody needs any more is forgotten by the ones it hung on', async () => {
    const lives = new AbortController()
    for (let call = 0; call < 1_000; call++) anySignal(lives.signal, new AbortController().signal)
    const kept = anySignal(lives.signal)
    await vi.waitFor(() => {
      collectGarbage()
      expect(dependantsOf(lives.signal)?.size).toBe(1)
    })
    lives.abort(new Error('over'))
    expect(kept.reason).toEqual(new Error('over'))
  })

  test('has fired already when one of its parts has, with its reason', () => {
    const reason = new Error('enough')
    expect(anySignal(undefined, new AbortController().signal, AbortSignal.abort(reason)).reason).toBe(reason)
  })

  test('of nothing never fires', () => {
    expect(anySignal(undefined).aborted).toBe(false)
  })
})

describe('a timeout', () => {
  test('of Infinity, and of more than a timer can be, never fires', () => {
    expect(timeoutSignal(Number.POSITIVE_INFINITY)).toBeUndefined()
    expect(timeoutSignal(2 ** 31)).toBeUndefined()
  })

  test('that is no number is refused', () => {
    expect(() => timeoutSignal(Number.NaN)).toThrow(expect.objectContaining({ code: 'bad_argument' }))
  })

  test('of 0 fires', async () => {
    const signal = timeoutSignal(0)!
    const keep = setInterval(() => {}, 1_000)
    if (!signal.aborted) await once(signal, 'abort')
    clearInterval(keep)
    expect(signal.aborted).toBe(true)
  })
})

describe('a promise raced with a signal', () => {
  test('is what came first', async () => {
    const stop = new AbortController()
    expect(await raceAbort(Promise.resolve(7), stop.signal)).toBe(7)
    const raced = raceAbort(new Promise(() => {}), stop.signal)
    stop.abort(new Error('stop'))
    await expect(raced).rejects.toThrow('stop')
    await expect(raceAbort(Promise.reject(new Error('late')), stop.signal)).rejects.toThrow('stop')
  })
})
