import type { ListResponse } from './messages/directory.js'

type Row = ListResponse['rows'][number]

/**
 * The bytes of a `RelayMessage` with a `list`, the same as the generated encoder's: a page of 1 000 rows takes that one many
 * times as long, and a test holds the two together.
 */
export function encodeListReply(requestId: number, list: ListResponse): Uint8Array<ArrayBuffer> {
  const rowSizes = list.rows.map(rowSize)
  const cursorSize = Buffer.byteLength(list.cursor)
  let size = list.status === 0 ? 0 : 1 + varintSize(list.status)
  for (const each of rowSizes) size += 1 + varintSize(each) + each
  if (cursorSize > 0) size += 1 + varintSize(cursorSize) + cursorSize
  if (list.partial) size += 2
  const head = (requestId === 0 ? 0 : 1 + varintSize(requestId)) + 1 + varintSize(size)
  const out = Buffer.allocUnsafeSlow(head + size)

  let at = 0
  if (requestId !== 0) at = writeNumber(out, at, 0x08, requestId)
  at = writeNumber(out, at, 0x32, size)
  if (list.status !== 0) at = writeNumber(out, at, 0x08, list.status)
  for (const [index, row] of list.rows.entries()) {
    at = writeNumber(out, at, 0x12, rowSizes[index]!)
    at = writeText(out, at, 0x0a, row.instanceId)
    at = writeText(out, at, 0x12, row.identityName)
    at = writeText(out, at, 0x1a, row.peerId)
    if (row.terminators !== 0) at = writeNumber(out, at, 0x20, row.terminators)
    if (row.sinceMs !== 0) at = writeNumber(out, at, 0x28, row.sinceMs)
    if (row.busy) at = writeNumber(out, at, 0x30, 1)
  }
  at = writeText(out, at, 0x1a, list.cursor)
  if (list.partial) writeNumber(out, at, 0x20, 1)
  return new Uint8Array(out.buffer, out.byteOffset, out.byteLength)
}

function rowSize({ instanceId, identityName, peerId, terminators, sinceMs, busy }: Row): number {
  return (
    textSize(instanceId) +
    textSize(identityName) +
    textSize(peerId) +
    (terminators === 0 ? 0 : 1 + varintSize(terminators)) +
    (sinceMs === 0 ? 0 : 1 + varintSize(sinceMs)) +
    (busy ? 2 : 0)
  )
}

function textSize(text: string): number {
  const bytes = Buffer.byteLength(text)
  return bytes === 0 ? 0 : 1 + varintSize(bytes) + bytes
}

/** Sizes up to 2^53: no bit operations, which end at 2^32. */
function varintSize(value: number): number {
  let size = 1
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++
  return size
}

function writeNumber(out: Buffer, at: number, tag: number, value: number): number {
  out[at++] = tag
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) out[at++] = (rest % 0x80) | 0x80
  out[at++] = rest
  return at
}

function writeText(out: Buffer, at: number, tag: number, text: string): number {
  if (text === '') return at
  const bytes = Buffer.byteLength(text)
  const begin = writeNumber(out, at, tag, bytes)
  return begin + out.write(text, begin, bytes, 'utf8')
}
