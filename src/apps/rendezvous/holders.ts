import { chmodSync, lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import path from 'node:path'

/*
 * Where the processes of this user that hold lines are found: one file each in a private folder, named after its process
 * id; a socket at which later runs may ask for the line.
 */

/**
 * Returns the folder for notes of holders; undefined where it is another user's, or open to others, so that what stands in it can't
 * be believed.
 */
function folder(): string | undefined {
  const { uid } = userInfo()
  const dir = path.join(tmpdir(), `chat-p2p-rendezvous-${uid}`)
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    const info = lstatSync(dir)
    const ours = process.platform === 'win32' || (info.uid === uid && (info.mode & 0o077) === 0)
    return info.isDirectory() && ours ? dir : undefined
  } catch {
    return undefined
  }
}

/** Returns the path of a holder's socket; undefined where there can be none. */
export function holderSocket(pid: number): string | undefined {
  const dir = folder()
  return dir === undefined || process.platform === 'win32' ? undefined : path.join(dir, String(pid))
}

/**
 * Notes that this process holds the line, until it ends, and lets `server` listen for runs that ask to borrow it. Resolves when it
 * listens; where it can't, only the note is made, or nothing.
 */
export async function noteHolder(server: Server): Promise<void> {
  const dir = folder()
  if (dir === undefined) return
  const file = path.join(dir, String(process.pid))
  process.once('exit', () => rmSync(file, { force: true }))
  rmSync(file, { force: true }) // of one with the same process id, which was killed
  try {
    const socket = holderSocket(process.pid)
    if (socket === undefined || !(await listens(server, socket))) writeFileSync(file, '', { mode: 0o600 })
    else chmodSync(socket, 0o600)
  } catch {
    // Only the advice of a later run will lack it.
  }
}

async function listens(server: Server, socket: string): Promise<boolean> {
  return await new Promise((resolve) => {
    server.on('error', () => resolve(false)) // the path is too long for a socket, or the system has none
    server.listen(socket, () => resolve(true))
  })
}

/** Returns the ids of the processes that hold lines for earlier runs. Never throws. */
export function holderPids(): number[] {
  const dir = folder()
  if (dir === undefined) return []
  try {
    return readdirSync(dir)
      .map(Number)
      .filter((pid) => Number.isInteger(pid) && pid > 0 && isAlive(pid, dir))
      .sort((a, b) => a - b)
  } catch {
    return []
  }
}

/** Returns true when the process lives; removes what a process that was killed has left. */
function isAlive(pid: number, dir: string): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    rmSync(path.join(dir, String(pid)), { force: true })
    return false
  }
}
