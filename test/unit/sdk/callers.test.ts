import { expect, test } from 'vitest'
import { OverlayError } from '../../../src/core/errors.js'
import { Callers } from '../../../src/sdk/callers.js'
import type { IncomingDial } from '../../../src/sdk/types.js'

interface Fake extends IncomingDial {
  answers: string[]
  gone: AbortController
}

function caller(name: string): Fake {
  const gone = new AbortController()
  const answers: string[] = []
  return {
    caller: { name, peerId: name, roles: [] },
    service: 'chat',
    instanceId: 'bob',
    appData: new Uint8Array(0),
    signal: gone.signal,
    accept: () => expect.fail('not accepted here'),
    decline: () => answers.push('declined'),
    busy: () => answers.push('busy'),
    answers,
    gone,
  }
}

test('callers come one by one, in their order, whether somebody waits for them or not', async () => {
  const callers = new Callers()
  callers.add(caller('ann'))
  callers.add(caller('ben'))
  const names: string[] = []
  const reading = (async () => {
    for await (const dial of callers.read(() => {})) if (names.push(dial.caller.name) === 3) break
  })()
  await new Promise((resolve) => setImmediate(resolve))
  callers.add(caller('cleo'))
  await reading
  expect(names).toEqual(['ann', 'ben', 'cleo'])
})

test('who has given up meanwhile is passed over', async () => {
  const callers = new Callers()
  const [ann, ben] = [caller('ann'), caller('ben')]
  callers.add(ann)
  callers.add(ben)
  ann.gone.abort()
  const { value } = await callers.read(() => {}).next()
  expect(value?.caller.name).toBe('ben')
})

test('leaving the loop tells those that wait that it is busy, and that nobody reads any more', async () => {
  const callers = new Callers()
  const [ann, ben] = [caller('ann'), caller('ben')]
  callers.add(ann)
  callers.add(ben)
  let left = 0
  for await (const _ of callers.read(() => left++)) break
  expect([ann.answers, ben.answers, left]).toEqual([[], ['busy'], 1])
})

test('the loop ends with the listener: in order, or with what ended it', async () => {
  const closed = new Callers()
  const reading = closed.read(() => {}).next()
  closed.end(undefined)
  expect(await reading).toEqual({ done: true, value: undefined })
  const failed = new Callers()
  failed.end(new OverlayError('replaced', 'Started elsewhere.'))
  await expect(failed.read(() => {}).next()).rejects.toMatchObject({ code: 'replaced' })
})
