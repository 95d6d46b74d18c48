import type { Clock } from '../core/clock.js'
import { isOverlayError } from '../core/errors.js'
import type { Carrier } from '../net/carrier.js'
import { resumeOn } from './dial-handshake.js'
import type { Session } from './session.js'
import type { PathAddresses, PathKind } from './types.js'

export interface ResumePathOptions {
  /** The relay's name, or `direct`. */
  label: string
  kind: PathKind
  /** Of a direct one. */
  addresses?: PathAddresses
  clock: Clock
  signal?: AbortSignal
}

/**
 * Adds a path to the dialer's side of a session: resumes it on a fresh carrier to its host, which this closes when it can't
 * be used. A host that does not permit the session any more ends it. Who does not know it may be another process of the same
 * host: that ends only a session that has no path left, asked over a relay. Rejects as `resumeOn` does.
 */
export async function resumePath(session: Session, carrier: Carrier, options: ResumePathOptions): Promise<void> {
  const { label, kind, addresses, clock, signal } = options
  try {
    const outcome = await resumeOn(carrier, session.resumeRequest, signal === undefined ? { clock } : { clock, signal })
    if (outcome.state === 'ended') session.endedThere(outcome.ending)
    else {
      const { received, credit, channel } = outcome
      const known = addresses === undefined ? {} : { addresses }
      session.addPath(channel, { kind, label, ...known, remoteReceived: received, remoteCredit: credit })
    }
  } catch (error) {
    const unknown = isOverlayError(error, 'session_unknown') && kind !== 'direct' && session.isInterrupted
    if (unknown || isOverlayError(error, 'not_permitted')) session.fail(error)
    throw error
  }
}
