import { anySignal, raceAbort, timeoutSignal } from '../core/abort.js'
import { checkOptions, checkSignal } from '../core/arguments.js'
import { asOverlayError, OverlayError } from '../core/errors.js'
import { defaultConnectTimeoutMs } from '../core/limits.js'
import { Binding, type Held } from '../directory/binding.js'
import { type Withdrawal, withdrawalError } from '../identity/permission.js'
import { maxCost } from '../identity/terminator.js'
import { precedences } from '../wire/precedence.js'
import { AppEmitter } from './app-emitter.js'
import { Callers } from './callers.js'
import { graceOf } from './grace.js'
import type { IncomingCall } from './incoming-call.js'
import type { Member } from './member.js'
import { RivalWatch, rivalError } from './rival.js'
import { Suspension } from './suspension.js'
import type { IncomingDial, Listener, ListenerEvents, ListenOptions, Precedence, TerminatorState } from './types.js'

export interface ResolvedListenOptions {
  instanceId: string
  maxTerminators: number
  connectTimeout: number
  cost: number
  precedence: NonNullable<ListenOptions['precedence']>
  sessionGrace: number | undefined
  down: boolean
}

const stateOf = ({ relay, sinceMs }: Held): TerminatorState => ({
  relay: relay.name,
  relayPeerId: relay.peerId,
  sinceMs,
})

/** Holds the place of one instance and hands its callers to the application. */
export class HostListener extends AppEmitter<ListenerEvents> implements Listener {
  readonly #options: ResolvedListenOptions
  readonly #member: Member
  readonly #onClosed: () => void

  readonly #binding: Binding
  readonly #ringing = new Set<IncomingCall>()
  readonly #suspension: Suspension
  readonly #rival: RivalWatch
  /** Counts the takeovers that were last said. */
  #takeovers = 0
  /** Resolves when a terminator stands, or nobody waits for one any more. */
  #changed = Promise.withResolvers<void>()
  #closing: Promise<void> | undefined

  constructor(
    readonly service: string,
    options: ResolvedListenOptions,
    member: Member,
    onClosed: () => void,
  ) {
    super((error, event, [dial]) => this.#handlerFailed(error, event, dial))
    this.#options = options
    this.#member = member
    this.#onClosed = onClosed

    const { instanceId, maxTerminators, cost, precedence, down } = options
    this.#binding = new Binding({ service, instanceId, maxTerminators, cost, precedence, down }, member)
    this.#binding.on('established', (held) => {
      this.#wake()
      this.emit('terminator:established', stateOf(held))
    })
    this.#binding.on('lost', (held, error) => this.emit('terminator:lost', stateOf(held), error))
    this.#suspension = new Suspension({
      onSuspended: (error) => this.emit('suspended', error),
      onResumed: () => this.emit('resumed'),
    })
    this.#rival = new RivalWatch(member, { service, instanceId }, () => {
      this.#suspension.clear('rival')
      this.#bindWhenAllowed()
    })
    this.#binding.on('established', () => this.#suspension.clear('refused'))
    this.#binding.on('refused', (error) => this.#refused(error))
    this.#binding.on('takeover', (takeovers) => {
      // Each relay counts for itself.
      if (takeovers > this.#takeovers) this.emit('takeover', { takeovers })
      this.#takeovers = Math.max(this.#takeovers, takeovers)
    })
  }

  get suspended(): OverlayError | undefined {
    return this.#suspension.reason
  }

  /** Returns how long its sessions outlive the loss of all their paths, ms. */
  get graceMs(): number {
    return graceOf(this.#member.trust, this.service, this.#options.sessionGrace)
  }

  get instanceId(): string {
    return this.#options.instanceId
  }

  start(): void {
    this.#binding.start()
  }

  terminators(): TerminatorState[] {
    return this.#binding.bound().map(stateOf)
  }

  async established(count = 1, given?: { timeout?: number; signal?: AbortSignal }): Promise<void> {
    const options = checkOptions('established', given)
    const { maxTerminators } = this.#options
    if (!(count <= maxTerminators)) {
      throw new OverlayError('bad_argument', `${count} terminators can't stand: maxTerminators is ${maxTerminators}.`)
    }
    checkSignal(options.signal)
    const { timeout = defaultConnectTimeoutMs } = options
    const signal = anySignal(options.signal, this.#member.closing, timeoutSignal(timeout))
    while (this.#binding.bound().length < count) {
      if (this.isClosed) throw new OverlayError('closed', 'The listener was closed.')
      if (signal.aborted) {
        if (signal.reason instanceof OverlayError) throw signal.reason
        if (options.signal?.aborted) throw asOverlayError(signal.reason, 'canceled', 'Waiting for terminators')
        const stand = this.#binding.bound().length
        const why = this.suspended === undefined ? '.' : `: ${this.suspended.message}`
        throw new OverlayError(
          'timed_out',
          `Only ${stand} of ${count} terminators stand after ${timeout / 1000} s${why}`,
        )
      }
      await raceAbort(this.#changed.promise, signal).catch(() => {})
    }
  }

  async update(given: {
    cost?: number
    precedence?: ListenOptions['precedence']
    busy?: boolean
    down?: boolean
  }): Promise<void> {
    const change = checkOptions('update', given)
    if (change.cost !== undefined) checkCost(change.cost)
    if (change.precedence !== undefined) checkPrecedence(change.precedence)
    await this.#binding.update(change)
  }

  /**
   * Called when the network or a certificate does not permit the instance to be offered, or (`withdrawal` undefined) permits it
   * again.
   */
  permitted(withdrawal: Withdrawal | undefined): void {
    if (this.isClosed) return
    const { service, instanceId } = this
    // What a relay refused with is covered by this, or is out of date.
    if (withdrawal === undefined) this.#suspension.clear('refused', 'permission')
    else this.#suspension.add('permission', withdrawalError(withdrawal, { service, instanceId }))
    this.#bindWhenAllowed()
  }

  /** Called when relays know the own, newer certificate: what stands there is told to others with it. */
  renewed(): void {
    void this.#binding.update({})
  }

  /** Called when what a relay refused may be permitted now. */
  nudge(): void {
    this.#binding.nudge()
  }

  /** Called when another process of the same identity has taken over: this one goes on with its sessions, and waits. */
  replaced(takeovers?: number): void {
    if (this.isClosed) return
    const { service, instanceId } = this
    this.#yieldTo(rivalError(false, { service, instanceId, takeovers }))
  }

  #refused(error: OverlayError): void {
    if (this.isClosed) return
    const { service, instanceId } = this
    if (error.code === 'replaced') {
      this.#yieldTo(rivalError(true, { service, instanceId, takeovers: error.details.takeovers }))
    } else if (this.#binding.bound().length === 0) this.#suspension.add('refused', error)
  }

  #yieldTo(error: OverlayError): void {
    this.#suspension.add('rival', error)
    this.#rival.start()
    this.#bindWhenAllowed()
  }

  #bindWhenAllowed(): void {
    const suspension = this.#suspension,
      binding = this.#binding
    const isKept = suspension.has('permission') || suspension.has('rival')
    if (isKept) binding.suspend(suspension.reason!)
    else binding.resume()
  }

  /** Hands a caller to the application, or tells it `busy` when nobody handles callers. */
  take(call: IncomingCall): void {
    if (this.isClosed || !this.#isAnswering) {
      call.busy('Nobody is there to answer.')
      return
    }
    call.waitAtMost(this.#options.connectTimeout)
    this.#ringing.add(call)
    void call.settled.then(() => this.#ringing.delete(call))
    this.emit('dial', call)
  }

  /** Says whether somebody handles callers: a `dial` handler, or a loop. */
  get #isAnswering(): boolean {
    return this.listenerCount('dial') > 0
  }

  /** Yields callers one by one, from now on; when the loop is left, those that wait are told `busy`. */
  [Symbol.asyncIterator](): AsyncIterator<IncomingDial> {
    const callers = new Callers()
    const over = () => {
      this.off('dial', callers.add)
      this.off('close', onClose)
    }
    const onClose = () => {
      over()
      callers.end(undefined)
    }
    if (this.isClosed) callers.end(undefined)
    else this.on('dial', callers.add).on('close', onClose)
    return callers.read(over)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Ends the call whose handler failed. A failure in another listener only becomes a warning. */
  #handlerFailed(error: unknown, event: string, dial: unknown): void {
    const { service, instanceId } = this
    if (event === 'dial') (dial as IncomingCall).fail()
    const whose = event === 'dial' ? `The handler of a call from ${(dial as IncomingCall).caller.name}` : undefined
    const attempted = whose ?? `A listener of the listener's ${event} event`
    this.#member.warnings.failedHandler(error, attempted, { service, instanceId }, (warning) =>
      event === 'warning' ? false : this.emit('warning', warning),
    )
  }

  get isClosed(): boolean {
    return this.#closing !== undefined
  }

  close(): Promise<void> {
    this.#closing ??= this.#shutDown()
    return this.#closing
  }

  async #shutDown(): Promise<void> {
    for (const call of this.#ringing) call.end('busy', new OverlayError('closed', 'The host is closing.'))
    this.#rival.stop()
    await this.#binding.close()
    this.#onClosed()
    this.#wake()
    this.emit('close')
  }

  /** Lets those who wait for terminators look again. */
  #wake(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }
}

export function checkCost(cost: number): number {
  if (Number.isInteger(cost) && cost >= 0 && cost <= maxCost) return cost
  throw new OverlayError('bad_argument', `A cost is a whole number from 0 to ${maxCost}, not ${cost}.`)
}

export function checkPrecedence(precedence: Precedence): Precedence {
  if (precedences.includes(precedence)) return precedence
  throw new OverlayError('bad_argument', `A precedence is one of ${precedences.join(', ')}, not '${precedence}'.`)
}
