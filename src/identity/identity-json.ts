import { privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import type { PeerId, PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey, peerIdFromString } from '@libp2p/peer-id'
import { checkIdentityName } from '../core/address.js'
import { fromBase64, toBase64 } from '../core/bytes.js'
import { errorText, OverlayError } from '../core/errors.js'
import { normalName } from '../core/text.js'
import { checkPeerId } from './fields.js'
import { formatLockedKey, type LockedKey, parseLockedKey } from './locked-key.js'
import type { Grant } from './policy.js'

export type IdentityKind = 'user' | 'relay' | 'authority'
export const identityKinds: readonly IdentityKind[] = ['user', 'relay', 'authority']

/** Says what the file is and in which version it is written. */
export const identityFormat = 'chat-p2p identity 1'

/** What the authority remembers of a certificate: names are given once, and a revocation names a serial. */
export interface IssuedCertificate {
  name: string
  peerId: string
  /** In hex. */
  serial: string
  roles: readonly string[]
  /** Files of older versions do not say. */
  grants?: readonly Grant[]
  /** Milliseconds since 1970, both; files of older versions do not say when it was issued. */
  issuedAtMs?: number
  expiresAtMs: number
}

/** What the authority remembers of an invitation, or a renewal key, that it gave out; the key itself is out there alone. */
export interface IssuedInvitation {
  /** Default: an invitation. */
  purpose?: 'renew'
  /** In hex. */
  serial: string
  names: string
  roles: readonly string[]
  uses: number
  /** Milliseconds since 1970, both. */
  issuedAtMs: number
  expiresAtMs: number
}

/** What an identity file holds, read but not yet believed: the envelopes are unchecked. */
export interface IdentityRecord {
  name: string
  kind: IdentityKind
  /** Absent while it is locked; one of the two is there. */
  privateKey?: PrivateKey
  /** The key under a passphrase. With it the key itself is never written. */
  lockedKey?: LockedKey
  peerId: PeerId
  /** Peer id of the authority this identity trusts; absent until a requested certificate is installed. */
  networkId?: string
  certificate?: Uint8Array<ArrayBuffer>
  network?: Uint8Array<ArrayBuffer>
  /** Only in the authority's file. */
  issued?: IssuedCertificate[]
  /** Only in the authority's file. */
  invited?: IssuedInvitation[]
  /** How the authority's key became that, when it is not the network's first one: unchecked envelopes. */
  rotations?: Uint8Array<ArrayBuffer>[]
}

/** The text of an identity file. It holds the private key: write it nowhere but there, with mode 0600. */
export function formatIdentity(record: IdentityRecord): string {
  const json = {
    format: identityFormat,
    name: record.name,
    kind: record.kind,
    peerId: record.peerId.toString(),
    networkId: record.networkId,
    ...formatKey(record),
    certificate: record.certificate && toBase64(record.certificate),
    network: record.network && toBase64(record.network),
    issued: record.issued,
    invited: record.invited,
    rotations: record.rotations?.map(toBase64),
  }
  return `${JSON.stringify(json, null, 2)}\n`
}

function formatKey({ name, privateKey, lockedKey }: IdentityRecord): object {
  if (lockedKey !== undefined) return { lockedKey: formatLockedKey(lockedKey) }
  if (privateKey === undefined) throw new OverlayError('internal', `The identity ${name} has no key to write.`)
  return { privateKey: toBase64(privateKeyToProtobuf(privateKey)) }
}

/** Reads an identity file's text. Throws `identity_damaged` that names the part which is missing or does not fit. */
export function parseIdentity(text: string, source: string): IdentityRecord {
  const damaged = (why: string, cause?: unknown) =>
    new OverlayError('identity_damaged', `The identity file ${source} is damaged: ${why}.`, { path: source, cause })
  let json: Record<string, unknown>
  try {
    json = JSON.parse(text)
  } catch {
    // Without the parser's own words: they quote the text, and the text holds a private key.
    throw damaged('it is not JSON')
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw damaged('it is not a JSON object')
  const string = (field: string): string => {
    const value = json[field]
    if (value === undefined) throw damaged(`${field} is missing`)
    if (typeof value !== 'string') throw damaged(`${field} is not a text`)
    return value
  }
  const decoded = (field: string, text: unknown): Uint8Array<ArrayBuffer> => {
    const value = typeof text === 'string' ? fromBase64(text) : undefined
    if (value === undefined || value.byteLength === 0) throw damaged(`${field} is not base64`)
    return new Uint8Array(value)
  }
  const bytes = (field: string): Uint8Array<ArrayBuffer> => decoded(field, string(field))
  const format = string('format')
  if (format !== identityFormat) {
    throw damaged(
      format.startsWith('chat-p2p identity ') ? 'it needs a newer chat-p2p' : 'it is not an identity of chat-p2p',
    )
  }
  const kind = identityKinds.find((known) => known === string('kind'))
  if (kind === undefined) throw damaged(`kind is none of ${identityKinds.join(', ')}`)
  let name: string
  try {
    name = checkIdentityName(string('name'))
  } catch (error) {
    throw damaged(errorText(error).replace(/\.$/, ''))
  }
  let privateKey: PrivateKey | undefined
  let lockedKey: LockedKey | undefined
  let peerId: PeerId
  if (json.lockedKey !== undefined) {
    if (json.privateKey !== undefined) throw damaged('it has a key and a locked key')
    const locked = parseLockedKey(json.lockedKey)
    if (typeof locked === 'string') throw damaged(locked)
    lockedKey = locked
    try {
      peerId = peerIdFromString(checkPeerId(string('peerId')))
    } catch (error) {
      throw damaged(errorText(error).replace(/\.$/, ''))
    }
  } else {
    try {
      privateKey = privateKeyFromProtobuf(bytes('privateKey'))
      peerId = peerIdFromPrivateKey(privateKey)
    } catch (error) {
      if (error instanceof OverlayError) throw error
      throw damaged('privateKey is not a private key') // without the cause, which may quote it
    }
    if (privateKey.type !== 'Ed25519') throw damaged(`privateKey is ${privateKey.type}, not Ed25519`)
    if (string('peerId') !== peerId.toString()) throw damaged('peerId does not fit privateKey')
  }
  const record: IdentityRecord = { name, kind, privateKey, lockedKey, peerId }
  if (json.networkId !== undefined) {
    try {
      record.networkId = checkPeerId(string('networkId'))
    } catch {
      throw damaged('networkId is not a peer id')
    }
  }
  if (json.certificate !== undefined) record.certificate = bytes('certificate')
  if (json.network !== undefined) record.network = bytes('network')
  if (json.issued !== undefined) {
    record.issued = parseIssued(json.issued)
    if (record.issued === undefined) throw damaged('issued is not a list of certificates')
  }
  if (json.invited !== undefined) {
    record.invited = parseInvited(json.invited)
    if (record.invited === undefined) throw damaged('invited is not a list of invitations')
  }
  if (json.rotations !== undefined) {
    if (kind !== 'authority' || !Array.isArray(json.rotations)) throw damaged('rotations is not a list of an authority')
    record.rotations = json.rotations.map((text) => decoded('rotations', text))
  } else if (kind === 'authority' && record.networkId !== peerId.toString()) {
    throw damaged('networkId does not fit privateKey')
  }
  if ((record.certificate ?? record.network) !== undefined && record.networkId === undefined) {
    throw damaged('networkId is missing')
  }
  return record
}

function parseIssued(value: unknown): IssuedCertificate[] | undefined {
  const texts = (list: unknown) => Array.isArray(list) && list.every((entry) => typeof entry === 'string')
  const fits = (entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) return false
    const { name, peerId, serial, roles, expiresAtMs } = entry as Record<string, unknown>
    return texts([name, peerId, serial]) && texts(roles) && typeof expiresAtMs === 'number'
  }
  if (!Array.isArray(value) || !value.every(fits)) return undefined
  return value.map((entry) => ({ ...entry, name: normalName(entry.name) }))
}

function parseInvited(value: unknown): IssuedInvitation[] | undefined {
  const fits = (entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) return false
    const { serial, names, roles, uses, issuedAtMs, expiresAtMs } = entry as Record<string, unknown>
    const texts = [serial, names, ...(Array.isArray(roles) ? roles : [undefined])]
    return (
      texts.every((text) => typeof text === 'string') &&
      [uses, issuedAtMs, expiresAtMs].every((number) => typeof number === 'number')
    )
  }
  return Array.isArray(value) && value.every(fits) ? value : undefined
}
