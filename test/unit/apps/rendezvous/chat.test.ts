import { beforeEach, describe, expect, test } from 'vitest'
import { RendezvousChat } from '../../../../src/apps/rendezvous/chat.js'
import type { ChatEvent } from '../../../../src/apps/rendezvous/events.js'
import { maxRendezvousLineBytes, maxRendezvousPendingBytes } from '../../../../src/core/limits.js'
import { ManualClock } from '../chat/fakes.js'
import { FakeRendezvous, FakeStream } from './fakes.js'

let clock: ManualClock
let events: ChatEvent[]
let point: FakeRendezvous
let chat: RendezvousChat

const settle = () => new Promise((resolve) => setImmediate(resolve))
/** Lets seconds pass one by one, each with all that it brings. */
async function pass(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    clock.pass(1_000)
    await settle()
  }
}
/** What has been told since the last call, in short. */
const told = (...types: ChatEvent['type'][]) =>
  events
    .splice(0)
    .filter(({ type }) => types.length === 0 || types.includes(type))
    .map((event) => ('peerId' in event ? `${event.type} ${event.peerId}` : event.type))

function begin(bootstrap: string[] = []): void {
  point = new FakeRendezvous(bootstrap)
  chat = new RendezvousChat(point, { clock, random: () => 1, tell: (event) => events.push(event) })
}

function comes(peerId: string): FakeStream {
  const stream = new FakeStream(peerId)
  point.emit('stream', stream)
  return stream
}

beforeEach(() => {
  clock = new ManualClock()
  events = []
  begin()
})

describe('meeting', () => {
  test('the steps are told in order', async () => {
    begin(['boot'])
    point.reachable = new Set(['boot', 'alice'])
    point.found = ['alice']
    chat.start()
    await settle()
    expect(told()).toEqual(['started peer-self', 'bootstrap-up boot', 'announced', 'found alice', 'connected alice'])
  })

  test('who comes later is found without a restart, also after a long silence', async () => {
    point.reachable = new Set(['alice', 'late'])
    chat.start()
    await pass(3_600)
    point.found = ['late']
    events = []
    await pass(31)
    expect(told('found', 'connected')).toEqual(['found late', 'connected late'])
  })

  test('the search slows down to one in half a minute, and is quick again when somebody has left', async () => {
    chat.start()
    const guest = comes('guest')
    await pass(600)
    const before = point.searches
    await pass(60)
    expect(point.searches - before).toBe(2)
    guest.ends()
    await pass(2)
    expect(point.searches - before).toBeGreaterThanOrEqual(3)
  })

  test('one of whom nothing is heard has left, is not spoken to, and comes back', async () => {
    chat.start()
    const guest = comes('guest')
    told()
    point.emit('peer:silent', 'guest')
    expect(told()).toEqual(['silent guest'])
    expect(chat.say('Hello?')).toEqual({ peers: 0, refused: 'nobody' })
    point.emit('peer:heard', 'guest')
    expect(told()).toEqual(['connected guest'])
    expect(chat.say('Hello!').peers).toBe(1)
    point.emit('peer:silent', 'guest')
    told()
    guest.ends()
    expect(told('left')).toEqual([])
  })

  test('bootstrap nodes that keep no list are told of, once', async () => {
    begin(['go'])
    point.reachable = new Set(['go'])
    point.servers = 0
    chat.start()
    await pass(60)
    expect(told('unlisted')).toEqual(['unlisted'])
  })

  test('one who is here already is not reached for again', async () => {
    point.reachable = new Set(['alice'])
    point.found = ['alice']
    chat.start()
    await pass(300)
    expect(point.opened).toHaveLength(1)
  })

  test('a dead provider that does not even refuse keeps us from nobody', async () => {
    point.reachable = new Set(['alive'])
    point.silent = new Set(['dead'])
    point.found = ['dead', 'alive']
    chat.start()
    await settle()
    expect(told('found', 'connected')).toEqual(['found dead', 'found alive', 'connected alive'])
  })

  test('a provider that stays dead is forgotten, so that we do not send others to it', async () => {
    point.found = ['dead']
    chat.start()
    await pass(30)
    expect(point.forgotten).toContain('dead')
    events = events.filter((event) => !('detail' in event && event.detail))
    expect(told('unreachable')).toEqual(['unreachable dead'])
  })

  test('a peer that is back is met again', async () => {
    point.reachable = new Set(['alice'])
    point.found = ['alice']
    chat.start()
    await settle()
    point.opened[0]!.ends()
    events = []
    await pass(3)
    expect(told('connected')).toEqual(['connected alice'])
  })
})

describe('upkeep', () => {
  test('announcements go on, at least every 10 minutes', async () => {
    chat.start()
    await pass(3_600)
    const before = point.announcements
    await pass(3_600)
    expect(point.announcements - before).toBe(6)
  })

  test('newcomers alone cause no announcements: in a crowd these would be as many as the cube of its size', async () => {
    chat.start()
    await pass(3_600)
    const before = point.announcements
    for (let guest = 0; guest < 100; guest++) comes(`guest${guest}`)
    await pass(5)
    expect(point.announcements).toBe(before)
  })

  test('a newcomer causes one while nobody has taken note of us, as a bootstrap node that was alone for long', async () => {
    point.servers = 0
    chat.start()
    await pass(3_600)
    point.servers = 1
    comes('guest')
    await pass(2)
    events = events.filter((event) => !('detail' in event && event.detail))
    expect(told('announced')).toEqual(['announced'])
  })

  test('a bootstrap peer that does not answer is told of once, and tried for ever', async () => {
    begin(['boot'])
    chat.start()
    await pass(3_600)
    events = events.filter((event) => !('detail' in event && event.detail))
    expect(told('bootstrap-down', 'alone')).toEqual(['bootstrap-down boot', 'alone'])
    point.reachable.add('boot')
    await pass(60)
    expect(told('bootstrap-up')).toEqual(['bootstrap-up boot'])
  })

  test('we are alone only when none of several has answered', async () => {
    begin(['boot1', 'boot2'])
    point.reachable.add('boot2')
    chat.start()
    await pass(10)
    expect(told('bootstrap-up', 'alone')).toEqual(['bootstrap-up boot2'])
  })

  test('a bootstrap peer that leaves is said, ends nothing, and is taken back', async () => {
    begin(['boot'])
    point.reachable.add('boot')
    chat.start()
    const guest = comes('guest')
    await settle()
    point.reachable.clear()
    point.connected.clear()
    point.emit('peer:disconnect', 'boot')
    events = []
    await pass(5)
    expect(told('bootstrap-lost', 'bootstrap-up')).toEqual(['bootstrap-lost boot'])
    guest.says('still here\n\n')
    expect(told('line')).toEqual(['line guest'])
    point.reachable.add('boot')
    await pass(60)
    expect(told('bootstrap-up')).toEqual(['bootstrap-up boot'])
  })
})

describe('talking', () => {
  test('a text goes to everyone once, over one stream of each', () => {
    chat.start()
    const [first, second, other] = [comes('alice'), comes('alice'), comes('bob')]
    expect(chat.say('Hello!')).toEqual({ peers: 2, refused: undefined })
    expect([first, second, other].map(({ written }) => written)).toEqual([['Hello!\n\n'], [], ['Hello!\n\n']])
  })

  test('what a peer says is told once, over whichever of its streams it comes', () => {
    chat.start()
    const [first, second] = [comes('alice'), comes('alice')]
    first.says('one\n\n')
    second.says('two\n\n')
    first.says('three\n\n')
    expect(events.flatMap((event) => (event.type === 'line' ? [event.text] : []))).toEqual(['one', 'two', 'three'])
    expect(told('connected')).toEqual(['connected alice'])
  })

  test('lines that differ in nothing are said as often as they come', () => {
    chat.start()
    const [first, second] = [comes('alice'), comes('alice')]
    first.says('ok\n\n')
    second.says('ok\n\n')
    expect(told('line')).toEqual(['line alice', 'line alice'])
  })

  test('two streams are two texts: halves of lines do not mix', () => {
    chat.start()
    const [first, second] = [comes('alice'), comes('alice')]
    first.says('on')
    second.says('two\n\n')
    first.says('e\n\n')
    expect(events.flatMap((event) => (event.type === 'line' ? [event.text] : []))).toEqual(['two', 'one'])
  })

  test('when one of two streams ends, nobody has left and the other one is spoken on', () => {
    chat.start()
    const [first, second] = [comes('alice'), comes('alice')]
    first.ends()
    expect(told('left')).toEqual([])
    chat.say('Hello!')
    expect(second.written).toEqual(['Hello!\n\n'])
    second.ends()
    expect(told('left')).toEqual(['left alice'])
  })

  test('what a leaving peer had begun to say is shown before it is said to have left', () => {
    chat.start()
    const stream = comes('alice')
    stream.says('bye')
    events = []
    stream.ends()
    expect(told('line', 'left')).toEqual(['line alice', 'left alice'])
  })

  test('with nobody here it is said that nothing was sent', () => {
    chat.start()
    expect(chat.say('Hello?')).toEqual({ peers: 0, refused: 'nobody' })
  })

  test('blank lines are not sent', () => {
    chat.start()
    const stream = comes('alice')
    expect(chat.say('')).toEqual({ peers: 0, refused: undefined })
    expect(stream.written).toEqual([])
  })

  test('a line over the bound is refused, one of just the bound is sent', () => {
    chat.start()
    const stream = comes('alice')
    expect(chat.say('x'.repeat(maxRendezvousLineBytes + 1)).refused).toBe('too long')
    expect(stream.written).toEqual([])
    expect(chat.say('x'.repeat(maxRendezvousLineBytes))).toEqual({ peers: 1, refused: undefined })
  })

  test('a peer that sends no line feed for ever is shown cut, once', () => {
    chat.start()
    const stream = comes('alice')
    for (let round = 0; round < 40; round++) stream.says(new Uint8Array(64 * 1024).fill(0x61))
    expect(events.filter(({ type }) => type === 'line')).toEqual([
      { type: 'line', peerId: 'alice', text: 'a'.repeat(maxRendezvousLineBytes), cut: true },
    ])
  })
})

describe('a peer that does not take what we say', () => {
  test('is left out, which is told once, and is spoken to again when it has caught up', async () => {
    chat.start()
    const [slow, quick] = [comes('slow'), comes('quick')]
    slow.pendingBytes = maxRendezvousPendingBytes
    expect(chat.say('one').peers).toBe(1)
    expect(chat.say('two').peers).toBe(1)
    expect(told('behind')).toEqual(['behind slow'])
    expect(quick.written).toEqual(['one\n\n', 'two\n\n'])
    slow.drains()
    await settle()
    expect(chat.say('three').peers).toBe(2)
    expect(slow.written).toEqual(['three\n\n'])
    expect(slow.closed).toBe(false)
  })

  test("holds a script's next line up, but not for long", async () => {
    chat.start()
    const slow = comes('slow')
    slow.pendingBytes = maxRendezvousPendingBytes - 100
    chat.say('one')
    let paced = false
    void chat.paced().then(() => {
      paced = true
    })
    await settle()
    expect(paced).toBe(false)
    clock.pass(2_000)
    await settle()
    expect(paced).toBe(true)
    expect(told('behind')).toEqual(['behind slow'])
    await chat.paced() // it is known to be slow now
  })

  test('holds nothing up when it takes it in time', async () => {
    chat.start()
    const slow = comes('slow')
    slow.pendingBytes = maxRendezvousPendingBytes - 100
    const paced = chat.paced()
    slow.drains()
    await paced
    expect(told('behind')).toEqual([])
    expect(clock.pending).toBe(2) // the next search and announcement only
  })
})

describe('leaving', () => {
  test('waits while somebody still takes what was said, and no longer', async () => {
    chat.start()
    const slow = comes('slow')
    slow.pendingBytes = 1_000
    let left = false
    const leaving = chat.leave().then(() => {
      left = true
    })
    for (const pending of [600, 300]) {
      await settle()
      slow.pendingBytes = pending
      clock.pass(2_000)
    }
    await settle()
    expect(left).toBe(false)
    clock.pass(2_000)
    await leaving
    expect(clock.pending).toBe(0)
  })

  test('does not wait once all is taken', async () => {
    chat.start()
    const slow = comes('slow')
    slow.pendingBytes = 1_000
    const leaving = chat.leave()
    await settle()
    slow.drains()
    await leaving
  })
})

describe('when nobody takes our lines', () => {
  test('those who write to us have to wait, newcomers too', () => {
    chat.start()
    const first = comes('alice')
    chat.pause()
    const second = comes('bob')
    expect([first.paused, second.paused]).toEqual([true, true])
    chat.resume()
    expect([first.paused, second.paused]).toEqual([false, false])
  })
})

describe('a line that another process holds', () => {
  test('is spoken and heard through, no other stream is opened to the same peer, and it is not ours to keep or end', async () => {
    point.found = ['go1']
    point.reachable = new Set(['go1'])
    chat.start()
    const held = new FakeStream('go1')
    chat.borrow(4711, [held])
    expect(told('taken-over', 'connected')).toEqual(['taken-over', 'connected go1'])
    await pass(120)
    expect(point.opened).toEqual([])
    held.says('hello\n\n')
    expect(told('line')).toEqual(['line go1'])
    expect(chat.say('hi')).toEqual({ peers: 1, refused: undefined })
    expect(held.written).toEqual(['hi\n\n'])
    expect(await chat.leave()).toEqual([])
    expect([point.left, held.closed]).toEqual([[], false])
  })

  test('gives way to a stream of our own when its process ends', async () => {
    point.found = ['go1']
    point.reachable = new Set(['go1'])
    chat.start()
    const held = new FakeStream('go1')
    chat.borrow(4711, [held])
    held.ends()
    await pass(60)
    expect(told('left', 'connected')).toEqual(['connected go1', 'left go1', 'connected go1'])
    expect(point.opened).toHaveLength(1)
  })
})

describe('leaving', () => {
  test('the streams are left to the point, which knows who survives what', async () => {
    chat.start()
    const stream = comes('go1')
    comes('js1')
    expect(await chat.leave()).toEqual(['go1'])
    expect(point.left).toEqual(['go1', 'js1'])
    expect(stream.closed).toBe(false)
  })

  test('nothing is searched, announced or told any more, and what still comes in is taken and dropped', async () => {
    chat.start()
    const stream = comes('go1')
    chat.pause()
    await chat.leave()
    events = []
    const { searches, announcements } = point
    stream.says('hello?\n\n')
    stream.ends()
    await pass(3_600)
    expect(told()).toEqual([])
    expect(stream.paused).toBe(false)
    expect([point.searches, point.announcements]).toEqual([searches, announcements])
    expect(clock.pending).toBe(0)
  })

  test('what comes afterwards on the streams that live on goes to the heir, who hears of silence, too', async () => {
    chat.start()
    const [stream, js] = [comes('go1'), comes('js1')]
    point.emit('peer:silent', 'go1')
    await chat.leave()
    js.ends()
    const heard: unknown[] = []
    const heir = {
      onBytes: (from: unknown, bytes: Uint8Array) => heard.push([from === stream, Buffer.from(bytes).toString()]),
      onEnd: (from: unknown) => heard.push([from === stream, 'end']),
      onSilence: (peerId: string, silent: boolean) => heard.push([peerId, silent]),
    }
    expect(chat.bequeath(heir)).toEqual([stream])
    point.emit('peer:heard', 'go1')
    stream.says('hello?\n\n')
    stream.ends()
    expect(heard).toEqual([
      ['go1', true],
      ['go1', false],
      [true, 'hello?\n\n'],
      [true, 'end'],
    ])
  })

  test('hanging up asks nobody', async () => {
    chat.start()
    comes('go1')
    await chat.close()
    expect([point.closed, point.left]).toEqual([true, undefined])
  })
})
