import type { Clock } from '../../../src/core/clock.js'
import type { AcceptedDial } from '../../../src/session/dial-handshake.js'
import { Session } from '../../../src/session/session.js'
import type { PathKind, SessionLimits } from '../../../src/session/types.js'

export interface DialedSessionOptions {
  /** The relay that the dial went through, or `direct`. */
  label: string
  kind: PathKind
  clock: Clock
  /** For tests; the product's limits otherwise. */
  limits?: Partial<SessionLimits>
}

/** The dialer's side of an accepted dial, carried by the path it was dialed on. A `PathKeeper` should look after it. */
export function dialedSession(accepted: AcceptedDial, { label, kind, clock, limits }: DialedSessionOptions): Session {
  const { sessionId, secret, remoteWindowBytes, channel } = accepted
  const overrides = limits === undefined ? {} : { limits }
  const session = new Session({ role: 'dialer', sessionId, secret, remoteWindowBytes, clock, ...overrides })
  session.addPath(channel, { kind, label })
  return session
}
