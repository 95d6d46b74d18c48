import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { expect, test } from 'vitest'
import { issueDelegated, openCertificate } from '../../../src/identity/certificate.js'
import { issueDelegation } from '../../../src/identity/delegation.js'
import { issueNetworkDocument } from '../../../src/identity/network-document.js'
import { openReceipt, sealRedemption } from '../../../src/identity/receipt.js'
import { Trust } from '../../../src/net/trust.js'
import { Joining } from '../../../src/relay/joining/joining.js'
import { joinStatus } from '../../../src/wire/join-status.js'
import { ManualClock } from '../../support/directory.js'
import {
  authority,
  certificateOf,
  chat,
  codeOf,
  dayMs,
  id,
  issuedAtMs,
  key,
  networkId,
  relay1,
  user1,
} from '../identity/fixtures.js'

const hourMs = 3_600_000
const invitationKey = await key(40)

/** Joins with a line that was made a moment ago, at a relay whose clock is off by so much. */
async function joinAt(aheadMs: number) {
  const network = await issueNetworkDocument(authority, { networkName: 'h', revision: 1, relays: [], services: [chat] })
  const certificate = await certificateOf('relay1', relay1, { roles: ['relay'] })
  const peerId = peerIdFromPrivateKey(relay1)
  const nowMs = issuedAtMs + dayMs
  const clock = new ManualClock(nowMs + aheadMs)
  const trust = new Trust({ name: 'relay1', kind: 'relay', privateKey: relay1, peerId, certificate, network }, clock)
  const node = { gate: { members: () => [] } }
  const joining = new Joining({ node, trust, homes: {}, pool: { up: () => [] }, clock } as never)
  const delegation = await issueDelegation(authority, {
    peerId: id(invitationKey),
    purpose: 'invite',
    names: 'bob',
    roles: ['chat'],
    issuedAtMs: nowMs,
    expiresAtMs: nowMs + 7 * dayMs,
  })
  const wish = { networkId, serial: delegation.serial, peerId: id(user1), name: 'bob' }
  const redemption = await sealRedemption(invitationKey, wish)
  return { nowMs, delegation, answer: await joining.redeem({ delegation: delegation.envelope, redemption }) }
}

test('who joined at a relay whose clock is an hour ahead is a member elsewhere an hour later, and told so until then', async () => {
  const { nowMs, delegation, answer } = await joinAt(hourMs)
  const { issuedAtMs: joinedMs } = await openReceipt(answer.receipt)
  const fields = { name: 'bob', peerId: id(user1), roles: ['chat'], grants: [], issuedAtMs: joinedMs }
  const { envelope } = await issueDelegated(
    invitationKey,
    { ...fields, expiresAtMs: joinedMs + dayMs },
    { delegation, receipt: answer.receipt, witness: answer.witness },
  )
  const open = (atMs: number) => openCertificate(envelope, { networkId, peerId: id(user1), nowMs: atMs })
  await expect(open(nowMs)).rejects.toThrow(/is not valid before .*; is the clock right\?/)
  expect(await codeOf(() => open(nowMs))).toBe('certificate_expired')
  expect((await open(nowMs + hourMs)).name).toBe('bob')
})

test('a relay whose clock is an hour behind lets nobody in with a line that is younger, and says whose clock to look at', async () => {
  const { answer } = await joinAt(-hourMs)
  expect(answer.status).toBe(joinStatus.expired)
  expect(answer.reason).toMatch(/is not good before .*; is the relay's clock right\?/)
})

test('clocks that differ by less than two minutes are no matter', async () => {
  expect((await joinAt(-100_000)).answer.status).toBe(joinStatus.ok)
})
