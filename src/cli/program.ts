import { Command, CommanderError, type Option } from 'commander'
import { isOverlayError } from '../core/errors.js'
import { fileLimitText } from '../core/file-limit.js'
import { askPassphrasesFrom } from '../core/passphrase.js'
import { allowExposedVariable } from '../core/private-file.js'
import { proxyRule, proxyVariable } from '../core/proxy.js'
import { similarWord } from '../core/similar.js'
import { addChatCommand } from './chat.js'
import { knownCommands } from './commands.js'
import { errorLine, exitCodeOf, exitCodes, type UnknownCommand } from './exit.js'
import { version } from './version.js'

/** Limits the columns of help: it fits terminals of this width, and is no wider on others. */
const helpColumns = 80

/**
 * Makes the command line. Each command parses, calls one function and prints; errors are thrown, see `run`. Commands whose names
 * are among `args` are there in full, without `args` all of them; the others are only names, enough for `--help`.
 */
export async function createProgram(args?: readonly string[]): Promise<Command> {
  const program = new Command('chat-p2p')
    .description(
      'Chat, or offer any TCP service, by name: many hosts behind one service, reached through any of several relays.',
    )
    .version(version(), '--version')
    .enablePositionalOptions() // so that -i before a command and -i after it are not the same option
    .exitOverride()
    .configureOutput({
      outputError: () => {}, // run() prints the one line
      getOutHelpWidth: () => Math.min(helpColumns, process.stdout.columns || helpColumns),
    })
    .configureHelp({ subcommandTerm: (command) => command.name() })

  addChatCommand(program)
  for (const { name, description, load } of knownCommands) {
    if (args === undefined || args.includes(name)) (await load())(program, () => createProgram())
    else program.command(name)
    program.commands.at(-1)?.description(description)
  }
  program.command('help').argument('[command]').description('show help, of a command when one is named')

  addShared(program)
  return program
}

/** Names the commands that take a key from a folder without a flag that says whose. */
const usesKeys: ReadonlySet<string> = new Set(['join', 'passphrase', 'quickstart', 'request'])

/** Adds the flags that mean the same wherever they are typed, or stand in the environment. */
function addShared(command: Command): void {
  const option = (long: string) => command.options.find((each) => each.long === long)
  fromEnvironment(command, option('--dir'), 'CHAT_P2P_DIR')
  if (option('--identity') !== undefined) {
    fromEnvironment(command, option('--identity'), 'CHAT_P2P_IDENTITY')
    command.option('--allow-exposed-identity', 'take an identity file that others can read')
  }
  const whose = ['--identity', '--authority'].some((long) => option(long) !== undefined)
  if (whose || usesKeys.has(command.name())) {
    command.option('--passphrase-fd <n>', 'read the passphrase of a locked key from this file descriptor')
  }
  if (whose || command.name() === 'join') {
    command.option(
      '--proxy <url>',
      'reach relays through http://, https:// or socks5://[user:password@]host:port; or none',
    )
    fromEnvironment(command, option('--proxy'), proxyVariable)
  }
  if (option('--verbose') === undefined) command.option('-v, --verbose', 'say more; errors with their stack')
  for (const child of command.commands) addShared(child)
}

/**
 * Takes an option's value from the environment: commander itself reads a variable only of options that had one when they were
 * added.
 */
function fromEnvironment(command: Command, option: Option | undefined, variable: string): void {
  if (option === undefined) return
  option.env(variable) // for the help
  const value = process.env[variable]
  if (value) command.setOptionValueWithSource(option.attributeName(), value, 'env')
}

/**
 * Runs one command line and returns the exit code. What goes wrong is one line on stderr, with `-v` its stack as well.
 * `onCommand` is called with the command (`identity create`, `invite --list`; empty for the chat) before it does anything.
 */
export async function run(args: readonly string[], onCommand: (command: string) => void = () => {}): Promise<number> {
  let program: Command | undefined
  let named: Command | undefined
  let verbose = false
  try {
    const words = await typed(args)
    program = await createProgram(words)
    followCommands(program, (command) => {
      named = command
    })
    program.hook('preAction', (_, command) => {
      const flags = command.optsWithGlobals()
      verbose = flags.verbose === true
      if (flags.proxy !== undefined) {
        proxyRule(flags.proxy, {})
        process.env[proxyVariable] = flags.proxy
      }
      if (flags.allowExposedIdentity === true) process.env[allowExposedVariable] = '1'
      // Loaded when somebody is asked, which most commands never do.
      askPassphrasesFrom(async (identity) => (await import('./passphrase.js')).passphraseSource(flags)(identity))
      onCommand(flags.list === true ? `${pathOf(command)} --list` : pathOf(command))
    })
    await program.parseAsync(words, { from: 'user' })
    return exitCodes.done
  } catch (error) {
    const typo = program && unknownCommand(error, program, args)
    const line = fileLimitLine(error) ?? errorLine(error, named && pathOf(named), typo)
    if (line !== undefined) process.stderr.write(`${line}\n`)
    const expected = error instanceof CommanderError || isOverlayError(error, 'canceled')
    if (verbose && !expected) process.stderr.write(`${stackOf(error)}\n`)
    return exitCodeOf(error)
  }
}

/**
 * Returns the line for an error that came of too few open files: at the limit everything fails in its own words, as a module that
 * is "not found" or a name that can't be looked up.
 */
function fileLimitLine(error: unknown): string | undefined {
  if (error instanceof CommanderError) return undefined
  const text = fileLimitText()
  return text === undefined ? undefined : `chat-p2p: ${text}`
}

/** Calls `seen` with each command that the words turn out to name, the deepest last, before its own flags are looked at. */
function followCommands(command: Command, seen: (named: Command) => void): void {
  if (command.commands.length > 0) command.hook('preSubcommand', (_, named) => seen(named))
  for (const child of command.commands) followCommands(child, seen)
}

/** Returns the path of a command, as `identity create`; empty for the program itself. */
function pathOf(command: Command): string {
  return command.parent === null ? '' : `${pathOf(command.parent)} ${command.name()}`.trim()
}

/** Turns `help identity create` into `identity create --help`, and go's flags into ours. */
async function typed(args: readonly string[]): Promise<readonly string[]> {
  if (args[0] === 'rendezvous') return (await import('./rendezvous.js')).fromGoFlags(args)
  if (args[0] !== 'help') return args
  const of = args.slice(1).filter((word) => word !== 'help')
  // Whatever else is wrong with them, the program shall find out and say so.
  const known = of[0] === undefined || of[0].startsWith('-') || knownCommands.some(({ name }) => name === of[0])
  return known ? [...of, '--help'] : of
}

/**
 * Returns the word that is no command, when that is what went wrong. It looks to commander like an argument too many of the default
 * action, and its options as unknown.
 */
function unknownCommand(error: unknown, program: Command, args: readonly string[]): UnknownCommand | undefined {
  const codes = ['commander.excessArguments', 'commander.unknownOption']
  if (!(error instanceof CommanderError) || !codes.includes(error.code)) return undefined
  const [word] = program.parseOptions(args[0] === 'help' ? args.slice(1) : [...args]).operands
  const names = program.commands.map((command) => command.name())
  if (word === undefined || names.includes(word)) return undefined
  return { word, similar: similarWord(word, names) }
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const own = error.stack ?? error.message
  return error.cause === undefined ? own : `${own}\ncaused by: ${stackOf(error.cause)}`
}
