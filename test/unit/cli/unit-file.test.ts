import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { unitName, unitText } from '../../../src/cli/unit-file.js'
import { temporaryFolder } from '../../support/cli.js'
import { cli } from './in-process.js'

const hasAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0

let place: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  place = temporaryFolder()
})
afterEach(() => {
  vi.unstubAllEnvs()
  place.remove()
})

const at = (file: string) => path.join(place.dir, file)
const calls = () => (existsSync(at('calls')) ? readFileSync(at('calls'), 'utf8').trim().split('\n') : [])

/** A systemctl that writes down what it is told, and says what the test wants. */
function fakeSystemctl(script = 'exit 0'): void {
  mkdirSync(at('bin'), { recursive: true })
  writeFileSync(at('bin/systemctl'), `#!/bin/sh\necho "$@" >> '${at('calls')}'\n${script}\n`)
  chmodSync(at('bin/systemctl'), 0o755)
  vi.stubEnv('PATH', `${at('bin')}:${process.env.PATH}`)
  vi.stubEnv('XDG_CONFIG_HOME', at('config'))
}

const plan = { description: 'd', command: ['/n', 'host', 'ssh'], folder: '/v/i', system: true }

test('a word with a space, a quote, a percent sign or a dollar is one word for systemd, and means itself', () => {
  const text = unitText({ ...plan, command: ['/n', 'a b', 'c"d\\', '100%', '$HOME', "it's", 'unix:/run/x'] })
  expect(text).toContain(`ExecStart=/n "a b" "c\\"d\\\\" 100%% $$HOME "it's" unix:/run/x\n`)
})

test('a unit of the machine runs as the owner of the identity, shut in; one of a person as that person', () => {
  expect(unitText({ ...plan, uid: 1001 })).toMatch(
    /User=1001\n(.*\n)*ReadWritePaths=\/v\/i\n(.*\n)*WantedBy=multi-user/,
  )
  expect(unitText({ ...plan, system: false, uid: 1001 })).not.toMatch(/User=|Protect|multi-user/)
})

test('the name of a unit can be no path', () => {
  expect(unitName('ssh', 'server1')).toBe('chat-p2p-ssh-server1.service')
  expect(unitName('ssh', '../a b@ü')).toBe('chat-p2p-ssh-..\\x2fa\\x20b\\x40\\xc3\\xbc.service')
})

test.skipIf(!hasAnalyze)('systemd has nothing to say against either unit', () => {
  for (const system of [true, false]) {
    const file = at(`chat-p2p-${system}.service`)
    const command = [process.execPath, 'host', 'a b', '100%']
    writeFileSync(file, unitText({ ...plan, command, folder: place.dir, system }))
    const { stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', file], { encoding: 'utf8' })
    expect(stderr.split('\n').filter((line) => line.includes('chat-p2p-'))).toEqual([])
  }
})

test('host --install shows the unit, writes, enables and starts it; --uninstall takes it away', async () => {
  fakeSystemctl()
  await cli(['setup', '--users', 'server1', '--relays', '1'], place.dir)
  const host = ['host', 'ssh', '--to', '22', '-i', 'server1', '--user']
  const file = at('config/systemd/user/chat-p2p-ssh-server1.service')
  const shown = await cli([...host, '--install', '--dry-run'], place.dir)
  expect(shown.code, shown.stderr).toBe(0)
  expect(shown.stderr).toContain('[Service]')
  expect(existsSync(file)).toBe(false)
  const done = await cli([...host, '--allow', '#admin', '--allow', 'bob', '--relay-only', '--install'], place.dir)
  expect(done).toMatchObject({ code: 0, stdout: `${file}\n` })
  const unit = readFileSync(file, 'utf8')
  expect(done.stderr).toContain(unit)
  expect(unit).toMatch(
    /^ExecStart=\S+ .*host ssh --to 22 --allow "#admin" --allow bob --relay-only -i \S+\/identities\/server1\.json$/m,
  )
  expect(calls()).toEqual([
    '--user daemon-reload',
    '--user enable chat-p2p-ssh-server1.service',
    '--user restart chat-p2p-ssh-server1.service',
  ])
  const gone = await cli(['host', 'ssh', '-i', 'server1', '--user', '--uninstall'], place.dir)
  expect(gone).toMatchObject({ code: 0, stdout: `${file}\n` })
  expect(existsSync(file)).toBe(false)
  expect(calls().slice(3)).toEqual(['--user disable --now chat-p2p-ssh-server1.service', '--user daemon-reload'])
  const again = await cli(['host', 'ssh', '-i', 'server1', '--user', '--uninstall'], place.dir)
  expect(again.stderr).toMatch(/^chat-p2p: There is no unit .*; nothing was changed\.\n$/)
})

test('a unit that systemd does not take, and a command line that is wrong, leave nothing behind', async () => {
  fakeSystemctl('echo "Failed to connect to bus" >&2; exit 1')
  await cli(['setup', '--users', 'server1', '--relays', '1'], place.dir)
  const host = ['host', 'ssh', '-i', 'server1', '--user', '--install']
  const refused = await cli([...host, '--to', '22'], place.dir)
  expect(refused.code).toBe(1)
  expect(refused.stderr).toMatch(/chat-p2p: systemd did not take the unit: Failed to connect to bus\n$/)
  expect(existsSync(at('config/systemd/user/chat-p2p-ssh-server1.service'))).toBe(false)
  expect((await cli(host, place.dir)).stderr).toContain('host takes --to')
  expect((await cli([...host, '--to', '0'], place.dir)).code).toBe(2)
})
