import { defaultRendezvous, defaultRendezvousProtocol, maxRendezvousLineBytes } from '../../core/limits.js'
import { isLoopbackAddress } from '../../core/loopback.js'
import { escapeControls } from '../../core/text.js'
import type { ChatEvent, HeldLine, Said } from './events.js'

/*
 * Every text a person sees in the rendezvous mode. What others sent is escaped here, so that it cannot drive the terminal.
 */

/** Returns the last eight characters of a peer id: all Ed25519 peer ids begin alike. */
export const shortId = (peerId: string): string => escapeControls(peerId.slice(-8))

/** Holds what is printed, and whether it belongs to the talk (stdout) or is about it (stderr). */
export interface Printed {
  to: 'talk' | 'log'
  lines: string[]
}

/** Returns how an event is shown; undefined when only `verbose` shows it. `command` is how this program was called. */
export function describe(event: ChatEvent, options: { command: string; verbose: boolean }): Printed | undefined {
  if ('detail' in event && event.detail && !options.verbose) return undefined
  if (event.type === 'line') {
    const note = event.cut ? ` … (cut: the line is over ${maxRendezvousLineBytes / 1024} KiB)` : ''
    return {
      to: 'talk',
      lines: [`${shortId(event.peerId)}: ${escapeControls(event.text, { keepTabs: true })}${note}`],
    }
  }
  return { to: 'log', lines: logLines(event, options.command) }
}

function logLines(event: Exclude<ChatEvent, { type: 'line' }>, command: string): string[] {
  switch (event.type) {
    case 'started':
      return [
        `Host started. We are: ${event.peerId} (${shortId(event.peerId)})`,
        ...event.addresses.map((address) => `Listening on ${address}`),
        `Others can join through us: ${command} rendezvous${meetingFlags(event)} --peer ${farthest(event.addresses)}`,
        `Searching for other peers at ${quoted(event.rendezvous)}…`,
      ]
    case 'taken-over':
      return [`Taken over from an earlier run: the line that process ${event.pid} holds`]
    case 'bootstrap-up':
      return [`Connection established with bootstrap node: ${event.peerId}`]
    case 'bootstrap-down':
      return [`Bootstrap node ${event.peerId} is not reachable (${reason(event.why)}); still trying`]
    case 'bootstrap-lost':
      return [`Bootstrap node ${event.peerId} is gone; trying to reach it again`]
    case 'alone':
      return ['No bootstrap node has answered. Others can come to us all the same; still trying']
    case 'announced':
      if (event.servers === 0) return [`Announced at ${quoted(event.rendezvous)}, but no other DHT node is known yet`]
      return [
        ...(event.detail ? [] : ['DHT joined']),
        `Announced at ${quoted(event.rendezvous)}: ${count(event.servers, 'DHT node')} will tell others where we are`,
      ]
    case 'unlisted':
      return [
        'The bootstrap nodes keep no list of who is here, as go nodes on a private network do not:',
        'others meet us only if we are a bootstrap node of theirs, too (--peer with an address above)',
      ]
    case 'announce-failed':
      return [`Could not announce ourselves (${reason(event.why)}); trying again`]
    case 'search-failed':
      return [`Could not search (${reason(event.why)}); trying again`]
    case 'found':
      return [`Found peer: ${event.peerId}`, `Connecting to: ${event.peerId}`]
    case 'unreachable':
      return [`Connection failed: ${event.peerId} (${reason(event.why)}); trying again from time to time`]
    case 'connected':
      return [`Connected to: ${event.peerId} (${shortId(event.peerId)})`]
    case 'behind':
      return [`${shortId(event.peerId)} does not take what we send; not sent to it until it does`]
    case 'silent':
      return [`${shortId(event.peerId)} left: nothing has been heard of it for a while`]
    case 'left':
      return [`${shortId(event.peerId)} left`]
  }
}

/** Returns what the person is told when a text went nowhere. */
export function notSaid({ refused }: Said): string | undefined {
  if (refused === 'nobody') return 'not sent: nobody is here yet'
  if (refused === 'too long') return `not sent: the line is over ${maxRendezvousLineBytes / 1024} KiB`
  return undefined
}

/**
 * Words what the process that holds the connections has written to stderr: a bug, or what `DEBUG` asks for. The stack is shown with
 * `verbose`.
 */
export function complaint(text: string, verbose: boolean): string[] {
  const lines = text.trimEnd().split('\n')
  return lines.filter((line) => verbose || !/^\s+at /.test(line)).map((line) => escapeControls(line))
}

/** Returns what is printed last about each line that is held. */
export function leaving({ pid, peerIds }: HeldLine): string[] {
  const who = peerIds.map(shortId).join(', ')
  const [is, its, leaves] =
    peerIds.length === 1 ? ['is', 'its program crashes', 'it leaves'] : ['are', 'their programs crash', 'they leave']
  return [
    `${who} ${is} still here, and ${its} when a connection ends. Process ${pid} holds the line in the background until ${leaves};`,
    `to end that at once: kill ${pid}`,
  ]
}

/**
 * Returns what is printed, once, when a peer can't be reached while earlier runs hold lines on this machine that are not ours to
 * use.
 */
export function holders(pids: readonly number[]): string[] {
  if (pids.length === 0) return []
  const [processes, hold] = pids.length === 1 ? ['process', 'holds'] : ['processes', 'hold']
  return [
    `Perhaps because ${processes} ${pids.join(', ')} ${hold} the line for earlier runs: go refuses more than eight connections from one address.`,
    `To end that, although the programs at the other ends crash then: kill ${pids.join(' ')}`,
  ]
}

/** Tells a script that nobody was there to hear its lines. */
export const nobodyCame = 'Nobody came to whom it could be said.'

export const readingNothing = 'Nothing to read from; listening only. Ctrl-C or SIGTERM ends it.'

/** Returns, of our addresses, one that also works from other machines, if there is any. */
function farthest(addresses: readonly string[]): string {
  return addresses.find((address) => !isLoopbackAddress(address)) ?? addresses[0] ?? '<address>'
}

const quoted = (text: string): string => `"${escapeControls(text)}"`
const reason = (text: string): string => escapeControls(text)
const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`

/** Returns the flags that lead to the same place, where they are not the default ones; safe to paste. */
function meetingFlags({ rendezvous, protocol }: { rendezvous: string; protocol: string }): string {
  const flag = (name: string, value: string) => ` ${name} '${escapeControls(value).replaceAll("'", "'\\''")}'`
  return (
    (rendezvous === defaultRendezvous ? '' : flag('--rendezvous', rendezvous)) +
    (protocol === defaultRendezvousProtocol ? '' : flag('--pid', protocol))
  )
}
