import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { asOverlayError, OverlayError } from '../core/errors.js'
import { isRunning } from './is-running.js'

/** A lock that names no process is somebody's who is just writing it, for so long; then it is what a crash has left. */
const writingMs = 1000

/**
 * Takes the lock file for this process and returns what gives it back. A lock whose process is gone, or which names none, is taken
 * over. Throws `file_exists` while another process has it.
 */
export function lockFile(file: string): () => void {
  for (let attempt = 0; ; attempt++) {
    try {
      writeLock(file)
      return () => rmSync(file, { force: true })
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw asOverlayError(cause, 'file_unreadable', `Could not write ${file}`)
      }
    }
    const holder = holderOf(file)
    if (attempt > 0 || (holder === undefined ? !isLeft(file) : isRunning(holder))) {
      throw new OverlayError(
        'file_exists',
        `Another chat-p2p (process ${holder ?? 'unknown'}) is using the authority; try again, or remove ${file}.`,
        { path: file },
      )
    }
    takeAway(file, holder)
  }
}

/** Takes away a lock that was left; it stays when it is another process's by now, which took over the same one in this moment. */
function takeAway(file: string, holder: number | undefined): void {
  const aside = `${file}.${process.pid}`
  try {
    renameSync(file, aside)
    if (holderOf(aside) === holder) rmSync(aside, { force: true })
    else renameSync(aside, file)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return
    throw asOverlayError(cause, 'file_unreadable', `Could not write ${file}`)
  }
}

/** Writes a lock that is not there yet, and leaves none that is only half written: the disk may be full. */
function writeLock(file: string): void {
  const handle = openSync(file, 'wx', 0o600)
  try {
    writeSync(handle, `${process.pid}\n`)
  } catch (error) {
    rmSync(file, { force: true })
    throw error
  } finally {
    closeSync(handle)
  }
}

/** Returns the process that a lock names; undefined when it names none, or can't be read. */
function holderOf(file: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10) || undefined
  } catch {
    return undefined
  }
}

/** Returns true for a lock that can be read, names no process, and is not just being written; or that is gone by now. */
function isLeft(file: string): boolean {
  try {
    return !Number.parseInt(readFileSync(file, 'utf8'), 10) && Date.now() - statSync(file).mtimeMs > writingMs
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
  }
}
