import { checkIdentityName, checkInstanceId } from '../core/address.js'
import { errorText, OverlayError } from '../core/errors.js'
import type { ListAnswer } from './list-answer.js'
import type { Row, RowHost } from './row.js'

/** The last moment a Date can say; ms since 1970. */
const lastDateMs = 8.64e15

/** Nearly all names are like this, which takes a hundredth of the time of the whole check. */
const plainName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const plainInstanceId = /^[A-Za-z0-9][A-Za-z0-9._/@-]{0,63}$/
const peerIdForm = /^[\w.-]{1,128}$/

/** Throws `protocol_error` when a row is one that no honest relay has: names that are none, or dates that cannot be. */
export function checkRow(row: Row): void {
  try {
    const { instanceId } = row
    if (!plainInstanceId.test(instanceId) && checkInstanceId(instanceId) !== instanceId) {
      throw new Error('it is not in its normal form')
    }
    checkHost(row)
    row.hosts.forEach(checkHost)
  } catch (cause) {
    throw new OverlayError('protocol_error', `A relay tells of an instance that cannot be: ${errorText(cause)}`, {
      cause,
    })
  }
}

function checkHost({ identityName, peerId, sinceMs, terminators }: RowHost): void {
  if (!plainName.test(identityName)) checkIdentityName(identityName)
  if (!peerIdForm.test(peerId)) throw new Error('a peer id is none')
  if (!(sinceMs >= 0 && sinceMs <= lastDateMs)) throw new Error('a date is none')
  if (terminators < 1) throw new Error('it has no terminator')
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

/**
 * Checks the same of one page that was asked for after `cursor`: rows in order, and a next cursor that leads on, by half of what was
 * asked for at least.
 */
export function checkPage({ page, cursor: next }: ListAnswer, cursor: string, limit: number): void {
  const { rows } = page
  let last = cursor
  for (const row of rows) {
    checkRow(row)
    if (row.instanceId <= last) throw new OverlayError('protocol_error', 'A relay lists instances out of order.')
    last = row.instanceId
  }
  if (rows.length > limit) throw new OverlayError('protocol_error', 'A relay lists more instances than were asked for.')
  if (next !== '' && (rows.length < limit / 2 || next !== last)) {
    throw new OverlayError('protocol_error', 'A relay lists pages that lead nowhere.')
  }
}
