import type { Command } from 'commander'
import type { ProbeIntervals } from '../apps/forward/health.js'
import { OverlayError } from '../core/errors.js'
import { defaultMaxConnections, targetProbeMs } from '../core/limits.js'
import { type DirectFlags, directListenFlag, directOptions, formerDirectFlag, relayOnlyFlag } from './direct-flags.js'
import { collect, graceFlag, readGrace, toNumber } from './flag-values.js'
import type { HostInstallFlags } from './host-install.js'
import { addInstallFlags, checkInstallFlags } from './install-flags.js'
import { createLog } from './log.js'
import { logContext } from './log-context.js'
import { programName, shellWord } from './program-name.js'
import { runUntilTold } from './until-told.js'

interface HostFlags extends DirectFlags, HostInstallFlags {
  grace?: string
  to?: string
  allow?: string[] | true
  maxConnections: string
  maxPerCaller?: string
  quota?: string[]
  proxyProtocol?: boolean
  healthInterval?: string
  maxTerminators?: string
  cost: string
  precedence: string
}

/** Adds `chat-p2p host`: offers a TCP endpoint of this machine, or one it can reach, as an instance of a service. */
export function addHostCommand(program: Command): void {
  const command = program
    .command('host')
    .argument('<service>', 'name of the service')
    .requiredOption('-i, --identity <identity>', 'who to be: a path, or a name in ./identities')
    .option('--to <host:port>', 'where each connection goes; a port alone is one of this machine; or unix:<path>')
    .option('--instance <id>', "instance id to be reached under (default: the identity's name)")
    .option(
      '--allow [who]',
      "only these callers, of those the policy permits: an identity, or '#role' (repeatable)",
      collect,
    )
    .option(
      '--max-connections <n>',
      'connections at the same time; further callers are told that it is busy',
      String(defaultMaxConnections),
    )
    .option('--max-per-caller <n>', 'of those, for one caller (default: one more while it has fewer than are free)')
    .option(
      '--proxy-protocol',
      "begin each connection with a PROXY protocol v2 header that names the caller's identity",
    )
    .option(
      '--health-interval <seconds>',
      'probe the target this often; 0 for never (default: only when it took no call, until it does)',
    )
    .option(
      '--quota <name=n>',
      'what one caller or address may take, for example dials=10; 0: no limit (repeatable); see docs/reference.md',
      collect,
    )
    .option('--max-terminators <n>', 'relays to be reachable through at the same time (default: the service decides)')
    .option('--cost <n>', '0 to 65535; among hosts that a caller can choose from, lower is preferred', '0')
    .option(
      '--precedence <band>',
      "'required' before 'default' before 'failed', whatever the cost; 'failed' makes it a spare",
      'default',
    )
    .option(...graceFlag)
    .option(...relayOnlyFlag)
    .option(...directListenFlag)
    .addOption(formerDirectFlag())
  addInstallFlags(command).action((service: string, flags: HostFlags) => runHostCommand(service, flags, command))
}

async function runHostCommand(service: string, flags: HostFlags, command: Command): Promise<void> {
  checkInstallFlags(flags)
  if (flags.uninstall) return (await import('./host-install.js')).uninstallHost(service, flags)
  const { to } = flags
  if (to === undefined) {
    throw new OverlayError('bad_argument', 'host takes --to <host:port>: where each connection goes.')
  }
  // Loaded when needed: libp2p takes a moment, and `chat-p2p --help` should not wait for it.
  const [
    { runHost },
    { parseAllowList },
    { formatEndpoint, parseEndpoint },
    { maxCost },
    { precedences },
    { Reach },
    { createContext },
    { loadToRun },
    { readWho },
    { hostQuotaNames, parseQuotas },
  ] = await Promise.all([
    import('../apps/forward/host.js'),
    import('../apps/forward/allow.js'),
    import('../apps/forward/endpoint.js'),
    import('../identity/terminator.js'),
    import('../wire/precedence.js'),
    import('../apps/chat/reach.js'),
    import('../sdk/index.js'),
    import('./load-to-run.js'),
    import('./service-flags.js'),
    import('../net/quotas.js'),
  ])
  const target = parseEndpoint(to, '--to', { lowestPort: 1 })
  const allow = parseAllowList(readWho('--allow', flags.allow ?? []))
  const maxConnections = wholeNumber('--max-connections', flags.maxConnections, 1)
  const maxPerCaller =
    flags.maxPerCaller === undefined ? undefined : wholeNumber('--max-per-caller', flags.maxPerCaller, 1)
  const probes = readProbes(flags.healthInterval)
  const maxTerminators =
    flags.maxTerminators === undefined ? undefined : wholeNumber('--max-terminators', flags.maxTerminators, 1)
  const sessionGrace = readGrace(flags.grace)
  const cost = wholeNumber('--cost', flags.cost, 0, maxCost)
  const precedence = precedences.find((each) => each === flags.precedence)
  if (precedence === undefined) {
    throw new OverlayError('bad_argument', `--precedence takes ${precedences.join(', ')}, not '${flags.precedence}'.`)
  }
  const quotas = parseQuotas(flags.quota ?? [], hostQuotaNames)
  // What is wrong with the command line is said now, not in a journal.
  if (flags.install) return (await import('./host-install.js')).installHost(service, target, flags, command)
  const identity = await loadToRun(flags.identity)
  const instanceId = flags.instance ?? identity.name
  const context = await createContext(identity, { ...directOptions(flags), quotas })
  const log = createLog(identity.name)
  logContext(context, log)
  const reach = new Reach(false)
  const say = (level: 'INFO' | 'WARNING') => () => {
    for (const line of reach.update(context.relays())) log(level, line)
  }
  context.on('relay:up', say('INFO')).on('relay:down', say('WARNING'))
  try {
    await runUntilTold(
      (over) =>
        runHost(context, service, {
          target,
          instanceId,
          allow,
          maxConnections,
          ...(maxPerCaller === undefined ? {} : { maxPerCaller }),
          proxyProtocol: flags.proxyProtocol === true,
          probes,
          ...(maxTerminators === undefined ? {} : { maxTerminators }),
          cost,
          ...(sessionGrace === undefined ? {} : { sessionGrace }),
          precedence,
          signal: over,
          log,
          onReady: () => {
            log('INFO', `${formatEndpoint(target)} is ${instanceId}@${service}; others reach it with:`)
            log(
              'INFO',
              `  ${programName()} forward ${shellWord(service)} ${shellWord(instanceId)} --listen 127.0.0.1:0 -i <identity>`,
            )
            process.send?.({ ready: true })
          },
        }),
      { log },
    )
  } finally {
    await context.close()
  }
}

/** Reads `--health-interval`. Without it a target that works is not probed: it may take one connection in its life, or log each. */
function readProbes(interval: string | undefined): ProbeIntervals {
  const never = Number.POSITIVE_INFINITY
  if (interval === undefined) return { upMs: never, downMs: targetProbeMs }
  const seconds = wholeNumber('--health-interval', interval, 0)
  return seconds === 0 ? { upMs: never, downMs: never } : { upMs: seconds * 1000, downMs: targetProbeMs }
}

function wholeNumber(option: string, text: string, least: number, most = Number.MAX_SAFE_INTEGER): number {
  const number = toNumber(text)
  if (number >= least && number <= most) return number
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least} on` : `from ${least} to ${most}`
  throw new OverlayError('bad_argument', `${option} takes a whole number ${range}, not '${text}'.`)
}
