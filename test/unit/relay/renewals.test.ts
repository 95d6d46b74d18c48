import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Identity, loadIdentity, writeIdentityFile } from '../../../src/identity/identity-file.js'
import { issueNetworkDocument } from '../../../src/identity/network-document.js'
import { Trust } from '../../../src/net/trust.js'
import { Renewals } from '../../../src/relay/renewals.js'
import { ManualClock } from '../../support/directory.js'
import { eventually } from '../../support/members.js'
import { authority, certificateOf, chat, dayMs, issuedAtMs, networkId, user1 } from '../identity/fixtures.js'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'chat-p2p-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const nowMs = issuedAtMs + 300 * dayMs
const signedAt = (atMs: number) => certificateOf('user1', user1, { issuedAtMs: atMs, expiresAtMs: atMs + 365 * dayMs })
/** A folder that can't be written or read any more, and what mends it. */
function block(folder: string): () => void {
  renameSync(folder, `${folder}.away`)
  writeFileSync(folder, '')
  return () => {
    rmSync(folder)
    renameSync(`${folder}.away`, folder)
  }
}

test('a certificate of the future, by a clock that was wrong, does not stand in the way of those signed until then', async () => {
  const renewals = new Renewals({ name: 'relay1' }, networkId)
  const [first, future, good] = [await signedAt(issuedAtMs), await signedAt(nowMs + 365 * dayMs), await signedAt(nowMs)]
  expect(await renewals.take([future.envelope], nowMs)).toEqual([])
  expect(await renewals.take([good.envelope], nowMs)).toHaveLength(1)
  expect(renewals.newerThan(first)?.envelope).toEqual(good.envelope)
  // The relay's own clock was wrong for a while.
  const misled = new Renewals({ name: 'relay1' }, networkId)
  await misled.take([future.envelope], nowMs + 365 * dayMs)
  expect(await misled.take([good.envelope], nowMs)).toHaveLength(1)
  expect(misled.newerThan(first)?.envelope).toEqual(good.envelope)
})

test('a relay whose disk is full hands renewals on all the same, says so, and keeps them when there is room', async () => {
  const warnings: unknown[] = []
  const file = path.join(directory, 'identities', 'relay1.json')
  const clock = new ManualClock(nowMs)
  const renewals = new Renewals({ name: 'relay1', path: file }, networkId, (error) => warnings.push(error), clock)
  writeFileSync(path.join(directory, 'identities'), '')
  expect(await renewals.take([(await signedAt(nowMs)).envelope], nowMs)).toHaveLength(1)
  expect(warnings).toMatchObject([{ code: 'file_unreadable' }])
  rmSync(path.join(directory, 'identities'))
  clock.advance(60_000)
  const kept = path.join(directory, 'identities', '.state', 'relay1.renewals')
  await eventually(() => existsSync(kept), Boolean)
})

test('a node whose disk is full uses the newer certificate, and writes it when that comes again', async () => {
  const folder = path.join(directory, 'identities')
  const file = path.join(folder, 'user1.json')
  const network = await issueNetworkDocument(authority, { networkName: 'h', revision: 1, relays: [], services: [chat] })
  const certificate = await signedAt(issuedAtMs)
  const peerId = peerIdFromPrivateKey(user1)
  const identity: Identity = { name: 'user1', kind: 'user', privateKey: user1, peerId, certificate, network }
  await writeIdentityFile(file, identity)
  const trust = new Trust(await loadIdentity(file, { nowMs }), new ManualClock(nowMs))
  const warnings: unknown[] = []
  trust.on('warning', (error) => warnings.push(error))
  const newer = await signedAt(nowMs)
  const mend = block(folder)
  expect(await trust.keepRenewal(newer.envelope)).toBe(true)
  expect(trust.own.issuedAtMs).toBe(nowMs)
  expect(warnings).toMatchObject([{ code: 'file_unreadable' }])
  mend()
  expect(await trust.keepRenewal(newer.envelope)).toBe(false)
  expect((await loadIdentity(file, { nowMs })).certificate!.issuedAtMs).toBe(nowMs)
})
