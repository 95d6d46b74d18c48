import { peerIdFromString } from '@libp2p/peer-id'
import { toHex } from '../core/bytes.js'
import { OverlayError } from '../core/errors.js'
import { maxClockSkewMs } from '../core/limits.js'
import { normalName } from '../core/text.js'
import { fitsPattern } from '../identity/delegation.js'
import { issuedRecord } from '../identity/identity-file.js'
import type { IssuedInvitation } from '../identity/identity-json.js'
import { isRevoked } from '../identity/revocation.js'
import { type Authority, type AuthorityPlace, isLive, publishRevision, withAuthority } from './authority.js'
import { describeDelivery, publishedRow } from './delivery.js'

/** Carries out `identity revoke`: names, peer ids and serials are void from now on. */
export async function revokeIdentities(given: string[], flags: AuthorityPlace & { json?: boolean }): Promise<void> {
  const who = given.map(normalName)
  const nowMs = Date.now()
  const lines: string[] = []
  const published = await withAuthority(flags, async (authority) => {
    const { network } = authority
    const serials = new Set(network.revokedSerials)
    const peers = new Map(network.revokedPeers)
    /** Serials and peer ids. */
    const taken = new Set<string>()
    for (const each of who) {
      const found = await findRevoked(each, authority, nowMs)
      for (const serial of found.serials) {
        serials.add(serial)
        taken.add(serial)
      }
      for (const [peerId, untilMs] of found.peers) {
        peers.set(peerId, Math.max(nowMs, untilMs))
        taken.add(peerId)
      }
      lines.push(...found.lines)
    }
    // Everybody would refuse them from now on; who was taken back earlier may have a new certificate since.
    const gone = new Set(
      authority.issued.filter(({ serial, peerId }) => taken.has(serial) || taken.has(peerId)).map(({ name }) => name),
    )
    for (const { names, serial } of authority.invited) if (taken.has(serial)) gone.add(names)
    const relays = network.relays.filter(({ name, peerId }) => !gone.has(name) && !taken.has(peerId))
    return publishRevision(authority, flags.dir, { revokedSerials: serials, revokedPeers: peers, relays }, nowMs)
  })
  process.stdout.write(`${publishedRow(published, flags.json)}\n`)
  const { revision } = published.network
  process.stderr.write(
    `Revoked ${who.join(', ')} in revision ${revision}, which ${published.names.length} identity files here have now.\n`,
  )
  for (const line of [...lines, ...describeDelivery(revision, published.relays)]) process.stderr.write(`${line}\n`)
}

interface Taken {
  serials: string[]
  /** By peer id: until when its certificates are taken back at least, if that is later than now; ms since 1970. */
  peers: ReadonlyMap<string, number>
  /** What a person has to know of it. */
  lines: string[]
}

/** Returns what one word of the command line takes back. Throws `bad_argument` when that is nothing. */
async function findRevoked(who: string, authority: Authority, nowMs: number): Promise<Taken> {
  const nothing = (why: string) =>
    new OverlayError('bad_argument', `'${who}' ${why}; nothing was changed. See \`identity show authority\`.`)
  const named = authority.issued.filter(({ name }) => name === who)
  // Also of those who joined with an invitation, which the authority never saw.
  const shown = authority.givenOut.certificates
    .map(({ what }) => what)
    .filter((certificate) => certificate.name === who && certificate.expiresAtMs + maxClockSkewMs >= nowMs)
    .filter((certificate) => !isRevoked(authority.network, certificate))
  for (const certificate of shown) {
    const known = authority.issued.some(({ serial }) => serial === toHex(certificate.serial))
    if (!known) authority.issued.push(issuedRecord(certificate))
  }
  const live = named.filter((issued) => isLive(issued, authority, nowMs))
  const { own, shared, takenBack } = invitationsFor(who, authority)
  const seen = new Set(shown.flatMap(({ basis }) => basis?.serials ?? []))
  // An invitation gives a name once: who is seen with a certificate by it is the only one.
  const waiting = shared.filter(({ serial }) => !seen.has(serial))
  const joined = await joinedWith(waiting, who, authority, nowMs)
  const unseen = waiting.filter(({ serial }) => !joined.serials.has(serial))
  const serials = [
    ...new Set([...[...live, ...own].map(({ serial }) => serial), ...shown.map(({ serial }) => toHex(serial))]),
  ]
  // A key that another key can renew may have certificates that nobody here has seen: all of them are taken back.
  const renewable = authority.invited.some(({ purpose }) => purpose === 'renew')
  const peerIds = renewable ? [...live, ...shown].map(({ peerId }) => peerId) : []
  const peers = new Map([...peerIds.map((peerId) => [peerId, nowMs] as const), ...joined.keys])
  if (serials.length > 0 || peers.size > 0) {
    const lines = [...own.map(describeOwn), ...unseen.map((each) => describeShared(who, each))]
    return { serials, peers, lines }
  }
  if (unseen.length > 0) {
    const [{ serial, names }] = unseen as [IssuedInvitation]
    throw nothing(
      `may have joined with the invitation for ${names}, and is not connected: give the peer id (relays log it), or take out everybody who ` +
        `joined with it, \`invite revoke ${serial}\``,
    )
  }
  if (named.length > 0) throw nothing('has no valid certificate any more')
  if (takenBack || joined.serials.size > 0)
    throw nothing('was invited, and what was got with the invitation is void already')
  if (/^([0-9a-f]{2}){16}$/i.test(who)) {
    const serial = who.toLowerCase()
    if (authority.network.revokedSerials.has(serial)) throw nothing('is revoked already')
    return { serials: [serial], peers: new Map(), lines: [] }
  }
  if (who === authority.peerId.toString()) throw nothing("is the authority's own key; see `network rotate-authority`")
  if (isPeerId(who)) return { serials: [], peers: new Map([[who, nowMs]]), lines: [] }
  throw nothing('never had a certificate')
}

interface Joined {
  /** When its certificate says that it joined, by peer id: a relay's clock may be ahead. */
  keys: Map<string, number>
  /** Serials of the invitations whose use is known. */
  serials: Set<string>
}

/**
 * Returns which keys joined with invitations under a name, as relays witnessed it. A key that the authority knows by another name
 * is not among them: no relay's word takes that out.
 */
async function joinedWith(
  invitations: readonly IssuedInvitation[],
  who: string,
  authority: Authority,
  nowMs: number,
): Promise<Joined> {
  const { issued, network, errand } = authority
  const joined: Joined = { keys: new Map(), serials: new Set() }
  if (invitations.length === 0) return joined
  const asked = new Set(invitations.map(({ serial }) => serial))
  for (const { receipt } of await errand.joinedAs(who)) {
    const { peerId, issuedAtMs } = receipt
    const serial = toHex(receipt.serial)
    const isOther = issued.some((one) => one.peerId === peerId && one.name !== who && isLive(one, authority, nowMs))
    if (!asked.has(serial) || isOther) continue
    joined.serials.add(serial)
    const isOut = (network.revokedPeers.get(peerId) ?? 0) >= issuedAtMs
    if (!isOut) joined.keys.set(peerId, Math.min(issuedAtMs, nowMs + maxClockSkewMs))
  }
  return joined
}

/** Returns the invitations with which somebody may have got a certificate for this name that nobody here has seen. */
function invitationsFor(who: string, { invited, network }: Authority) {
  const fitting = invited.filter(({ purpose, names }) => purpose === undefined && fitsPattern(names, who))
  const standing = fitting.filter(({ serial }) => !network.revokedSerials.has(serial))
  const own = standing.filter(({ names }) => names === who)
  return { own, shared: standing.filter(({ names }) => names !== who), takenBack: standing.length < fitting.length }
}

const describeOwn = ({ names, serial }: IssuedInvitation) =>
  `The invitation for ${names} (${serial}) is void, with every certificate that was got with it.`

const describeShared = (who: string, { names, serial }: IssuedInvitation) =>
  `Somebody else may have joined as ${who} with the invitation for ${names}; \`invite revoke ${serial}\` takes out everybody who did.`

function isPeerId(text: string): boolean {
  try {
    return peerIdFromString(text).toString() === text
  } catch {
    return false
  }
}
