import { constants, type FileHandle, open } from 'node:fs/promises'
import { errorText, OverlayError } from './errors.js'

export interface PrivateFileOptions {
  /** For errors: `identity file`. */
  what: string
  /** A greater file is damaged. */
  maxBytes: number
}

/** Set to 1 (or by `--allow-exposed-identity`), private files may be readable by others, as secrets that are mounted often are. */
export const allowExposedVariable = 'CHAT_P2P_ALLOW_EXPOSED_IDENTITY'

/**
 * Returns the text of a file that holds a private key, without a byte order mark; undefined when there is none. A named pipe is not
 * waited for. Errors: `file_unreadable`, `identity_damaged`, and `identity_exposed` when other users of this machine can read it,
 * unless that is allowed or can't be helped: nobody can change the mode of a file on a read-only mount.
 */
export async function readPrivateFile(file: string, options: PrivateFileOptions): Promise<string | undefined> {
  const { what, maxBytes } = options
  let handle: FileHandle | undefined
  try {
    // Without O_NONBLOCK, opening a named pipe would wait for its writer for ever.
    handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    const info = await handle.stat()
    if (!info.isFile()) throw new OverlayError('file_unreadable', `${file} is not a file.`, { path: file })
    // Asked of the open file, not of the path, so that what is read is what was checked. Windows has no such bits.
    const exposed = process.platform !== 'win32' && (info.mode & 0o077) !== 0
    if (exposed && process.env[allowExposedVariable] !== '1') {
      const advice = await exposedAdvice(handle, info.mode, info.uid, file)
      if (advice !== undefined) {
        const text = `The ${what} ${file} can be read by other users of this machine; ${advice}`
        throw new OverlayError('identity_exposed', text, { path: file })
      }
    }
    if (info.size > maxBytes) {
      throw new OverlayError('identity_damaged', `The ${what} ${file} is damaged: it is far too large.`, { path: file })
    }
    return withoutMark(await handle.readFile('utf8'))
  } catch (cause) {
    if (cause instanceof OverlayError) throw cause
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new OverlayError('file_unreadable', `Could not read the ${what} ${file}: ${errorText(cause)}`, {
      path: file,
      cause,
    })
  } finally {
    await handle?.close()
  }
}

/** Returns the text without the byte order mark that some editors put in front. */
export function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text
}

/** Returns what its user can do about a file that is too open; undefined when nobody can do anything. */
export async function exposedAdvice(
  handle: Pick<FileHandle, 'chmod'>,
  mode: number,
  owner: number,
  file: string,
): Promise<string | undefined> {
  try {
    await handle.chmod(mode & 0o7777) // as it is: only whether it could be changed is of interest
    return `type: chmod 600 '${file}'`
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EROFS') return undefined
    return (
      `it belongs to another user (uid ${owner}): have it given to the one that runs this, with mode 600, ` +
      'or add --allow-exposed-identity if those who can read it may'
    )
  }
}
