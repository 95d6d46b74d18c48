import { expect, test } from 'vitest'
import { OverlayError } from '../../../src/core/errors.js'
import type { DirectoryClient } from '../../../src/directory/client.js'
import type { Candidate } from '../../../src/directory/proof.js'
import { Lookups } from '../../../src/sdk/lookups.js'
import { ManualClock } from '../session/manual-clock.js'

/** A directory that answers when it is told to, one question after the other. */
function directory() {
  const asked: Array<{ instanceId: string; answer(found: string[]): void; refuse(error: OverlayError): void }> = []
  const client = {
    lookup: (_: string, instanceId: string) =>
      new Promise((resolve, reject) => {
        asked.push({ instanceId, answer: resolve as (found: string[]) => void, refuse: reject })
      }),
  }
  const clock = new ManualClock()
  return {
    asked,
    clock,
    lookups: new Lookups(client as unknown as DirectoryClient, new AbortController().signal, clock),
  }
}
const never = new AbortController().signal
const found = (name: string) => [name] as unknown as Candidate[]

test('questions about one instance that come while one is under way share its answer', async () => {
  const { asked, lookups } = directory()
  const answers = [1, 2, 3].map(() => lookups.lookup('chat', 'anna', never))
  const other = lookups.lookup('chat', 'ben', never)
  expect(asked.map(({ instanceId }) => instanceId)).toEqual(['anna', 'ben'])
  asked[0]!.answer(['first'])
  asked[1]!.answer(['other'])
  expect(await Promise.all([...answers, other])).toEqual([...[1, 2, 3].map(() => found('first')), found('other')])
  const later = lookups.lookup('chat', 'anna', never)
  expect(asked).toHaveLength(3)
  asked[2]!.answer(['second'])
  expect(await later).toEqual(found('second'))
})

test('a refusal is the answer for who asked first only; the others ask once more', async () => {
  const { asked, lookups } = directory()
  const first = lookups.lookup('chat', 'anna', never)
  const second = lookups.lookup('chat', 'anna', never)
  const third = lookups.lookup('chat', 'anna', never)
  asked[0]!.refuse(new OverlayError('offline', 'not there'))
  await expect(first).rejects.toMatchObject({ code: 'offline' })
  expect(asked).toHaveLength(2)
  asked[1]!.answer(['now'])
  expect(await Promise.all([second, third])).toEqual([found('now'), found('now')])
})

test('whoever gives up does so alone', async () => {
  const { asked, lookups } = directory()
  const giveUp = new AbortController()
  const [first, second] = [lookups.lookup('chat', 'anna', giveUp.signal), lookups.lookup('chat', 'anna', never)]
  giveUp.abort(new OverlayError('canceled', 'enough'))
  await expect(first).rejects.toMatchObject({ code: 'canceled' })
  asked[0]!.answer(['there'])
  expect(await second).toEqual(found('there'))
})

test('an answer is there for a second, for who asks for a recent one; a refusal is not', async () => {
  const { asked, clock, lookups } = directory()
  const first = lookups.lookup('chat', 'anna', never)
  expect(lookups.recent('chat', 'anna')).toBeUndefined()
  asked[0]!.answer(['first'])
  await first
  expect(lookups.recent('chat', 'anna')).toEqual(found('first'))
  expect(lookups.recent('chat', 'ben')).toBeUndefined()
  await clock.advance(1_000)
  expect(lookups.recent('chat', 'anna')).toBeUndefined()
  const second = lookups.lookup('chat', 'ben', never)
  asked[1]!.refuse(new OverlayError('offline', 'not there'))
  await expect(second).rejects.toMatchObject({ code: 'offline' })
  expect(lookups.recent('chat', 'ben')).toBeUndefined()
})
