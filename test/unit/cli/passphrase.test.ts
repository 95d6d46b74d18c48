import { openSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { inspectIdentity, loadIdentity, saveCertificate } from '../../../src/identity/identity-file.js'
import { temporaryFolder } from '../../support/cli.js'
import { cli } from './in-process.js'

let place: ReturnType<typeof temporaryFolder>
beforeEach(async () => {
  place = temporaryFolder()
  vi.stubEnv('CHAT_P2P_PASSPHRASE', '')
  await done('setup', '--users', 'user1', '--relays', '1')
})
afterEach(() => {
  vi.unstubAllEnvs()
  place.remove()
})

const at = (file: string) => path.join(place.dir, file)
const run = (...args: string[]) => cli(args, place.dir)
const show = async (name: string) => JSON.parse((await done('identity', 'show', name, '--json')).stdout)
/** A file descriptor from which these lines come. */
function descriptor(...lines: string[]): string {
  writeFileSync(at('lines'), `${lines.join('\n')}\n`)
  return String(openSync(at('lines'), 'r'))
}

async function done(...args: string[]) {
  const finished = await run(...args)
  expect(finished.code, finished.stderr).toBe(0)
  return finished
}

async function lock(name: string, passphrase = 'hush'): Promise<void> {
  await done('identity', 'passphrase', name, '--new-passphrase-fd', descriptor(passphrase))
}

test("an authority's key is locked, asked for with every command that signs, locked anew, and open again", async () => {
  const before = await loadIdentity(at('identities/authority.json'))
  await lock('authority')
  expect(readFileSync(at('identities/authority.json'), 'utf8')).not.toContain('privateKey')
  expect(await show('authority')).toMatchObject({ locked: true, peerId: before.peerId.toString() })

  const none = await run('identity', 'create', 'carol', '--offline')
  expect(none).toMatchObject({ code: 1, stdout: '' })
  expect(none.stderr).toMatch(
    /^chat-p2p: The key of authority is locked: give its passphrase [^\n]*--passphrase-fd\.\n$/,
  )
  vi.stubEnv('CHAT_P2P_PASSPHRASE', 'hash')
  const wrong = await run('identity', 'create', 'carol', '--offline')
  expect(wrong).toMatchObject({ code: 1, stderr: 'chat-p2p: The passphrase for authority is wrong.\n' })
  vi.stubEnv('CHAT_P2P_PASSPHRASE', 'hush')
  await done('identity', 'create', 'carol', '--offline')
  // What was signed is written, and the key is locked all the same.
  expect(await show('authority')).toMatchObject({ locked: true, issued: { length: 3 } })

  vi.stubEnv('CHAT_P2P_PASSPHRASE', '')
  const both = descriptor('hush', 'quiet')
  await done('identity', 'passphrase', 'authority', '--passphrase-fd', both, '--new-passphrase-fd', both)
  await done('identity', 'revoke', 'carol', '--offline', '--passphrase-fd', descriptor('quiet'))
  await done('identity', 'passphrase', 'authority', '--remove', '--passphrase-fd', descriptor('quiet'))
  expect((await loadIdentity(at('identities/authority.json'))).privateKey.equals(before.privateKey)).toBe(true)
})

test('what puts something into a locked identity needs no passphrase, and leaves it locked', async () => {
  await lock('user1')
  const { lockedKey } = await inspectIdentity(at('identities/user1.json'))
  const firstMs = (await show('user1')).certificate.expiresAtMs
  await done('identity', 'renew', 'user1', '--days', '500', '--offline')
  await done('network', 'publish', '--network-name', 'other', '--offline')
  const renewed = await inspectIdentity(at('identities/user1.json'))
  expect(renewed.certificate!.expiresAtMs).toBeGreaterThan(firstMs)
  expect(renewed.network?.networkName).toBe('other')
  // As a running node does with what a relay brings.
  await saveCertificate(renewed, renewed.certificate!)
  expect((await inspectIdentity(at('identities/user1.json'))).lockedKey).toEqual(lockedKey)
  expect((await loadIdentity(at('identities/user1.json'), { passphrase: 'hush' })).name).toBe('user1')

  const refused = await run('identity', 'request', 'user1')
  expect(refused.stderr).toContain('The key of user1 is locked')
  await done('identity', 'request', 'user1', '--passphrase-fd', descriptor('hush'))
  expect((await show('user1')).locked).toBe(true)
})

test('a descriptor that is none is said', async () => {
  await lock('user1')
  expect((await run('identity', 'request', 'user1', '--passphrase-fd', 'x')).stderr).toContain(
    'takes a file descriptor',
  )
  expect((await run('identity', 'request', 'user1', '--passphrase-fd', '999')).stderr).toContain(
    'Nothing could be read',
  )
  expect((await run('identity', 'passphrase', 'user1', '--remove')).code).toBe(1)
  expect((await run('identity', 'passphrase', 'authority', '--remove')).stderr).toContain('is not locked')
})
