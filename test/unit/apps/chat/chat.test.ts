import { beforeEach, describe, expect, test } from 'vitest'
import { Chat, type ChatOptions, type ChatView } from '../../../../src/apps/chat/chat.js'
import { utf8 } from '../../../../src/core/bytes.js'
import { OverlayError } from '../../../../src/core/errors.js'
import { row } from '../../../support/directory.js'
import { FakeConnection, type FakeContext, FakeDial, FakeNetwork, ManualClock, settle } from './fakes.js'

class Paper implements ChatView {
  lines: string[] = []
  /** Everything that was ever printed. */
  readonly all: string[] = []
  bells = 0
  print(lines: readonly string[]): void {
    this.lines.push(...lines)
    this.all.push(...lines)
  }
  message(lines: readonly string[]): void {
    this.print(lines)
  }
  bell(): void {
    this.bells++
  }
  /** What has been printed since the last call. */
  take(): string[] {
    return this.lines.splice(0)
  }
}

let network: FakeNetwork
let clock: ManualClock
beforeEach(() => {
  network = new FakeNetwork()
  clock = new ManualClock()
})

async function join(name: string, options: Partial<ChatOptions> = {}) {
  const context = network.context(name)
  const paper = new Paper()
  const chat = new Chat(context, paper, { service: 'chat-p2p', clock, help: true, ...options })
  await chat.start()
  const head = paper.take()
  /** Types a line and tells what it, and all that follows at once, printed. */
  const types = async (line: string): Promise<string[]> => {
    void chat.do(chat.read(line, 'typed'))
    await settle()
    return paper.take()
  }
  return { chat, context, paper, head, types, listener: context.listener! }
}

/** user1 in a call with user2, nothing on the papers. */
async function inCall(options: Partial<ChatOptions> = {}) {
  const user1 = await join('user1', options)
  const user2 = await join('user2', options)
  await user1.types('/connect user2')
  await user2.types('/accept')
  user1.paper.take()
  user2.paper.take()
  const [one, other] = network.dials.at(-1)!.sides
  return { user1, user2, one, other }
}

/** Somebody whose end of the call a test holds itself. */
function stranger(context: FakeContext, name: string, appData = 'hi there'): FakeDial {
  const caller = { name, peerId: `peer-${name}`, roles: [] }
  const dial = new FakeDial(caller, context.identity, utf8(appData), { resolve: () => {}, reject: () => {} })
  context.listener!.emit('dial', dial)
  return dial
}

describe('the transcript', () => {
  test('is the one of the original program, line by line', async () => {
    const user1 = await join('user1')
    const user2 = await join('user2')
    const head = [
      '[   0.000]    INFO main.(*chatPeerToPeer).run: registering to service chat-p2p',
      '',
      'Commands:',
      '/connect <identity> | Tries to make a connection to the given identity',
      '/accept             | Accepts an incoming chat connection',
      '/decline            | Declines an incoming chat connection',
      '/bye                | Disconnects the current chat connection',
      '/list               | Lists currently connected identities',
      '/help               | Should this help output',
      '/quit               | Exit the application. You may also use Ctrl-D',
      '',
    ]
    expect(user1.head.slice(0, head.length)).toEqual(head)
    expect(user1.head.at(-1)).toBe('')
    expect(user2.head).toEqual(user1.head)

    expect(await user1.types('/list')).toEqual(['1: user1 (you)', '2: user2'])
    expect(await user1.types('/connect user2')).toEqual(['connecting to user2...'])
    expect(user2.paper.take()).toEqual([
      "Incoming connection from user1 with appData 'hi there'. Type /accept to accept the connection or /decline to decline it",
    ])
    expect(user2.paper.bells).toBe(1)
    expect(await user2.types('/accept')).toEqual(['', 'connection accepted and chat now in progress...'])
    expect(user1.paper.take()).toEqual(['connected to user2'])
    expect(await user2.types('Hello!')).toEqual([])
    expect(user1.paper.take()).toEqual(['user2: Hello!'])
    expect(await user1.types('Hi!')).toEqual([])
    expect(user2.paper.take()).toEqual(['user1: Hi!'])
    expect(await user1.types('/bye')).toEqual(['disconnected from user2'])
    expect(user2.paper.take()).toEqual(['user1 disconnected'])
  })

  test('has the time in front of what happens when that is wanted, and not in front of tables', async () => {
    const { user1, user2 } = await inCall({ timestamps: true })
    await user2.types('Hello!')
    expect(user1.paper.take()).toEqual(['[14:00:00] user2: Hello!'])
    expect(await user1.types('/list')).toEqual(['1: user1 (you) (busy)', '2: user2 (busy)'])
  })

  test('a message of its own is given along', async () => {
    const user1 = await join('user1')
    const user2 = await join('user2')
    await user1.types('/connect user2 about lunch?')
    expect(user2.paper.take()[0]).toContain("from user1 with appData 'about lunch?'")
  })
})

describe('callers', () => {
  test('a decline with a reason is told to the caller, in those words', async () => {
    const user1 = await join('user1')
    const user2 = await join('user2')
    await user1.types('/connect user2')
    expect(await user2.types('/decline in a meeting')).toContain('declined user1')
    expect(user1.paper.take().at(-1)).toMatch(/^user2 declined: 'in a meeting'\./)
    expect(await user2.types('Hello?')).toEqual([expect.stringMatching(/^not sent: 'Hello\?'/)])
  })

  test('giving up a dial stops the ringing at the other end', async () => {
    const user1 = await join('user1')
    const user2 = await join('user2')
    await user1.types('/connect user2')
    user2.paper.take()
    expect(await user1.types('/bye')).toEqual(['gave up calling user2'])
    expect(user2.paper.take()).toEqual(['user1 gave up calling'])
    expect(await user2.types('/accept')).toEqual([expect.stringContaining('nobody is calling you')])
  })

  test('wait in a queue that /list shows, and a full queue answers busy', async () => {
    const { user1, context } = await join('user1').then((joined) => ({ user1: joined, context: joined.context }))
    const dials = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => stranger(context, name, `from ${name}`))
    user1.paper.take()
    clock.pass(12_000)
    expect((await user1.types('/list')).slice(1)).toEqual(
      ['a', 'b', 'c', 'd', 'e'].map((name) => `waiting: ${name} with appData 'from ${name}', for 12 s`),
    )
    expect(dials.map(({ answers }) => answers[0])).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      'busy',
    ])
    expect(await user1.types('/decline c not now')).toEqual(['declined c'])
    expect(dials[2]).toMatchObject({ answers: ['declined'], reasons: ['not now'] })
    expect(await user1.types('/accept d')).toContain('connection accepted and chat now in progress...')
    expect(dials[3]!.answers).toEqual(['accepted'])
  })

  test('a second caller does not push out the first one, and neither disturbs a call', async () => {
    const { user1, user2 } = await inCall()
    const third = stranger(user1.context, 'user3')
    expect(user1.paper.take()[0]).toContain('It waits, as you are in a call with user2')
    expect(await user1.types('/accept user3')).toEqual([
      'you are in a call with user2. /bye ends it; then /accept user3',
    ])
    await user1.types('still here')
    expect(user2.paper.take()).toEqual(['user2: still here'.replace('user2', 'user1')])
    await user1.types('/bye')
    await user1.types('/accept')
    expect(third.answers).toEqual(['accepted'])
  })

  test('two who call each other at the same time end up in one call', async () => {
    const user1 = await join('user1')
    const user2 = await join('user2')
    void user1.chat.do(user1.chat.read('/connect user2', 'typed'))
    void user2.chat.do(user2.chat.read('/connect user1', 'typed'))
    await settle()
    expect(user1.paper.take()).toEqual(['connecting to user2...', 'connected to user2'])
    expect(user2.paper.take()).toEqual([
      'connecting to user1...',
      'user1 is calling you at the same moment: taking that call',
      '',
      'connection accepted and chat now in progress...',
    ])
    await user1.types('Hi!')
    expect(user2.paper.take()).toEqual(['user1: Hi!'])
    expect(network.dials.map(({ answers }) => answers)).toEqual(expect.arrayContaining([['accepted'], ['gone']]))
  })

  test('are told that we left when we quit', async () => {
    const user1 = await join('user1')
    const dial = stranger(user1.context, 'user3')
    await user1.chat.quit()
    expect(dial).toMatchObject({ answers: ['declined'], reasons: ['user1 left'] })
  })

  test('others see that we are busy for as long as a call lasts', async () => {
    const { user1 } = await inCall()
    expect(await user1.types('/list')).toEqual(['1: user1 (you) (busy)', '2: user2 (busy)'])
    await user1.types('/bye')
    expect(await user1.types('/list')).toEqual(['1: user1 (you)', '2: user2'])
    expect(user1.listener.updates).toEqual([{ busy: true }, { busy: false }])
  })
})

describe('during a call', () => {
  test('an interruption and its end are said; nothing typed meanwhile is lost', async () => {
    const { user1, user2, one } = await inCall()
    one.interrupt()
    await user1.types('a')
    await user1.types('b')
    expect(user2.paper.take()).toEqual([])
    one.resume()
    await settle()
    expect(user2.paper.take()).toEqual(['user1: a', 'user1: b'])
  })

  test('the lines about it are these', async () => {
    const { user1, one } = await inCall()
    one.interrupt()
    one.resume()
    one.emit('path:changed', { from: 'relay1', to: 'relay2', kind: 'splice', gapMs: 12.4 })
    expect(user1.paper.take()).toEqual([
      'connection to user2 interrupted, trying to resume for 60 s',
      'connection to user2 resumed',
    ])
  })

  test('with -v, what carries a call is shown when it begins', async () => {
    const user1 = await join('user1', { verbose: true })
    const user2 = await join('user2')
    await user1.types('/connect user2')
    await user2.types('/accept')
    expect(user1.paper.take()).toContain('path: relay1 (splice)')
    expect(user2.paper.take().join()).not.toContain('path:')
  })

  test('with -v, path changes are shown', async () => {
    const { user1, one } = await inCall({ verbose: true })
    one.emit('path:lost', { relay: 'relay1', kind: 'circuit', silentMs: 2100.4 })
    one.emit('path:changed', { from: 'relay1', to: 'relay2', kind: 'splice', gapMs: 12.4 })
    expect(user1.paper.take()).toEqual([
      'path lost: relay1 (circuit), silent for 2100 ms',
      'path changed: relay1 → relay2 (splice) in 12 ms',
    ])
  })

  test('what was not delivered is said when the call ends by itself', async () => {
    const { user1, one } = await inCall()
    one.interrupt()
    await user1.types('first')
    await user1.types('second')
    user1.paper.take()
    one.fail(new OverlayError('session_lost', 'All paths were lost.'))
    await settle()
    expect(user1.paper.take()).toEqual([
      expect.stringMatching(/^connection to user2 lost: All paths were lost\. \/status/),
      "not delivered to user2: 2 messages: 'first', 'second'",
    ])
    expect(await user1.types('third')).toEqual([expect.stringContaining("not sent: 'third': you are in no call")])
  })

  test('a peer that sends garbage ends the call with a clear line, and the chat goes on', async () => {
    const { user1, one } = await inCall()
    await one.peer.write(utf8('\u0008\u001b[2J nonsense'))
    await settle()
    expect(user1.paper.take()).toEqual([expect.stringContaining('what came is not part of the chat')])
    expect(await user1.types('/connect user9')).toContain(
      'nobody called user9 has been seen on chat-p2p. Check the spelling; /list shows who is there',
    )
  })

  test('the end of the old call says nothing about the new one', async () => {
    const { user1, user2, one } = await inCall()
    const user3 = await join('user3')
    one.interrupt()
    await user1.types('lost words')
    await user1.types('/bye')
    await user1.types('/connect user3')
    await user3.types('/accept')
    user1.paper.take()
    clock.pass(5_000)
    await settle()
    expect(user1.paper.take()).toEqual(["not delivered to user2: 1 message: 'lost words'"])
    await user3.types('Hello!')
    expect(user1.paper.take()).toEqual(['user3: Hello!'])
    expect(user2.paper.take()).toEqual([])
  })

  test('/status shows paths, bytes, messages and relays', async () => {
    const { user1, one } = await inCall()
    one.pathList = [
      { relay: 'relay1', kind: 'splice', role: 'active', roundTripMs: 2.44 },
      { relay: 'relay2', kind: 'circuit', role: 'standby' },
    ]
    await user1.types('Hi!')
    network.relayStates.push({
      name: 'relay3',
      peerId: 'peer-relay3',
      state: 'down',
      error: new OverlayError('no_relay', 'refused'),
    })
    expect(await user1.types('/status')).toEqual([
      'in a call with user2, begun at 14:00',
      'messages sent: 1, not yet confirmed: 0',
      'bytes written: 10, of those acknowledged: 0, read: 5',
      'path: relay1 (splice, active), round trip 2.4 ms',
      'path: relay2 (circuit, standby)',
      'no direct path: this side keeps to relays',
      'path changes: 0',
      'relay: relay1 up, round trip 2.1 ms',
      'relay: relay3 down: refused',
      'user1 can be called on chat-p2p through relay1',
    ])
  })

  test('/whois shows peer id and certified roles', async () => {
    const { user1 } = await inCall()
    await join('user3')
    expect(await user1.types('/whois')).toEqual([
      'user2: proved by a certificate of network demo',
      'peer id: peer-user2',
      'roles: #chat',
    ])
    expect((await user1.types('/whois user3')).slice(1)).toEqual(['peer id: peer-user3', 'roles: #chat #staff'])
    expect(await user1.types('/whois user9')).toEqual(['/whois failed: Nobody called user9 has been seen.'])
  })

  test('nothing a peer chooses reaches the terminal raw', async () => {
    const user1 = await join('user1')
    const evil = 'e\u001b[2J\u0007\u009bvil'
    const dial = stranger(user1.context, evil, '\u001b]0;gotcha\u0007')
    await user1.types('/list')
    await user1.types('/accept')
    const [, host] = dial.sides
    const peer = host.peer
    const { encodeFrame } = await import('../../../../src/apps/chat/protocol.js')
    await peer.write(encodeFrame({ text: { id: 1, text: 'a\u001b[2Jb\u202ec\r\nd\te' } }))
    await settle()
    await user1.types('/whois')
    await user1.types('/status')
    peer.abort('because \u001b[0m')
    await settle()
    const all = user1.paper.all.join('')
    expect(all).toContain(': a\\x1b[2Jb\\u{202e}ce\\x1b[2J\\x07\\x9bvil: d\te')
    expect(all).toContain("'because \\x1b[0m'")
    expect(all).not.toMatch(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u202e]/)
  })
})

describe('dialing', () => {
  test('a person who takes long is shown to be ringing; one who answers at once is not', async () => {
    const user1 = await join('user1')
    await join('user2')
    await user1.types('/connect user2')
    clock.pass(1_999)
    expect(user1.paper.take()).toEqual([])
    clock.pass(1)
    expect(user1.paper.take()).toEqual(['user2 is ringing; /bye gives up'])
    await join('user3')
    await user1.types('/bye')
    await user1.types('/connect user3')
    network.dials[1]!.decline()
    await settle()
    expect(clock.pending).toBe(0)
  })

  test('the prompt stays usable: other commands work, a second /connect is refused', async () => {
    const user1 = await join('user1')
    await join('user2')
    await user1.types('/connect user2')
    expect(await user1.types('/list')).toEqual(['1: user1 (you)', '2: user2'])
    expect(await user1.types('/connect user3')).toEqual([expect.stringContaining('you are calling user2')])
    expect(await user1.types('Hello?')).toEqual([expect.stringContaining("not sent: 'Hello?': user2 has not answered")])
    expect(network.dials).toHaveLength(1)
  })

  test('/status says whom it is calling', async () => {
    const user1 = await join('user1')
    await join('user2')
    await user1.types('/connect user2')
    expect((await user1.types('/status'))[0]).toBe('calling user2, who has not answered yet')
  })

  test('a slip in a name is answered with the name that is there', async () => {
    const user1 = await join('user1')
    await join('ann')
    expect((await user1.types('/connect Ann')).at(-1)).toContain('Did you mean /connect ann?')
  })

  test('a message that is too long is refused and nothing is dialed', async () => {
    const user1 = await join('user1')
    expect(await user1.types(`/connect user2 ${'x'.repeat(65_537)}`)).toEqual([
      expect.stringContaining('65536 is the most'),
    ])
    expect(network.dials).toHaveLength(0)
  })

  test('names with @ can be called', async () => {
    const user1 = await join('user1')
    await join('bob@example.org')
    await user1.types('/connect bob@example.org')
    expect(network.dials[0]?.instanceId).toBe('bob@example.org')
    await user1.types('/bye')
    await user1.types('/connect bob@example.org@chat-p2p')
    expect(network.dials[1]?.instanceId).toBe('bob@example.org')
  })

  test('without any relay it says so and what to try', async () => {
    const user1 = await join('user1')
    network.relayStates = []
    expect((await user1.types('/connect user2')).at(-1)).toMatch(/^no relay could be reached, so user2/)
    expect(await user1.types('/list')).toEqual(['/list failed: No relay could be reached.'])
  })
})

describe('relays', () => {
  const down = (name: string) => ({ name, peerId: `peer-${name}`, state: 'down' as const })
  const up = (name: string) => ({ name, peerId: `peer-${name}`, state: 'up' as const })

  test('with none up at the start it begins all the same, says so, and says when one is reached', async () => {
    network.relayStates = [down('relay1'), down('relay2')]
    const context = network.context('user1')
    const paper = new Paper()
    const chat = new Chat(context, paper, { service: 'chat-p2p', clock })
    await chat.start()
    expect(paper.take().at(-1)).toBe('no relay could be reached, trying on. You cannot be called until one is')
    context.emit('relay:down', down('relay2'))
    expect(paper.take()).toEqual([])
    network.relayStates = [down('relay1'), up('relay2')]
    context.emit('relay:up', up('relay2'))
    expect(paper.take()).toEqual(['relay2 is up'])
    const stands = () => {
      context.listener!.emit('terminator:established', { relay: 'relay2', relayPeerId: 'peer-relay2', sinceMs: 0 })
      return paper.take()
    }
    expect(stands()).toEqual(['you can be called now'])
    expect(stands()).toEqual([])
    for (const relay of [down('relay2'), up('relay2')]) {
      network.relayStates = [down('relay1'), relay]
      context.emit(`relay:${relay.state}`, relay)
    }
    paper.take()
    expect(stands()).toEqual(['you can be called again'])
  })

  test('one that is missing at the start is named once', async () => {
    const user1 = await join('user1')
    network.relayStates = [up('relay1'), { ...down('relay2'), error: new OverlayError('no_relay', 'refused') }]
    for (let times = 0; times < 3; times++) user1.context.emit('relay:down', down('relay2'))
    expect(user1.paper.take()).toEqual(['relay2 could not be reached, trying on: refused'])
    network.relayStates = [up('relay1'), up('relay2')]
    user1.context.emit('relay:up', up('relay2'))
    expect(user1.paper.take()).toEqual(['relay2 is up'])
  })

  test.each([
    [false, []],
    [true, ['relay2 lost, trying to get it back', 'relay2 is up']],
  ])('one that goes and comes back is said with -v only (%s)', async (verbose, said) => {
    network.relayStates = [up('relay1'), up('relay2')]
    const user1 = await join('user1', { verbose })
    network.relayStates = [up('relay1'), down('relay2')]
    user1.context.emit('relay:down', down('relay2'))
    network.relayStates = [up('relay1'), up('relay2')]
    user1.context.emit('relay:up', up('relay2'))
    expect(user1.paper.take()).toEqual(said)
  })

  test.each([
    ['replaced', 'was started elsewhere', 'but may call others'],
    ['not_permitted', 'may not bind', 'but may call others'],
    ['certificate_revoked', 'was revoked', 'nor call'],
    ['certificate_expired', 'expired', 'nor call'],
  ] as const)(
    'while it is suspended (%s) the chat says what still works, and when it can be called again',
    async (code, text, works) => {
      const user1 = await join('user1')
      user1.listener.emit('suspended', new OverlayError(code, text))
      user1.listener.emit('resumed')
      expect(user1.paper.take()).toEqual([`you cannot be called for now, ${works}: ${text}`, 'you can be called again'])
    },
  )

  test('whoever cannot be called may call', async () => {
    const user1 = await join('user1')
    await join('user2')
    user1.listener.emit('suspended', new OverlayError('replaced', 'Another process took over.'))
    user1.paper.take()
    expect(await user1.types('/connect user2')).toEqual(['connecting to user2...'])
  })
})

describe('/list', () => {
  test('goes on page by page', async () => {
    const user1 = await join('user1')
    for (let index = 0; index < 205; index++) {
      const instanceId = `host${String(index).padStart(3, '0')}`
      network.rows.push(row(instanceId))
    }
    const first = await user1.types('/list')
    expect(first).toHaveLength(101)
    expect(first.slice(-2)).toEqual(['100: host099', '… /list more shows the next ones'])
    expect((await user1.types('/list more'))[0]).toBe('101: host100')
    expect(await user1.types('/list more')).toEqual([
      '201: host200',
      '202: host201',
      '203: host202',
      '204: host203',
      '205: host204',
      '206: user1 (you)',
    ])
    expect(await user1.types('/list more')).toEqual(['there is no next page; /list begins again'])
    expect((await user1.types('/list'))[0]).toBe('1: host000')
  })

  test('names the identity behind an instance id of another name', async () => {
    const user1 = await join('user1')
    network.rows.push(row('bob/laptop', { identityName: 'bob', busy: true }))
    expect(await user1.types('/list')).toEqual(['1: bob/laptop (identity bob) (busy)', '2: user1 (you)'])
  })

  test('shows everybody behind one instance id, and who is down', async () => {
    const user1 = await join('user1')
    const hosts = [row('anna'), row('bob')]
    network.rows.push(row('fleet', { identityName: 'anna', hostCount: 3, hosts, down: true }))
    expect(await user1.types('/list')).toEqual(['1: fleet (identities anna, bob and 1 more) (down)', '2: user1 (you)'])
  })
})

describe('leaving', () => {
  test('ends the call in order, after its last text was confirmed', async () => {
    const { user1, user2 } = await inCall()
    void user1.chat.do(user1.chat.read('last words', 'typed'))
    await user1.chat.quit()
    await settle()
    expect(user2.paper.take()).toEqual(['user1: last words', 'user1 disconnected'])
    expect(user1.paper.take()).toEqual([])
    expect(user1.listener.closed).toBe(true)
    expect(user1.context.closed).toBe(false)
  })

  test('while dialing, gives the dial up', async () => {
    const user1 = await join('user1')
    const user2 = await join('user2')
    await user1.types('/connect user2')
    await user1.chat.quit()
    await settle()
    expect(user2.paper.take().at(-1)).toBe('user1 gave up calling')
  })

  test('a second time, it waits for no receipts', async () => {
    const { user1, one } = await inCall()
    one.interrupt()
    await user1.types('lost')
    const left = user1.chat.quit()
    void user1.chat.quit()
    await left
    expect(user1.paper.take()).toContain("not delivered to user2: 1 message: 'lost'")
  })

  test('takes a bounded time even when nothing answers', async () => {
    const { user1, one } = await inCall()
    one.interrupt()
    await user1.types('lost')
    one.close = () => new Promise(() => {}) // a session layer that hangs
    const left = user1.chat.quit()
    await settle()
    clock.pass(12_000)
    await left
  })

  test('says after a second what it waits for: the other side, or the relays', async () => {
    const { user1, one } = await inCall()
    one.interrupt()
    await user1.types('lost')
    void user1.chat.quit()
    await settle()
    clock.pass(999)
    expect(user1.paper.take()).toEqual([])
    clock.pass(1)
    expect(user1.paper.take()).toEqual([
      'leaving: waiting for user2 to confirm the end of the call; Ctrl-C does not wait…',
    ])

    const user3 = await join('user3')
    user3.listener.close = () => new Promise(() => {}) // relays that are frozen
    void user3.chat.quit()
    await settle()
    clock.pass(1_000)
    expect(user3.paper.take()).toEqual(['leaving: waiting for the relays to take note…'])
  })

  test('no command does anything any more', async () => {
    const user1 = await join('user1')
    await user1.chat.quit()
    expect(await user1.types('/connect user2')).toEqual([])
  })
})

test('a service that cannot be offered makes the start fail with its code', async () => {
  const context = network.context('user1')
  context.listenError = new OverlayError('unknown_service', 'The network has no service chat-p2p.')
  const chat = new Chat(context, new Paper(), { service: 'chat-p2p', clock })
  await expect(chat.start()).rejects.toMatchObject({ code: 'unknown_service' })
})

describe('Tab', () => {
  test('offers commands, then names: recent ones first, and never oneself', async () => {
    const user1 = await join('user1')
    for (const name of ['user2', 'user3', 'two words']) await join(name)
    await user1.types('/connect user3')
    await user1.types('/bye')
    expect(await user1.chat.complete('/l')).toEqual({ candidates: ['/list'], part: '/l' })
    expect(await user1.chat.complete('/con')).toEqual({ candidates: ['/connect '], part: '/con' })
    expect((await user1.chat.complete('/connect ')).candidates).toEqual(['user3 ', '"two words" ', 'user2 '])
    expect((await user1.chat.complete('/connect us')).candidates).toEqual(['user3 ', 'user2 '])
    expect((await user1.chat.complete('/connect "')).candidates).toEqual(['"user3" ', '"two words" ', '"user2" '])
  })

  test('knows the names as soon as a relay answers, and asks for them every few seconds', async () => {
    const user1 = await join('user1')
    await join('user2')
    const relays = network.relayStates
    network.relayStates = []
    expect((await user1.chat.complete('/connect ')).candidates).toEqual([])
    network.relayStates = relays
    expect((await user1.chat.complete('/connect ')).candidates).toEqual(['user2 '])
    await join('user3')
    expect((await user1.chat.complete('/connect ')).candidates).toEqual(['user2 '])
    clock.pass(5_001)
    expect((await user1.chat.complete('/connect ')).candidates).toEqual(['user2 ', 'user3 '])
  })

  test('offers /accept and /decline those who wait, and text a tab', async () => {
    const user1 = await join('user1')
    stranger(user1.context, 'user7')
    expect((await user1.chat.complete('/accept ')).candidates).toEqual(['user7 '])
    expect((await user1.chat.complete('/bye ')).candidates).toEqual([])
    expect(await user1.chat.complete('a text')).toEqual({ candidates: ['\t'], part: '' })
  })
})

test('the fakes carry bytes both ways', async () => {
  const a = { name: 'a', peerId: 'a', roles: [] }
  const [one, other] = FakeConnection.pair(a, { ...a, name: 'b' })
  await one.write(utf8('x'))
  expect(await other.read()).toEqual(utf8('x'))
})
