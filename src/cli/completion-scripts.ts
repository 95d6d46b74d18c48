import { fishScript } from './completion-fish.js'
import { bashScript, zshScript } from './completion-posix.js'
import type { CompletionWords } from './completion-words.js'

export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

/** Returns the script that teaches a shell to complete the program. It is fast, as it holds all words and starts nothing. */
export function completionScript(shell: Shell, words: CompletionWords): string {
  return { bash: bashScript, zsh: zshScript, fish: fishScript }[shell](words)
}

/*
 * All three walk the words before the cursor in the same way: an option that takes a value swallows the next word; another word
 * is a subcommand when the command so far has one of that name, and otherwise an argument. Then they offer the values of the
 * option before the cursor, or options after a dash, or subcommands and the argument that is due. Names from ./identities are
 * compared by the shell itself, never expanded: a file name is not a command.
 */
