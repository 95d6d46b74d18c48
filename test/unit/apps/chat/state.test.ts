import { describe, expect, test } from 'vitest'
import { type ChatEvent, type ChatState, type Effect, initialState, step } from '../../../../src/apps/chat/state.js'
import { OverlayError } from '../../../../src/core/errors.js'
import { maxWaitingCallers } from '../../../../src/core/limits.js'
import { type CommandName, caller, commands, expected, type StateName, self, states, to } from './state.table.js'
import { summary } from './summary.js'

const allStates = Object.keys(states) as StateName[]
const allCommands = Object.keys(commands) as CommandName[]

describe('every command in every state', () => {
  for (const name of allStates) {
    test.each(allCommands)(`${name}: %s`, (command) => {
      const before: ChatState = states[name]
      const wanted = name === 'leaving' ? '|' : (expected[command][name] ?? expected[command].else)
      expect(summary(before, step(before, { type: 'command', command: commands[command] }))).toBe(wanted)
    })
  }
})

/** Takes events one after another and tells what each did. */
function play(start: ChatState, ...events: ChatEvent[]): { state: ChatState; told: string[] } {
  let state = start
  const told: string[] = []
  for (const event of events) {
    const next = step(state, event)
    told.push(summary(state, next))
    state = next.state
  }
  return { state, told }
}

const incoming = (name: string, id?: string): ChatEvent => ({ type: 'incoming', caller: caller(name, id) })
const command = (name: CommandName): ChatEvent => ({ type: 'command', command: commands[name] })
const error = (code: OverlayError['code'], details = {}): OverlayError =>
  new OverlayError(code, `text of ${code}`, details)
const dialFailed = (id: string, code: OverlayError['code']): ChatEvent => ({
  type: 'dialFailed',
  id,
  error: error(code),
  nowMs: 0,
})

describe('callers', () => {
  test('the first is announced as in the transcript, with a bell', () => {
    expect(play(states.idle, incoming('bob')).told).toEqual([
      "bell [Incoming connection from bob with appData 'hi there'. Type /accept to accept the connection or /decline to decline it] | waiting: bob",
    ])
  })

  test('a second one waits behind the first and is announced with its name', () => {
    const { told } = play(states['one waits'], incoming('cid'))
    expect(told[0]).toContain('Type /accept cid to accept the connection or /decline cid to decline it')
    expect(told[0]).toContain('waiting: bob, cid')
  })

  test('during a call, a caller is told of and the call goes on', () => {
    const { told, state } = play(states.active, incoming('cid'))
    expect(told[0]).toContain(
      'It waits, as you are in a call with zoe. /bye ends it; then /accept cid. Or /decline cid',
    )
    expect(state.call).toEqual(states.active.call)
  })

  test('one too many is told busy, and those who wait stay', () => {
    const names = Array.from({ length: maxWaitingCallers }, (_, index) => `caller${index}`)
    const { state } = play(states.idle, ...names.map((name) => incoming(name)))
    const { told, state: after } = play(state, incoming('late'))
    expect(told[0]).toMatch(/^turnAway\(in-late\) \[late called and was told that you are busy/)
    expect(after.waiting.map(({ name }) => name)).toEqual(names)
  })

  test('one who gives up is gone from the queue, and that is said', () => {
    const { told, state } = play(states['two wait'], { type: 'callerGone', id: 'in-bob' })
    expect(told).toEqual(['[bob gave up calling] | waiting: two words'])
    expect(play(state, command('/accept')).told[0]).toMatch(/^accept\(in-two words\)/)
  })

  test('one who calls again takes the place of its earlier call', () => {
    const { told, state } = play(states['one waits'], incoming('bob', 'in-9'))
    expect(told[0]).toMatch(/^decline\(in-bob\) bell \[Incoming connection from bob/)
    expect(state.waiting.map(({ id }) => id)).toEqual(['in-9'])
  })

  test('one who calls while we leave is declined', () => {
    expect(play(states.leaving, incoming('bob')).told).toEqual(["decline(in-bob 'me left') |"])
  })

  test('control characters of a name and of appData are shown escaped', () => {
    const evil = { ...caller('e\u001b[2Jvil'), appData: '\u0007\u001b]0;title\u0007' }
    const { effects } = step(states.idle, { type: 'incoming', caller: evil })
    const text = effects.flatMap((effect) => (effect.type === 'print' ? effect.lines : [])).join('')
    expect(text).toContain("e\\x1b[2Jvil with appData '\\x07\\x1b]0;title\\x07'")
    expect(text).not.toMatch(/[\u0000-\u001f]/)
  })

  test('after a decline the caller is out of the way: what is typed next is no answer to it', () => {
    const { told } = play(states['one waits'], command('/decline'), command('/decline'), command('text'))
    expect(told[1]).toContain('nobody is calling you')
    expect(told[2]).toContain("not sent: 'Hello!'")
  })
})

describe('a call that nothing carries any more, whose other end calls anew', () => {
  const cut: ChatEvent = { type: 'interrupted', id: 'in-zoe', graceMs: 60_000 }
  const again = incoming('zoe', 'in-9')
  const accepts: ChatEvent = { type: 'command', command: { kind: 'accept', name: 'zoe' } }
  const words =
    'zoe calls anew, and nothing carries your call with zoe any more; /accept zoe ends that one and takes this'

  test('is said, and /accept ends the dead one and takes the new', () => {
    const { told, state } = play(states.active, cut, again, accepts)
    expect(told[1]).toContain(words)
    expect(told[2]).toBe(
      'drop(in-zoe) [the old call with zoe is over: taking the new one] accept(in-9) busy(false) | accepting waiting: bob',
    )
    const { told: after, state: end } = play(
      state,
      { type: 'ended', id: 'in-zoe', error: error('canceled'), undelivered: ['are you there?'] },
      { type: 'accepted', id: 'in-9', name: 'zoe', peerId: 'peer-zoe' },
    )
    expect(after[0]).toBe("[not delivered to zoe: 1 message: 'are you there?'] |")
    expect([end.call.kind, end.ending]).toEqual(['active', []])
  })

  test('is said when the new call came first, too', () => {
    expect(play(states.active, again, cut).told[1]).toContain(words)
  })

  test('does not concern others, nor a call that was resumed', () => {
    expect(play(states.active, cut, incoming('cid')).told[1]).toContain('It waits, as you are in a call with zoe')
    expect(play(states.active, cut, { type: 'resumed', id: 'in-zoe' }, again, accepts).told[3]).toBe(
      '[you are in a call with zoe. /bye ends it; then /accept zoe] |',
    )
  })
})

test('whoever sent a message along is not told to send one when that is declined', () => {
  const declined: ChatEvent = { type: 'dialFailed', id: 'out-1', error: error('declined', { reason: 'no' }), nowMs: 0 }
  expect(play(states.idle, command('/connect with message'), declined).told[1]).toBe("[ann declined: 'no'] | idle")
  expect(play(states.idle, command('/connect'), declined).told[1]).toContain('You could say what it is about')
})

test('a name that nobody has is answered with the one that was meant', () => {
  const failed: ChatEvent = { ...dialFailed('out-1', 'unknown_instance'), similar: 'zoe' } as ChatEvent
  expect(play(states.dialing, failed).told[0]).toContain('Did you mean /connect zoe?')
})

describe('calls', () => {
  test('a dial that is accepted becomes the call, and others see us busy', () => {
    const { told } = play(states.dialing, { type: 'connected', id: 'out-1', name: 'zoe', peerId: 'peer-zoe' })
    expect(told).toEqual(['[connected to zoe] busy(true) | active'])
  })

  test('an accepted caller becomes the call, with the transcript’s words', () => {
    const { told } = play(states.accepting, { type: 'accepted', id: 'in-zoe', name: 'zoe', peerId: 'peer-zoe' })
    expect(told).toEqual(['[ / connection accepted and chat now in progress...] busy(true) | active'])
  })

  test('a dial answered after it was given up is hung up, and the newer dial stays', () => {
    const { told, state } = play(
      states.dialing,
      command('/bye'),
      command('/connect'),
      { type: 'connected', id: 'out-1', name: 'zoe', peerId: 'peer-zoe' },
      dialFailed('out-1', 'canceled'),
    )
    expect(told.slice(2)).toEqual(['hangUp(out-1) |', '|'])
    expect(state.call).toMatchObject({ kind: 'dialing', id: 'out-2' })
  })

  test('the end of an old call does not touch a newer one', () => {
    const { told, state } = play(
      states.active,
      command('/bye'),
      command('/connect'),
      { type: 'connected', id: 'out-1', name: 'ann', peerId: 'peer-ann' },
      { type: 'ended', id: 'in-zoe', undelivered: ['a', 'b'] },
      { type: 'interrupted', id: 'in-zoe', graceMs: 60_000 },
      { type: 'resumed', id: 'in-zoe' },
    )
    expect(told.slice(3)).toEqual(["[not delivered to zoe: 2 messages: 'a', 'b'] |", '|', '|'])
    expect(state.call).toEqual({ kind: 'active', id: 'out-1', name: 'ann', peerId: 'peer-ann' })
  })

  test('an accept that comes to nothing says so and leaves us free', () => {
    const { told } = play(
      { ...states.accepting, call: { kind: 'accepting', id: 'in-zoe', name: 'zoe', firstText: 'about lunch' } },
      { type: 'acceptFailed', id: 'in-zoe', error: error('canceled') },
    )
    expect(told).toEqual([
      "[zoe gave up before you accepted / not delivered to zoe: 1 message: 'about lunch'] " +
        '[bob is waiting. Type /accept to accept the connection or /decline to decline it] | idle',
    ])
  })

  test('who calls somebody that is calling already is connected and says what it wanted to say', () => {
    const { told } = play(states['one waits'], command('/connect who waits'), {
      type: 'accepted',
      id: 'in-bob',
      name: 'bob',
      peerId: 'peer-bob',
    })
    expect(told[1]).toBe(
      "[ / connection accepted and chat now in progress...] send(in-bob 'about lunch') busy(true) | active",
    )
  })

  test('when a call ends, it is said how, what was not delivered, and who waits', () => {
    const { told } = play(states.active, {
      type: 'ended',
      id: 'in-zoe',
      error: error('session_lost'),
      undelivered: ['Hi!'],
    })
    expect(told[0]).toMatch(/^\[connection to zoe lost: text of session_lost.*not delivered to zoe: 1 message: 'Hi!'\]/)
    expect(told[0]).toContain('busy(false) [bob is waiting.')
  })

  test('an interruption and its end are said', () => {
    expect(
      play(states.active, { type: 'interrupted', id: 'in-zoe', graceMs: 60_000 }, { type: 'resumed', id: 'in-zoe' })
        .told,
    ).toEqual([
      '[connection to zoe interrupted, trying to resume for 60 s] | active',
      '[connection to zoe resumed] | active',
    ])
  })

  test('a long ring is said for the dial that rings, and for no other', () => {
    expect(play(states.dialing, { type: 'ringing', id: 'out-1' }).told).toEqual(['[zoe is ringing; /bye gives up] |'])
    expect(play(states.dialing, { type: 'ringing', id: 'out-0' }).told).toEqual(['|'])
  })

  test('texts are shown with the certified name, also the last ones of a call we have ended', () => {
    const after = play(states.active, command('/bye')).state
    expect(play(states.active, { type: 'received', id: 'in-zoe', text: 'Hi\u001b[31m!\n' }).told).toEqual([
      '[zoe: Hi\\x1b[31m! / zoe: ] |',
    ])
    expect(play(after, { type: 'received', id: 'in-zoe', text: 'last' }).told).toEqual(['[zoe: last] |'])
    expect(play(after, { type: 'received', id: 'in-none', text: 'stray' }).told).toEqual(['|'])
  })

  test('quitting while a caller is being accepted hangs the late session up', () => {
    const { told } = play(states.accepting, command('/quit'), {
      type: 'accepted',
      id: 'in-zoe',
      name: 'zoe',
      peerId: 'peer-zoe',
    })
    expect(told[1]).toBe('hangUp(in-zoe) |')
  })
})

describe('crossing calls', () => {
  const dialing = (name: string, peerId: string, other: string): ChatState =>
    play(initialState({ name, peerId, instanceId: name, service: 'chat-p2p' }), {
      type: 'command',
      command: { kind: 'connect', to: to(other) },
    }).state
  const from = (name: string, peerId: string): ChatEvent => ({ type: 'incoming', caller: { ...caller(name), peerId } })

  test('the dial of the lower peer id counts, and the other side takes it', () => {
    const ann = play(dialing('ann', 'peer-1', 'bob'), from('bob', 'peer-2'))
    const bob = play(dialing('bob', 'peer-2', 'ann'), from('ann', 'peer-1'))
    expect(ann.told).toEqual(['| dialing'])
    expect(bob.told).toEqual([
      'cancelDial(out-1) [ann is calling you at the same moment: taking that call] accept(in-ann) | accepting waiting: none',
    ])
    const annAfter = play(
      ann.state,
      { type: 'callerGone', id: 'in-bob' },
      { type: 'connected', id: 'out-1', name: 'bob', peerId: 'peer-bob' },
    )
    const bobAfter = play(bob.state, dialFailed('out-1', 'canceled'), {
      type: 'accepted',
      id: 'in-ann',
      name: 'ann',
      peerId: 'peer-ann',
    })
    expect(annAfter.told).toEqual(['| dialing', '[connected to bob] busy(true) | active'])
    expect(bobAfter.told).toEqual(['|', '[ / connection accepted and chat now in progress...] busy(true) | active'])
  })

  test('a call held back is answered when ours is accepted before the other one was given up', () => {
    const { told } = play(
      dialing('ann', 'peer-1', 'bob'),
      from('bob', 'peer-2'),
      { type: 'connected', id: 'out-1', name: 'bob', peerId: 'peer-bob' },
      { type: 'callerGone', id: 'in-bob' },
    )
    expect(told.slice(1)).toEqual(['[connected to bob] turnAway(in-bob) busy(true) | active', '|'])
  })

  test('when the dial that counts fails, the call held back is taken', () => {
    const { told } = play(dialing('ann', 'peer-1', 'bob'), from('bob', 'peer-2'), dialFailed('out-1', 'unreachable'))
    expect(told[1]).toMatch(/accept\(in-bob\) \| accepting/)
  })

  test('a caller who is not the one we call is no crossing', () => {
    const { told } = play(dialing('ann', 'peer-1', 'bob'), from('cid', 'peer-0'))
    expect(told[0]).toContain('It waits, as you are calling bob')
  })
})

describe('why a call did not come about', () => {
  test.each<[OverlayError['code'], object, string, string]>([
    ['busy', {}, 'zoe is busy', '/list shows who is free'],
    ['declined', { reason: 'in a meeting' }, "zoe declined: 'in a meeting'", '/connect zoe <message>'],
    ['declined', {}, 'zoe declined.', '/connect zoe <message>'],
    ['offline', { lastSeenMs: new Date(2026, 2, 1, 14, 3).getTime() }, 'zoe is offline, last seen at 14:03', '/list'],
    ['offline', { lastSeenMs: new Date(2026, 1, 7, 9, 5).getTime() }, 'last seen on 2026-02-07 at 09:05', '/list'],
    ['offline', {}, 'zoe is offline.', '/list'],
    ['unknown_instance', {}, 'nobody called zoe has been seen on chat-p2p', 'Check the spelling'],
    ['unknown_service', {}, 'there is no service chat-p2p', 'your own service'],
    ['not_permitted', {}, 'you are not permitted to call zoe', 'Ask whoever runs the network'],
    ['timed_out', {}, 'zoe did not answer in time', 'Try again later'],
    ['unreachable', {}, 'zoe is there, but could not be reached', '/status'],
    ['no_relay', {}, 'no relay could be reached, so zoe could not be called', '/status'],
    ['self_dial', {}, 'you cannot call yourself', '/list'],
    ['refused', {}, 'could not connect to zoe: text of refused', ''],
  ])('%s %j', (code, details, what, next) => {
    const nowMs = new Date(2026, 2, 1, 18, 0).getTime()
    const [told] = play(states.dialing, { type: 'dialFailed', id: 'out-1', error: error(code, details), nowMs }).told
    expect(told).toContain(what)
    expect(told).toContain(next)
    expect(told).toMatch(/\| idle$/)
  })

  test('no two codes are told in the same words', () => {
    const codes = [
      'busy',
      'declined',
      'offline',
      'unknown_instance',
      'not_permitted',
      'timed_out',
      'unreachable',
      'no_relay',
    ] as const
    const texts = codes.map((code) => play(states.dialing, dialFailed('out-1', code)).told[0])
    expect(new Set(texts).size).toBe(codes.length)
  })

  test('a reason cannot drive the terminal', () => {
    const hostile = error('declined', { reason: '\u001b[2J' })
    const { told } = play(states.dialing, { type: 'dialFailed', id: 'out-1', error: hostile, nowMs: 0 })
    expect(told[0]).toContain("'\\x1b[2J'")
  })
})

test('a step never changes the state it was given', () => {
  const freeze = (value: object): void => {
    Object.freeze(value)
    for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) freeze(inner)
  }
  const frozen = structuredClone(states) as Record<StateName, ChatState>
  freeze(frozen)
  for (const name of allStates) {
    for (const typed of allCommands) step(frozen[name], command(typed))
    step(frozen[name], incoming('zoe'))
    step(frozen[name], { type: 'quit' })
  }
})

test('the one effect that leaves comes last, once', () => {
  for (const name of allStates) {
    const { effects } = step(states[name], { type: 'quit' })
    const leaves = effects.filter(({ type }: Effect) => type === 'leave')
    expect(leaves.length).toBe(name === 'leaving' ? 0 : 1)
    if (leaves.length > 0) expect(effects.at(-1)?.type).toBe('leave')
  }
  expect(self.name).toBe('me')
})
