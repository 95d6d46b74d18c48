import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { OverlayError } from '../core/errors.js'
import { normalName, shownJson, shownName } from '../core/text.js'
import { writeFileAtomic } from '../identity/atomic-file.js'
import { readCertificate, type VerifiedCertificate } from '../identity/certificate.js'
import { staggeredEnd } from '../identity/deadline.js'
import { inspectIdentity, saveCertificate } from '../identity/identity-file.js'
import type { IssuedCertificate } from '../identity/identity-json.js'
import { listIdentities } from '../identity/identity-lookup.js'
import { relayRole } from '../identity/policy.js'
import { isDue, mayRenew, readRenewalKey, renew, whyNotRenewing } from '../identity/renewal-key.js'
import { isRevoked } from '../identity/revocation.js'
import { Renewals } from '../wire/messages/directory.js'
import { type Authority, type AuthorityPlace, identitiesIn, isLive, issue, withAuthority } from './authority.js'
import { describeHanded } from './delivery.js'
import type { Handed } from './errand.js'
import { rolesFor, validity } from './identity-flags.js'
import { programName } from './program-name.js'

interface RenewFlags extends AuthorityPlace {
  all?: boolean
  role?: string[]
  days?: string
  json?: boolean
  renewalKey?: string
}

/**
 * Carries out `identity renew`: it makes newer certificates for keys that have one, and puts them into the files here; elsewhere
 * they go through the relays.
 */
export async function renewIdentities(names: string[], flags: RenewFlags): Promise<void> {
  if ((names.length === 0) !== (flags.all === true)) {
    throw new OverlayError('bad_argument', 'identity renew takes names, or --all; see identity renew --help.')
  }
  const nowMs = Date.now()
  if (flags.renewalKey !== undefined) return renewWithKey(names.map(normalName), flags.renewalKey, flags, nowMs)
  const { renewed, here, relays } = await withAuthority(flags, (authority) => {
    if (flags.all) return renewEverybody(authority, flags, nowMs)
    const holders = names.map((name) => holderOf(authority, normalName(name)))
    return renewAll(authority, holders, flags, nowMs)
  })
  print(renewed, here, relays, flags.json)
}

/**
 * Renews in the authority's place the identities of this folder, whose files may be locked; `network push` takes the certificates
 * further.
 */
async function renewWithKey(names: string[], file: string, flags: RenewFlags, nowMs: number): Promise<void> {
  if (flags.role !== undefined) {
    throw new OverlayError('bad_argument', 'A renewal key changes no roles; that takes the authority.')
  }
  const directory = identitiesIn(flags.dir)
  const key = await readRenewalKey(file)
  const renewed: VerifiedCertificate[] = []
  for (const name of flags.all ? await listIdentities(directory) : names) {
    const { certificate, network, kind } = await inspectIdentity(name, { directory })
    // The authority's own file knows of it as well, and may be the only one here.
    const why = network?.networkId === key.delegation.networkId ? whyNotRenewing(key, network, nowMs) : undefined
    if (why !== undefined) throw new OverlayError('certificate_expired', why)
    if (kind === 'authority') continue
    if (certificate?.networkId !== key.delegation.networkId || network === undefined) {
      if (flags.all) continue
      throw new OverlayError(
        'certificate_foreign',
        `${shownName(name)} has no certificate of the renewal key's network.`,
      )
    }
    if (flags.all && !(mayRenew(key, certificate, network) && isDue(certificate, nowMs))) continue
    if (isRevoked(network, certificate)) {
      throw new OverlayError(
        'certificate_revoked',
        `The certificate of ${shownName(name)} was revoked; nothing was changed.`,
      )
    }
    renewed.push(await renew(key, certificate, nowMs, Math.random()))
  }
  if (renewed.length > 0) await keepRenewals(directory, renewed, nowMs)
  print(renewed, await putIntoFiles(directory, renewed), [], flags.json)
  process.stderr.write(
    renewed.length === 0
      ? 'No certificate of this folder is due.\n'
      : `The relays get them with: ${programName()} network push\n`,
  )
}

interface Renewed {
  renewed: VerifiedCertificate[]
  /** The peer ids whose file was here. */
  here: Set<string>
  relays: Handed[]
}

/** Gives everybody who has a valid certificate a newer one; these are made to end one after the other. */
export function renewEverybody(
  authority: Authority,
  flags: Pick<RenewFlags, 'dir' | 'days' | 'role'>,
  nowMs: number,
): Promise<Renewed> {
  return renewAll(authority, everybody(authority, nowMs), flags, nowMs, true)
}

async function renewAll(
  authority: Authority,
  holders: readonly IssuedCertificate[],
  flags: Pick<RenewFlags, 'dir' | 'days' | 'role'>,
  nowMs: number,
  staggered = false,
): Promise<Renewed> {
  const renewed: VerifiedCertificate[] = []
  for (const [index, holder] of holders.entries()) {
    renewed.push(
      await renewOne(authority, holder, flags, nowMs, staggered ? { index, count: holders.length } : undefined),
    )
  }
  const directory = identitiesIn(flags.dir)
  const here = await putIntoFiles(directory, renewed)
  await keepRenewals(directory, renewed, nowMs)
  // Those of this folder as well: files of relays are copied to their machines, and run there.
  const relays = await authority.errand.renew(renewed.map(({ envelope }) => envelope))
  return { renewed, here, relays }
}

function print(renewed: VerifiedCertificate[], here: ReadonlySet<string>, relays: Handed[], json?: boolean): void {
  const rows = renewed.map(({ name, peerId, roles, expiresAtMs }) => ({
    name,
    peerId,
    roles,
    expiresAtMs,
    here: here.has(peerId),
  }))
  if (json) process.stdout.write(`${shownJson({ renewed: rows, relays }, 2)}\n`)
  else {
    for (const { name, roles, expiresAtMs, here } of rows) {
      const until = new Date(expiresAtMs).toISOString().slice(0, 10)
      const where = here ? 'in its file here' : 'over the relays'
      process.stdout.write(
        `${shownName(name)}  ${roles.map((role) => `#${role}`).join(' ')}  valid to ${until}  ${where}\n`,
      )
    }
  }
  if (rows.every(({ here }) => here)) return
  for (const line of describeHanded(relays)) process.stderr.write(`${line}\n`)
}

function everybody(authority: Authority, nowMs: number): IssuedCertificate[] {
  const newest = new Map<string, IssuedCertificate>()
  for (const one of authority.issued) if (isLive(one, authority, nowMs)) newest.set(one.peerId, one)
  if (newest.size === 0)
    throw new OverlayError('bad_argument', 'Nobody has a valid certificate; there is nothing to renew.')
  return [...newest.values()]
}

/** Returns the last certificate under a name that was not taken back; it may have expired. */
function holderOf(authority: Authority, name: string): IssuedCertificate {
  const found = authority.issued.filter((one) => one.name === name)
  const good = found.findLast((one) => isLive({ ...one, expiresAtMs: Number.MAX_SAFE_INTEGER }, authority, 0))
  if (good !== undefined) return good
  const why = found.length === 0 ? 'never had a certificate' : 'was revoked; sign a new request'
  throw new OverlayError(
    'bad_argument',
    `'${shownName(name)}' ${why}; nothing was changed. See \`identity show authority\`.`,
  )
}

function renewOne(
  authority: Authority,
  holder: IssuedCertificate,
  flags: Pick<RenewFlags, 'days' | 'role'>,
  nowMs: number,
  among: { index: number; count: number } | undefined,
): Promise<VerifiedCertificate> {
  const { name, peerId } = holder
  const kind = holder.roles.includes(relayRole) ? 'relay' : 'user'
  const dates = validity(nowMs, flags.days ?? '365')
  const shown = authority.givenOut.certificates.find(({ what }) => what.peerId === peerId)?.what
  return issue(authority, {
    name,
    peerId,
    roles: flags.role === undefined ? holder.roles : rolesFor(kind, flags.role),
    grants: holder.grants ?? shown?.grants ?? [],
    issuedAtMs: dates.issuedAtMs,
    expiresAtMs:
      among === undefined
        ? dates.expiresAtMs
        : staggeredEnd(dates, among.index, among.count, flags.days === undefined ? 'after' : 'before'),
  })
}

/** Puts certificates into the identity files of this folder, and returns the peer ids that were there. */
async function putIntoFiles(directory: string, renewed: readonly VerifiedCertificate[]): Promise<Set<string>> {
  const here = new Set<string>()
  for (const name of await listIdentities(directory)) {
    const identity = await inspectIdentity(name, { directory }).catch(() => undefined) // said by identity show
    const certificate = renewed.find(({ peerId }) => peerId === identity?.peerId.toString())
    if (identity === undefined || certificate === undefined || identity.kind === 'authority') continue
    await saveCertificate(identity, certificate)
    here.add(certificate.peerId)
  }
  return here
}

const renewalsFile = (directory: string) => path.join(directory, '.state', 'renewals')

/** Returns the certificates that were signed here for others, until `network push` has handed them over, and after that as well. */
export async function keptRenewals(directory: string): Promise<Uint8Array<ArrayBuffer>[]> {
  try {
    return Renewals.decode(await readFile(renewalsFile(directory)), { limits: { certificates: 20_000 } }).certificates
  } catch {
    return []
  }
}

async function keepRenewals(directory: string, renewed: readonly VerifiedCertificate[], nowMs: number): Promise<void> {
  const byPeer = new Map<string, Uint8Array<ArrayBuffer>>()
  const networkId = renewed[0]!.networkId
  for (const envelope of await keptRenewals(directory)) {
    const certificate = await readCertificate(envelope, networkId).catch(() => undefined)
    if (certificate !== undefined && certificate.expiresAtMs > nowMs) byPeer.set(certificate.peerId, envelope)
  }
  for (const { peerId, envelope } of renewed) byPeer.set(peerId, envelope)
  const content = Renewals.encode({ certificates: [...byPeer.values()] })
  await writeFileAtomic(renewalsFile(directory), content, { mode: 0o600, replace: true, folderMode: 0o700 })
}
