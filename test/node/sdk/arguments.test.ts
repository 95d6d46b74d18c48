import { afterAll, beforeAll, expect, test } from 'vitest'
import { openContext } from '../../../src/sdk/context.js'
import type { Context } from '../../../src/sdk/index.js'
import { CountingClock } from '../../support/counting-clock.js'
import { Stage, service } from '../../support/stage.js'

let stage: Stage
let context: Context
const clock = new CountingClock()
beforeAll(async () => {
  stage = await Stage.open({ relays: 1 })
  context = await openContext(await stage.network.member('ann'), { clock, direct: 'never' })
  await context.ready()
})
afterAll(async () => {
  await context.close()
  await stage.close()
})

const never = {} as never
const signal = { signal: never }
const wrong: Array<[string, () => Promise<unknown>]> = [
  ['dial with a signal that is none', () => context.dial(service, signal)],
  ['dial with an instance id that is none', () => context.dial(service, { instanceId: 5 as never })],
  ['dial with a time that is none', () => context.dial(service, { connectTimeout: '5' as never })],
  ['dial of no service', () => context.dial(undefined as never)],
  ['listen with a signal that is none', () => context.listen(service, signal)],
  ['listen as nobody', () => context.listen(service, { instanceId: 5 as never })],
  ['ready with a signal that is none', () => context.ready(signal)],
  ['listTerminators with a signal that is none', () => context.listTerminators(service, signal)],
  ['watch with a signal that is none', () => context.watch(service, signal)[Symbol.asyncIterator]().next()],
  ['whois of nobody', () => context.whois(service, undefined as never)],
  [
    'createContext with a text to listen on',
    () => stage.context('ben', { directListen: '/ip4/127.0.0.1/tcp/0' as never }),
  ],
]

test.each(wrong)('%s is bad_argument, and leaves no timer', async (_, ask) => {
  await expect(ask()).rejects.toMatchObject({ code: 'bad_argument' })
  expect(clock.waiting.filter((begun) => begun.includes('/sdk/'))).toEqual([])
})
