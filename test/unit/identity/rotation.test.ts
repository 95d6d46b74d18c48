import type { PrivateKey } from '@libp2p/interface'
import { expect, test } from 'vitest'
import {
  issueCertificate,
  issueDelegated,
  openCertificate,
  readCertificate,
} from '../../../src/identity/certificate.js'
import { issueDelegation, readDelegation } from '../../../src/identity/delegation.js'
import { rotationKind, seal } from '../../../src/identity/envelope.js'
import { HeldDocuments } from '../../../src/identity/held-documents.js'
import {
  issueNetworkDocument,
  type NetworkDocumentFields,
  type NetworkView,
  openNetworkDocument,
} from '../../../src/identity/network-document.js'
import { isRevoked } from '../../../src/identity/revocation.js'
import {
  type AuthorityKey,
  asAuthorityKey,
  maxRotations,
  openLine,
  sealRotation,
} from '../../../src/identity/rotation.js'
import { Rotation } from '../../../src/wire/messages/identity.js'
import {
  authority,
  chat,
  codeOf,
  dayMs,
  id,
  issuedAtMs,
  key,
  networkId,
  otherAuthority,
  user1,
  user2,
} from './fixtures.js'

/** The key that follows `before`, as the authority makes it. */
async function follow(before: PrivateKey | AuthorityKey, privateKey: PrivateKey): Promise<AuthorityKey> {
  const { networkId, rotations } = asAuthorityKey(before)
  return { privateKey, networkId, rotations: [...rotations, await sealRotation(before, id(privateKey), issuedAtMs)] }
}

const [key1, key2, key3, stolenNext] = await Promise.all([50, 51, 52, 53].map(key))
const second = await follow(authority, key1!)
const third = await follow(second, key2!)
const fourth = await follow(third, key3!)
/** Who has the first key, and would like to go on with another one than was named. */
const thief = await follow(authority, stolenNext!)

function document(
  signer: PrivateKey | AuthorityKey,
  revision: number,
  more: Partial<NetworkDocumentFields> = {},
): Promise<NetworkView> {
  const fixed = { networkName: 'home', issuedAtMs: issuedAtMs + revision, relays: [], services: [chat] }
  return issueNetworkDocument(signer, { ...fixed, revision, ...more })
}

const hold = (first: NetworkView, ...others: NetworkView[]) =>
  others.reduce((held, each) => held.join(each).held, new HeldDocuments(first))
const naming = ({ rotations }: AuthorityKey) => ({ nextRotation: rotations.at(-1)! })
const certificateBy = (signer: PrivateKey | AuthorityKey, privateKey = user1) =>
  issueCertificate(signer, { name: 'user1', peerId: id(privateKey), roles: ['chat'], issuedAtMs })

test("a later key signs for the same network, and everybody who knows the network's id can follow", async () => {
  expect(await openLine(networkId, fourth.rotations)).toEqual([networkId, id(key1!), id(key2!), id(key3!)])
  const { envelope } = await certificateBy(fourth)
  expect(await readCertificate(envelope, networkId)).toMatchObject({ networkId, name: 'user1' })
  const invitation = await issueDelegation(third, {
    peerId: id(user2),
    purpose: 'invite',
    names: 'x',
    issuedAtMs,
    expiresAtMs: issuedAtMs + dayMs,
  })
  expect((await readDelegation(invitation.envelope, networkId)).networkId).toBe(networkId)
  const { envelope: bytes } = await document(fourth, 9)
  expect((await openNetworkDocument(bytes, { networkId })).authorities).toHaveLength(4)
  expect(await codeOf(() => readCertificate(envelope, id(otherAuthority)))).toBe('certificate_foreign')
})

test('a node that slept through several rotations follows them with one document', async () => {
  const first = await document(authority, 1)
  const named = await document(authority, 2, { ...naming(second), previous: first })
  const newest = await document(fourth, 9)
  for (const held of [hold(first, newest), hold(named, newest), hold(first, named, newest)]) {
    expect(held.current.digest).toBe(newest.digest)
    expect(held.aside).toEqual([])
  }
  // And meets people with certificates by a key it has never heard of.
  const { envelope } = await certificateBy(fourth)
  const peerId = id(user1)
  for (const revocations of [first, named, newest]) {
    expect((await openCertificate(envelope, { networkId, peerId, nowMs: issuedAtMs, revocations })).name).toBe('user1')
  }
})

test('certificates by an earlier key stay good; one that was named in the place of another is none of the authority', async () => {
  const named = await document(authority, 2, naming(second))
  const after = await document(second, 3, { previous: named })
  const peerId = id(user1)
  const open = async (envelope: Uint8Array, revocations: NetworkView) =>
    codeOf(() => openCertificate(envelope, { networkId, peerId, nowMs: issuedAtMs, revocations }))
  for (const network of [named, after]) {
    expect(await open((await certificateBy(authority)).envelope, network)).toBe('nothing')
    expect(await open((await certificateBy(thief)).envelope, network)).toBe('certificate_invalid')
    expect(isRevoked(network, await certificateBy(thief))).toBe(true)
  }
})

test('a leaked key is void with all that stands on it, whenever that says it was signed', async () => {
  const leaked = await document(second, 3, { revokedPeers: [[networkId, issuedAtMs]] })
  const late = await issueCertificate(authority, {
    name: 'user1',
    peerId: id(user1),
    roles: ['chat'],
    issuedAtMs: issuedAtMs + 900 * dayMs,
  })
  expect(isRevoked(leaked, late)).toBe(true)
  expect(isRevoked(leaked, await certificateBy(second))).toBe(false)
  const renewalKey = await key(60)
  const fields = { purpose: 'renew', names: 'user1', issuedAtMs, expiresAtMs: issuedAtMs + dayMs } as const
  const delegation = await issueDelegation(second, { ...fields, peerId: id(renewalKey) })
  const first = await certificateBy(authority)
  const { name, peerId, roles, grants } = first
  const again = { name, peerId, roles, grants, issuedAtMs, expiresAtMs: issuedAtMs + dayMs }
  const renewed = await issueDelegated(renewalKey, again, { delegation, renews: first.envelope })
  expect(isRevoked(leaked, renewed)).toBe(true)
})

test('the next key is the one that was named first, whatever the old one signs later', async () => {
  const first = await document(authority, 1)
  const named = await document(authority, 2, { ...naming(second), previous: first })
  const held = hold(first, named)
  // Another name, in a later revision; another key, of any revision; none at all.
  const renamed = await document(authority, 3, { ...naming(thief), previous: named })
  const stolen = await document(thief, 1_000, { previous: named })
  for (const forged of [renamed, stolen]) {
    expect(held.join(forged)).toEqual({ held, news: 'refused' })
    expect(forged === stolen && hold(named, await document(second, 3)).join(forged).news).not.toBe('newer')
  }
  const unnamed = await document(authority, 3, { previous: named })
  const after = held.join(unnamed).held
  expect(after.current.digest).toBe(unnamed.digest)
  expect(after.view.nextAuthority).toBe(id(key1!))
  expect(after.join(stolen).news).toBe('refused')
  expect(hold(unnamed, named).view.nextAuthority).toBe(id(key1!))
})

test('once a key has followed, the one before signs nothing any more, however high its revision', async () => {
  const named = await document(authority, 2, naming(second))
  const after = await document(second, 3, { previous: named })
  const late = await document(authority, 1_000_000, { ...naming(second), revokedSerials: ['ab'.repeat(16)] })
  for (const held of [hold(named, after, late), hold(named, late, after), hold(late, after)]) {
    expect(held.current.digest).toBe(after.digest)
    expect(held.view.revokedSerials.size).toBe(0)
    expect(held.aside).toEqual([])
  }
})

test('a rotation that was forged, replayed or taken from elsewhere leads nowhere', async () => {
  const [toSecond, toThird] = third.rotations as [Uint8Array, Uint8Array]
  const sign = (privateKey: PrivateKey, fields: Partial<Rotation>) =>
    seal(
      rotationKind.domain,
      rotationKind.payloadType,
      Rotation.encode({ networkId, position: 1, peerId: id(key1!), issuedAtMs, ...fields }),
      privateKey,
    )
  const foreign = await follow(otherAuthority, key1!)
  const lines: Array<readonly Uint8Array[]> = [
    [await sign(otherAuthority, {})],
    [await sign(user1, {})],
    [toThird],
    [toSecond, toSecond],
    [toSecond, toThird, toSecond],
    [toSecond, toThird, toThird],
    [await sign(authority, { position: 2 })],
    [await sign(authority, { peerId: networkId })],
    [await sign(authority, { peerId: 'nobody' })],
    [await sign(authority, { issuedAtMs: 0 })],
    foreign.rotations,
    [toSecond.subarray(0, -1)],
  ]
  for (const line of lines) expect(await codeOf(() => openLine(networkId, line))).toBe('certificate_invalid')
})

test('the keys of an authority are counted', async () => {
  let last: PrivateKey | AuthorityKey = authority
  for (let count = 0; count < maxRotations; count++) last = await follow(last, await key(70 + count))
  expect((await readCertificate((await certificateBy(last)).envelope, networkId)).name).toBe('user1')
  expect(await codeOf(() => sealRotation(last, id(user2), issuedAtMs))).toBe('too_large')
})
