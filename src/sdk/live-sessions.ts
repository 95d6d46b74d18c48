import { toHex } from '../core/bytes.js'
import type { VerifiedCertificate } from '../identity/certificate.js'
import { mayDial } from '../identity/policy.js'
import type { Session } from '../session/session.js'
import type { Shared } from './context.js'

interface Live {
  session: Session
  remote: VerifiedCertificate
  /** Whose right to dial the session rests on. */
  dialer: VerifiedCertificate
  service: string
}

/** How long sessions get to say goodbye when a context closes. */
const goodbyeMs = 1_000

/** The sessions of one side of a context: ended with it, and as soon as a permission or certificate is withdrawn. */
export class LiveSessions {
  private readonly live = new Set<Live>()

  constructor(private readonly shared: Shared) {
    shared.trust.on('network', () => this.recheck())
  }

  add(live: Live): void {
    this.live.add(live)
    live.session.once('over', () => this.live.delete(live))
  }

  to(peerId: string): boolean {
    return [...this.live].some(({ remote }) => remote.peerId === peerId)
  }

  /** Ends all; those that ended in order just now still get a moment to be confirmed. */
  async close(): Promise<void> {
    const all = [...this.live].map(({ session }) => session)
    for (const session of all) session.abort('', 'closed')
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const cancel = this.shared.clock.after(goodbyeMs, resolve)
    await Promise.race([Promise.all(all.map((session) => session.ended)), late])
    cancel()
    for (const session of all) session.destroy()
  }

  private recheck(): void {
    const { revokedSerials, services } = this.shared.trust.network
    for (const { session, remote, dialer, service } of this.live) {
      if (revokedSerials.has(toHex(remote.serial))) {
        session.abort(`The certificate of ${remote.name} was revoked.`, 'certificate_revoked')
      } else {
        const definition = services.get(service)
        if (definition !== undefined && mayDial(definition, dialer)) continue
        session.abort(`${dialer.name} may no longer dial '${service}'.`, 'not_permitted')
      }
    }
  }
}
