import type { Command } from 'commander'
import { errorText } from '../core/errors.js'
import { createLog } from './log.js'
import { logContext } from './log-context.js'
import { runUntilTold } from './until-told.js'

/** Adds `chat-p2p echo`: somebody to talk to, for trying things out. */
export function addEchoCommand(program: Command): void {
  program
    .command('echo')
    .requiredOption('-i, --identity <identity>', 'who to be: a path, or a name in ./identities')
    .option('-s, --service <service>', 'service to chat on', 'chat-p2p')
    .action((options: { identity: string; service: string }) => runEchoCommand(options))
}

async function runEchoCommand(options: { identity: string; service: string }): Promise<void> {
  const [{ runEcho }, { createContext }, { loadToRun }] = await Promise.all([
    import('../apps/chat/echo.js'),
    import('../sdk/index.js'),
    import('./load-to-run.js'),
  ])
  const identity = await loadToRun(options.identity)
  const context = await createContext(identity)
  const log = createLog(identity.name)
  logContext(context, log)
  try {
    await runUntilTold(
      (over) =>
        runEcho(context, options.service, {
          signal: over,
          onReady: () => {
            log('INFO', `repeating what is said on ${options.service}`)
            process.send?.({ ready: true })
          },
          onSuspended: (reason) =>
            reason === undefined
              ? log('INFO', 'offered again')
              : log('WARNING', `not offered for now: ${errorText(reason)}`),
          onCall: ({ name, happened }) => log('INFO', `${name} ${happened}`),
        }),
      { log },
    )
  } finally {
    await context.close()
  }
}
