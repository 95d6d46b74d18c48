import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto'
import { privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { fromBase64, toBase64, utf8 } from '../core/bytes.js'
import { OverlayError } from '../core/errors.js'

/** What scrypt (RFC 7914) is told: `n` is its cost in time and memory (128 · n · r bytes), a power of two. */
export interface ScryptCost {
  readonly n: number
  readonly r: number
  readonly p: number
}

/** A private key under a passphrase, as identity files hold it. */
export interface LockedKey extends ScryptCost {
  readonly salt: Uint8Array
  readonly nonce: Uint8Array
  /** The key, encrypted, with the tag of AES-256-GCM behind it. */
  readonly sealed: Uint8Array
}

/** The public parts of an identity that never change: a locked key is of use with them only. */
export interface LockedFor {
  readonly name: string
  readonly kind: string
  readonly peerId: { toString(): string }
}

/** 128 MiB and some 0.4 s: OWASP's first choice for scrypt. */
export const scryptCost: ScryptCost = { n: 2 ** 17, r: 8, p: 1 }
/** A file may ask for this much at most, whoever wrote it. */
const maxScryptBytes = 256 * 1024 * 1024
const maxPassphraseBytes = 1024
const saltBytes = 16
const nonceBytes = 12
const tagBytes = 16

/** Encrypts a private key. Throws `bad_argument` for a passphrase that is empty or over 1024 bytes. */
export async function lockKey(
  privateKey: PrivateKey,
  passphrase: string,
  of: LockedFor,
  cost: ScryptCost = scryptCost,
): Promise<LockedKey> {
  const salt = randomBytes(saltBytes)
  const nonce = randomBytes(nonceBytes)
  const { n, r, p } = cost
  const cipher = createCipheriv('aes-256-gcm', await deriveKey(passphrase, salt, cost), nonce)
  cipher.setAAD(publicParts(of, cost))
  const sealed = Buffer.concat([cipher.update(privateKeyToProtobuf(privateKey)), cipher.final(), cipher.getAuthTag()])
  return { n, r, p, salt, nonce, sealed }
}

/** Throws `identity_locked` when the passphrase is wrong, which an altered file looks like as well. */
export async function unlockKey(locked: LockedKey, passphrase: string, of: LockedFor): Promise<PrivateKey> {
  const decipher = createDecipheriv('aes-256-gcm', await deriveKey(passphrase, locked.salt, locked), locked.nonce)
  decipher.setAAD(publicParts(of, locked))
  decipher.setAuthTag(locked.sealed.subarray(-tagBytes))
  try {
    const bytes = Buffer.concat([decipher.update(locked.sealed.subarray(0, -tagBytes)), decipher.final()])
    const privateKey = privateKeyFromProtobuf(bytes)
    if (peerIdFromPrivateKey(privateKey).toString() === of.peerId.toString()) return privateKey
  } catch {
    // without the cause, which says nothing more, or quotes what it should not
  }
  throw new OverlayError('identity_locked', `The passphrase for ${of.name} is wrong.`)
}

/** What an identity file holds in the place of its key. */
export function formatLockedKey({ n, r, p, salt, nonce, sealed }: LockedKey): object {
  return {
    kdf: 'scrypt',
    n,
    r,
    p,
    salt: toBase64(salt),
    cipher: 'aes-256-gcm',
    nonce: toBase64(nonce),
    sealed: toBase64(sealed),
  }
}

/** Reads it; a text says what is wrong. Costs are bounded, so that a foreign file can't take all of a machine's memory or time. */
export function parseLockedKey(value: unknown): LockedKey | string {
  if (typeof value !== 'object' || value === null) return 'lockedKey is not an object'
  const { kdf, cipher, n, r, p, ...texts } = value as Record<string, unknown>
  if (kdf !== 'scrypt' || cipher !== 'aes-256-gcm') return 'lockedKey needs a newer chat-p2p'
  if (!isWithin(n, 2 ** 10, 2 ** 20) || !Number.isInteger(Math.log2(n)) || !isWithin(r, 1, 32) || !isWithin(p, 1, 4)) {
    return 'lockedKey asks for more of scrypt than is allowed'
  }
  if (128 * n * r > maxScryptBytes) return 'lockedKey asks for more of scrypt than is allowed'
  const bytes = (field: string) => (typeof texts[field] === 'string' ? fromBase64(texts[field]) : undefined)
  const [salt, nonce, sealed] = [bytes('salt'), bytes('nonce'), bytes('sealed')]
  const fits = salt?.byteLength === saltBytes && nonce?.byteLength === nonceBytes
  if (!fits || sealed === undefined || sealed.byteLength <= tagBytes || sealed.byteLength > 1024) {
    return 'lockedKey is incomplete'
  }
  return { n, r, p, salt, nonce, sealed }
}

const isWithin = (value: unknown, min: number, max: number): value is number =>
  Number.isInteger(value) && (value as number) >= min && (value as number) <= max

function publicParts({ name, kind, peerId }: LockedFor, { n, r, p }: ScryptCost): Uint8Array {
  return utf8(JSON.stringify(['chat-p2p locked key 1', name, kind, peerId.toString(), n, r, p]))
}

function deriveKey(passphrase: string, salt: Uint8Array, { n, r, p }: ScryptCost): Promise<Buffer> {
  // The same letters are the same bytes, whatever keyboard typed them.
  const bytes = utf8(passphrase.normalize('NFC'))
  if (bytes.byteLength === 0 || bytes.byteLength > maxPassphraseBytes) {
    throw new OverlayError('bad_argument', `A passphrase has 1 to ${maxPassphraseBytes} bytes.`)
  }
  const options = { N: n, r, p, maxmem: 128 * n * r + 1024 * 1024 }
  return new Promise((resolve, reject) => {
    scrypt(bytes, salt, 32, options, (error, key) => (error === null ? resolve(key) : reject(error)))
  })
}
