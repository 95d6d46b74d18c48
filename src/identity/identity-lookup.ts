import { constants, type FileHandle, open, readdir } from 'node:fs/promises'
import path from 'node:path'
import { errorText, OverlayError } from '../core/errors.js'
import { maxNetworkDocumentBytes } from '../core/limits.js'
import { normalName, shownName } from '../core/text.js'
import { type IdentityRecord, parseIdentity } from './identity-json.js'

/** Base64 of the greatest network document, and for the authority the list of what it issued; hundreds of bytes each. */
const maxIdentityFileBytes = 16 * maxNetworkDocumentBytes

/** Finds and parses an identity file; nothing signed is checked yet. */
export async function readIdentityRecord(
  pathOrName: string,
  options: { directory?: string } = {},
): Promise<{ record: IdentityRecord; file: string }> {
  const directory = options.directory ?? 'identities'
  const candidates = identityPaths(pathOrName, directory)
  for (const file of candidates) {
    const text = await readPrivateFile(file)
    if (text !== undefined) return { record: parseIdentity(text, file), file }
  }
  throw new OverlayError('file_unreadable', await missingText(pathOrName, candidates, directory), {
    path: candidates[0],
  })
}

/** Where `-i <pathOrName>` may be, in the order of the search. */
export function identityPaths(pathOrName: string, directory: string): string[] {
  if (/[/\\]/.test(pathOrName)) return [pathOrName]
  if (pathOrName.endsWith('.json')) return [pathOrName, path.join(directory, pathOrName)]
  // Files are named by the normal form; what is typed, or was copied from elsewhere, may be in another one.
  const forms = new Set([pathOrName, normalName(pathOrName), pathOrName.normalize('NFD')])
  return [...forms].map((name) => path.join(directory, `${name}.json`))
}

async function readPrivateFile(file: string): Promise<string | undefined> {
  let handle: FileHandle | undefined
  try {
    // Without O_NONBLOCK, opening a named pipe would wait for its writer for ever.
    handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    const info = await handle.stat()
    if (!info.isFile()) throw new OverlayError('file_unreadable', `${file} is not a file.`, { path: file })
    // Asked of the open file, not of the path, so that what is read is what was checked. Windows has no such bits.
    if (process.platform !== 'win32' && (info.mode & 0o077) !== 0) {
      throw new OverlayError(
        'identity_exposed',
        `The identity file ${file} can be read by other users of this machine; type: chmod 600 '${file}'`,
        { path: file },
      )
    }
    if (info.size > maxIdentityFileBytes) {
      throw new OverlayError('identity_damaged', `The identity file ${file} is damaged: it is far too large.`, {
        path: file,
      })
    }
    return await handle.readFile('utf8')
  } catch (cause) {
    if (cause instanceof OverlayError) throw cause
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new OverlayError('file_unreadable', `Could not read the identity file ${file}: ${errorText(cause)}`, {
      path: file,
      cause,
    })
  } finally {
    await handle?.close()
  }
}

async function missingText(pathOrName: string, candidates: string[], directory: string): Promise<string> {
  const asked = `There is no identity '${shownName(pathOrName)}' (looked for ${[...new Set(candidates.map(normalName))].map(shownName).join(', ')})`
  const names = await listIdentities(directory)
  if (names.length === 0) return `${asked}, and none in ${directory}; type \`chat-p2p setup\` to make some.`
  const shown = names.slice(0, 8).join(', ')
  return `${asked}; in ${directory} there are ${shown}${names.length > 8 ? `, … (${names.length})` : ''}.`
}

/** Names of the identity files in a folder, sorted; none when there is no such folder. */
export async function listIdentities(directory: string): Promise<string[]> {
  const entries = await readdir(directory).catch(() => [])
  return entries
    .filter((entry) => entry.endsWith('.json') && !entry.startsWith('.'))
    .map((entry) => shownName(entry.slice(0, -'.json'.length)))
    .sort()
}
