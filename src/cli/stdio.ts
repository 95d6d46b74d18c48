import type { Command } from 'commander'
import { OverlayError } from '../core/errors.js'
import { heededSignals } from '../core/signals.js'
import { type DirectFlags, directListenFlag, directOptions, formerDirectFlag, relayOnlyFlag } from './direct-flags.js'
import { graceFlag, readGrace } from './flag-values.js'
import { createLog } from './log.js'
import { type Told, throwIfInterrupted } from './until-told.js'

interface StdioFlags extends DirectFlags {
  identity: string
  grace?: string
  verbose?: boolean
}

/** Adds `chat-p2p stdio`: a connection on standard input and output, as ssh's ProxyCommand wants it. */
export function addStdioCommand(program: Command): void {
  program
    .command('stdio')
    .argument('<service>', 'name of the service')
    .argument('<instance>', "which host; in ssh's ProxyCommand, %h")
    .requiredOption('-i, --identity <identity>', 'who to be: a path, or a name in ./identities')
    .option(...graceFlag)
    .option(...relayOnlyFlag)
    .option(...directListenFlag)
    .addOption(formerDirectFlag())
    .option('-v, --verbose', 'also say which relay carries it; errors with their stack')
    .action((service: string, instance: string, flags: StdioFlags) => runStdioCommand(service, instance, flags))
}

async function runStdioCommand(service: string, instanceId: string, flags: StdioFlags): Promise<void> {
  const sessionGrace = readGrace(flags.grace)
  const leave = new AbortController()
  let told: Told | undefined
  const onSignal = (signal: NodeJS.Signals) => {
    told = signal
    leave.abort(new OverlayError('canceled', `stopped by ${signal}`))
  }
  for (const signal of heededSignals()) process.on(signal, onSignal)
  const [{ runStdio }, { logPaths, PathTrail }, { createContext }, { loadToRun }] = await Promise.all([
    import('../apps/forward/stdio.js'),
    import('../apps/forward/carried.js'),
    import('../sdk/index.js'),
    import('./load-to-run.js'),
  ])
  // What goes wrong with the output ends the session in order, and is said by it.
  process.stdout.removeAllListeners('error')
  const identity = await loadToRun(flags.identity)
  const context = await createContext(identity, directOptions(flags))
  const isSeen = flags.verbose || process.stderr.isTTY
  if (isSeen) context.on('warning', ({ message }) => process.stderr.write(`${message}\n`))
  try {
    await runStdio(context, service, instanceId, {
      input: process.stdin,
      output: process.stdout,
      leave: leave.signal,
      ...(sessionGrace === undefined ? {} : { sessionGrace }),
      onConnected: (connection) => {
        if (!flags.verbose) return
        const log = createLog(identity.name)
        log('INFO', `connected to ${instanceId}, via ${new PathTrail(connection)}`)
        logPaths(connection, instanceId, log)
      },
    })
  } finally {
    await context.close()
  }
  throwIfInterrupted(told)
}
