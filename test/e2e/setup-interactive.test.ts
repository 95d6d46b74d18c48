import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { loadIdentity } from '../../src/identity/identity-file.js'
import { bin, temporaryFolder } from '../support/cli.js'
import { codeOf } from '../unit/identity/fixtures.js'

const hasTmux = spawnSync('tmux', ['-V']).status === 0
if (!hasTmux) console.warn('skipped: setup --interactive needs a terminal, and tmux, which gives one, is not installed')

let place: ReturnType<typeof temporaryFolder>
let socket: string

/** A shell of its own in a terminal of its own. */
function tmux(...args: string[]): string {
  return execFileSync('tmux', ['-S', socket, '-f', '/dev/null', ...args], { encoding: 'utf8' })
}

beforeEach(() => {
  place = temporaryFolder()
  socket = path.join(place.dir, 'tmux')
})
afterEach(() => {
  spawnSync('tmux', ['-S', socket, 'kill-server'])
  place.remove()
})

function start(...flags: string[]): void {
  const dir = path.join(place.dir, 'work')
  const command = `mkdir '${dir}'; cd '${dir}'; '${process.execPath}' '${bin}' setup --interactive ${flags.join(' ')}; echo "exit code $?"; cat`
  tmux('new-session', '-d', '-x', '150', '-y', '60', command)
}

/** Waits until the screen shows it. */
async function sees(pattern: RegExp): Promise<string> {
  const over = AbortSignal.timeout(30_000)
  for (;;) {
    const screen = tmux('capture-pane', '-p')
    if (pattern.test(screen)) return screen
    if (over.aborted) throw new Error(`no ${pattern} on the screen:\n${screen}`)
    await new Promise((resolve) => setTimeout(resolve, 50)) // tmux has no event for this
  }
}

async function answer(question: RegExp, ...keys: string[]): Promise<void> {
  await sees(question)
  tmux('send-keys', ...keys)
}

const files = () => readdirSync(path.join(place.dir, 'work'), { recursive: true, encoding: 'utf8' })

test.skipIf(!hasTmux)('it asks for what no flag gave, shows the plan, and writes it after a yes', async () => {
  start('--relay-host', '127.0.0.1', '--service', 'talk')
  await answer(/Name of the network \(home\)/, 'office', 'Enter')
  await answer(/Users, separated by commas \(user1,user2,user3,user4\)/, 'ann, relay1', 'Enter')
  await answer(/'relay1' and 'relay1' are the same name/, 'BSpace', 'BSpace', 'BSpace', 'BSpace', 'BSpace', 'BSpace')
  await answer(/commas ann, *\n/, 'bob', 'Enter')
  await answer(/Number of relays \(3\)/, '2', 'Enter')
  await answer(/Port of the first relay \(4001\)/, 'Enter')
  await answer(/Relays that each host holds its place through \(3\)/, '1', 'Enter')
  await answer(/Passphrase for the authority's key/, 'hush', 'Enter')
  await answer(/The same again/, 'hash', 'Enter')
  await answer(/That is another one/, 'BSpace', 'BSpace', 'BSpace', 'BSpace', 'hush', 'Enter')
  const plan = await sees(/Write these files\?/)
  expect(plan).not.toMatch(/hush|hash/)
  expect(plan).not.toMatch(/Address of the relays|Name of the service/)
  expect(plan).toMatch(/users +ann, bob\n/)
  expect(plan).toMatch(/relay +relay2 at \/ip4\/127\.0\.0\.1\/tcp\/4002\n/)
  expect(plan).toContain('identities/authority.json')
  expect(files()).toEqual([])
  await answer(/Write these files\?/, 'Enter')
  await sees(/exit code 0/)
  const { network } = await loadIdentity(path.join(place.dir, 'work/identities/ann.json'))
  expect(network?.networkName).toBe('office')
  const authority = path.join(place.dir, 'work/identities/authority.json')
  expect(await codeOf(() => loadIdentity(authority, { passphrase: 'hash' }))).toBe('identity_locked')
  expect((await loadIdentity(authority, { passphrase: 'hush' })).kind).toBe('authority')
  expect(JSON.parse(readFileSync(path.join(place.dir, 'work/setup/service.json'), 'utf8'))).toMatchObject({
    name: 'talk',
    maxTerminators: 1,
  })
})

test.skipIf(!hasTmux)('no writes nothing', async () => {
  start('--network-name x --users ann --relays 1 --relay-host ::1 --relay-base-port 5 --service s --max-terminators 1')
  await answer(/Passphrase for the authority's key/, 'Enter')
  await answer(/Write these files\?/, 'n', 'Enter')
  await sees(/Nothing was written\.\s+exit code 130/)
  expect(files()).toEqual([])
})

describe.skipIf(!hasTmux)('whoever leaves', () => {
  test.each(['C-c', 'C-d'])('a question by %s writes nothing', async (key) => {
    start()
    await answer(/Name of the network/, key)
    await sees(/nothing was written\.\s+exit code 130/)
    expect(files()).toEqual([])
  })

  test('has to mean it: Ctrl-D in the middle of an answer takes a letter', async () => {
    start('--users ann --relays 1 --relay-host ::1 --relay-base-port 5 --service s --max-terminators 1')
    await answer(/Name of the network/, 'homes', 'Left', 'C-d', 'Enter')
    await answer(/Passphrase for the authority's key/, 'C-d')
    await sees(/nothing was written\.\s+exit code 130/)
    expect(await sees(/Name of the network/)).toMatch(/Name of the network home$/m)
  })
})
