import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { expect, test } from 'vitest'
import { formatIdentity, type IdentityRecord, parseIdentity } from '../../../src/identity/identity-json.js'
import { lockKey, unlockKey } from '../../../src/identity/locked-key.js'
import { codeOf, id, user1, user2 } from './fixtures.js'

const cheap = { n: 2 ** 10, r: 8, p: 1 }
const owner = { name: 'user1', kind: 'user' as const, peerId: peerIdFromPrivateKey(user1) }

async function lockedText(change: (lockedKey: Record<string, unknown>) => void = () => {}): Promise<string> {
  const lockedKey = await lockKey(user1, 'open sesame', owner, cheap)
  const json = JSON.parse(formatIdentity({ ...owner, lockedKey } as IdentityRecord))
  change(json.lockedKey)
  return JSON.stringify(json)
}

test('a locked key opens with its passphrase, however its letters were typed, and with no other', async () => {
  const locked = await lockKey(user1, 'pässword', owner, cheap)
  expect((await unlockKey(locked, 'pa\u0308ssword', owner)).equals(user1)).toBe(true)
  expect(await codeOf(() => unlockKey(locked, 'Pässword', owner))).toBe('identity_locked')
  expect(await codeOf(() => lockKey(user1, '', owner, cheap))).toBe('bad_argument')
})

test('a locked key opens in no other identity, nor with cheaper parameters', async () => {
  const locked = await lockKey(user1, 'x', owner, cheap)
  for (const other of [{ name: 'root' }, { kind: 'authority' }, { peerId: { toString: () => id(user2) } }]) {
    expect(await codeOf(() => unlockKey(locked, 'x', { ...owner, ...other }))).toBe('identity_locked')
  }
  expect(await codeOf(() => unlockKey({ ...locked, n: 2 ** 11 }, 'x', owner))).toBe('identity_locked')
})

test('the file of a locked identity says who it is, and holds nothing of its key', async () => {
  const text = await lockedText()
  const record = parseIdentity(text, 'user1.json')
  expect(record).toMatchObject({ name: 'user1', kind: 'user', privateKey: undefined })
  expect(record.peerId.toString()).toBe(id(user1))
  expect(text).not.toContain('privateKey')
  expect((await unlockKey(record.lockedKey!, 'open sesame', record)).equals(user1)).toBe(true)
  // Written again, as a renewal does, it is as it was.
  expect(JSON.parse(formatIdentity(record))).toEqual(JSON.parse(text))
})

test.each<[string, (lockedKey: Record<string, unknown>) => void, RegExp]>([
  ['as much memory as it likes', (key) => Object.assign(key, { n: 2 ** 20, r: 32 }), /asks for more of scrypt/],
  ['no power of two', (key) => Object.assign(key, { n: 2 ** 17 - 1 }), /asks for more of scrypt/],
  ['hours', (key) => Object.assign(key, { p: 1000 }), /asks for more of scrypt/],
  ['another cipher', (key) => Object.assign(key, { cipher: 'rot13' }), /needs a newer chat-p2p/],
  ['no salt', (key) => Object.assign(key, { salt: '' }), /incomplete/],
])('a file whose lock asks for %s is damaged', async (_, change, why) => {
  const text = await lockedText(change)
  expect(() => parseIdentity(text, 'x.json')).toThrow(why)
})
