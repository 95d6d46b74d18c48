import type { InstanceRow, RowHost as WireHost } from '../wire/messages/directory.js'
import { type Precedence, precedences } from '../wire/precedence.js'
import type { Row, RowHost } from './row.js'

/** A row as it travels. */
export function encodeRow({ hosts, ...row }: Row): InstanceRow {
  return { ...row, precedence: precedences.indexOf(row.precedence), hosts: hosts.map(encodeHost) }
}

/** A row as it came. */
export function decodeRow({ hosts, hostCount, ...row }: InstanceRow): Row {
  return {
    ...row,
    precedence: precedenceOf(row.precedence),
    hostCount: Math.max(1, hostCount, hosts.length),
    hosts: hosts.map(decodeHost),
  }
}

const encodeHost = (host: RowHost): WireHost => ({ ...host, precedence: precedences.indexOf(host.precedence) })
const decodeHost = (host: WireHost): RowHost => ({ ...host, precedence: precedenceOf(host.precedence) })

/** A number from the future is the middle one. */
const precedenceOf = (place: number): Precedence => precedences[place] ?? 'default'
