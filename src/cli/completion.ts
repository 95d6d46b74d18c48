import { Argument, type Command } from 'commander'
import { completionScript, type Shell, shells } from './completion-scripts.js'
import { completionWords } from './completion-words.js'

/** Adds `chat-p2p completion`: a script for a shell, made from the commands as they are. */
export function addCompletionCommand(program: Command, whole: () => Promise<Command>): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .addHelpText(
      'after',
      `
To use it now, and in every new shell when put into its start-up file:
  bash  eval "$(chat-p2p completion bash)"
  zsh   eval "$(chat-p2p completion zsh)"
  fish  chat-p2p completion fish | source`,
    )
    .action(async (shell: Shell) => {
      process.stdout.write(completionScript(shell, completionWords(await whole())))
    })
}
