import type { Socket } from 'node:net'
import { anySignal } from '../../core/abort.js'
import type { Clock } from '../../core/clock.js'
import { connectSocket } from '../../core/connect.js'
import { errorText, OverlayError } from '../../core/errors.js'
import { targetProbeMs } from '../../core/limits.js'
import { type Endpoint, formatEndpoint } from './endpoint.js'
import { localProxyHeader } from './proxy-header.js'

export interface TargetOptions {
  /** Limits how long the target may take to accept a connection; ms. */
  timeoutMs: number
  clock: Clock
  /** Says whether connections of our own begin with a PROXY header, which tells that they are nobody's. */
  proxyProtocol: boolean
  /** Default: a real socket. */
  open?: typeof connectSocket
}

/**
 * Says for how long after the target was found silent no caller tries it again, ms: longer than until the next probe, for which
 * nobody waits.
 */
const silentMs = 2 * targetProbeMs

/** Lists the failures that are on our side, and say nothing of the target. */
const ownFailures = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'])

/**
 * Connects a host's callers to its target. When the target is silent, one caller finds out for all: those who wait as well are told
 * at the same moment, and those who come later at once, for 2 s, and while an attempt shows whether it is back.
 */
export class Target {
  readonly #endpoint: Endpoint
  readonly #options: TargetOptions

  readonly name: string
  readonly #attempts = new Set<AbortController>()
  #answeredMs = Number.NEGATIVE_INFINITY
  /** Holds the verdict that the target is silent, until it answers again. */
  #silence: { error: OverlayError; sinceMs: number } | undefined

  constructor(endpoint: Endpoint, options: TargetOptions) {
    this.#endpoint = endpoint
    this.#options = options

    this.name = formatEndpoint(endpoint)
  }

  /**
   * Opens a connection that nothing has been read from yet; the caller destroys it. Rejects with `unreachable`: its message says
   * where and why, its `details.reason` only why, for those who need not know where; with `busy` when it is this process that
   * can't open another; with the signal's reason when that fires.
   */
  async connect(signal: AbortSignal): Promise<Socket> {
    signal.throwIfAborted()
    this.#throwIfSilent()
    return this.#attempt(signal)
  }

  async #attempt(signal: AbortSignal): Promise<Socket> {
    const { timeoutMs, clock, open = connectSocket } = this.#options
    const attempt = new AbortController()
    const begunMs = clock.monotonic()
    this.#attempts.add(attempt)
    const cancel = clock.after(timeoutMs, () => this.#wasSilent(attempt, begunMs))
    try {
      const socket = await open(this.#endpoint, { signal: anySignal(signal, attempt.signal), allowHalfOpen: true })
      this.#answered()
      return socket
    } catch (error) {
      if (signal.aborted || attempt.signal.aborted) throw error
      const { code } = error as NodeJS.ErrnoException
      if (ownFailures.has(code ?? '')) {
        const text = 'this host has no file descriptor left (ulimit -n)'
        throw new OverlayError('busy', `${this.name} was not tried: ${text}`, { reason: text, cause: error })
      }
      this.#answered()
      throw this.#unreachable(reasonOf(error as NodeJS.ErrnoException), error)
    } finally {
      cancel()
      this.#attempts.delete(attempt)
    }
  }

  /** Connects and hangs up. Backends that want the PROXY protocol are told that it is nobody's connection. */
  async probe(signal: AbortSignal): Promise<void> {
    const socket = await this.#attempt(signal)
    socket.on('error', () => {}) // it took the connection, which is all we asked
    if (this.#options.proxyProtocol) socket.write(localProxyHeader())
    socket.end(() => socket.destroy())
  }

  #throwIfSilent(): void {
    if (this.#silence === undefined) return
    const lately = this.#options.clock.monotonic() - this.#silence.sinceMs < silentMs
    if (lately || this.#attempts.size > 0) throw this.#silence.error
  }

  #answered(): void {
    this.#answeredMs = this.#options.clock.monotonic()
    this.#silence = undefined
  }

  #wasSilent(attempt: AbortController, begunMs: number): void {
    const error = this.#unreachable(`did not answer within ${this.#options.timeoutMs / 1000} s`)
    // The target answers others: only this caller had to wait too long.
    const alone = this.#answeredMs >= begunMs
    if (!alone) this.#silence = { error, sinceMs: this.#options.clock.monotonic() }
    for (const each of alone ? [attempt] : this.#attempts) each.abort(error)
  }

  #unreachable(reason: string, cause?: unknown): OverlayError {
    return new OverlayError('unreachable', `${this.name} ${reason}`, { reason, cause })
  }
}

function reasonOf(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'refuses connections'
    case 'ETIMEDOUT':
      return 'does not answer'
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'has a host name that cannot be resolved'
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'cannot be reached from the host'
    case 'ENOENT':
      return 'is not there'
    case 'ENOTSOCK':
      return 'is not a socket'
    case 'EACCES':
      return 'may not be used by the host'
    default:
      return `cannot be reached (${error.code ?? errorText(error)})`
  }
}
