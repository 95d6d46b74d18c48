import { expect, test } from 'vitest'
import { toHex } from '../../../src/core/bytes.js'
import { certificateKind, seal, terminatorKind } from '../../../src/identity/envelope.js'
import {
  maxTerminatorBytes,
  openTerminator,
  sealTerminator,
  type TerminatorRecord,
} from '../../../src/identity/terminator.js'
import { Terminator } from '../../../src/wire/messages/identity.js'
import { codeOf, id, issuedAtMs, networkId, otherAuthority, relay1, user1, user2 } from './fixtures.js'

const record: TerminatorRecord = {
  networkId,
  service: 'chat-p2p',
  instanceId: 'user1/laptop',
  hostPeerId: id(user1),
  relayPeerId: id(relay1),
  cost: 10,
  precedence: 'required',
  sequence: 3,
  issuedAtMs,
  processId: 0xfedcba98,
}
const open = (bytes: Uint8Array) => openTerminator(bytes, { networkId })
const forge = (change: Partial<Terminator>, signer = user1, kind = terminatorKind) =>
  seal(kind.domain, kind.payloadType, Terminator.encode({ ...record, precedence: 1, ...change }), signer)

test.each(['default', 'required', 'failed'] as const)(
  'a terminator of precedence %s reads back',
  async (precedence) => {
    expect(await open(await sealTerminator(user1, { ...record, precedence }))).toEqual({ ...record, precedence })
  },
)

test('the longest names fit', async () => {
  const long = { ...record, service: 's'.repeat(64), instanceId: 'i'.repeat(255), cost: 65_535, sequence: 2 ** 53 - 1 }
  expect(await open(await sealTerminator(user1, long))).toEqual(long)
})

test('a terminator is the same bytes for ever', async () => {
  expect(toHex(await sealTerminator(user1, record))).toMatchInlineSnapshot(
    `"0a2408011220ed4928c628d1c2c6eae90338905995612959273a5c63f93636c14614ac8737d112142f636861742d7032702f7465726d696e61746f721acd010a34313244334b6f6f574b3939566f56784e4537587a79427758457a573778684b37477076383572394633563366794b53554b5048351208636861742d7032701a0c75736572312f6c6170746f702234313244334b6f6f57526e645668565a504369517748424242646737363947797250555731337a787771517966397233414e6162612a34313244334b6f6f574846643167794e5946717874376b6539465932566f565657593258535068764c397667327042367751476661300a380140034880f8a5f9c1325098f5f2f60f2a4024f75dc62cfaaa4382cf58a805efb80b4b82d785551e319c900f9dd02cc90405fcacd429b6dec4a51e3a7ec68cb8133e27b53470882705a6bb2ad8753f3f4308"`,
  )
})

test('service and instance id are signed and read in one form', async () => {
  const bytes = await sealTerminator(user1, { ...record, service: 'cafe\u0301', instanceId: 'Jose\u0301' })
  expect(await openTerminator(bytes, { networkId })).toMatchObject({ service: 'caf\u00e9', instanceId: 'Jos\u00e9' })
})

test('a terminator signed by somebody else is refused', async () => {
  expect(await codeOf(async () => open(await forge({}, user2)))).toBe('certificate_invalid')
  expect(await codeOf(async () => open(await forge({}, relay1)))).toBe('certificate_invalid')
  expect(await codeOf(() => sealTerminator(user2, record))).toBe('bad_argument')
})

test('a terminator of another network is foreign', async () => {
  const bytes = await sealTerminator(user1, { ...record, networkId: id(otherAuthority) })
  expect(await codeOf(() => open(bytes))).toBe('certificate_foreign')
})

test('the same content signed for another purpose is refused', async () => {
  expect(await codeOf(async () => open(await forge({}, user1, certificateKind)))).toBe('certificate_invalid')
})

test('cut off at any byte, or with any byte changed, it is refused', async () => {
  const bytes = await sealTerminator(user1, record)
  for (let at = 0; at < bytes.byteLength; at++) {
    expect(await codeOf(() => open(bytes.subarray(0, at))), `${at} bytes`).toBe('certificate_invalid')
    const changed = bytes.slice()
    changed[at]! ^= 0x04
    expect(await codeOf(() => open(changed)), `byte ${at}`).toBe('certificate_invalid')
  }
})

test('over the cap it is refused', async () => {
  expect(await codeOf(() => open(new Uint8Array(maxTerminatorBytes + 1)))).toBe('certificate_invalid')
})

test.each<[string, Partial<Terminator>]>([
  ['no service', { service: '' }],
  ['no instance id', { instanceId: '' }],
  ['an over-long instance id', { instanceId: 'x'.repeat(256) }],
  ['control characters', { instanceId: 'user1\u0000' }],
  ['a relay that is no peer id', { relayPeerId: 'relay1' }],
  ['a cost over 65535', { cost: 65_536 }],
  ['an unknown precedence', { precedence: 3 }],
])('%s makes it invalid, even when the host signed it', async (_, change) => {
  expect(await codeOf(async () => open(await forge(change)))).toBe('certificate_invalid')
})
