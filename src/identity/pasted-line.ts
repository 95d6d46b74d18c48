import { createHash } from 'node:crypto'
import { equalBytes } from '../core/bytes.js'
import { OverlayError } from '../core/errors.js'

const sumBytes = 4

/** Bytes as one line for somebody to paste: `prefix`, such as `chat-p2p-join-1-`, base64url, and a sum that tells when it was cut. */
export function formatLine(prefix: string, bytes: Uint8Array): string {
  return prefix + Buffer.concat([bytes, sumOf(bytes)]).toString('base64url')
}

/** Reads such a line. Throws `certificate_invalid`: it says whether the line was cut or altered, or is none at all. */
export function readLine(prefix: string, text: string, what: string, maxLength: number): Uint8Array {
  const line = text.replace(/\s+/g, '') // mail programs break long lines
  if (!line.startsWith(prefix.slice(0, -2))) {
    throw new OverlayError('certificate_invalid', `That is no ${what}: one begins with ${prefix}…`)
  }
  if (!line.startsWith(prefix)) throw new OverlayError('certificate_invalid', `This ${what} needs a newer chat-p2p.`)
  const all = Buffer.from(line.slice(prefix.length), 'base64url')
  const bytes = all.subarray(0, -sumBytes)
  const isWhole =
    line.length <= maxLength &&
    all.toString('base64url') === line.slice(prefix.length) &&
    all.byteLength > sumBytes &&
    equalBytes(sumOf(bytes), all.subarray(-sumBytes))
  if (isWhole) return bytes
  throw new OverlayError('certificate_invalid', `The ${what} was cut or altered on its way: copy all of the line.`)
}

function sumOf(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest().subarray(0, sumBytes)
}
