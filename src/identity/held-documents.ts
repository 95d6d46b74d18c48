import { follows, maxEarlierDigests, type NetworkView } from './network-document.js'
import { isSameLine } from './rotation.js'

/** Documents kept beside the current one, at most. An authority signs that many lines only when nobody reads what is said of the first. */
export const maxKeptAside = 16

/** What a further document meant for those that are held. */
export interface Joined {
  held: HeldDocuments
  /**
   * `newer`: it is the current one now. `aside`: it is not, but is kept. `nothing`: it was known, or is of no use any more.
   * `refused`: it is of a key of the authority's, or names one, that contradicts what is known.
   */
  news: 'newer' | 'aside' | 'nothing' | 'refused'
}

/**
 * The network documents a node goes by: the newest, and those that its authority signed beside it (an authority restored from
 * a backup does). Never changed; {@link join} gives another one. Nodes that have seen the same documents, in whatever order,
 * hold the same ones, and a revocation counts until a document that follows the one which said it leaves it out. A later key of the
 * authority's comes before all that earlier ones sign; which key is to follow is the one that was named first.
 */
export class HeldDocuments {
  /** The current document, with the revocations of those kept aside. */
  readonly view: NetworkView

  constructor(
    /** As it was signed. */
    readonly current: NetworkView,
    readonly aside: readonly NetworkView[] = [],
  ) {
    this.view = aside.length === 0 ? current : withAside(current, aside)
  }

  /** Documents that contradict the current one: another of its revision, or one of a line that it does not continue. */
  get forks(): NetworkView[] {
    return this.aside.filter((other) => isBeside(this.current, other))
  }

  join(document: NetworkView): Joined {
    const known = [this.current, ...this.aside]
    if (known.some(({ digest }) => digest === document.digest)) return { held: this, news: 'nothing' }
    if (contradicts(this.view, document)) return { held: this, news: 'refused' }
    const [current, ...rest] = [...known, document].sort(newestFirst) as [NetworkView, ...NetworkView[]]
    const aside = keptAside(current, rest)
    const news = current === document ? 'newer' : aside.includes(document) ? 'aside' : 'nothing'
    if (news === 'nothing' && aside.length === this.aside.length) return { held: this, news }
    return { held: new HeldDocuments(current, aside), news }
  }
}

/** Of another line of keys, or with another key to follow than is known to. */
function contradicts(known: NetworkView, document: NetworkView): boolean {
  if (!isSameLine(known, document.authorities)) return true
  const { nextAuthority } = document
  return nextAuthority !== undefined && !isSameLine(known, [...document.authorities, nextAuthority])
}

/** The same order everywhere: the later key, then revision, then which was signed later, then the digest. */
export function newestFirst(a: NetworkView, b: NetworkView): number {
  return (
    b.authorities.length - a.authorities.length ||
    b.revision - a.revision ||
    b.issuedAtMs - a.issuedAtMs ||
    (a.digest < b.digest ? 1 : -1)
  )
}

/** True when an older document is certainly not one that `current` comes after. */
export function isBeside(current: NetworkView, other: NetworkView): boolean {
  if (follows(current, other) || current.digest === other.digest) return false
  if (other.revision === current.revision) return true
  // Signed by an older version: nothing can be said.
  if (current.previousDigest === undefined) return false
  if (other.revision === current.revision - 1) return true
  if (other.previousDigest === undefined) return false
  return current.earlierDigests.length < maxEarlierDigests
}

function keptAside(current: NetworkView, others: readonly NetworkView[]): NetworkView[] {
  // What an earlier key signed does not count any more: it may have leaked.
  const same = others.filter(({ authorities }) => authorities.length === current.authorities.length)
  // The key to follow stays the one that was named, whatever is signed later.
  const naming = current.nextAuthority === undefined ? same.findLast(({ nextAuthority }) => nextAuthority) : undefined
  const kept: NetworkView[] = naming === undefined ? [] : [naming]
  for (const other of same) {
    if (other === naming) continue
    if ([current, ...kept].some((document) => follows(document, other))) continue
    if (isBeside(current, other) || revokesMore(other, [current, ...kept])) kept.push(other)
  }
  return kept.slice(0, maxKeptAside)
}

function revokesMore(document: NetworkView, others: readonly NetworkView[]): boolean {
  for (const serial of document.revokedSerials) {
    if (!others.some(({ revokedSerials }) => revokedSerials.has(serial))) return true
  }
  for (const [peerId, untilMs] of document.revokedPeers) {
    if (!others.some(({ revokedPeers }) => (revokedPeers.get(peerId) ?? 0) >= untilMs)) return true
  }
  return false
}

function withAside(current: NetworkView, aside: readonly NetworkView[]): NetworkView {
  const revokedSerials = new Set(current.revokedSerials)
  const revokedPeers = new Map(current.revokedPeers)
  const revokedNames = new Set([current, ...aside].flatMap((document) => [...document.revokedNames]))
  for (const document of aside) {
    for (const serial of document.revokedSerials) revokedSerials.add(serial)
    for (const [peerId, untilMs] of document.revokedPeers) {
      revokedPeers.set(peerId, Math.max(untilMs, revokedPeers.get(peerId) ?? 0))
    }
  }
  const { nextAuthority, nextRotation } =
    [current, ...aside].find((each) => each.nextAuthority !== undefined) ?? current
  return { ...current, revokedSerials, revokedPeers, revokedNames, nextAuthority, nextRotation }
}
