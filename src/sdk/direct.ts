import type { Socket } from 'node:net'
import { anySignal } from '../core/abort.js'
import { backoffMs } from '../core/backoff.js'
import { pathAttemptTimeoutMs } from '../core/limits.js'
import { directToken } from '../net/direct-sockets.js'
import type { ProvedCarrier } from '../net/path-hello.js'
import { resumePath } from '../session/resume-path.js'
import type { Session } from '../session/session.js'
import type { Member } from './member.js'

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
 * Moves a dialer's session to a direct connection when one can be made, by connecting to the host or by the host connecting to us,
 * and again after it broke. Ends with the session.
 */
export function keepDirect(member: Member, session: Session, hostPeerId: string): void {
  if (session.isOver) return
  const over = new AbortController()
  const token = directToken(session.resumeRequest.secret)
  let offered: string[] = []
  let attempting = false
  let failures = 0
  let cancelRetry = () => {}

  /** One retry is planned at a time, and none once the session is over. */
  const retryAfter = (ms: number) => {
    cancelRetry()
    if (!over.signal.aborted) cancelRetry = member.clock.after(ms, () => void attempt())
  }
  /** With a socket that has come, or one that is made. */
  const attempt = async (come?: Socket) => {
    if (attempting || over.signal.aborted || session.labels.includes(directLabel)) {
      come?.destroy()
      return
    }
    cancelRetry()
    attempting = true
    const signal = anySignal(over.signal, AbortSignal.timeout(2 * pathAttemptTimeoutMs))
    try {
      const socket = come ?? (await member.sockets.connect(offered, token, signal))
      const carrier = await member.node.tlsPaths.dial(socket, hostPeerId, signal)
      await resumePath(session, carrier, { label: directLabel, kind: 'direct', clock: member.clock, signal })
      failures = 0
    } catch {
      // The relay carries the session meanwhile; a direct path is a bonus that is tried for again, ever more rarely.
      retryAfter(backoffMs(failures++, retryMinMs, retryMaxMs, member.random))
    } finally {
      attempting = false
    }
  }
  session.on('direct', (addresses) => {
    offered = addresses
    failures = 0
    void attempt()
  })
  session.on('path:lost', ({ relay }) => {
    if (relay === directLabel) retryAfter(retryMinMs * member.random())
  })
  const forget = member.sockets.expect(token, (socket) => void attempt(socket))
  session.once('over', () => {
    forget()
    cancelRetry()
    over.abort()
  })
  session.offerDirect(directAddresses(member))
}

/**
 * The host's part: says where it can be reached, and connects to where the dialer can be; the dialer opens the path on either
 * connection, and `accept` takes it.
 */
export function offerDirect(member: Member, session: Session, accept: (path: ProvedCarrier) => void): void {
  if (session.isOver) return
  const over = new AbortController()
  const token = directToken(session.resumeRequest.secret)
  const take = async (come: Socket | Promise<Socket>) => {
    const signal = anySignal(over.signal, AbortSignal.timeout(2 * pathAttemptTimeoutMs))
    try {
      accept(await member.node.tlsPaths.accept(await come, signal))
    } catch {
      // Only one of the two directions has to work, and the dialer tries again.
    }
  }
  session.on('direct', (addresses) => {
    if (session.isOver || session.labels.includes(directLabel)) return
    void take(member.sockets.connect(addresses, token, AbortSignal.timeout(pathAttemptTimeoutMs)))
  })
  const forget = member.sockets.expect(token, (socket) => void take(socket))
  session.once('over', () => {
    forget()
    over.abort()
  })
  session.offerDirect(directAddresses(member))
}
