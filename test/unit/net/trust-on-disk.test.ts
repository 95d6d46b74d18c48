import { existsSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import * as files from '../../../src/identity/identity-file.js'
import { issueNetworkDocument } from '../../../src/identity/network-document.js'
import { Trust } from '../../../src/net/trust.js'
import { temporaryFolder } from '../../support/cli.js'
import { ManualClock } from '../../support/directory.js'
import { eventually } from '../../support/members.js'
import { authority, certificateOf, chat, dayMs, issuedAtMs, user1 } from '../identity/fixtures.js'

vi.mock('../../../src/identity/identity-file.js', { spy: true })

const minuteMs = 60_000
const nowMs = issuedAtMs + 300 * dayMs

let place: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  place = temporaryFolder()
})
afterEach(() => {
  vi.resetAllMocks()
  place.remove()
})

const documentOf = (revision: number) =>
  issueNetworkDocument(authority, { networkName: 'h', revision, relays: [], services: [chat] })

async function stage() {
  const file = path.join(place.dir, 'user1.json')
  const certificate = await certificateOf('user1', user1)
  const peerId = peerIdFromPrivateKey(user1)
  const network = await documentOf(1)
  await files.writeIdentityFile(file, { name: 'user1', kind: 'user', privateKey: user1, peerId, certificate, network })
  const clock = new ManualClock(nowMs)
  const trust = new Trust(await files.loadIdentity(file, { nowMs }), clock)
  const warnings: unknown[] = []
  trust.on('warning', (error) => warnings.push(error))
  return { file, clock, trust, warnings, kept: path.join(place.dir, '.state', 'user1.network') }
}

test('what a document forbids ends while the disk hangs', async () => {
  const { trust } = await stage()
  vi.mocked(files.saveDocuments).mockReturnValueOnce(new Promise(() => {}))
  const heard = new Promise((resolve) => trust.once('network', ({ revision }) => resolve(revision)))
  const rechecked = vi.spyOn(trust.permissions, 'recheck')
  void trust.adopt((await documentOf(2)).envelope)
  expect(await heard).toBe(2)
  expect(rechecked).toHaveBeenCalledOnce()
})

test('a document that found no room is said once, and kept as soon as there is', async () => {
  const { clock, trust, warnings, kept, file } = await stage()
  writeFileSync(path.dirname(kept), '')
  await trust.adopt((await documentOf(2)).envelope)
  expect(warnings).toMatchObject([{ code: 'file_unreadable' }])
  clock.advance(minuteMs)
  await eventually(
    () => clock.pending,
    (pending) => pending === 1,
  )
  rmSync(path.dirname(kept))
  clock.advance(minuteMs)
  await eventually(() => existsSync(kept), Boolean)
  expect((await files.loadIdentity(file, { nowMs })).network!.revision).toBe(2)
  expect(warnings).toHaveLength(1)
  trust.stop()
})

test('a certificate that found no room is written once there is, unless the file has got a newer one', async () => {
  const { clock, trust, file } = await stage()
  const { saveCertificate } = vi.mocked(files)
  const inFile = async () => (await files.loadIdentity(file, { nowMs })).certificate!.issuedAtMs
  const renewed = (atMs: number) => certificateOf('user1', user1, { issuedAtMs: atMs, expiresAtMs: atMs + 365 * dayMs })
  saveCertificate.mockRejectedValueOnce(new Error('ENOSPC'))
  await trust.keepRenewal((await renewed(nowMs - 2 * dayMs)).envelope)
  clock.advance(minuteMs)
  await eventually(inFile, (atMs) => atMs === nowMs - 2 * dayMs)

  saveCertificate.mockRejectedValueOnce(new Error('ENOSPC'))
  await trust.keepRenewal((await renewed(nowMs - dayMs)).envelope)
  const held = await files.loadIdentity(file, { nowMs })
  await files.writeIdentityFile(file, { ...held, certificate: await renewed(nowMs) }, { replace: true })
  trust.renew(await renewed(nowMs)) // as it is found there within seconds
  const before = saveCertificate.mock.calls.length
  clock.advance(minuteMs)
  expect(await trust.keepRenewal((await renewed(nowMs)).envelope)).toBe(false)
  expect(clock.pending).toBe(0)
  expect(saveCertificate.mock.calls.length).toBe(before)
  expect(await inFile()).toBe(nowMs)
})
