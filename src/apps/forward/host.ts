import { setMaxListeners } from 'node:events'
import type { Socket } from 'node:net'
import { type Clock, systemClock } from '../../core/clock.js'
import { errorText, isOverlayError } from '../../core/errors.js'
import { FairShares } from '../../core/fair-shares.js'
import { targetConnectTimeoutMs } from '../../core/limits.js'
import { whenAborted } from '../../core/waiting.js'
import type { Connection, Context, IncomingDial, Listener, Party, Precedence } from '../../sdk/index.js'
import { type AllowList, isAllowed } from './allow.js'
import { describeEnd, type ForwardLog, logPaths, PathTrail } from './carried.js'
import type { Endpoint } from './endpoint.js'
import { forwardGrace } from './grace.js'
import { type ProbeIntervals, TargetHealth } from './health.js'
import { joinSocket } from './join.js'
import { untilServiceKnown } from './known-service.js'
import { proxyHeader, socketEnds } from './proxy-header.js'
import { Target, type TargetOptions } from './target.js'

export interface HostOptions {
  /** The endpoint to which each caller's connection goes. */
  target: Endpoint
  /** Default: the identity's name. */
  instanceId?: string
  /** Narrows what the service's policy permits. */
  allow: AllowList
  /** Limits the callers served at the same time; further ones are told that it is busy. */
  maxConnections: number
  /** Limits how many of those one caller may have. Default: a caller gets one more while it has fewer than are free. */
  maxPerCaller?: number
  /** Put a PROXY protocol v2 header with the caller's identity in front of each connection. */
  proxyProtocol: boolean
  /** Says how often the target is probed. Without regular probes it may be down at first without anybody knowing. */
  probes: ProbeIntervals
  /** Default: the service's. */
  maxTerminators?: number
  /** 0–65535, lower is preferred; default 0. */
  cost?: number
  /** The precedence while the target takes connections; default `default`. While it does not, the host is marked `failed`. */
  precedence?: Precedence
  /** How long a connection outlives the loss of all its paths, ms; default: the service's, else 5 minutes. */
  sessionGrace?: number
  /** Ends the hosting when it fires; connections that are still open are broken off. */
  signal: AbortSignal
  log: ForwardLog
  /** Called when the first terminator stands: the host can be called. */
  onReady?: () => void
  /** Default: the machine's. */
  clock?: Clock
  /** Opens a connection to the target. Default: a real socket. */
  open?: TargetOptions['open']
}

/**
 * Offers a TCP endpoint under the context's identity. Resolves after the signal fired and every connection is gone; rejects when
 * the service can't be offered (`unknown_service`, `not_permitted`, …). What keeps it from being offered later on may heal: then it
 * says so, and waits. The context stays the caller's.
 */
export async function runHost(context: Context, service: string, options: HostOptions): Promise<void> {
  if (options.signal.aborted) return
  await new TcpHost(context, service, options).run()
}

/** Returns what the process says that has taken the place. */
function lineOf(takeovers: number): string {
  const line = 'another process of this identity was here before, and receives no calls any more'
  if (takeovers < 2) return line
  return `${line} (${takeovers} changes to and fro within minutes: another machine uses this identity: a clone?)`
}

class TcpHost {
  readonly #context: Context
  readonly #service: string
  readonly #options: HostOptions

  readonly #health: TargetHealth
  readonly #clock: Clock
  readonly #target: Target
  readonly #over = new AbortController()
  readonly #serving = new Set<Promise<void>>()
  readonly #places: FairShares
  #listener: Listener | undefined
  #cancelProbe = () => {}
  #probing: Promise<void> = Promise.resolve()
  #served = 0
  /** Says why the target was last found down. */
  #failure: unknown

  constructor(context: Context, service: string, options: HostOptions) {
    this.#context = context
    this.#service = service
    this.#options = options

    this.#health = new TargetHealth(options.probes)
    this.#clock = options.clock ?? systemClock
    this.#target = new Target(options.target, {
      timeoutMs: targetConnectTimeoutMs,
      clock: this.#clock,
      proxyProtocol: options.proxyProtocol,
      open: options.open,
    })
    this.#places = new FairShares(options.maxConnections, options.maxPerCaller)
    setMaxListeners(0, this.#over.signal) // one for each connection
  }

  async run(): Promise<void> {
    const { instanceId, maxTerminators, cost, signal, log, onReady } = this.#options
    await untilServiceKnown(this.#context, this.#service, signal)
    // Known before anybody can ask, so that nobody is sent to a target that is down.
    if (this.#health.dueInMs(this.#clock.monotonic()) === 0) await this.#probe()
    const listener = await this.#context.listen(this.#service, {
      ...(instanceId === undefined ? { bindUsingIdentity: true } : { instanceId }),
      sessionGrace: forwardGrace(this.#context, this.#service, this.#options.sessionGrace),
      ...(maxTerminators === undefined ? {} : { maxTerminators }),
      ...(cost === undefined ? {} : { cost }),
      ...this.#said,
    })
    this.#listener = listener
    if (this.#health.health === 'down') this.#logFailure()
    this.#scheduleProbe()
    try {
      await new Promise<void>((resolve) => {
        whenAborted(signal, resolve)
        listener.on('suspended', (reason) => log('WARNING', `not offered for now: ${errorText(reason)}`))
        listener.on('resumed', () => log('INFO', 'offered again'))
        listener.on('takeover', ({ takeovers }) => log('WARNING', lineOf(takeovers)))
        listener.on('dial', (dial) => this.#take(dial))
        listener.on('terminator:established', ({ relay }) => log('INFO', `reachable through ${relay}`))
        listener.on('terminator:lost', ({ relay }, error) => {
          if (listener.suspended !== undefined) return // said already
          log('WARNING', `not reachable through ${relay} any more: ${errorText(error)}`)
        })
        if (listener.terminators().length > 0) onReady?.()
        else if (onReady !== undefined) listener.once('terminator:established', onReady)
      })
    } finally {
      this.#over.abort(new Error('the host was stopped'))
      this.#cancelProbe()
      await Promise.all([listener.close(), this.#probing, ...this.#serving])
    }
  }

  #take(dial: IncomingDial): void {
    const { allow, log } = this.#options
    const { caller } = dial
    if (!isAllowed(allow, caller)) {
      log('WARNING', `${caller.name} (${caller.peerId}) was declined: not on the --allow list`)
      dial.decline('this host does not allow it')
      return
    }
    if (this.#over.signal.aborted) {
      dial.busy('the host was stopped')
      return
    }
    const full = this.#fullFor(caller)
    if (full !== undefined) {
      log('WARNING', `${caller.name} was turned away: ${full}`)
      dial.busy(full)
      return
    }
    const leave = this.#places.take(caller.peerId)
    const done = this.#serve(dial, `#${++this.#served} ${caller.name}`).finally(() => {
      leave()
      this.#serving.delete(done)
    })
    this.#serving.add(done)
  }

  /** Says why this caller gets no connection now; undefined when it does. */
  #fullFor({ name, peerId }: Party): string | undefined {
    const refusal = this.#places.refusal(peerId)
    if (refusal === 'all') return `all ${this.#options.maxConnections} connections of this host are in use`
    if (refusal === undefined) return undefined
    return `${name} has ${this.#places.held(peerId)} connections here, and the others are kept for other callers`
  }

  async #serve(dial: IncomingDial, name: string): Promise<void> {
    const { log } = this.#options
    const socket = await this.#reachTarget(dial, name)
    if (socket === undefined) return
    let connection: Connection
    try {
      connection = await dial.accept()
    } catch (error) {
      socket.destroy()
      log('INFO', `${name} gave up: ${errorText(error)}`)
      return
    }
    if (this.#options.proxyProtocol) this.#introduce(connection, socket)
    const startMs = this.#clock.monotonic()
    const trail = new PathTrail(connection)
    log('INFO', `${name} (${dial.caller.peerId}) connected, via ${trail}`)
    logPaths(connection, name, log)
    const error = await joinSocket(connection, socket, { signal: this.#over.signal })
    const { bytesRead: received, bytesWritten: sent } = connection.stats
    const durationMs = this.#clock.monotonic() - startMs
    log('INFO', `${name} ${describeEnd({ received, sent, durationMs, trail, error })}`)
  }

  /** Connects to the target before the call is accepted: a caller is not told "connected" before there is somebody to talk to. */
  async #reachTarget(dial: IncomingDial, name: string): Promise<Socket | undefined> {
    try {
      const socket = await this.#target.connect(dial.signal)
      socket.on('error', () => {}) // heard of again when it is read
      this.#report(undefined)
      return socket
    } catch (error) {
      if (dial.signal.aborted) {
        this.#options.log('INFO', `${name} gave up`)
        return undefined
      }
      const reason = (isOverlayError(error) && error.details.reason) || 'cannot be reached'
      this.#options.log('WARNING', `${name} was turned away: ${errorText(error)}`)
      if (isOverlayError(error, 'busy')) dial.busy(reason)
      else {
        this.#report(error)
        dial.busy(`the target of this host ${reason}`)
      }
      return undefined
    }
  }

  #introduce(connection: Connection, socket: Socket): void {
    const { name, peerId, roles } = connection.remote
    const caller = { name, peerId, roles, sessionId: connection.id }
    socket.write(proxyHeader(caller, socketEnds(socket, this.#options.target)))
  }

  async #probe(): Promise<void> {
    const { signal } = this.#options
    try {
      await this.#target.probe(signal)
      this.#report(undefined)
    } catch (error) {
      if (signal.aborted) return
      // That this process can't ask says nothing of the target.
      if (isOverlayError(error, 'busy')) this.#scheduleProbe(this.#options.probes.downMs)
      else this.#report(error)
    }
  }

  #scheduleProbe(leastMs = 0): void {
    this.#cancelProbe()
    const dueMs = Math.max(leastMs, this.#health.dueInMs(this.#clock.monotonic()))
    if (dueMs === Number.POSITIVE_INFINITY || this.#over.signal.aborted) return
    this.#cancelProbe = this.#clock.after(dueMs, () => {
      this.#probing = this.#probe()
    })
  }

  /** Takes what a probe or a caller's connection says of the target; a change is told to the directory. */
  #report(error: unknown): void {
    const wasDown = this.#health.health === 'down'
    const changed = this.#health.report(error === undefined, this.#clock.monotonic())
    this.#failure = error
    // Before there is a listener, its options will say it.
    if (this.#listener === undefined) return
    this.#scheduleProbe()
    if (!changed) return
    if (error !== undefined) {
      this.#logFailure()
      this.#update()
    } else if (wasDown) {
      this.#options.log('INFO', `${this.#target.name} takes connections again`)
      this.#update()
    }
  }

  #logFailure(): void {
    this.#options.log('WARNING', `${errorText(this.#failure)}; ${this.#service} is marked failed until it takes them`)
  }

  /** Returns what the directory is told of the target. */
  get #said(): { precedence: Precedence; down: boolean } {
    const down = this.#health.health === 'down'
    return { precedence: down ? 'failed' : (this.#options.precedence ?? 'default'), down }
  }

  #update(): void {
    this.#listener?.update(this.#said).catch((error) => {
      if (!this.#over.signal.aborted) this.#options.log('WARNING', `Could not tell the directory: ${errorText(error)}`)
    })
  }
}
