import { checkIdentityName, checkInstanceId } from '../core/address.js'
import { OverlayError } from '../core/errors.js'
import type { ListAnswer } from './list-answer.js'
import { hostsOf, type Row } from './row.js'

/** The last moment a Date can say; ms since 1970. */
const lastDateMs = 8.64e15
/** A peer id has about 52 characters. */
const maxPeerIdLength = 128

/** Throws `protocol_error` when a row is one that no honest relay has: names that are none, or dates that cannot be. */
export function checkRow(row: Row): void {
  try {
    if (checkInstanceId(row.instanceId) !== row.instanceId) throw new Error('it is not in its normal form')
    for (const { identityName, peerId, sinceMs, terminators } of [row, ...hostsOf(row)]) {
      checkIdentityName(identityName)
      if (!/^[\w.-]+$/.test(peerId) || peerId.length > maxPeerIdLength) throw new Error('a peer id is none')
      if (!(sinceMs >= 0 && sinceMs <= lastDateMs)) throw new Error('a date is none')
      if (terminators < 1) throw new Error('it has no terminator')
    }
  } catch (cause) {
    throw new OverlayError('protocol_error', `A relay tells of an instance that cannot be: ${String(cause)}`, { cause })
  }
}

/** True when {@link checkRow} finds nothing. */
export function isPossible(row: Row): boolean {
  try {
    checkRow(row)
    return true
  } catch {
    return false
  }
}

/** The same of one page that was asked for after `cursor`: rows in order, and a next cursor that leads on. */
export function checkPage({ page, cursor: next }: ListAnswer, cursor: string, limit: number): void {
  const { rows } = page
  let last = cursor
  for (const row of rows) {
    checkRow(row)
    if (row.instanceId <= last) throw new OverlayError('protocol_error', 'A relay lists instances out of order.')
    last = row.instanceId
  }
  if (rows.length > limit) throw new OverlayError('protocol_error', 'A relay lists more instances than were asked for.')
  if (next !== '' && (rows.length === 0 || next !== last)) {
    throw new OverlayError('protocol_error', 'A relay lists pages that lead nowhere.')
  }
}
