import { CommanderError } from 'commander'
import { errorText, isOverlayError } from '../core/errors.js'
import { shownName } from '../core/text.js'

/** Names the exit codes; scripts rely on them. */
export const exitCodes = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const

/** Returns what a command that ended with `error` tells the shell. */
export function exitCodeOf(error: unknown): number {
  // Commander throws for --help and --version too; everything else it throws is about what was typed.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage
  if (isOverlayError(error, 'canceled')) return exitCodes.interrupted
  if (isOverlayError(error, 'bad_argument') || isOverlayError(error, 'bad_name')) {
    // With a path, it is a file that is wrong, not the command line.
    return error.details.path === undefined ? exitCodes.usage : exitCodes.failed
  }
  return exitCodes.failed
}

/** Holds a word that is no command, and the command it may be a slip of. */
export interface UnknownCommand {
  word: string
  similar?: string
}

const meant = ({ similar }: UnknownCommand) => (similar === undefined ? '' : ` (Did you mean ${similar}?)`)

/**
 * Returns the one line that stderr gets for `error`; undefined when commander has printed all there is to say (help, version).
 * `command` is the one that was typed, whose help says more: `identity create`, or empty for the program's own.
 */
export function errorLine(error: unknown, command = '', unknownCommand?: UnknownCommand): string | undefined {
  if (!(error instanceof CommanderError)) return `chat-p2p: ${shownName(errorText(error))}`
  if (error.exitCode === 0 || error.code === 'commander.help') return undefined
  const text =
    unknownCommand === undefined
      ? error.message.replace(/^error: /, '').replaceAll('\n', ' ')
      : `unknown command '${unknownCommand.word}'${meant(unknownCommand)}`
  return `chat-p2p: ${shownName(text)} (see ${['chat-p2p', command, '--help'].filter((word) => word !== '').join(' ')})`
}
