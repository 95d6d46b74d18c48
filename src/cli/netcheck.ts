import type { Command } from 'commander'
import type { NetcheckFlags } from './netcheck-steps.js'

/** Adds `chat-p2p netcheck`: what the network that this machine is in allows. */
export function addNetcheckCommand(program: Command): void {
  program
    .command('netcheck')
    .requiredOption('-i, --identity <identity>', 'who asks: a path, or a name in ./identities')
    .option('--json', 'as JSON: an array of findings')
    .option('--timeout <seconds>', 'how long relays may take to answer', '5')
    .action(async (flags: NetcheckFlags) => {
      const { runNetcheck } = await import('./netcheck-steps.js')
      await runNetcheck(flags)
    })
}
