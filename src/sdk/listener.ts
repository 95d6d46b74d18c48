import { anySignal, timeoutSignal } from '../core/abort.js'
import { asOverlayError, OverlayError } from '../core/errors.js'
import { defaultConnectTimeoutMs } from '../core/limits.js'
import { Binding, type Held } from '../directory/binding.js'
import { maxCost } from '../identity/terminator.js'
import { precedences } from '../wire/precedence.js'
import { AppEmitter } from './app-emitter.js'
import { Callers } from './callers.js'
import type { IncomingCall } from './incoming-call.js'
import type { Member } from './member.js'
import type { IncomingDial, Listener, ListenerEvents, ListenOptions, Precedence, TerminatorState } from './types.js'

export interface ResolvedListenOptions {
  instanceId: string
  maxTerminators: number
  connectTimeout: number
  cost: number
  precedence: NonNullable<ListenOptions['precedence']>
  down: boolean
}

const stateOf = ({ relay, sinceMs }: Held): TerminatorState => ({
  relay: relay.name,
  relayPeerId: relay.peerId,
  sinceMs,
})

/** Holds the place of one instance and hands its callers to the application. */
export class HostListener extends AppEmitter<ListenerEvents> implements Listener {
  private readonly binding: Binding
  private readonly ringing = new Set<IncomingCall>()
  private closing: Promise<void> | undefined
  /** Why it closed by itself. */
  private failure: OverlayError | undefined

  constructor(
    readonly service: string,
    private readonly options: ResolvedListenOptions,
    private readonly member: Member,
    private readonly onClosed: () => void,
  ) {
    super((error, event, [dial]) => this.handlerFailed(error, event, dial))
    const { instanceId, maxTerminators, cost, precedence, down } = options
    this.binding = new Binding({ service, instanceId, maxTerminators, cost, precedence, down }, member)
    this.binding.on('established', (held) => this.emit('terminator:established', stateOf(held)))
    this.binding.on('lost', (held, error) => this.emit('terminator:lost', stateOf(held), error))
    this.binding.on('failed', (error) => this.fail(error))
  }

  get instanceId(): string {
    return this.options.instanceId
  }

  start(): void {
    this.binding.start()
  }

  terminators(): TerminatorState[] {
    return this.binding.bound().map(stateOf)
  }

  async established(count = 1, options: { timeout?: number; signal?: AbortSignal } = {}): Promise<void> {
    const { maxTerminators } = this.options
    if (!(count <= maxTerminators)) {
      throw new OverlayError('bad_argument', `${count} terminators can't stand: maxTerminators is ${maxTerminators}.`)
    }
    const { timeout = defaultConnectTimeoutMs } = options
    const signal = anySignal(options.signal, this.member.closing, timeoutSignal(timeout))
    while (this.binding.bound().length < count) {
      if (this.isClosed) throw this.failure ?? new OverlayError('closed', 'The listener was closed.')
      if (signal.aborted) {
        if (signal.reason instanceof OverlayError) throw signal.reason
        if (options.signal?.aborted) throw asOverlayError(signal.reason, 'canceled', 'Waiting for terminators')
        const stand = this.binding.bound().length
        throw new OverlayError('timed_out', `Only ${stand} of ${count} terminators stand after ${timeout / 1000} s.`)
      }
      await new Promise<void>((resolve) => {
        const onChange = () => {
          this.binding.off('established', onChange)
          this.off('close', onChange)
          signal.removeEventListener('abort', onChange)
          resolve()
        }
        this.binding.on('established', onChange)
        this.on('close', onChange)
        signal.addEventListener('abort', onChange)
      })
    }
  }

  async update(change: {
    cost?: number
    precedence?: ListenOptions['precedence']
    busy?: boolean
    down?: boolean
  }): Promise<void> {
    if (change.cost !== undefined) checkCost(change.cost)
    if (change.precedence !== undefined) checkPrecedence(change.precedence)
    await this.binding.update(change)
  }

  /** Another process of the same identity has taken over. */
  replaced(relayPeerId: string): void {
    this.binding.forget(relayPeerId)
    this.fail(
      new OverlayError(
        'replaced',
        `'${this.instanceId}' was started elsewhere with the same identity, which now receives its calls.`,
        { service: this.service, instanceId: this.instanceId },
      ),
    )
  }

  /** Hands a caller to whoever handles callers. */
  take(call: IncomingCall): void {
    if (this.isClosed || !this.isAnswering) {
      call.busy('Nobody is there to answer.')
      return
    }
    call.waitAtMost(this.options.connectTimeout)
    this.ringing.add(call)
    void call.settled.then(() => this.ringing.delete(call))
    this.emit('dial', call)
  }

  /** Somebody handles callers: a `dial` handler, or a loop. */
  private get isAnswering(): boolean {
    return this.listenerCount('dial') > 0
  }

  /** Calls one by one, from now on; leaving the loop tells those that wait that it is busy. */
  [Symbol.asyncIterator](): AsyncIterator<IncomingDial> {
    const callers = new Callers()
    const over = () => {
      this.off('dial', callers.add)
      this.off('close', onClose)
    }
    const onClose = () => {
      over()
      callers.end(this.failure)
    }
    if (this.isClosed) callers.end(this.failure)
    else this.on('dial', callers.add).on('close', onClose)
    return callers.read(over)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Ends the call whose handler failed; what failed in other listeners is said only. */
  private handlerFailed(error: unknown, event: string, dial: unknown): void {
    const { service, instanceId } = this
    if (event === 'dial') (dial as IncomingCall).fail()
    const whose = event === 'dial' ? `The handler of a call from ${(dial as IncomingCall).caller.name}` : undefined
    const attempted = whose ?? `A listener of the listener's ${event} event`
    this.member.warnings.failedHandler(error, attempted, { service, instanceId }, (warning) =>
      event === 'warning' ? false : this.emit('warning', warning),
    )
  }

  get isClosed(): boolean {
    return this.closing !== undefined
  }

  close(): Promise<void> {
    this.closing ??= this.shutDown()
    return this.closing
  }

  private async shutDown(): Promise<void> {
    for (const call of this.ringing) call.end('busy', new OverlayError('closed', 'The host is closing.'))
    await this.binding.close()
    this.onClosed()
    this.emit('close')
  }

  /** It cannot go on: says why, and closes. */
  fail(error: OverlayError): void {
    if (this.isClosed) return
    this.failure = error
    // An `error` event nobody listens to would end the process.
    if (this.listenerCount('error') > 0) this.emit('error', error)
    void this.close()
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
