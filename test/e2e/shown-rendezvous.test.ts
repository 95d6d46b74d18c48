import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bin, temporaryFolder } from '../support/cli.js'
import { hasTmux, TestTerminal } from '../support/terminal.js'
import { expectShown } from '../support/transcript.js'

/** A machine that has no network but itself, as the document says of its own; nothing here reaches for the public one. */
const alone = ['unshare', '--map-root-user', '--net']
const canBeAlone = spawnSync(alone[0]!, [...alone.slice(1), 'ip', 'link', 'set', 'lo', 'up']).status === 0
if (!canBeAlone)
  console.warn('SKIPPED: docs/rendezvous.md is not held against two terminals, as no network namespace can be made')

let place: ReturnType<typeof temporaryFolder>
let machine: ChildProcess
const terminals: TestTerminal[] = []

beforeEach(async () => {
  place = temporaryFolder()
  machine = spawn(alone[0]!, [...alone.slice(1), 'sh', '-c', 'ip link set lo up; echo up; exec cat'], { stdio: 'pipe' })
  await once(machine.stdout!, 'data')
})
afterEach(async () => {
  for (const terminal of terminals.splice(0)) terminal.close()
  machine.stdin!.end()
  await once(machine, 'close')
  place.remove()
})

function rendezvous(...flags: string[]): TestTerminal {
  const within = [
    'nsenter',
    '--user',
    '--preserve-credentials',
    '--net',
    '--target',
    String(machine.pid),
    'env',
    `TMPDIR=${place.dir}`,
  ]
  const command = `'${process.execPath}' '${bin}' rendezvous ${flags.join(' ')}; exec cat`
  const terminal = new TestTerminal(command, { cwd: place.dir, columns: 250, rows: 60, within })
  terminals.push(terminal)
  return terminal
}

describe.skipIf(!hasTmux || !canBeAlone)('two people at terminals', () => {
  test('who meet by a word see what docs/rendezvous.md shows', async () => {
    const first = rendezvous('-listen /ip4/127.0.0.1/tcp/6666')
    const [, address] = (await first.shows(/^Others can join through us: .* (\S+)$/m)).match(/through us: .* (\S+)$/m)!
    await first.shows(/^No bootstrap node has answered/m)
    const second = rendezvous('-listen /ip4/127.0.0.1/tcp/6668', '-peer', address!)
    for (const terminal of [first, second]) {
      await terminal.shows(/^Connected to: /m)
      await terminal.shows(/^Announced at /m)
    }
    first.line('Hello!')
    await second.shows(/: Hello!$/m)
    second.line('Hi there ✓')
    await first.shows(/: Hi there ✓$/m)
    const theirs = second.screen()
    second.keys('C-d')
    const ours = await first.shows(/ left\n>$/)
    expectShown(
      'docs/rendezvous.md',
      '$ chat-p2p rendezvous -listen /ip4/127.0.0.1/tcp/6666\n',
      ours.split('\n'),
      'some of it',
    )
    // Who of the two finds the other is a matter of moments: these lines may be on the other's screen.
    const found = ours.split('\n').filter((line) => /^(Found peer|Connecting to): /.test(line))
    expectShown(
      'docs/rendezvous.md',
      '$ chat-p2p rendezvous -listen /ip4/127.0.0.1/tcp/6668 -peer /ip4/127.0.0.1/tcp/6666/p2p/12D3KooWQ',
      [...theirs.split('\n'), ...found],
      'some of it',
    )
    expect(ours).toMatch(/DHT joined/)
  })
})
