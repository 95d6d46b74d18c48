import { describe, expect, test } from 'vitest'
import type { ChatEvent } from '../../../../src/apps/rendezvous/events.js'
import {
  complaint,
  describe as describeEvent,
  leaving,
  notSaid,
  shortId,
} from '../../../../src/apps/rendezvous/texts.js'

const peerId = '12D3KooWRaR2ytbhJ2nw2ozAvHj6DcUemQ6htrX7Zt2ttQqnWVnu'
const options = { command: 'chat-p2p', verbose: false }
const shown = (event: ChatEvent, verbose = false) => describeEvent(event, { ...options, verbose })

describe('a line', () => {
  test('says who said it and goes to stdout', () => {
    expect(shown({ type: 'line', peerId, text: 'Hello!', cut: false })).toEqual({
      to: 'talk',
      lines: ['tQqnWVnu: Hello!'],
    })
  })

  test('cannot drive the terminal', () => {
    const text = 'red \x1b[31m\x07 \x9b2J \u202egnol \0 tab\there'
    expect(shown({ type: 'line', peerId, text, cut: false })?.lines).toEqual([
      'tQqnWVnu: red \\x1b[31m\\x07 \\x9b2J \\u{202e}gnol \\x00 tab\there',
    ])
  })

  test('says when it was cut', () => {
    expect(shown({ type: 'line', peerId, text: 'abc', cut: true })?.lines).toEqual([
      'tQqnWVnu: abc … (cut: the line is over 1024 KiB)',
    ])
  })
})

describe('the steps', () => {
  test.each<[ChatEvent, string[]]>([
    [
      {
        type: 'started',
        peerId,
        addresses: [`/ip4/127.0.0.1/tcp/6666/p2p/${peerId}`],
        rendezvous: 'meet me here',
        protocol: '/chat/1.1.0',
      },
      [
        `Host started. We are: ${peerId} (tQqnWVnu)`,
        `Listening on /ip4/127.0.0.1/tcp/6666/p2p/${peerId}`,
        `Others can join through us: chat-p2p rendezvous --peer /ip4/127.0.0.1/tcp/6666/p2p/${peerId}`,
        'Searching for other peers at "meet me here"…',
      ],
    ],
    [{ type: 'taken-over', pid: 4711 }, ['Taken over from an earlier run: the line that process 4711 holds']],
    [{ type: 'bootstrap-up', peerId }, [`Connection established with bootstrap node: ${peerId}`]],
    [
      { type: 'bootstrap-down', peerId, why: 'refused', detail: false },
      [`Bootstrap node ${peerId} is not reachable (refused); still trying`],
    ],
    [{ type: 'bootstrap-lost', peerId }, [`Bootstrap node ${peerId} is gone; trying to reach it again`]],
    [{ type: 'alone' }, ['No bootstrap node has answered. Others can come to us all the same; still trying']],
    [
      { type: 'announced', rendezvous: 'here', servers: 1, detail: false },
      ['DHT joined', 'Announced at "here": 1 DHT node will tell others where we are'],
    ],
    [
      { type: 'announced', rendezvous: 'here', servers: 20, detail: false },
      ['DHT joined', 'Announced at "here": 20 DHT nodes will tell others where we are'],
    ],
    [{ type: 'found', peerId, detail: false }, [`Found peer: ${peerId}`, `Connecting to: ${peerId}`]],
    [{ type: 'silent', peerId }, ['tQqnWVnu left: nothing has been heard of it for a while']],
    [{ type: 'connected', peerId }, [`Connected to: ${peerId} (tQqnWVnu)`]],
    [{ type: 'left', peerId }, ['tQqnWVnu left']],
    [{ type: 'announce-failed', why: 'a\x07b' }, ['Could not announce ourselves (a\\x07b); trying again']],
  ])('%j', (event, lines) => {
    expect(shown(event)).toEqual({ to: 'log', lines })
  })

  test('the command for others names an address that works from other machines, when there is one', () => {
    const addresses = ['/ip4/127.0.0.1/tcp/1', '/ip4/192.168.1.7/tcp/1', '/ip6/::1/tcp/1']
    const lines = shown({
      type: 'started',
      peerId,
      addresses,
      rendezvous: 'meet me here',
      protocol: '/chat/1.1.0',
    })?.lines
    expect(lines).toContain('Others can join through us: chat-p2p rendezvous --peer /ip4/192.168.1.7/tcp/1')
  })

  test('what is repeated is for -v only', () => {
    const again: ChatEvent = { type: 'bootstrap-down', peerId, why: 'refused', detail: true }
    expect(shown(again)).toBeUndefined()
    expect(shown(again, true)?.lines).toHaveLength(1)
  })

  test('the command for others leads to the same place, whatever that is called', () => {
    const started = (rendezvous: string, protocol = '/chat/1.1.0') =>
      shown({ type: 'started', peerId, addresses: ['/ip4/1.2.3.4/tcp/1'], rendezvous, protocol })?.lines[2]
    expect(started('meet me here', '/mine/1')).toBe(
      "Others can join through us: chat-p2p rendezvous --pid '/mine/1' --peer /ip4/1.2.3.4/tcp/1",
    )
    expect(started("bob's; rm -rf ~")).toBe(
      "Others can join through us: chat-p2p rendezvous --rendezvous 'bob'\\''s; rm -rf ~' --peer /ip4/1.2.3.4/tcp/1",
    )
  })
})

test('a text that went nowhere is said to have', () => {
  expect(notSaid({ peers: 0, refused: 'nobody' })).toBe('not sent: nobody is here yet')
  expect(notSaid({ peers: 0, refused: 'too long' })).toBe('not sent: the line is over 1024 KiB')
  expect(notSaid({ peers: 2, refused: undefined })).toBeUndefined()
})

test('what goes on after leaving is said, with how to end it', () => {
  expect(leaving({ pid: 4711, peerIds: [peerId] }).join(' ')).toMatch(
    /^tQqnWVnu is still here, .*Process 4711 .*kill 4711$/,
  )
  expect(leaving({ pid: 4711, peerIds: [peerId, 'x'.repeat(20)] }).join(' ')).toMatch(
    /^tQqnWVnu, xxxxxxxx are still here/,
  )
})

test('a bug is a line, with its stack when that is asked for', () => {
  const stack = 'Error: a\x1bb\n    at run (file.js:1:2)\n    at go (file.js:3:4)\n'
  expect(complaint(stack, false)).toEqual(['Error: a\\x1bb'])
  expect(complaint(stack, true)).toHaveLength(3)
})

test('a short id tells peers apart, whose ids all begin alike', () => {
  expect(shortId(peerId)).toBe('tQqnWVnu')
})
