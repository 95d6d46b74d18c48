import { beforeEach, expect, test } from 'vitest'
import { Call } from '../../../../src/apps/chat/call.js'
import { runEcho } from '../../../../src/apps/chat/echo.js'
import { utf8 } from '../../../../src/core/bytes.js'
import { OverlayError } from '../../../../src/core/errors.js'
import { type FakeContext, FakeNetwork, settle } from './fakes.js'

let network: FakeNetwork
let context: FakeContext
let stop: AbortController
beforeEach(() => {
  network = new FakeNetwork()
  context = network.context('echo')
  stop = new AbortController()
})

async function caller(name: string) {
  const connection = await network.context(name).dial('chat-p2p', { instanceId: 'echo', appData: utf8('hi there') })
  const shown: string[] = []
  return { call: new Call(connection, { onText: (text) => void shown.push(text) }), shown, connection }
}

test('every caller gets back what it says, several at a time, and a receipt for it', async () => {
  const events: string[] = []
  const echo = runEcho(context, 'chat-p2p', {
    signal: stop.signal,
    onCall: ({ name, happened }) => events.push(`${name} ${happened}`),
  })
  await settle()
  const [one, other] = [await caller('user1'), await caller('user2')]
  await Promise.all([one.call.send('Hello!'), other.call.send('Grüße'), one.call.send('again')])
  await settle()
  expect(one.shown).toEqual(['Hello!', 'again'])
  expect(other.shown).toEqual(['Grüße'])
  expect([one.call.counts.unconfirmed, other.call.counts.unconfirmed]).toEqual([0, 0])
  expect(await one.call.hangUp()).toEqual({ undelivered: [] })
  await settle()
  expect(events).toEqual(['user1 came', 'user2 came', 'user1 left'])
  stop.abort()
  await echo
  expect(await other.call.ended).toEqual({ undelivered: [] })
  expect(context.listener!.closed).toBe(true)
})

test('one caller cannot take all of its calls: somebody else still gets through', async () => {
  void runEcho(context, 'chat-p2p', { signal: stop.signal })
  await settle()
  for (let calls = 0; calls < 50; calls++) await caller('user1')
  await expect(caller('user1')).rejects.toMatchObject({
    code: 'busy',
    details: { reason: expect.stringContaining('50 calls') },
  })
  const { call, shown } = await caller('user2')
  await call.send('hello')
  await settle()
  expect(shown).toEqual(['hello'])
  stop.abort()
})

test('the answer comes before the receipt, so that a script that waits for receipts has seen it', async () => {
  void runEcho(context, 'chat-p2p', { signal: stop.signal })
  await settle()
  const { call, shown } = await caller('user1')
  void call.send('hello')
  await call.hangUp()
  expect(shown).toEqual(['hello'])
  stop.abort()
})

test('a caller who sends garbage, or leaves at once, disturbs nobody', async () => {
  const echo = runEcho(context, 'chat-p2p', { signal: stop.signal })
  await settle()
  const [good, bad, gone] = [await caller('user1'), await caller('user2'), await caller('user3')]
  await bad.connection.write(utf8('\u0001nonsense'))
  gone.call.abort()
  await settle()
  expect(await bad.call.ended).toMatchObject({ error: { code: 'aborted' } })
  await good.call.send('still there?')
  await settle()
  expect(good.shown).toEqual(['still there?'])
  stop.abort()
  await echo
})

test('it says when it can be called, when not for the time being, and when again; calls go on', async () => {
  let ready = 0
  const said: Array<string | undefined> = []
  const onSuspended = (reason: OverlayError | undefined) => said.push(reason?.code)
  const echo = runEcho(context, 'chat-p2p', { signal: stop.signal, onReady: () => ready++, onSuspended })
  await settle()
  expect(ready).toBe(1)
  const user1 = await caller('user1')
  context.listener!.emit('suspended', new OverlayError('replaced', 'Another process took over.'))
  context.listener!.emit('resumed')
  expect(said).toEqual(['replaced', undefined])
  await user1.call.send('still there?')
  await settle()
  expect(user1.shown).toEqual(['still there?'])
  stop.abort()
  await echo
})

test('a signal that fired before begins nothing', async () => {
  stop.abort()
  await runEcho(context, 'chat-p2p', { signal: stop.signal })
  expect(context.listener).toBeUndefined()
})
