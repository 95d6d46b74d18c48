import type { Session } from '../session/session.js'
import type { Member } from './member.js'
import { type Use, withdrawalOf } from './permission.js'

interface Live extends Required<Use> {
  session: Session
}

/** How long sessions get to say goodbye when a context closes, ms. */
export const goodbyeMs = 1_000

/** The sessions of one side of a context: ended with it, and as soon as a permission or certificate is withdrawn. */
export class LiveSessions {
  private readonly live = new Set<Live>()
  private closed = false

  constructor(private readonly member: Member) {
    member.trust.on('network', () => this.recheck())
  }

  add(live: Live): void {
    if (this.closed) {
      live.session.destroy()
      return
    }
    this.live.add(live)
    live.session.once('over', () => this.live.delete(live))
  }

  /** True while there is one to this host. */
  to(hostPeerId: string): boolean {
    return [...this.live].some(({ host }) => host.peerId === hostPeerId)
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

  private recheck(): void {
    for (const live of this.live) {
      const withdrawn = withdrawalOf(this.member.trust.network, live)
      if (withdrawn === undefined) continue
      live.session.abort(
        withdrawn.text,
        withdrawn.code === 'certificate_revoked' ? 'certificate_revoked' : 'not_permitted',
      )
    }
  }
}
