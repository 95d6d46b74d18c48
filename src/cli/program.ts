import { readFileSync } from 'node:fs'
import { Command, CommanderError, type Option } from 'commander'
import { isOverlayError } from '../core/errors.js'
import { fileLimitText } from '../core/file-limit.js'
import { allowExposedVariable } from '../core/private-file.js'
import { addChatCommand } from './chat.js'
import { addCompletionCommand } from './completion.js'
import { addDemoCommand } from './demo.js'
import { addEchoCommand } from './echo.js'
import { errorLine, exitCodeOf, exitCodes } from './exit.js'
import { addForwardCommand } from './forward.js'
import { addHostCommand } from './host.js'
import { addIdentityCommand } from './identity.js'
import { addListCommand } from './list.js'
import { addNetworkCommand } from './network.js'
import { addQuickstartCommand } from './quickstart.js'
import { addRelayCommand } from './relay.js'
import { addRendezvousCommand, fromGoFlags } from './rendezvous.js'
import { addSetupCommand } from './setup.js'
import { addStdioCommand } from './stdio.js'
import { addWhyCommand } from './why.js'

/** The whole command line. Each command parses, calls one function and prints; errors are thrown, see `run`. */
export function createProgram(): Command {
  const program = new Command('chat-p2p')
    .description(
      'Chat, or offer any TCP service, by name: many hosts behind one service, reached through any of several relays.',
    )
    .version(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version, '--version')
    .enablePositionalOptions() // so that -i before a command and -i after it are not the same option
    .exitOverride()
    // Silent here: run() prints the one line.
    .configureOutput({ outputError: () => {} })

  addChatCommand(program)
  addQuickstartCommand(program)
  addDemoCommand(program)
  addSetupCommand(program)
  addRelayCommand(program)
  addListCommand(program)
  addEchoCommand(program)
  addIdentityCommand(program)
  addNetworkCommand(program)
  addHostCommand(program)
  addForwardCommand(program)
  addStdioCommand(program)
  addRendezvousCommand(program)
  addWhyCommand(program)
  addCompletionCommand(program)

  addShared(program)
  return program
}

/** What means the same wherever it is typed, or stands in the environment. */
function addShared(command: Command): void {
  const option = (long: string) => command.options.find((each) => each.long === long)
  fromEnvironment(command, option('--dir'), 'CHAT_P2P_DIR')
  if (option('--identity') !== undefined) {
    fromEnvironment(command, option('--identity'), 'CHAT_P2P_IDENTITY')
    command.option('--allow-exposed-identity', 'take an identity file that others can read')
  }
  if (option('--verbose') === undefined) command.option('-v, --verbose', 'say more; errors with their stack')
  for (const child of command.commands) addShared(child)
}

/** Commander reads a variable only of options that had one when they were added. */
function fromEnvironment(command: Command, option: Option | undefined, variable: string): void {
  if (option === undefined) return
  option.env(variable) // for the help
  const value = process.env[variable]
  if (value) command.setOptionValueWithSource(option.attributeName(), value, 'env')
}

/**
 * Runs one command line and returns the exit code. What goes wrong is one line on stderr, with `-v` its stack as well.
 * `onCommand` is called with the command (`identity create`; empty for the chat) before it does anything.
 */
export async function run(args: readonly string[], onCommand: (command: string) => void = () => {}): Promise<number> {
  const program = createProgram()
  let verbose = false
  program.hook('preAction', (_, command) => {
    const flags = command.optsWithGlobals()
    verbose = flags.verbose === true
    if (flags.allowExposedIdentity === true) process.env[allowExposedVariable] = '1'
    onCommand(pathOf(command))
  })
  try {
    await program.parseAsync(fromGoFlags(args), { from: 'user' })
    return exitCodes.done
  } catch (error) {
    const line = fileLimitLine(error) ?? errorLine(error, unknownCommand(error, program))
    if (line !== undefined) process.stderr.write(`${line}\n`)
    const expected = error instanceof CommanderError || isOverlayError(error, 'canceled')
    if (verbose && !expected) process.stderr.write(`${stackOf(error)}\n`)
    return exitCodeOf(error)
  }
}

/** At the limit everything fails in its own words: a module is "not found", a name can't be looked up. */
function fileLimitLine(error: unknown): string | undefined {
  if (error instanceof CommanderError) return undefined
  const text = fileLimitText()
  return text === undefined ? undefined : `chat-p2p: ${text}`
}

/** `identity create`; empty for the program itself. */
function pathOf(command: Command): string {
  return command.parent === null ? '' : `${pathOf(command.parent)} ${command.name()}`.trim()
}

/** A word that is no command looks to commander like an argument too many of the default action. */
function unknownCommand(error: unknown, program: Command): string | undefined {
  const [word] = program.args
  if (!(error instanceof CommanderError) || error.code !== 'commander.excessArguments') return undefined
  return program.commands.some((command) => command.name() === word) ? undefined : word
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const own = error.stack ?? error.message
  return error.cause === undefined ? own : `${own}\ncaused by: ${stackOf(error.cause)}`
}
