import type { Connection as Libp2pConnection } from '@libp2p/interface'
import { anySignal } from '../core/abort.js'
import { backoffMs } from '../core/backoff.js'
import { pathAttemptTimeoutMs } from '../core/limits.js'
import { connectDirect } from '../net/circuit.js'
import { StreamCarrier } from '../net/stream-carrier.js'
import { resumePath } from '../session/resume-path.js'
import type { Session } from '../session/session.js'
import type { Member } from './member.js'
import { openSessionStream } from './paths.js'

export const directLabel = 'direct'

const retryMinMs = 5_000
const retryMaxMs = 60_000
const maxOffered = 16

/** Where this node can be reached without a relay: what it listens on. */
export function directAddresses(member: Member): string[] {
  return member.node.libp2p
    .getMultiaddrs()
    .map((address) => address.toString())
    .filter((address) => !address.includes('/p2p-circuit'))
    .slice(0, maxOffered)
}

/**
 * Moves a dialer's session to a direct connection when one can be made, by dialing the host or by the host dialing us,
 * and again after it broke. Ends with the session.
 */
export function keepDirect(member: Member, session: Session, hostPeerId: string): void {
  if (session.isOver) return
  const over = new AbortController()
  let offered: string[] = []
  let attempting = false
  let failures = 0
  let cancelRetry = () => {}

  /** One retry is planned at a time, and none once the session is over. */
  const retryAfter = (ms: number) => {
    cancelRetry()
    if (!over.signal.aborted) cancelRetry = member.clock.after(ms, () => void attempt())
  }
  const attempt = async () => {
    cancelRetry()
    if (attempting || over.signal.aborted || session.labels.includes(directLabel)) return
    attempting = true
    const signal = anySignal(over.signal, AbortSignal.timeout(2 * pathAttemptTimeoutMs))
    try {
      const connection = await connectDirect(member.node, hostPeerId, offered, signal)
      const stream = await openSessionStream(connection, member.clock, signal)
      await resumePath(session, new StreamCarrier(stream), {
        label: directLabel,
        kind: 'direct',
        clock: member.clock,
        signal,
      })
      failures = 0
    } catch {
      // The relay carries the session meanwhile; a direct path is a bonus that is tried for again, ever more rarely.
      retryAfter(backoffMs(failures++, retryMinMs, retryMaxMs, member.random))
    } finally {
      attempting = false
    }
  }
  const onProved = (connection: Libp2pConnection) => {
    if (connection.direct && connection.remotePeer.toString() === hostPeerId) void attempt()
  }
  session.on('direct', (addresses) => {
    offered = addresses
    failures = 0
    void attempt()
  })
  session.on('path:lost', ({ relay }) => {
    if (relay === directLabel) retryAfter(retryMinMs * member.random())
  })
  member.node.gate.on('proved', onProved)
  session.once('over', () => {
    member.node.gate.off('proved', onProved)
    cancelRetry()
    over.abort()
  })
  session.offerDirect(directAddresses(member))
}

/** The host's part: says where it can be reached, and connects to where the dialer can be; the dialer opens the path. */
export function offerDirect(member: Member, session: Session, dialerPeerId: string): void {
  session.on('direct', (addresses) => {
    if (session.isOver || session.labels.includes(directLabel)) return
    // Only one of the two directions has to work, and the dialer hears of this one by the connection itself.
    connectDirect(member.node, dialerPeerId, addresses, AbortSignal.timeout(2 * pathAttemptTimeoutMs)).catch(() => {})
  })
  session.offerDirect(directAddresses(member))
}
