import type { RowHost as WireHost, Row as WireRow } from '../wire/messages/directory.js'
import { type Precedence, precedences } from '../wire/precedence.js'
import type { Row, RowHost } from './row.js'

// Each property by its name: spreads would make a page of a thousand rows several times as dear.

/** Returns the row as it travels. */
export function encodeRow(row: Row): WireRow {
  return {
    instanceId: row.instanceId,
    identityName: row.identityName,
    peerId: row.peerId,
    terminators: row.terminators,
    sinceMs: row.sinceMs,
    busy: row.busy,
    down: row.down,
    precedence: precedences.indexOf(row.precedence),
    cost: row.cost,
    hostCount: row.hostCount,
    hosts: row.hosts.length === 0 ? [] : row.hosts.map(encodeHost),
  }
}

/** Reads a row as it came. */
export function decodeRow(row: WireRow): Row {
  return {
    instanceId: row.instanceId,
    identityName: row.identityName,
    peerId: row.peerId,
    terminators: row.terminators,
    sinceMs: row.sinceMs,
    busy: row.busy,
    down: row.down,
    precedence: precedenceOf(row.precedence),
    cost: row.cost,
    hostCount: Math.max(1, row.hostCount, row.hosts.length),
    hosts: row.hosts.length === 0 ? [] : row.hosts.map(decodeHost),
  }
}

const encodeHost = (host: RowHost): WireHost => ({ ...host, precedence: precedences.indexOf(host.precedence) })
const decodeHost = (host: WireHost): RowHost => ({ ...host, precedence: precedenceOf(host.precedence) })

/** A number from the future is the middle one. */
const precedenceOf = (place: number): Precedence => precedences[place] ?? 'default'
