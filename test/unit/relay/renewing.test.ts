import { EventEmitter } from 'node:events'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { expect, test } from 'vitest'
import { toHex } from '../../../src/core/bytes.js'
import type { VerifiedCertificate } from '../../../src/identity/certificate.js'
import { issueDelegation } from '../../../src/identity/delegation.js'
import { issueNetworkDocument } from '../../../src/identity/network-document.js'
import { Trust } from '../../../src/net/trust.js'
import { Renewals } from '../../../src/relay/renewals.js'
import { Renewing } from '../../../src/relay/renewing.js'
import { ManualClock } from '../../support/directory.js'
import {
  authority,
  certificateOf,
  chat,
  dayMs,
  id,
  issuedAtMs,
  key,
  networkId,
  relay1,
  user1,
  user2,
} from '../identity/fixtures.js'

/** A relay with a renewal key, without a node: who is connected is said by the test. */
async function stage() {
  const renewalKey = await key(41)
  const delegation = await issueDelegation(authority, {
    peerId: id(renewalKey),
    purpose: 'renew',
    names: '*',
    issuedAtMs,
    expiresAtMs: issuedAtMs + 700 * dayMs,
  })
  const clock = new ManualClock(issuedAtMs)
  const network = await issueNetworkDocument(authority, { networkName: 'h', revision: 1, relays: [], services: [chat] })
  const certificate = await certificateOf('relay1', relay1, { roles: ['relay'] })
  const peerId = peerIdFromPrivateKey(relay1)
  const trust = new Trust({ name: 'relay1', kind: 'relay', privateKey: relay1, peerId, certificate, network }, clock)
  const members: VerifiedCertificate[] = []
  const gate = Object.assign(new EventEmitter(), { members: () => members.map((each) => ({ certificate: each })) })
  const handed: VerifiedCertificate[] = []
  const warnings: string[] = []
  const renewing = new Renewing({
    key: { privateKey: renewalKey, delegation },
    trust,
    gate: gate as never,
    renewals: new Renewals({ name: 'relay1' }, networkId),
    clock,
    random: () => 0,
    hand: (news) => handed.push(...news),
    onWarning: ({ message }) => warnings.push(message),
  })
  return { clock, trust, gate, members, handed, warnings, renewing, delegation }
}

type Stage = Awaited<ReturnType<typeof stage>>

async function handedWithin({ clock, handed }: Stage, days: number): Promise<string[]> {
  const before = handed.length
  clock.advance(days * dayMs)
  await expect.poll(() => handed.length).toBeGreaterThan(before)
  return handed.slice(before).map(({ name }) => name)
}

test('who is connected with a certificate that is due gets a newer one, the relay itself too; others do not', async () => {
  const all = await stage()
  all.members.push(await certificateOf('user1', user1))
  all.members.push(await certificateOf('user2', user2, { expiresAtMs: issuedAtMs + 900 * dayMs }))
  all.renewing.start()
  expect((await handedWithin(all, 325)).sort()).toEqual(['relay1', 'user1'])
  expect(all.handed[0]!.expiresAtMs).toBeGreaterThan(issuedAtMs + 600 * dayMs)
  // Once, though the member shows the old one until it has taken the new one.
  all.clock.advance(dayMs)
  await new Promise((resolve) => setImmediate(resolve))
  expect(all.handed).toHaveLength(2)
})

test('who comes back after the end gets one with the refusal; who was taken back never does', async () => {
  const all = await stage()
  all.renewing.start()
  const over = await certificateOf('user1', user1)
  all.clock.advance(400 * dayMs)
  const renewal = await all.trust.renewalFor(over.envelope)
  expect(renewal).toEqual(all.handed.find(({ name }) => name === 'user1')?.envelope)
  const revoked = await issueNetworkDocument(authority, {
    networkName: 'h',
    revision: 2,
    relays: [],
    services: [chat],
    revokedPeers: [[id(user2), issuedAtMs + 1]],
  })
  await all.trust.adopt(revoked.envelope)
  expect(await all.trust.renewalFor((await certificateOf('user2', user2)).envelope)).toBeUndefined()
})

test('a renewal key that was taken back renews nothing, and says so once a day', async () => {
  const all = await stage()
  all.members.push(await certificateOf('user1', user1))
  const revokedSerials = [toHex(all.delegation.serial)]
  const without = await issueNetworkDocument(authority, {
    networkName: 'h',
    revision: 2,
    relays: [],
    services: [chat],
    revokedSerials,
  })
  await all.trust.adopt(without.envelope)
  all.clock.advance(340 * dayMs)
  all.renewing.start()
  all.clock.advance(2 * 3_600_000)
  await expect.poll(() => all.warnings).toEqual([expect.stringContaining('taken back')])
  expect(all.handed).toEqual([])
})

test('a renewal key that is taken back while the relay runs is said at once, before anybody is due', async () => {
  const all = await stage()
  all.renewing.start()
  const without = await issueNetworkDocument(authority, {
    networkName: 'h',
    revision: 2,
    relays: [],
    services: [chat],
    revokedSerials: [toHex(all.delegation.serial)],
  })
  await all.trust.adopt(without.envelope)
  expect(all.warnings).toEqual([expect.stringContaining('taken back')])
})
