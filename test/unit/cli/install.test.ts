import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { programWords } from '../../../src/cli/install.js'
import { createProgram } from '../../../src/cli/program.js'
import { temporaryFolder } from '../../support/cli.js'
import { makeCertificate } from '../../support/debian.js'
import { cli } from './in-process.js'

const isRoot = process.getuid?.() === 0
const inTmp = /^\/(var\/)?tmp(\/|$)/.test(realpathSync(tmpdir()))
const portFile = '/proc/sys/net/ipv4/ip_unprivileged_port_start'
const firstFreePort = existsSync(portFile) ? Number(readFileSync(portFile, 'utf8')) : 0

let place: ReturnType<typeof temporaryFolder>
beforeEach(async () => {
  place = temporaryFolder()
  await cli(['setup', '--users', 'server1', '--relays', '1'], place.dir)
})
afterEach(() => {
  vi.unstubAllEnvs()
  place.remove()
})

const at = (file: string) => path.join(place.dir, file)
const calls = () => (existsSync(at('calls')) ? readFileSync(at('calls'), 'utf8').trim().split('\n') : [])
const unitFile = (name: string) => at(`config/systemd/user/chat-p2p-${name}.service`)
const execStart = (unit: string) => /^ExecStart=(.*)$/m.exec(unit)![1]!

/** A systemctl that writes down what it is told, and says what the test wants. */
function fakeSystemctl(script = 'exit 0'): void {
  mkdirSync(at('bin'), { recursive: true })
  writeFileSync(at('bin/systemctl'), `#!/bin/sh\necho "$@" >> '${at('calls')}'\n${script}\n`)
  chmodSync(at('bin/systemctl'), 0o755)
  vi.stubEnv('PATH', `${at('bin')}:${process.env.PATH}`)
  vi.stubEnv('XDG_CONFIG_HOME', at('config'))
}

test('host --install shows the unit, writes, enables and starts it; --uninstall takes it away', async () => {
  fakeSystemctl()
  const host = ['host', 'ssh', '--to', '22', '-i', 'server1', '--user']
  const file = unitFile('ssh-server1')
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
  const host = ['host', 'ssh', '-i', 'server1', '--user', '--install']
  const refused = await cli([...host, '--to', '22'], place.dir)
  expect(refused.code).toBe(1)
  expect(refused.stderr).toMatch(/chat-p2p: systemd did not take the unit: Failed to connect to bus\n$/)
  expect(existsSync(unitFile('ssh-server1'))).toBe(false)
  expect((await cli(host, place.dir)).stderr).toContain('host takes --to')
  expect((await cli([...host, '--to', '0'], place.dir)).code).toBe(2)
})

test('relay --install makes a unit of the same command line; --uninstall takes it away', async () => {
  fakeSystemctl()
  const file = unitFile('relay-relay1')
  const done = await cli(
    ['relay', '-i', 'relay1', '--user', '--quota', 'dials=5', '--quota', 'bytes=0', '--install'],
    place.dir,
  )
  expect(done, done.stderr).toMatchObject({ code: 0, stdout: `${file}\n` })
  const unit = readFileSync(file, 'utf8')
  expect(done.stderr).toContain(unit)
  expect(unit).toContain('Description=chat-p2p relay relay1\n')
  expect(execStart(unit)).toMatch(/^\S+ .*relay --quota dials=5 --quota bytes=0 -i \S+\/identities\/relay1\.json$/)
  const name = 'chat-p2p-relay-relay1.service'
  expect(calls()).toEqual(['--user daemon-reload', `--user enable ${name}`, `--user restart ${name}`])
  const gone = await cli(['relay', '-i', 'relay1', '--user', '--uninstall'], place.dir)
  expect(gone).toMatchObject({ code: 0, stdout: `${file}\n` })
  expect(existsSync(file)).toBe(false)
})

test('every flag of relay is in its unit, and files are found from any folder', async (context) => {
  const made = makeCertificate(place.dir, 'DNS:a.example', 'made')
  if (made === undefined) return context.skip('needs openssl')
  symlinkSync(made.cert, at('live.pem')) // as certbot has it
  symlinkSync(made.key, at('key.pem'))
  await cli(['identity', 'renewal-key', 'key.json'], place.dir)
  const given: Record<string, string[]> = {
    '--listen': ['/ip4/127.0.0.1/tcp/4001', '/ip4/127.0.0.1/tcp/4443/tls/ws'],
    '--announce': ['/dns/a.example/tcp/4001'],
    '--tls-cert': ['live.pem'],
    '--tls-key': ['key.pem'],
    '--trust-proxy': ['10.0.0.0/8'],
    '--metrics': ['127.0.0.1:9100'],
    '--quota': ['dials=5'],
    '--renewal-key': ['key.json'],
    '--proxy': ['none'],
    '--verbose': [],
    '--allow-exposed-identity': [],
  }
  const left = ['--identity', '--passphrase-fd', '--install', '--uninstall', '--user', '--dry-run']
  const { options } = (await createProgram()).commands.find((command) => command.name() === 'relay')!
  expect(options.map(({ long }) => long).sort()).toEqual([...Object.keys(given), ...left].sort())
  const flags = Object.entries(given).flatMap(([flag, values]) =>
    values.length === 0 ? [flag] : values.flatMap((value) => [flag, value]),
  )
  fakeSystemctl()
  const { code, stderr } = await cli(['relay', '-i', 'relay1', ...flags, '--user', '--install', '--dry-run'], place.dir)
  expect(code, stderr).toBe(0)
  const command = execStart(stderr)
  for (const [flag, values] of Object.entries(given)) {
    for (const value of values) {
      // A link stays one: a renewed certificate is reached through it.
      const path = /\.(pem|json)$/.test(value) ? `\\S+/${value}` : value
      expect(command).toMatch(new RegExp(` ${flag} ${path} `))
    }
    expect(command).toContain(` ${flag} `)
  }
  expect(calls()).toEqual([])
})

test.each([
  [['--quota', 'x=1'], '--quota takes'],
  [['--listen', 'here'], "'here' is not a multiaddr"],
  [['--announce', 'there'], "'there' is not a multiaddr"],
  [['--listen', '/ip4/127.0.0.1/tcp/443/tls/ws'], 'takes --tls-cert and --tls-key'],
  [['--tls-cert', 'cert.pem'], 'belong together'],
  [['--tls-cert', 'cert.pem', '--tls-key', 'key.pem'], 'cert.pem cannot be read'],
  [['--trust-proxy', 'nginx'], 'A trusted proxy is'],
  [['--metrics', '9100'], '--metrics takes host:port'],
  [['--renewal-key', 'key.json'], 'There is no renewal key key.json'],
  [['-i', 'server1'], 'this needs a relay'],
])('relay %j is not installed: that is said now, not in a journal', async (flags, why) => {
  fakeSystemctl()
  const { code, stderr } = await cli(['relay', '-i', 'relay1', ...flags, '--user', '--install'], place.dir)
  expect(code).not.toBe(0)
  expect(stderr).toContain(why)
  expect(calls()).toEqual([])
  expect(existsSync(at('config'))).toBe(false)
})

test('the socket that a host leads to is found from any folder', async () => {
  const host = ['host', 'ssh', '--to', 'unix:run/x.sock', '-i', 'server1', '--user', '--install', '--dry-run']
  const { code, stderr } = await cli(host, place.dir)
  expect(code, stderr).toBe(0)
  expect(execStart(stderr)).toMatch(/ --to unix:\/\S+\/run\/x\.sock -i /)
})

test('an identity that nobody has signed is not installed', async () => {
  fakeSystemctl()
  await cli(['identity', 'request', 'new1', '--role', 'server'], place.dir)
  const { code, stderr } = await cli(['host', 'ssh', '--to', '22', '-i', 'new1', '--user', '--install'], place.dir)
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('has no certificate yet') })
  expect(calls()).toEqual([])
})

test.each(['--install', '--uninstall'])('%s leaves a unit alone that it has not written', async (flag) => {
  fakeSystemctl()
  const file = unitFile('relay-relay1')
  mkdirSync(path.dirname(file), { recursive: true })
  // As of a host for a service that is called relay.
  writeFileSync(file, '# Written by `chat-p2p host --install`; `--uninstall` takes it away.\n')
  const { code, stderr } = await cli(['relay', '-i', 'relay1', '--user', flag], place.dir)
  expect({ code, stderr }).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('was not written by relay --install'),
  })
  expect(readFileSync(file, 'utf8')).toContain('host --install')
  expect(calls()).toEqual([])
})

test.skipIf(!isRoot || !inTmp)(
  'a unit of the machine, with a /tmp of its own, is refused an identity there',
  async () => {
    for (const words of [
      ['relay', '-i', 'relay1'],
      ['host', 'ssh', '--to', '22', '-i', 'server1'],
    ]) {
      const { code, stderr } = await cli([...words, '--install', '--dry-run'], place.dir)
      // Or the program, when that is there as well, as it is in a clone in /tmp.
      expect(stderr).toMatch(/^chat-p2p: A unit of the machine has a \/tmp of its own, and would not find \/tmp\/\S+/)
      expect(code).toBe(1)
    }
  },
)

test.skipIf(firstFreePort <= 443)("a port below 1024 is not for a person's unit", async () => {
  const relay = ['relay', '-i', 'relay1', '--listen', '/ip4/127.0.0.1/tcp/443', '--user', '--install', '--dry-run']
  const { code, stderr } = await cli(relay, place.dir)
  expect({ code, stderr }).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Port 443 takes a unit of the machine'),
  })
})

test('the single executable is named once: it is its own script', () => {
  symlinkSync(process.execPath, at('chat-p2p'))
  writeFileSync(at('bin.js'), '')
  expect(programWords(process.execPath, at('chat-p2p'))).toEqual([process.execPath])
  expect(programWords(process.execPath, undefined)).toEqual([process.execPath])
  expect(programWords(process.execPath, at('bin.js'))).toHaveLength(2)
})
