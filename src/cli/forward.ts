import type { Command } from 'commander'
import { errorText } from '../core/errors.js'
import type { Context } from '../sdk/index.js'
import { type DirectFlags, directListenFlag, directOptions, formerDirectFlag, relayOnlyFlag } from './direct-flags.js'
import { graceFlag, readGrace } from './flag-values.js'
import { createLog, type Log } from './log.js'
import { logContext } from './log-context.js'
import { runUntilTold } from './until-told.js'

interface ForwardFlags extends DirectFlags {
  identity: string
  grace?: string
  listen: string
}

/** Adds `chat-p2p forward`: a local port that leads to an instance of a service. */
export function addForwardCommand(program: Command): void {
  program
    .command('forward')
    .argument('<service>', 'name of the service')
    .argument('[instance]', "which host; without it the service's strategy chooses for each connection")
    .requiredOption('-i, --identity <identity>', 'who to be: a path, or a name in ./identities')
    .requiredOption(
      '--listen <host:port>',
      'where to listen; a port alone is on 127.0.0.1, port 0 is any free one; or unix:<path>',
    )
    .option(...graceFlag)
    .option(...relayOnlyFlag)
    .option(...directListenFlag)
    .addOption(formerDirectFlag())
    .action((service: string, instance: string | undefined, flags: ForwardFlags) =>
      runForwardCommand(service, instance, flags),
    )
}

async function runForwardCommand(service: string, instanceId: string | undefined, flags: ForwardFlags): Promise<void> {
  // Loaded when needed: libp2p takes a moment, and `chat-p2p --help` should not wait for it.
  const [{ runForward }, { formatEndpoint, parseEndpoint }, { isLoopback }, { createContext }, { loadToRun }] =
    await Promise.all([
      import('../apps/forward/forward.js'),
      import('../apps/forward/endpoint.js'),
      import('../apps/forward/host-port.js'),
      import('../sdk/index.js'),
      import('./load-to-run.js'),
    ])
  const sessionGrace = readGrace(flags.grace)
  const listen = parseEndpoint(flags.listen, '--listen')
  const identity = await loadToRun(flags.identity)
  const context = await createContext(identity, directOptions(flags))
  const log = createLog(identity.name)
  logContext(context, log)
  const { whyRefused } = await import('./dial-refusal.js')
  const refused = whyRefused(identity, service)
  if (refused !== undefined) log('WARNING', refused)
  try {
    await runUntilTold(
      (over) =>
        runForward(context, service, {
          listen,
          ...(sessionGrace === undefined ? {} : { sessionGrace }),
          ...(instanceId === undefined ? {} : { instanceId }),
          signal: over,
          log,
          onReady: (address) => {
            process.stdout.write(`${formatEndpoint(address)}\n`)
            log(
              'INFO',
              `${formatEndpoint(address)} ${refused === undefined ? 'leads' : 'would lead'} to ${instanceId ?? 'any instance'} of ${service}`,
            )
            if ('host' in address && !isLoopback(address.host)) {
              log('WARNING', `whoever can reach ${formatEndpoint(address)} acts as ${identity.name}`)
            }
            process.send?.({ ready: true })
            void lookAhead(context, service, instanceId, over, log)
          },
        }),
      { log },
    )
  } finally {
    await context.close()
  }
}

/** Says early what every connection would run into; the host, or a relay, may still come. */
async function lookAhead(
  context: Context,
  service: string,
  instanceId: string | undefined,
  signal: AbortSignal,
  log: Log,
): Promise<void> {
  try {
    await context.ready({ timeout: 10_000, signal })
    if (instanceId !== undefined) await context.whois(service, instanceId, { signal })
  } catch (error) {
    if (!signal.aborted) log('WARNING', `not now: ${errorText(error)}`)
  }
}
