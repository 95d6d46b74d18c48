import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { toBase64 } from '../../../src/core/bytes.js'
import { loadOrCreateRendezvousKey } from '../../../src/rendezvous/key.js'
import { temporaryFolder } from '../../support/cli.js'

let place: ReturnType<typeof temporaryFolder>
let file: string
beforeEach(() => {
  place = temporaryFolder()
  file = path.join(place.dir, 'node.key')
})
afterEach(() => place.remove())

const idOf = (key: Uint8Array) => peerIdFromPrivateKey(privateKeyFromProtobuf(key)).toString()

describe('a key file', () => {
  test('is made when it is missing, for its owner only, and keeps the peer id from then on', async () => {
    const made = await loadOrCreateRendezvousKey(file)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file, 'utf8')).toBe(`${toBase64(made)}\n`)
    expect(idOf(await loadOrCreateRendezvousKey(file))).toBe(idOf(made))
  })

  test('is made with its folder', async () => {
    await loadOrCreateRendezvousKey(path.join(place.dir, 'new', 'node.key'))
    expect(statSync(path.join(place.dir, 'new', 'node.key')).mode & 0o777).toBe(0o600)
  })

  test.each(['Ed25519', 'secp256k1', 'RSA'] as const)('may hold any key of libp2p: %s', async (type) => {
    const key = privateKeyToProtobuf(type === 'RSA' ? await generateKeyPair('RSA', 2048) : await generateKeyPair(type))
    writeFileSync(file, `${toBase64(key)}\r\n`, { mode: 0o600 })
    expect(idOf(await loadOrCreateRendezvousKey(file))).toBe(idOf(key))
  })

  test.each([
    ['empty', ''],
    ['no base64', '-----BEGIN PRIVATE KEY-----'],
    ['no key', toBase64(new Uint8Array(68))],
    ['half a key', `${toBase64(new Uint8Array([8, 1, 18, 64, 1, 2, 3]))}\n`],
    ['far too large', 'A'.repeat(1024 * 1024)],
  ])('that is damaged is refused and left alone: %s', async (_, content) => {
    writeFileSync(file, content, { mode: 0o600 })
    await expect(loadOrCreateRendezvousKey(file)).rejects.toMatchObject({ code: 'identity_damaged' })
    expect(readFileSync(file, 'utf8')).toBe(content)
  })

  test('that others can read is refused, with what to type', async () => {
    await loadOrCreateRendezvousKey(file)
    chmodSync(file, 0o644)
    await expect(loadOrCreateRendezvousKey(file)).rejects.toMatchObject({
      code: 'identity_exposed',
      message: expect.stringContaining(`chmod 600 '${file}'`),
    })
  })

  test('that is a folder is refused', async () => {
    mkdirSync(file)
    await expect(loadOrCreateRendezvousKey(file)).rejects.toMatchObject({ code: 'file_unreadable' })
  })

  test('in a place that cannot be written is refused', async () => {
    writeFileSync(file, 'a file')
    await expect(loadOrCreateRendezvousKey(path.join(file, 'node.key'))).rejects.toMatchObject({
      code: 'file_unreadable',
    })
  })
})
