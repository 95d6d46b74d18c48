import { expect, test } from 'vitest'
import {
  Certificate,
  Delegation,
  KeptDocuments,
  NetworkDocument,
  Rotation,
} from '../../../src/wire/messages/identity.js'
import { fromHex } from './hex.js'

const bytes = (...values: number[]) => Uint8Array.from(values)
const hexOf = (encoded: Uint8Array) => Buffer.from(encoded).toString('hex')

const document: NetworkDocument = {
  networkId: 'n',
  networkName: 'h',
  revision: 2,
  issuedAtMs: 300,
  relays: [],
  services: [],
  revokedSerials: [bytes(1)],
  previousDigest: bytes(2, 3),
  earlierDigests: bytes(4, 5),
  revokedPeers: [{ peerId: 'p', issuedUntilMs: 300 }],
  revokedNames: ['b'],
  rotations: [bytes(6)],
  nextAuthority: bytes(7),
}

test('a network document names the ones before it and the keys it revokes in these bytes', () => {
  const hex = '0a016e120168180220ac023a010142020203' + '4a020405' + '52060a017010ac02' + '5a0162' + '620106' + '6a0107'
  expect(hexOf(NetworkDocument.encode(document))).toBe(hex)
  expect(NetworkDocument.decode(fromHex(hex))).toEqual(document)
})

test('a network document of an older version has neither, and is read', () => {
  const decoded = NetworkDocument.decode(fromHex('0a016e120168180220ac023a0101'))
  expect(decoded).toEqual({
    ...document,
    previousDigest: bytes(),
    earlierDigests: bytes(),
    revokedPeers: [],
    revokedNames: [],
    rotations: [],
    nextAuthority: bytes(),
  })
})

test('a rotation is these bytes, and comes in certificates and delegations', () => {
  const rotation = { networkId: 'n', position: 1, peerId: 'p', issuedAtMs: 300 }
  expect(hexOf(Rotation.encode(rotation))).toBe('0a016e10011a017020ac02')
  expect(Rotation.decode(fromHex('0a016e10011a017020ac02'))).toEqual(rotation)
  expect(hexOf(Certificate.encode({ rotations: [bytes(6)] }))).toBe('6a0106')
  expect(hexOf(Delegation.encode({ rotations: [bytes(6)] }))).toBe('620106')
  expect(() => Certificate.decode(fromHex('6a0106'.repeat(9)))).toThrow()
})

test('documents kept aside are a list of envelopes', () => {
  expect(hexOf(KeptDocuments.encode({ documents: [bytes(1), bytes(2)] }))).toBe('0a01010a0102')
})
