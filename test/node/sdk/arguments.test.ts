import { afterAll, beforeAll, expect, test } from 'vitest'
import { startRelay } from '../../../src/relay/index.js'
import { openContext } from '../../../src/sdk/context.js'
import { createContext, createHttpAgent, loadIdentity, parseAddress, parseIdentity } from '../../../src/sdk/index.js'
import type { Context, Listener } from '../../../src/sdk/types.js'
import { startTestNetwork } from '../../../src/testing/index.js'
import { CountingClock } from '../../support/counting-clock.js'
import { Stage, service } from '../../support/stage.js'

let stage: Stage
let context: Context
let listener: Listener
const clock = new CountingClock()
beforeAll(async () => {
  stage = await Stage.open({ relays: 1 })
  context = await openContext(await stage.network.member('ann'), { clock, direct: 'never' })
  await context.ready()
  listener = await context.listen(service)
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
  ['dial with an onRinging that is no function', () => context.dial(service, { onRinging: 5 as never })],
  ['listen with a time that is none', () => context.listen(service, { connectTimeout: '5' as never })],
  ['createContext with quotas that are none', () => stage.context('ben', { quotas: null as never })],
  ['createContext with a proxy that is no text', () => stage.context('ben', { proxy: 5 as never })],
  ['createContext of a number', () => createContext(5 as never)],
  ['loadIdentity of a number', () => loadIdentity(5 as never)],
  ['parseIdentity of a number', () => parseIdentity(5 as never)],
  ['parseAddress of nothing', async () => parseAddress(null as never, service)],
  ['listTerminators with a cursor that is no text', () => context.listTerminators(service, { cursor: 5 as never })],
  [
    'createContext with a text to listen on',
    () => stage.context('ben', { directListen: '/ip4/127.0.0.1/tcp/0' as never }),
  ],
]

/** Each call that takes options, with what is given for them. */
const calls: Array<[string, (options: never) => unknown]> = [
  ['createContext', async (options) => createContext(await stage.network.member('ben'), options)],
  ['dial', (options) => context.dial(service, options)],
  ['listen', (options) => context.listen(service, options)],
  ['listTerminators', (options) => context.listTerminators(service, options)],
  ['watch', (options) => context.watch(service, options)[Symbol.asyncIterator]().next()],
  ['whois', (options) => context.whois(service, 'ben', options)],
  ['ready', (options) => context.ready(options)],
  ['established', (options) => listener.established(1, options)],
  ['update', (change) => listener.update(change)],
  ['createHttpAgent', async (options) => createHttpAgent(context, options)],
  ['dial of createHttpAgent', async (options) => createHttpAgent(context, { dial: options })],
  ['loadIdentity', (options) => loadIdentity('nobody', options)],
  ['parseIdentity', (options) => parseIdentity('{}', options)],
  ['startRelay', async (options) => startRelay(await stage.network.member('ben'), options)],
  ['startTestNetwork', async (options) => startTestNetwork(options)],
]

test.each(calls)('what %s is given for options is bad_argument when it is no object', async (_, call) => {
  for (const given of [null, 'text', 5, [], () => {}]) {
    const error = await (async () => call(given as never))().catch((caught: unknown) => caught)
    // Not shown as a whole when it is something else: a context has getters that throw.
    expect([String(given), (error as { code?: string }).code]).toEqual([String(given), 'bad_argument'])
  }
})

test.each(wrong)('%s is bad_argument, and leaves no timer', async (_, ask) => {
  await expect(ask()).rejects.toMatchObject({ code: 'bad_argument' })
  expect(clock.waiting.filter((begun) => begun.includes('/sdk/'))).toEqual([])
})
