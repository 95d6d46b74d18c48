import { readFile } from 'node:fs/promises'
import { fromBase64 } from '../core/bytes.js'
import { errorText, OverlayError } from '../core/errors.js'
import { withoutMark } from '../core/private-file.js'
import { shownName } from '../core/text.js'

/** Reads one of the small files that people send each other: JSON with a `format` and texts. */
export async function readExchange<Field extends string>(
  file: string,
  format: string,
  what: string,
  fields: readonly Field[],
): Promise<Record<Field, string>> {
  let text: string
  try {
    text = withoutMark(await readFile(file, 'utf8'))
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

/** Bytes of a field that is base64; throws `identity_damaged`. */
export function exchangeBytes(file: string, field: string, text: string): Uint8Array {
  const bytes = fromBase64(text)
  if (bytes === undefined)
    throw new OverlayError('identity_damaged', `${field} in ${file} is not base64.`, { path: file })
  return bytes
}
