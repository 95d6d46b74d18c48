import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import path from 'node:path'

/** Where the processes of this user that hold lines are written down: one file each, named after its process id. */
function folder(): string {
  return path.join(tmpdir(), `chat-p2p-rendezvous-${userInfo().uid}`)
}

/** Notes that this process holds the line, until it ends. Does nothing where no file can be made. */
export function noteHolder(): void {
  const file = path.join(folder(), String(process.pid))
  try {
    mkdirSync(folder(), { recursive: true, mode: 0o700 })
    writeFileSync(file, '', { mode: 0o600 })
    process.once('exit', () => rmSync(file, { force: true }))
  } catch {
    // Only the advice of a later run will lack it.
  }
}

/** Processes that hold lines for earlier runs. Never throws. */
export function holderPids(): number[] {
  try {
    return readdirSync(folder())
      .map(Number)
      .filter((pid) => Number.isInteger(pid) && pid > 0 && isAlive(pid))
      .sort((a, b) => a - b)
  } catch {
    return []
  }
}

/** Removes the note of one that was killed. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    rmSync(path.join(folder(), String(pid)), { force: true })
    return false
  }
}
