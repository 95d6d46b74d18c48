import { equalBytes } from '../../core/bytes.js'
import type { Clock } from '../../core/clock.js'
import { errorText, OverlayError } from '../../core/errors.js'
import { maxClockSkewMs } from '../../core/limits.js'
import { parsePartitionKey } from '../../directory/partition.js'
import { type Candidate, checkFit, openSigned } from '../../directory/proof.js'
import { readCertificate, type VerifiedCertificate } from '../../identity/certificate.js'
import type { NetworkView } from '../../identity/network-document.js'
import type { Trust } from '../../net/trust.js'
import type { Entry } from '../table/entry.js'
import type { DirectoryStore } from '../table/store.js'
import type { FeedMessage } from './outgoing-feed.js'

/** Limits the entries that one owner may have here; an honest relay has a hundredth of it. */
const maxEntriesOfOwner = 500_000

/** Limits the signatures that are checked before others have a turn: about 10 ms. */
const checkedAtOnce = 32

/**
 * Checks what an owner feeds before it is held, once per entry: both signatures, whose they are, whether the host may be there,
 * and dates. An entry that is held already with the same bytes is not checked again. About 0.3 ms for each entry, and 0.3 ms
 * for each certificate that was not seen lately.
 */
export class EntryCheck {
  readonly #deps: { trust: Trust; store: DirectoryStore; clock: Clock }
  readonly #maxEntries: number

  /** `maxEntries` limits those of one owner. */
  constructor(deps: { trust: Trust; store: DirectoryStore; clock: Clock }, maxEntries = maxEntriesOfOwner) {
    this.#deps = deps
    this.#maxEntries = maxEntries
  }

  /**
   * Returns the message with only the entries that may be held. Throws `certificate_*` or `protocol_error` for what no honest owner
   * feeds.
   */
  async check(ownerPeerId: string, message: FeedMessage): Promise<FeedMessage> {
    let checked = 0
    let room = this.#maxEntries - this.#deps.store.ownedCount(ownerPeerId)
    const parts = []
    for (const part of message.parts) {
      // Cut otherwise than here: it is told again once both go by the same document.
      if (!this.#isPartition(part.partition)) continue
      const put: Entry[] = []
      for (const entry of part.put) {
        if (!this.#isHeld(ownerPeerId, entry)) {
          // What takes the place of an older one needs no room.
          const isNew = this.#deps.store.get(entry.record) === undefined
          if (isNew && room <= 0) continue
          if (++checked % checkedAtOnce === 0) await new Promise((resolve) => setImmediate(resolve))
          if (!(await this.#mayHold(ownerPeerId, entry))) continue
          if (isNew) room--
        }
        put.push(entry)
      }
      parts.push({ ...part, put })
    }
    return { ...message, parts }
  }

  /**
   * Returns what is held of these owners and may not be any more, by the newest document and the clock: honest owners take it back
   * themselves. Signatures are not checked again: they were when the entry came.
   */
  async stale(owners: readonly string[]): Promise<Entry[]> {
    const { trust, store, clock } = this.#deps
    const found: Entry[] = []
    const hosts = new Map<Uint8Array, VerifiedCertificate>()
    for (const owner of owners) {
      for (const entry of [...store.ownedBy(owner)]) {
        const { certificate } = entry.signed
        let host = hosts.get(certificate)
        if (host === undefined) {
          host = await readCertificate(certificate, trust.network.networkId)
          hosts.set(certificate, host)
          if (hosts.size % checkedAtOnce === 0) await new Promise((resolve) => setImmediate(resolve))
        }
        if (!fits({ record: entry.record, host }, trust.network, clock.now())) found.push(entry)
      }
    }
    return found
  }

  #isPartition(partition: string): boolean {
    const { service, shard } = parsePartitionKey(partition)
    const shards = this.#deps.trust.network.services.get(service)?.shards
    return shards !== undefined && shard < Math.max(1, shards)
  }

  #isHeld(ownerPeerId: string, entry: Entry): boolean {
    if (entry.record.relayPeerId !== ownerPeerId) return false
    const held = this.#deps.store.get(entry.record)
    if (held === undefined || held.identityName !== entry.identityName) return false
    const { terminator, certificate } = held.signed
    return equalBytes(terminator, entry.signed.terminator) && equalBytes(certificate, entry.signed.certificate)
  }

  async #mayHold(ownerPeerId: string, entry: Entry): Promise<boolean> {
    const { trust, clock } = this.#deps
    const proved = await openSigned(entry.signed, trust.network.networkId)
    if (proved.record.relayPeerId !== ownerPeerId) {
      throw new OverlayError(
        'protocol_error',
        'A terminator leads through another relay than the one that tells of it.',
      )
    }
    if (proved.host.name !== entry.identityName) {
      throw new OverlayError('protocol_error', `A terminator of ${proved.host.name} has another name beside it.`)
    }
    // What is shown must be a date. Clocks may differ a little; cut to our own time, all homes that show this entry show the same.
    if (entry.sinceMs > clock.now() + maxClockSkewMs) entry.sinceMs = clock.now()
    // The owner may have an older document, or another clock; it is told again when the two differ.
    return fits(proved, trust.network, clock.now())
  }
}

/**
 * Returns true when the host may be there now, and signed this under the certificate that it came with: a record older than the
 * certificate was signed under another one.
 */
function fits(proved: Candidate, network: NetworkView, nowMs: number): boolean {
  const { issuedAtMs } = proved.record
  if (issuedAtMs > nowMs + maxClockSkewMs || issuedAtMs < proved.host.issuedAtMs - 2 * maxClockSkewMs) return false
  try {
    checkFit(proved, network, nowMs)
    return true
  } catch {
    return false
  }
}

/** Words what is said of an owner that fed what no honest one does. */
export const lieOf = (error: unknown): string => `it fed what no honest relay has: ${errorText(error)}`
