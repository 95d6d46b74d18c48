import { WakeWatch } from '../core/wake-watch.js'
import type { Use, Withdrawal } from '../identity/permission.js'
import type { Session } from '../session/session.js'
import type { AbortCode } from '../wire/session-status.js'
import type { Member } from './member.js'

interface Live {
  session: Session
  /** What the two ends do, with the newest certificates that they have shown. */
  use: SessionUse
  /** Opens a path on which both show their certificates; undefined for a host, as only the dialer can. */
  refresh: (() => Promise<void>) | undefined
  /** How long before the end of a certificate to do so, ms, and when it was last done. */
  refreshBeforeMs: number
  refreshedMs: number
}

/** Tells what the two ends of a session do, and with which certificates. */
export type SessionUse = Use & Required<Pick<Use, 'host' | 'dialer'>>

/** Say how often sessions whose certificates end soon are looked at, and what soon is; ms. */
const lookMs = 5_000
const soonMs = 10 * 60_000
const refreshPauseMs = 60_000

/** Maps a withdrawal to what the other side is told. */
const abortCodes: Record<Withdrawal['code'], AbortCode> = {
  certificate_revoked: 'certificate_revoked',
  certificate_expired: 'certificate_expired',
  unknown_service: 'not_permitted',
  not_permitted: 'not_permitted',
}

/** Says how long a session gets, when a context closes, to be closed by the other side or by its user here; ms. */
const closeOnItsWayMs = 500
/** Says how long a close that was begun before may take, ms; by itself it takes no longer unless it was told to. */
const closingMs = 5_000
/** Says how long sessions get to say goodbye when a context closes, ms. */
export const goodbyeMs = 1_000

/** Keeps the sessions of one side of a context: they end with it, and as soon as a permission or certificate is withdrawn. */
export class LiveSessions {
  readonly #member: Member

  readonly live = new Set<Live>()
  #closed = false

  /** Notices that this machine slept; runs while there are sessions. */
  readonly #wake: WakeWatch
  #cancelLook = () => {}

  constructor(member: Member) {
    this.#member = member

    this.#wake = new WakeWatch(member.clock, (sleptMs) => this.#woke(sleptMs))
  }

  /**
   * Takes in a session. `use` is what the two ends do; the session ends when that is withdrawn. When one of the certificates ends
   * soon, `refresh` is called now and then: it may have been renewed without any open path having shown that.
   */
  add(session: Session, { ...use }: SessionUse, refresh?: () => Promise<void>): void {
    if (this.#closed) {
      session.destroy()
      return
    }
    // It may have been ended by what came together with its first path.
    if (session.isOver) return
    // Not all of them in the same moment.
    const refreshBeforeMs = soonMs * (0.3 + 0.7 * this.#member.random())
    const live = { session, use, refresh, refreshBeforeMs, refreshedMs: Number.NEGATIVE_INFINITY }
    const release = this.#member.trust.permissions.hold(use, (withdrawal) => {
      if (withdrawal !== undefined) session.abort(withdrawal.text, abortCodes[withdrawal.code])
    })
    this.live.add(live)
    this.#wake.start()
    if (refresh !== undefined && this.live.size === 1) this.#lookLater()
    session.once('over', () => {
      release()
      this.live.delete(live)
      if (this.live.size > 0) return
      this.#wake.stop()
      this.#cancelLook()
    })
  }

  #lookLater(): void {
    this.#cancelLook()
    this.#cancelLook = this.#member.clock.after(lookMs, () => {
      const nowMs = this.#member.clock.now()
      for (const live of this.live) {
        const leftMs = Math.min(live.use.host.expiresAtMs, live.use.dialer.expiresAtMs) - nowMs
        if (leftMs > live.refreshBeforeMs || nowMs - live.refreshedMs < refreshPauseMs) continue
        live.refreshedMs = nowMs
        void live.refresh?.()
      }
      this.#lookLater()
    })
  }

  /**
   * Called after this machine slept: the sessions' paths, and the links that further ones take, may lead nowhere, so all are asked
   * at once.
   */
  #woke(sleptMs: number): void {
    for (const { link } of this.#member.pool.up()) link.probe()
    for (const { session } of this.live) session.slept(sleptMs)
  }

  /** Returns true while there is a session with this host. */
  to(hostPeerId: string): boolean {
    return [...this.live].some(({ use }) => use.host.peerId === hostPeerId)
  }

  /**
   * Ends all sessions. Those that somebody is closing, here or at the other end, still end in order, for a while; the rest is
   * aborted, and those that ended just now still get a moment to be confirmed.
   */
  async close(): Promise<void> {
    this.#closed = true
    const all = [...this.live].map(({ session }) => session)
    await Promise.all(all.map((session) => this.#lastWords(session)))
    for (const session of all) session.abort('', 'closed')
    await this.#within(goodbyeMs, Promise.all(all.map((session) => session.ended)))
    for (const session of all) session.destroy()
  }

  /** Waits for a session to end in order: a close of the other side may be on its way, and may cause a close of our own. */
  async #lastWords(session: Session): Promise<void> {
    await this.#within(closeOnItsWayMs, Promise.race([session.closing, session.ended]))
    if (!session.isClosing) return
    const closed = session.close().catch(() => {}) // whoever closed it is told
    await this.#within(closingMs, closed)
    await this.#within(closeOnItsWayMs, session.ended)
  }

  async #within(ms: number, settled: Promise<unknown>): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const cancel = this.#member.clock.after(ms, resolve)
    await Promise.race([settled, late])
    cancel()
  }
}
