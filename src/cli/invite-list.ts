import { toHex } from '../core/bytes.js'
import { errorText } from '../core/errors.js'
import { shownJson, shownName } from '../core/text.js'
import type { VerifiedCertificate } from '../identity/certificate.js'
import { fitsPattern } from '../identity/delegation.js'
import { loadIdentity, type ShownIdentity } from '../identity/identity-file.js'
import type { IssuedInvitation } from '../identity/identity-json.js'
import type { Witnessed } from '../identity/witnessed.js'
import { type AuthorityPlace, inspectAuthority } from './authority.js'
import { errandIdentity, startErrand } from './errand.js'

/** Limits the names about which relays are asked. */
const maxAsked = 64
/** Says how long a relay may take to be reached; ms. A list that is only looked at is not waited for as long as a signature. */
const reachMs = 2_000
const dayMs = 24 * 3_600_000

/** Says who used an invitation, as the relays know it. */
export interface InvitationUse {
  name: string
  peerId: string
  /** Milliseconds since 1970. */
  joinedMs: number
}

/** Carries out `invite --list`: the invitations that are good, and who used them when a relay can be asked. */
export async function listInvitations(flags: AuthorityPlace & { json?: boolean }): Promise<void> {
  const nowMs = Date.now()
  const authority = await inspectAuthority(flags)
  const { invited = [], network } = authority
  const good = invited.filter((one) => isGood(one, network?.revokedSerials ?? new Set(), nowMs))
  const asked = flags.offline || good.length === 0 ? 'no relay was asked' : await askRelays(authority, good, nowMs)
  const uses = typeof asked === 'string' ? undefined : asked
  if (flags.json) {
    const rows = good.map((one) => (uses === undefined ? one : { ...one, usedBy: uses.get(one.serial) ?? [] }))
    process.stdout.write(`${shownJson(rows, 2)}\n`)
    return
  }
  for (const one of good) process.stdout.write(`${describeInvitation(one, nowMs, uses?.get(one.serial))}\n`)
  process.stderr.write(`${describeList(good.length, typeof asked === 'string' ? asked : undefined)}\n`)
}

export function isGood(
  { purpose, serial, expiresAtMs }: IssuedInvitation,
  revokedSerials: ReadonlySet<string>,
  nowMs: number,
): boolean {
  return purpose === undefined && expiresAtMs > nowMs && !revokedSerials.has(serial)
}

/** Resolves with the uses by the invitation's serial; or, as words, with why no relay says anything. Never rejects. */
async function askRelays(
  authority: ShownIdentity,
  invitations: readonly IssuedInvitation[],
  nowMs: number,
): Promise<Map<string, InvitationUse[]> | string> {
  const { network, path, privateKey, issued = [] } = authority
  // To be asked for a passphrase is more than who only looks expects.
  if (privateKey === undefined || path === undefined) return "no relay was asked, as the authority's key is locked"
  if (network === undefined) return 'there is no relay yet'
  try {
    const identity = await loadIdentity(path, { expectKind: 'authority' })
    const errand = await startErrand({ ...(await errandIdentity({ ...identity, network }, nowMs)), network }, reachMs)
    try {
      if (errand.reached.length === 0) return 'no relay was reached'
      const certificates = errand.found.certificates.map(({ what }) => what)
      const names = namesToAsk(invitations, [...issued, ...certificates])
      const witnessed = await Promise.all(names.map((name) => errand.joinedAs(name)))
      return usesOf(invitations, witnessed.flat(), certificates)
    } finally {
      await errand.close()
    }
  } catch (error) {
    return `no relay was asked: ${errorText(error)}`
  }
}

/** Returns the names under which somebody may have joined: relays are asked name by name. */
function namesToAsk(invitations: readonly IssuedInvitation[], known: ReadonlyArray<{ name: string }>): string[] {
  const names = new Set<string>()
  for (const { names: pattern } of invitations) {
    if (!pattern.includes('*')) names.add(pattern)
    else for (const { name } of known) if (fitsPattern(pattern, name)) names.add(name)
  }
  return [...names].slice(0, maxAsked)
}

/** Returns who used which invitation, the first one first: as relays witnessed it, and as who is connected shows it. Pure. */
export function usesOf(
  invitations: readonly IssuedInvitation[],
  witnessed: readonly Pick<Witnessed, 'receipt'>[],
  certificates: ReadonlyArray<Pick<VerifiedCertificate, 'name' | 'peerId' | 'basis'>>,
): Map<string, InvitationUse[]> {
  const uses = new Map<string, Map<string, InvitationUse>>(invitations.map(({ serial }) => [serial, new Map()]))
  const add = (serial: string, { name, peerId, joinedMs }: InvitationUse) => {
    const known = uses.get(serial)?.get(peerId)
    if (known === undefined || joinedMs < known.joinedMs) uses.get(serial)?.set(peerId, { name, peerId, joinedMs })
  }
  for (const { receipt } of witnessed) {
    add(toHex(receipt.serial), { name: receipt.name, peerId: receipt.peerId, joinedMs: receipt.issuedAtMs })
  }
  for (const { name, peerId, basis } of certificates) {
    for (const serial of basis?.serials ?? []) add(serial, { name, peerId, joinedMs: basis!.issuedAtMs })
  }
  const inOrder = (all: Map<string, InvitationUse>) => [...all.values()].sort((a, b) => a.joinedMs - b.joinedMs)
  return new Map([...uses].map(([serial, all]) => [serial, inOrder(all)]))
}

/** Describes an invitation in one line; `used` is undefined when no relay was asked. */
function describeInvitation(
  { serial, names, roles, uses, expiresAtMs }: IssuedInvitation,
  nowMs: number,
  used: readonly InvitationUse[] | undefined,
): string {
  const days = Math.ceil((expiresAtMs - nowMs) / dayMs)
  const what = `${shownName(names).padEnd(12)}  ${roles.map((role) => `#${role}`).join(' ')}`
  const left = `given out for ${uses === 1 ? '1 use' : `${uses} uses`}, ${days === 1 ? 'a day' : `${days} days`} left`
  const by = used?.map(({ name, peerId }) => `${shownName(name)} (${peerId})`).join(', ')
  const use = by === undefined ? '' : by === '' ? ', no use known' : `, used by ${by}`
  return `${serial}  ${what}  ${left}${use}`
}

/** `why` no relay says who used them; undefined when one did. */
function describeList(count: number, why: string | undefined): string {
  if (count === 0) return 'No invitation is good any more.'
  const uses =
    why === undefined
      ? 'Who used them is as relays know it; of a line for many names they say only whom you know, or who is connected.'
      : `Who used them relays know, and ${why}; \`join\` with a line that is used up says it, too.`
  return `Given out, and neither over nor taken back. ${uses}`
}
