import { randomBytes } from 'node:crypto'
import * as fs from 'node:fs'
import path from 'node:path'
import { errorText, OverlayError } from '../core/errors.js'
import { removeLeftStaging, stagingPrefix } from './staging.js'

export interface PlannedFile {
  /** The file's path, relative to the folder, with `/`. */
  file: string
  content: string
  mode: number
}

/** Names the file system calls in use; tests let each of them fail in turn. */
export type FileSystem = Pick<
  typeof fs,
  'linkSync' | 'lstatSync' | 'mkdirSync' | 'mkdtempSync' | 'renameSync' | 'rmSync' | 'rmdirSync' | 'writeFileSync'
>

/**
 * Writes all files or none: everything goes to a temporary folder first, then takes its place; when that fails half way,
 * what was done is undone, and what a process that was killed has left goes next time. Without `backup` an existing file is never touched (`file_exists`, naming each); with it, the files
 * that are replaced move to that folder (and `alsoMoved` with them), which must not exist. Returns the backup folder when
 * something was moved there. Throws `file_unreadable` when the folder can't be written.
 */
export function writeFilesTogether(
  folder: string,
  files: readonly PlannedFile[],
  options: { backup?: string; alsoMoved?: readonly string[]; fileSystem?: FileSystem } = {},
): string | undefined {
  const io = options.fileSystem ?? fs
  const undo: (() => void)[] = []
  const at = (file: string) => path.join(folder, file)

  const makeFolder = (directory: string, mode?: number) => {
    // One by one: Node's own way to make a whole path never ends where a folder "is not there" although its parent is (/proc).
    const missing: string[] = []
    for (let at = path.resolve(directory); !exists(io, at); at = path.dirname(at)) missing.unshift(at)
    for (const made of missing) {
      try {
        io.mkdirSync(made, { mode })
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue // somebody made it in the same moment
        throw error
      }
      undo.push(() => io.rmdirSync(made))
    }
  }
  const move = (from: string, to: string) => {
    makeFolder(path.dirname(to), 0o700)
    io.renameSync(from, to)
    undo.push(() => io.renameSync(to, from))
  }

  try {
    if (options.backup === undefined) {
      refuseExisting(
        folder,
        files.map(({ file }) => file),
        io,
      )
    }
    makeFolder(folder)
    // A folder for private files is private itself.
    for (const { file, mode } of files) makeFolder(path.dirname(at(file)), mode === 0o600 ? 0o700 : undefined)
    // Beside the files, not in the system's folder for temporary ones: it must be the same disk.
    const beside = path.dirname(at(files[0]!.file))
    removeLeftStaging(beside)
    const staging = io.mkdtempSync(path.join(beside, stagingPrefix))
    undo.push(() => io.rmSync(staging, { recursive: true, force: true }))
    const staged = files.map(({ file, content, mode }, index) => {
      const temporary = path.join(staging, `${index}`)
      io.writeFileSync(temporary, content, { mode, flag: 'wx', flush: true })
      return { temporary, target: at(file), file }
    })

    let moved = false
    if (options.backup !== undefined) {
      for (const file of [...staged.map(({ file }) => file), ...(options.alsoMoved ?? [])]) {
        if (!exists(io, at(file))) continue
        move(at(file), path.join(options.backup, file))
        moved = true
      }
    }
    for (const { temporary, target } of staged) {
      place(io, temporary, target)
      undo.push(() => io.rmSync(target))
    }
    try {
      io.rmSync(staging, { recursive: true, force: true })
    } catch {
      // Everything is in its place; an empty-handed clean-up is no reason to undo it.
    }
    return moved ? options.backup : undefined
  } catch (cause) {
    const failed: string[] = []
    for (const step of undo.reverse()) {
      try {
        step()
      } catch (error) {
        failed.push(errorText(error))
      }
    }
    if (cause instanceof OverlayError) throw cause
    const after = failed.length === 0 ? 'nothing was changed' : `and undoing it failed as well: ${failed.join('; ')}`
    throw new OverlayError('file_unreadable', `Could not write to ${folder}: ${errorText(cause)} (${after}).`, {
      path: folder,
      cause,
    })
  }
}

/**
 * Puts a file in its place with a link, which unlike a rename refuses when somebody was faster; on disks without links (FAT) it is
 * a rename all the same.
 */
function place(io: FileSystem, temporary: string, target: string): void {
  try {
    io.linkSync(temporary, target)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(code ?? '') || exists(io, target)) throw error
    io.renameSync(temporary, target)
  }
}

/** Throws `file_exists` when one of the files is there already. */
export function refuseExisting(folder: string, files: readonly string[], io: Pick<FileSystem, 'lstatSync'> = fs): void {
  const there = files.filter((file) => exists(io, path.join(folder, file)))
  if (there.length === 0) return
  const shown = there.slice(0, 8).join(', ')
  throw new OverlayError(
    'file_exists',
    `${there.length > 8 ? `${shown}, … (${there.length})` : shown} ${there.length > 1 ? 'exist' : 'exists'} already in ` +
      `${path.resolve(folder)}; nothing was changed. Use what is there, or add --force to replace it (keeps a backup).`,
    { path: folder },
  )
}

/** Returns true when there is a file, also for a link that leads nowhere: writing there would write somewhere else. */
function exists(io: Pick<FileSystem, 'lstatSync'>, file: string): boolean {
  return io.lstatSync(file, { throwIfNoEntry: false }) !== undefined
}

/** Returns a name for a backup folder that sorts by time and fits every file system. */
export function backupName(nowMs: number): string {
  return `backup-${new Date(nowMs).toISOString().replace(/[:.]/g, '-')}-${randomBytes(2).toString('hex')}`
}
