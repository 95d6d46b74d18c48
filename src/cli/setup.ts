import path from 'node:path'
import type { Command } from 'commander'
import { OverlayError } from '../core/errors.js'
import { isLoopbackAddress } from '../core/loopback.js'
import { splitList, toNumber } from './flag-values.js'
import { unresolvedNames } from './host-names.js'
import { lookAlikeWarnings } from './look-alikes.js'
import { programName, shellWord } from './program-name.js'
import { planSetupIn, type SetupResult, setupNetwork } from './setup-network.js'
import { authorityName, identityFile, type SetupOptions, type SetupPlan, setupDefaults } from './setup-plan.js'
import { refuseExisting } from './write-files.js'

export { type SetupNetworkOptions, type SetupResult, setupNetwork } from './setup-network.js'

interface SetupFlags {
  dir: string
  interactive?: boolean
  force?: boolean
  networkName?: string
  users?: string
  relays?: string
  relayHost?: string
  relayBasePort?: string
  service?: string
  maxTerminators?: string
}

/** Adds `chat-p2p setup`: makes a network, identities and a service in one go. */
export function addSetupCommand(program: Command): void {
  const of = (name: keyof typeof setupDefaults) => `(default: ${setupDefaults[name]})`
  program
    .command('setup')
    .option('--interactive', 'ask for what no flag says, show the plan, and ask once before writing')
    .option('--dir <dir>', 'folder that gets identities/ and setup/', '.')
    .option('--network-name <name>', `name of the network ${of('networkName')}`)
    .option('--users <names>', `users, separated by commas ${of('users')}`)
    .option('--relays <n>', `how many relays ${of('relays')}, or one for each address`)
    .option('--relay-host <hosts>', `address of the relays, or one for each, separated by commas ${of('relayHosts')}`)
    .option('--relay-base-port <port>', `port of the relays; on one machine the others follow ${of('relayBasePort')}`)
    .option('--service <name>', `name of the service ${of('service')}`)
    .option('--max-terminators <n>', `relays that each host holds its place through ${of('maxTerminators')}`)
    .option('--force', 'replace what is there, keeping a backup')
    .action((flags: SetupFlags) => runSetup(flags))
}

async function runSetup(flags: SetupFlags): Promise<void> {
  const { dir, force = false } = flags
  const given = readFlags(flags)
  const options = flags.interactive ? await askAll(dir, given, force) : given
  if (!flags.interactive) warn(planSetupIn(dir, options, force))
  const result = await uninterrupted(() => setupNetwork({ ...options, dir, force }))
  for (const file of result.files) process.stdout.write(`${path.join(dir, file)}\n`)
  process.stderr.write(`${describeResult(result)}\n`)
  // After the text, so that it stays in sight.
  for (const line of await unresolvedNames(result.relays.map(({ host }) => host))) process.stderr.write(`${line}\n`)
}

/** Asks for what no flag gave, shows the plan and asks once. No, or Ctrl-C: `canceled`, with nothing written. */
async function askAll(dir: string, given: SetupOptions, force: boolean): Promise<SetupOptions> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new OverlayError(
      'bad_argument',
      'setup --interactive needs a terminal; without --interactive every answer has a flag and a default.',
    )
  }
  // Before anybody answers seven questions for nothing.
  const first = planSetupIn(dir, given, force)
  if (!force) refuseExisting(dir, [identityFile(authorityName)])
  // Only here: inquirer takes longer to load than a setup without questions takes to run.
  const { askSetup, confirmSetup, describePlan } = await import('./setup-prompts.js')
  const options = await askSetup(withServiceFile(given, first.writesService ? undefined : first.service))
  const plan = planSetupIn(dir, options, force)
  if (!force) refuseExisting(dir, plan.files)
  process.stderr.write(`\n${describePlan(plan, path.resolve(dir))}\n\n`)
  warn(plan)
  if (!(await confirmSetup())) throw new OverlayError('canceled', 'Nothing was written.')
  return options
}

/** Says which of the planned names can be mistaken for each other. */
function warn({ users, relays }: SetupPlan): void {
  const names = [...users, ...relays.map(({ name }) => name), authorityName]
  for (const warning of lookAlikeWarnings(names)) process.stderr.write(`${warning}\n`)
}

/** Adds what the service file says to the options: it is not asked again, as the answer could only contradict it. */
function withServiceFile(options: SetupOptions, service: { name: string; maxTerminators: number } | undefined) {
  if (service === undefined) return options
  return { ...options, service: service.name, maxTerminators: service.maxTerminators }
}

function readFlags(flags: SetupFlags): SetupOptions {
  const number = (flag: string, text: string | undefined): number | undefined => {
    if (text === undefined) return undefined
    const value = toNumber(text)
    if (Number.isNaN(value)) throw new OverlayError('bad_argument', `${flag} takes a whole number, not '${text}'.`)
    return value
  }
  return {
    networkName: flags.networkName,
    users: flags.users === undefined ? undefined : splitList(flags.users),
    relays: number('--relays', flags.relays),
    relayHosts: flags.relayHost === undefined ? undefined : splitList(flags.relayHost),
    relayBasePort: number('--relay-base-port', flags.relayBasePort),
    service: flags.service,
    maxTerminators: number('--max-terminators', flags.maxTerminators),
  }
}

/**
 * Runs something that no signal ends in between: Ctrl-C between two of the files would leave half of a setup. All of it takes
 * milliseconds.
 */
async function uninterrupted<T>(run: () => Promise<T>): Promise<T> {
  const ignore = () => {}
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, ignore)
  try {
    return await run()
  } finally {
    for (const signal of signals) process.off(signal, ignore)
  }
}

function describeResult(result: SetupResult): string {
  const here = path.resolve(result.dir) === process.cwd()
  const name = programName()
  const identity = (name: string) => shellWord(here ? name : path.join(result.dir, 'identities', `${name}.json`))
  const count = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`
  const lines = [
    `Made the network '${result.networkName}' with ${count(result.relays.length, 'relay')}, ` +
      `${count(result.users.length, 'user')} and the service ${result.service.name}.`,
  ]
  if (result.backup !== undefined) lines.push(`What was there before is in ${result.backup}`)
  if (result.leftovers.length > 0) {
    lines.push(`From another network, and of no use in this one: ${result.leftovers.join(', ')}`)
  }
  lines.push(
    `Whoever holds ${path.join(result.dir, 'identities', 'authority.json')} decides who is a member: keep it offline.`,
    '',
  )
  if (isThisMachine(result.relays)) {
    lines.push(
      'Next, each in a terminal of its own:',
      ...result.relays.map((relay) => `  ${name} relay -i ${identity(relay.name)}`),
    )
  } else lines.push(...relayMachines(result))
  lines.push(...result.users.slice(0, 2).map((user) => `  ${name} -i ${identity(user)}`))
  return lines.join('\n')
}

/** Returns true when nobody else could reach these relays. */
function isThisMachine(relays: SetupResult['relays']): boolean {
  return relays.every(({ multiaddr }) => isLoopbackAddress(multiaddr))
}

/** Says what goes where, machine by machine. */
function relayMachines({ relays, dir }: SetupResult): string[] {
  const hosts = new Map<string, SetupResult['relays']>()
  for (const relay of relays) hosts.set(relay.host, [...(hosts.get(relay.host) ?? []), relay])
  const lines = [
    'Next, on the machines of the relays (nothing but its own identity file goes to each; it stays private):',
  ]
  for (const [host, each] of hosts) {
    const files = each.map(({ name }) => shellWord(path.join(dir, identityFile(name))))
    const ports = each.map(({ port }) => port).join(', ')
    lines.push(
      `  ${host}: open TCP port ${ports} for everybody, and make the folder identities there`,
      `    scp -p ${files.join(' ')} ${host}:identities/`,
      ...each.map(({ name }) => `    ssh ${host} chat-p2p relay -i ${name}`),
    )
  }
  lines.push('  (with --install it becomes a unit of systemd there, and starts with the machine)')
  return [...lines, 'Then, here or wherever the file of a user is:']
}
