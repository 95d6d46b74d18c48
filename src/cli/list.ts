import { once } from 'node:events'
import type { Command } from 'commander'
import { OverlayError } from '../core/errors.js'
import { shownJson, shownName } from '../core/text.js'
import type { Context, DirectoryEvent, Instance, InstanceHost } from '../sdk/types.js'
import { hostMarks } from './host-marks.js'
import { jsonArray, listPages } from './list-pages.js'
import { runUntilTold } from './until-told.js'

interface ListCommandOptions {
  identity: string
  json?: boolean
  watch?: boolean
  timeout: string
}

/** Adds `chat-p2p list`: who offers a service, once or as it changes. */
export function addListCommand(program: Command): void {
  program
    .command('list')
    .argument('[service]', 'name of the service', 'chat-p2p')
    .requiredOption('-i, --identity <identity>', 'a path, or a name in ./identities')
    .option('--json', 'one JSON array; with --watch one JSON object per line')
    .option('--watch', 'go on and show every change until interrupted')
    .option('--timeout <seconds>', 'give up when no relay answers', '10')
    .action((service: string, options: ListCommandOptions) => runList(service, options))
}

async function runList(service: string, options: ListCommandOptions): Promise<void> {
  const timeout = Number(options.timeout) * 1000
  if (!(timeout > 0)) throw new OverlayError('bad_argument', `--timeout takes seconds, not '${options.timeout}'.`)
  const { createContext } = await import('../sdk/index.js') // libp2p takes a moment to load
  const { sayingWhoIsTried } = await import('./tried-relays.js')
  const context = await createContext(options.identity)
  context.on('warning', ({ message }) => process.stderr.write(`${message}\n`))
  try {
    await sayingWhoIsTried(context.ready({ timeout }), () => context.relays())
    if (options.watch) await watch(context, service, options.json === true)
    else await list(context, service, options.json === true)
  } finally {
    await context.close()
  }
}

async function list(context: Context, service: string, json: boolean): Promise<void> {
  const pages = listPages(context, service)
  if (json) {
    for await (const part of jsonArray(pages, (value) => shownJson(value, 2))) await print(part)
    return
  }
  let none = true
  for await (const instances of pages) {
    if (instances.length === 0) continue
    none = false
    await print(`${instances.map(describe).join('\n')}\n`)
  }
  if (none) console.error(`Nobody offers '${service}' at the moment.`)
}

/** Prints, and waits for a reader that is slow: what it has not read would be kept in memory. */
async function print(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
}

async function watch(context: Context, service: string, json: boolean): Promise<void> {
  await runUntilTold(async (signal) => {
    for await (const event of context.watch(service, { signal })) {
      console.log(json ? shownJson(event) : describeEvent(event))
    }
  })
}

function describeEvent(event: DirectoryEvent): string {
  if (event.type === 'left') {
    const seen = event.lastSeenMs === undefined ? '' : `  (last seen ${utc(event.lastSeenMs)})`
    return `left     ${shownName(event.instanceId)}${seen}`
  }
  return `${event.type.padEnd(8)} ${describe(event.instance)}`
}

/** Describes an instance in one line, and one more for each host where there are several. */
function describe(instance: Instance): string {
  const { instanceId, hostCount, hosts } = instance
  const name = shownName(instanceId)
  if (hosts.length === 0) {
    const as = instance.identityName === instanceId ? [] : [`identity ${shownName(instance.identityName)}`]
    return `${name}  (${describeHost(instance, as)})`
  }
  const lines = hosts.map(
    (host) => `  ${shownName(host.identityName)}  (${describeHost(host, [shownName(host.peerId)])})`,
  )
  if (hostCount > hosts.length) lines.push(`  … and ${hostCount - hosts.length} more`)
  return [`${name}  (${plural(instance.terminators, 'terminator')} of ${hostCount} identities)`, ...lines].join('\n')
}

function describeHost(host: InstanceHost, as: readonly string[]): string {
  return [plural(host.terminators, 'terminator'), `since ${utc(host.sinceMs)}`, ...as, ...hostMarks(host)].join(', ')
}

const plural = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`
const utc = (atMs: number) => `${new Date(atMs).toISOString().replace('T', ' ').slice(0, 19)} UTC`
