import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { PeerId, PrivateKey } from '@libp2p/interface'
import { toHex } from '../core/bytes.js'
import { OverlayError } from '../core/errors.js'
import { passphraseOf } from '../core/passphrase.js'
import { KeptDocuments } from '../wire/messages/identity.js'
import { writeFileAtomic } from './atomic-file.js'
import { openCertificate, readCertificate, type VerifiedCertificate } from './certificate.js'
import { HeldDocuments } from './held-documents.js'
import {
  formatIdentity,
  type IdentityKind,
  type IdentityRecord,
  type IssuedCertificate,
  type IssuedInvitation,
  parseIdentity,
} from './identity-json.js'
import { readIdentityRecord } from './identity-lookup.js'
import { type LockedKey, unlockKey } from './locked-key.js'
import { type NetworkView, openNetworkDocument } from './network-document.js'
import { relayRole } from './policy.js'
import { type AuthorityKey, openLine } from './rotation.js'

export { authorityRole, relayRole } from './policy.js'

/** A name, a key pair, and what the authority says about them. */
export interface Identity {
  name: string
  kind: IdentityKind
  privateKey: PrivateKey
  /** Its key under a passphrase, when that is how it is kept: files get this and not the key. */
  lockedKey?: LockedKey
  peerId: PeerId
  /** Absent for the authority, which needs none. */
  certificate?: VerifiedCertificate
  /** The newest network document this identity has seen, with all revocations it knows of. */
  network?: NetworkView
  /** The documents behind `network`, when it was loaded from a file. */
  documents?: HeldDocuments
  /** Every certificate the authority gave out; absent for everybody else. */
  issued?: IssuedCertificate[]
  /** Every invitation the authority gave out; absent for everybody else. */
  invited?: IssuedInvitation[]
  /** How the authority's key became that, when it is not the network's first one. */
  rotations?: Uint8Array<ArrayBuffer>[]
  /** Where it was loaded from. */
  path?: string
}

/** An identity as its file shows it to everybody who can read that: a locked key stays locked. */
export type ShownIdentity = Omit<Identity, 'privateKey'> & Partial<Pick<Identity, 'privateKey'>>

export interface LoadIdentityOptions {
  /** Where names are looked up; default `./identities`. */
  directory?: string
  /** Anything else is refused with `identity_kind`. */
  expectKind?: IdentityKind
  /** Default: the machine's clock. */
  nowMs?: number
  /** Of a locked identity; default: what the environment says, or a person at the terminal. */
  passphrase?: string
}

/**
 * Loads an identity and checks all of it. `pathOrName` is a path when it holds a slash; `user1.json` is looked up here, then
 * in the folder of identities; `user1` only there. Errors: `file_unreadable`, `identity_exposed`, `identity_damaged`,
 * `identity_kind`, `identity_locked`, `certificate_invalid`, `certificate_foreign`, `certificate_peer`,
 * `certificate_expired`, `certificate_revoked`.
 */
export async function loadIdentity(pathOrName: string, options: LoadIdentityOptions = {}): Promise<Identity> {
  return unlockIdentity(await loadShownIdentity(pathOrName, options), options.passphrase)
}

/** Like {@link loadIdentity}, for who has no use for the key: nobody is asked for a passphrase. */
export async function loadShownIdentity(pathOrName: string, options: LoadIdentityOptions = {}): Promise<ShownIdentity> {
  const { record, file } = await readIdentityRecord(pathOrName, options)
  checkKind(record, options.expectKind)
  return checkIdentity(record, { ...options, path: file })
}

/** The one place where keys are unlocked: with `passphrase`, else with the one that somebody gives. Throws `identity_locked`. */
export async function unlockIdentity(identity: ShownIdentity, passphrase?: string): Promise<Identity> {
  const { privateKey, lockedKey } = identity
  if (privateKey !== undefined) return { ...identity, privateKey }
  if (lockedKey === undefined) throw new OverlayError('internal', `The identity ${identity.name} has no key.`)
  const given = passphrase ?? (await passphraseOf(identity))
  return { ...identity, privateKey: await unlockKey(lockedKey, given, identity) }
}

/** Like {@link loadIdentity}, for the text of an identity file that is kept elsewhere. Nothing is read beside it or written. */
export async function openIdentity(
  text: string,
  options: { nowMs?: number; passphrase?: string } = {},
): Promise<Identity> {
  return unlockIdentity(await checkIdentity(parseIdentity(text, 'in memory'), options), options.passphrase)
}

async function checkIdentity(
  record: IdentityRecord,
  { nowMs, path: file }: { nowMs?: number; path?: string },
): Promise<ShownIdentity> {
  const { name, kind, privateKey, lockedKey, peerId, networkId } = record
  const where = file === undefined ? {} : { path: file }
  if (networkId === undefined) {
    throw new OverlayError(
      'identity_damaged',
      `The identity ${record.name} has no certificate yet: send its request to the authority, then ` +
        '`chat-p2p identity install` the answer.',
      where,
    )
  }
  const identity: ShownIdentity = { name, kind, privateKey, lockedKey, peerId, ...where }
  identity.documents = await readDocuments(record, file)
  identity.network = identity.documents?.view
  if (kind === 'authority') {
    await checkRotations(record, networkId, where)
    return { ...identity, issued: record.issued ?? [], invited: record.invited ?? [], rotations: record.rotations }
  }
  const source = file ?? `of ${name}`
  if (record.certificate === undefined) {
    throw new OverlayError('identity_damaged', `The identity file ${source} is damaged: certificate is missing.`, where)
  }
  identity.certificate = await openCertificate(record.certificate, {
    networkId,
    peerId: peerId.toString(),
    nowMs: nowMs ?? Date.now(),
    revocations: identity.network,
  })
  checkFit(identity.certificate, record, source)
  return identity
}

async function checkRotations(
  { name, peerId, rotations = [] }: IdentityRecord,
  networkId: string,
  where: { path?: string },
): Promise<void> {
  const line = await openLine(networkId, rotations)
  if (line.at(-1) === peerId.toString()) return
  throw new OverlayError(
    'identity_damaged',
    `The rotations in the file of ${name} lead to another key than its own.`,
    where,
  )
}

/** What the authority signs with. */
export function authorityKeyOf({ privateKey, peerId, network, rotations = [] }: Identity): AuthorityKey {
  return { privateKey, networkId: network?.networkId ?? peerId.toString(), rotations }
}

/** Like {@link loadShownIdentity}, but dates, revocation and a missing certificate are no errors: for showing what is there. */
export async function inspectIdentity(pathOrName: string, options: LoadIdentityOptions = {}): Promise<ShownIdentity> {
  const { record, file } = await readIdentityRecord(pathOrName, options)
  checkKind(record, options.expectKind)
  const identity: ShownIdentity = { ...record, certificate: undefined, network: undefined, path: file }
  if (record.networkId === undefined) return identity
  identity.documents = await readDocuments(record, file)
  identity.network = identity.documents?.view
  if (record.certificate !== undefined) {
    identity.certificate = await readCertificate(record.certificate, record.networkId)
    checkFit(identity.certificate, record, file)
  }
  return identity
}

/** Writes an identity file with mode 0600. Without `replace` an existing one is left alone: `file_exists`. */
export async function writeIdentityFile(
  file: string,
  identity: ShownIdentity,
  options: { replace?: boolean } = {},
): Promise<void> {
  await writeFileAtomic(file, formatIdentity(identityRecord(identity)), { mode: 0o600, replace: options.replace })
}

/** What the authority remembers of a certificate. */
export function issuedRecord(certificate: VerifiedCertificate): IssuedCertificate {
  const { name, peerId, serial, roles, grants, issuedAtMs, expiresAtMs } = certificate
  return { name, peerId, serial: toHex(serial), roles, grants, issuedAtMs, expiresAtMs }
}

/** What {@link writeIdentityFile} writes, before it is text. */
export function identityRecord(identity: ShownIdentity): IdentityRecord {
  return {
    name: identity.name,
    kind: identity.kind,
    privateKey: identity.privateKey,
    lockedKey: identity.lockedKey,
    peerId: identity.peerId,
    networkId:
      identity.kind === 'authority'
        ? (identity.network?.networkId ?? identity.peerId.toString())
        : identity.certificate?.networkId,
    certificate: identity.certificate?.envelope,
    network: identity.network?.envelope,
    issued: identity.issued,
    invited: identity.invited?.length === 0 ? undefined : identity.invited,
    rotations: identity.rotations,
  }
}

/**
 * Keeps network documents beside the identity's file, so that after a restart the node does not go back to an older one, nor
 * forgets a revocation. What another process of the identity kept there counts as well. Does nothing when the identity has no
 * file. Throws `file_unreadable`.
 */
export async function saveDocuments(identity: ShownIdentity, documents: HeldDocuments): Promise<void> {
  if (identity.path === undefined) return
  const { networkId } = documents.current
  const file = networkFile(identity.path, identity.name)
  const asideFile = keptAsideFile(identity.path, identity.name)
  const kept = [...(await readNetworkFile(file, networkId)), ...(await readAsideFile(asideFile, networkId))]
  const all = kept.reduce((held, document) => held.join(document).held, documents)
  const options = { mode: 0o600, replace: true, folderMode: 0o700 }
  // What counts besides comes first: a crash in between loses no revocation.
  if (all.aside.length > 0 || existsSync(asideFile)) {
    const documents = all.aside.map(({ envelope }) => envelope)
    await writeFileAtomic(asideFile, KeptDocuments.encode({ documents }), options)
  }
  if (kept[0]?.digest !== all.current.digest) await writeFileAtomic(file, all.current.envelope, options)
}

/**
 * Puts a newer certificate into the identity's file, where a running node, or the next start, finds it. Does nothing when the
 * identity has no file, or the file is another key's by now. Throws `file_unreadable`.
 */
export async function saveCertificate(identity: ShownIdentity, certificate: VerifiedCertificate): Promise<void> {
  if (identity.path === undefined) return
  const { record, file } = await readIdentityRecord(identity.path)
  if (record.peerId.toString() !== certificate.peerId) return
  checkFit(certificate, record, file)
  record.certificate = certificate.envelope
  await writeFileAtomic(file, formatIdentity(record), { mode: 0o600, replace: true })
}

/** Where an identity's newest network document is kept. */
export function networkFile(identityPath: string, name: string): string {
  return path.join(path.dirname(identityPath), '.state', `${name}.network`)
}

/** Where documents are kept that are not the newest, and still count. */
function keptAsideFile(identityPath: string, name: string): string {
  return path.join(path.dirname(identityPath), '.state', `${name}.aside`)
}

/** Those in the identity itself and, when it has a file, those kept beside it. */
async function readDocuments(record: IdentityRecord, file: string | undefined): Promise<HeldDocuments | undefined> {
  if (record.networkId === undefined) return undefined
  const { networkId } = record
  const own = record.network && (await openNetworkDocument(record.network, { networkId }))
  const [first, ...others] = [
    ...(own === undefined ? [] : [own]),
    ...(file === undefined ? [] : await readNetworkFile(networkFile(file, record.name), networkId)),
    ...(file === undefined ? [] : await readAsideFile(keptAsideFile(file, record.name), networkId)),
  ]
  return first && others.reduce((held, document) => held.join(document).held, new HeldDocuments(first))
}

/** None when there is no file, or one that cannot be used: it is a memory only, and the next save replaces it. */
async function readNetworkFile(file: string, networkId: string): Promise<NetworkView[]> {
  try {
    return [await openNetworkDocument(await readFile(file), { networkId })]
  } catch {
    return []
  }
}

async function readAsideFile(file: string, networkId: string): Promise<NetworkView[]> {
  try {
    const { documents } = KeptDocuments.decode(await readFile(file))
    return await Promise.all(documents.map((document) => openNetworkDocument(document, { networkId })))
  } catch {
    return []
  }
}

function checkKind(record: IdentityRecord, expected: IdentityKind | undefined): void {
  if (expected === undefined || record.kind === expected) return
  const a = { user: 'a user', relay: 'a relay', authority: 'the authority' }
  const example = { user: 'user1', relay: 'relay1', authority: 'authority' }[expected]
  throw new OverlayError(
    'identity_kind',
    `${record.name} is ${record.kind === 'authority' ? 'an' : 'a'} ${record.kind} identity; this needs ${a[expected]}, ` +
      `for example ${example}.`,
  )
}

function checkFit(certificate: VerifiedCertificate, record: IdentityRecord, file: string): void {
  const peerId = record.peerId.toString()
  if (certificate.peerId !== peerId) {
    throw new OverlayError(
      'certificate_peer',
      `The certificate in ${file} names peer id ${certificate.peerId}, but its key is ${peerId}.`,
      { path: file },
    )
  }
  const why =
    certificate.name !== record.name
      ? `its certificate is for ${certificate.name}, not ${record.name}`
      : record.kind === 'relay' && !certificate.roles.includes(relayRole)
        ? `its certificate lacks the role ${relayRole}`
        : undefined
  if (why !== undefined) {
    throw new OverlayError('identity_damaged', `The identity file ${file} is damaged: ${why}.`, { path: file })
  }
}
