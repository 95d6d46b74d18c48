import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { checkInstanceId, checkServiceName } from '../core/address.js'
import { OverlayError } from '../core/errors.js'
import { authorityRole, type Identity, relayRole } from '../identity/identity-file.js'
import type { IdentityKind } from '../identity/identity-json.js'
import { checkRole, type Grant } from '../identity/policy.js'
import { toNumber } from './flag-values.js'
import { userRole } from './setup-network.js'

/** Makes a fresh key under a name. */
export async function newIdentity(name: string, kind: IdentityKind): Promise<Identity> {
  const privateKey = await generateKeyPair('Ed25519')
  return { name, kind, privateKey, peerId: peerIdFromPrivateKey(privateKey) }
}

/** Returns the roles that were asked for, or those that go with the kind; a relay always has its own. Throws `bad_name`. */
export function rolesFor(kind: IdentityKind, roles: readonly string[] = []): string[] {
  const checked = roles.map(checkRole)
  if (checked.includes(authorityRole)) {
    throw new OverlayError('bad_argument', `The role '${authorityRole}' is the authority's own.`)
  }
  if (kind === 'relay') return [...new Set([relayRole, ...checked])]
  return checked.length === 0 ? [userRole] : [...new Set(checked)]
}

/** Reads `--grant instance@service`. Throws `bad_argument` or `bad_name`. */
export function readGrants(texts: readonly string[] = []): Grant[] {
  return texts.map((text) => {
    const at = text.lastIndexOf('@')
    if (at < 0) throw new OverlayError('bad_argument', `--grant takes instance@service, not '${text}'.`)
    return { instanceId: checkInstanceId(text.slice(0, at)), service: checkServiceName(text.slice(at + 1)) }
  })
}

/** Returns the time from now on for so many days. Throws `bad_argument`. */
export function validity(nowMs: number, days: string): { issuedAtMs: number; expiresAtMs: number } {
  const count = toNumber(days)
  if (!(count >= 1 && count <= 36_500)) {
    throw new OverlayError('bad_argument', `--days takes a whole number from 1 to 36500, not '${days}'.`)
  }
  return { issuedAtMs: nowMs, expiresAtMs: nowMs + count * 24 * 3_600_000 }
}
