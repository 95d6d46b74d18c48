import inquirer from 'inquirer'
import { errorText, OverlayError } from '../core/errors.js'
import { splitList, toNumber } from './flag-values.js'
import { planSetup, type SetupOptions, type SetupPlan, setupDefaults } from './setup-plan.js'

// Talk goes to stderr, as everywhere, so that stdout holds nothing but the names of the files.
const ask = inquirer.createPromptModule({ input: process.stdin, output: process.stderr })

/** Asks for everything the flags left open; each answer is checked against all that is known by then. Ctrl-C: `canceled`. */
export async function askSetup(given: SetupOptions): Promise<SetupOptions> {
  const options = { ...given }
  const question = async <Field extends keyof typeof setupDefaults>(
    field: Field,
    message: string,
    read: (answer: string) => SetupOptions[Field],
  ): Promise<void> => {
    if (options[field] !== undefined) return
    const { answer } = await interruptible(
      ask([
        {
          type: 'input' as const,
          name: 'answer',
          message,
          default: String(setupDefaults[field]),
          validate: (text: string) => verdict({ ...options, [field]: read(text) }),
        },
      ]),
    )
    options[field] = read(answer)
  }
  const text = (answer: string) => answer.trim()
  await question('networkName', 'Name of the network', text)
  await question('users', 'Users, separated by commas', splitList)
  // As many as there are addresses, when these were given.
  if (options.relays === undefined && (options.relayHosts?.length ?? 0) > 1) options.relays = options.relayHosts!.length
  await question('relays', 'Number of relays', toNumber)
  options.relayHosts ??= await askHosts(options)
  const several = new Set(options.relayHosts).size > 1
  await question('relayBasePort', several ? 'Port of the relays' : 'Port of the first relay', toNumber)
  await question('service', 'Name of the service', text)
  await question('maxTerminators', 'Relays that each host holds its place through', toNumber)
  return { ...options, passphrase: await askPassphrase() }
}

/** Asks for the passphrase that locks the authority's key, typed twice; undefined for none. */
async function askPassphrase(): Promise<string | undefined> {
  const unseen = async (message: string, validate: (text: string) => true | string) => {
    const { answer } = await interruptible(ask([{ type: 'password' as const, name: 'answer', message, validate }]))
    return answer
  }
  const first = await unseen("Passphrase for the authority's key (Enter for none)", () => true)
  if (first === '') return undefined
  return unseen('The same again', (text) => text === first || 'That is another one; Ctrl-C to stop.')
}

/** Asks for one address for each relay, as each usually is on a machine of its own; this machine's own is for all of them. */
async function askHosts(options: SetupOptions): Promise<string[]> {
  const hosts: string[] = []
  const count = options.relays ?? setupDefaults.relays
  for (let number = 1; number <= count; number++) {
    const { answer } = await interruptible(
      ask([
        {
          type: 'input' as const,
          name: 'answer',
          message: count === 1 ? 'Address of the relay' : `Address of relay${number}`,
          default: hosts.at(-1) ?? setupDefaults.relayHosts[0],
          validate: (text: string) => verdict({ ...options, relayHosts: [text.trim()] }),
        },
      ]),
    )
    hosts.push(answer.trim())
    if (/^(127\.|::1$|localhost$)/i.test(hosts[0]!)) break
  }
  return hosts
}

/** Returns inquirer's form of a check: true, or what is wrong. */
function verdict(options: SetupOptions): true | string {
  try {
    // While nobody has said how many relays, it is one: what that contradicts, any number would.
    planSetup({ ...options, relays: options.relays ?? 1 })
    return true
  } catch (error) {
    return errorText(error)
  }
}

/** Asks the one question that counts. */
export async function confirmSetup(): Promise<boolean> {
  const { answer } = await interruptible(
    ask([{ type: 'confirm' as const, name: 'answer', message: 'Write these files?', default: true }]),
  )
  return answer
}

/** Describes what is going to be made, for a person to read before it is. */
export function describePlan(plan: SetupPlan, dir: string): string {
  const { service } = plan
  const policy = ({ roles, semantic }: typeof service.bind) => `${roles.join(', ') || 'nobody'} (${semantic})`
  return [
    `network  ${plan.networkName}`,
    `users    ${plan.users.join(', ')}`,
    ...plan.relays.map(({ name, multiaddr }) => `relay    ${name} at ${multiaddr}`),
    `service  ${service.name}: bind ${policy(service.bind)}, dial ${policy(service.dial)}, ` +
      `up to ${service.maxTerminators} terminators per host${plan.writesService ? '' : ' (as setup/service.json says)'}`,
    ...(plan.passphrase === undefined ? [] : ["locked   the authority's key, with a passphrase"]),
    `files    in ${dir}:`,
    ...plan.files.map((file) => `           ${file}`),
  ].join('\n')
}

/** What `ask` returns: the answers, and a way to take the questions back. */
type Asked<T> = Promise<T> & { ui: { close(): void } }

/** Waits for the answer. Rejects with `canceled` after Ctrl-C, and after Ctrl-D on an empty line, of which inquirer says nothing. */
async function interruptible<T>(question: Asked<T>): Promise<T> {
  const onKey = (_: unknown, key?: { ctrl?: boolean; name?: string }) => {
    if (key?.ctrl !== true || key.name !== 'd') return
    // Readline has closed then, and reads no more; on a line with text, Ctrl-D is another key for Delete.
    setImmediate(() => {
      if (process.stdin.isPaused()) question.ui.close()
    })
  }
  process.stdin.on('keypress', onKey)
  try {
    return await question
  } catch (error) {
    if (error instanceof Error && ['ExitPromptError', 'AbortPromptError'].includes(error.name)) {
      throw new OverlayError('canceled', 'Interrupted; nothing was written.')
    }
    throw error
  } finally {
    process.stdin.off('keypress', onKey)
  }
}
