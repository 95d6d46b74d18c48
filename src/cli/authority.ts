import { existsSync } from 'node:fs'
import path from 'node:path'
import { checkIdentityName } from '../core/address.js'
import { fromHex, toHex } from '../core/bytes.js'
import { asOverlayError, OverlayError } from '../core/errors.js'
import { maxClockSkewMs } from '../core/limits.js'
import { shownName } from '../core/text.js'
import { writeFileAtomic } from '../identity/atomic-file.js'
import { type CertificateFields, issueCertificate, type VerifiedCertificate } from '../identity/certificate.js'
import { HeldDocuments } from '../identity/held-documents.js'
import {
  authorityKeyOf,
  type Identity,
  inspectIdentity,
  issuedRecord,
  loadIdentity,
  type ShownIdentity,
  writeIdentityFile,
} from '../identity/identity-file.js'
import { formatIdentity, type IssuedCertificate, type IssuedInvitation } from '../identity/identity-json.js'
import { listIdentities, readIdentityRecord } from '../identity/identity-lookup.js'
import { issueNetworkDocument, type NetworkDocumentFields, type NetworkView } from '../identity/network-document.js'
import { isRevoked, type Revocations } from '../identity/revocation.js'
import { lockFile } from './authority-lock.js'
import { type Errand, errandIdentity, type Handed, noErrand, startErrand } from './errand.js'
import { type GivenOut, givenOutIn, heldBy, refuseOutdated, type Unknown, unknownOf } from './given-out.js'
import { lookAlikeWarning } from './look-alikes.js'
import { authorityName } from './setup-plan.js'

/** The authority's identity with what makes it one: its network document and the list of what it issued. */
export type Authority = Identity & {
  network: NetworkView
  issued: IssuedCertificate[]
  invited: IssuedInvitation[]
  path: string
  /** The visit to the relays that could be reached. */
  errand: Errand
  /** What was given out, here and at these relays. */
  givenOut: GivenOut
}

export interface AuthorityPlace {
  /** Folder that holds `identities/`. */
  dir: string
  /** The authority's file when it is somewhere else. */
  authority?: string
  /** Says that no relay is asked or told. */
  offline?: boolean
}

/** Says how somebody may take the authority's place. */
interface Succession {
  /** Allows the key that was named to follow to be used before it is the authority's. */
  byNext?: boolean
  /** What the key before it has given out, where its file is at hand. */
  before?: ShownIdentity
}

/**
 * Loads the authority and runs `use` while no other process has it: two revisions of the same number, or one name given twice,
 * could never be undone. Looks first at what was given out, in the folder and at the relays that answer, and refuses with
 * `authority_outdated` when the file knows less. Throws what `loadIdentity` throws, and `file_exists` while another process has the
 * authority.
 */
export function withAuthority<T>(place: AuthorityPlace, use: (authority: Authority) => Promise<T>): Promise<T> {
  return withAuthorityAsIs(place, (authority, unknown) => {
    refuseOutdated(heldBy(authority.network, authority), unknown, authority.path)
    return use(authority)
  })
}

/** Says where the authority is to be found: who types this on a machine that joined has none, and shall not make a second network. */
function explainAbsence({ dir, authority }: Pick<AuthorityPlace, 'dir' | 'authority'>): (error: unknown) => never {
  return (error) => {
    const file = path.join(identitiesIn(dir), `${authorityName}.json`)
    if (authority !== undefined || existsSync(file)) throw error
    throw new OverlayError(
      'file_unreadable',
      `There is no identity '${authorityName}' (looked for ${shownName(file)}): do this where \`chat-p2p setup\` was run, or say where it is with --dir or --authority.`,
      { path: file, cause: error },
    )
  }
}

/** Reads what is public in the authority's file: nobody is asked for its passphrase. Rejects as `inspectIdentity` does. */
export function inspectAuthority(place: Pick<AuthorityPlace, 'dir' | 'authority'>): Promise<ShownIdentity> {
  const directory = identitiesIn(place.dir)
  const found = inspectIdentity(place.authority ?? authorityName, { directory, expectKind: 'authority' })
  return found.catch(explainAbsence(place))
}

/** Does the same as {@link withAuthority} for commands that take over what the file does not know: it does not refuse then. */
export async function withAuthorityAsIs<T>(
  place: AuthorityPlace,
  use: (authority: Authority, unknown: Unknown) => Promise<T>,
  succession: Succession = {},
): Promise<T> {
  const directory = identitiesIn(place.dir)
  const found = await readIdentityRecord(place.authority ?? authorityName, { directory }).catch(explainAbsence(place))
  const unlock = lockFile(`${found.file}.lock`)
  let errand = noErrand
  try {
    // The file is read only now, as it may have changed before it was ours; and once, as a person may be asked for its passphrase.
    const loaded = await loadIdentity(found.file, { expectKind: 'authority' })
    const { network, issued = [], invited = [], ...identity } = succeed(loaded, succession.before)
    if (network === undefined) {
      throw new OverlayError('identity_damaged', `The identity file ${found.file} is damaged: network is missing.`)
    }
    const nowMs = Date.now()
    const local = await givenOutIn(directory, network.networkId)
    if (!place.offline)
      errand = await startErrand({ ...(await errandIdentity({ ...identity, network }, nowMs)), network })
    const givenOut = {
      documents: [...local.documents, ...errand.found.documents],
      certificates: [...local.certificates, ...errand.found.certificates],
    }
    const authority = { ...identity, path: found.file, network, issued, invited, errand, givenOut }
    learnJoined(authority)
    const unknown = unknownOf(heldBy(network, identity), authority.issued, givenOut, nowMs)
    if (!succession.byNext) refuseOtherKey(authority, unknown.held.view)
    return await use(authority, unknown)
  } finally {
    await errand.close()
    unlock()
  }
}

/** Lets the next key go on where the one before it was. */
function succeed(next: Identity, before: ShownIdentity | undefined): Identity {
  const { documents, network } = before ?? {}
  if (documents === undefined || network?.networkId !== next.network?.networkId) return next
  let held = heldBy(next.network!, next)
  for (const document of [documents.current, ...documents.aside]) held = held.join(document).held
  const bySerial = <T extends { serial: string }>(...lists: T[][]): T[] => [
    ...new Map(lists.flat().map((each) => [each.serial, each])).values(),
  ]
  return {
    ...next,
    documents: held,
    network: held.view,
    issued: bySerial(before?.issued ?? [], next.issued ?? []),
    invited: bySerial(before?.invited ?? [], next.invited ?? []),
  }
}

/** Throws `authority_outdated` unless the file's key is the last one of the authority's. */
function refuseOtherKey({ peerId, path }: Authority, { authorities, nextAuthority, revision }: NetworkView): void {
  const own = peerId.toString()
  if (authorities.at(-1) === own) return
  const why =
    nextAuthority === own
      ? 'is named to follow, and does not sign before `chat-p2p network rotate-authority`'
      : `was followed by ${authorities.at(-1)} (revision ${revision}); use the file of that one`
  throw new OverlayError('authority_outdated', `The key in ${path} ${why}.`, { path })
}

/** Takes in those who joined with an invitation: the authority does not know them before, and their names are taken. */
function learnJoined({ issued, givenOut }: Authority): void {
  const known = new Set(issued.map(({ serial }) => serial))
  for (const { what } of givenOut.certificates) {
    if (what.basis === undefined || known.has(toHex(what.serial))) continue
    known.add(toHex(what.serial))
    const others = issued.map(({ name }) => name).filter((name) => name !== what.name)
    const warning = lookAlikeWarning(what.name, others)
    if (warning !== undefined) process.stderr.write(`${warning}\n`)
    issued.push(issuedRecord(what))
  }
}

export const identitiesIn = (dir: string) => path.join(dir, 'identities')

/**
 * Signs a certificate and remembers it in the authority's file before anybody gets it. A name belongs to one peer id until its
 * certificates are over or revoked: `bad_argument` otherwise. Says so on stderr when the name can be mistaken for another one.
 */
export async function issue(
  authority: Authority,
  fields: CertificateFields & { issuedAtMs: number },
): Promise<VerifiedCertificate> {
  const name = checkIdentityName(fields.name).toLowerCase()
  const taken = authority.issued.find(
    (other) =>
      other.name.toLowerCase() === name &&
      other.peerId !== fields.peerId &&
      isLive(other, authority, fields.issuedAtMs),
  )
  if (taken !== undefined) {
    throw new OverlayError(
      'bad_argument',
      `The name '${fields.name}' belongs to ${taken.peerId}: choose another one, or \`identity revoke ${taken.name}\` first.`,
    )
  }
  if (name === authority.name.toLowerCase()) {
    throw new OverlayError('bad_argument', `The name '${fields.name}' is the authority's own; choose another one.`)
  }
  const living = authority.issued.filter((other) => isLive(other, authority, fields.issuedAtMs))
  const warning = lookAlikeWarning(fields.name, [authority.name, ...living.map((other) => other.name)])
  if (warning !== undefined) process.stderr.write(`${warning}\n`)
  // Not among those that a revocation of the key has taken back, even when that was this very moment.
  const revokedMs = authority.network.revokedPeers.get(fields.peerId) ?? 0
  const issuedAtMs = Math.max(fields.issuedAtMs, revokedMs + 1)
  const certificate = await issueCertificate(authorityKeyOf(authority), { ...fields, issuedAtMs })
  authority.issued.push(issuedRecord(certificate))
  await writeIdentityFile(authority.path, authority, { replace: true })
  return certificate
}

/** Takes back the memory of a certificate that reached nobody. */
export async function forget(authority: Authority, certificate: VerifiedCertificate): Promise<void> {
  const serial = toHex(certificate.serial)
  authority.issued = authority.issued.filter((other) => other.serial !== serial)
  await writeIdentityFile(authority.path, authority, { replace: true })
}

/** Returns true while somebody could still show this certificate and be believed. */
export function isLive(issued: IssuedCertificate, { network }: Pick<Authority, 'network'>, nowMs: number): boolean {
  return !isOver(issued, nowMs) && !isTakenBack(issued, network)
}

const isOver = ({ expiresAtMs }: IssuedCertificate, nowMs: number) => expiresAtMs + maxClockSkewMs < nowMs

function isTakenBack({ serial, peerId, issuedAtMs = 0 }: IssuedCertificate, revocations: Revocations): boolean {
  return isRevoked(revocations, { serial: fromHex(serial), peerId, issuedAtMs })
}

/** Returns the names whose certificates would still be good, but were all taken back. */
function revokedNames(issued: readonly IssuedCertificate[], revocations: Revocations, nowMs: number): string[] {
  const current = issued.filter((one) => !isOver(one, nowMs))
  const live = new Set(current.filter((one) => !isTakenBack(one, revocations)).map(({ name }) => name))
  return current.map(({ name }) => name).filter((name) => !live.has(name))
}

/** Holds what of a network document may change from one revision to the next. */
export type Change = Partial<
  Pick<
    NetworkDocumentFields,
    'networkName' | 'relays' | 'services' | 'revokedSerials' | 'revokedPeers' | 'nextRotation'
  >
>

/** Holds a new revision, and says who has it. */
export interface Published {
  network: NetworkView
  /** The identities of the folder that have it. */
  names: string[]
  relays: Handed[]
}

/**
 * Signs the next revision, which is the present one with `change` applied, and hands it to every identity file of this network
 * in the folder, and to the relays. The authority's own file comes first, so that a number is never used twice.
 */
export async function publishRevision(
  authority: Authority,
  dir: string,
  change: Change,
  nowMs: number,
): Promise<Published> {
  const { network } = authority
  const { current, aside } = heldBy(network, authority)
  const over = new Set(authority.issued.filter((one) => isOver(one, nowMs)).map(({ serial }) => serial))
  const revoked = [...(change.revokedSerials ?? network.revokedSerials)]
  const revocations = {
    // What is over anyway need not be carried for ever.
    revokedSerials: new Set(revoked.filter((serial) => !over.has(serial))),
    revokedPeers: new Map(change.revokedPeers ?? network.revokedPeers),
  }
  authority.network = await issueNetworkDocument(authorityKeyOf(authority), {
    networkName: change.networkName ?? network.networkName,
    revision: network.revision + 1,
    previous: current,
    takesIn: aside,
    issuedAtMs: nowMs,
    relays: change.relays ?? network.relays,
    services: change.services ?? network.services.values(),
    ...revocations,
    revokedNames: revokedNames(authority.issued, revocations, nowMs),
    // A key that has followed is not named any more.
    nextRotation:
      network.nextAuthority === authority.peerId.toString() ? undefined : (change.nextRotation ?? network.nextRotation),
  })
  authority.documents = new HeldDocuments(authority.network)
  return handOver(authority, dir)
}

/** Writes the authority's file and hands its document to the identities of the folder and to the relays. */
export async function handOver(authority: Authority, dir: string): Promise<Published> {
  await writeIdentityFile(authority.path, authority, { replace: true })
  const names = await handOut(authority, dir)
  return { network: authority.network, names, relays: await authority.errand.deliver(authority.network) }
}

async function handOut(authority: Authority, dir: string): Promise<string[]> {
  const directory = identitiesIn(dir)
  const names: string[] = []
  for (const name of await listIdentities(directory)) {
    try {
      const { record, file } = await readIdentityRecord(name, { directory })
      if (record.kind === 'authority' || record.networkId !== authority.network.networkId) continue
      record.network = authority.network.envelope
      await writeFileAtomic(file, formatIdentity(record), { mode: 0o600, replace: true })
      names.push(record.name)
    } catch (error) {
      process.stderr.write(`Not handed to ${name}: ${asOverlayError(error, 'internal', name).message}\n`)
    }
  }
  return names
}
