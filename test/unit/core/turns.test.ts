import { expect, test } from 'vitest'
import { SharedTurns, Turns } from '../../../src/core/turns.js'

const never = new AbortController().signal

/** Runs that go on until the test ends them. */
function runs(turns: Pick<Turns, 'take'>) {
  const started: string[] = []
  const ends = new Map<string, { resolve: () => void; reject: (error: Error) => void }>()
  const take = (name: string, signal = never) =>
    turns.take(() => {
      started.push(name)
      return new Promise<void>((resolve, reject) => ends.set(name, { resolve, reject }))
    }, signal)
  return { started, ends, take }
}

test('so many run at once, the others in the order they came, also after a failure', async () => {
  const { started, ends, take } = runs(new Turns(2))
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => take(name))
  expect(started).toEqual(['a', 'b'])
  ends.get('b')!.reject(new Error('b failed'))
  await expect(b).rejects.toThrow('b failed')
  await expect.poll(() => started).toEqual(['a', 'b', 'c'])
  ends.get('a')!.resolve()
  await a
  await expect.poll(() => started).toEqual(['a', 'b', 'c', 'd'])
  ends.get('c')!.resolve()
  ends.get('d')!.resolve()
  await Promise.all([c, d])
})

test('who gives up while waiting loses no turn for the others', async () => {
  const { started, ends, take } = runs(new Turns(1))
  const a = take('a')
  const gone = new AbortController()
  const b = take('b', gone.signal)
  const c = take('c')
  gone.abort(new Error('gave up'))
  await expect(b).rejects.toThrow('gave up')
  ends.get('a')!.resolve()
  await a
  await expect.poll(() => started).toEqual(['a', 'c'])
  ends.get('c')!.resolve()
  await c
  await expect(take('d', gone.signal)).rejects.toThrow('gave up')
  const e = take('e')
  expect(started).toEqual(['a', 'c', 'e'])
  ends.get('e')!.resolve()
  await e
})

test('of turns that are shared nobody has all, and whose turn is over leaves nothing behind', async () => {
  const shared = new SharedTurns(3, 2)
  const { started, ends, take } = runs({ take: (run, signal) => shared.take(of.at(-1)!, run, signal) })
  const of: string[] = []
  const by = (who: string, name: string, signal = never) => {
    of.push(who)
    return take(name, signal)
  }
  const greedy = ['a', 'b', 'c'].map((name) => by('greedy', name))
  const gone = new AbortController()
  const tired = by('greedy', 'tired', gone.signal)
  const other = by('other', 'd')
  await expect.poll(() => started).toEqual(['a', 'b', 'd'])
  gone.abort(new Error('gave up'))
  await expect(tired).rejects.toThrow('gave up')
  ends.get('d')!.resolve()
  await other
  ends.get('a')!.resolve()
  await expect.poll(() => started).toEqual(['a', 'b', 'd', 'c'])
  for (const name of ['b', 'c']) ends.get(name)!.resolve()
  await Promise.all(greedy)
})
