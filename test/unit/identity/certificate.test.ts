import { expect, test } from 'vitest'
import { toHex } from '../../../src/core/bytes.js'
import { certificateValidityMs, maxCertificateBytes, maxClockSkewMs } from '../../../src/core/limits.js'
import { issueCertificate, openCertificate, readCertificate } from '../../../src/identity/certificate.js'
import { certificateKind, networkDocumentKind, seal } from '../../../src/identity/envelope.js'
import { Certificate } from '../../../src/wire/messages/identity.js'
import {
  authority,
  certificateOf,
  codeOf,
  dayMs,
  id,
  issuedAtMs,
  networkId,
  otherAuthority,
  user1,
  user2,
} from './fixtures.js'

const open = (envelope: Uint8Array, expected: Partial<Parameters<typeof openCertificate>[1]> = {}) =>
  openCertificate(envelope, { networkId, peerId: id(user1), nowMs: issuedAtMs, ...expected })

/** Signs any content as a certificate, as an authority of another version, or a forger, might. */
async function forge(change: Partial<Certificate>, signer = authority) {
  const { envelope: _, ...content } = await certificateOf('user1', user1)
  const whole = { ...content, roles: [...content.roles], grants: [...content.grants], ...change }
  return seal(certificateKind.domain, certificateKind.payloadType, Certificate.encode(whole), signer)
}

test('a certificate reads back as it was issued', async () => {
  const grants = [{ service: 'ssh', instanceId: 'bastion' }]
  const issued = await certificateOf('user1', user1, { roles: ['chat', 'ops'], grants })
  expect(await open(issued.envelope)).toEqual(issued)
  expect(issued).toMatchObject({ networkId, name: 'user1', peerId: id(user1), roles: ['chat', 'ops'], grants })
})

test('a certificate is the same bytes for ever', async () => {
  const serial = new Uint8Array(16).map((_, index) => index)
  const { envelope } = await certificateOf('user1', user1, { serial, grants: [{ service: 'ssh', instanceId: 'b' }] })
  expect(toHex(envelope)).toMatchInlineSnapshot(
    `"0a24080112208a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c12152f636861742d7032702f63657274696669636174651aa3010a34313244334b6f6f574b3939566f56784e4537587a79427758457a573778684b37477076383572394633563366794b53554b5048351210000102030405060708090a0b0c0d0e0f1a0575736572312234313244334b6f6f57526e645668565a504369517748424242646737363947797250555731337a787771517966397233414e6162612a046368617432080a037373681201623880f8a5f9c1324080d0eab6b7332a407910493e6d485c9ec133c8dbdea2fda2f575cc6580df4b1a18cfc774b7e8864c5fda912b1ab3ec394497e8550661a994ed61bb78e7190a07b20771dc8991db02"`,
  )
})

test('names are kept in one form, however they were typed', async () => {
  const certificate = await certificateOf('Jose\u0301', user1, {
    roles: ['cafe\u0301'],
    grants: [{ service: 'cafe\u0301', instanceId: 'Jose\u0301/phone' }],
  })
  for (const shown of [certificate, await openCertificate(certificate.envelope, { networkId, nowMs: issuedAtMs })]) {
    expect(shown).toMatchObject({
      name: 'Jos\u00e9',
      roles: ['caf\u00e9'],
      grants: [{ service: 'caf\u00e9', instanceId: 'Jos\u00e9/phone' }],
    })
  }
})

test('without dates it is valid from now on for a year', async () => {
  const issued = await issueCertificate(authority, { name: 'user1', peerId: id(user1), roles: [] })
  expect(issued.expiresAtMs - issued.issuedAtMs).toBe(certificateValidityMs)
})

test('every certificate has a serial of its own', async () => {
  const [a, b] = [await certificateOf('user1', user1), await certificateOf('user1', user1)]
  expect(toHex(a.serial)).not.toBe(toHex(b.serial))
})

test.each([
  ['on the last millisecond', 365 * dayMs, 'nothing'],
  ['two minutes after it, as clocks differ', 365 * dayMs + maxClockSkewMs, 'nothing'],
  ['later than that', 365 * dayMs + maxClockSkewMs + 1, 'certificate_expired'],
  ['two minutes before it begins', -maxClockSkewMs, 'nothing'],
  ['earlier than that', -maxClockSkewMs - 1, 'certificate_expired'],
])('%s a certificate gives %3$s', async (_, offsetMs, code) => {
  const { envelope } = await certificateOf('user1', user1)
  expect(await codeOf(() => open(envelope, { nowMs: issuedAtMs + offsetMs }))).toBe(code)
})

test('a certificate shown by another peer is refused', async () => {
  const { envelope } = await certificateOf('user1', user1)
  expect(await codeOf(() => open(envelope, { peerId: id(user2) }))).toBe('certificate_peer')
})

test('without an expected peer any will do, for certificates that are handed on', async () => {
  const { envelope } = await certificateOf('user1', user1)
  expect((await open(envelope, { peerId: undefined })).peerId).toBe(id(user1))
})

test('a revoked serial is refused, also when the certificate was good a moment ago', async () => {
  const { envelope, serial } = await certificateOf('user1', user1)
  await open(envelope)
  expect(await codeOf(() => open(envelope, { revocations: { revokedSerials: new Set([toHex(serial)]) } }))).toBe(
    'certificate_revoked',
  )
  expect(await codeOf(() => open(envelope, { revocations: { revokedSerials: new Set(['00'.repeat(16)]) } }))).toBe(
    'nothing',
  )
})

test('a remembered signature does not make an expired certificate good, nor another network trust it', async () => {
  const { envelope } = await certificateOf('user1', user1)
  await open(envelope)
  expect(await codeOf(() => open(envelope, { nowMs: issuedAtMs + 366 * dayMs }))).toBe('certificate_expired')
  expect(await codeOf(() => open(envelope, { peerId: id(user2) }))).toBe('certificate_peer')
  expect(await codeOf(() => open(envelope, { networkId: id(otherAuthority) }))).toBe('certificate_foreign')
})

test('a certificate of another network is foreign', async () => {
  const { envelope } = await issueCertificate(otherAuthority, {
    name: 'user1',
    peerId: id(user1),
    roles: ['chat'],
    issuedAtMs,
  })
  expect(await codeOf(() => open(envelope))).toBe('certificate_foreign')
})

test('a stranger who claims our network is a forger', async () => {
  expect(await codeOf(async () => open(await forge({}, otherAuthority)))).toBe('certificate_invalid')
})

test('a member cannot sign certificates', async () => {
  expect(await codeOf(async () => open(await forge({}, user1)))).toBe('certificate_invalid')
})

test('another kind of signed thing by the authority is not a certificate', async () => {
  const payload = Certificate.encode({ networkId, name: 'user1' })
  for (const kind of [
    { domain: certificateKind.domain, payloadType: networkDocumentKind.payloadType },
    { domain: networkDocumentKind.domain, payloadType: certificateKind.payloadType },
  ]) {
    const envelope = await seal(kind.domain, kind.payloadType, payload, authority)
    expect(await codeOf(() => open(envelope))).toBe('certificate_invalid')
  }
})

test('cut off at any byte it is refused', async () => {
  const { envelope } = await certificateOf('user1', user1)
  for (let end = 0; end < envelope.byteLength; end++) {
    expect(await codeOf(() => open(envelope.subarray(0, end))), `${end} bytes`).toBe('certificate_invalid')
  }
})

test('any flipped bit is noticed', async () => {
  const { envelope } = await certificateOf('user1', user1)
  for (let at = 0; at < envelope.byteLength; at++) {
    const changed = envelope.slice()
    changed[at]! ^= 1 << (at % 8)
    expect(await codeOf(() => open(changed)), `byte ${at}`).toBe('certificate_invalid')
  }
})

test('something appended is refused', async () => {
  const { envelope } = await certificateOf('user1', user1)
  // Field 15, one byte long: valid protobuf that the signature does not cover.
  expect(await codeOf(() => open(new Uint8Array([...envelope, 0x7a, 1, 0])))).toBe('certificate_invalid')
})

test('over the cap it is refused before it is parsed', async () => {
  const error = await readCertificate(new Uint8Array(maxCertificateBytes + 1), networkId).catch((error) => error)
  expect(error.code).toBe('certificate_invalid')
  expect(error.message).toContain(`over ${maxCertificateBytes} bytes`)
})

test.each<[string, Partial<Certificate>]>([
  ['an empty name', { name: '' }],
  ['a name with a slash, which would own another instance id', { name: 'user2/laptop' }],
  ['a name with control characters', { name: 'user1\u001b[2J' }],
  ['a name over 64 bytes', { name: 'ü'.repeat(33) }],
  ['no peer id', { peerId: '' }],
  ['a peer id that is none', { peerId: 'user1' }],
  ['no serial', { serial: new Uint8Array(0) }],
  ['an empty role', { roles: [''] }],
  ['a role with a hash', { roles: ['#chat'] }],
  ['the role all', { roles: ['all'] }],
  ['a grant without a service', { grants: [{ service: '', instanceId: 'x' }] }],
  ['a grant of an over-long instance id', { grants: [{ service: 'chat-p2p', instanceId: 'x'.repeat(256) }] }],
  ['no dates', { issuedAtMs: 0, expiresAtMs: 0 }],
  ['an end before its beginning', { expiresAtMs: issuedAtMs - 1 }],
  ['65 roles', { roles: Array.from({ length: 65 }, (_, index) => `role${index}`) }],
])('%s inside a certificate makes it invalid, even when the authority signed it', async (_, change) => {
  expect(await codeOf(async () => open(await forge(change)))).toBe('certificate_invalid')
})

test.each([
  ['an empty name', { name: '' }, 'bad_name'],
  ['a bad role', { roles: ['two words'] }, 'bad_name'],
  ['a bad peer id', { peerId: 'x' }, 'bad_argument'],
  ['too many roles', { roles: Array.from({ length: 65 }, (_, index) => `role${index}`) }, 'too_large'],
  ['an end before its beginning', { expiresAtMs: issuedAtMs - 1 }, 'bad_argument'],
  [
    'more than fits',
    { grants: Array.from({ length: 256 }, () => ({ service: 's', instanceId: 'x'.repeat(200) })) },
    'too_large',
  ],
])('%s is not signed in the first place', async (_, fields, code) => {
  expect(await codeOf(() => certificateOf('user1', user1, fields))).toBe(code)
})

test('what was remembered does not follow later changes of the bytes it came in', async () => {
  const bytes = (await certificateOf('user1', user1)).envelope.slice()
  const first = await open(bytes)
  const before = first.envelope.slice()
  bytes.fill(0)
  expect(first.envelope).toEqual(before)
})
