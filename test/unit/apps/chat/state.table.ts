import type { Command } from '../../../../src/apps/chat/commands.js'
import { type Caller, type ChatState, initialState } from '../../../../src/apps/chat/state.js'
import { maxAppDataBytes, maxMessageBytes, maxReasonBytes } from '../../../../src/core/limits.js'

export const self = { name: 'me', peerId: 'peer-m', instanceId: 'me', service: 'chat-p2p' }
export const to = (instanceId: string, service = 'chat-p2p') => ({ instanceId, service })

export function caller(name: string, id = `in-${name}`): Caller {
  return { id, name, peerId: `peer-${name}`, appData: 'hi there', atMs: 0 }
}

const start = initialState(self)

/** Every state a command can meet. */
export const states = {
  idle: start,
  'one waits': { ...start, waiting: [caller('bob')] },
  'two wait': { ...start, waiting: [caller('bob'), caller('two words')] },
  dialing: { ...start, dials: 1, call: { kind: 'dialing', id: 'out-1', to: to('zoe') }, waiting: [caller('bob')] },
  crossing: { ...start, dials: 1, call: { kind: 'dialing', id: 'out-1', to: to('zoe'), crossing: caller('zoe') } },
  accepting: { ...start, call: { kind: 'accepting', id: 'in-zoe', name: 'zoe' }, waiting: [caller('bob')] },
  active: {
    ...start,
    call: { kind: 'active', id: 'in-zoe', name: 'zoe', peerId: 'peer-zoe' },
    waiting: [caller('bob')],
  },
  leaving: { ...start, leaving: true, ending: [{ id: 'in-zoe', name: 'zoe' }] },
} satisfies Record<string, ChatState>

export type StateName = keyof typeof states

/** Every command, in the forms that matter. */
export const commands = {
  nothing: { kind: 'nothing' },
  wrong: { kind: 'wrong', problem: 'unknown command /dance' },
  text: { kind: 'text', text: 'Hello!' },
  'text too long': { kind: 'text', text: 'x'.repeat(maxMessageBytes + 1) },
  '/connect': { kind: 'connect', to: to('ann') },
  '/connect with message': { kind: 'connect', to: to('ann'), message: 'about lunch' },
  '/connect who waits': { kind: 'connect', to: to('bob'), message: 'about lunch' },
  '/connect who is dialed': { kind: 'connect', to: to('zoe') },
  '/connect oneself': { kind: 'connect', to: to('me') },
  '/connect namesake elsewhere': { kind: 'connect', to: to('me', 'other') },
  '/connect too long': { kind: 'connect', to: to('ann'), message: 'x'.repeat(maxAppDataBytes + 1) },
  '/accept': { kind: 'accept' },
  '/accept bob': { kind: 'accept', name: 'bob' },
  '/accept nobody': { kind: 'accept', name: 'eve' },
  '/decline': { kind: 'decline', rest: '' },
  '/decline bob reason': { kind: 'decline', rest: 'bob not now' },
  '/decline reason': { kind: 'decline', rest: 'not now' },
  '/decline too long': { kind: 'decline', rest: 'x'.repeat(maxReasonBytes + 1) },
  '/bye': { kind: 'bye' },
  '/list': { kind: 'list', more: false },
  '/list more': { kind: 'list', more: true },
  '/whois': { kind: 'whois' },
  '/whois ann': { kind: 'whois', to: to('ann') },
  '/status': { kind: 'status' },
  '/help': { kind: 'help' },
  '/quit': { kind: 'quit' },
} satisfies Record<string, Command>

export type CommandName = keyof typeof commands

/**
 * What each command does in each state, as `summary` writes it: effects, then what changed. `else` is every state that has
 * no line of its own. While leaving, no command does anything.
 */
export const expected: Record<CommandName, Partial<Record<StateName | 'else', string>>> = {
  nothing: {
    else: '|',
  },
  wrong: {
    else: '[unknown command /dance] |',
  },
  text: {
    idle: "[not sent: 'Hello!': you are in no call. /connect <identity> starts one; /list shows who is there] |",
    'one waits':
      "[not sent: 'Hello!': you are in no call. bob is waiting. Type /accept to accept the connection or /decline to decline it] |",
    'two wait':
      "[not sent: 'Hello!': you are in no call. waiting: bob, two words. Type /accept <name> or /decline <name>] |",
    accepting: "[not sent: 'Hello!': the call of zoe is just being accepted; then send it again] |",
    active: "send(in-zoe 'Hello!') |",
    else: "[not sent: 'Hello!': zoe has not answered yet; send it again when connected] |",
  },
  'text too long': {
    else: '[the message is 65537 bytes long and 65536 is the most; nothing was sent. The arrow key up brings the line back] |',
  },
  '/connect': {
    dialing: '[you are calling zoe, who has not answered yet. /bye gives that up; then /connect ann] |',
    crossing: '[you are calling zoe, who has not answered yet. /bye gives that up; then /connect ann] |',
    accepting: '[the call of zoe is just being accepted; then /connect ann] |',
    active: '[you are in a call with zoe. /bye ends it; then /connect ann] |',
    else: "[connecting to ann...] dial(out-1 ann 'hi there') | dialing",
  },
  '/connect with message': {
    dialing: '[you are calling zoe, who has not answered yet. /bye gives that up; then /connect ann] |',
    crossing: '[you are calling zoe, who has not answered yet. /bye gives that up; then /connect ann] |',
    accepting: '[the call of zoe is just being accepted; then /connect ann] |',
    active: '[you are in a call with zoe. /bye ends it; then /connect ann] |',
    else: "[connecting to ann...] dial(out-1 ann 'about lunch') | dialing",
  },
  '/connect who waits': {
    idle: "[connecting to bob...] dial(out-1 bob 'about lunch') | dialing",
    'one waits': '[bob is calling you already: taking that call] accept(in-bob) | accepting waiting: none',
    'two wait': '[bob is calling you already: taking that call] accept(in-bob) | accepting waiting: two words',
    accepting: '[the call of zoe is just being accepted; then /connect bob] |',
    active: '[you are in a call with zoe. /bye ends it; then /connect bob] |',
    else: '[you are calling zoe, who has not answered yet. /bye gives that up; then /connect bob] |',
  },
  '/connect who is dialed': {
    dialing: '[you are calling zoe, who has not answered yet. /bye gives that up; then /connect zoe] |',
    crossing: '[you are calling zoe, who has not answered yet. /bye gives that up; then /connect zoe] |',
    accepting: '[the call of zoe is just being accepted; then /connect zoe] |',
    active: '[you are in a call with zoe. /bye ends it; then /connect zoe] |',
    else: "[connecting to zoe...] dial(out-1 zoe 'hi there') | dialing",
  },
  '/connect oneself': {
    else: '[that is you; you cannot call yourself. /list shows who else is there] |',
  },
  '/connect namesake elsewhere': {
    dialing: '[you are calling zoe, who has not answered yet. /bye gives that up; then /connect me@other] |',
    crossing: '[you are calling zoe, who has not answered yet. /bye gives that up; then /connect me@other] |',
    accepting: '[the call of zoe is just being accepted; then /connect me@other] |',
    active: '[you are in a call with zoe. /bye ends it; then /connect me@other] |',
    else: "[connecting to me@other...] dial(out-1 me 'hi there') | dialing",
  },
  '/connect too long': {
    else: '[the message is 65537 bytes long and 65536 is the most; nothing was sent. The arrow key up brings the line back] |',
  },
  '/accept': {
    idle: '[nobody is calling you. /connect <identity> starts a call] |',
    'one waits': 'accept(in-bob) | accepting waiting: none',
    'two wait': '[several are waiting: bob, two words. Type /accept <name>] |',
    dialing: '[you are calling zoe, who has not answered yet. /bye gives that up; then /accept bob] |',
    crossing: '[zoe and you are calling each other, and will be connected in a moment. /bye gives that up] |',
    accepting: '[the call of zoe is just being accepted; then /accept bob] |',
    active: '[you are in a call with zoe. /bye ends it; then /accept bob] |',
  },
  '/accept bob': {
    'one waits': 'accept(in-bob) | accepting waiting: none',
    'two wait': 'accept(in-bob) | accepting waiting: two words',
    dialing: '[you are calling zoe, who has not answered yet. /bye gives that up; then /accept bob] |',
    accepting: '[the call of zoe is just being accepted; then /accept bob] |',
    active: '[you are in a call with zoe. /bye ends it; then /accept bob] |',
    else: '[nobody is calling you. /connect <identity> starts a call] |',
  },
  '/accept nobody': {
    idle: '[nobody is calling you. /connect <identity> starts a call] |',
    'two wait': '[eve is not waiting; bob, two words are] |',
    crossing: '[nobody is calling you. /connect <identity> starts a call] |',
    else: '[eve is not waiting; bob is] |',
  },
  '/decline': {
    idle: '[nobody is calling you. /connect <identity> starts a call] |',
    'two wait': '[several are waiting: bob, two words. Type /decline <name>] |',
    crossing: '[zoe and you are calling each other, and will be connected in a moment. /bye gives that up] |',
    else: 'decline(in-bob) [declined bob] | waiting: none',
  },
  '/decline bob reason': {
    idle: '[nobody is calling you. /connect <identity> starts a call] |',
    'two wait': "decline(in-bob 'not now') [declined bob] | waiting: two words",
    crossing: '[zoe and you are calling each other, and will be connected in a moment. /bye gives that up] |',
    else: "decline(in-bob 'not now') [declined bob] | waiting: none",
  },
  '/decline reason': {
    idle: '[nobody is calling you. /connect <identity> starts a call] |',
    'two wait': '[several are waiting: bob, two words. Type /decline <name>] |',
    crossing: '[zoe and you are calling each other, and will be connected in a moment. /bye gives that up] |',
    else: "decline(in-bob 'not now') [declined bob] | waiting: none",
  },
  '/decline too long': {
    else: '[the reason is 1025 bytes long and 1024 is the most; nothing was sent. The arrow key up brings the line back] |',
  },
  '/bye': {
    idle: '[you are in no call. /connect <identity> starts one; /list shows who is there] |',
    'one waits':
      '[you are in no call. bob is waiting. Type /accept to accept the connection or /decline to decline it] |',
    'two wait': '[you are in no call. waiting: bob, two words. Type /accept <name> or /decline <name>] |',
    dialing:
      'cancelDial(out-1) [gave up calling zoe] [bob is waiting. Type /accept to accept the connection or /decline to decline it] | idle',
    crossing:
      "cancelDial(out-1) [gave up calling zoe] bell [Incoming connection from zoe with appData 'hi there'. Type /accept to accept the connection or /decline to decline it] | idle waiting: zoe",
    accepting:
      '[disconnected from zoe] [bob is waiting. Type /accept to accept the connection or /decline to decline it] | idle',
    active:
      'hangUp(in-zoe) [disconnected from zoe] busy(false) [bob is waiting. Type /accept to accept the connection or /decline to decline it] | idle',
  },
  '/list': {
    else: 'list |',
  },
  '/list more': {
    else: 'list(more) |',
  },
  '/whois': {
    active: 'whois |',
    else: '[/whois needs a name, as you are in no call: /whois <identity>] |',
  },
  '/whois ann': {
    else: 'whois(ann) |',
  },
  '/status': {
    else: 'status |',
  },
  '/help': {
    else: 'help |',
  },
  '/quit': {
    idle: 'leave | idle waiting: none leaving',
    'two wait': "decline(in-bob 'me left') decline(in-two words 'me left') leave | idle waiting: none leaving",
    dialing: "decline(in-bob 'me left') cancelDial(out-1) leave | idle waiting: none leaving",
    crossing: "cancelDial(out-1) decline(in-zoe 'me left') leave | idle waiting: none leaving",
    active: "decline(in-bob 'me left') hangUp(in-zoe) busy(false) leave | idle waiting: none leaving",
    else: "decline(in-bob 'me left') leave | idle waiting: none leaving",
  },
}
