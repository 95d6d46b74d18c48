import { expect, test } from 'vitest'
import { toHex } from '../../../src/core/bytes.js'
import {
  type DelegatedParts,
  issueDelegated,
  openCertificate,
  readCertificate,
} from '../../../src/identity/certificate.js'
import { checkPattern, fitsPattern, issueDelegation, readDelegation } from '../../../src/identity/delegation.js'
import { openRedemption, sealReceipt, sealRedemption } from '../../../src/identity/receipt.js'
import {
  authority,
  certificateOf,
  codeOf,
  dayMs,
  id,
  issuedAtMs,
  key,
  networkId,
  otherAuthority,
  relay1,
  user1,
  user2,
} from './fixtures.js'

const invitationKey = await key(40)
const renewalKey = await key(41)
const relay = await certificateOf('relay1', relay1, { roles: ['relay'] })
const joinedMs = issuedAtMs + dayMs

const invitation = await issueDelegation(authority, {
  peerId: id(invitationKey),
  purpose: 'invite',
  names: 'server*',
  roles: ['chat', 'server'],
  grants: [{ service: 'ssh', instanceId: 'spare' }],
  uses: 2,
  issuedAtMs,
  expiresAtMs: issuedAtMs + 7 * dayMs,
})

type Change = Partial<{
  name: string
  peerId: string
  roles: string[]
  grants: { service: string; instanceId: string }[]
  issuedAtMs: number
  expiresAtMs: number
}>

/** A certificate by the invitation, as somebody makes it who holds its key; `receipt` is what the relay witnessed. */
async function join(
  change: Change = {},
  receipt: Change & { relayKey?: typeof relay1 } = {},
  parts: Partial<DelegatedParts> = {},
) {
  const name = receipt.name ?? 'server7'
  return issueDelegated(
    invitationKey,
    {
      name: 'server7',
      peerId: id(user1),
      roles: ['chat'],
      grants: [],
      issuedAtMs: joinedMs,
      expiresAtMs: joinedMs + 30 * dayMs,
      ...change,
    },
    {
      delegation: invitation,
      receipt: await sealReceipt(receipt.relayKey ?? relay1, {
        networkId,
        serial: invitation.serial,
        peerId: receipt.peerId ?? id(user1),
        name,
        issuedAtMs: receipt.issuedAtMs ?? joinedMs,
      }),
      witness: relay.envelope,
      ...parts,
    },
  )
}

test('who was invited is a member by the chain alone: authority, invitation key, a relay that witnessed', async () => {
  const joined = await join()
  const opened = await openCertificate(joined.envelope, { networkId, peerId: id(user1), nowMs: joinedMs })
  expect(opened).toMatchObject({ name: 'server7', roles: ['chat'], peerId: id(user1) })
  expect(opened.basis).toEqual({ serials: [toHex(invitation.serial)], issuedAtMs: joinedMs })
})

test.each<[string, Change, Change & { relayKey?: typeof relay1 }]>([
  ['another name than was invited', { name: 'admin' }, { name: 'admin' }],
  ['the pattern itself', { name: 'server' }, { name: 'server' }],
  ['a role the invitation does not give', { roles: ['chat', 'relay'] }, {}],
  ['a grant it does not give', { grants: [{ service: 'ssh', instanceId: 'other' }] }, {}],
  ['a longer life than it allows', { expiresAtMs: joinedMs + 400 * dayMs }, {}],
  [
    'a date after its end',
    { issuedAtMs: issuedAtMs + 8 * dayMs, expiresAtMs: issuedAtMs + 9 * dayMs },
    { issuedAtMs: issuedAtMs + 8 * dayMs },
  ],
  ['a date before it was made', { issuedAtMs: issuedAtMs - dayMs }, { issuedAtMs: issuedAtMs - dayMs }],
  ['a receipt for another key', { peerId: id(user2) }, {}],
  ['a receipt for another name', {}, { name: 'server8' }],
  ['a receipt of another moment', {}, { issuedAtMs: joinedMs - 1 }],
  ['a receipt signed by who is no relay', {}, { relayKey: user2 }],
])('%s is refused', async (_, change, receipt) => {
  expect(await codeOf(() => join(change, receipt))).toBe('certificate_invalid')
})

test('a witness that is no relay, or whose own certificate was over, is none', async () => {
  const user = await certificateOf('relay1', relay1, { roles: ['chat'] })
  expect(await codeOf(() => join({}, {}, { witness: user.envelope }))).toBe('certificate_invalid')
  const over = await certificateOf('relay1', relay1, { roles: ['relay'], expiresAtMs: issuedAtMs + 1 })
  expect(await codeOf(() => join({}, {}, { witness: over.envelope }))).toBe('certificate_invalid')
})

test('no receipt, no witness and another network are refused', async () => {
  const nothing = new Uint8Array(0)
  expect(await codeOf(() => join({}, {}, { receipt: nothing }))).toBe('certificate_invalid')
  expect(await codeOf(() => join({}, {}, { witness: nothing }))).toBe('certificate_invalid')
  const joined = await join()
  expect(await codeOf(() => readCertificate(joined.envelope, id(otherAuthority)))).toBe('certificate_foreign')
  const foreign = await issueDelegation(otherAuthority, { ...invitation, peerId: id(invitationKey) })
  expect(await codeOf(() => readDelegation(foreign.envelope, networkId))).toBe('certificate_foreign')
  expect(await codeOf(() => join({}, {}, { delegation: { ...foreign, networkId } }))).toBe('certificate_foreign')
})

test('a revoked invitation voids whatever stands on it, also what was signed before', async () => {
  const joined = await join()
  const revocations = { revokedSerials: new Set([toHex(invitation.serial)]) }
  expect(await codeOf(() => openCertificate(joined.envelope, { networkId, nowMs: joinedMs, revocations }))).toBe(
    'certificate_revoked',
  )
})

test('a renewal key gives who has a certificate a newer one, and nothing else', async () => {
  const first = await certificateOf('user1', user1)
  const delegation = await issueDelegation(authority, {
    peerId: id(renewalKey),
    purpose: 'renew',
    names: '*',
    issuedAtMs,
    expiresAtMs: issuedAtMs + 1000 * dayMs,
  })
  const at = issuedAtMs + 300 * dayMs
  const fields = {
    name: 'user1',
    peerId: id(user1),
    roles: ['chat'],
    grants: [],
    issuedAtMs: at,
    expiresAtMs: at + 365 * dayMs,
  }
  const renew = (change: Change = {}) =>
    issueDelegated(renewalKey, { ...fields, ...change }, { delegation, renews: first.envelope })
  const renewed = await renew()
  expect((await openCertificate(renewed.envelope, { networkId, nowMs: at + 300 * dayMs })).name).toBe('user1')
  for (const change of [
    { name: 'user2' },
    { peerId: id(user2) },
    { roles: ['chat', 'admin'] },
    { roles: [] },
    { expiresAtMs: at + 366 * dayMs },
  ]) {
    expect(await codeOf(() => renew(change)), JSON.stringify(change)).toBe('certificate_invalid')
  }
  // A revocation of the first, of the key it is for, or of the renewal key ends the renewed one as well.
  for (const revocations of [
    { revokedSerials: new Set([toHex(first.serial)]) },
    { revokedSerials: new Set([toHex(delegation.serial)]) },
    { revokedSerials: new Set<string>(), revokedPeers: new Map([[id(user1), issuedAtMs + dayMs]]) },
  ]) {
    expect(await codeOf(() => openCertificate(renewed.envelope, { networkId, nowMs: at, revocations }))).toBe(
      'certificate_revoked',
    )
  }
  // And who joined with an invitation is renewed as well.
  const joined = await join()
  const again = await issueDelegated(
    renewalKey,
    { ...fields, name: 'server7', issuedAtMs: at },
    { delegation, renews: joined.envelope },
  )
  expect(again.basis?.serials).toContain(toHex(invitation.serial))
})

test('a certificate that was cut or changed anywhere is refused', async () => {
  const { envelope } = await join()
  for (let at = 0; at < envelope.byteLength; at += 7) {
    const changed = envelope.slice()
    changed[at] = changed[at]! ^ 1
    expect(await codeOf(() => readCertificate(changed, networkId)), `byte ${at}`).not.toBe('nothing')
    expect(await codeOf(() => readCertificate(envelope.slice(0, at), networkId)), `${at} bytes`).not.toBe('nothing')
  }
})

test('a wish is signed with the key of the invitation', async () => {
  const wish = { networkId, serial: invitation.serial, peerId: id(user1), name: 'server7' }
  expect(await openRedemption(await sealRedemption(invitationKey, wish), id(invitationKey))).toEqual(wish)
  const forged = await sealRedemption(user2, wish)
  expect(await codeOf(() => openRedemption(forged, id(invitationKey)))).toBe('certificate_invalid')
})

test.each([
  ['bob', 'bob', true],
  ['bob', 'bob2', false],
  ['server*', 'server1', true],
  ['server*', 'server', false],
  ['*', 'x', true],
  ['a*z', 'az', false],
  ['a*z', 'abz', true],
])('%s stands for %s: %s', (pattern, name, fits) => {
  expect(fitsPattern(pattern, name)).toBe(fits)
})

test('a pattern is a name with at most one *', async () => {
  expect(checkPattern('server*')).toBe('server*')
  expect(checkPattern('Jose\u0301*')).toBe('Jos\u00e9*')
  for (const bad of ['', 'a**', '*a*', 'a/*', 'x\u200b*'])
    expect(await codeOf(() => checkPattern(bad)), bad).toBe('bad_name')
})
