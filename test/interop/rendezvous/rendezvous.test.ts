import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { bin, temporaryFolder } from '../../support/cli.js'
import { connectionsOf, JsChat, nobody, patient, runs, Talker } from '../../support/rendezvous.js'
import { hasTmux, TestTerminal } from '../../support/terminal.js'
import { expectShown } from '../../support/transcript.js'

// Against a peer on the go-libp2p module, built here: peer/main.go says what it has in common with go's program.

const source = path.join(import.meta.dirname, 'peer')
const binary = path.resolve(import.meta.dirname, '../../../node_modules/.cache/chat-p2p/rendezvous-peer')

/** Why there is no peer to test against; undefined when there is one. */
function build(): string | undefined {
  const go = (...args: string[]) => spawnSync('go', args, { cwd: source, encoding: 'utf8' })
  const version = go('env', 'GOVERSION')
  if (version.error !== undefined) return 'there is no Go toolchain here'
  // Downloads the modules and compiles nothing: what fails here is a proxy out of reach, or a toolchain too old.
  const modules = go('list', '-deps', '.')
  if (modules.status !== 0) return `go-libp2p cannot be had here (${modules.stderr.trim().split('\n').at(-1)})`
  mkdirSync(path.dirname(binary), { recursive: true })
  console.warn(`building a go-libp2p peer with ${version.stdout.trim()}; a minute or two when it is the first time…`)
  const built = go('build', '-o', binary, '.')
  if (built.status !== 0) throw new Error(`go build failed:\n${built.stderr}`)
  return undefined
}

const missing = build()
if (missing !== undefined) console.warn(`skipped: the rendezvous chat against go-libp2p, as ${missing}`)

class GoChat extends Talker {
  static start(name: string, peers: string[], args: string[] = []): GoChat {
    const all = ['-listen', '/ip4/127.0.0.1/tcp/0', ...peers.flatMap((peer) => ['-peer', peer]), ...args]
    return new GoChat(name, spawn(binary, all, { stdio: 'pipe' }))
  }

  async peerId(): Promise<string> {
    return await this.sees(/^listening .*\/p2p\/(\S+)$/)
  }

  async shortId(): Promise<string> {
    return (await this.peerId()).slice(-8)
  }

  /** Waits until it has a stream with each of these peer ids. */
  async meets(...peerIds: string[]): Promise<void> {
    for (const peerId of peerIds) await this.sees(new RegExp(`^stream (?:in|out)bound ${peerId}$`))
  }

  /** What it has heard from a peer. */
  heard(peerId: string): string[] {
    const start = `line ${peerId} `
    return this.out
      .filter((line) => line.startsWith(start))
      .map((line) => JSON.parse(line.slice(start.length)) as string)
  }

  /** Types the text until it has gone to this peer: each line goes to one stream, and they take turns. */
  async says(text: string, peerId: string): Promise<void> {
    const sent = () => this.out.filter((line) => line.startsWith('sent '))
    for (let turn = 0; turn < 8; turn++) {
      const before = sent().length
      this.type(text)
      const last = await this.until('sent', 10_000, () => (sent().length > before ? sent().at(-1) : undefined))
      if (last.startsWith(`sent ${peerId} `)) return
    }
    throw new Error(`${this.name} never talks to ${peerId}:\n${this.lines.join('\n')}`)
  }
}

const talkers: Talker[] = []
const terminals: TestTerminal[] = []
const folders: Array<ReturnType<typeof temporaryFolder>> = []

const { TMPDIR } = process.env

// Lines that are held are found through the folder for temporary files: each test has one of its own.
beforeEach(() => {
  const folder = temporaryFolder()
  folders.push(folder)
  process.env.TMPDIR = folder.dir
})

afterEach(async () => {
  if (TMPDIR === undefined) delete process.env.TMPDIR
  else process.env.TMPDIR = TMPDIR
  // go's first: what we hold the line to must be gone for the holder to go.
  for (const talker of talkers.splice(0).sort((a) => (a instanceof GoChat ? -1 : 1))) await talker.kill()
  for (const terminal of terminals.splice(0).reverse()) terminal.close()
  for (const folder of folders.splice(0)) folder.remove()
})

function js(name: string, peers: string[] = [], args: string[] = [], listen?: string): JsChat {
  const chat = JsChat.start(name, peers, args, listen)
  talkers.push(chat)
  return chat
}

function go(name: string, peers: string[], args: string[] = []): GoChat {
  const chat = GoChat.start(name, peers, args)
  talkers.push(chat)
  return chat
}

/** A DHT server and nothing else: it is at another rendezvous point. */
async function bootstrap(): Promise<string> {
  return await js('boot', [], ['-rendezvous', 'nowhere near']).address()
}

/** Types the text until it has gone to this peer, as `GoChat.says`. */
async function goSays(go: TestTerminal, text: string, peerId: string): Promise<void> {
  for (let turn = 0; turn < 8; turn++) {
    const before = go.screen().match(/^sent /gm)?.length ?? 0
    go.line(text)
    const sent = await go.shows(new RegExp(`(?:^sent [^$]*){${before + 1}}`, 'm'))
    if (sent.match(/^sent \S+/gm)!.at(-1) === `sent ${peerId}`) return
  }
  throw new Error(`go never talks to ${peerId}:\n${go.screen()}`)
}

async function gone(pid: number): Promise<void> {
  await vi.waitFor(() => expect(runs(pid)).toBe(false), patient)
}

/** Both ways, over the stream that they have with the peer id `as`: UTF-8, blank lines, a long line; every line once and whole. */
async function talk(us: JsChat, them: GoChat, as?: string): Promise<void> {
  const [ourId, theirId, theirShort] = [as ?? (await us.peerId()), await them.peerId(), await them.shortId()]
  const before = them.heard(ourId).length
  const long = `${'日本語'.repeat(30_000)}.`
  const ours = ['Hello from js', 'añ✓🎉', 'two  spaces', long, 'the end']
  us.type(ours[0]!, '', '', ...ours.slice(1))
  await vi.waitFor(() => expect(them.heard(ourId).slice(before)).toEqual(ours), patient)

  const theirs = ['Hello from go', 'ünïcödé 🎈', long, 'bye']
  for (const text of ['', ...theirs.slice(0, 2), '', '', ...theirs.slice(2)]) await them.says(text, ourId)
  const said = () => us.talk().filter((line) => line.startsWith(`${theirShort}: `))
  await vi.waitFor(() => expect(said()).toEqual(theirs.map((text) => `${theirShort}: ${text}`)), patient)
  expect(theirId.endsWith(theirShort)).toBe(true)
}

describe.skipIf(missing !== undefined)("go-libp2p's chat-with-rendezvous", () => {
  test.each([
    ['Ctrl-C', (chat: JsChat) => chat.child.kill('SIGINT'), 130],
    ['the end of the input', (chat: JsChat) => chat.child.stdin!.end(), 0],
    ['SIGKILL', (chat: JsChat) => chat.child.kill('SIGKILL'), -2],
  ] as const)('go finds js, they talk, js leaves by %s, and go lives on', async (_, leave, code) => {
    const us = js('us')
    const them = go('them', [await us.address()])
    await them.meets(await us.peerId())
    expect(them.out.filter((line) => line.startsWith('stream'))[0]).toMatch(/^stream outbound /)
    await us.meets(1)
    await talk(us, them)

    const holder = connectionsOf(us)
    leave(us)
    expect(await us.exited()).toBe(code)
    // Its stream still takes what is typed, and nothing has ended.
    for (let line = 0; line < 3; line++) await them.says('is anybody there?', await us.peerId())
    expect(them.code).toBeUndefined()
    if (code >= 0) expect(us.err.join('\n')).toMatch(/is still here.*\n.*kill \d+/)
    // What holds the line ends with those it is held for.
    if (holder !== us.child.pid) expect(runs(holder)).toBe(true)
    await them.kill()
    await gone(holder)
  })

  test('with --hang-up nothing of js stays, and go crashes: what all the other tests rely on', async () => {
    const us = js('us', [], ['--hang-up'])
    const them = go('them', [await us.address()])
    await us.meets(1)
    const holder = connectionsOf(us)
    us.child.kill('SIGINT')
    expect(await us.exited()).toBe(130)
    expect(await them.exited()).toBe(2)
    expect(them.err[0]).toMatch(/^panic: /)
    await gone(holder)
  })

  test('js finds go, which has stopped searching; they talk; go leaves, which js says and survives', async () => {
    const boot = await bootstrap()
    const them = go('them', [boot])
    await them.sees(/^searched$/)
    const us = js('us', [boot])
    await us.meets(1)
    await us.sees(new RegExp(`^Found peer: ${await them.peerId()}$`))
    expect(await them.sees(/^stream .*$/)).toBe(`stream inbound ${await us.peerId()}`)
    await talk(us, them)

    await them.kill()
    await us.sees(new RegExp(`^${await them.shortId()} left$`))
    const other = go('other', [boot])
    await other.meets(await us.peerId())
    await us.meets(2) // go takes its stream for open before the other side knows of it
    await talk(us, other)
  })

  test('js + go + go: everyone talks with everyone, and both go live on when js leaves', async () => {
    const us = js('us')
    const first = go('first', [await us.address()])
    await first.meets(await us.peerId())
    const second = go('second', [await us.address()])
    await second.meets(await us.peerId(), await first.peerId())
    await first.meets(await second.peerId())
    await us.meets(2)
    us.type('to everyone ✓')
    for (const them of [first, second]) {
      await vi.waitFor(async () => expect(them.heard(await us.peerId())).toEqual(['to everyone ✓']), patient)
      await them.says(`from ${them.name}`, await us.peerId())
      await us.sees(new RegExp(`^${await them.shortId()}: from ${them.name}$`))
    }
    await first.says('among us', await second.peerId())
    await vi.waitFor(async () => expect(second.heard(await first.peerId())).toContain('among us'), patient)

    us.child.kill('SIGTERM')
    expect(await us.exited()).toBe(0)
    await second.says('is it quiet here?', await us.peerId())
    await second.says('still us', await first.peerId())
    await vi.waitFor(async () => expect(first.heard(await second.peerId())).toContain('still us'), patient)
    expect([first.code, second.code]).toEqual([undefined, undefined])
  })

  test('js + js + go: each line is shown once by each, although there may be two streams between two of them', async () => {
    const a = js('a')
    const b = js('b', [await a.address()])
    await Promise.all([a.meets(1), b.meets(1)])
    const them = go('them', [await a.address()])
    await them.meets(await a.peerId(), await b.peerId())
    await Promise.all([a.meets(2), b.meets(2)])
    const [aId, bId] = [await a.shortId(), await b.shortId()]
    for (const us of [a, b]) us.type(`one from ${us.name}`, `two from ${us.name}`)
    for (const us of [a, b]) {
      const heard = async () => them.heard(await us.peerId())
      await vi.waitFor(
        async () => expect(await heard()).toEqual([`one from ${us.name}`, `two from ${us.name}`]),
        patient,
      )
    }
    await them.says('to a', await a.peerId())
    await them.says('to b', await b.peerId())
    await a.sees(/: to a$/)
    await b.sees(/: to b$/)
    await vi.waitFor(() => {
      expect(a.talk().filter((line) => line.startsWith(bId))).toEqual([`${bId}: one from b`, `${bId}: two from b`])
      expect(b.talk().filter((line) => line.startsWith(aId))).toEqual([`${aId}: one from a`, `${aId}: two from a`])
    }, patient)

    // The bootstrap leaves: the other one of ours is told and no longer connected, go does not notice.
    a.child.kill('SIGINT')
    expect(await a.exited()).toBe(130)
    await b.sees(new RegExp(`^${aId} left$`))
    await b.sees(/^Bootstrap node .* is gone; trying to reach it again$/)
    b.type('three from b')
    await vi.waitFor(async () => expect(them.heard(await b.peerId())).toContain('three from b'), patient)
    expect(them.code).toBeUndefined()
  })

  test.skipIf(!hasTmux)(
    'three people at terminals, one of them with go, see what docs/rendezvous.md shows',
    async () => {
      const at = (program: string, peer: string) => {
        const command = `${program} -listen /ip4/127.0.0.1/tcp/0 -peer ${peer}; exec cat`
        terminals.push(new TestTerminal(command, { cwd: folders.at(-1)!.dir, columns: 200, rows: 60 }))
        return terminals.at(-1)!
      }
      const ours = `'${process.execPath}' '${bin}' rendezvous`
      const first = at(ours, nobody)
      const address = /^Listening on (\S+)$/m.exec(await first.shows(/^Listening on \S+$/m))![1]!
      const second = at(ours, address)
      for (const terminal of [first, second]) {
        await terminal.shows(/^Connected to: /m)
        await terminal.shows(/^Announced at /m)
      }
      const go = at(`'${binary}'`, address)
      for (const terminal of [first, second]) await terminal.shows(/(?:^Connected to: [\s\S]*){2}/m)
      const idOf = async (terminal: TestTerminal) =>
        /^Host started\. We are: (\S+)/m.exec(await terminal.shows(/^Host started/m))![1]!
      const [firstId, secondId] = [await idOf(first), await idOf(second)]
      for (const id of [firstId, secondId]) await go.shows(new RegExp(`^stream (?:in|out)bound ${id}$`, 'm'))
      await go.shows(/^searched$/m)

      first.line('Hello!')
      for (const terminal of [second, go]) await terminal.shows(/^\S.*Hello!"?$/m)
      second.line('Hi there ✓')
      for (const terminal of [first, go]) await terminal.shows(/^\S.*Hi there ✓"?$/m)
      await goSays(go, 'Hello from go', secondId)
      await goSays(go, 'and once more', firstId)
      await first.shows(/: and once more$/m)
      first.keys('C-d')
      const [theLeaver, left] = [await first.shows(/^to end that at once: kill \d+$/m), await second.shows(/ left$/m)]
      expect(left).toContain(`${firstId.slice(-8)} left`)
      second.line('Still here')
      const theGo = await go.shows(/Still here"$/m)

      const theirs = second.screen().split('\n')
      expectShown(
        'docs/rendezvous.md',
        '$ chat-p2p rendezvous -listen /ip4/127.0.0.1/tcp/6666 -peer …',
        theLeaver.split('\n'),
        'some of it',
      )
      expectShown(
        'docs/rendezvous.md',
        '$ chat-p2p rendezvous -listen /ip4/127.0.0.1/tcp/6668 -peer /ip4/127.0.0.1/tcp/6666/p2p/12D3KooWP',
        theirs,
        'some of it',
      )
      expectShown('docs/rendezvous.md', '$ go run .', theGo.split('\n'), 'some of it')
    },
  )

  test('who comes back with the same key, while the line is still held, is heard and can be talked to', async () => {
    const folder = temporaryFolder()
    folders.push(folder)
    const boot = await bootstrap()
    const key = ['-identity-key', path.join(folder.dir, 'us.key')]
    const before = js('before', [boot], key)
    const listen = (await before.address()).split('/p2p/')[0]!
    const them = go('them', [boot])
    await before.meets(1)
    before.child.stdin!.end()
    expect(await before.exited()).toBe(0)

    const after = js('after', [boot], key, listen)
    expect(await after.peerId()).toBe(await before.peerId())
    await after.meets(1)
    after.type('I am back')
    await vi.waitFor(async () => expect(them.heard(await after.peerId())).toContain('I am back'), patient)
    // There is only the old stream.
    for (const text of ['welcome', 'back']) await them.says(text, await after.peerId())
    for (const text of ['welcome', 'back']) await after.sees(new RegExp(`: ${text}$`))
    expect(them.out.filter((line) => line.startsWith('stream'))).toHaveLength(1)
    expect(them.code).toBeUndefined()
  })

  test('the next runs take over the line that the first one left, until one hangs up: no more processes, all lines come', async () => {
    const boot = await bootstrap()
    const first = js('first', [boot])
    const them = go('them', [boot])
    await first.meets(1)
    const [heldAs, theirShort] = [await first.peerId(), await them.shortId()]
    const holder = connectionsOf(first)
    first.child.stdin!.end()
    expect(await first.exited()).toBe(0)

    const elsewhere = js('elsewhere', [boot], ['-rendezvous', 'another word'])
    for (const name of ['second', 'third']) {
      const next = js(name, [boot])
      await next.sees(/^Taken over from an earlier run: the line that process \d+ holds$/)
      await next.meets(1)
      await talk(next, them, heldAs)
      const connections = connectionsOf(next)
      next.child.stdin!.end()
      expect(await next.exited()).toBe(0)
      expect(next.err.join('\n')).toMatch(
        new RegExp(`^${theirShort} is still here.*Process ${await next.sees(/Taken .* process (\d+)/)} `, 'm'),
      )
      if (holder !== first.child.pid) {
        await gone(connections)
        expect(runs(holder)).toBe(true)
      }
      expect(them.out.filter((line) => line.startsWith('stream'))).toHaveLength(1)
    }
    expect(elsewhere.err.filter((line) => line.startsWith('Taken over'))).toEqual([])

    const last = js('last', [boot], ['--hang-up'])
    await last.meets(1)
    last.child.stdin!.end()
    expect(await last.exited()).toBe(0)
    expect(await them.exited()).toBe(2)
    await gone(holder)
  })
})
