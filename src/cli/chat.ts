import type { Command } from 'commander'
import { OverlayError } from '../core/errors.js'
import { heededSignals } from '../core/signals.js'
import type { Identity } from '../sdk/index.js'
import { type DirectFlags, directListenFlag, directOptions, formerDirectFlag, relayOnlyFlag } from './direct-flags.js'
import { programName } from './program-name.js'
import { type Told, throwIfInterrupted } from './until-told.js'

export interface ChatCommandOptions extends DirectFlags {
  /** The identity: a path, a name in ./identities, or a loaded identity. */
  identity: string | Identity
  /** Default `chat-p2p`. */
  service?: string
  verbose?: boolean
  timestamps?: boolean
  messagesOnly?: boolean
  maxTerminators?: number
}

/** Holds what commander makes of the flags. */
interface ChatFlags extends Omit<ChatCommandOptions, 'identity' | 'maxTerminators'> {
  identity?: string
  maxTerminators?: string
}

/** Adds `chat-p2p -i <identity>`, the default action: the chat. */
export function addChatCommand(program: Command): void {
  program
    .option('-i, --identity <identity>', 'who to be: a path, or a name in ./identities')
    .option('-s, --service <service>', 'service to chat on', 'chat-p2p')
    .option('-v, --verbose', 'also say which relays carry a call; errors with their stack')
    .option('--timestamps', 'put the time in front of what happens')
    .option('--messages-only', 'only what others say on stdout, the rest on stderr')
    .option(...relayOnlyFlag)
    .option(...directListenFlag)
    .addOption(formerDirectFlag())
    .option('--max-terminators <n>', 'relays to be reachable through at the same time; default: the service decides')
    .action(async (flags: ChatFlags) => {
      const { identity, maxTerminators, ...rest } = flags
      if (identity === undefined) {
        const name = programName()
        const { identitiesThere } = await import('../identity/identity-lookup.js')
        const there = await identitiesThere()
        const advice =
          there === undefined
            ? `\`${name} setup\` makes some, \`${name} quickstart\` everything`
            : `The identities: ${there}`
        throw new OverlayError('bad_argument', `The chat needs an identity: ${name} -i <identity>. ${advice}.`)
      }
      return runChat({
        ...rest,
        identity,
        ...(maxTerminators === undefined ? {} : { maxTerminators: wholeNumber('--max-terminators', maxTerminators) }),
      })
    })
}

/**
 * Chats on this process's terminal or pipes until the person leaves. Rejects with `canceled` when that was by Ctrl-C or
 * SIGINT, and with what `loadIdentity` and `Context.listen` reject with.
 */
export async function runChat(options: ChatCommandOptions): Promise<void> {
  const [{ startChat }, { createContext }, { loadToRun }] = await Promise.all([
    import('../apps/chat/run.js'),
    import('../sdk/index.js'),
    import('./load-to-run.js'),
  ])
  const identity = typeof options.identity === 'string' ? await loadToRun(options.identity) : options.identity
  const context = await createContext(identity, directOptions(options))
  let told: Told | undefined
  let failure: string | undefined
  let release = () => {}
  try {
    const chat = await startChat(context, {
      service: options.service ?? 'chat-p2p',
      verbose: options.verbose === true,
      timestamps: options.timestamps === true,
      input: process.stdin,
      output: process.stdout,
      ...(options.messagesOnly ? { talk: process.stderr } : {}),
      ...(options.maxTerminators === undefined ? {} : { maxTerminators: options.maxTerminators }),
    })
    release = onSignals((signal) => {
      told = signal
      chat.quit()
    })
    const { how, problems } = await chat.done
    if (how === 'interrupted') told = 'SIGINT'
    failure = describeProblems(problems)
  } finally {
    await context.close()
    release()
  }
  throwIfInterrupted(told)
  if (failure !== undefined) throw new OverlayError('unreachable', failure)
}

/** Returns what a script is told whose lines were not all carried out; undefined when they were. */
function describeProblems([first, ...more]: readonly string[]): string | undefined {
  if (first === undefined) return undefined
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`
  return `Not all of the input was done: ${first}${others}`
}

/** Calls `run` for each signal that asks the program to end; returns what stops that. */
function onSignals(run: (signal: NodeJS.Signals) => void): () => void {
  const signals = heededSignals()
  for (const signal of signals) process.on(signal, run)
  return () => {
    for (const signal of signals) process.off(signal, run)
  }
}

function wholeNumber(option: string, text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number >= 1) return number
  throw new OverlayError('bad_argument', `${option} takes a whole number from 1 on, not '${text}'.`)
}
