import { OverlayError } from '../core/errors.js'
import type { Refusal, RingingDial } from '../session/ringing-dial.js'
import type { Session } from '../session/session.js'
import { reasonText } from './arguments.js'
import type { Connection, IncomingDial, Party } from './types.js'

/** Says what this side would like of a session: a direct path, and how long it outlives the loss of all its paths, ms. */
export interface CallWishes {
  direct: boolean
  graceMs: number
}

/** A ringing dial as the application sees it. The first answer counts, whoever gives it; `RingingDial` keeps which one it was. */
export class IncomingCall implements IncomingDial {
  readonly caller: Party
  readonly #dial: RingingDial
  readonly #open: (session: Session) => Connection
  readonly #wishes: CallWishes
  #session: Session | undefined

  /** `open` makes the connection of an accepted session. */
  constructor(dial: RingingDial, caller: Party, wishes: CallWishes, open: (session: Session) => Connection) {
    this.#dial = dial
    this.caller = caller
    this.#wishes = wishes
    this.#open = open
  }

  get service(): string {
    return this.#dial.request.service
  }

  get instanceId(): string {
    return this.#dial.request.instanceId
  }

  get appData(): Uint8Array {
    return this.#dial.request.appData
  }

  get signal(): AbortSignal {
    return this.#dial.signal
  }

  /** Resolves when it has been answered, by whomever. */
  get settled(): Promise<void> {
    return this.#dial.settled
  }

  async accept(): Promise<Connection> {
    if (this.#dial.answered) throw this.#whyAnswered()
    this.#session = this.#dial.accept(this.#wishes)
    return this.#open(this.#session)
  }

  decline(reason?: string | Error): void {
    this.#dial.refuse('declined', reasonText(reason))
  }

  busy(reason?: string | Error): void {
    this.#dial.refuse('busy', reasonText(reason))
  }

  /** Returns why it can't be accepted any more. */
  #whyAnswered(): OverlayError {
    if (!this.signal.aborted) return new OverlayError('closed', 'The call has been answered already.')
    const ended = this.signal.reason as OverlayError
    if (ended.code === 'canceled' || ended.code === 'timed_out') {
      return new OverlayError('canceled', `${this.caller.name} is no longer waiting for an answer.`)
    }
    if (ended.code !== 'closed') return ended
    return new OverlayError('closed', 'The listener was closed before the call was answered.')
  }

  /** Lets it ring for no longer than `ms`, and than the caller said. */
  waitAtMost(ms: number): void {
    this.#dial.waitAtMost(ms)
  }

  /** Ends it while it rings: the caller is told, and the signal fires. */
  end(status: Refusal, error: OverlayError): void {
    this.#dial.end(status, error)
  }

  /** Ends it, accepted or not, because its handler failed. */
  fail(): void {
    if (this.#session === undefined) this.#dial.refuse('internal')
    else this.#session.abort('', 'internal')
  }
}
