import type { Use, Withdrawal } from '../identity/permission.js'
import type { Session } from '../session/session.js'
import type { AbortCode } from '../wire/session-status.js'
import type { Member } from './member.js'

interface Live {
  session: Session
  hostPeerId: string
}

/** What the other side is told of a withdrawal. */
const abortCodes: Record<Withdrawal['code'], AbortCode> = {
  certificate_revoked: 'certificate_revoked',
  certificate_expired: 'certificate_expired',
  unknown_service: 'not_permitted',
  not_permitted: 'not_permitted',
}

/** How long sessions get to say goodbye when a context closes, ms. */
export const goodbyeMs = 1_000

/** The sessions of one side of a context: ended with it, and as soon as a permission or certificate is withdrawn. */
export class LiveSessions {
  private readonly live = new Set<Live>()
  private closed = false

  constructor(private readonly member: Member) {}

  /** `use` is what the two ends do; the session ends when that is withdrawn. */
  add(session: Session, use: Use & Required<Pick<Use, 'host' | 'dialer'>>): void {
    if (this.closed) {
      session.destroy()
      return
    }
    const live = { session, hostPeerId: use.host.peerId }
    const release = this.member.trust.permissions.hold(use, (withdrawal) => {
      if (withdrawal !== undefined) session.abort(withdrawal.text, abortCodes[withdrawal.code])
    })
    this.live.add(live)
    session.once('over', () => {
      release()
      this.live.delete(live)
    })
  }

  /** True while there is one to this host. */
  to(hostPeerId: string): boolean {
    return [...this.live].some((live) => live.hostPeerId === hostPeerId)
  }

  /** Ends all; those that ended in order just now still get a moment to be confirmed. */
  async close(): Promise<void> {
    this.closed = true
    const all = [...this.live].map(({ session }) => session)
    for (const session of all) session.abort('', 'closed')
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const cancel = this.member.clock.after(goodbyeMs, resolve)
    await Promise.race([Promise.all(all.map((session) => session.ended)), late])
    cancel()
    for (const session of all) session.destroy()
  }
}
