import type { Address } from '../../core/address.js'
import type { OverlayError } from '../../core/errors.js'
import { maxAppDataBytes, maxMessageBytes, maxReasonBytes, maxWaitingCallers } from '../../core/limits.js'
import { utf8Length } from '../../core/text.js'
import { type Command, splitDecline } from './commands.js'
import * as lines from './lines.js'

/*
 * This file has all commands in all states: (state, event) → (state, effects), without I/O, clock or randomness. `chat.ts` turns
 * what happens into events and carries the effects out.
 *
 * Ids: a call keeps one id from its dial to its end. Incoming ones are named by the runner, outgoing ones here (`out-1`, …).
 * Every event carries the id it is about, so that the end of an old call can't touch a newer one.
 *
 * Crossing calls: when A and B dial each other, the dial of the lower peer id is the one that counts. Its dialer goes on
 * waiting for the answer and holds the other's call back (`crossing`); the other side gives its own dial up and accepts at once.
 * Should the counting dial fail all the same, the call held back is accepted instead.
 */

export const defaultAppData = 'hi there'

/** A caller who has no answer yet. */
export interface Caller {
  id: string
  /** The name in its certificate. */
  name: string
  peerId: string
  appData: string
  /** When it began to wait; milliseconds since 1970. */
  atMs: number
}

export type CallState =
  | { kind: 'idle' }
  /** `said` is set when a message went along. */
  | { kind: 'dialing'; id: string; to: Address; said?: true; crossing?: Caller }
  /** `firstText` is the message of `/connect <name> <message>` to someone who was calling already. */
  | { kind: 'accepting'; id: string; name: string; firstText?: string }
  /** `interrupted` is set while nothing carries the call. */
  | { kind: 'active'; id: string; name: string; peerId: string; interrupted?: true }

export interface ChatState {
  readonly self: { name: string; peerId: string; instanceId: string; service: string }
  readonly call: CallState
  readonly waiting: readonly Caller[]
  /** Calls that we have ended and that still deliver their last messages. */
  readonly ending: ReadonlyArray<{ id: string; name: string }>
  /** Dials made so far; the next one is `out-<dials + 1>`. */
  readonly dials: number
  readonly leaving: boolean
}

export type ChatEvent =
  | { type: 'command'; command: Command }
  | { type: 'incoming'; caller: Caller }
  /** Says that the caller gave up, or that its time is over. */
  | { type: 'callerGone'; id: string }
  | { type: 'ringing'; id: string }
  /** `name` and `peerId` are those in the certificate of the other end. */
  | { type: 'connected'; id: string; name: string; peerId: string }
  /** `similar` is somebody whom the name may have been meant for. */
  | { type: 'dialFailed'; id: string; error: OverlayError; nowMs: number; similar?: string }
  | { type: 'accepted'; id: string; name: string; peerId: string }
  | { type: 'acceptFailed'; id: string; error: OverlayError }
  | { type: 'received'; id: string; text: string }
  | { type: 'interrupted'; id: string; graceMs: number }
  | { type: 'resumed'; id: string }
  | { type: 'ended'; id: string; error?: OverlayError; undelivered: readonly string[] }
  /** Comes with Ctrl-D, the end of the input, or a signal. */
  | { type: 'quit' }

export type Effect =
  /** `problem` says that what was asked for on this side did not come about. */
  | { type: 'print'; lines: readonly string[]; problem?: true }
  /** Shows what somebody said. */
  | { type: 'message'; from: string; text: string }
  | { type: 'bell' }
  | { type: 'dial'; id: string; to: Address; appData: string }
  | { type: 'cancelDial'; id: string }
  | { type: 'accept'; id: string }
  | { type: 'decline'; id: string; reason?: string }
  | { type: 'turnAway'; id: string }
  | { type: 'send'; id: string; text: string }
  | { type: 'hangUp'; id: string }
  /** Ends a call that nothing carries, without waiting for anything. */
  | { type: 'drop'; id: string }
  /** Sets what `/list` shows about us: in a call or not. */
  | { type: 'busy'; busy: boolean }
  | { type: 'list'; more: boolean }
  | { type: 'whois'; to?: Address }
  | { type: 'status' }
  | { type: 'help' }
  /** Leaves the chat; always the last effect of all. */
  | { type: 'leave' }

export interface Step {
  state: ChatState
  effects: Effect[]
}

export function initialState(self: ChatState['self']): ChatState {
  return { self, call: { kind: 'idle' }, waiting: [], ending: [], dials: 0, leaving: false }
}

/**
 * Returns the next state and its effects: the one transition function. Pure: the same state and event always give the same step.
 */
export function step(state: ChatState, event: ChatEvent): Step {
  const next = move(state, event)
  const busy = next.state.call.kind === 'active'
  if (busy !== (state.call.kind === 'active')) next.effects.push({ type: 'busy', busy })
  // Whoever has been waiting since before is easily forgotten during a call.
  const over = state.call.kind !== 'idle' && next.state.call.kind === 'idle'
  if (over && state.waiting.length > 0 && next.state.waiting.length > 0) {
    next.effects.push(print(lines.stillWaiting(namesOf(next.state.waiting))))
  }
  if (next.state.leaving && !state.leaving) next.effects.push({ type: 'leave' })
  return next
}

function move(state: ChatState, event: ChatEvent): Step {
  const { call } = state
  switch (event.type) {
    case 'command':
      return state.leaving ? stay(state) : onCommand(state, event.command)
    case 'incoming':
      return onIncoming(state, event.caller)
    case 'callerGone':
      return onCallerGone(state, event.id)
    case 'ringing':
      return call.kind === 'dialing' && call.id === event.id
        ? say(state, lines.ringing(shown(state, call.to)))
        : stay(state)
    case 'connected':
    case 'accepted':
      return onEstablished(state, event)
    case 'dialFailed':
      return onDialFailed(state, event)
    case 'acceptFailed':
      return onAcceptFailed(state, event)
    case 'received': {
      const from = callOf(state, event.id)
      return from === undefined ? stay(state) : stay(state, { type: 'message', from: from.name, text: event.text })
    }
    case 'interrupted':
      return onInterrupted(state, event)
    case 'resumed': {
      if (call.kind !== 'active' || call.id !== event.id) return stay(state)
      const { interrupted: _, ...carried } = call
      return say({ ...state, call: carried }, lines.resumed(call.name))
    }
    case 'ended':
      return onEnded(state, event)
    case 'quit':
      return state.leaving ? stay(state) : onQuit(state)
  }
}

// commands

function onCommand(state: ChatState, command: Command): Step {
  switch (command.kind) {
    case 'nothing':
      return stay(state)
    case 'wrong':
      return refuse(state, command.problem)
    case 'text':
      return onText(state, command.text)
    case 'connect':
      return onConnect(state, command.to, command.message)
    case 'accept':
      return onAccept(state, command.name)
    case 'decline':
      return onDecline(state, command.rest)
    case 'bye':
      return onBye(state)
    case 'whois':
      if (command.to !== undefined) return stay(state, { type: 'whois', to: command.to })
      return state.call.kind === 'active' ? stay(state, { type: 'whois' }) : refuse(state, lines.whoisNeedsName())
    case 'list':
      return stay(state, { type: 'list', more: command.more })
    case 'status':
      return stay(state, { type: 'status' })
    case 'help':
      return stay(state, { type: 'help' })
    case 'quit':
      return onQuit(state)
  }
}

function onText(state: ChatState, text: string): Step {
  const { call } = state
  const bytes = utf8Length(text)
  if (bytes > maxMessageBytes) return refuse(state, lines.tooLong('the message', bytes, maxMessageBytes))
  switch (call.kind) {
    case 'active':
      return stay(state, { type: 'send', id: call.id, text })
    case 'dialing':
      return refuse(state, lines.notSent(text, lines.unanswered(shown(state, call.to))))
    case 'accepting':
      return refuse(state, lines.notSent(text, lines.accepting(call.name, 'send it again')))
    case 'idle':
      // A script's blank lines are text only where there is somebody to read them.
      if (text.trim() === '') return stay(state)
      return refuse(state, lines.notSent(text, lines.notInCall(namesOf(state.waiting))))
  }
}

function onConnect(state: ChatState, to: Address, message: string | undefined): Step {
  const { self } = state
  const bytes = utf8Length(message ?? '')
  if (bytes > maxAppDataBytes) return refuse(state, lines.tooLong('the message', bytes, maxAppDataBytes))
  if (to.instanceId === self.instanceId && to.service === self.service) return refuse(state, lines.selfDial())
  const caller = to.service === self.service ? find(state, to.instanceId) : undefined
  if (caller !== undefined && takesPlace(state, caller)) return replace(state, caller, message)
  const occupied = occupiedLine(state, `/connect ${shown(state, to)}`)
  if (occupied !== undefined) return refuse(state, occupied)

  // Two people who call each other mean one call; see the note on crossing calls.
  if (caller !== undefined) return accept(state, caller, lines.takingWaiting(caller.name), message)

  const id = `out-${state.dials + 1}`
  return {
    state: { ...state, dials: state.dials + 1, call: { kind: 'dialing', id, to, ...(message ? { said: true } : {}) } },
    effects: [print(lines.connecting(shown(state, to))), { type: 'dial', id, to, appData: message ?? defaultAppData }],
  }
}

function onAccept(state: ChatState, name: string | undefined): Step {
  const caller = chosen(state, name, '/accept')
  if (typeof caller === 'string') return refuse(state, caller)
  if (takesPlace(state, caller)) return replace(state, caller)
  const occupied = occupiedLine(state, `/accept ${caller.name}`)
  return occupied === undefined ? accept(state, caller) : refuse(state, occupied)
}

function onDecline(state: ChatState, rest: string): Step {
  const { name, reason } = splitDecline(rest, namesOf(state.waiting))
  const bytes = utf8Length(reason ?? '')
  if (bytes > maxReasonBytes) return refuse(state, lines.tooLong('the reason', bytes, maxReasonBytes))
  const caller = chosen(state, name, '/decline')
  if (typeof caller === 'string') return refuse(state, caller)
  return {
    state: without(state, caller.id),
    effects: [declineEffect(caller.id, reason), print(lines.declined(caller.name))],
  }
}

function onBye(state: ChatState): Step {
  const { call } = state
  switch (call.kind) {
    case 'idle':
      return say(state, lines.notInCall(namesOf(state.waiting)))
    case 'accepting':
      // The session is on its way and is hung up when it stands: `accepted` finds that it is no longer wanted.
      return { state: idle(state), effects: [print(lines.youLeft(call.name)), ...lost(call)] }
    case 'active':
      return {
        state: { ...idle(state), ending: [...state.ending, { id: call.id, name: call.name }] },
        effects: [{ type: 'hangUp', id: call.id }, print(lines.youLeft(call.name))],
      }
    case 'dialing': {
      const gaveUp: Step = {
        state: idle(state),
        effects: [{ type: 'cancelDial', id: call.id }, print(lines.gaveUp(shown(state, call.to)))],
      }
      if (call.crossing === undefined) return gaveUp
      const queued = enqueue(gaveUp.state, call.crossing)
      return { state: queued.state, effects: [...gaveUp.effects, ...queued.effects] }
    }
  }
}

function onQuit(state: ChatState): Step {
  const { call } = state
  const reason = lines.leftReason(state.self.name)
  const effects: Effect[] = state.waiting.map((caller) => declineEffect(caller.id, reason))
  const ending = [...state.ending]
  if (call.kind === 'dialing') {
    effects.push({ type: 'cancelDial', id: call.id })
    if (call.crossing !== undefined) effects.push(declineEffect(call.crossing.id, reason))
  }
  if (call.kind === 'accepting') effects.push(...lost(call))
  if (call.kind === 'active') {
    effects.push({ type: 'hangUp', id: call.id })
    ending.push({ id: call.id, name: call.name })
  }
  return { state: { ...idle(state), waiting: [], ending, leaving: true }, effects }
}

// callers

function onIncoming(state: ChatState, caller: Caller): Step {
  const { call, self } = state
  if (state.leaving) return stay(state, declineEffect(caller.id, lines.leftReason(self.name)))

  if (call.kind === 'dialing' && call.to.instanceId === caller.name && call.to.service === self.service) {
    const earlier = call.crossing === undefined ? [] : [declineEffect(call.crossing.id)]
    if (self.peerId < caller.peerId) return stay({ ...state, call: { ...call, crossing: caller } }, ...earlier)
    const taken = accept(state, caller, lines.joining(caller.name))
    return stay(taken.state, { type: 'cancelDial', id: call.id }, ...earlier, ...taken.effects)
  }

  // A caller who calls again has given the first call up, even if the news of that got lost.
  const earlier = state.waiting.find((waiting) => waiting.peerId === caller.peerId)
  if (earlier !== undefined) {
    const again = enqueue(without(state, earlier.id), caller)
    return { state: again.state, effects: [declineEffect(earlier.id), ...again.effects] }
  }
  return enqueue(state, caller)
}

function enqueue(state: ChatState, caller: Caller): Step {
  if (state.waiting.length >= maxWaitingCallers) {
    return stay(state, { type: 'turnAway', id: caller.id }, print(lines.turnedAway(caller.name, state.waiting.length)))
  }
  const announcement = takesPlace(state, caller)
    ? lines.incomingAgain(caller)
    : lines.incoming(caller, state.waiting.length, occupiedLine(state, undefined))
  return {
    state: { ...state, waiting: [...state.waiting, caller] },
    effects: [{ type: 'bell' }, print(announcement)],
  }
}

function onCallerGone(state: ChatState, id: string): Step {
  const { call } = state
  if (call.kind === 'dialing' && call.crossing?.id === id) {
    const { crossing: _, ...rest } = call
    return stay({ ...state, call: rest })
  }
  const caller = state.waiting.find((waiting) => waiting.id === id)
  return caller === undefined ? stay(state) : say(without(state, id), lines.callerGaveUp(caller.name))
}

// outcomes

function onEstablished(state: ChatState, event: ChatEvent & { type: 'connected' | 'accepted' }): Step {
  const { call } = state
  const { id, name, peerId } = event
  if (!(call.kind === 'dialing' || call.kind === 'accepting') || call.id !== id) {
    // Given up in the meantime.
    return stay({ ...state, ending: [...state.ending, { id, name }] }, { type: 'hangUp', id })
  }
  const active: ChatState = { ...state, call: { kind: 'active', id, name, peerId } }
  if (call.kind === 'accepting') {
    const first: Effect[] = call.firstText === undefined ? [] : [{ type: 'send', id, text: call.firstText }]
    return stay(active, print(...lines.accepted), ...first)
  }
  // The other side has given the crossing call up; this is for the case that the news is still on its way.
  const held: Effect[] = call.crossing === undefined ? [] : [{ type: 'turnAway', id: call.crossing.id }]
  return stay(active, print(lines.connected(shown(state, call.to))), ...held)
}

function onInterrupted(state: ChatState, { id, graceMs }: { id: string; graceMs: number }): Step {
  const { call } = state
  if (call.kind !== 'active' || call.id !== id) return stay(state)
  const broken: ChatState = { ...state, call: { ...call, interrupted: true } }
  // The new call may have come before it was noticed that the old one is dead.
  const again = broken.waiting.find((caller) => takesPlace(broken, caller))
  const told = again === undefined ? [] : [lines.callsAgain(again.name)]
  return say(broken, lines.interrupted(call.name, graceMs), ...told)
}

function onDialFailed(state: ChatState, event: ChatEvent & { type: 'dialFailed' }): Step {
  const { call } = state
  if (call.kind !== 'dialing' || call.id !== event.id) return stay(state)
  if (call.crossing !== undefined) return accept(state, call.crossing, lines.joining(call.crossing.name))
  const { error, nowMs, similar } = event
  const dialed = { to: shown(state, call.to), service: call.to.service, said: call.said === true, similar }
  return refuse(idle(state), lines.dialFailed(dialed, error, nowMs))
}

function onAcceptFailed(state: ChatState, event: { id: string; error: OverlayError }): Step {
  const { call } = state
  if (call.kind !== 'accepting' || call.id !== event.id) return stay(state)
  return refuse(idle(state), lines.acceptFailed(call.name, event.error), ...lostTexts(call))
}

function onEnded(state: ChatState, event: { id: string; error?: OverlayError; undelivered: readonly string[] }): Step {
  const ended = callOf(state, event.id)
  if (ended === undefined) return stay(state)
  const active = state.call.kind === 'active' && state.call.id === event.id
  const texts = active ? [lines.callEnded(ended.name, event.error)] : []
  const next = active ? idle(state) : { ...state, ending: state.ending.filter(({ id }) => id !== event.id) }
  if (event.undelivered.length > 0) return refuse(next, ...texts, lines.undelivered(ended.name, event.undelivered))
  return texts.length === 0 ? stay(next) : say(next, ...texts)
}

// parts

const print = (...text: string[]): Effect => ({ type: 'print', lines: text })
const stay = (state: ChatState, ...effects: Effect[]): Step => ({ state, effects })
const say = (state: ChatState, ...text: string[]): Step => stay(state, print(...text))
/** Does the same as `say`, about something that was asked for here and did not come about. */
const refuse = (state: ChatState, ...text: string[]): Step => stay(state, { type: 'print', lines: text, problem: true })
const idle = (state: ChatState): ChatState => ({ ...state, call: { kind: 'idle' } })
const shown = (state: ChatState, to: Address): string => lines.shown(to, state.self.service)
const namesOf = (waiting: readonly Caller[]): string[] => waiting.map(({ name }) => name)
const find = (state: ChatState, name: string): Caller | undefined =>
  state.waiting.find((caller) => caller.name === name)
const without = (state: ChatState, id: string): ChatState => ({
  ...state,
  waiting: state.waiting.filter((caller) => caller.id !== id),
})
const declineEffect = (id: string, reason?: string): Effect =>
  reason === undefined ? { type: 'decline', id } : { type: 'decline', id, reason }

function accept(state: ChatState, caller: Caller, line?: string, firstText?: string): Step {
  const { id, name } = caller
  const call: CallState = { kind: 'accepting', id, name, ...(firstText === undefined ? {} : { firstText }) }
  const said = line === undefined ? [] : [print(line)]
  return stay({ ...without(state, id), call }, ...said, { type: 'accept', id })
}

/** Returns true when a caller is the very person of a call that nothing carries: its program was most likely restarted. */
const takesPlace = ({ call }: ChatState, caller: Caller): boolean =>
  call.kind === 'active' && call.interrupted === true && call.peerId === caller.peerId

/** Ends the dead call and takes the new one of the same person. */
function replace(state: ChatState, caller: Caller, firstText?: string): Step {
  const { call } = state
  if (call.kind !== 'active') return accept(state, caller, undefined, firstText)
  const { id, name } = call
  const taken = accept({ ...state, ending: [...state.ending, { id, name }] }, caller, lines.replaced(name), firstText)
  return stay(taken.state, { type: 'drop', id }, ...taken.effects)
}

const lostTexts = (call: { name: string; firstText?: string }): string[] =>
  call.firstText === undefined ? [] : [lines.undelivered(call.name, [call.firstText])]
const lost = (call: { name: string; firstText?: string }): Effect[] =>
  call.firstText === undefined ? [] : [{ type: 'print', lines: lostTexts(call), problem: true }]

/** Returns the active call or one that is ending, by id. */
function callOf(state: ChatState, id: string): { name: string } | undefined {
  if (state.call.kind === 'active' && state.call.id === id) return state.call
  return state.ending.find((call) => call.id === id)
}

/** Returns the caller who is meant by `/accept` or `/decline`, or the line that says why that isn't clear. */
function chosen(state: ChatState, name: string | undefined, command: string): Caller | string {
  const waiting = namesOf(state.waiting)
  const [first, ...others] = state.waiting
  const crossing = state.call.kind === 'dialing' ? state.call.crossing?.name : undefined
  if (crossing !== undefined && (name === crossing || (name === undefined && first === undefined))) {
    return lines.bothCalling(crossing)
  }
  if (first === undefined) return lines.nobodyWaits()
  if (name !== undefined) return find(state, name) ?? lines.doesNotWait(name, waiting)
  return others.length === 0 ? first : lines.severalWait(command, waiting)
}

/** Says why another call can't begin now, and what to type; undefined when nothing is in the way. */
function occupiedLine(state: ChatState, then: string | undefined): string | undefined {
  const { call } = state
  switch (call.kind) {
    case 'idle':
      return undefined
    case 'dialing':
      return lines.calling(shown(state, call.to), then)
    case 'accepting':
      return lines.accepting(call.name, then)
    case 'active':
      return lines.inCall(call.name, then)
  }
}
