import inquirer from 'inquirer'
import { checkNetworkName, checkServiceName } from '../core/address.js'
import { errorText, OverlayError } from '../core/errors.js'
import {
  checkBasePort,
  checkMaxTerminators,
  checkRelayCount,
  checkUsers,
  hostAddress,
  type SetupOptions,
  type SetupPlan,
  setupDefaults,
} from './setup-plan.js'

/** `user1, user2` as typed by a person or given with `--users`. */
export function splitList(text: string): string[] {
  return text.trim() === '' ? [] : text.split(',').map((part) => part.trim())
}

/** `Number('')` is 0 and `Number('1e3')` is 1000; nobody means either. */
export function toNumber(text: string): number {
  return /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN
}

/** inquirer's answer to a check: true, or what is wrong. */
function verdict(check: () => unknown): true | string {
  try {
    check()
    return true
  } catch (error) {
    return errorText(error)
  }
}

// Talk goes to stderr, as everywhere, so that stdout holds nothing but the names of the files.
const ask = inquirer.createPromptModule({ input: process.stdin, output: process.stderr })

/** Asks for everything the flags left open. Rejects with `canceled` on Ctrl-C. */
export async function askSetup(given: SetupOptions): Promise<SetupOptions> {
  const options = { ...given }
  const text = async (message: string, preset: string, check: (answer: string) => unknown): Promise<string> => {
    const question = { type: 'input' as const, name: 'answer', message, default: preset }
    const { answer } = await interruptible(
      ask([{ ...question, validate: (text: string) => verdict(() => check(text)) }]),
    )
    return answer
  }
  const number = async (message: string, preset: number, check: (count: number) => number): Promise<number> =>
    toNumber(await text(message, String(preset), (answer) => check(toNumber(answer))))

  options.networkName ??= await text('Name of the network', setupDefaults.networkName, checkNetworkName)
  options.users ??= splitList(
    await text('Users, separated by commas', setupDefaults.users.join(','), (answer) => checkUsers(splitList(answer))),
  )
  options.relays ??= await number('Number of relays', setupDefaults.relays, checkRelayCount)
  options.relayHost ??= await text('Address of the relays', setupDefaults.relayHost, hostAddress)
  const count = options.relays
  options.relayBasePort ??= await number('Port of the first relay', setupDefaults.relayBasePort, (port) =>
    checkBasePort(port, count),
  )
  options.service ??= await text('Name of the service', setupDefaults.service, checkServiceName)
  options.maxTerminators ??= await number(
    'Relays that each host holds its place through',
    setupDefaults.maxTerminators,
    checkMaxTerminators,
  )
  return options
}

/** Asks the one question that counts. */
export async function confirmSetup(): Promise<boolean> {
  const { answer } = await interruptible(
    ask([{ type: 'confirm' as const, name: 'answer', message: 'Write these files?', default: true }]),
  )
  return answer
}

/** What is going to be made, for a person to read before it is. */
export function describePlan(plan: SetupPlan, dir: string): string {
  const { service } = plan
  const policy = ({ roles, semantic }: typeof service.bind) => `${roles.join(', ') || 'nobody'} (${semantic})`
  return [
    `network  ${plan.networkName}`,
    `users    ${plan.users.join(', ')}`,
    ...plan.relays.map(({ name, multiaddr }) => `relay    ${name} at ${multiaddr}`),
    `service  ${service.name}: bind ${policy(service.bind)}, dial ${policy(service.dial)}, ` +
      `up to ${service.maxTerminators} terminators per host${plan.writesService ? '' : ' (as setup/service.json says)'}`,
    `files    in ${dir}:`,
    ...plan.files.map((file) => `           ${file}`),
  ].join('\n')
}

async function interruptible<T>(question: Promise<T>): Promise<T> {
  try {
    return await question
  } catch (error) {
    if (error instanceof Error && error.name === 'ExitPromptError') {
      throw new OverlayError('canceled', 'Interrupted; nothing was written.')
    }
    throw error
  }
}
