import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { fromBase64, toBase64 } from '../core/bytes.js'
import { OverlayError } from '../core/errors.js'
import { readPrivateFile } from '../core/private-file.js'
import { writeFileAtomic } from '../identity/atomic-file.js'

/** Limits a key file: RSA keys of 8192 bits, the greatest that libp2p knows, take less than 7 KiB. */
const maxKeyFileBytes = 16 * 1024

/**
 * Resolves with the private key in `file`, for {@link RendezvousOptions.privateKey}. A missing file is made, with a new Ed25519 key
 * and mode 0600. The file holds one line: libp2p's own form of a private key (protobuf, as go's `MarshalPrivateKey`) in base64.
 * Errors: `bad_argument` for an empty name, `file_unreadable`, `identity_exposed` when other users of the machine can read it,
 * `identity_damaged`.
 */
export async function loadOrCreateRendezvousKey(file: string): Promise<Uint8Array> {
  if (file === '') throw new OverlayError('bad_argument', 'The name of the key file is empty.')
  const text = await readPrivateFile(file, { what: 'key file', maxBytes: maxKeyFileBytes })
  if (text !== undefined) return parseKey(text, file)
  const key = privateKeyToProtobuf(await generateKeyPair('Ed25519'))
  await writeFileAtomic(file, `${toBase64(key)}\n`, { mode: 0o600 })
  return key
}

/** Returns the peer id that belongs to this key, in the form that {@link loadOrCreateRendezvousKey} gives. */
export function rendezvousPeerId(privateKey: Uint8Array): string {
  return peerIdFromPrivateKey(privateKeyFromProtobuf(privateKey)).toString()
}

function parseKey(text: string, file: string): Uint8Array {
  const key = fromBase64(text.trim())
  if (key === undefined || key.byteLength === 0) throw damaged(file)
  try {
    privateKeyFromProtobuf(key)
    return key
  } catch (cause) {
    throw damaged(file, cause)
  }
}

function damaged(file: string, cause?: unknown): OverlayError {
  return new OverlayError(
    'identity_damaged',
    `The key file ${file} does not hold a private key: one line, libp2p's protobuf form in base64.`,
    { path: file, cause },
  )
}
