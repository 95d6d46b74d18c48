import { randomBytes } from 'node:crypto'
import { checkIdentityName, checkInstanceId, checkServiceName } from '../core/address.js'
import { OverlayError } from '../core/errors.js'
import { certificateValidityMs, maxCertificateBytes } from '../core/limits.js'
import { Delegation } from '../wire/messages/identity.js'
import { delegationKind, open, seal } from './envelope.js'
import { checkInteger, checkPeerId, decodeSigned } from './fields.js'
import { authorityRole, checkRole, type Grant } from './policy.js'
import { type AuthorityLine, type AuthoritySigner, asAuthorityKey, checkSigner, openLine } from './rotation.js'

/** What a key may sign in the authority's place: certificates for who was invited, or new ones for who has one. */
export type Purpose = 'invite' | 'renew'

/** Numbers on the wire; never reused. */
const purposes: readonly (Purpose | undefined)[] = [undefined, 'invite', 'renew']

/** A delegation whose signature has been checked. Never changed. */
export interface VerifiedDelegation {
  /** The authority's peer id. */
  readonly networkId: string
  /** 16 random bytes; a revocation names them in hex, and voids every certificate that stands on it. */
  readonly serial: Uint8Array<ArrayBuffer>
  /** Of the key that may sign. */
  readonly peerId: string
  readonly purpose: Purpose
  /** A name, or a pattern with one `*`. */
  readonly names: string
  /** The most that a certificate may have. */
  readonly roles: readonly string[]
  readonly grants: readonly Grant[]
  /** How many peer ids may be certified by it. */
  readonly uses: number
  /** Milliseconds since 1970, both: between them it may sign. */
  readonly issuedAtMs: number
  readonly expiresAtMs: number
  /** How long a certificate may be valid. */
  readonly validityMs: number
  /** The authority's keys, up to the one that signed it. */
  readonly lines: readonly AuthorityLine[]
  readonly envelope: Uint8Array<ArrayBuffer>
}

export const maxUses = 100_000

/** Signs a delegation with the authority's key. Throws `bad_name` or `bad_argument`. */
export async function issueDelegation(
  signer: AuthoritySigner,
  fields: Pick<VerifiedDelegation, 'peerId' | 'purpose' | 'names' | 'issuedAtMs' | 'expiresAtMs'> &
    Partial<Pick<VerifiedDelegation, 'roles' | 'grants' | 'uses' | 'validityMs'>>,
): Promise<VerifiedDelegation> {
  const { privateKey, networkId, rotations } = asAuthorityKey(signer)
  const content = checkContent({
    roles: [],
    grants: [],
    uses: 1,
    validityMs: certificateValidityMs,
    ...fields,
    networkId,
    serial: new Uint8Array(randomBytes(16)),
  })
  if (content.roles.includes(authorityRole)) {
    throw new OverlayError('bad_argument', `The role '${authorityRole}' is the authority's own.`)
  }
  const payload = Delegation.encode({
    ...content,
    roles: [...content.roles],
    grants: content.grants.map((grant) => ({ ...grant })),
    purpose: purposes.indexOf(content.purpose),
    rotations: [...rotations],
  })
  const envelope = await seal(delegationKind.domain, delegationKind.payloadType, payload, privateKey)
  return { ...content, lines: [await openLine(networkId, rotations)], envelope }
}

/** Checks a delegation: signed by the authority of `networkId`. Throws `certificate_invalid` or `certificate_foreign`; dates are the caller's. */
export async function readDelegation(envelope: Uint8Array, networkId: string): Promise<VerifiedDelegation> {
  const bytes = envelope.slice()
  const { domain, payloadType } = delegationKind
  const { payload, signer } = await open(domain, payloadType, bytes, maxCertificateBytes)
  const { rotations, ...content } = decodeSigned('A delegation', () => {
    const { purpose: number, rotations, ...rest } = Delegation.decode(payload)
    const purpose = purposes[number]
    if (purpose === undefined) throw new OverlayError('bad_argument', `Purpose ${number} is unknown.`)
    return { ...checkContent({ ...rest, purpose }), rotations }
  })
  const claimed = { networkId: content.networkId, rotations }
  const line = await checkSigner('A delegation', signer.toString(), claimed, networkId)
  return { ...content, lines: [line], envelope: bytes }
}

/** True when a name is one that `pattern` stands for: the same, or anything but nothing in the place of its `*`. */
export function fitsPattern(pattern: string, name: string): boolean {
  const [head = '', tail] = pattern.split('*')
  if (tail === undefined) return name === pattern
  return name.length > head.length + tail.length && name.startsWith(head) && name.endsWith(tail)
}

/** Returns the pattern in its normal form. Throws `bad_name`. */
export function checkPattern(text: string): string {
  const parts = text.split('*')
  if (parts.length > 2) throw new OverlayError('bad_name', `'${text}' has more than one *.`)
  // What stands for the rest is checked with it, so that no name that fits is refused for its length alone.
  const normal = checkIdentityName(parts.join('x'))
  return parts.length === 1
    ? normal
    : `${normal.slice(0, parts[0]!.normalize('NFC').length)}*${parts[1]!.normalize('NFC')}`
}

type Content = Omit<VerifiedDelegation, 'envelope' | 'lines'>

function checkContent(content: Content): Content {
  const { networkId, serial, peerId, purpose, uses, issuedAtMs, expiresAtMs, validityMs } = content
  checkPeerId(networkId)
  if (serial.byteLength !== 16) throw new OverlayError('bad_argument', 'A serial has 16 bytes.')
  return {
    networkId,
    serial,
    peerId: checkPeerId(peerId),
    purpose,
    names: checkPattern(content.names),
    roles: content.roles.map(checkRole),
    grants: content.grants.map(({ service, instanceId }) => ({
      service: checkServiceName(service),
      instanceId: checkInstanceId(instanceId),
    })),
    uses: checkInteger('number of uses', uses, 1, maxUses),
    issuedAtMs: checkInteger('issue date', issuedAtMs, 1),
    expiresAtMs: checkInteger('expiry date', expiresAtMs, issuedAtMs),
    validityMs: checkInteger('validity', validityMs, 1),
  }
}
