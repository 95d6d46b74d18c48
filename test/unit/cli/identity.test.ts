import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadIdentity } from '../../../src/identity/identity-file.js'
import { type Finished, temporaryFolder } from '../../support/cli.js'
import { cli } from './in-process.js'

let place: ReturnType<typeof temporaryFolder>
let dir: string
beforeEach(async () => {
  place = temporaryFolder()
  dir = place.dir
  await done('setup', '--users', 'user1,user2', '--relays', '1')
})
afterEach(() => place.remove())

const at = (file: string) => path.join(dir, file)
const run = (...args: string[]) => cli(args, dir)
const load = (name: string) => loadIdentity(name, { directory: at('identities') })
const text = (file: string) => readFileSync(at(file), 'utf8')

async function done(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(...args)
  expect(code, stderr).toBe(0)
  return stdout
}

function expectFailure({ code, stdout, stderr }: Finished, expectedCode: number, why: string): void {
  expect({ code, stdout }).toEqual({ code: expectedCode, stdout: '' })
  expect(stderr).toMatch(/^chat-p2p: [^\n]+\n$/)
  expect(stderr).toContain(why)
}

const json = async (...args: string[]) => JSON.parse(await done(...args, '--json'))

test('a created identity is a member at once, with the roles and grants it was given', async () => {
  const grants = ['--grant', 'helpdesk@chat-p2p', '--grant', 'a@b@ssh']
  const stdout = await done('identity', 'create', 'carol', '--role', 'chat', '--role', 'ops', ...grants, '--days', '2')
  expect(stdout).toBe('identities/carol.json\n')
  expect(statSync(at('identities/carol.json')).mode & 0o777).toBe(0o600)
  const { certificate, network } = await load('carol')
  expect(certificate).toMatchObject({
    roles: ['chat', 'ops'],
    grants: [
      { instanceId: 'helpdesk', service: 'chat-p2p' },
      { instanceId: 'a@b', service: 'ssh' },
    ],
  })
  expect(certificate!.expiresAtMs - certificate!.issuedAtMs).toBe(2 * 86_400_000)
  expect(network?.networkId).toBe((await load('user1')).network?.networkId)
})

test('a relay always has the role of one', async () => {
  await done('identity', 'create', 'relay2', '--kind', 'relay', '--role', 'backup')
  expect((await load('relay2')).certificate?.roles).toEqual(['relay', 'backup'])
})

test('a name is given once: two people with one name would be one to everybody else', async () => {
  expectFailure(await run('identity', 'create', 'user1'), 1, 'identities/user1.json exists already')
  renameSync(at('identities/user1.json'), at('user1-elsewhere.json'))
  const before = text('identities/authority.json')
  expectFailure(await run('identity', 'create', 'user1'), 2, "The name 'user1' belongs to")
  expectFailure(await run('identity', 'create', 'USER1'), 2, "The name 'USER1' belongs to")
  expect(text('identities/authority.json')).toBe(before)
  await done('identity', 'revoke', 'user1')
  await done('identity', 'create', 'user1')
})

test('one name typed in two ways is one name: given once, found, signed, revoked', async () => {
  const [composed, decomposed] = ['Jos\u00e9', 'Jose\u0301']
  expect(await done('identity', 'create', decomposed)).toBe(`identities/${composed}.json\n`)
  expect((await load(decomposed)).certificate?.name).toBe(composed)
  expectFailure(await run('identity', 'create', composed), 1, 'exists already')
  renameSync(at(`identities/${composed}.json`), at('elsewhere.json'))
  expectFailure(await run('identity', 'create', composed), 2, 'belongs to')
  await done('identity', 'request', decomposed, '--dir', 'there')
  expectFailure(await run('identity', 'sign', `there/${composed}.request.json`), 2, 'belongs to')
  await done('identity', 'revoke', decomposed)
  await done('identity', 'sign', `there/${composed}.request.json`)
  await done('identity', 'install', `there/${composed}.certificate.json`, '--dir', 'there')
  // As an archive from another system may write it.
  renameSync(at(`there/identities/${composed}.json`), at(`there/identities/${decomposed}.json`))
  expect((await loadIdentity(composed, { directory: at('there/identities') })).name).toBe(composed)
})

test('a name that can be mistaken for another one is given with a warning', async () => {
  const { code, stderr } = await run('identity', 'create', 'user1'.replace('e', '\u0435').replace('s', '\u0455'))
  expect(code).toBe(0)
  expect(stderr).toContain("(U+0455 U+0435) can be mistaken for 'user1' (ASCII only)")
  await done('identity', 'request', 'userl', '--dir', 'there')
  expect((await run('identity', 'sign', 'there/userl.request.json')).stderr).toContain("can be mistaken for 'user1'")
  expect((await run('identity', 'create', 'carol')).stderr).not.toContain('Warning')
  const setup = await run('setup', '--users', 'paul,p\u0430ul,rn,m', '--dir', 'other')
  expect(setup.stderr.match(/^Warning: .*$/gm)).toEqual([
    expect.stringContaining("can be mistaken for 'paul'"),
    expect.stringContaining("can be mistaken for 'rn'"),
  ])
})

test('enrolment leaves the private key where it was made', async () => {
  await done('identity', 'request', 'alice', '--dir', 'alice')
  const { privateKey } = JSON.parse(text('alice/identities/alice.json'))
  expectFailure(
    await run('network', 'show', '-i', 'alice/identities/alice.json'),
    1,
    'alice/identities/alice.json knows no network yet',
  )
  await done('identity', 'sign', 'alice/alice.request.json')
  await done('identity', 'install', 'alice/alice.certificate.json', '--dir', 'alice')
  for (const file of ['alice/alice.request.json', 'alice/alice.certificate.json', 'identities/authority.json']) {
    expect(text(file), file).not.toContain(privateKey.slice(8, 40))
  }
  expect(existsSync(at('identities/alice.json'))).toBe(false)
  const alice = await loadIdentity(at('alice/identities/alice.json'))
  expect(alice.certificate?.roles).toEqual(['chat'])
  expect(JSON.parse(text('alice/identities/alice.json')).privateKey).toBe(privateKey)
  expect(statSync(at('alice/identities/alice.json')).mode & 0o777).toBe(0o600)
})

test('an identity that exists renews its certificate with the key it has', async () => {
  const before = await load('user1')
  await done('identity', 'request', 'user1')
  await done('identity', 'sign', 'user1.request.json', '--days', '700')
  await done('identity', 'install', 'user1.certificate.json')
  const after = await load('user1')
  expect(after.peerId.toString()).toBe(before.peerId.toString())
  expect(after.certificate!.expiresAtMs).toBeGreaterThan(before.certificate!.expiresAtMs + 300 * 86_400_000)
})

test('a request for more than the usual role is signed only when the roles are said', async () => {
  await done('identity', 'request', 'mallory', '--kind', 'relay', '--dir', 'm')
  const before = text('identities/authority.json')
  expectFailure(await run('identity', 'sign', 'm/mallory.request.json'), 2, '--role relay')
  expect(text('identities/authority.json')).toBe(before)
  await done('identity', 'sign', 'm/mallory.request.json', '--role', 'chat')
  expectFailure(
    await run('identity', 'install', 'm/mallory.certificate.json', '--dir', 'm'),
    1,
    'does not fit the relay',
  )
  await done('identity', 'sign', 'm/mallory.request.json', '--role', 'relay', '--out', 'm/second.json')
  await done('identity', 'install', 'm/second.json', '--dir', 'm')
  expect((await loadIdentity(at('m/identities/mallory.json'), { expectKind: 'relay' })).name).toBe('mallory')
})

test('a request under a name that somebody has is refused', async () => {
  await done('identity', 'request', 'user1', '--dir', 'm')
  expectFailure(await run('identity', 'sign', 'm/user1.request.json'), 2, "The name 'user1' belongs to")
  expect(existsSync(at('m/user1.certificate.json'))).toBe(false)
})

test('damaged, foreign and misplaced files are refused in one line', async () => {
  await done('identity', 'request', 'alice', '--dir', 'alice')
  expectFailure(await run('identity', 'sign', 'nowhere.json'), 1, 'There is no certificate request nowhere.json.')
  expectFailure(await run('identity', 'sign', '.'), 1, '. is a folder, not a certificate request.')
  expectFailure(await run('identity', 'sign', 'identities/user1.json'), 1, 'not a certificate request')
  expectFailure(await run('identity', 'install', 'alice/alice.request.json'), 1, 'not a certificate file')
  const request = JSON.parse(text('alice/alice.request.json'))
  writeFileSync(at('cut.json'), JSON.stringify({ ...request, request: request.request.slice(0, -8) }))
  expectFailure(await run('identity', 'sign', 'cut.json'), 1, 'malformed')
  await done('identity', 'sign', 'alice/alice.request.json')
  // Into somebody else's folder, where there is no such identity; and into that of a namesake with another key.
  expectFailure(await run('identity', 'install', 'alice/alice.certificate.json'), 1, "no identity 'alice'")
  await done('identity', 'request', 'alice', '--dir', 'other')
  expectFailure(await run('identity', 'install', 'alice/alice.certificate.json', '--dir', 'other'), 1, 'names peer id')
  await done('setup', '--dir', 'foreign')
  await done('identity', 'request', 'user1', '--out', 'user1.request.json')
  await done('identity', 'revoke', 'user1', '--dir', 'foreign')
  await done('identity', 'sign', 'user1.request.json', '--dir', 'foreign')
  expectFailure(await run('identity', 'install', 'user1.certificate.json'), 1, 'is a member of network')
})

test('files that exist are not overwritten', async () => {
  await done('identity', 'request', 'alice', '--dir', 'alice')
  expectFailure(await run('identity', 'request', 'alice', '--dir', 'alice'), 1, 'alice.request.json exists already')
  await done('identity', 'sign', 'alice/alice.request.json')
  const before = text('identities/authority.json')
  expectFailure(await run('identity', 'sign', 'alice/alice.request.json'), 1, 'alice.certificate.json exists already')
  expect(text('identities/authority.json')).toBe(before)
})

test('a revocation is in a new revision, in every identity of the folder', async () => {
  expect(await done('identity', 'revoke', 'user2')).toBe('revision 2\n')
  for (const name of ['user1', 'relay1', 'authority']) expect((await load(name)).network?.revision).toBe(2)
  await expect(load('user2')).rejects.toMatchObject({ code: 'certificate_revoked' })
  expect((await json('identity', 'show', 'user2')).certificate.status).toBe('revoked')
  expectFailure(await run('identity', 'revoke', 'user2'), 2, 'has no valid certificate any more')
  expectFailure(await run('identity', 'revoke', 'user1', 'nobody'), 2, "'nobody' never had a certificate")
  expect((await load('authority')).network?.revision).toBe(2)
})

test('revoking a relay takes it out of the network', async () => {
  await done('identity', 'revoke', 'relay1')
  expect((await json('network', 'show')).relays).toEqual([])
})

test('a new relay is published under the peer id that the authority gave the role', async () => {
  expectFailure(
    await run('network', 'publish', '--relay', 'relay2=/ip4/127.0.0.1/tcp/1'),
    2,
    'has no valid certificate',
  )
  expectFailure(await run('network', 'publish', '--relay', 'user1=/ip4/127.0.0.1/tcp/1'), 2, 'has not the role relay')
  await done('identity', 'create', 'relay2', '--kind', 'relay')
  const addresses = ['/ip4/127.0.0.1/tcp/5', '/ip6/::1/tcp/5'].flatMap((address) => ['--relay', `relay2=${address}`])
  expect(await done('network', 'publish', ...addresses)).toBe('revision 2\n')
  const network = await json('network', 'show', '-i', 'user1')
  expect(
    network.relays.map(({ name, multiaddrs }: { name: string; multiaddrs: string[] }) => [name, multiaddrs]),
  ).toEqual([
    ['relay1', ['/ip4/127.0.0.1/tcp/4001']],
    ['relay2', ['/ip4/127.0.0.1/tcp/5', '/ip6/::1/tcp/5']],
  ])
  expect(network.relays[1].peerId).toBe((await load('relay2')).peerId.toString())
  await done('network', 'publish', '--remove-relay', 'relay1')
  expect((await json('network', 'show')).relays).toHaveLength(1)
})

test('services are added, replaced and removed one by one', async () => {
  writeFileSync(at('ssh.json'), '{"name":"ssh","bind":{"roles":["#server"]},"dial":{"roles":["#ops"]}}')
  writeFileSync(at('chat.json'), '{"name":"chat-p2p","maxTerminators":2}')
  await done('network', 'publish', '--service-file', 'ssh.json', '--service-file', 'chat.json')
  const names = (services: { name: string; maxTerminators: number }[]) =>
    services.map(({ name, maxTerminators }) => `${name} ${maxTerminators}`)
  expect(names((await json('network', 'show')).services)).toEqual(['chat-p2p 2', 'ssh 3'])
  await done('network', 'publish', '--remove-service', 'chat-p2p', '--network-name', 'office')
  const network = await json('network', 'show')
  expect([network.name, network.revision, names(network.services)]).toEqual(['office', 3, ['ssh 3']])
})

test.each([
  [[], 2, 'nothing to change'],
  [['--service-file', 'nowhere.json'], 1, 'no service file'],
  [['--remove-service', 'ssh'], 2, "no service 'ssh'"],
  [['--remove-relay', 'relay9'], 2, "no relay 'relay9'"],
  [['--relay', 'relay1'], 2, 'name=multiaddr'],
  [['--relay', 'relay1='], 2, 'not a multiaddr'],
  [['--relay', 'relay1=127.0.0.1:4001'], 2, 'not a multiaddr'],
  [['--relay', 'relay1=/ip4/127.0.0.1'], 2, 'not a multiaddr'],
  [['--relay', 'relay1=/dns/a.example/tcp/443/tls'], 2, 'nothing that this version can dial'],
  [['--relay', 'relay1=/dns/a.example/tcp/443/http'], 2, 'nothing that this version can dial'],
  [['--relay', 'relay1=/ip4/127.0.0.1/udp/4001/quic-v1'], 2, 'nothing that this version can dial'],
  [['--relay', 'relay1=/ip4/127.0.0.1/udp/4001'], 2, 'nothing that this version can dial'],
  [['--network-name', ''], 2, 'empty'],
  [['--authority', 'nowhere.json', '--network-name', 'x'], 1, 'nowhere.json'],
  [['--authority', 'identities/user1.json', '--network-name', 'x'], 1, 'user identity'],
] as const)('network publish %j changes nothing and says why', async (flags, code, why) => {
  const before = text('identities/authority.json')
  expectFailure(await run('network', 'publish', ...flags), code, why)
  expect(text('identities/authority.json')).toBe(before)
  expect(readdirSync(at('identities')).filter((file) => file.endsWith('.lock'))).toEqual([])
})

test('network publish takes WebSocket addresses, and warns of a name that does not resolve', async () => {
  const address = '/dns/nobody.invalid/tcp/443/tls/ws/http-path/chat'
  const { code, stderr } = await run('network', 'publish', '--offline', '--relay', `relay1=${address}`)
  expect(code, stderr).toBe(0)
  expect(stderr).toContain('nobody.invalid')
  expect(JSON.parse(`${await done('network', 'show', '--json')}`).relays[0].multiaddrs).toEqual([address])
})

test('the authority can be somewhere else, as it should', async () => {
  renameSync(at('identities/authority.json'), at('offline.json'))
  expectFailure(await run('identity', 'create', 'carol'), 1, "no identity 'authority'")
  await done('identity', 'create', 'carol', '--authority', 'offline.json')
  await done('network', 'publish', '--network-name', 'office', '--authority', 'offline.json')
  expect((await load('carol')).network?.networkName).toBe('office')
})

test('the authority is used by one process at a time, and a lock whose process is gone is no obstacle', async () => {
  writeFileSync(at('identities/authority.json.lock'), `${process.pid}\n`)
  expectFailure(await run('identity', 'create', 'carol'), 1, `process ${process.pid}`)
  expect(existsSync(at('identities/carol.json'))).toBe(false)
  // No process has this number: it is above what the kernel gives out.
  writeFileSync(at('identities/authority.json.lock'), '4999999\n')
  await done('identity', 'create', 'carol')
  expect(existsSync(at('identities/authority.json.lock'))).toBe(false)
})

test('show lists what is there, one line each, and says what is damaged', async () => {
  const lines = (await done('identity', 'show')).trim().split('\n')
  expect(lines.map((line) => line.split(/\s+/)[0])).toEqual(['authority', 'relay1', 'user1', 'user2'])
  writeFileSync(at('identities/user2.json'), '{', { mode: 0o600 })
  chmodSync(at('identities/relay1.json'), 0o644)
  const { code, stdout, stderr } = await run('identity', 'show')
  expect(code).toBe(1)
  expect(stdout.trim().split('\n')).toHaveLength(2)
  expect(stderr).toContain("chmod 600 'identities/relay1.json'")
  expect(stderr).toContain('identities/user2.json is damaged')
  expect(stderr).toContain('chat-p2p: 2 of 4 identities')
})

test('show never shows a private key', async () => {
  const { privateKey } = JSON.parse(text('identities/authority.json'))
  const all =
    (await done('identity', 'show', 'authority')) + JSON.stringify(await json('identity', 'show', 'authority'))
  expect(all).not.toContain(privateKey.slice(8, 40))
  expect((await json('identity', 'show', 'authority')).issued).toHaveLength(3)
})

test('where there is nothing, it says how to begin', async () => {
  expectFailure(await run('identity', 'show', '--dir', 'empty'), 1, 'chat-p2p setup')
  expectFailure(await run('network', 'show', '--dir', 'empty'), 1, 'chat-p2p setup')
  expectFailure(await run('identity', 'create', 'x', '--dir', 'empty'), 1, 'chat-p2p setup')
})

test.each([
  [['create', 'a/b'], 'a/b'],
  [['create', ''], 'empty'],
  [['create', 'x', '--kind', 'king'], 'king'],
  [['create', 'x', '--role', 'two words'], 'role'],
  [['create', 'x', '--role', 'all'], "'all'"],
  [['create', 'x', '--grant', 'helpdesk'], 'instance@service'],
  [['create', 'x', '--days', '0'], '--days'],
  [['create', 'x', '--network-name', 'n'], '--kind authority'],
  [['create', 'x', '--kind', 'authority', '--role', 'chat'], '--role'],
  [['create', 'authority2', '--kind', 'authority', '--network-name', ''], 'empty'],
  [['create', 'al\u200bice'], "'al\\u{200b}ice' has characters that cannot be seen"],
  [['create'], 'missing required argument'],
  [['request', 'x', '--kind', 'authority'], 'authority'],
  [['request', 'Authority'], "the authority's own"],
  [['revoke'], 'missing required argument'],
])('identity %j is wrong usage', async (args, why) => {
  const before = readdirSync(at('identities'))
  expectFailure(await run('identity', ...args), 2, why)
  expect(readdirSync(at('identities'))).toEqual(before)
})
