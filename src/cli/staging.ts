import { readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { isRunning } from './is-running.js'

/** Matches the folders in which files wait for their place, each named after the process that makes it. */
const named = /^\.setup-(\d+)-/

/** Returns what the name of this process's temporary folder begins with. */
export const stagingPrefix = `.setup-${process.pid}-`

/** Removes what processes that were killed have left in a folder: there are private keys in it. Never throws. */
export function removeLeftStaging(folder: string): void {
  try {
    for (const entry of readdirSync(folder)) {
      const pid = Number(named.exec(entry)?.[1])
      if (pid > 0 && !isRunning(pid)) rmSync(path.join(folder, entry), { recursive: true, force: true })
    }
  } catch {
    // The next setup tries again.
  }
}
