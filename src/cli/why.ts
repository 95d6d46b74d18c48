import type { Command } from 'commander'
import type { WhyFlags } from './why-steps.js'

/** Adds `chat-p2p why`: it tells which of the things a call needs holds, and which does not. */
export function addWhyCommand(program: Command): void {
  program
    .command('why')
    .argument('<instance>', 'instance, or instance@service')
    .requiredOption('-i, --identity <identity>', 'who asks: a path, or a name in ./identities')
    .option('--json', 'as JSON: an array of steps')
    .option('--timeout <seconds>', 'how long relays may take to answer', '10')
    .action(async (instance: string, flags: WhyFlags) => {
      const { runWhy } = await import('./why-steps.js')
      await runWhy(instance, flags)
    })
}
