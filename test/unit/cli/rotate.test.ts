import { copyFileSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadIdentity } from '../../../src/identity/identity-file.js'
import { isRevoked } from '../../../src/identity/revocation.js'
import { type Finished, temporaryFolder } from '../../support/cli.js'
import { cli } from './in-process.js'

let place: ReturnType<typeof temporaryFolder>
beforeEach(async () => {
  place = temporaryFolder()
  await done('setup', '--users', 'user1,user2', '--relays', '1')
})
afterEach(() => place.remove())

const at = (file: string) => path.join(place.dir, file)
const run = (...args: string[]) => cli(args, place.dir)
const load = (name: string) => loadIdentity(at(`identities/${name}.json`))
const rotate = (...args: string[]) => run('network', 'rotate-authority', '--offline', ...args)

async function done(...args: string[]): Promise<Finished> {
  const finished = await run(...args)
  expect(finished.code, finished.stderr).toBe(0)
  return finished
}

function refused({ code, stdout, stderr }: Finished, why: RegExp): void {
  expect({ failed: code > 0, stdout }).toEqual({ failed: true, stdout: '' })
  expect(stderr).toMatch(/^chat-p2p: [^\n]+\n$/)
  expect(stderr).toMatch(why)
}

test('the key that was named goes on where the other one was; the network, and what it gave out, stay', async () => {
  const first = await load('authority')
  expect((await rotate('--prepare')).code).toBe(0)
  const next = await loadIdentity(at('identities/authority-next.json'))
  expect((await load('user1')).network).toMatchObject({ revision: 2, nextAuthority: next.peerId.toString() })
  refused(await rotate('--prepare', '--next', at('other.json')), /named already/)
  refused(
    await run('identity', 'create', 'eve', '--offline', '--authority', at('identities/authority-next.json')),
    /named to follow, and does not sign before/,
  )
  await done('identity', 'create', 'carol', '--offline')

  const { stderr } = await done('network', 'rotate-authority', '--offline')
  expect(stderr).toMatch(/the network's id stays/)
  const authority = await load('authority')
  expect(authority.peerId.equals(next.peerId)).toBe(true)
  expect(authority.issued!.map(({ name }) => name)).toEqual(['user1', 'user2', 'relay1', 'carol'])
  expect(readdirSync(at('identities')).filter((name) => name.includes('.until-'))).toHaveLength(1)
  // Everybody has heard of it, those with certificates by the old key among them; new ones are of the same network.
  const { network, certificate } = await load('carol')
  expect(network!.authorities).toEqual([first.peerId.toString(), next.peerId.toString()])
  expect(isRevoked(network!, certificate!)).toBe(false)
  await done('identity', 'create', 'dave', '--offline')
  await done('identity', 'renew', 'user1', '--days', '500', '--offline')
  await done('identity', 'revoke', 'user2', '--offline')
  expect((await load('dave')).network!.networkId).toBe(first.peerId.toString())
  expect((await load('user1')).certificate!.lines).toEqual([network!.authorities])
  await expect(load('user2')).rejects.toMatchObject({ code: 'certificate_revoked' })
  expect((await done('network', 'show')).stdout).toMatch(/authority .*, key 2 of this network/)
  refused(await rotate(), /There is no identity|is the authority already/)
  // And once more.
  refused(
    await rotate('--prepare'),
    /exists already; nothing was changed: the key in it is the authority itself by now\. Move it/,
  )
  renameSync(at('identities/authority-next.json'), at('used.json'))
  await done('network', 'rotate-authority', '--prepare', '--offline')
  await done('network', 'rotate-authority', '--offline')
  expect((await load('dave')).network!.authorities).toHaveLength(3)
})

test('an authority that is lost is replaced by the file of the next key alone', async () => {
  await rotate('--prepare')
  await done('identity', 'revoke', 'user2', '--offline')
  renameSync(at('identities/authority.json'), at('lost.json'))
  await done('network', 'rotate-authority', '--offline')
  // The revocation was found in the folder, as nodes have it.
  const { network } = await load('user1')
  expect(network!.authorities).toHaveLength(2)
  expect(network!.revokedSerials.size).toBe(1)
  // The lost one is found again, and signs nothing any more.
  copyFileSync(at('lost.json'), at('identities/found.json'))
  refused(
    await run('network', 'publish', '--network-name', 'x', '--offline', '--authority', at('identities/found.json')),
    /was followed by .* \(revision 4\); use the file of that one/,
  )
  refused(await run('network', 'adopt', '--offline', '--authority', at('identities/found.json')), /was followed by/)
})

test('of a key that leaked nothing counts any more, and everybody has a certificate by the new one', async () => {
  copyFileSync(at('identities/authority.json'), at('stolen.json'))
  await rotate('--prepare')
  await done('network', 'rotate-authority', '--leaked', '--offline')
  const { network } = await load('user1')
  for (const name of ['user1', 'user2', 'relay1']) {
    const { certificate } = await load(name)
    expect(isRevoked(network!, certificate!)).toBe(false)
    expect(certificate!.lines[0]).toHaveLength(2)
  }
  expect((await load('authority')).issued).toHaveLength(3)
  // The thief signs on, in a folder of its own.
  const stolen = await loadIdentity(at('stolen.json'))
  const { issueCertificate } = await import('../../../src/identity/certificate.js')
  const forged = await issueCertificate(stolen.privateKey, {
    name: 'eve',
    peerId: stolen.peerId.toString(),
    roles: ['chat'],
  })
  expect(isRevoked(network!, forged)).toBe(true)
})

async function countsBy(file: string): Promise<boolean> {
  const { network } = await load('user1')
  const { privateKey, peerId, rotations } = await loadIdentity(at(file))
  const { issueCertificate } = await import('../../../src/identity/certificate.js')
  const signer = { privateKey, networkId: network!.networkId, rotations: rotations ?? [] }
  const forged = await issueCertificate(signer, { name: 'eve', peerId: peerId.toString(), roles: ['chat'] })
  return !isRevoked(network!, forged)
}

test('with a key that leaked those before it are void as well', async () => {
  copyFileSync(at('identities/authority.json'), at('first.json'))
  await rotate('--prepare')
  await done('network', 'rotate-authority', '--offline')
  copyFileSync(at('identities/authority.json'), at('second.json'))
  renameSync(at('identities/authority-next.json'), at('used.json'))
  await rotate('--prepare')
  expect([await countsBy('first.json'), await countsBy('second.json')]).toEqual([true, true])
  const { stderr } = await done('network', 'rotate-authority', '--leaked', '--offline')
  expect(stderr).toContain('what the 2 before signed is void')
  expect([await countsBy('first.json'), await countsBy('second.json')]).toEqual([false, false])
  await load('user1')
})

test('a plain change says that the key before counts on, and how that ends', async () => {
  copyFileSync(at('identities/authority.json'), at('first.json'))
  const first = (await load('authority')).peerId.toString()
  await rotate('--prepare')
  const { stderr } = await done('network', 'rotate-authority', '--offline')
  expect(stderr).toContain(`What ${first} signed counts on`)
  await done('identity', 'renew', '--all', '--offline')
  await done('identity', 'revoke', first, '--offline')
  expect(await countsBy('first.json')).toBe(false)
  for (const name of ['user1', 'user2', 'relay1']) await load(name)
  const own = (await load('authority')).peerId.toString()
  refused(await run('identity', 'revoke', own, '--offline'), /is the authority's own key/)
})

test('a key that nobody named does not follow', async () => {
  await rotate('--prepare')
  await done('setup', '--dir', 'other', '--users', 'x', '--relays', '1')
  await run('network', 'rotate-authority', '--offline', '--prepare', '--dir', 'other')
  refused(await rotate('--next', at('other/identities/authority-next.json')), /is of network .*, and .* of /)
  refused(await rotate('--next', at('identities/authority.json')), /is the authority already|was not named/)
  expect(readFileSync(at('identities/authority.json'), 'utf8')).toContain('"kind": "authority"')
})
