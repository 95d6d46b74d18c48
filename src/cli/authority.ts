import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import path from 'node:path'
import { checkIdentityName } from '../core/address.js'
import { toHex } from '../core/bytes.js'
import { asOverlayError, OverlayError } from '../core/errors.js'
import { maxClockSkewMs } from '../core/limits.js'
import { writeFileAtomic } from '../identity/atomic-file.js'
import { type CertificateFields, issueCertificate, type VerifiedCertificate } from '../identity/certificate.js'
import { type Identity, loadIdentity, writeIdentityFile } from '../identity/identity-file.js'
import { formatIdentity, type IssuedCertificate } from '../identity/identity-json.js'
import { listIdentities, readIdentityRecord } from '../identity/identity-lookup.js'
import { issueNetworkDocument, type NetworkDocumentFields, type NetworkView } from '../identity/network-document.js'
import { lookAlikeWarning } from './look-alikes.js'
import { authorityName } from './setup-plan.js'

/** The authority with what makes it one: its network document and the list of what it issued. */
export type Authority = Identity & { network: NetworkView; issued: IssuedCertificate[]; path: string }

export interface AuthorityPlace {
  /** Folder that holds `identities/`. */
  dir: string
  /** The authority's file when it is somewhere else. */
  authority?: string
}

/**
 * Loads the authority and runs `use` while no other process has it: two revisions of the same number, or one name given twice,
 * would be for ever. Throws what `loadIdentity` throws, and `file_exists` when somebody else is at it.
 */
export async function withAuthority<T>(place: AuthorityPlace, use: (authority: Authority) => Promise<T>): Promise<T> {
  const directory = identitiesIn(place.dir)
  const found = await loadIdentity(place.authority ?? authorityName, { directory, expectKind: 'authority' })
  const unlock = lock(`${found.path}.lock`)
  try {
    // Again, as it may have changed before it was ours.
    const authority = await loadIdentity(found.path!, { expectKind: 'authority' })
    if (authority.network === undefined) {
      throw new OverlayError('identity_damaged', `The identity file ${found.path} is damaged: network is missing.`)
    }
    return await use(authority as Authority)
  } finally {
    unlock()
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
  const certificate = await issueCertificate(authority.privateKey, fields)
  authority.issued.push({
    name: certificate.name,
    peerId: certificate.peerId,
    serial: toHex(certificate.serial),
    roles: certificate.roles,
    expiresAtMs: certificate.expiresAtMs,
  })
  await writeIdentityFile(authority.path, authority, { replace: true })
  return certificate
}

/** Takes back the memory of a certificate that reached nobody. */
export async function forget(authority: Authority, certificate: VerifiedCertificate): Promise<void> {
  const serial = toHex(certificate.serial)
  authority.issued = authority.issued.filter((other) => other.serial !== serial)
  await writeIdentityFile(authority.path, authority, { replace: true })
}

/** True while somebody could still show this certificate and be believed. */
export function isLive(issued: IssuedCertificate, authority: Authority, nowMs: number): boolean {
  return issued.expiresAtMs + maxClockSkewMs >= nowMs && !authority.network.revokedSerials.has(issued.serial)
}

/**
 * Signs the next revision, which is the present one with `change` applied, and hands it to every identity file of this network
 * in the folder. The authority's own file comes first, so that a number is never used twice. Returns the new document and the
 * names of those who have it.
 */
export async function publishRevision(
  authority: Authority,
  dir: string,
  change: Partial<Pick<NetworkDocumentFields, 'networkName' | 'relays' | 'services' | 'revokedSerials'>>,
  nowMs: number,
): Promise<{ network: NetworkView; names: string[] }> {
  const { network } = authority
  const over = new Set(
    authority.issued.filter(({ expiresAtMs }) => expiresAtMs + maxClockSkewMs < nowMs).map(({ serial }) => serial),
  )
  const revoked = [...(change.revokedSerials ?? network.revokedSerials)]
  authority.network = await issueNetworkDocument(authority.privateKey, {
    networkName: change.networkName ?? network.networkName,
    revision: network.revision + 1,
    previous: network,
    takesIn: authority.documents?.aside,
    issuedAtMs: nowMs,
    relays: change.relays ?? network.relays,
    services: change.services ?? network.services.values(),
    // What is over anyway need not be carried for ever.
    revokedSerials: revoked.filter((serial) => !over.has(serial)),
    revokedPeers: network.revokedPeers,
  })
  await writeIdentityFile(authority.path, authority, { replace: true })
  return { network: authority.network, names: await handOut(authority, dir) }
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

/** One process at a time. A lock whose process is gone is taken over. */
function lock(file: string): () => void {
  for (let attempt = 0; ; attempt++) {
    try {
      const handle = openSync(file, 'wx', 0o600)
      writeSync(handle, `${process.pid}\n`)
      closeSync(handle)
      return () => rmSync(file, { force: true })
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw asOverlayError(cause, 'file_unreadable', `Could not write ${file}`)
      }
    }
    const holder = holderOf(file)
    if (attempt > 0 || holder === undefined || isRunning(holder)) {
      throw new OverlayError(
        'file_exists',
        `Another chat-p2p (process ${holder ?? 'unknown'}) is using the authority; try again, or remove ${file}.`,
        { path: file },
      )
    }
    rmSync(file, { force: true })
  }
}

function holderOf(file: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10) || undefined
  } catch {
    return undefined
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
