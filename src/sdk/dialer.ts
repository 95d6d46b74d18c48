import { anySignal } from '../core/abort.js'
import { checkInstanceId } from '../core/address.js'
import { checkSignal, checkText } from '../core/arguments.js'
import { asOverlayError, type ErrorCode, isOverlayError, OverlayError } from '../core/errors.js'
import { maxAppDataBytes } from '../core/limits.js'
import { Selector, stickyToken } from '../directory/selection.js'
import { withdrawalError } from '../identity/permission.js'
import { DialedCarrier } from '../net/dialed-carrier.js'
import type { OnAgain } from '../session/path-again.js'
import { PathKeeper } from '../session/path-keeper.js'
import { Session } from '../session/session.js'
import { checkBytes, checkConnectTimeout } from './arguments.js'
import { SessionConnection } from './connection.js'
import { selfDial } from './dial-plan.js'
import { whyNeverDirect } from './direct.js'
import { DirectDialer } from './direct-dialer.js'
import { neverDirect, type WayToDirect } from './direct-news.js'
import { FurtherPaths } from './further-paths.js'
import { checkGrace, graceOf } from './grace.js'
import { goodbyeMs, LiveSessions } from './live-sessions.js'
import type { Member } from './member.js'
import { type Answered, OutgoingDial } from './outgoing-dial.js'
import type { OpenedPath } from './paths.js'
import type { Connection, DialOptions } from './types.js'

/** Says for how long the circuits to a host without sessions are kept for the next dial; ms. */
const idleCircuitMs = 10_000

/** Calls instances, and keeps the paths of the sessions that come of it. */
export class Dialer {
  readonly #member: Member

  readonly sessions: LiveSessions
  readonly #keepers = new Set<PathKeeper>()
  readonly #selector: Selector
  /** Hold what cancels what is going to close the circuits to a host, by peer id. */
  readonly #releases = new Map<string, () => void>()
  /** Holds the dials that are under way, until the hosts they ring at know how they ended. */
  readonly #dials = new Set<Promise<unknown>>()

  constructor(member: Member) {
    this.#member = member

    this.sessions = new LiveSessions(member)
    this.#selector = new Selector(member.random)
    member.trust.on('renewed', () => member.parked.clear())
    member.pool.on('up', () => {
      for (const keeper of this.#keepers) keeper.nudge()
    })
  }

  async dial(service: string, options: DialOptions): Promise<Connection> {
    const connectTimeout = checkConnectTimeout(options.connectTimeout)
    checkSignal(options.signal)
    if (!(options.onRinging === undefined || typeof options.onRinging === 'function')) {
      throw new OverlayError('bad_argument', 'onRinging is a function.')
    }
    if (options.stickyToken !== undefined) checkText('stickyToken', options.stickyToken)
    const appData = checkAppData(options.appData)
    const grace = options.sessionGrace === undefined ? undefined : checkGrace(options.sessionGrace)
    const instanceId = options.instanceId === undefined ? '' : checkInstanceId(options.instanceId)
    if (instanceId === this.#member.trust.own.name) throw selfDial(service, instanceId)
    const who = instanceId === '' ? `an instance of '${service}'` : `'${instanceId}'`

    const deadline = new AbortController()
    const cancelDeadline = this.#member.clock.after(connectTimeout, () =>
      deadline.abort(new OverlayError('timed_out', `${who} did not answer within ${connectTimeout / 1000} s.`)),
    )
    const withdrawn = new AbortController()
    const { permissions, own } = this.#member.trust
    const use = { service, dialer: own }
    const release = permissions.hold(use, (withdrawal) => {
      if (withdrawal !== undefined) withdrawn.abort(withdrawalError(withdrawal))
    })
    const dial = new OutgoingDial(this.#member, this.#selector, {
      service,
      instanceId,
      appData,
      connectTimeout,
      stickyToken: options.stickyToken,
      signal: anySignal(options.signal, deadline.signal, withdrawn.signal, this.#member.closing),
      onRinging: () => this.#tellRinging(options, service, instanceId),
      onBroken: (path) => this.#doubt(path),
    })
    const answered = dial.run()
    const settled: Promise<unknown> = answered.catch(() => dial.left).finally(() => this.#dials.delete(settled))
    this.#dials.add(settled)
    try {
      return this.#establish(service, await answered, graceOf(this.#member.trust, service, grace))
    } catch (error) {
      // Host and dialer see a certificate's end at the same moment, and the host can only say "not permitted": this side's own
      // reason says more.
      const own = isOverlayError(error, 'not_permitted') ? permissions.withdrawalOf(use) : undefined
      throw describe(own === undefined ? error : withdrawalError(own), { who, service, instanceId })
    } finally {
      cancelDeadline()
      release()
    }
  }

  /** Ends all sessions, and gives dials that were just given up a moment to say so to the hosts that ring. */
  async close(): Promise<void> {
    for (const keeper of this.#keepers) keeper.stop()
    for (const cancel of this.#releases.values()) cancel()
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const cancel = this.#member.clock.after(goodbyeMs, resolve)
    await Promise.all([this.sessions.close(), Promise.race([Promise.all(this.#dials), late])])
    cancel()
    this.#member.parked.clear()
  }

  #establish(service: string, { accepted, path, terminators }: Answered, graceMs: number): Connection {
    const { clock, trust, random } = this.#member
    const { record, host } = path.candidate
    const { sessionId, secret, remoteWindowBytes, direct, channel } = accepted
    const limits = { sessionGraceMs: graceMs }
    const session = new Session({ role: 'dialer', sessionId, secret, clock, remoteWindowBytes, limits })
    const label = this.#member.pool.nameOf(record.relayPeerId)
    session.addPath(channel, { kind: path.kind, label }, this.#parking(path))

    const paths = new Map([[label, path]])
    const further = new FurtherPaths(this.#member, this.#selector, path.candidate, terminators)
    const keeper = new PathKeeper({
      session,
      clock,
      random,
      openPath: async (wish, signal) => {
        const opened = await further.open(wish, signal)
        const label = this.#member.pool.nameOf(opened.candidate.record.relayPeerId)
        paths.set(label, opened)
        return { carrier: opened.carrier, label, kind: opened.kind }
      },
    })
    session.on('path:lost', ({ relay }) => {
      const lost = paths.get(relay)
      if (lost !== undefined) this.#doubt(lost)
    })
    this.#keepers.add(keeper)
    const use = { host, dialer: trust.own, service, instanceId: record.instanceId }
    this.sessions.add(session, use, () => keeper.refresh())
    const onOver = () => {
      this.#keepers.delete(keeper)
      this.#releaseLater(host.peerId)
    }
    if (session.isOver) onOver()
    else session.once('over', onOver)
    keeper.start()
    const way = this.#wayOf(session, service, host.peerId, direct)
    const remote = { name: host.name, peerId: host.peerId, roles: host.roles }
    return new SessionConnection(session, {
      remote,
      service,
      instanceId: record.instanceId,
      stickyToken: stickyToken(path.candidate),
      way,
      onListenerFailed: (error, event) =>
        this.#member.warnings.failedHandler(error, `A listener of a connection's ${event} event`, { service }),
    })
  }

  #wayOf(session: Session, service: string, hostPeerId: string, direct: boolean): WayToDirect {
    const never = whyNeverDirect(this.#member, service) ?? (direct ? undefined : 'the other side keeps to relays')
    if (never !== undefined || this.#member.direct === undefined) return neverDirect(never ?? '')
    return new DirectDialer(this.#member, this.#member.direct, session, hostPeerId).start()
  }

  /** Calls `onRinging`: it is the application's own code, in the middle of a handshake. */
  #tellRinging({ onRinging }: DialOptions, service: string, instanceId: string): void {
    const failed = (error: unknown) =>
      this.#member.warnings.failedHandler(error, 'onRinging of a dial', { service, instanceId })
    try {
      // It may be an async function all the same.
      const result: unknown = onRinging?.()
      if (result instanceof Promise) result.catch(failed)
    } catch (error) {
      failed(error)
    }
  }

  /** Returns what keeps the path for the next call when its session is over; undefined for a path that carries only one session. */
  #parking({ candidate, carrier, kind }: OpenedPath): OnAgain | undefined {
    if (kind !== 'splice' || !(carrier instanceof DialedCarrier && carrier.carriesAgain)) return undefined
    return (channel) => {
      if (this.#member.closing.aborted) channel.abort(new OverlayError('closed', 'The context was closed.'))
      else this.#member.parked.park(candidate, carrier, channel)
    }
  }

  /** Called when a path broke: its circuit is not handed out again unless it answers, and its relay is asked for a sign of life. */
  #doubt({ candidate, connection }: OpenedPath): void {
    if (connection !== undefined) this.#member.circuits.doubt(connection)
    this.#member.pool.doubt(candidate.record.relayPeerId)
  }

  #releaseLater(hostPeerId: string): void {
    if (this.#member.closing.aborted) return // all circuits go, and a timer would keep the process
    this.#releases.get(hostPeerId)?.()
    const cancel = this.#member.clock.after(idleCircuitMs, () => {
      this.#releases.delete(hostPeerId)
      if (!this.sessions.to(hostPeerId)) void this.#member.circuits.release(hostPeerId)
    })
    this.#releases.set(hostPeerId, cancel)
  }
}

function checkAppData(given: unknown = new Uint8Array(0)): Uint8Array<ArrayBuffer> {
  const appData = checkBytes('appData', given)
  if (appData.byteLength > maxAppDataBytes) {
    throw new OverlayError('too_large', `appData is ${appData.byteLength} bytes; ${maxAppDataBytes} are allowed.`)
  }
  return new Uint8Array(appData) // a copy, so that the caller may go on with its own
}

/** Returns the same error, saying who was called. */
function describe(
  error: unknown,
  { who, service, instanceId }: { who: string; service: string; instanceId: string },
): OverlayError {
  const known = asOverlayError(error, 'canceled', `Calling ${who} was given up`)
  const { reason } = known.details
  const texts: Partial<Record<ErrorCode, string>> = {
    declined: `${who} declined${reason ? `: ${reason}` : '.'}`,
    busy: reason ? `${who} takes no call now: ${reason}` : `${who} is busy.`,
    not_permitted: `${who} does not permit the call${reason ? `: ${reason}` : '.'}`,
    unreachable: `${who} is bound, but no path to it could be opened: ${known.message}`,
  }
  return new OverlayError(known.code, texts[known.code] ?? known.message, {
    ...known.details,
    service,
    ...(instanceId === '' ? {} : { instanceId }),
    cause: known,
  })
}
