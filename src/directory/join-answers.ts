import { directoryStatus } from '../wire/directory-status.js'
import type { LookupResponse, SignedTerminator } from '../wire/messages/directory.js'
import { type ListAnswer, ListedRows } from './list-answer.js'
import { joinRows, type Row } from './row.js'
import { decodeRow, encodeRow } from './row-codec.js'

/**
 * Returns the best of several answers about one instance: who is known to any is there; else the latest "last seen". `few` leaves as
 * many as fit into one message.
 */
export function joinLookups(
  answers: readonly LookupResponse[],
  few: (terminators: SignedTerminator[]) => SignedTerminator[] = (all) => all,
): LookupResponse {
  const terminators = new Map<string, SignedTerminator>()
  let lastSeenMs = 0
  let refused: LookupResponse | undefined
  let row: Row | undefined
  for (const answer of answers) {
    for (const signed of answer.terminators) terminators.set(Buffer.from(signed.terminator).toString('base64'), signed)
    const told = answer.row && decodeRow(answer.row)
    row = row && told ? joinRows(row, told) : (told ?? row)
    if (answer.status === directoryStatus.offline) lastSeenMs = Math.max(lastSeenMs, answer.lastSeenMs)
    else if (answer.status !== directoryStatus.ok && answer.status !== directoryStatus.unknownInstance)
      refused ??= answer
  }
  const partial = answers.every((answer) => answer.partial)
  if (terminators.size > 0) {
    return {
      status: directoryStatus.ok,
      terminators: few([...terminators.values()]),
      lastSeenMs: 0,
      partial,
      row: row && encodeRow(row),
    }
  }
  if (refused !== undefined) return refused
  const status = lastSeenMs > 0 ? directoryStatus.offline : directoryStatus.unknownInstance
  return { status, terminators: [], lastSeenMs, partial }
}

/** Makes one page out of the pages of several parts, or of several sources that may each miss something. */
export function joinLists(answers: readonly ListAnswer[], limit: number): ListAnswer {
  // As it came: most pages are passed on by a relay that has no use for the rows.
  if (answers.length === 1 && answers[0]!.page.size <= limit) return answers[0]!
  const rows = new Map<string, Row>()
  let more = false
  let partial = answers.length === 0
  for (const answer of answers) {
    if (answer.cursor !== '') more = true
    partial ||= answer.partial
    for (const row of answer.page.rows) {
      const known = rows.get(row.instanceId)
      rows.set(row.instanceId, known === undefined ? row : joinRows(known, row))
    }
  }
  const sorted = [...rows.values()].sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1))
  const page = sorted.slice(0, limit)
  more ||= sorted.length > limit
  return {
    status: directoryStatus.ok,
    page: ListedRows.of(page),
    cursor: more && page.length > 0 ? page.at(-1)!.instanceId : '',
    partial,
  }
}
