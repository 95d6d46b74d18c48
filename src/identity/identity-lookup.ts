import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'
import { OverlayError } from '../core/errors.js'
import { maxNetworkDocumentBytes } from '../core/limits.js'
import { readPrivateFile } from '../core/private-file.js'
import { normalName, shownName } from '../core/text.js'
import { type IdentityRecord, parseIdentity } from './identity-json.js'

/** Base64 of the greatest network document, and for the authority the list of what it issued; hundreds of bytes each. */
const maxIdentityFileBytes = 16 * maxNetworkDocumentBytes

/** Where people keep identities, unless they say otherwise. */
const here = 'identities'

/** Finds and parses an identity file; nothing signed is checked yet. */
export async function readIdentityRecord(
  pathOrName: string,
  options: { directory?: string } = {},
): Promise<{ record: IdentityRecord; file: string }> {
  const folders = identityFolders(options.directory)
  const candidates = [...new Set(folders.flatMap((folder) => identityPaths(pathOrName, folder)))]
  for (const file of candidates) {
    const text = await readPrivateFile(file, { what: 'identity file', maxBytes: maxIdentityFileBytes })
    if (text !== undefined) return { record: parseIdentity(text, file), file }
  }
  throw new OverlayError('file_unreadable', await missingText(pathOrName, candidates, folders), {
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

/**
 * Folders where names are looked up, in this order: the one that was asked for and no other; else those of `CHAT_P2P_DIR`, of the
 * folder this runs in, and of the person's own configuration. Folders that are not there are left out.
 */
export function identityFolders(asked?: string): string[] {
  if (asked !== undefined) return [asked]
  const { CHAT_P2P_DIR: dir, XDG_CONFIG_HOME: config } = process.env
  const bases = [...(dir ? [dir] : []), path.join(config || path.join(homedir(), '.config'), 'chat-p2p')]
  const [own, ...rest] = bases.map((base) => [path.join(base, 'identities'), base])
  const all = dir ? [...own!, here, ...rest.flat()] : [here, ...own!]
  const there = all.filter((folder) => existsSync(folder))
  return there.length === 0 ? [here] : there
}

async function missingText(pathOrName: string, candidates: string[], folders: string[]): Promise<string> {
  const asked = `There is no identity '${shownName(pathOrName)}' (looked for ${[...new Set(candidates.map(normalName))].map(shownName).join(', ')})`
  const found = await identitiesThere(folders)
  if (found !== undefined) return `${asked}; ${found}.`
  return `${asked}, and none in ${folders.join(' or ')}; type \`chat-p2p setup\` to make some.`
}

/** Tells which identities there are where names are looked up; undefined when there are none. */
export async function identitiesThere(folders: readonly string[] = identityFolders()): Promise<string | undefined> {
  const found: string[] = []
  for (const folder of folders) {
    const names = await listIdentities(folder)
    const shown = names.slice(0, 8).join(', ')
    if (names.length > 0)
      found.push(`in ${folder} there are ${shown}${names.length > 8 ? `, … (${names.length})` : ''}`)
  }
  return found.length === 0 ? undefined : found.join(', ')
}

/** Names of the identity files in a folder, sorted; none when there is no such folder. */
export async function listIdentities(directory: string): Promise<string[]> {
  const entries = await readdir(directory).catch(() => [])
  return entries
    .filter((entry) => entry.endsWith('.json') && !entry.startsWith('.'))
    .map((entry) => shownName(entry.slice(0, -'.json'.length)))
    .sort()
}
