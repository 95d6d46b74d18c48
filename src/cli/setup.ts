import type { Command } from 'commander'

/** Adds `chat-p2p setup`. */
export function addSetupCommand(program: Command): void {
  program.command('setup')
}
