import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { fromHex, toHex } from '../core/bytes.js'
import { asOverlayError, OverlayError } from '../core/errors.js'
import { Invitation } from '../wire/messages/invitation.js'
import { readDelegation, type VerifiedDelegation } from './delegation.js'
import { checkPeerId } from './fields.js'
import type { NetworkView } from './network-document.js'
import { formatLine, readLine } from './pasted-line.js'

/** What a line says, read and checked as far as it can be without a relay. */
export interface OpenInvitation {
  delegation: VerifiedDelegation
  /** The one-time key, which signs the certificate of who joins. */
  key: PrivateKey
  /** The network document has to be this one, or a later one. */
  revision: number
  /** In hex. */
  digest: string
  relays: readonly { peerId: string; multiaddrs: readonly string[] }[]
}

const prefix = 'chat-p2p-join-1-'
/** A line is some 700 characters; relays with many addresses make it longer. */
const maxLineLength = 16 * 1024
const maxRelaysInLine = 4

/** One line for somebody to paste: whoever has it can join as the delegation says. `seed` is that of the delegation's key. */
export function formatInvitation(delegation: VerifiedDelegation, seed: Uint8Array, network: NetworkView): string {
  const bytes = Invitation.encode({
    delegation: delegation.envelope,
    key: new Uint8Array(seed),
    networkId: network.networkId,
    revision: network.revision,
    digest: fromHex(network.digest),
    relays: network.relays
      .slice(0, maxRelaysInLine)
      .map(({ peerId, multiaddrs }) => ({ peerId, multiaddrs: multiaddrs.slice(0, 4) })),
  })
  return formatLine(prefix, bytes)
}

/** Reads a line. Throws `certificate_invalid`: it says whether the line was cut or altered, or is none at all. */
export async function parseInvitation(text: string): Promise<OpenInvitation> {
  const bytes = readLine(prefix, text, 'invitation', maxLineLength)
  try {
    const { delegation, key: seed, revision, digest, relays, networkId } = Invitation.decode(bytes)
    const key = await generateKeyPairFromSeed('Ed25519', seed)
    const opened = await readDelegation(delegation, checkPeerId(networkId))
    if (opened.peerId !== peerIdFromPrivateKey(key).toString() || opened.purpose !== 'invite') {
      throw new OverlayError('certificate_invalid', 'The key of the invitation is not the one its delegation names.')
    }
    for (const { peerId } of relays) checkPeerId(peerId)
    return { delegation: opened, key, revision, digest: toHex(digest), relays }
  } catch (error) {
    if (error instanceof OverlayError && error.code === 'certificate_invalid') throw error
    throw asOverlayError(error, 'certificate_invalid', 'The invitation could not be read')
  }
}
