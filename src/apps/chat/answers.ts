import { shownName } from '../../core/text.js'
import type { Connection, Instance, Party, RelayState, TerminatorState } from '../../sdk/types.js'
import { quote, when } from './lines.js'
import type { Caller } from './state.js'

/*
 * The lines of /list, /whois and /status. Pure: what they show is passed in.
 */

export interface ListAnswer {
  rows: readonly Instance[]
  /** Number of the first row, from 1. */
  first: number
  selfInstanceId: string
  /** Set when there is a next page. */
  more: boolean
  waiting: readonly Caller[]
  nowMs: number
}

/**
 * Returns the lines of `/list`: `1: user2`, as in the transcript, with marks for yourself and for those who are busy; below, who
 * waits for an answer.
 */
export function listAnswer({ rows, first, selfInstanceId, more, waiting, nowMs }: ListAnswer): string[] {
  const lines = rows.map((row, index) => {
    const marks = [
      identitiesOf(row),
      row.instanceId === selfInstanceId ? ' (you)' : '',
      row.busy ? ' (busy)' : '',
      row.down ? ' (down)' : '',
    ]
    return `${first + index}: ${shownName(row.instanceId)}${marks.join('')}`
  })
  if (lines.length === 0) lines.push(first === 1 ? 'nobody is there yet' : 'that was all')
  if (more) lines.push('… /list more shows the next ones')
  for (const caller of waiting) {
    const since = Math.max(0, Math.round((nowMs - caller.atMs) / 1000))
    lines.push(`waiting: ${shownName(caller.name)} with appData ${quote(caller.appData)}, for ${since} s`)
  }
  return lines
}

/** Says who is behind an instance id, when that is not the identity of that name alone. */
function identitiesOf({ instanceId, identityName, hosts, hostCount }: Instance): string {
  if (hosts.length === 0) return identityName === instanceId ? '' : ` (identity ${shownName(identityName)})`
  const more = hostCount > hosts.length ? ` and ${hostCount - hosts.length} more` : ''
  return ` (identities ${hosts.map((host) => shownName(host.identityName)).join(', ')}${more})`
}

/** Returns the lines that tell the certified party behind a name. */
export function whoisAnswer(asked: string, party: Party, network: string): string[] {
  const roles = party.roles.map((role) => `#${shownName(role)}`).join(' ') || 'none'
  const as = party.name === asked ? '' : ` is identity ${shownName(party.name)}`
  return [
    `${asked}${as}: proved by a certificate of network ${shownName(network)}`,
    `peer id: ${shownName(party.peerId)}`,
    `roles: ${roles}`,
  ]
}

export interface StatusAnswer {
  self: { instanceId: string; service: string }
  /** Set while a call of ours rings. */
  calling?: string
  call?: { connection: Connection; sinceMs: number; sent: number; unconfirmed: number }
  relays: readonly RelayState[]
  terminators: readonly TerminatorState[]
  nowMs: number
}

/** Returns the lines that tell what carries the call, and how the relays are. */
export function statusAnswer({ self, calling, call, relays, terminators, nowMs }: StatusAnswer): string[] {
  const lines: string[] = []
  if (call === undefined)
    lines.push(calling === undefined ? 'in no call' : `calling ${calling}, who has not answered yet`)
  else {
    const { connection } = call
    const { stats } = connection
    lines.push(
      `in a call with ${shownName(connection.remote.name)}, begun ${when(call.sinceMs, nowMs)}`,
      `messages sent: ${call.sent}, not yet confirmed: ${call.unconfirmed}`,
      `bytes written: ${stats.bytesWritten}, of those acknowledged: ${stats.bytesAcknowledged}, read: ${stats.bytesRead}`,
    )
    const paths = connection.paths()
    if (paths.length === 0) lines.push('path: none at the moment')
    for (const path of paths) {
      const kind = path.kind === 'direct' ? '' : `${path.kind}, `
      const ends = path.addresses === undefined ? '' : `, ${path.addresses.local} – ${path.addresses.remote}`
      lines.push(`path: ${shownName(path.relay)} (${kind}${path.role})${ms(path.roundTripMs)}${ends}`)
    }
    const { state, why } = connection.direct
    if (why !== undefined) lines.push(`no direct path${state === 'relayed' ? ' so far' : ''}: ${why}`)
    lines.push(`path changes: ${stats.pathChanges}`)
  }
  if (relays.length === 0) lines.push('relays: none known')
  for (const relay of relays) {
    const why = relay.state === 'down' && relay.error !== undefined ? `: ${shownName(relay.error.message)}` : ''
    lines.push(`relay: ${shownName(relay.name)} ${relay.state}${ms(relay.roundTripMs)}${why}`)
  }
  const through = terminators.map(({ relay }) => shownName(relay)).join(', ')
  lines.push(
    terminators.length === 0
      ? `${shownName(self.instanceId)} cannot be called on ${shownName(self.service)} at the moment`
      : `${shownName(self.instanceId)} can be called on ${shownName(self.service)} through ${through}`,
  )
  return lines
}

const ms = (roundTripMs: number | undefined): string =>
  roundTripMs === undefined
    ? ''
    : `, round trip ${roundTripMs < 10 ? roundTripMs.toFixed(1) : Math.round(roundTripMs)} ms`
