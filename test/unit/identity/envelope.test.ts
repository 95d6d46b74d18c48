import { generateKeyPair } from '@libp2p/crypto/keys'
import { expect, test } from 'vitest'
import { utf8 } from '../../../src/core/bytes.js'
import { certificateKind, networkDocumentKind, open, seal, terminatorKind } from '../../../src/identity/envelope.js'
import { codeOf, id, user1 } from './fixtures.js'

const type = utf8('/test/thing')

test('what was sealed opens again and names its signer', async () => {
  const opened = await open('test', type, await seal('test', type, utf8('hello'), user1))
  expect(opened.payload).toEqual(utf8('hello'))
  expect(opened.signer.toString()).toBe(id(user1))
})

test('each kind has a domain and a payload type of its own', () => {
  const kinds = [certificateKind, networkDocumentKind, terminatorKind]
  expect(new Set(kinds.map(({ domain }) => domain)).size).toBe(3)
  expect(new Set(kinds.map(({ payloadType }) => payloadType.toString())).size).toBe(3)
})

test('another domain or payload type does not open', async () => {
  const sealed = await seal('test', type, utf8('hello'), user1)
  expect(await codeOf(() => open('tes', type, sealed))).toBe('certificate_invalid')
  expect(await codeOf(() => open('test', utf8('/test/other'), sealed))).toBe('certificate_invalid')
})

test('the cap counts the whole envelope', async () => {
  const sealed = await seal('test', type, utf8('hello'), user1)
  expect(await codeOf(() => open('test', type, sealed, sealed.byteLength))).toBe('nothing')
  expect(await codeOf(() => open('test', type, sealed, sealed.byteLength - 1))).toBe('certificate_invalid')
})

test('only Ed25519 keys count, whatever else libp2p knows', async () => {
  for (const kind of ['secp256k1', 'ECDSA'] as const) {
    const sealed = await seal('test', type, utf8('hello'), await generateKeyPair(kind as 'secp256k1'))
    expect(await codeOf(() => open('test', type, sealed)), kind).toBe('certificate_invalid')
  }
})

test('noise is refused, never anything but an OverlayError', async () => {
  let state = 1
  for (let round = 0; round < 500; round++) {
    const bytes = Uint8Array.from({ length: round % 97 }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return state >>> 24
    })
    expect(await codeOf(() => open('test', type, bytes)), `round ${round}`).toBe('certificate_invalid')
  }
})
