import { copyFileSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { toHex } from '../../../src/core/bytes.js'
import { loadIdentity } from '../../../src/identity/identity-file.js'
import { temporaryFolder } from '../../support/cli.js'
import { cli } from './in-process.js'

let place: ReturnType<typeof temporaryFolder>
let dir: string
beforeEach(async () => {
  place = temporaryFolder()
  dir = place.dir
  await done('setup', '--users', 'user1,user2', '--relays', '1', '--relay-base-port', '1')
})
afterEach(() => place.remove())

const at = (file: string) => path.join(dir, file)
const run = (...args: string[]) => cli(args, dir)
const load = (name: string) => loadIdentity(name, { directory: at('identities') })
const authority = at.bind(null, 'identities/authority.json')
const backUp = () => copyFileSync(authority(), at('backup.json'))
const restore = () => copyFileSync(at('backup.json'), authority())

async function done(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(...args)
  expect(code, stderr).toBe(0)
  return `${stdout}${stderr}`
}

async function refused(...args: string[]): Promise<string> {
  const before = readFileSync(authority(), 'utf8')
  const { code, stdout, stderr } = await run(...args)
  expect({ code, stdout }, stderr).toEqual({ code: 1, stdout: '' })
  expect(readFileSync(authority(), 'utf8')).toBe(before)
  return stderr
}

const everyCommand = [
  ['network', 'publish', '--network-name', 'office'],
  ['identity', 'revoke', 'user1'],
  ['identity', 'create', 'carol'],
]

test('an authority from an old backup signs nothing below what was given out, and says which command mends it', async () => {
  backUp()
  await done('identity', 'revoke', 'user2')
  restore()
  for (const command of everyCommand) {
    const said = await refused(...command)
    expect(said).toContain('has revision 2, and this file ends at 1')
    expect(said).toContain('network adopt')
  }
  await done('identity', 'request', 'dora', '--dir', 'dora')
  await refused('identity', 'sign', 'dora/dora.request.json')
})

test('adopt takes over services, revocations and certificates, and the network goes on', async () => {
  backUp()
  await done('identity', 'create', 'server1', '--role', 'server')
  await done('network', 'publish', '--service', 'ssh', '--bind', '#server', '--dial', '#chat')
  await done('identity', 'revoke', 'user2')
  restore()
  const said = await done('network', 'adopt')
  expect(said).toMatch(/^revision 3\n/)
  expect(said).toContain('New services: ssh.')
  expect(said).toContain('New revoked serials: ')
  expect(said).toContain('The certificate of server1')
  expect(await done('identity', 'revoke', 'server1')).toMatch(/^revision 4\n/)
  await expect(load('user2')).rejects.toMatchObject({ code: 'certificate_revoked' })
  await expect(load('server1')).rejects.toMatchObject({ code: 'certificate_revoked' })
  expect((await load('user1')).network?.services.has('ssh')).toBe(true)
  const nothing = await run('network', 'adopt')
  expect(nothing).toMatchObject({ code: 2, stdout: '' })
  expect(nothing.stderr).toContain('nothing to adopt')
})

test('two lines that were signed side by side become one that revokes what either revoked', async () => {
  backUp()
  await done('identity', 'revoke', 'user2')
  // Where the backup is restored nobody has heard of it: another folder, with the same authority.
  mkdirSync(at('elsewhere/identities'), { recursive: true })
  copyFileSync(at('backup.json'), at('elsewhere/identities/authority.json'))
  await done('identity', 'create', 'carol', '--dir', 'elsewhere')
  await done('identity', 'revoke', 'user1', '--dir', 'elsewhere')
  copyFileSync(at('elsewhere/identities/carol.json'), at('identities/carol.json'))
  expect(await refused('network', 'publish', '--network-name', 'office')).toContain('another revision 2')

  const said = await done('network', 'adopt')
  expect(said).toMatch(/^revision 3\n/)
  expect(said).toContain('signed beside that')
  for (const name of ['user1', 'user2']) {
    await expect(load(name)).rejects.toMatchObject({ code: 'certificate_revoked' })
  }
  const carol = await load('carol')
  expect(carol.documents?.aside).toEqual([])
  await done('network', 'publish', '--network-name', 'office')
})

test('a certificate that the file does not know holds its name until it is adopted', async () => {
  backUp()
  await done('identity', 'create', 'carol')
  restore()
  expect(await refused('network', 'publish', '--network-name', 'x')).toContain('the certificate of carol')
  renameSync(at('identities/carol.json'), at('identities/moved.json'))
  await refused('identity', 'create', 'carol')
  await done('network', 'adopt')
  expect((await run('identity', 'create', 'carol')).stderr).toContain("The name 'carol' belongs to")
})

test('a certificate nobody here knows is revoked by its serial, and a key by its peer id', async () => {
  backUp()
  await done('identity', 'create', 'carol')
  await done('identity', 'create', 'dora')
  const [carol, dora] = [await load('carol'), await load('dora')]
  restore()
  for (const name of ['carol', 'dora']) renameSync(at(`identities/${name}.json`), at(`${name}.json`))
  const serial = toHex(carol.certificate!.serial)
  await done('identity', 'revoke', serial, dora.peerId.toString())
  for (const name of ['carol', 'dora']) {
    renameSync(at(`${name}.json`), at(`identities/${name}.json`))
  }
  const shown = JSON.parse((await run('network', 'show', '--json')).stdout)
  expect(shown.revokedSerials).toEqual([serial])
  expect(Object.keys(shown.revokedPeers)).toEqual([dora.peerId.toString()])
  expect((await run('identity', 'revoke', serial)).stderr).toContain('is revoked already')
  // A new certificate for a key that was revoked is a new word of the authority's.
  await done('identity', 'request', 'dora')
  await done('identity', 'sign', 'dora.request.json')
  await done('identity', 'install', 'dora.certificate.json')
  expect((await load('dora')).network?.revision).toBe(2)
})

test.each(['nobody', '00', 'zz'.repeat(16), '12D3KooW'])(
  'revoking %s says that it never had a certificate',
  async (who) => {
    const { code, stderr } = await run('identity', 'revoke', who)
    expect(code).toBe(2)
    expect(stderr).toContain('never had a certificate')
  },
)

test('the role that acts for the authority is given to nobody', async () => {
  expect((await run('identity', 'create', 'carol', '--role', 'authority')).code).toBe(2)
})
