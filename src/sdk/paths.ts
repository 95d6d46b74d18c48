import type { Connection as Libp2pConnection, Stream } from '@libp2p/interface'
import { anySignal } from '../core/abort.js'
import type { Clock } from '../core/clock.js'
import { asOverlayError, OverlayError } from '../core/errors.js'
import { pathAttemptTimeoutMs, spliceHedgeMs } from '../core/limits.js'
import { whenAborted } from '../core/waiting.js'
import type { DirectoryLink } from '../directory/link.js'
import type { Candidate } from '../directory/proof.js'
import type { Carrier } from '../net/carrier.js'
import { StreamCarrier } from '../net/stream-carrier.js'
import type { PathKind } from '../session/types.js'
import { sessionProtocol } from '../wire/protocols.js'
import type { Member } from './member.js'

/** Limits the sessions that share one connection. */
export const maxStreamsPerConnection = 16_384

/** Names what opening a path takes. */
export type PathMaker = Pick<Member, 'pool' | 'clock' | 'circuits' | 'splices'> & Partial<Pick<Member, 'parked'>>

/** Says after how long without success the next path is tried, ms; the slower one may still win. */
const nextPathAfterMs = 400

/** A fresh way to a host, on which nothing has been said yet. */
export interface OpenedPath {
  candidate: Candidate
  carrier: Carrier
  kind: PathKind
  /** The connection of a circuit, which it shares with other sessions. */
  connection?: Libp2pConnection
}

/**
 * Opens a path to a candidate's host through the candidate's relay: a parked path whose session is over, else joined sockets where
 * the relay can, else a circuit: at once when the relay refuses, and beside the sockets when they take long. Rejects with
 * `unreachable`.
 */
export async function openPath(member: PathMaker, candidate: Candidate, signal: AbortSignal): Promise<OpenedPath> {
  const { relayPeerId } = candidate.record
  // The host may hold its place through a relay that this node has not needed so far.
  const link = await member.pool.ensure(relayPeerId, signal)
  const parked = member.parked?.take(candidate)
  if (parked !== undefined) return { candidate, carrier: parked, kind: 'splice' }
  const relay = member.splices?.relayAt(link.connection)
  const ways = relay === undefined ? [openCircuit] : [openSplice, openCircuit]
  try {
    return await openInTurn(ways, (open, either) => open(member, link, candidate, either), {
      clock: member.clock,
      signal,
      delayMs: spliceHedgeMs,
    })
  } catch (error) {
    if (!signal.aborted) link.probe() // a relay that has fallen silent is noticed now rather than at its next heartbeat
    throw asOverlayError(error, 'unreachable', `No path through relay ${member.pool.nameOf(relayPeerId)}`)
  }
}

async function openSplice(
  member: PathMaker,
  link: DirectoryLink,
  candidate: Candidate,
  signal: AbortSignal,
): Promise<OpenedPath> {
  const { record } = candidate
  const relay = member.splices?.relayAt(link.connection)
  if (relay === undefined) throw new OverlayError('unreachable', 'The relay joins no sockets.')
  const ask = (asking: AbortSignal) => link.splice(record, asking)
  const carrier = await member.splices!.dial(relay, record.hostPeerId, ask, signal)
  return { candidate, carrier, kind: 'splice' }
}

async function openCircuit(
  member: PathMaker,
  link: DirectoryLink,
  candidate: Candidate,
  signal: AbortSignal,
): Promise<OpenedPath> {
  const connection = await member.circuits.connect(link.connection, candidate.record, signal)
  const stream = await openSessionStream(connection, member.clock, signal)
  return { candidate, connection, carrier: new StreamCarrier(stream), kind: 'circuit' }
}

/**
 * Opens a session's stream on a connection. Rejects with `unreachable` when the other side does not agree in time: the connection
 * may lead nowhere by now.
 */
export async function openSessionStream(
  connection: Libp2pConnection,
  clock: Clock,
  signal: AbortSignal,
): Promise<Stream> {
  const late = new AbortController()
  const cancel = clock.after(pathAttemptTimeoutMs, () =>
    late.abort(new OverlayError('unreachable', 'The other side did not answer in time.')),
  )
  try {
    return await connection.newStream(sessionProtocol, {
      signal: anySignal(signal, late.signal),
      runOnLimitedConnection: true,
      maxOutboundStreams: maxStreamsPerConnection,
    })
  } finally {
    cancel()
  }
}

/**
 * Opens the first of several candidates that can be opened, in their order: the next one starts when one fails or has not opened
 * after 400 ms, and all of it when it is this member's turn. Rejects with the last failure when none can. `onFailed` is called for
 * each one that failed.
 */
export function openFirst(
  member: PathMaker & Pick<Member, 'opening'>,
  candidates: readonly Candidate[],
  signal: AbortSignal,
  onFailed: (candidate: Candidate) => void,
): Promise<OpenedPath> {
  if (candidates.length === 0) return Promise.reject(noneToTry)
  const open = () =>
    openInTurn(candidates, (candidate, either) => openPath(member, candidate, either), {
      clock: member.clock,
      signal,
      delayMs: nextPathAfterMs,
      onFailed,
    })
  return member.opening.take(open, signal)
}

interface InTurn<T> {
  clock: Clock
  signal: AbortSignal
  delayMs: number
  onFailed?: (item: T) => void
}

/** Made once: its stack says nothing, and many attempts end so. */
const slower = new OverlayError('canceled', 'Another path was faster.')
const noneToTry = new OverlayError('unreachable', 'No terminator to try.')

/**
 * Resolves with the path that opens first; the next one is begun when one fails or has taken `delayMs`. What opens later is closed.
 */
function openInTurn<T>(
  items: readonly T[],
  open: (item: T, signal: AbortSignal) => Promise<OpenedPath>,
  { clock, signal, delayMs, onFailed }: InTurn<T>,
): Promise<OpenedPath> {
  const giveUp = new AbortController()
  return new Promise((resolve, reject) => {
    let next = 0
    let running = 0
    let settled = false
    let cancelHedge = () => {}
    let failure: unknown
    let forget = () => {}
    const settle = (run: () => void, why: unknown = slower) => {
      if (settled) return
      settled = true
      cancelHedge()
      forget()
      run()
      if (running > 0) giveUp.abort(why)
    }
    const onAbort = () => settle(() => reject(signal.reason), signal.reason)
    const startNext = () => {
      cancelHedge()
      const item = items[next++]
      if (item === undefined) {
        if (running === 0) settle(() => reject(failure))
        return
      }
      running++
      if (next < items.length) cancelHedge = clock.after(delayMs, startNext)
      open(item, giveUp.signal).then(
        (path) => {
          running--
          if (settled) path.carrier.abort(slower)
          else settle(() => resolve(path))
        },
        (error) => {
          running--
          failure = error
          if (settled) return
          onFailed?.(item)
          startNext()
        },
      )
    }
    if (signal.aborted) return onAbort()
    forget = whenAborted(signal, onAbort)
    startNext()
  })
}
