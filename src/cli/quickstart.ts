import type { Command } from 'commander'
import type { QuickstartFlags } from './quickstart-run.js'

/** Adds `chat-p2p quickstart [user]`: everything on this machine, in one terminal. */
export function addQuickstartCommand(program: Command): void {
  program
    .command('quickstart')
    .argument('[user]', 'who to be', 'user1')
    .option('-v, --verbose', 'also show path changes')
    .option('--timestamps', 'show when each line came')
    .action(async (user: string, flags: QuickstartFlags) => {
      const { runQuickstart } = await import('./quickstart-run.js')
      await runQuickstart(user, flags)
    })
}
