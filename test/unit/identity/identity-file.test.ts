import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { toHex } from '../../../src/core/bytes.js'
import { issueCertificate } from '../../../src/identity/certificate.js'
import { HeldDocuments } from '../../../src/identity/held-documents.js'
import {
  type Identity,
  inspectIdentity,
  loadIdentity,
  networkFile,
  saveDocuments,
  writeIdentityFile,
} from '../../../src/identity/identity-file.js'
import { listIdentities } from '../../../src/identity/identity-lookup.js'
import { issueNetworkDocument } from '../../../src/identity/network-document.js'
import { rounds } from '../../support/budget.js'
import {
  authority,
  certificateOf,
  chat,
  codeOf,
  dayMs,
  id,
  issuedAtMs,
  otherAuthority,
  relay1,
  user1,
  user2,
} from './fixtures.js'

let directory: string
const at = (name: string) => path.join(directory, name)
const options = () => ({ directory, nowMs: issuedAtMs })
const load = (name: string, more = {}) => loadIdentity(name, { ...options(), ...more })
const text = (name: string) => readFileSync(at(name), 'utf8')

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'chat-p2p-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const network = (revision: number, signer = authority, revokedSerials: string[] = []) =>
  issueNetworkDocument(signer, {
    networkName: 'home',
    revision,
    issuedAtMs,
    relays: [{ name: 'relay1', peerId: id(relay1), multiaddrs: ['/ip4/127.0.0.1/tcp/4001'] }],
    services: [chat],
    revokedSerials,
  })

async function identity(name: string, privateKey: PrivateKey, kind: Identity['kind'] = 'user', roles = ['chat']) {
  return {
    name,
    kind,
    privateKey,
    peerId: peerIdFromPrivateKey(privateKey),
    certificate: kind === 'authority' ? undefined : await certificateOf(name, privateKey, { roles }),
    network: await network(1),
  } satisfies Identity
}

async function write(name: string, privateKey: PrivateKey, kind: Identity['kind'] = 'user', roles?: string[]) {
  await writeIdentityFile(at(`${name}.json`), await identity(name, privateKey, kind, roles))
}

/** Changes fields of one file's JSON; `undefined` removes one. */
function damage(name: string, change: Record<string, unknown>): void {
  writeFileSync(at(name), JSON.stringify({ ...JSON.parse(text(name)), ...change }))
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')

test('an identity reads back as it was written', async () => {
  await write('user1', user1)
  const loaded = await load('user1')
  expect(loaded).toMatchObject({
    ...(await identity('user1', user1)),
    certificate: expect.anything(),
    path: at('user1.json'),
  })
  expect(loaded.privateKey.equals(user1)).toBe(true)
  expect(loaded.certificate).toMatchObject({ name: 'user1', peerId: id(user1), roles: ['chat'] })
})

test('the authority needs no certificate', async () => {
  await write('authority', authority, 'authority')
  const loaded = await load('authority', { expectKind: 'authority' })
  expect(loaded.certificate).toBeUndefined()
  expect(loaded.network?.revision).toBe(1)
})

test('the file is readable by its owner only, and nothing else is left in the folder', async () => {
  await write('user1', user1)
  expect(statSync(at('user1.json')).mode & 0o777).toBe(0o600)
  expect(readdirSync(directory)).toEqual(['user1.json'])
})

test('an existing file is left alone unless it is to be replaced', async () => {
  await write('user1', user1)
  const before = text('user1.json')
  expect(await codeOf(() => write('user1', user2))).toBe('file_exists')
  expect(text('user1.json')).toBe(before)
  expect(readdirSync(directory)).toEqual(['user1.json'])
  await writeIdentityFile(at('user1.json'), await identity('user1', user2), { replace: true })
  expect((await load('user1')).peerId.toString()).toBe(id(user2))
})

test('a name is looked up in the folder of identities, a path is taken as it is', async () => {
  await write('user1', user1)
  mkdirSync(at('elsewhere'))
  expect((await load('user1')).name).toBe('user1')
  expect((await load('user1.json')).name).toBe('user1')
  expect((await load(at('user1.json'), { directory: at('elsewhere') })).name).toBe('user1')
  expect(await codeOf(() => load('user1', { directory: at('elsewhere') }))).toBe('file_unreadable')
  expect(await codeOf(() => load('./user1'))).toBe('file_unreadable')
})

test('user1.json of the current folder comes before the one in the folder of identities', async () => {
  const here = process.cwd()
  mkdirSync(at('identities'))
  await writeIdentityFile(at('identities/user1.json'), await identity('user1', user1))
  process.chdir(directory)
  try {
    expect((await loadIdentity('user1.json', { nowMs: issuedAtMs })).peerId.toString()).toBe(id(user1))
    await writeIdentityFile('user1.json', await identity('user1', user2))
    expect((await loadIdentity('user1.json', { nowMs: issuedAtMs })).peerId.toString()).toBe(id(user2))
    expect((await loadIdentity('user1', { nowMs: issuedAtMs })).peerId.toString()).toBe(id(user1))
  } finally {
    process.chdir(here)
  }
})

test('a missing identity says what is there, or how to make some', async () => {
  expect(await codeOf(() => load('user9'))).toBe('file_unreadable')
  await expect(load('user9')).rejects.toThrow('chat-p2p setup')
  await write('user1', user1)
  await write('user2', user2)
  await expect(load('user9')).rejects.toThrow('there are user1, user2.')
  expect(await listIdentities(directory)).toEqual(['user1', 'user2'])
})

test('a folder in the place of an identity is one clear error', async () => {
  mkdirSync(at('user1.json'))
  expect(await codeOf(() => load('user1'))).toBe('file_unreadable')
})

test.skipIf(process.platform === 'win32')('a named pipe is refused, not waited for', async () => {
  execFileSync('mkfifo', ['-m', '600', at('user1.json')])
  expect(await codeOf(() => load('user1'))).toBe('file_unreadable')
})

test('a control character in what was typed is not echoed raw', async () => {
  const error = await load('x\u001b[2J').catch((error) => error)
  expect(error.message).toContain('\\x1b')
  expect(error.message).not.toContain('\u001b')
})

test.skipIf(process.platform === 'win32').each([0o640, 0o604, 0o660, 0o644, 0o610, 0o601])(
  'mode %o is exposed, and the error says what to type',
  async (mode) => {
    await write('user1', user1)
    chmodSync(at('user1.json'), mode)
    const error = await load('user1').catch((error) => error)
    expect(error).toMatchObject({ code: 'identity_exposed' })
    expect(error.message).toContain(`chmod 600 '${at('user1.json')}'`)
    chmodSync(at('user1.json'), 0o400)
    expect(await codeOf(() => load('user1'))).toBe('nothing')
  },
)

test.each<[string, Record<string, unknown>, string]>([
  ['no format', { format: undefined }, 'format is missing'],
  ['something else', { format: 'ssh key' }, 'not an identity of chat-p2p'],
  ['a later format', { format: 'chat-p2p identity 2' }, 'newer chat-p2p'],
  ['no kind', { kind: undefined }, 'kind is missing'],
  ['an unknown kind', { kind: 'king' }, 'user, relay, authority'],
  ['no name', { name: undefined }, 'name is missing'],
  ['a name with a slash', { name: '../user1' }, 'may not'],
  ['another name', { name: 'user2' }, 'certificate is for user1'],
  ['no key', { privateKey: undefined }, 'privateKey is missing'],
  ['a number as key', { privateKey: 5 }, 'privateKey is not a text'],
  ['half a key', { privateKey: 'CAESQA==' }, 'not a private key'],
  ['a key that is not base64', { privateKey: '!!!!' }, 'privateKey is not base64'],
  ['another peer id', { peerId: id(user2) }, 'does not fit privateKey'],
  ['no peer id', { peerId: undefined }, 'peerId is missing'],
  ['no network id', { networkId: undefined }, 'networkId is missing'],
  ['a network id that is none', { networkId: 'home' }, 'networkId is not a peer id'],
  ['no certificate', { certificate: undefined }, 'certificate is missing'],
  ['a certificate that is not base64', { certificate: 'ä' }, 'certificate is not base64'],
  ['a network that is a number', { network: 1 }, 'network is not a text'],
])('%s in the file: identity_damaged, saying which part', async (_, change, why) => {
  await write('user1', user1)
  damage('user1.json', change)
  const error = await load('user1').catch((error) => error)
  expect(error).toMatchObject({ code: 'identity_damaged' })
  expect(error.message).toContain(why)
  expect(error.message).toContain(at('user1.json'))
})

test.each(['', 'hello', '{', '[]', 'null', '"user1"', '7'])('a file that holds %j is damaged', async (content) => {
  await write('user1', user1)
  writeFileSync(at('user1.json'), content)
  expect(await codeOf(() => load('user1'))).toBe('identity_damaged')
})

test('cut off at any byte it is damaged, and no part of the key shows in the error', async () => {
  await write('user1', user1)
  const whole = text('user1.json')
  const secret = JSON.parse(whole).privateKey as string
  // The last byte is the line end, which nobody misses.
  for (let end = 0; end < whole.trimEnd().length; end += rounds(1, 7)) {
    writeFileSync(at('user1.json'), whole.slice(0, end))
    const error = await load('user1').catch((error) => error)
    expect(error.code, `${end} bytes`).toBe('identity_damaged')
    expect(`${error.stack} ${error.cause}`).not.toContain(secret.slice(0, 12))
  }
})

test('a certificate of another network, another peer, a forger or a past year is told apart', async () => {
  const base = await identity('user1', user1)
  const cases = {
    certificate_expired: await certificateOf('user1', user1, {
      issuedAtMs: issuedAtMs - 9 * dayMs,
      expiresAtMs: issuedAtMs - dayMs,
    }),
    certificate_peer: await certificateOf('user1', user2),
    identity_damaged: await certificateOf('user2', user1),
  }
  for (const [code, certificate] of Object.entries(cases)) {
    await writeIdentityFile(at('user1.json'), { ...base, certificate }, { replace: true })
    expect(await codeOf(() => load('user1'))).toBe(code)
  }
  const foreign = await issueCertificate(otherAuthority, { name: 'user1', peerId: id(user1), roles: [], issuedAtMs })
  await writeIdentityFile(at('user1.json'), base, { replace: true })
  damage('user1.json', { certificate: base64(foreign.envelope) })
  expect(await codeOf(() => load('user1'))).toBe('certificate_foreign')
  damage('user1.json', { certificate: base64(foreign.envelope.slice(0, -1)) })
  expect(await codeOf(() => load('user1'))).toBe('certificate_invalid')
})

test('a network document of another network is foreign', async () => {
  await writeIdentityFile(at('user1.json'), {
    ...(await identity('user1', user1)),
    network: await network(1, otherAuthority),
  })
  expect(await codeOf(() => load('user1'))).toBe('certificate_foreign')
})

test('a certificate that the own network document revokes is refused, but can be looked at', async () => {
  const revoked = await identity('user1', user1)
  const serial = toHex(revoked.certificate!.serial)
  await writeIdentityFile(at('user1.json'), { ...revoked, network: await network(2, authority, [serial]) })
  expect(await codeOf(() => load('user1'))).toBe('certificate_revoked')
  expect((await inspectIdentity('user1', options())).certificate?.name).toBe('user1')
})

test('an identity that waits for its certificate can be looked at, not used', async () => {
  const { certificate: _, network: __, ...waiting } = await identity('user1', user1)
  await writeIdentityFile(at('user1.json'), waiting)
  expect((await inspectIdentity('user1', options())).certificate).toBeUndefined()
  const error = await load('user1').catch((error) => error)
  expect(error).toMatchObject({ code: 'identity_damaged' })
  expect(error.message).toContain('chat-p2p identity install')
})

test.each([
  ['user1', 'relay', 'user1 is a user identity; this needs a relay'],
  ['relay1', 'user', 'relay1 is a relay identity; this needs a user'],
  ['authority', 'user', 'authority is an authority identity'],
  ['user1', 'authority', 'for example authority'],
] as const)('%s where a %s is needed: identity_kind', async (name, expectKind, why) => {
  await write('user1', user1)
  await write('relay1', relay1, 'relay', ['relay'])
  await write('authority', authority, 'authority')
  const error = await load(name, { expectKind }).catch((error) => error)
  expect(error).toMatchObject({ code: 'identity_kind' })
  expect(error.message).toContain(why)
  expect(error.message).toContain(expectKind === 'relay' ? 'relay1' : expectKind === 'user' ? 'user1' : 'authority')
})

test('whoever edits a user into a relay gets nowhere: the certificate decides', async () => {
  await write('user1', user1)
  damage('user1.json', { kind: 'relay' })
  const error = await load('user1', { expectKind: 'relay' }).catch((error) => error)
  expect(error).toMatchObject({ code: 'identity_damaged' })
  expect(error.message).toContain('lacks the role relay')
})

test('the newest network document seen is kept, and an older one never replaces it', async () => {
  await write('user1', user1)
  const first = await load('user1')
  await saveDocuments(first, new HeldDocuments(await network(5)))
  expect((await load('user1')).network?.revision).toBe(5)
  await saveDocuments(first, new HeldDocuments(await network(4)))
  expect((await load('user1')).network?.revision).toBe(5)
  await saveDocuments(first, new HeldDocuments(await network(6)))
  expect((await load('user1')).network?.revision).toBe(6)
  expect(statSync(networkFile(at('user1.json'), 'user1')).mode & 0o777).toBe(0o600)
  expect(readdirSync(at('.state'))).toEqual(['user1.network'])
})

test('a document in the identity file that is newer than the kept one wins', async () => {
  await write('user1', user1)
  await saveDocuments(await load('user1'), new HeldDocuments(await network(5)))
  await writeIdentityFile(
    at('user1.json'),
    { ...(await identity('user1', user1)), network: await network(9) },
    { replace: true },
  )
  expect((await load('user1')).network?.revision).toBe(9)
})

test.each(['damaged', 'foreign', 'forged', 'a folder'])(
  'a kept document that is %s is ignored, not fatal',
  async (kind) => {
    await write('user1', user1)
    const file = networkFile(at('user1.json'), 'user1')
    mkdirSync(path.dirname(file))
    const newer = (await network(5)).envelope
    if (kind === 'damaged') writeFileSync(file, newer.slice(0, 100))
    else if (kind === 'foreign') writeFileSync(file, (await network(5, otherAuthority)).envelope)
    else if (kind === 'forged') writeFileSync(file, newer.slice().fill(7, 120, 121))
    else mkdirSync(file)
    expect((await load('user1')).network?.revision).toBe(1)
  },
)

test('a damaged kept document is replaced by the next one, even a lower one than it claims to be', async () => {
  await write('user1', user1)
  const file = networkFile(at('user1.json'), 'user1')
  mkdirSync(path.dirname(file))
  writeFileSync(file, 'nonsense')
  await saveDocuments(await load('user1'), new HeldDocuments(await network(2)))
  expect((await load('user1')).network?.revision).toBe(2)
})

test('a revocation that arrived over the network holds after a restart', async () => {
  await write('user1', user1)
  const loaded = await load('user1')
  await saveDocuments(loaded, new HeldDocuments(await network(2, authority, [toHex(loaded.certificate!.serial)])))
  expect(await codeOf(() => load('user1'))).toBe('certificate_revoked')
})

test('an identity without a file has nothing to keep its network in', async () => {
  await saveDocuments(await identity('user1', user1), new HeldDocuments(await network(5)))
  expect(readdirSync(directory)).toEqual([])
})
