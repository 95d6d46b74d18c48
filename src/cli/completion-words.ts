import type { Argument, Command, Option } from 'commander'
import { precedences } from '../wire/precedence.js'

/** Says what may stand in a place: a name in ./identities, a file, a folder, one of some words, or anything. */
export type ValueKind = 'identity' | 'file' | 'folder' | 'any' | readonly string[]

export interface Word {
  word: string
  description: string
}

/** Describes one command as a shell needs it. */
export interface CommandWords {
  /** `identity create`; empty for the program itself. */
  path: string
  commands: Word[]
  options: Word[]
  arguments: ValueKind[]
  /** Says that the last argument may be repeated. */
  repeats: boolean
}

export interface CompletionWords {
  program: string
  commands: CommandWords[]
  /** Names the flags that are followed by a value, and of what kind; a flag means the same wherever it is typed. */
  values: Map<string, ValueKind>
}

/** Maps names in the brackets of arguments and options to what a shell can offer for them. */
const kinds: Record<string, ValueKind> = {
  identity: 'identity',
  user: 'identity',
  // Hosts go by the names of their identities, unless they were told otherwise.
  instance: 'identity',
  path: 'file',
  file: 'file',
  request: 'file',
  certificate: 'file',
  dir: 'folder',
  band: precedences,
}

/** Returns everything a shell can complete, read from the commands themselves. */
export function completionWords(program: Command): CompletionWords {
  const commands: CommandWords[] = []
  const values = new Map<string, ValueKind>()
  const visit = (command: Command, path: string) => {
    const help = command.createHelp()
    const options = help.visibleOptions(command)
    const children = help.visibleCommands(command)
    commands.push({
      path,
      commands: children.map((child) => ({ word: child.name(), description: child.description() })),
      options: options.flatMap((option) =>
        flagsOf(option).map((word) => ({ word, description: option.description ?? '' })),
      ),
      arguments: command.registeredArguments.map((argument) => argumentKind(argument, path)),
      repeats: command.registeredArguments.at(-1)?.variadic === true,
    })
    for (const option of options) {
      if (!option.required && !option.optional) continue
      for (const flag of flagsOf(option)) values.set(flag, either(values.get(flag), optionKind(option)))
    }
    for (const child of command.commands) visit(child, `${path} ${child.name()}`.trim())
  }
  visit(program, '')
  return { program: program.name(), commands, values }
}

function flagsOf({ short, long }: Option): string[] {
  return [short, long].filter((flag) => flag !== undefined && flag !== null)
}

function optionKind(option: Option): ValueKind {
  const name = /[<[]([^\]>.]+)/.exec(option.flags)?.[1] ?? ''
  return option.argChoices ?? kinds[name] ?? 'any'
}

/** Joins the kinds of one flag at two commands: it may have more choices with one than with the other. */
function either(one: ValueKind | undefined, other: ValueKind): ValueKind {
  if (one === undefined || typeof one === 'string' || typeof other === 'string') return other
  return [...new Set([...one, ...other])]
}

function argumentKind(argument: Argument, path: string): ValueKind {
  if (argument.argChoices !== undefined) return argument.argChoices
  // A name that exists already is what `identity revoke` wants, and what `identity create` does not.
  if (path === 'identity revoke') return 'identity'
  return kinds[argument.name()] ?? 'any'
}
