import { readFile } from 'node:fs/promises'
import { fromBase64, fromUtf8, utf8 } from '../core/bytes.js'
import { errorText, OverlayError } from '../core/errors.js'
import { maxNetworkDocumentBytes } from '../core/limits.js'
import { withoutMark } from '../core/private-file.js'
import { shownName } from '../core/text.js'
import { formatLine, readLine } from '../identity/pasted-line.js'

/** Limits what is read: it is longer than any of the small files, as what is piped in may be anything. */
const maxExchangeBytes = 4 * maxNetworkDocumentBytes

/** Reads all of stdin, trimmed. Throws `certificate_invalid` when that is far too long for what it should be. */
export async function readStdin(what: string, maxBytes: number): Promise<string> {
  let text = ''
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    text += chunk
    if (text.length > maxBytes) throw new OverlayError('certificate_invalid', `That is far too long for a ${what}.`)
  }
  return text.trim()
}

/** Turns `chat-p2p request 1` into `chat-p2p-request-1-`. */
const prefixOf = (format: string) => `${format.replaceAll(' ', '-')}-`

/** Returns true when this is a line, or stdin, and no file: then the answer goes to stdout. */
export function isPasted(source: string, format: string): boolean {
  return source === '-' || source.startsWith(prefixOf(format).slice(0, -2))
}

/** Returns the name of a source for people: a line itself would be half a screen. */
export const sourceName = (source: string, format: string) => (isPasted(source, format) ? 'what was pasted' : source)

/** Returns one of the small files as a line for somebody to paste. */
export function exchangeLine(json: Record<string, string> & { format: string }): string {
  return formatLine(prefixOf(json.format), utf8(JSON.stringify(json)))
}

/** Resolves with the text of a file, of stdin for `-`, or of a line that was pasted in its place. */
async function exchangeText(source: string, format: string, what: string): Promise<string> {
  if (!isPasted(source, format)) return readExchangeFile(source, what)
  const text = source === '-' ? withoutMark(await readStdin(what, maxExchangeBytes)) : source
  if (text.startsWith('{')) return text
  return fromUtf8(readLine(prefixOf(format), text, what, maxExchangeBytes))
}

async function readExchangeFile(file: string, what: string): Promise<string> {
  try {
    return withoutMark(await readFile(file, 'utf8'))
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') {
      throw new OverlayError('file_unreadable', `There is no ${what} ${shownName(file)}.`, { path: file })
    }
    if (code === 'EISDIR') {
      throw new OverlayError('file_unreadable', `${shownName(file)} is a folder, not a ${what}.`, { path: file })
    }
    throw new OverlayError('file_unreadable', `Could not read the ${what} ${file}: ${errorText(cause)}`, {
      path: file,
      cause,
    })
  }
}

/** Reads one of the small files that people send each other: JSON with a `format` and texts; or stdin (`-`), or a pasted line. */
export async function readExchange<Field extends string>(
  source: string,
  format: string,
  what: string,
  fields: readonly Field[],
): Promise<Record<Field, string>> {
  const text = await exchangeText(source, format, what)
  const file = sourceName(source, format)
  const wrong = (why: string) =>
    new OverlayError('identity_damaged', `${file} is not a ${what} of chat-p2p: ${why}.`, { path: file })
  let json: Record<string, unknown>
  try {
    json = JSON.parse(text)
  } catch {
    throw wrong('it is not JSON')
  }
  if (json?.format !== format) throw wrong(`its format is not '${format}'`)
  for (const field of fields) if (typeof json[field] !== 'string') throw wrong(`${field} is missing`)
  return json as Record<Field, string>
}

/** Returns the bytes of a field that is base64; throws `identity_damaged`. */
export function exchangeBytes(file: string, field: string, text: string): Uint8Array {
  const bytes = fromBase64(text)
  if (bytes === undefined)
    throw new OverlayError('identity_damaged', `${field} in ${file} is not base64.`, { path: file })
  return bytes
}
