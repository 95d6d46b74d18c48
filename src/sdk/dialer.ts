import { randomBytes } from 'node:crypto'
import { anySignal } from '../core/abort.js'
import { checkInstanceId } from '../core/address.js'
import { backoffMs } from '../core/backoff.js'
import { asOverlayError, type ErrorCode, isOverlayError, OverlayError } from '../core/errors.js'
import { defaultConnectTimeoutMs, maxAppDataBytes } from '../core/limits.js'
import type { Candidate } from '../directory/client.js'
import { Selector, stickyToken } from '../directory/selection.js'
import { type AcceptedDial, dialOn } from '../session/dial-handshake.js'
import { PathKeeper } from '../session/path-keeper.js'
import { Session } from '../session/session.js'
import { SessionConnection } from './connection.js'
import type { Shared } from './context.js'
import { keepDirect } from './direct.js'
import { LiveSessions } from './live-sessions.js'
import { type OpenedPath, openFirst } from './paths.js'
import type { Connection, DialOptions } from './types.js'

/** A dial waits this long for a first relay before it says that there is none. */
const firstRelayMs = 10_000
const retryMinMs = 100
const retryMaxMs = 2_000
/** Rounds over all terminators after which an instance that never rang counts as unreachable. */
const maxSilentRounds = 4
/** A host that has no more sessions keeps its circuits this long, for the next dial. */
const idleCircuitMs = 10_000

/** Answers that are final; anything else that goes wrong is retried over another path with the same dial id. */
const finalAnswers = new Set<ErrorCode>([
  'declined',
  'busy',
  'not_permitted',
  'timed_out',
  'canceled',
  'too_large',
  'certificate_revoked',
])

interface Dial {
  service: string
  instanceId: string
  appData: Uint8Array<ArrayBuffer>
  connectTimeout: number
  sticky: string | undefined
  dialId: Uint8Array<ArrayBuffer>
  signal: AbortSignal
  onRinging: () => void
}

interface Answered {
  accepted: AcceptedDial
  path: OpenedPath
}

/** Calls instances, and keeps the paths of the sessions that come of it. */
export class Dialer {
  private readonly sessions: LiveSessions
  private readonly keepers = new Set<PathKeeper>()
  private readonly selector: Selector

  constructor(private readonly shared: Shared) {
    this.sessions = new LiveSessions(shared)
    this.selector = new Selector(shared.random)
    shared.pool.on('up', () => {
      for (const keeper of this.keepers) keeper.nudge()
    })
  }

  async dial(service: string, options: DialOptions): Promise<Connection> {
    const connectTimeout = options.connectTimeout ?? defaultConnectTimeoutMs
    if (!(connectTimeout > 0)) throw new OverlayError('bad_argument', 'connectTimeout is a number of ms above 0.')
    const appData = new Uint8Array(options.appData ?? [])
    if (appData.byteLength > maxAppDataBytes) {
      throw new OverlayError('too_large', `appData is ${appData.byteLength} bytes; ${maxAppDataBytes} are allowed.`)
    }
    const instanceId = options.instanceId === undefined ? '' : checkInstanceId(options.instanceId)
    if (instanceId === this.shared.trust.own.name) throw selfDial(service, instanceId)
    const who = instanceId === '' ? `an instance of '${service}'` : `'${instanceId}'`

    const deadline = new AbortController()
    const cancelDeadline = this.shared.clock.after(Math.min(connectTimeout, 0x7fffffff), () =>
      deadline.abort(new OverlayError('timed_out', `${who} did not answer within ${connectTimeout / 1000} s.`)),
    )
    let ringing = false
    const dial: Dial = {
      service,
      instanceId,
      appData,
      connectTimeout,
      sticky: options.stickyToken,
      dialId: new Uint8Array(randomBytes(16)),
      signal: anySignal(options.signal, deadline.signal, this.shared.closing),
      onRinging: () => {
        if (!ringing) options.onRinging?.()
        ringing = true
      },
    }
    try {
      return this.establish(dial, await this.untilAnswered(dial, () => ringing))
    } catch (error) {
      if (deadline.signal.aborted && !isOverlayError(error)) throw deadline.signal.reason
      throw describe(error, who, dial)
    } finally {
      cancelDeadline()
    }
  }

  close(): Promise<void> {
    for (const keeper of this.keepers) keeper.stop()
    return this.sessions.close()
  }

  private async untilAnswered(dial: Dial, rang: () => boolean): Promise<Answered> {
    await this.firstRelay(dial)
    let failure: unknown
    let firstHost: string | undefined
    for (let round = 0; ; round++) {
      try {
        const candidates = await this.candidates(dial, firstHost)
        const answered = await this.round(dial, candidates, (path) => {
          firstHost = path.candidate.record.hostPeerId
        })
        return answered
      } catch (error) {
        dial.signal.throwIfAborted()
        failure = error
        if (isOverlayError(error) && finalAnswers.has(error.code)) throw error
        // Before it rang, "unknown" and "offline" are answers; afterwards they are part of the trouble on the way.
        const gone = isOverlayError(error, 'offline') || isOverlayError(error, 'unknown_instance')
        if (!rang() && (gone || isOverlayError(error, 'self_dial') || round + 1 >= maxSilentRounds)) throw failure
      }
      await this.pause(backoffMs(round, retryMinMs, retryMaxMs, this.shared.random), dial.signal)
    }
  }

  private async firstRelay(dial: Dial): Promise<void> {
    const { pool, clock } = this.shared
    const late = new AbortController()
    const cancel = clock.after(firstRelayMs, () =>
      late.abort(new OverlayError('no_relay', 'No relay could be reached.')),
    )
    try {
      await pool.ready(anySignal(dial.signal, late.signal))
    } finally {
      cancel()
    }
  }

  /** The terminators to try, best first. Once a host rang, only the same one can be meant by this dial. */
  private async candidates(dial: Dial, firstHost: string | undefined): Promise<Candidate[]> {
    const { directory, trust, pool, clock } = this.shared
    const all = await directory.lookup(dial.service, dial.instanceId, dial.signal)
    const others = all.filter(({ record }) => record.hostPeerId !== trust.own.peerId)
    if (others.length === 0) throw selfDial(dial.service, dial.instanceId)
    const same = others.filter(({ record }) => record.hostPeerId === firstHost)
    return this.selector.order(same.length > 0 ? same : others, {
      strategy: trust.network.services.get(dial.service)?.strategy ?? 'smartrouting',
      stickyToken: dial.sticky,
      roundTripMs: (relayPeerId) => pool.get(relayPeerId)?.link?.roundTripMs,
      nowMs: clock.monotonic(),
    })
  }

  private async round(dial: Dial, candidates: Candidate[], onOpened: (path: OpenedPath) => void): Promise<Answered> {
    const { clock } = this.shared
    let left = candidates
    let failure: unknown
    while (left.length > 0) {
      const failed = new Set<Candidate>()
      const onFailed = (candidate: Candidate) => {
        failed.add(candidate)
        this.selector.failed(candidate, clock.monotonic())
      }
      const path = await openFirst(this.shared, left, dial.signal, onFailed)
      const { record } = path.candidate
      try {
        const accepted = await dialOn(
          path.stream,
          {
            dialId: dial.dialId,
            service: dial.service,
            instanceId: record.instanceId,
            appData: dial.appData,
            connectTimeoutMs: Math.min(dial.connectTimeout, 0xffff_ffff),
            direct: this.shared.direct,
          },
          {
            clock,
            signal: dial.signal,
            onRinging: () => {
              onOpened(path)
              dial.onRinging()
            },
          },
        )
        this.selector.succeeded(path.candidate, clock.monotonic())
        return { accepted, path }
      } catch (error) {
        dial.signal.throwIfAborted()
        if (isOverlayError(error) && finalAnswers.has(error.code)) throw error
        failure = error
        onFailed(path.candidate)
        this.doubt(path)
      }
      left = left.filter((candidate) => !failed.has(candidate))
    }
    throw failure ?? new OverlayError('unreachable', 'No terminator could be reached.')
  }

  private establish(dial: Dial, { accepted, path }: Answered): Connection {
    const { clock, trust, random } = this.shared
    const { record, host } = path.candidate
    const { sessionId, secret, remoteWindowBytes, direct, channel } = accepted
    const session = new Session({ role: 'dialer', sessionId, secret, clock, remoteWindowBytes })
    session.addPath(channel, { kind: 'relay', label: this.shared.pool.nameOf(record.relayPeerId) })

    const paths = new Map([[this.shared.pool.nameOf(record.relayPeerId), path]])
    const keeper = new PathKeeper({
      session,
      clock,
      random,
      openPath: async (excludeRelays, signal) => {
        const opened = await this.openAnother(dial.service, path.candidate, excludeRelays, signal)
        const label = this.shared.pool.nameOf(opened.candidate.record.relayPeerId)
        paths.set(label, opened)
        return { stream: opened.stream, label, kind: 'relay' }
      },
    })
    session.on('path:lost', ({ relay }) => {
      const lost = paths.get(relay)
      if (lost !== undefined) this.doubt(lost)
    })
    this.keepers.add(keeper)
    this.sessions.add({ session, remote: host, dialer: trust.own, service: dial.service })
    session.once('over', () => {
      this.keepers.delete(keeper)
      this.releaseLater(host.peerId)
    })
    keeper.start()
    if (direct && this.shared.direct) keepDirect(this.shared, session, host.peerId)
    const remote = { name: host.name, peerId: host.peerId, roles: host.roles }
    return new SessionConnection(session, remote, dial.service, record.instanceId, stickyToken(path.candidate))
  }

  /** Another path to the host of a session, over a relay that does not carry it yet. */
  private async openAnother(
    service: string,
    first: Candidate,
    excludeRelays: readonly string[],
    signal: AbortSignal,
  ): Promise<OpenedPath> {
    const { directory, pool, clock, trust } = this.shared
    const { hostPeerId, instanceId } = first.record
    const found = await directory.lookup(service, instanceId, signal)
    const usable = found.filter(
      ({ record }) => record.hostPeerId === hostPeerId && !excludeRelays.includes(pool.nameOf(record.relayPeerId)),
    )
    const ordered = this.selector.order(usable, {
      strategy: trust.network.services.get(service)?.strategy ?? 'smartrouting',
      roundTripMs: (relayPeerId) => pool.get(relayPeerId)?.link?.roundTripMs,
      nowMs: clock.monotonic(),
    })
    return openFirst(this.shared, ordered, signal, (candidate) => this.selector.failed(candidate, clock.monotonic()))
  }

  /** A path broke: its circuit is not handed out again unless it answers, and its relay is asked for a sign of life. */
  private doubt({ candidate, connection }: OpenedPath): void {
    this.shared.circuits.doubt(connection)
    this.shared.pool.get(candidate.record.relayPeerId)?.link?.probe()
  }

  private releaseLater(hostPeerId: string): void {
    if (this.shared.closing.aborted) return // all circuits go, and a timer would keep the process
    const cancel = this.shared.clock.after(idleCircuitMs, () => {
      this.shared.closing.removeEventListener('abort', cancel)
      if (!this.sessions.to(hostPeerId)) void this.shared.circuits.release(hostPeerId)
    })
    this.shared.closing.addEventListener('abort', cancel, { once: true })
  }

  private pause(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        cancel()
        reject(signal.reason)
      }
      const cancel = this.shared.clock.after(ms, () => {
        signal.removeEventListener('abort', onAbort)
        resolve()
      })
      signal.addEventListener('abort', onAbort, { once: true })
    })
  }
}

function selfDial(service: string, instanceId: string): OverlayError {
  return new OverlayError('self_dial', `'${instanceId}' is you; dialing yourself is refused.`, { service, instanceId })
}

/** The same error, saying who was called. */
function describe(error: unknown, who: string, { service, instanceId }: Dial): OverlayError {
  const known = asOverlayError(error, 'canceled', `Calling ${who} was given up`)
  const { reason } = known.details
  const texts: Partial<Record<ErrorCode, string>> = {
    declined: `${who} declined${reason ? `: ${reason}` : '.'}`,
    busy: `${who} is busy${reason ? `: ${reason}` : '.'}`,
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
