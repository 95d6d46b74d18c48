import { type Clock, systemClock } from '../../core/clock.js'
import { asOverlayError } from '../../core/errors.js'
import { similarWord } from '../../core/similar.js'
import { escapeControls } from '../../core/text.js'
import type { Address, Context, Listener, Party } from '../../sdk/index.js'
import { statusAnswer } from './answers.js'
import { type Command, type LineSource, parseCommand } from './commands.js'
import { type Completion, complete, Recents, wantsCallable } from './completion.js'
import * as lines from './lines.js'
import { LookUp } from './look-up.js'
import { Reach } from './reach.js'
import { type ChatEvent, type ChatState, type Effect, initialState, step } from './state.js'
import { Switchboard } from './switchboard.js'

/** Shows the chat on a terminal or a pipe. */
export interface ChatView {
  /** Prints whole lines; nothing in them can drive a terminal. */
  print(lines: readonly string[]): void
  /** Prints what somebody said: `lines` with who said it, `text` the same without. */
  message(lines: readonly string[], text: readonly string[]): void
  /** Called when somebody calls. */
  bell(): void
}

export interface ChatOptions {
  service: string
  /** Relays to be reachable through; default: the service's. */
  maxTerminators?: number
  /** Also say which path carries a call, and which relays come and go. */
  verbose?: boolean
  /** Put the local time in front of what happens. */
  timestamps?: boolean
  /** Begin with the commands, for a person who types. */
  help?: boolean
  clock?: Clock
}

/** Says how long a caller is kept ringing, ms, as in the original program; the caller's own limit is usually shorter. */
const listenTimeoutMs = 5 * 60_000
/** Limits how long leaving may take; ms. */
const leaveTimeoutMs = 12_000
/** Limits the problems that are remembered. */
const maxProblems = 1_000
/** Says after how long the chat tells what leaving waits for; ms. */
const leavingSaidAfterMs = 1_000

/**
 * One person's chat: turns lines and what the network does into events of `state.ts` and carries its effects out. It owns the
 * listener and the calls; the context stays the caller's. Nothing here rejects once `start` has resolved.
 */
export class Chat {
  readonly #context: Context
  readonly #view: ChatView
  readonly #options: ChatOptions

  /** Resolves when calls have ended, callers have been told and the listener is closed, after `quit`. */
  readonly left: Promise<void>
  #resolveLeft!: () => void
  #state: ChatState
  #listener: Listener | undefined
  readonly #clock: Clock
  readonly #startedMs: number
  readonly #reach: Reach
  readonly #recents = new Recents()
  readonly #board: Switchboard
  readonly #problems: string[] = []
  readonly #lookUp: LookUp
  /** Resolves when the last change of what `/list` says of us was told: each change waits for the one before. */
  #busyTold: Promise<void> = Promise.resolve()

  constructor(context: Context, view: ChatView, options: ChatOptions) {
    this.#context = context
    this.#view = view
    this.#options = options

    const { name, peerId } = context.identity
    this.#clock = options.clock ?? systemClock
    this.#startedMs = this.#clock.monotonic()
    this.#state = initialState({ name, peerId, instanceId: name, service: options.service })
    this.#lookUp = new LookUp(context, options.service, this.#clock)
    this.#board = new Switchboard({
      context,
      clock: this.#clock,
      dispatch: (event) => this.#dispatch(event),
      similar: (to) => this.#similar(to),
      onContact: (name) => this.#recents.touch(name),
      onPath: (news) => this.#sayIfVerbose(lines.pathNews(news)),
    })
    this.#reach = new Reach(options.verbose === true)
    this.left = new Promise((resolve) => {
      this.#resolveLeft = resolve
    })
  }

  /** Returns what was asked for and did not come about, in the words that were printed. */
  get problems(): readonly string[] {
    return this.#problems
  }

  get leaving(): boolean {
    return this.#state.leaving
  }

  /** Prints the head of the transcript and begins to be reachable. Rejects when the service can't be offered at all. */
  async start(): Promise<void> {
    const { service, maxTerminators } = this.#options
    this.#print([lines.registering(service, this.#clock.monotonic() - this.#startedMs)])
    const listener = await this.#context.listen(service, {
      bindUsingIdentity: true,
      connectTimeout: listenTimeoutMs,
      ...(maxTerminators === undefined ? {} : { maxTerminators }),
    })
    if (this.#options.help) this.#print(['', ...lines.help, ''])
    this.#listener = listener
    listener.on('dial', (dial) => this.#board.incoming(dial))
    listener.on('suspended', (error) => this.#say(lines.cannotBeCalled(error)))
    listener.on('resumed', () => this.#say(lines.canBeCalledAgain()))
    listener.on('terminator:established', ({ relay }) => {
      this.#sayIfVerbose(lines.bound(relay))
      this.#say(...this.#reach.callable())
    })
    listener.on('terminator:lost', ({ relay }, error) => this.#sayIfVerbose(lines.unbound(relay, error.message)))
    this.#context.on('warning', ({ message }) => this.#say(lines.warning(message)))
    this.#context.on('relay:up', this.#onRelays)
    this.#context.on('relay:down', this.#onRelays)
    if (this.#context.relays().some(({ state }) => state !== 'connecting')) this.#onRelays()
  }

  /** Resolves once others can call us, or after `timeoutMs`. */
  async reachable(timeoutMs: number): Promise<void> {
    await this.#listener?.established(1, { timeout: timeoutMs }).catch(() => {}) // said by the relays' own lines
  }

  /** Returns what a line means here and now. */
  read(line: string, source: LineSource): Command {
    const { service } = this.#options
    return parseCommand(line, { service, source, hasService: (name) => this.#context.hasService(name) })
  }

  /** Carries out a command. Resolves when it is done: a call answered, a text handed over, a list printed. */
  async do(command: Command): Promise<void> {
    await this.#dispatch({ type: 'command', command })
    // Calls that cross take another way than the one that was typed.
    await this.#board.settled()
  }

  /** Ends everything in order and resolves when that is done; a second time, at once and without waiting for receipts. */
  quit(): Promise<void> {
    if (this.leaving) this.#board.abort()
    void this.#dispatch({ type: 'quit' })
    return this.left
  }

  /** Says that a call of ours rings. */
  get ringing(): boolean {
    return this.#state.call.kind === 'dialing'
  }

  async #similar({ instanceId, service }: Address): Promise<string | undefined> {
    if (service !== this.#options.service) return undefined
    const { name } = this.#context.identity
    // One of a numbered row is not meant for another one: user9 is no slip of user2.
    const numberless = (text: string) => text.replace(/\d/g, '')
    const names = (await this.#lookUp.names()).filter(
      (other) => other !== name && numberless(other) !== numberless(instanceId),
    )
    const same = names.find((other) => other.toLowerCase() === instanceId.toLowerCase())
    return same ?? similarWord(instanceId, names)
  }

  async complete(line: string): Promise<Completion> {
    const waiting = this.#state.waiting.map(({ name }) => name)
    const { name } = this.#context.identity
    const known = wantsCallable(line) ? await this.#lookUp.names() : []
    const callable = [...new Set([...this.#recents.names(), ...known])].filter((other) => other !== name)
    return complete(line, { waiting, callable })
  }

  readonly #onRelays = (): void => this.#say(...this.#reach.update(this.#context.relays()))

  #dispatch(event: ChatEvent): Promise<unknown> {
    const { state, effects } = step(this.#state, event)
    this.#state = state
    return Promise.all(effects.map((effect) => this.#run(effect)))
  }

  #run(effect: Effect): Promise<unknown> | undefined {
    switch (effect.type) {
      case 'print':
        if (effect.problem) this.#note(effect.lines)
        this.#say(...effect.lines)
        return
      case 'message':
        this.#view.message(this.#stamped(lines.message(effect.from, effect.text)), lines.textLines(effect.text))
        return
      case 'bell':
        this.#view.bell()
        return
      case 'dial':
        this.#recents.touch(lines.shown(effect.to, this.#options.service))
        return this.#board.dial(effect.id, effect.to, effect.appData)
      case 'cancelDial':
        this.#board.cancel(effect.id)
        return
      case 'accept':
        return this.#board.accept(effect.id)
      case 'decline':
        this.#board.decline(effect.id, effect.reason)
        return
      case 'turnAway':
        this.#board.turnAway(effect.id)
        return
      case 'send':
        // What could not be sent is said when the call ends.
        return this.#board
          .live(effect.id)
          ?.call.send(effect.text)
          .catch(() => {})
      case 'hangUp':
        return this.#board.live(effect.id)?.call.hangUp()
      case 'drop':
        this.#board.live(effect.id)?.call.abort()
        return
      case 'busy':
        this.#tellBusy(effect.busy)
        return
      case 'list':
        return this.#answer('/list', () => this.#lookUp.list(effect.more, this.#state.waiting))
      case 'whois':
        return this.#answer('/whois', () => this.#lookUp.whois(effect.to, this.#met()))
      case 'status':
        this.#print(this.#status())
        return
      case 'help':
        this.#print(lines.help)
        return
      case 'leave':
        void this.#leave()
        return
    }
  }

  // answers

  /** Returns who has proved a name to us: the other end first, then ourselves and the waiting callers. */
  #met(): Party[] {
    const { call } = this.#state
    const remote = call.kind === 'active' ? this.#board.live(call.id)?.connection.remote : undefined
    return [...(remote === undefined ? [] : [remote]), this.#context.identity, ...this.#board.callers()]
  }

  #status(): string[] {
    const { call, self } = this.#state
    const live = call.kind === 'active' ? this.#board.live(call.id) : undefined
    return statusAnswer({
      self,
      ...(call.kind === 'dialing' ? { calling: lines.shown(call.to, self.service) } : {}),
      ...(live === undefined ? {} : { call: { ...live, ...live.call.counts } }),
      relays: this.#context.relays(),
      terminators: this.#listener?.terminators() ?? [],
      nowMs: this.#clock.now(),
    })
  }

  async #answer(command: string, ask: () => Promise<string[]>): Promise<void> {
    try {
      this.#print(await ask())
    } catch (error) {
      const text = lines.failed(command, asOverlayError(error, 'internal', command))
      this.#note([text])
      this.#say(text)
    }
  }

  #tellBusy(busy: boolean): void {
    this.#busyTold = this.#busyTold.then(async () => {
      if (this.leaving) return
      try {
        await this.#listener?.update({ busy })
      } catch (error) {
        this.#sayIfVerbose(
          lines.failed('telling others that you are busy', asOverlayError(error, 'internal', 'update')),
        )
      }
    })
  }

  // leaving and printing

  async #leave(): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancels = [
        this.#clock.after(leaveTimeoutMs, resolve),
        this.#clock.after(leavingSaidAfterMs, () => this.#say(lines.stillLeaving(this.#board.other()))),
      ]
      void this.#end()
        .catch((error) => this.#say(lines.failed('leaving', asOverlayError(error, 'internal', 'leaving'))))
        .finally(() => {
          for (const cancel of cancels) cancel()
          resolve()
        })
    })
    this.#resolveLeft()
  }

  async #end(): Promise<void> {
    await this.#board.ended()
    this.#context.off('relay:up', this.#onRelays)
    this.#context.off('relay:down', this.#onRelays)
    await this.#listener?.close()
  }

  #sayIfVerbose(text: string): void {
    if (this.#options.verbose) this.#say(text)
  }

  #note(problems: readonly string[]): void {
    if (this.#problems.length < maxProblems) this.#problems.push(...problems)
  }

  /** Prints what happens, with the time where that is wanted. */
  #say(...text: string[]): void {
    if (text.length > 0) this.#print(this.#stamped(text))
  }

  #stamped(text: readonly string[]): string[] {
    const mark = this.#options.timestamps ? lines.stamp(this.#clock.now()) : ''
    return text.map((line) => (line === '' ? line : mark + line))
  }

  /** Prints: the one way out. All is escaped once more, so that nothing is missed; a second time changes nothing. */
  #print(text: readonly string[]): void {
    this.#view.print(text.map((line) => escapeControls(line, { keepTabs: true })))
  }
}
