import type { Command } from 'commander'

/** Adds `chat-p2p identity`. */
export function addIdentityCommand(program: Command): void {
  program.command('identity')
}
