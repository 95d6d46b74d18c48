import { copyFileSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { renewedLine } from '../../../src/cli/log-context.js'
import { setupNetwork } from '../../../src/cli/setup-network.js'
import { systemClock } from '../../../src/core/clock.js'
import { issueCertificate } from '../../../src/identity/certificate.js'
import { inspectIdentity, loadIdentity, saveCertificate } from '../../../src/identity/identity-file.js'
import { readRenewalKey } from '../../../src/identity/renewal-key.js'
import { isRevoked } from '../../../src/identity/revocation.js'
import { Trust } from '../../../src/net/trust.js'
import { type Relay, startRelay } from '../../../src/relay/relay.js'
import { type Context, createContext } from '../../../src/sdk/index.js'
import { temporaryFolder } from '../../support/cli.js'
import { freePorts } from '../../support/free-ports.js'
import { cli } from '../../unit/cli/in-process.js'

const dayMs = 24 * 3_600_000

let place: ReturnType<typeof temporaryFolder>
let dir: string
/** The file of user2, who lives on another machine. */
let away: string
const relays: Relay[] = []
const contexts: Context[] = []

beforeEach(async () => {
  place = temporaryFolder()
  dir = place.dir
  await setupNetwork({ dir, users: ['user1', 'user2'], relayPorts: await freePorts(2) })
  away = at('laptop/identities/user2.json')
  mkdirSync(at('laptop/identities'), { recursive: true })
  renameSync(at('identities/user2.json'), away)
})
afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()))
  await Promise.all(relays.splice(0).map((relay) => relay.close()))
  place.remove()
})

const at = (file: string) => path.join(dir, file)
const run = (...args: string[]) => cli(args, dir)
const startRelays = async (...names: string[]) => {
  for (const name of names) relays.push(await startRelay(await loadIdentity(at(`identities/${name}.json`))))
}
const open = async (file: string) => {
  const context = await createContext(file)
  contexts.push(context)
  await context.ready()
}
const endOf = async (file: string) => (await loadIdentity(file)).certificate!.expiresAtMs

/** Resolves once the file holds another certificate than one that ends then. */
async function renewed(file: string, beforeMs: number): Promise<number> {
  await expect.poll(() => endOf(file), { timeout: 20_000 }).not.toBe(beforeMs)
  return endOf(file)
}

test('what lies here is renewed in its file; a machine elsewhere gets its certificate over the relays', async () => {
  await startRelays('relay1', 'relay2')
  await open(away)
  const before = await endOf(away)
  const { code, stdout, stderr } = await run('identity', 'renew', 'user1', 'user2', '--days', '700')
  expect(code, stderr).toBe(0)
  expect(stdout).toMatch(/^user1 {2}#chat {2}valid to \d{4}-\d\d-\d\d {2}in its file here\nuser2 .* over the relays\n$/)
  expect(stderr).toContain('relay1, relay2 pass them on')
  expect(await endOf(at('identities/user1.json'))).toBeGreaterThan(Date.now() + 690 * dayMs)
  expect(await renewed(away, before)).toBeGreaterThan(Date.now() + 690 * dayMs)
})

test('who was away gets it when it is back, also from a relay that was not asked, and after relays were restarted', async () => {
  await startRelays('relay1', 'relay2')
  await run('identity', 'renew', 'user2', '--days', '700')
  await Promise.all(relays.splice(0).map((relay) => relay.close()))
  await startRelays('relay2')
  const before = await endOf(away)
  await open(away)
  expect(await renewed(away, before)).toBeGreaterThan(Date.now() + 690 * dayMs)
})

test('signed while no relay ran, it is handed over by network push', async () => {
  const { stderr } = await run('identity', 'renew', '--all', '--days', '700')
  expect(stderr).toContain('network push')
  await startRelays('relay1', 'relay2')
  const before = await endOf(away)
  await open(away)
  expect((await run('network', 'push')).code).toBe(0)
  await renewed(away, before)
})

test('other roles come the same way, and certificates of one --all do not end on one day', async () => {
  const { stdout } = await run('identity', 'renew', '--all', '--json')
  const rows = JSON.parse(stdout).renewed as { name: string; expiresAtMs: number }[]
  expect(rows.map(({ name }) => name).sort()).toEqual(['relay1', 'relay2', 'user1', 'user2'])
  const days = new Set(rows.map(({ expiresAtMs }) => Math.floor(expiresAtMs / dayMs)))
  expect(days.size).toBe(rows.length)
  expect((await run('identity', 'renew', 'user1', '--role', 'chat', '--role', 'admin')).code).toBe(0)
  expect((await loadIdentity(at('identities/user1.json'))).certificate!.roles).toEqual(['chat', 'admin'])
  // A relay stays one, or its file would be none.
  expect((await run('identity', 'renew', 'relay1', '--role', 'backup')).code).toBe(0)
  expect((await loadIdentity(at('identities/relay1.json'))).certificate!.roles).toEqual(['relay', 'backup'])
})

test('an older certificate, one for another key, and one that was revoked are not taken over', async () => {
  copyFileSync(away, at('old.json'))
  const old = (await loadIdentity(at('old.json'))).certificate!
  await run('identity', 'renew', 'user2', '--days', '700')
  const { certificates } = await import('../../../src/wire/messages/directory.js').then(({ Renewals }) =>
    Renewals.decode(readFileSync(at('identities/.state/renewals'))),
  )
  const trust = new Trust(await loadIdentity(away), systemClock)
  expect(await trust.keepRenewal(certificates[0]!)).toBe(true)
  expect(await trust.keepRenewal(old.envelope)).toBe(false)
  expect(await trust.keepRenewal(certificates[0]!)).toBe(false)
  const user1 = (await loadIdentity(at('identities/user1.json'))).certificate!
  await expect(trust.keepRenewal(user1.envelope)).rejects.toMatchObject({ code: 'certificate_peer' })
  expect(await endOf(away)).toBeGreaterThan(Date.now() + 690 * dayMs)
})

test.each([
  [[], 'takes names, or --all'],
  [['user1', '--all'], 'takes names, or --all'],
  [['nobody'], 'never had a certificate'],
] as const)('identity renew %j says what is wrong', async (args, why) => {
  const { code, stdout, stderr } = await run('identity', 'renew', ...args)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(why)
})

test('who was revoked is not renewed', async () => {
  await run('identity', 'revoke', 'user2')
  expect((await run('identity', 'renew', 'user2')).stderr).toContain('was revoked')
})

test('a relay with a renewal key renews who is about to end, while the authority is away', async () => {
  expect((await run('identity', 'renewal-key', 'key.json')).code).toBe(0)
  expect(JSON.parse((await run('identity', 'renewal-key', '--list', '--json')).stdout)).toMatchObject([{ names: '*' }])
  const { privateKey } = await loadIdentity(at('identities/authority.json'))
  renameSync(at('identities/authority.json'), at('in-a-safe.json'))
  const shown = await inspectIdentity(away)
  const { name, peerId, roles } = shown.certificate!
  const dates = { issuedAtMs: Date.now() - 300 * dayMs, expiresAtMs: Date.now() + 20 * dayMs }
  await saveCertificate(shown, await issueCertificate(privateKey, { name, peerId, roles, ...dates }))
  const renewalKey = await readRenewalKey(at('key.json'))
  relays.push(await startRelay(await loadIdentity(at('identities/relay1.json')), { renewalKey }))
  await open(away)
  expect(await renewed(away, dates.expiresAtMs)).toBeGreaterThan(Date.now() + 300 * dayMs)
  const { certificate } = await loadIdentity(away)
  expect(certificate!.first).toMatchObject({ name: 'user2', expiresAtMs: dates.expiresAtMs })

  // Taken back by name, however many certificates there are that nobody has seen.
  renameSync(at('in-a-safe.json'), at('identities/authority.json'))
  const { code, stderr } = await run('identity', 'revoke', 'user2')
  expect(code, stderr).toBe(0)
  const { network } = await inspectIdentity(at('identities/user1.json'))
  expect([...network!.revokedPeers.keys()]).toEqual([peerId])
  expect(isRevoked(network!, certificate!)).toBe(true)
})

test('a renewal key signs for a folder, as for a cron job; it changes no roles, and revoked ones stay out', async () => {
  await run('identity', 'renewal-key', 'key.json', '--offline')
  renameSync(at('identities/authority.json'), at('in-a-safe.json'))
  const key = ['--renewal-key', 'key.json']
  const none = await run('identity', 'renew', '--all', ...key)
  expect(none).toMatchObject({ code: 0, stderr: 'No certificate of this folder is due.\n' })
  const { stdout, stderr } = await run('identity', 'renew', 'user1', ...key)
  expect(stdout).toMatch(/^user1 +#chat +valid to .* in its file here\n$/)
  expect(stderr).toContain('network push')
  expect((await run('identity', 'renew', 'user1', '--role', 'admin', ...key)).stderr).toContain('changes no roles')
  renameSync(at('in-a-safe.json'), at('identities/authority.json'))
  await run('identity', 'revoke', 'user1', '--offline')
  expect((await run('identity', 'renew', 'user1', ...key)).stderr).toContain('was revoked')
})

test.each([
  ['taken back', () => ['identity', 'revoke']],
  ['void since its signer leaked', () => ['network', 'rotate-authority', '--leaked']],
])('a renewal key that was %s renews nothing, and says so, though nobody is due', async (_, words) => {
  await run('network', 'rotate-authority', '--prepare', '--offline')
  await run('identity', 'renewal-key', 'key.json', '--offline')
  const [{ serial }] = JSON.parse((await run('identity', 'renewal-key', '--list', '--json', '--offline')).stdout)
  const args = words()
  const done = await run(...args, ...(args[1] === 'revoke' ? [serial] : []), '--offline')
  expect(done.code, done.stderr).toBe(0)
  const { code, stdout, stderr } = await run('identity', 'renew', '--all', '--renewal-key', 'key.json')
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toContain('The renewal key was taken back by the authority')
  for (const name of ['user1', 'relay1', 'relay2']) renameSync(at(`identities/${name}.json`), at(`${name}.json`))
  expect((await run('identity', 'renew', '--all', '--renewal-key', 'key.json')).code).toBe(1)
})

test('who was revoked hears it when it comes back, at once: no relay is waited for', async () => {
  await startRelays('relay1', 'relay2')
  expect((await run('identity', 'revoke', 'user2')).code).toBe(0)
  const context = await createContext(away)
  contexts.push(context)
  const why = 'The certificate of user2 was revoked. No relay takes it.'
  await expect(context.ready({ timeout: 3_600_000 })).rejects.toMatchObject({ code: 'no_relay', message: why })
})

test('a renewed certificate that could not be written is used, and not said to be in the file', async () => {
  await run('identity', 'renew', 'user2', '--days', '700', '--offline')
  const { Renewals } = await import('../../../src/wire/messages/directory.js')
  const [envelope] = Renewals.decode(readFileSync(at('identities/.state/renewals'))).certificates
  const identity = await loadIdentity(away)
  const trust = new Trust({ ...identity, path: at('gone/identities/user2.json') }, systemClock)
  const said: boolean[] = []
  trust.on('renewed', (_, inFile) => said.push(inFile))
  expect(await trust.keepRenewal(envelope!)).toBe(true)
  expect(said).toEqual([false])
  expect(renewedLine({ expiresAtMs: trust.own.expiresAtMs, inFile: false })).toContain('is used from memory')
})
