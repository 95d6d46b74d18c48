import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { temporaryFolder } from '../../support/cli.js'
import { cli } from './in-process.js'

let place: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  place = temporaryFolder()
})
afterEach(() => {
  place.remove()
  vi.unstubAllEnvs()
})

test('the chat without -i names the identities that are there', async () => {
  vi.stubEnv('XDG_CONFIG_HOME', place.dir)
  vi.stubEnv('CHAT_P2P_DIR', '')
  expect((await cli([], place.dir)).stderr).toContain('setup` makes some')
  mkdirSync(path.join(place.dir, 'identities'))
  for (const name of ['ann', 'bob']) writeFileSync(path.join(place.dir, 'identities', `${name}.json`), '{}')
  const { code, stderr } = await cli([], place.dir)
  expect([code, stderr]).toEqual([2, expect.stringContaining('The identities: in identities there are ann, bob.')])
})

test.each([
  [['--relays', '0'], '1 to 64'],
  [['--relays', '65'], '1 to 64'],
  [['--relays', 'three'], "'three'"],
  [['--relays', '1e1'], "'1e1'"],
  [['--relay-base-port', '65534'], '65535'],
  [['--relay-base-port', '-1'], "'-1'"],
  [['--relay-host', 'a b'], "'a b'"],
  [['--max-terminators', '0'], 'not 0'],
  [['--users', ''], 'at least one'],
  [['--users', 'user1,,user2'], 'empty'],
  [['--users', 'user1,user1'], 'one of its own'],
  [['--users', 'relay1'], 'one of its own'],
  [['--users', 'authority'], "network's own key"],
  [['--users', 'a/b'], 'a/b'],
  [['--service', 'a@b'], '@'],
  [['--network-name', ''], 'empty'],
  [['--interactive'], 'terminal'],
  [['--colour'], '--colour'],
  [['--users'], 'argument missing'],
  [['now'], 'too many arguments'],
])('setup %j is wrong usage: one line, exit code 2, nothing written', async (flags, why) => {
  const { code, stdout, stderr } = await cli(['setup', ...flags], place.dir)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/^chat-p2p: [^\n]+\n$/)
  expect(stderr).toContain(why)
  expect(readdirSync(place.dir)).toEqual([])
})

test.each([
  [['setp'], "unknown command 'setp'"],
  [['identity', 'frobnicate'], "unknown command 'frobnicate'"],
  [['network', 'show', '--xml'], "unknown option '--xml'"],
])('%j is wrong usage', async (args, why) => {
  const { code, stdout, stderr } = await cli(args, place.dir)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/^chat-p2p: [^\n]+\n$/)
  expect(stderr).toContain(why)
})

test.each([
  [['setup', '--usres', 'ann'], 'chat-p2p setup --help'],
  [['relay'], 'chat-p2p relay --help'],
  [['forward', 'ssh', '-i', 'relay'], 'chat-p2p forward --help'],
  [['identity', 'shwo'], 'chat-p2p identity --help'],
  [['identity', 'create'], 'chat-p2p identity create --help'],
  [['setpu'], 'chat-p2p --help'],
  [['-i', 'setup', '--frob'], 'chat-p2p --help'],
])('%j is answered with the help of that very command', async (args, help) => {
  expect((await cli(args, place.dir)).stderr).toMatch(new RegExp(`\\(see ${help}\\)\\n$`))
})

test.each([
  ['identity', 'create', 'carol'],
  ['invite', 'carol'],
  ['invite', '--list'],
  ['network', 'publish', '--network-name', 'office'],
  ['identity', 'renewal-key', '--list'],
])('%s %s on a machine that joined says where it is to be done, and not to make a second network', async (...args) => {
  mkdirSync(path.join(place.dir, 'identities'))
  writeFileSync(path.join(place.dir, 'identities', 'bob.json'), '{}', { mode: 0o600 })
  for (const dir of [place.dir, path.join(place.dir, 'empty')]) {
    mkdirSync(dir, { recursive: true })
    const { code, stderr } = await cli(args, dir)
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/no identity 'authority' .*: do this where `chat-p2p setup` was run, or say where/),
    })
  }
})

test.each([
  [['--cost', '65536'], 'a whole number from 0 to 65535'],
  [['--cost', '-1'], "'-1'"],
  [['--precedence', 'first'], 'takes default, required, failed'],
  [['--dry-run'], '--dry-run goes with --install or --uninstall only'],
  [['--user'], '--user goes with --install or --uninstall only'],
  [['--install', '--uninstall'], 'two commands'],
])('host %j is wrong usage', async (flags, why) => {
  const { code, stderr } = await cli(['host', 'ssh', '--to', '22', '-i', 'server1', ...flags], place.dir)
  expect(code).toBe(2)
  expect(stderr).toContain(why)
})

test.each([
  [['--dry-run'], '--dry-run goes with --install or --uninstall only'],
  [['--install', '--uninstall'], 'two commands'],
  [['--tls-cert', 'cert.pem'], 'belong together'],
])('relay %j is wrong usage', async (flags, why) => {
  const { code, stderr } = await cli(['relay', '-i', 'relay1', ...flags], place.dir)
  expect(code).toBe(2)
  expect(stderr).toContain(why)
})

test.each([['--help'], ['--version'], ['setup', '--help']])('%s %s prints to stdout and exits 0', async (...args) => {
  const { code, stdout, stderr } = await cli(args, place.dir)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).not.toBe('')
})

test('CHAT_P2P_IDENTITY and CHAT_P2P_DIR stand for -i and --dir', async () => {
  const made = path.join(place.dir, 'net')
  expect(await cli(['setup', '--dir', made, '--users', 'ann', '--relays', '1'], place.dir)).toMatchObject({ code: 0 })
  vi.stubEnv('CHAT_P2P_IDENTITY', 'ann')
  // Nobody called ann here, so far.
  expect((await cli(['host', 'nosuch', '--to', '22'], place.dir)).stderr).toContain("no identity 'ann'")
  vi.stubEnv('CHAT_P2P_DIR', made)
  expect((await cli(['relay'], place.dir)).stderr).toContain('ann is a user identity; this needs a relay')
  expect((await cli(['identity', 'show', '--json'], place.dir)).stdout).toContain('"name": "relay1"')
  vi.stubEnv('CHAT_P2P_IDENTITY', '')
  vi.stubEnv('CHAT_P2P_DIR', '')
  vi.stubEnv('XDG_CONFIG_HOME', place.dir)
  renameSync(made, path.join(place.dir, 'chat-p2p'))
  expect((await cli(['relay', '-i', 'ann'], place.dir)).stderr).toContain('ann is a user identity; this needs a relay')
})
