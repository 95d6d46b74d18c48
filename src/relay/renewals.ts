import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { type Clock, systemClock } from '../core/clock.js'
import { maxClockSkewMs } from '../core/limits.js'
import { Writing } from '../core/writing.js'
import { writeFileAtomic } from '../identity/atomic-file.js'
import { readCertificate, type VerifiedCertificate, whyNotValid } from '../identity/certificate.js'
import type { Identity } from '../identity/identity-file.js'
import { Renewals as WireRenewals } from '../wire/messages/directory.js'

/** Limits the members whose newer certificates a relay keeps until they expire; beyond that the oldest are forgotten. */
const maxKept = 20_000

/**
 * Keeps newer certificates on their way: the newest of each member, as that member may be away for months. Certificates prove
 * themselves, so it does not matter who brought them.
 */
export class Renewals {
  readonly #newest = new Map<string, VerifiedCertificate>()
  readonly #networkId: string
  readonly #file: string | undefined
  readonly #onWarning: (error: unknown) => void
  readonly #writing: Writing

  constructor(
    identity: Pick<Identity, 'name' | 'path'>,
    networkId: string,
    onWarning: (error: unknown) => void = () => {},
    clock: Clock = systemClock,
  ) {
    this.#networkId = networkId
    this.#onWarning = onWarning
    this.#file = identity.path && path.join(path.dirname(identity.path), '.state', `${identity.name}.renewals`)
    this.#writing = new Writing(clock, () => this.#write())
  }

  /** Ends what is tried again. */
  stop(): void {
    this.#writing.stop()
  }

  /** Reads what was kept in an earlier run; a missing or damaged file is an empty one. */
  async load(nowMs: number): Promise<void> {
    if (this.#file === undefined) return
    try {
      const limits = { certificates: maxKept }
      await this.#add(WireRenewals.decode(await readFile(this.#file), { limits }).certificates, nowMs)
    } catch {
      // the authority hands it out again
    }
  }

  /** Takes in certificates that are good at `nowMs`, and returns those that are newer than what was known. Never rejects. */
  async take(envelopes: readonly Uint8Array[], nowMs: number): Promise<VerifiedCertificate[]> {
    for (const [peerId, { expiresAtMs }] of this.#newest) {
      if (expiresAtMs + maxClockSkewMs < nowMs) this.#newest.delete(peerId)
    }
    const news = await this.#add(envelopes, nowMs)
    // Handed on all the same: others may have room.
    if (news.length > 0) await this.#writing.now().catch(this.#onWarning)
    return news
  }

  /** Returns the certificate that is on its way to a member who shows `held`; undefined when `held` is as new. */
  newerThan(held: VerifiedCertificate): VerifiedCertificate | undefined {
    const newest = this.#newest.get(held.peerId)
    return newest !== undefined && newest.issuedAtMs > held.issuedAtMs ? newest : undefined
  }

  all(): VerifiedCertificate[] {
    return [...this.#newest.values()]
  }

  async #add(envelopes: readonly Uint8Array[], nowMs: number): Promise<VerifiedCertificate[]> {
    const news: VerifiedCertificate[] = []
    for (const envelope of envelopes) {
      const certificate = await readCertificate(envelope, this.#networkId).catch(() => undefined)
      if (certificate === undefined) continue // damaged, or another network's
      // One of the future, by a signer whose clock was wrong, would stand in the way of all that are signed until then.
      if (whyNotValid(certificate, nowMs) !== undefined) continue
      const { peerId, issuedAtMs } = certificate
      const held = this.#newest.get(peerId)
      if (held !== undefined && held.issuedAtMs >= issuedAtMs && whyNotValid(held, nowMs) === undefined) continue
      this.#newest.delete(peerId)
      this.#newest.set(peerId, certificate)
      if (this.#newest.size > maxKept) this.#newest.delete(this.#newest.keys().next().value as string)
      news.push(certificate)
    }
    return news
  }

  async #write(): Promise<void> {
    const file = this.#file
    if (file === undefined || (this.#newest.size === 0 && !existsSync(file))) return
    const content = WireRenewals.encode({ certificates: this.all().map(({ envelope }) => envelope) })
    await writeFileAtomic(file, content, { mode: 0o600, replace: true, folderMode: 0o700 })
  }
}
