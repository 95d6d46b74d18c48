import { type Address, formatAddress } from '../../core/address.js'
import type { ErrorCode, OverlayError } from '../../core/errors.js'
import { escapeControls, shownName } from '../../core/text.js'
import type { PathChange, PathKind, PathLost, PathState } from '../../sdk/index.js'

/*
 * This file has every text a person sees in the chat, except the answers to /list, /whois and /status (answers.ts). What others
 * chose (names, appData, reasons, messages) is escaped here, so that it cannot drive the terminal.
 */

/** Returns the transcript's log line; `elapsedMs` is the time since the start of the program. */
export function registering(service: string, elapsedMs: number): string {
  const seconds = (elapsedMs / 1000).toFixed(3).padStart(8)
  return `[${seconds}]    INFO main.(*chatPeerToPeer).run: registering to service ${shownName(service)}`
}

/** Lists what `/help` and the start print: the commands of the original program, then ours. */
export const help: readonly string[] = [
  'Commands:',
  '/connect <identity> | Tries to make a connection to the given identity',
  '/accept             | Accepts an incoming chat connection',
  '/decline            | Declines an incoming chat connection',
  '/bye                | Disconnects the current chat connection',
  '/list               | Lists currently connected identities',
  '/help               | Should this help output',
  '/quit               | Exit the application. You may also use Ctrl-D',
  '',
  'Also:',
  '/connect <identity> <message> | Sends a message along, to be read before answering',
  '/accept <name>                | Accepts one of several waiting callers',
  '/decline <name> <reason>      | Declines one of them; name and reason may each be left out',
  '/whois <identity>             | Shows the certified peer id and roles of an identity',
  '/status                       | Shows what carries the connection, and the relays',
  '//text                        | Sends a message that begins with a slash',
]

export const prompt = (name: string): string => `${shownName(name)} > `

/** Returns an address as it is shown: without the service when that is our own. */
export function shown(to: Address, service: string): string {
  return shownName(to.service === service ? to.instanceId : formatAddress(to))
}

/** Returns a text in quotes for a line of its own, cut when it is long. */
export function quote(text: string, maxCharacters = 200): string {
  const characters = Array.from(text)
  const cut = characters.length > maxCharacters ? `${characters.slice(0, maxCharacters).join('')}…` : text
  return `'${escapeControls(cut)}'`
}

const names = (list: readonly string[]): string => list.map((name) => shownName(name)).join(', ')
const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`

// calls

export const connecting = (to: string): string => `connecting to ${to}...`
export const ringing = (to: string): string => `${to} is ringing; /bye gives up`
export const connected = (to: string): string => `connected to ${to}`
export const gaveUp = (to: string): string => `gave up calling ${to}`
/** Tells that a call stands; the transcript has an empty line before it. */
export const accepted: readonly string[] = ['', 'connection accepted and chat now in progress...']
/** Returns a message as it is shown: each line has the name in front, so that none can pass for a line of ours. */
export const message = (from: string, text: string): string[] =>
  textLines(text).map((line) => `${shownName(from)}: ${line}`)
/** Returns what somebody said, line by line and otherwise as it came, but for what would drive a terminal. */
export const textLines = (text: string): string[] =>
  text.split(/\r?\n/).map((line) => escapeControls(line, { keepTabs: true }))
export const youLeft = (name: string): string => `disconnected from ${shownName(name)}`
export const declined = (name: string): string => `declined ${shownName(name)}`
export const callerGaveUp = (name: string): string => `${shownName(name)} gave up calling`
export const joining = (name: string): string =>
  `${shownName(name)} is calling you at the same moment: taking that call`
export const takingWaiting = (name: string): string => `${shownName(name)} is calling you already: taking that call`
export const leftReason = (self: string): string => `${self} left`

export interface CallerText {
  name: string
  appData: string
}

/** Tells of a caller: the transcript's sentence, or what has to be typed when it is not that simple. */
export function incoming(caller: CallerText, others: number, occupied: string | undefined): string {
  const name = shownName(caller.name)
  const start = `Incoming connection from ${name} with appData ${quote(caller.appData)}.`
  if (occupied !== undefined) return `${start} It waits, as ${occupied}; then /accept ${name}. Or /decline ${name}`
  const suffix = others > 0 ? ` ${name}` : ''
  return `${start} Type /accept${suffix} to accept the connection or /decline${suffix} to decline it`
}

/** Tells that the other end of a call that nothing carries calls anew. */
export const incomingAgain = ({ name, appData }: CallerText): string =>
  `Incoming connection from ${shownName(name)} with appData ${quote(appData)}: ${callsAgain(name)}`
export const callsAgain = (person: string): string => {
  const name = shownName(person)
  return `${name} calls anew, and nothing carries your call with ${name} any more; /accept ${name} ends that one and takes this. Or /decline ${name}`
}
export const replaced = (name: string): string => `the old call with ${shownName(name)} is over: taking the new one`

export const turnedAway = (name: string, waiting: number): string =>
  `${shownName(name)} called and was told that you are busy, as ${waiting} callers are waiting already`

export function stillWaiting(list: readonly string[]): string {
  return list.length === 1
    ? `${names(list)} is waiting. Type /accept to accept the connection or /decline to decline it`
    : `waiting: ${names(list)}. Type /accept <name> or /decline <name>`
}

// the line being typed

const maxShownOfPaste = 40

/** Shows what was just pasted, and tells that it waits with the rest of the message, which has so many lines by now. */
export function pasted(texts: readonly string[], messageLines: number): string[] {
  const shownTexts = texts.slice(0, maxShownOfPaste).map((text) => `| ${escapeControls(text, { keepTabs: true })}`)
  if (texts.length > maxShownOfPaste) shownTexts.push(`| … ${texts.length - maxShownOfPaste} more lines`)
  return [
    ...shownTexts,
    `pasted: one message of ${messageLines} line${messageLines === 1 ? '' : 's'}. Enter sends it, Ctrl-C drops it`,
  ]
}
export const pasteDropped = (messageLines: number): string =>
  `dropped: one message of ${messageLines} line${messageLines === 1 ? '' : 's'}`

// what does not fit the moment

export function unknownCommand(word: string, meant: string | undefined): string {
  const advice = meant === undefined ? '/help shows the commands.' : `Did you mean ${meant}?`
  return `unknown command ${escapeControls(word)}, nothing was sent. ${advice} To say it as text, type /${escapeControls(word)}`
}
export const connectNeedsName = (): string =>
  '/connect needs a name: /connect <identity> [message]. /list shows who is there'
export const whoisNeedsName = (): string => '/whois needs a name, as you are in no call: /whois <identity>'
export const takesNothing = (word: string): string => `${word} takes nothing after it; nothing was done`
export const listTakesOnlyMore = (): string => '/list takes nothing after it, or more for the next page: /list more'
export const selfDial = (): string => 'that is you; you cannot call yourself. /list shows who else is there'
/** Says why another call can't begin now; `then` is what to type once it can. */
export const inCall = (name: string, then?: string): string =>
  `you are in a call with ${shownName(name)}. /bye ends it${next(then)}`
export const calling = (to: string, then?: string): string =>
  `you are calling ${to}, who has not answered yet. /bye gives that up${next(then)}`
export const unanswered = (to: string): string => `${to} has not answered yet; send it again when connected`
export const bothCalling = (name: string): string =>
  `${shownName(name)} and you are calling each other, and will be connected in a moment. /bye gives that up`
export const accepting = (name: string, then?: string): string =>
  `the call of ${shownName(name)} is just being accepted${next(then)}`
const next = (then: string | undefined): string => (then === undefined ? '' : `; then ${escapeControls(then)}`)
export const notInCall = (waiting: readonly string[]): string =>
  waiting.length === 0
    ? 'you are in no call. /connect <identity> starts one; /list shows who is there'
    : `you are in no call. ${stillWaiting(waiting)}`
export const nobodyWaits = (): string => 'nobody is calling you. /connect <identity> starts a call'
export const severalWait = (command: string, list: readonly string[]): string =>
  `several are waiting: ${names(list)}. Type ${command} <name>`
export const doesNotWait = (name: string, list: readonly string[]): string =>
  `${shownName(name)} is not waiting; ${names(list)} ${list.length === 1 ? 'is' : 'are'}`
export const notSent = (text: string, why: string): string => `not sent: ${quote(text, 60)}: ${why}`
export const tooLong = (what: string, bytes: number, maxBytes: number): string =>
  `${what} is ${bytes} bytes long and ${maxBytes} is the most; nothing was sent. The arrow key up brings the line back`

// what happens to a call

export const interrupted = (name: string, graceMs: number): string =>
  `connection to ${shownName(name)} interrupted, trying to resume for ${seconds(graceMs)}`
export const resumed = (name: string): string => `connection to ${shownName(name)} resumed`
/** Names what carries a call: `relay1 (splice)`, or `direct`. */
const pathName = (relay: string, kind: PathKind): string =>
  kind === 'direct' ? shownName(relay) : `${shownName(relay)} (${kind})`
const firstPath = ({ relay, kind }: Pick<PathState, 'relay' | 'kind'>): string => `path: ${pathName(relay, kind)}`
const pathLost = ({ relay, kind, silentMs }: PathLost): string =>
  `path lost: ${pathName(relay, kind)}, silent for ${Math.round(silentMs)} ms`
const pathChanged = ({ from, to, kind, gapMs }: PathChange): string =>
  `path changed: ${shownName(from ?? 'none')} → ${pathName(to, kind)} in ${Math.round(gapMs)} ms`

/** What becomes of the paths of a call: the one it begins with, one that was lost, or another one that carries it now. */
export type PathNews = { first: PathState } | { lost: PathLost } | { changed: PathChange }

export function pathNews(news: PathNews): string {
  if ('first' in news) return firstPath(news.first)
  return 'lost' in news ? pathLost(news.lost) : pathChanged(news.changed)
}

/** Says how a call ended that we did not end. */
export function callEnded(person: string, error: OverlayError | undefined): string {
  const name = shownName(person)
  if (error === undefined) return `${name} disconnected`
  const reason = error.details.reason
  switch (error.code) {
    case 'aborted':
      return `${name} broke the connection off${reason ? `: ${quote(reason)}` : ''}. /connect ${name} calls again`
    case 'session_lost':
      return `connection to ${name} lost: ${shownName(error.message)} /status shows your relays; /connect ${name} calls again`
    case 'session_unknown':
      return `connection to ${name} lost: the program at the other end was restarted. /connect ${name} calls again`
    case 'protocol_error':
      return `connection to ${name} ended: what came is not part of the chat's protocol. Is the other end a chat?`
    case 'not_permitted':
    case 'certificate_revoked':
    case 'certificate_expired':
      return `connection to ${name} ended: it is no longer permitted. Ask whoever runs the network`
    default:
      return `connection to ${name} ended: ${shownName(error.message)}`
  }
}

/** Says which messages the other side never confirmed, whenever a call ends with some. */
export function undelivered(name: string, texts: readonly string[]): string {
  const shownTexts = texts.slice(0, 5).map((text) => quote(text, 60))
  if (texts.length > 5) shownTexts.push('…')
  return `not delivered to ${shownName(name)}: ${texts.length} message${texts.length === 1 ? '' : 's'}: ${shownTexts.join(', ')}`
}

/** Holds whom a call went to: `said` when a message went along, `similar` when the name may have been meant for somebody else. */
export interface Dialed {
  to: string
  service: string
  said: boolean
  similar?: string | undefined
}

/** Says why a call did not come about, and what to try. `nowMs` decides how the last time seen is written. */
export function dialFailed(dialed: Dialed, error: OverlayError, nowMs: number): string {
  const { to, service, similar } = dialed
  const { reason, lastSeenMs } = error.details
  const said = reason ? `: ${quote(reason)}` : ''
  switch (error.code) {
    case 'busy':
      return `${to} is busy${said}. Try again in a while; /list shows who is free`
    case 'declined':
      if (dialed.said) return `${to} declined${said}`
      return `${to} declined${said}. You could say what it is about: /connect ${to} <message>`
    case 'offline':
      return `${to} is offline${lastSeenMs === undefined ? '' : `, last seen ${when(lastSeenMs, nowMs)}`}. /list shows who is there`
    case 'unknown_instance':
      if (similar !== undefined) {
        return `nobody called ${to} has been seen on ${shownName(service)}. Did you mean /connect ${shownName(similar)}? /list shows who is there`
      }
      return `nobody called ${to} has been seen on ${shownName(service)}. Check the spelling; /list shows who is there`
    case 'unknown_service':
      return `there is no service ${shownName(service)} in this network. /connect <identity> calls on your own service`
    case 'not_permitted':
      return `you are not permitted to call ${to} on ${shownName(service)}. Ask whoever runs the network for a role that may`
    case 'timed_out':
      return `${to} did not answer in time. Try again later, or somebody else of /list`
    case 'unreachable':
      return `${to} is there, but could not be reached through any relay. Try again in a moment; /status shows your relays`
    case 'no_relay':
      return `no relay could be reached, so ${to} could not be called. It is being tried on; /status shows your relays`
    case 'self_dial':
      return selfDial()
    case 'canceled':
      return gaveUp(to)
    default:
      return `could not connect to ${to}: ${shownName(error.message)}`
  }
}

export function acceptFailed(person: string, error: OverlayError): string {
  const name = shownName(person)
  if (error.code === 'canceled' || error.code === 'timed_out') return `${name} gave up before you accepted`
  return `could not accept the call of ${name}: ${shownName(error.message)}. /connect ${name} calls back`
}

/** Returns `at 14:03`, with the date in front when it was not today; local time. */
export function when(atMs: number, nowMs: number): string {
  const at = new Date(atMs)
  const time = `${pad(at.getHours())}:${pad(at.getMinutes())}`
  if (at.toDateString() === new Date(nowMs).toDateString()) return `at ${time}`
  return `on ${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())} at ${time}`
}

/** Returns the mark of `--timestamps`; local time. */
export function stamp(nowMs: number): string {
  const at = new Date(nowMs)
  return `[${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}] `
}

const pad = (number: number): string => String(number).padStart(2, '0')

// relays and the listener

export const noRelay = (): string => 'no relay could be reached, trying on. You cannot be called until one is'
export const relayMissing = (relay: string, why: string): string =>
  `${shownName(relay)} could not be reached, trying on: ${shownName(why)}`
export const relayLost = (relay: string): string => `${shownName(relay)} lost, trying to get it back`
export const relayUp = (relay: string): string => `${shownName(relay)} is up`
export const bound = (relay: string): string => `bound on ${shownName(relay)}`
export const unbound = (relay: string, why: string): string =>
  `no longer bound on ${shownName(relay)}: ${shownName(why)}`
/** Lists what keeps somebody from calling as well as from being called. */
const neitherWay = new Set<ErrorCode>(['certificate_revoked', 'certificate_expired', 'unknown_service'])

export const cannotBeCalled = ({ code, message }: OverlayError): string =>
  `you cannot be called for now, ${neitherWay.has(code) ? 'nor call' : 'but may call others'}: ${shownName(message)}`
export const warning = (text: string): string => shownName(text)
export const canBeCalled = (): string => 'you can be called now'
export const canBeCalledAgain = (): string => 'you can be called again'
export const failed = (what: string, error: OverlayError): string => `${what} failed: ${shownName(error.message)}`

// leaving

export const stillLeaving = (other: string | undefined): string =>
  other === undefined
    ? 'leaving: waiting for the relays to take note…'
    : `leaving: waiting for ${shownName(other)} to confirm the end of the call; Ctrl-C does not wait…`
export const ctrlCClears = (): string => 'line cleared; Ctrl-C on an empty line twice, or Ctrl-D, leaves'
export const ctrlCAgain = (ringing: boolean): string =>
  ringing ? '/bye gives up calling; Ctrl-C again, Ctrl-D or /quit leaves' : 'Ctrl-C again, Ctrl-D or /quit leaves'
