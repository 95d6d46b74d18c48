import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { link, mkdir, open, rename, stat, unlink } from 'node:fs/promises'
import path from 'node:path'
import { errorText, OverlayError } from '../core/errors.js'

/**
 * Writes a file so that a reader, or a crash, sees either nothing new or all of it. `mode` holds from the first byte on.
 * Makes the folder. Without `replace` an existing file is never touched: `file_exists`. Anything else: `file_unreadable`.
 */
export async function writeFileAtomic(
  file: string,
  content: string | Uint8Array,
  options: { mode: number; replace?: boolean; folderMode?: number },
): Promise<void> {
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    await makeFolder(path.dirname(file), options.folderMode ?? 0o777)
    try {
      const handle = await open(temporary, 'wx', options.mode)
      try {
        await handle.writeFile(content)
        await handle.sync()
      } finally {
        await handle.close()
      }
      if (options.replace === true) await rename(temporary, file)
      else await place(temporary, file)
    } finally {
      await unlink(temporary).catch(() => {}) // gone already after a rename
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') {
      throw new OverlayError('file_exists', `${file} exists already; nothing was changed.`, { path: file, cause })
    }
    throw new OverlayError('file_unreadable', `Could not write ${file}: ${errorText(cause)}`, { path: file, cause })
  }
}

/**
 * Makes a folder and those it lies in. Node's own `recursive` tries for ever where the folder that this process was started in is gone
 * (Node 20.20, 24.4), and says ENOENT of a disk that is read-only.
 */
async function makeFolder(folder: string, mode: number): Promise<void> {
  const isFolder = async () => (await stat(folder).catch(() => undefined))?.isDirectory()
  const before = await isFolder()
  if (before === true) return
  if (before === false) throw new Error(`${folder} is no folder`)
  const parent = path.dirname(folder)
  if (parent !== folder) await makeFolder(parent, mode)
  try {
    await mkdir(folder, { mode })
  } catch (error) {
    if ((await isFolder()) !== true) throw error // else another process was faster
  }
}

/** A rename would replace, a link refuses; on disks without links (FAT) it is a rename all the same. */
async function place(temporary: string, file: string): Promise<void> {
  try {
    await link(temporary, file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(code ?? '') || existsSync(file)) throw error
    await rename(temporary, file)
  }
}
