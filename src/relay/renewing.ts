import type { Clock } from '../core/clock.js'
import { asOverlayError, errorText, OverlayError } from '../core/errors.js'
import type { VerifiedCertificate } from '../identity/certificate.js'
import { isDue, mayRenew, type RenewalKey, renew, whyNotRenewing } from '../identity/renewal-key.js'
import type { Gate } from '../net/gate.js'
import type { Trust } from '../net/trust.js'
import type { Renewals } from './renewals.js'

/** Timers are no measure of days: a machine sleeps, and its clock is set. */
const lookMs = 3_600_000
const dayMs = 24 * lookMs

interface Parts {
  key: RenewalKey
  trust: Trust
  gate: Pick<Gate, 'members' | 'on'>
  renewals: Renewals
  clock: Clock
  random: () => number
  /** Hands newer certificates to the members they are for, and to the other relays. */
  hand(certificates: readonly VerifiedCertificate[]): void
  onWarning(error: OverlayError): void
}

/**
 * Renews for a relay with a renewal key: a member who is connected, or connects, with a certificate that is due gets a newer one,
 * before anybody has to be told that it ends.
 */
export class Renewing {
  readonly #parts: Parts
  readonly #underWay = new Map<string, Promise<VerifiedCertificate | undefined>>()
  #cancel = () => {}
  #saidMs = Number.NEGATIVE_INFINITY

  constructor(parts: Parts) {
    this.#parts = parts
  }

  start(): void {
    const { gate, trust, renewals } = this.#parts
    gate.on('proved', (_, certificate) => void this.renewed(certificate).catch(this.#warn))
    trust.on('network', () => void this.#saysOver(this.#parts.clock.now()))
    trust.offerRenewals(async (certificate) => (await this.renewed(certificate)) ?? renewals.newerThan(certificate))
    this.#look()
  }

  stop(): void {
    this.#cancel()
  }

  /**
   * Resolves with a newer certificate for the owner of this one, which is on its way by then; undefined when it is not due, or the
   * key may not renew it.
   */
  async renewed(certificate: VerifiedCertificate): Promise<VerifiedCertificate | undefined> {
    const { key, trust, renewals, clock } = this.#parts
    const nowMs = clock.now()
    const waiting = renewals.newerThan(certificate)
    if (waiting !== undefined && !isDue(waiting, nowMs)) return undefined
    if (!isDue(certificate, nowMs) || !mayRenew(key, certificate, trust.network)) return undefined
    if (this.#saysOver(nowMs)) return undefined
    const { peerId } = certificate
    const underWay = this.#underWay.get(peerId) ?? this.#renew(certificate, nowMs)
    this.#underWay.set(peerId, underWay)
    try {
      return await underWay
    } finally {
      this.#underWay.delete(peerId)
    }
  }

  async #renew(certificate: VerifiedCertificate, nowMs: number): Promise<VerifiedCertificate | undefined> {
    const { key, renewals, random, hand } = this.#parts
    const newer = await renew(key, certificate, nowMs, random())
    const news = await renewals.take([newer.envelope], nowMs)
    if (news.length > 0) hand(news)
    return news[0]
  }

  /** Returns true when the key is over or was taken back; says so when a network document takes it back, and once a day while there is something to renew. */
  #saysOver(nowMs: number): boolean {
    const { key, trust, onWarning } = this.#parts
    const why = whyNotRenewing(key, trust.network, nowMs)
    if (why === undefined) return false
    if (Math.abs(nowMs - this.#saidMs) >= dayMs) {
      this.#saidMs = nowMs
      onWarning(new OverlayError('certificate_ending', why))
    }
    return true
  }

  #look(): void {
    const { clock, gate, trust } = this.#parts
    this.#cancel = clock.after(lookMs, () => this.#look())
    for (const certificate of [trust.own, ...gate.members().map(({ certificate }) => certificate)]) {
      void this.renewed(certificate).catch(this.#warn)
    }
  }

  readonly #warn = (error: unknown): void => {
    const warning = asOverlayError(error, 'internal', `A certificate could not be renewed: ${errorText(error)}`)
    this.#parts.onWarning(warning)
  }
}
