import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { expect } from 'vitest'
import { type ErrorCode, isOverlayError } from '../../../src/core/errors.js'
import { type CertificateFields, issueCertificate } from '../../../src/identity/certificate.js'
import type { ServiceDefinition } from '../../../src/identity/policy.js'
import { sealTerminator, type TerminatorRecord } from '../../../src/identity/terminator.js'

/** 2025-01-01, the day on which everything in these tests is signed. */
export const issuedAtMs = Date.UTC(2025, 0, 1)
export const dayMs = 24 * 3_600_000

/** The same key every time, one per number. */
export async function key(seed: number): Promise<PrivateKey> {
  return generateKeyPairFromSeed('Ed25519', new Uint8Array(32).fill(seed))
}

export const authority = await key(1)
export const otherAuthority = await key(2)
export const user1 = await key(3)
export const user2 = await key(4)
export const relay1 = await key(5)
export const id = (privateKey: PrivateKey) => peerIdFromPrivateKey(privateKey).toString()
export const networkId = id(authority)

export function certificateOf(name: string, privateKey: PrivateKey, fields: Partial<CertificateFields> = {}) {
  return issueCertificate(authority, {
    name,
    peerId: id(privateKey),
    roles: ['chat'],
    issuedAtMs,
    expiresAtMs: issuedAtMs + 365 * dayMs,
    ...fields,
  })
}

/** What a relay hands over for an instance: a terminator of its host and a certificate that goes with it, or does not. */
export async function signedTerminator(
  privateKey: PrivateKey,
  certificate: { envelope: Uint8Array<ArrayBuffer> },
  fields: Partial<TerminatorRecord> = {},
) {
  const terminator = await sealTerminator(privateKey, {
    networkId,
    service: chat.name,
    instanceId: 'user2',
    hostPeerId: id(privateKey),
    relayPeerId: id(relay1),
    cost: 0,
    precedence: 'default',
    sequence: 1,
    issuedAtMs,
    processId: 1,
    ...fields,
  })
  return { terminator, certificate: certificate.envelope }
}

export const chat: ServiceDefinition = {
  name: 'chat-p2p',
  bind: { roles: ['#chat'], semantic: 'AnyOf' },
  dial: { roles: ['#chat'], semantic: 'AnyOf' },
  maxTerminators: 3,
  strategy: 'smartrouting',
  shards: 1,
}

/** The code that `run` fails with, or `nothing`; any other kind of error fails the test. */
export async function codeOf(run: () => unknown): Promise<ErrorCode | 'nothing'> {
  try {
    await run()
    return 'nothing'
  } catch (error) {
    if (isOverlayError(error)) return error.code
    expect.unreachable(`not an OverlayError: ${error}`)
  }
}
