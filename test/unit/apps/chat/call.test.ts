import { beforeEach, expect, test } from 'vitest'
import { Call, type CallOptions } from '../../../../src/apps/chat/call.js'
import { encodeFrame, FrameReader } from '../../../../src/apps/chat/protocol.js'
import { OverlayError } from '../../../../src/core/errors.js'
import { maxMessageBytes } from '../../../../src/core/limits.js'
import type { ChatMessage } from '../../../../src/wire/messages/chat.js'
import { FakeConnection, ManualClock, settle } from './fakes.js'

const user1 = { name: 'user1', peerId: 'peer-user1', roles: [] }
const user2 = { name: 'user2', peerId: 'peer-user2', roles: [] }

let clock: ManualClock
beforeEach(() => {
  clock = new ManualClock()
})

function side(connection: FakeConnection, options: Partial<CallOptions> = {}) {
  const shown: string[] = []
  const call = new Call(connection, { clock, onText: (text) => void shown.push(text), ...options })
  return { call, shown, connection }
}

function pair(options: Partial<CallOptions> = {}) {
  const [a, b] = FakeConnection.pair(user1, user2)
  return { one: side(a), other: side(b, options) }
}

/** A peer that is driven byte by byte. */
function byHand() {
  const [a, peer] = FakeConnection.pair(user1, user2)
  const one = side(a)
  const frames = new FrameReader()
  return {
    one,
    peer,
    send: (message: ChatMessage) => peer.write(encodeFrame(message)),
    receive: async (): Promise<ChatMessage[]> => {
      const chunk = await peer.read()
      return chunk === undefined ? [] : [...frames.push(chunk)]
    },
  }
}

test('texts arrive in order in both directions and are confirmed after they were shown', async () => {
  const { one, other } = pair()
  await Promise.all([one.call.send('Hello!'), one.call.send('Are you there?'), other.call.send('Hi!')])
  await settle()
  expect(other.shown).toEqual(['Hello!', 'Are you there?'])
  expect(one.shown).toEqual(['Hi!'])
  expect(one.call.counts).toEqual({ sent: 2, unconfirmed: 0 })
  expect(other.call.counts).toEqual({ sent: 1, unconfirmed: 0 })
})

test('no receipt goes out before the text has been shown', async () => {
  let show = () => {}
  const { one } = pair({ onText: () => new Promise<void>((resolve) => (show = resolve)) })
  await one.call.send('Hello!')
  await settle()
  expect(one.call.counts.unconfirmed).toBe(1)
  show()
  await settle()
  expect(one.call.counts.unconfirmed).toBe(0)
})

test('hanging up waits for the receipts of what was sent, then both sides end in order', async () => {
  const { one, other } = pair()
  const sent = one.call.send('last words')
  const ended = one.call.hangUp()
  await sent
  expect(await ended).toEqual({ undelivered: [] })
  expect(await other.call.ended).toEqual({ undelivered: [] })
  expect(other.shown).toEqual(['last words'])
  expect(clock.pending).toBe(0)
})

test('a text that crosses the hang-up is not shown, and its sender is told', async () => {
  const { one, other } = pair()
  other.connection.held = [] // on the way when the other side hangs up
  void other.call.send('too late').catch(() => {})
  await settle()
  await one.call.hangUp()
  other.connection.resume()
  expect(await other.call.ended).toEqual({ undelivered: ['too late'] })
  expect(one.shown).toEqual([])
})

test('once we have hung up, nothing more is shown, even of what is here already', async () => {
  const [a, peer] = FakeConnection.pair(user1, user2)
  const shown: string[] = []
  let show = () => {}
  const call = new Call(a, {
    clock,
    onText: (text) => {
      shown.push(text)
      return new Promise<void>((resolve) => (show = resolve))
    },
  })
  const frames = [1, 2].map((id) => encodeFrame({ text: { id, text: `text ${id}` } }))
  await peer.write(new Uint8Array(Buffer.concat(frames)))
  await settle()
  void call.hangUp()
  show()
  await call.ended
  await settle()
  expect(shown).toEqual(['text 1'])
})

test('what an interrupted session could not deliver is said when the wait is over', async () => {
  const { one } = pair()
  one.connection.interrupt()
  void one.call.send('a').catch(() => {})
  void one.call.send('b').catch(() => {})
  const ended = one.call.hangUp()
  await settle()
  clock.pass(5_000)
  await settle()
  clock.pass(5_000)
  expect(await ended).toEqual({ undelivered: ['a', 'b'] })
})

test('a session that is lost ends the call with its error and the undelivered texts', async () => {
  const { one } = pair()
  await one.call.send('arrived')
  await settle()
  one.connection.interrupt()
  void one.call.send('lost').catch(() => {})
  await settle()
  one.connection.fail(new OverlayError('session_lost', 'All paths were lost.'))
  expect(await one.call.ended).toMatchObject({ error: { code: 'session_lost' }, undelivered: ['lost'] })
  await expect(one.call.send('after the end')).rejects.toMatchObject({ code: 'closed' })
})

test('texts of an interruption arrive once it is over', async () => {
  const { one, other } = pair()
  one.connection.interrupt()
  await Promise.all([one.call.send('a'), one.call.send('b')])
  await settle()
  expect(other.shown).toEqual([])
  one.connection.resume()
  await settle()
  expect(other.shown).toEqual(['a', 'b'])
  expect(one.call.counts.unconfirmed).toBe(0)
})

test('when the other side hangs up, texts that came before are still shown and confirmed', async () => {
  const { one, peer, send, receive } = byHand()
  await send({ text: { id: 1, text: 'bye' } })
  await peer.closeWrite()
  expect(await one.call.ended).toEqual({ undelivered: [] })
  expect(one.shown).toEqual(['bye'])
  expect(await receive()).toEqual([{ receipt: { id: 1 } }])
})

test('one receipt may confirm several texts', async () => {
  const { one, send } = byHand()
  await Promise.all([one.call.send('a'), one.call.send('b'), one.call.send('c')])
  await send({ receipt: { id: 2 } })
  await settle()
  expect(one.call.counts.unconfirmed).toBe(1)
  await send({ receipt: { id: 2 } })
  await send({ receipt: { id: 3 } })
  await settle()
  expect(one.call.counts.unconfirmed).toBe(0)
})

test.each<[string, ChatMessage[]]>([
  ['a text that was skipped', [{ text: { id: 2, text: 'x' } }]],
  ['a text that is repeated', [{ text: { id: 1, text: 'x' } }, { text: { id: 1, text: 'x' } }]],
  ['a receipt for what was never sent', [{ receipt: { id: 2 } }]],
  ['a receipt that goes back', [{ receipt: { id: 1 } }, { receipt: { id: 0xffffffff } }]],
])('%s breaks the call off and tells the other side', async (_, messages) => {
  const { one, peer, send } = byHand()
  await one.call.send('one')
  for (const message of messages) await send(message).catch(() => {})
  expect(await one.call.ended).toMatchObject({ error: { code: 'protocol_error' } })
  expect(one.connection.aborted).toBe('not a chat message')
  await expect(
    peer
      .read()
      .then(() => peer.read())
      .then(() => peer.read()),
  ).rejects.toMatchObject({ code: 'aborted' })
})

test('garbage breaks the call off, and what came before it was shown', async () => {
  const { one, peer } = byHand()
  const good = encodeFrame({ text: { id: 1, text: 'fine' } })
  await peer.write(new Uint8Array([...good, 0xff, 0xff, 0xff, 0xff]))
  expect(await one.call.ended).toMatchObject({ error: { code: 'protocol_error' } })
  expect(one.shown).toEqual(['fine'])
})

test('an end in the middle of a message is an error, not a goodbye', async () => {
  const { one, peer } = byHand()
  await peer.write(encodeFrame({ text: { id: 1, text: 'cut' } }).subarray(0, 4))
  await peer.closeWrite()
  expect(await one.call.ended).toMatchObject({ error: { code: 'protocol_error' } })
})

test('a peer that never confirms is not sent more than a bounded number of texts', async () => {
  const { one, peer } = byHand()
  let taken = 0
  for (let index = 0; index < 1_200; index++) {
    one.call.send(`text ${index}`).then(
      () => taken++,
      () => {},
    )
  }
  await settle()
  for (let rounds = 0; rounds < 200 && taken < 1_000; rounds++) await settle()
  expect(taken).toBe(1_000)
  await peer.write(encodeFrame({ receipt: { id: 500 } }))
  for (let rounds = 0; rounds < 200 && taken < 1_200; rounds++) await settle()
  expect(taken).toBe(1_200)
})

test('the longest message passes', async () => {
  const { one, other } = pair()
  const text = 'ß'.repeat(maxMessageBytes / 2)
  await one.call.send(text)
  await settle()
  expect(other.shown).toEqual([text])
})

test('a lone surrogate is sent as the replacement character', async () => {
  const { one, other } = pair()
  await one.call.send('a\ud800b')
  await settle()
  expect(other.shown).toEqual(['a\ufffdb'])
})

test('aborting ends both sides at once', async () => {
  const { one, other } = pair()
  one.call.abort()
  expect(await one.call.ended).toEqual({ undelivered: [] })
  expect(await other.call.ended).toMatchObject({ error: { code: 'aborted' } })
})

test('hanging up after the end, or twice, gives the same end', async () => {
  const { one, other } = pair()
  const first = one.call.hangUp()
  expect(await one.call.hangUp()).toBe(await first)
  await other.call.ended
  expect(await other.call.hangUp()).toEqual({ undelivered: [] })
})
