import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { asOverlayError, OverlayError } from '../core/errors.js'

/**
 * Takes the lock file for this process and returns what gives it back. A lock whose process is gone is taken over. Throws
 * `file_exists` while another process has it.
 */
export function lockFile(file: string): () => void {
  for (let attempt = 0; ; attempt++) {
    try {
      const handle = openSync(file, 'wx', 0o600)
      writeSync(handle, `${process.pid}\n`)
      closeSync(handle)
      return () => rmSync(file, { force: true })
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw asOverlayError(cause, 'file_unreadable', `Could not write ${file}`)
      }
    }
    const holder = holderOf(file)
    if (attempt > 0 || holder === undefined || isRunning(holder)) {
      throw new OverlayError(
        'file_exists',
        `Another chat-p2p (process ${holder ?? 'unknown'}) is using the authority; try again, or remove ${file}.`,
        { path: file },
      )
    }
    rmSync(file, { force: true })
  }
}

function holderOf(file: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10) || undefined
  } catch {
    return undefined
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
