import type { Command } from 'commander'

/** Adds `chat-p2p network`. */
export function addNetworkCommand(program: Command): void {
  program.command('network')
}
