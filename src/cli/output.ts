import type { Writable } from 'node:stream'
import { errorText, OverlayError } from '../core/errors.js'
import { exitCodes } from './exit.js'

/** Names the commands that do nothing but show something: without a reader there is nothing left for them to do. */
const showing: ReadonlySet<string> = new Set([
  'completion',
  'identity renewal-key --list',
  'identity show',
  'invite --list',
  'list',
  'netcheck',
  'network check',
  'network inspect',
  'network show',
  'why',
])

/** Names the commands that are a talk or a transcript: what was not seen of it is no success, but one who stops reading may. */
const talking: ReadonlySet<string> = new Set(['', 'demo', 'quickstart', 'rendezvous'])

/** Holds errors of stdout that the command itself has told. */
const told = new WeakSet<Error>()

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
 * other goes on, since what it does (signing, publishing, carrying connections) must not end halfway, and the line comes last. What
 * was done stands, with its exit code; of a chat that nobody could read it is 1.
 */
export function guardOutput(stdout: Writable, stderr: Writable, exit: (code: number) => void): OutputGuard {
  let onlyShows = true
  let talks = false
  let lost: string | undefined
  const complain = () => {
    if (lost !== undefined) stderr.write(`chat-p2p: The output could not be written: ${lost}.\n`)
    lost = undefined
  }
  stderr.on('error', () => {})
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (!hasLeft(error, stdout) && !told.has(error)) lost ??= reasonOf(error)
    if (!onlyShows) return
    const code = lost === undefined ? exitCodes.done : exitCodes.failed
    complain()
    exit(code)
  })
  return {
    began(command) {
      onlyShows = showing.has(command)
      talks = talking.has(command)
    },
    ended(code) {
      const failed = talks && lost !== undefined && code === exitCodes.done
      complain()
      return failed ? exitCodes.failed : code
    },
  }
}

/**
 * Writes what a command was for, and what nobody else keeps: a line to be pasted elsewhere. Rejects with `file_unreadable`, which
 * says what to do (`otherwise`, a sentence), when it could not be written, also when nobody reads it.
 */
export function handOver(text: string, otherwise: string, stdout: Writable = process.stdout): Promise<void> {
  return new Promise((resolve, reject) => {
    stdout.write(text, (error) => {
      if (error == null) return resolve()
      told.add(error)
      const why = (error as NodeJS.ErrnoException).code === 'EPIPE' ? 'nobody reads it' : reasonOf(error)
      reject(
        new OverlayError('file_unreadable', `The line could not be written: ${why}. ${otherwise}`, { cause: error }),
      )
    })
  })
}

/** Says whether nobody is there to read: a pipe whose other end was closed, a terminal that was. */
function hasLeft({ code }: NodeJS.ErrnoException, stdout: Writable): boolean {
  return code === 'EPIPE' || (code === 'EIO' && (stdout as { isTTY?: boolean }).isTTY === true)
}

function reasonOf(error: NodeJS.ErrnoException): string {
  return error.code === 'ENOSPC' ? 'no space is left on the device' : errorText(error)
}
