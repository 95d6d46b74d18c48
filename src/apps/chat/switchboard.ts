import { fromUtf8, utf8 } from '../../core/bytes.js'
import type { Clock } from '../../core/clock.js'
import { asOverlayError } from '../../core/errors.js'
import { whenAborted } from '../../core/waiting.js'
import type { Address, Connection, Context, IncomingDial, Party } from '../../sdk/index.js'
import { Call } from './call.js'
import type { PathNews } from './lines.js'
import { firstRelay } from './look-up.js'
import type { ChatEvent } from './state.js'

/** Says after how long without an answer a line says that it rings; ms. */
const ringingAfterMs = 2_000

export interface LiveCall {
  call: Call
  connection: Connection
  sinceMs: number
}

export interface SwitchboardOptions {
  context: Context
  clock: Clock
  /** Hands an event to the state, and resolves when what follows from it is done. */
  dispatch: (event: ChatEvent) => Promise<unknown>
  /** Resolves with somebody who is there whom a name that nobody has may have been meant for. */
  similar: (to: Address) => Promise<string | undefined>
  /** Called when somebody was called, called, or wrote. */
  onContact: (name: string) => void
  onPath: (news: PathNews) => void
}

/** Holds the dials, callers and calls behind the ids of `state.ts`: each becomes an event there, each effect a call here. */
export class Switchboard {
  readonly #options: SwitchboardOptions
  readonly #dialing = new Map<string, AbortController>()
  readonly #incoming = new Map<string, IncomingDial>()
  readonly #calls = new Map<string, LiveCall>()
  /** Holds the dials and accepts without an outcome. */
  readonly #unsettled = new Set<Promise<void>>()
  #callers = 0

  constructor(options: SwitchboardOptions) {
    this.#options = options
  }

  /** Takes a listener's `dial` event. */
  incoming(dial: IncomingDial): void {
    const { dispatch, clock, onContact } = this.#options
    const id = `in-${++this.#callers}`
    const { name, peerId } = dial.caller
    this.#incoming.set(id, dial)
    onContact(name)
    const gone = () => {
      if (this.#incoming.delete(id)) void dispatch({ type: 'callerGone', id })
    }
    const caller = { id, name, peerId, appData: fromUtf8(dial.appData), atMs: clock.now() }
    void dispatch({ type: 'incoming', caller })
    whenAborted(dial.signal, gone)
  }

  /** Calls somebody. Resolves when the dial has its outcome and what follows is done; never rejects. */
  dial(id: string, to: Address, appData: string): Promise<void> {
    return this.#settling(this.#dial(id, to, appData))
  }

  cancel(id: string): void {
    this.#dialing.get(id)?.abort()
  }

  /** Accepts a caller. Resolves when the call stands, or it turned out that it does not; never rejects. */
  accept(id: string): Promise<void> {
    return this.#settling(this.#accept(id))
  }

  decline(id: string, reason?: string): void {
    this.#takeIncoming(id)?.decline(reason)
  }

  turnAway(id: string): void {
    this.#takeIncoming(id)?.busy()
  }

  live(id: string): LiveCall | undefined {
    return this.#calls.get(id)
  }

  /** Returns the name at the other end of a call that has not ended. */
  other(): string | undefined {
    return [...this.#calls.values()][0]?.connection.remote.name
  }

  /** Returns who waits for an answer. */
  callers(): Party[] {
    return [...this.#incoming.values()].map(({ caller }) => caller)
  }

  /** Resolves when no dial or accept is without an outcome. */
  async settled(): Promise<void> {
    while (this.#unsettled.size > 0) await Promise.all(this.#unsettled)
  }

  /** Resolves when no dial or accept is without an outcome and all calls have ended. */
  async ended(): Promise<void> {
    while (this.#unsettled.size > 0 || this.#calls.size > 0) {
      await Promise.all([...this.#unsettled, ...[...this.#calls.values()].map(({ call }) => call.ended)])
    }
  }

  /** Ends all calls at once. */
  abort(): void {
    for (const { call } of this.#calls.values()) call.abort()
  }

  async #dial(id: string, to: Address, appData: string): Promise<void> {
    const { context, clock, dispatch } = this.#options
    const abort = new AbortController()
    this.#dialing.set(id, abort)
    let cancelRinging = () => {}
    let event: ChatEvent
    try {
      await firstRelay(context, abort.signal)
      const connection = await context.dial(to.service, {
        instanceId: to.instanceId,
        appData: utf8(appData),
        signal: abort.signal,
        onRinging: () => {
          cancelRinging = clock.after(ringingAfterMs, () => void dispatch({ type: 'ringing', id }))
        },
      })
      this.#adopt(id, connection)
      event = { type: 'connected', id, name: connection.remote.name, peerId: connection.remote.peerId }
    } catch (thrown) {
      const error = asOverlayError(thrown, abort.signal.aborted ? 'canceled' : 'internal', 'Dialing failed')
      const similar = error.code === 'unknown_instance' ? await this.#options.similar(to) : undefined
      event = { type: 'dialFailed', id, error, nowMs: clock.now(), ...(similar === undefined ? {} : { similar }) }
    }
    this.#dialing.delete(id)
    cancelRinging()
    await dispatch(event)
  }

  async #accept(id: string): Promise<void> {
    const dial = this.#takeIncoming(id)
    if (dial === undefined) return
    let event: ChatEvent
    try {
      const connection = await dial.accept()
      this.#adopt(id, connection)
      event = { type: 'accepted', id, name: dial.caller.name, peerId: dial.caller.peerId }
    } catch (thrown) {
      event = { type: 'acceptFailed', id, error: asOverlayError(thrown, 'internal', 'Accepting failed') }
    }
    await this.#options.dispatch(event)
  }

  /** Makes a call of a connection. The event that announces the call must follow at once, before anything is read from it. */
  #adopt(id: string, connection: Connection): void {
    const { clock, dispatch, onContact, onPath } = this.#options
    const { name } = connection.remote
    const call = new Call(connection, {
      clock,
      onText: (text) => {
        onContact(name)
        void dispatch({ type: 'received', id, text })
      },
    })
    this.#calls.set(id, { call, connection, sinceMs: clock.now() })
    onContact(name)
    connection.on('interrupted', ({ graceMs }) => void dispatch({ type: 'interrupted', id, graceMs }))
    connection.on('resumed', () => void dispatch({ type: 'resumed', id }))
    const first = connection.paths().find(({ role }) => role === 'active')
    if (first !== undefined) onPath({ first })
    connection.on('path:lost', (lost) => onPath({ lost }))
    connection.on('path:changed', (change) => onPath({ changed: change }))
    void call.ended.then((end) => {
      this.#calls.delete(id)
      return dispatch({ type: 'ended', id, ...end })
    })
  }

  #takeIncoming(id: string): IncomingDial | undefined {
    const dial = this.#incoming.get(id)
    this.#incoming.delete(id)
    return dial
  }

  #settling(outcome: Promise<void>): Promise<void> {
    this.#unsettled.add(outcome)
    return outcome.finally(() => this.#unsettled.delete(outcome))
  }
}
