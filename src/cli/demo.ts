import type { Command } from 'commander'

/** Adds `chat-p2p demo`: the quickstart without a person, with real processes in a temporary folder. */
export function addDemoCommand(program: Command): void {
  program.command('demo').action(async () => {
    const { runDemo } = await import('./demo-run.js')
    await runDemo()
  })
}
