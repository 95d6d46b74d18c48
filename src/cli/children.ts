import { type ChildProcess, fork } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { OverlayError } from '../core/errors.js'

const bin = fileURLToPath(new URL('./bin.js', import.meta.url))
const stopTimeoutMs = 3_000

/** A node of our own that runs beside us: it reports when it is ready, and ends when we end, however we do. */
export interface ChildNode {
  name: string
  process: ChildProcess
  /** Sends SIGTERM, after 3 s SIGKILL, and waits until it is gone. */
  stop(): Promise<void>
}

export interface ChildOptions {
  /** Folder to run in. */
  cwd: string
  /** Where stdout and stderr go. */
  logFile: string
  timeoutMs?: number
}

/**
 * Starts `chat-p2p <args>` and resolves when it says that it is ready. Rejects with its last line when it ends before,
 * or with `timed_out`. It lives in a process group of its own, so that Ctrl-C in our terminal is not meant for it.
 */
export async function startChild(name: string, args: string[], options: ChildOptions): Promise<ChildNode> {
  mkdirSync(path.dirname(options.logFile), { recursive: true })
  const log = openSync(options.logFile, 'w', 0o600)
  const child = fork(bin, args, { cwd: options.cwd, stdio: ['ignore', log, log, 'ipc'], detached: true })
  closeSync(log)
  const node: ChildNode = { name, process: child, stop: () => stopChild(child) }
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new OverlayError('timed_out', `${name} did not start in time; see ${options.logFile}.`)),
        options.timeoutMs ?? 20_000,
      )
      const settle = (run: () => void) => {
        clearTimeout(timer)
        child.removeAllListeners('message')
        child.removeAllListeners('exit')
        child.removeAllListeners('error')
        run()
      }
      child.on('message', () => settle(resolve))
      child.on('error', (error) => settle(() => reject(error)))
      child.on('exit', () => settle(() => reject(new OverlayError('internal', lastLine(name, options.logFile)))))
    })
  } catch (error) {
    await node.stop()
    throw error
  }
  return node
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs)
  await gone
  clearTimeout(timer)
}

function lastLine(name: string, logFile: string): string {
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n')
  return lines.at(-1)?.replace(/^chat-p2p: /, '') || `${name} ended at once; see ${logFile}.`
}
