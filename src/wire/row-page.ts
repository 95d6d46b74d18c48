import { utf8 } from '../core/bytes.js'
import { OverlayError } from '../core/errors.js'
import type { InstanceRow, RowPage } from './messages/directory.js'

const figuresBytes = 12
const maxTerminators = 0x7fff_ffff

/**
 * Rows column by column: a thousand small messages take several times longer to encode and decode than to carry (1.3 ms
 * against 0.15 ms for 1 000 rows on Node 20). A row whose names have a line break, which none may, is left out.
 */
export function encodeRowPage(rows: readonly InstanceRow[]): RowPage {
  const names: string[] = []
  const figures = new DataView(new ArrayBuffer(rows.length * figuresBytes))
  let end = 0
  for (const { instanceId, identityName, peerId, terminators, sinceMs, busy } of rows) {
    if (instanceId.includes('\n') || identityName.includes('\n') || peerId.includes('\n')) continue
    names.push(instanceId, identityName, peerId)
    figures.setBigUint64(end, BigInt(sinceMs), true)
    figures.setUint32(end + 8, Math.min(terminators, maxTerminators) * 2 + (busy ? 1 : 0), true)
    end += figuresBytes
  }
  return { names: utf8(names.join('\n')), figures: new Uint8Array(figures.buffer, 0, end) }
}

/** How many rows a page has. Throws `protocol_error` when that is no whole number, or more than `maxRows`. */
export function rowCountOf({ figures }: RowPage, maxRows: number): number {
  const count = figures.byteLength / figuresBytes
  if (!Number.isInteger(count)) throw new OverlayError('protocol_error', 'The figures of a page are cut off.')
  if (count > maxRows) throw new OverlayError('protocol_error', `A page has ${count} rows; ${maxRows} are allowed.`)
  return count
}

/** Throws `protocol_error` when the columns do not fit each other or there are more than `maxRows`. */
export function decodeRowPage(page: RowPage, maxRows: number): InstanceRow[] {
  const { names, figures } = page
  const count = rowCountOf(page, maxRows)
  const lines = count === 0 ? [] : textOf(names).split('\n')
  if (lines.length !== 3 * count || (count === 0 && names.byteLength > 0)) {
    throw new OverlayError('protocol_error', `A page of ${count} rows has ${lines.length} names.`)
  }
  const view = new DataView(figures.buffer, figures.byteOffset, figures.byteLength)
  return Array.from({ length: count }, (_, index) => {
    const counted = view.getUint32(index * figuresBytes + 8, true)
    return {
      instanceId: lines[3 * index]!,
      identityName: lines[3 * index + 1]!,
      peerId: lines[3 * index + 2]!,
      terminators: counted >>> 1,
      sinceMs: Number(view.getBigUint64(index * figuresBytes, true)),
      busy: (counted & 1) === 1,
    }
  })
}

/** Unlike a TextDecoder it keeps a byte order mark: the first name may begin with one. */
const textOf = ({ buffer, byteOffset, byteLength }: Uint8Array) =>
  Buffer.from(buffer, byteOffset, byteLength).toString('utf8')
