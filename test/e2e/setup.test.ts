import { cpSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadIdentity } from '../../src/identity/identity-file.js'
import { mayBind, mayDial } from '../../src/identity/policy.js'
import { bin, chatP2p, temporaryFolder } from '../support/cli.js'

let place: ReturnType<typeof temporaryFolder>
let dir: string
beforeEach(() => {
  place = temporaryFolder()
  dir = place.dir
})
afterEach(() => place.remove())

const at = (file: string) => path.join(dir, file)
const setup = (...flags: string[]) => chatP2p(['setup', ...flags], { cwd: dir })
const load = (name: string) => loadIdentity(name, { directory: at('identities') })

/** Every file below the folder with its content; folders as such. */
function tree(): Record<string, string> {
  const entries = readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort()
  return Object.fromEntries(
    entries.map((entry) => [entry, lstatSync(at(entry)).isDirectory() ? 'folder' : readFileSync(at(entry), 'utf8')]),
  )
}

const members = ['user1', 'user2', 'user3', 'user4', 'relay1', 'relay2', 'relay3']
const written = [...members, 'authority'].map((name) => `identities/${name}.json`)

test('without questions it makes a network that holds together', async () => {
  const { code, stdout, stderr } = await setup()
  expect({ code, files: stdout.trim().split('\n') }).toEqual({ code: 0, files: [...written, 'setup/service.json'] })
  const authority = await loadIdentity('authority', { directory: at('identities'), expectKind: 'authority' })
  for (const name of members) {
    const { certificate, network, kind } = await load(name)
    expect(network?.networkId).toBe(authority.peerId.toString())
    const service = network!.services.get('chat-p2p')!
    expect(kind).toBe(name.startsWith('relay') ? 'relay' : 'user')
    expect(mayBind(service, certificate!, name), name).toBe(kind === 'user')
    expect(mayDial(service, certificate!), name).toBe(kind === 'user')
  }
  expect(authority.network?.relays.map(({ name, multiaddrs }) => [name, ...multiaddrs])).toEqual([
    ['relay1', '/ip4/127.0.0.1/tcp/4001'],
    ['relay2', '/ip4/127.0.0.1/tcp/4002'],
    ['relay3', '/ip4/127.0.0.1/tcp/4003'],
  ])
  expect(authority.issued?.map(({ name }) => name)).toEqual(members)
  for (const next of ['relay -i relay1', 'relay -i relay2', 'relay -i relay3', '-i user1', '-i user2']) {
    expect(stderr).toContain(`${bin} ${next}\n`)
  }
})

test('identity files are for their owner only, and no private key is printed', async () => {
  const { stdout, stderr } = await setup('-v')
  for (const file of written) expect(statSync(at(file)).mode & 0o777, file).toBe(0o600)
  expect(statSync(at('identities')).mode & 0o777).toBe(0o700)
  for (const file of written) {
    const { privateKey } = JSON.parse(readFileSync(at(file), 'utf8'))
    expect(privateKey).toMatch(/^[\w+/=]{80,}$/)
    expect(stdout + stderr).not.toContain(privateKey.slice(8, 40))
  }
})

test('every flag arrives, in a folder that is not there yet', async () => {
  const flags =
    '--dir a/b --network-name office --users ann,bob --relays 2 --relay-host 10.0.0.5 --relay-base-port 9000 --service talk --max-terminators 2'
  const { code, stderr } = await setup(...flags.split(' '))
  expect(code, stderr).toBe(0)
  expect(stderr).toContain(`scp -p ${path.join('a/b/identities/relay1.json')} `)
  const { network } = await loadIdentity(at('a/b/identities/ann.json'))
  expect(network?.networkName).toBe('office')
  expect(network?.relays.map(({ multiaddrs }) => multiaddrs)).toEqual([
    ['/ip4/10.0.0.5/tcp/9000'],
    ['/ip4/10.0.0.5/tcp/9001'],
  ])
  expect(network?.services.get('talk')?.maxTerminators).toBe(2)
  expect(readdirSync(at('a/b/identities')).sort()).toEqual(
    ['ann', 'authority', 'bob', 'relay1', 'relay2'].map((name) => `${name}.json`),
  )
})

test('a second run says what exists, touches nothing and exits 1', async () => {
  await setup()
  const before = tree()
  const { code, stdout, stderr } = await setup()
  expect(code).toBe(1)
  expect(stdout).toBe('')
  expect(stderr).toMatch(/^chat-p2p: .*identities\/user1\.json.*exist already.*--force.*\n$/)
  expect(tree()).toEqual(before)
})

test('one file that exists is enough to refuse all', async () => {
  mkdirSync(at('identities'))
  writeFileSync(at('identities/user3.json'), 'mine')
  const before = tree()
  const { code, stderr } = await setup()
  expect(code).toBe(1)
  expect(stderr).toContain('identities/user3.json exists already')
  expect(tree()).toEqual(before)
})

test('--force makes a new network and keeps the old one in a backup, which it names', async () => {
  await setup()
  mkdirSync(at('identities/.state'))
  writeFileSync(at('identities/.state/user1.network'), 'old memory')
  writeFileSync(at('identities/carol.json'), 'of the old network')
  const before = tree()
  const old = await load('user1')
  const { code, stderr } = await setup('--force')
  expect(code, stderr).toBe(0)
  expect((await load('user1')).network?.networkId).not.toBe(old.network?.networkId)
  const backup = /What was there before is in (.*)/.exec(stderr)?.[1] ?? 'not named'
  for (const file of [...written, 'identities/.state/user1.network']) {
    expect(readFileSync(at(path.join(backup, file)), 'utf8'), file).toBe(before[file])
  }
  expect((await loadIdentity(at(path.join(backup, 'identities/user1.json')))).name).toBe('user1')
  expect(existsSync(at('identities/.state'))).toBe(false)
  expect(readFileSync(at('identities/carol.json'), 'utf8')).toBe('of the old network')
  expect(stderr).toContain('From another network, and of no use in this one: identities/carol.json')
  expect(readFileSync(at('setup/service.json'), 'utf8')).toBe(before['setup/service.json'])
})

test('in a clone, the tracked service file and the README of identities stay as they are', async () => {
  const root = path.resolve(import.meta.dirname, '../..')
  for (const file of ['setup/service.json', 'setup/setup.md', 'identities/README.md']) {
    cpSync(path.join(root, file), at(file))
  }
  const before = tree()
  const { code, stdout } = await setup()
  expect({ code, files: stdout.trim().split('\n') }).toEqual({ code: 0, files: written })
  expect(tree()).toMatchObject(before)
})

test('an edited service file is what the network gets', async () => {
  mkdirSync(at('setup'))
  writeFileSync(at('setup/service.json'), '{"name":"talk","dial":{"roles":["@user2"]},"maxTerminators":1}')
  expect((await setup()).code).toBe(0)
  const { network } = await load('user1')
  expect([...network!.services.keys()]).toEqual(['talk'])
  expect(network!.services.get('talk')).toMatchObject({ maxTerminators: 1, dial: { roles: ['@user2'] } })
})

test('a flag that contradicts the service file is refused; with --force it wins and the file is kept', async () => {
  mkdirSync(at('setup'))
  writeFileSync(at('setup/service.json'), '{"name":"talk"}')
  const before = tree()
  const refused = await setup('--service', 'other')
  expect(refused.code).toBe(1)
  expect(refused.stderr).toContain('setup/service.json')
  expect(tree()).toEqual(before)
  const forced = await setup('--service', 'other', '--force')
  expect(forced.code, forced.stderr).toBe(0)
  expect(JSON.parse(readFileSync(at('setup/service.json'), 'utf8')).name).toBe('other')
  const backup = /What was there before is in (.*)/.exec(forced.stderr)?.[1] ?? 'not named'
  expect(readFileSync(at(path.join(backup, 'setup/service.json')), 'utf8')).toBe('{"name":"talk"}')
})

test.each([
  ['setup is a file', () => writeFileSync(at('setup'), 'not a folder')],
  ['identities is a file', () => writeFileSync(at('identities'), 'not a folder')],
  ['the service file is a folder', () => mkdirSync(at('setup/service.json'), { recursive: true })],
  [
    'the service file is not JSON',
    () => {
      mkdirSync(at('setup'))
      writeFileSync(at('setup/service.json'), '{')
    },
  ],
])('when %s, it fails in one line and nothing is changed, with --force or without', async (_, prepare) => {
  prepare()
  const before = tree()
  for (const flags of [[], ['--force']]) {
    const { code, stderr } = await setup(...flags)
    expect(code).toBe(1)
    expect(stderr).toMatch(/^chat-p2p: [^\n]+\n$/)
    expect(tree()).toEqual(before)
  }
})

test('wrong usage is one line on stderr, exit code 2, and nothing is written', async () => {
  const { code, stdout, stderr } = await setup('--relays', '65')
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/^chat-p2p: The number of relays [^\n]+\n$/)
  expect(tree()).toEqual({})
})

test('-v adds the stack to an error', async () => {
  const { stderr } = await setup('--relays', '0', '-v')
  expect(stderr).toMatch(/^chat-p2p: The number of relays[^\n]+\nOverlayError: [^\n]+\n\s+at /)
})

test('whatever happens at the same time, no name is given twice and no revision is lost', async () => {
  const names = ['a', 'b', 'c', 'd']
  await setup()
  const results = await Promise.all(names.map((name) => chatP2p(['identity', 'create', name], { cwd: dir })))
  const issued = (await load('authority')).issued!.map(({ name }) => name)
  for (const [index, name] of names.entries()) {
    expect(issued.includes(name), name).toBe(results[index]!.code === 0)
    expect(existsSync(at(`identities/${name}.json`)), name).toBe(results[index]!.code === 0)
  }
})
