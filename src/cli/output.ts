import type { Writable } from 'node:stream'
import { errorText } from '../core/errors.js'
import { exitCodes } from './exit.js'

/** Names the commands that do nothing but show something: without a reader there is nothing left for them to do. */
const showing: ReadonlySet<string> = new Set([
  'completion',
  'identity show',
  'list',
  'netcheck',
  'network check',
  'network inspect',
  'network show',
  'why',
])

export interface OutputGuard {
  /** Says which command runs (`identity create`); until then it is taken for help, which only shows something. */
  began(command: string): void
  /** Returns the exit code of a command that ended with `code`, after saying what of its output was lost. */
  ended(code: number): number
}

/**
 * Keeps what goes wrong with stdout and stderr from ending a command in the middle. Talk on stderr that nobody takes (a log
 * reader that left, a full disk) is lost, and nothing else happens. Of stdout it depends on the command: one that only shows
 * something ends at once through `exit`, with 0 when its reader left (`chat-p2p list | head`), else with 1 and one line; any
 * other goes on, since what it does (signing, publishing, carrying connections) must not end halfway, and the line comes last.
 */
export function guardOutput(stdout: Writable, stderr: Writable, exit: (code: number) => void): OutputGuard {
  let onlyShows = true
  let lost: string | undefined
  const complain = () => {
    if (lost !== undefined) stderr.write(`chat-p2p: The output could not be written: ${lost}.\n`)
    lost = undefined
  }
  stderr.on('error', () => {})
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') lost ??= reasonOf(error)
    if (!onlyShows) return
    const code = lost === undefined ? exitCodes.done : exitCodes.failed
    complain()
    exit(code)
  })
  return {
    began(command) {
      onlyShows = showing.has(command)
    },
    ended(code) {
      complain()
      return code
    },
  }
}

function reasonOf(error: NodeJS.ErrnoException): string {
  return error.code === 'ENOSPC' ? 'no space is left on the device' : errorText(error)
}
