import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { bin, chatP2p, temporaryFolder } from '../support/cli.js'
import { connectionsOf, JsChat, nobody, patient, runs } from '../support/rendezvous.js'

let place: ReturnType<typeof temporaryFolder>
const chats: JsChat[] = []

beforeEach(() => {
  place = temporaryFolder()
})
afterEach(async () => {
  await Promise.all(chats.splice(0).map((chat) => chat.kill()))
  place.remove()
})

function start(name: string, peers: string[] = [], args: string[] = [], listen?: string): JsChat {
  const chat = JsChat.start(name, peers, args, listen)
  chats.push(chat)
  return chat
}

/** Two that are in a chat with each other. */
async function pair(): Promise<[JsChat, JsChat]> {
  const a = start('a')
  const b = start('b', [await a.address()])
  await Promise.all([a.meets(1), b.meets(1)])
  return [a, b]
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

describe('a private network', () => {
  test('three nodes, one of them the bootstrap, find each other; everyone sees each line once; it goes on without the bootstrap', async () => {
    const boot = start('boot')
    const address = await boot.address()
    const [a, b] = [start('a', [address]), start('b', [address])]
    await Promise.all([boot, a, b].map((chat) => chat.meets(2)))
    const [bootId, aId, bId] = await Promise.all([boot, a, b].map((chat) => chat.shortId()))

    for (const chat of [boot, a, b]) chat.type(`one from ${chat.name}`, '', `añ✓🎉 from ${chat.name}`)
    const said = (chats: Array<[string, string]>) =>
      chats.flatMap(([id, name]) => [`${id}: one from ${name}`, `${id}: añ✓🎉 from ${name}`]).sort()
    const expected = [
      [
        boot,
        said([
          [aId!, 'a'],
          [bId!, 'b'],
        ]),
      ],
      [
        a,
        said([
          [bootId!, 'boot'],
          [bId!, 'b'],
        ]),
      ],
      [
        b,
        said([
          [bootId!, 'boot'],
          [aId!, 'a'],
        ]),
      ],
    ] as const
    for (const [chat, lines] of expected) {
      await vi.waitFor(() => expect([...chat.talk()].sort()).toEqual(lines), patient)
    }

    boot.child.stdin!.end()
    expect(await boot.exited()).toBe(0)
    await Promise.all([a, b].map((chat) => chat.sees(new RegExp(`^${bootId} left$`))))
    await Promise.all([a, b].map((chat) => chat.sees(/^Bootstrap node .* is gone; trying to reach it again$/)))
    a.type('still here')
    await b.sees(new RegExp(`^${aId}: still here$`))

    // Somebody who comes later, through one of those who are left, meets both.
    const late = start('late', [await b.address()])
    await late.meets(2)
    late.type('hello, I am late')
    for (const chat of [a, b]) await chat.sees(/: hello, I am late$/)
    for (const [chat, lines] of [
      [a, [...expected[1][1], `${await late.shortId()}: hello, I am late`]],
      [b, [...expected[2][1], `${aId}: still here`, `${await late.shortId()}: hello, I am late`]],
    ] as const) {
      expect([...chat.talk()].sort()).toEqual([...lines].sort())
    }
  })

  test('a bootstrap node that comes later is found, and again after it was restarted with the same key', async () => {
    const port = await freePort()
    const listen = `/ip4/127.0.0.1/tcp/${port}`
    const key = path.join(place.dir, 'boot.key')
    const first = start('first', [], ['-identity-key', key], listen)
    const address = await first.address()
    expect(statSync(key).mode & 0o777).toBe(0o600)
    first.child.kill('SIGTERM')
    expect(await first.exited()).toBe(0)

    const guest = start('guest', [address])
    await guest.sees(/^Bootstrap node .* is not reachable \(.*ECONNREFUSED.*\); still trying$/)
    await guest.sees(/^No bootstrap node has answered\./)
    const again = start('again', [], ['--identity-key', key], listen)
    expect(await again.address()).toBe(address)
    await guest.sees(/^Connection established with bootstrap node: /)
    await Promise.all([guest.meets(1), again.meets(1)])
  })

  test('those who give another word, or another protocol id, do not meet', async () => {
    const boot = start('boot')
    const address = await boot.address()
    const [word, protocol, same] = [
      start('word', [address], ['-rendezvous', 'elsewhere']),
      start('protocol', [address], ['-pid=/other/1.0.0']),
      start('same', [address]),
    ]
    await protocol.sees(/^Connection failed: /)
    await Promise.all([word.sees(/^Announced at "elsewhere": /), boot.meets(1), same.meets(1)])
    expect(await boot.meets(1)).toEqual([await same.peerId()])
    expect([...word.lines, ...protocol.lines].filter((line) => line.startsWith('Connected to'))).toEqual([])
  })
})

describe('the end', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 0],
    ['SIGHUP', 0],
  ] as const)('%s: the other one is told, the exit code is %i, and no process stays', async (signal, code) => {
    const [a, b] = await pair()
    const left = new RegExp(`^${await a.shortId()} left$`)
    const other = connectionsOf(a)
    expect(runs(other)).toBe(true)
    a.child.kill(signal)
    expect(await a.exited()).toBe(code)
    await b.sees(left)
    await vi.waitFor(() => expect(runs(other)).toBe(false), patient)
    expect(a.err.filter((line) => /background|kill/.test(line))).toEqual([])
    expect(b.code).toBeUndefined()
  })

  test('of the input: what was typed before is delivered first', async () => {
    const [a, b] = await pair()
    const id = await a.shortId()
    const lines = Array.from({ length: 500 }, (_, index) => `line ${index} ${'x'.repeat(1_000)}`)
    a.type(...lines)
    a.child.stdin!.end('and no line feed')
    expect(await a.exited()).toBe(0)
    await b.sees(new RegExp(`^${id} left$`))
    await b.sees(/: and no line feed$/) // what is said and what is about it come through different pipes
    expect(b.talk()).toEqual([...lines, 'and no line feed'].map((line) => `${id}: ${line}`))
  })

  test('by force: the other process leaves in order all the same', async () => {
    const [a, b] = await pair()
    const id = await a.shortId()
    const other = connectionsOf(a)
    a.child.kill('SIGKILL')
    await b.sees(new RegExp(`^${id} left$`))
    await vi.waitFor(() => expect(runs(other)).toBe(false), patient)
    // Its port is free.
    const address = (await a.address()).split('/p2p/')[0]!
    const next = start('next', [], [], address)
    expect(await next.address()).toContain(address)
  })

  test('before it has even begun', async () => {
    const a = start('a')
    a.child.kill('SIGTERM')
    await a.exited()
    const b = start('b')
    b.child.stdin!.end()
    expect(await b.exited()).toBe(0)
  })

  test('when nobody reads our lines any more', async () => {
    const [a, b] = await pair()
    a.child.stdout!.destroy()
    b.type('one', 'two', 'three')
    expect(await a.exited()).toBe(0)
    await b.sees(/ left$/)
  })

  test('does not come from having no input at all, as a service', async () => {
    const child = spawn(process.execPath, [bin, 'rendezvous', '-listen', '/ip4/127.0.0.1/tcp/0', '-peer', nobody], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const service = new JsChat('service', child)
    chats.push(service)
    await service.sees(/^Nothing to read from; listening only\./)
    const guest = start('guest', [await service.address()])
    await guest.meets(1)
    guest.type('anybody?')
    await service.sees(/: anybody\?$/)
    child.kill('SIGTERM')
    expect(await service.exited()).toBe(0)
  })
})

describe('what others send', () => {
  /** Somebody without manners: raw bytes into the chat stream of `chat`. */
  async function rude(chat: JsChat) {
    const node = await createLibp2p({
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
    })
    const stream = await node.dialProtocol(multiaddr(await chat.address()), '/chat/1.1.0')
    return { node, stream, send: (text: string) => stream.send(Buffer.from(text)) }
  }

  test('cannot drive the terminal', async () => {
    const chat = start('chat')
    const { node, send } = await rude(chat)
    send('\x1b[2J\x07gone\x9b\u202e\n\n')
    expect(await chat.sees(/^.*gone.*$/)).toMatch(/^\S{8}: \\x1b\[2J\\x07gone\\x9b\\u\{202e\}$/)
    expect(chat.out.join('')).not.toMatch(/[\x00-\x1f\x80-\x9f\u202e]/)
    await node.stop()
    await chat.sees(/ left$/)
  })

  test('without a line feed for ever is shown cut and takes no more memory', async () => {
    const chat = start('chat')
    const { node, stream } = await rude(chat)
    const chunk = Buffer.alloc(256 * 1024, 'a')
    for (let sent = 0; sent < 256; sent++) {
      stream.send(chunk)
      if (stream.writableNeedsDrain) await once(stream as unknown as NodeJS.EventEmitter, 'drain')
    }
    stream.send(Buffer.from('\nnext\n'))
    await chat.sees(/: next$/)
    expect(chat.out[0]).toMatch(/^\S{8}: a+ … \(cut: the line is over 1024 KiB\)$/)
    expect(chat.out).toHaveLength(2)
    expect(residentMiB(connectionsOf(chat))).toBeLessThan(220)
    await node.stop()
  })

  test('faster than we are read has to wait there: nothing is lost, and nothing piles up here', async () => {
    const child = spawn(process.execPath, [bin, 'rendezvous', '-listen', '/ip4/127.0.0.1/tcp/0', '-peer', nobody], {
      stdio: 'pipe',
    })
    // Nobody reads its stdout for now.
    const chat = new JsChat('chat', Object.assign(child, {}))
    chats.push(chat)
    child.stdout!.pause()
    const { node, stream } = await rude(chat)
    const line = Buffer.from(`${'b'.repeat(8_190)}\n\n`)
    const total = 12_000 // about 94 MiB
    for (let sent = 0; sent < total; sent++) stream.send(line)
    await vi.waitFor(() => {
      const before = stream.writeBufferLength
      expect(before).toBeGreaterThan(60 * 1024 * 1024) // most of it is still there
      expect(residentMiB(child.pid!)).toBeLessThan(220)
    }, patient)
    expect(residentMiB(connectionsOf(chat))).toBeLessThan(220)
    child.stdout!.resume()
    await chat.until('all lines', 60_000, () => (chat.out.length === total ? true : undefined))
    expect(new Set(chat.out.map((text) => text.slice(10))).size).toBe(1)
    await node.stop()
  }, 120_000)
})

function residentMiB(pid: number): number {
  const status = `/proc/${pid}/status`
  if (!existsSync(status)) return 0
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(status, 'utf8'))?.[1]) / 1024
}

describe('what cannot be is one clear line', () => {
  test('an address of another machine', async () => {
    const args = ['rendezvous', '-listen', '/ip4/192.0.2.1/tcp/0', '-peer', nobody]
    const { code, stderr, stdout } = await chatP2p(args, { cwd: place.dir })
    expect(stderr).toMatch(/^chat-p2p: Cannot listen on \/ip4\/192\.0\.2\.1\/tcp\/0: listen EADDRNOTAVAIL[^\n]*\n$/)
    expect([stdout, code]).toEqual(['', 2])
  })

  test('a port in use', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const listen = `/ip4/127.0.0.1/tcp/${port}`
    const { code, stderr } = await chatP2p(['rendezvous', '-listen', listen, '-peer', nobody], { cwd: place.dir })
    expect([code, stderr]).toEqual([
      1,
      `chat-p2p: Cannot listen on ${listen}: the port is in use by another program.\n`,
    ])
    server.close()
  })

  test('text for nobody waits a while, is not taken for sent then, and the exit code says so', async () => {
    const alone = start('alone')
    await alone.address()
    alone.type('hello?', '', '   ')
    alone.child.stdin?.end()
    await alone.seesTimes(/^not sent: nobody is here yet$/, 2, 90_000)
    await alone.sees(/^chat-p2p: Nobody came to whom it could be said\.$/)
    expect(await alone.exited()).toBe(1)
  })

  test('text that is there before anybody else is said to the first one who comes', async () => {
    const early = start('early')
    early.type('I was early')
    early.child.stdin?.end()
    const address = await early.address()
    const late = start('late', [address])
    await late.sees(/: I was early$/)
    expect(await early.exited()).toBe(0)
  })
})

const hasTmux = spawnSync('tmux', ['-V']).status === 0
if (!hasTmux) console.warn('skipped: the rendezvous chat on a real terminal needs tmux, which is not installed')

describe.skipIf(!hasTmux)('on a terminal', () => {
  const socket = () => path.join(place.dir, 'tmux')
  const tmux = (...args: string[]) => {
    const { stdout, stderr, status } = spawnSync('tmux', ['-S', socket(), '-f', '/dev/null', ...args], {
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(stderr)
    return stdout
  }
  afterEach(() => {
    spawnSync('tmux', ['-S', socket(), 'kill-server'])
  })

  async function shows(pattern: RegExp): Promise<string> {
    return await vi.waitFor(
      () => {
        const screen = tmux('capture-pane', '-p', '-J', '-S', '-200')
        expect(screen).toMatch(pattern)
        return screen
      },
      { timeout: 30_000, interval: 50 }, // tmux has no event for this
    )
  }

  test('Ctrl-Z puts it into the background, and after fg it goes on with the line that was being typed', async () => {
    const other = start('other')
    const command = `'${process.execPath}' '${bin}' rendezvous -listen /ip4/127.0.0.1/tcp/0 -peer ${await other.address()}`
    // From an interactive shell, whose job it is.
    tmux('new-session', '-d', '-x', '160', '-y', '50', `PS1='sh> ' bash --noprofile --norc`)
    tmux('send-keys', command, 'Enter')
    await other.meets(1)
    tmux('send-keys', 'half a line')
    await shows(/^> half a line$/m)
    tmux('send-keys', 'C-z')
    await shows(/Stopped/)
    other.type('are you there?')
    tmux('send-keys', 'fg', 'Enter')
    await shows(/: are you there\?\n(?:.+\n)*> half a line$/m)
    tmux('send-keys', ' is whole', 'Enter')
    await other.sees(/: half a line is whole$/)
    tmux('send-keys', 'C-d')
    await other.sees(/ left$/)
  })

  test.each([
    ['C-d', 0],
    ['C-c', 130],
  ])('lines come above what is being typed, and %s ends it with %i', async (key, code) => {
    const other = start('other')
    const command = `'${process.execPath}' '${bin}' rendezvous -listen /ip4/127.0.0.1/tcp/0 -peer ${await other.address()}; echo "exit code $?"; cat`
    tmux('new-session', '-d', '-x', '160', '-y', '50', command)
    await other.meets(1)
    tmux('send-keys', 'half a line')
    await shows(/^> half a line$/m)
    other.type('Hello!')
    // Other news may come in between; what is being typed stays below all of it, whole.
    await shows(new RegExp(`^${await other.shortId()}: Hello!\\n(?:.+\\n)*> half a line$`, 'm'))
    tmux('send-keys', ' is whole', 'Enter')
    await other.sees(/: half a line is whole$/)
    tmux('send-keys', key)
    const screen = await shows(/exit code/)
    expect(screen).toMatch(new RegExp(`exit code ${code}$`, 'm'))
    await other.sees(/ left$/)
  })
})
