import { type Address, parseAddress } from '../../core/address.js'
import { errorText } from '../../core/errors.js'
import { similarWord } from '../../core/similar.js'
import { normalName } from '../../core/text.js'
import * as lines from './lines.js'

/** Says what a typed line means. Whether it fits the moment is for `state.ts` to say. */
export type Command =
  | { kind: 'connect'; to: Address; message?: string }
  | { kind: 'accept'; name?: string }
  /** Holds name and reason as one text: only the list of waiting callers can tell them apart. */
  | { kind: 'decline'; rest: string }
  | { kind: 'bye' }
  | { kind: 'list'; more: boolean }
  | { kind: 'whois'; to?: Address }
  | { kind: 'status' }
  | { kind: 'help' }
  | { kind: 'quit' }
  | { kind: 'text'; text: string }
  /**
   * Says that the line was not understood; `problem` says why and what to type. `unknown` when it is no command at all, so that the
   * line is worth mending.
   */
  | { kind: 'wrong'; problem: string; unknown?: true }
  | { kind: 'nothing' }

/** Every command, in the order of `/help`. */
export const commandNames = [
  '/connect',
  '/accept',
  '/decline',
  '/bye',
  '/list',
  '/whois',
  '/status',
  '/help',
  '/quit',
] as const

/**
 * Says where a line came from. What is pasted is always text; a word with a slash that is no command is a slip only where somebody
 * types, and text where a program writes.
 */
export type LineSource = 'typed' | 'pasted' | 'piped'

export interface ParseOptions {
  /** Default: `typed`. */
  source?: LineSource
  /** The service that is meant when a name has no `@service`. */
  service: string
  /** Decides whether what follows the last `@` of a name is a service or a part of the name. */
  hasService: (name: string) => boolean
}

/**
 * Reads one line; never throws. A command is a line that begins with the name of one. Everything else is text and stays as it is,
 * but that `//` stands for `/` where the line without the first slash would not be text. A name with spaces is written in double
 * quotes.
 */
export function parseCommand(line: string, options: ParseOptions): Command {
  const { source = 'typed' } = options
  if (line.trim() === '' && source !== 'piped') return { kind: 'nothing' }
  if (source === 'pasted') return { kind: 'text', text: line }
  const command = parseSlash(line, options)
  if (command !== undefined) return command
  const escaped = line.startsWith('//') && parseSlash(line.slice(1), options) !== undefined
  return { kind: 'text', text: escaped ? line.slice(1) : line }
}

/** Reads a line that begins with a slash; returns undefined when it is text. */
function parseSlash(line: string, options: ParseOptions): Command | undefined {
  const [word, rest] = takeWord(line.trimEnd())
  switch (word) {
    case '/connect':
      return parseConnect(rest, options)
    case '/accept':
      return rest === '' ? { kind: 'accept' } : { kind: 'accept', name: normalName(unquote(rest)) }
    case '/decline':
      return { kind: 'decline', rest }
    case '/whois':
      return rest === '' ? { kind: 'whois' } : withAddress(unquote(rest), options, (to) => ({ kind: 'whois', to }))
    case '/list':
      if (rest !== '' && rest !== 'more') return { kind: 'wrong', problem: lines.listTakesOnlyMore() }
      return { kind: 'list', more: rest === 'more' }
    case '/bye':
    case '/status':
    case '/help':
    case '/quit':
      if (rest !== '') return { kind: 'wrong', problem: lines.takesNothing(word) }
      return { kind: word.slice(1) as 'bye' | 'status' | 'help' | 'quit' }
    default: {
      const slip = options.source !== 'piped' && /^\/(?:\p{L}[\p{L}\p{N}_-]*)?$/u.test(word) && !/^\/\s/.test(line)
      if (!slip) return undefined
      return { kind: 'wrong', problem: lines.unknownCommand(word, similarWord(word, commandNames)), unknown: true }
    }
  }
}

function parseConnect(rest: string, options: ParseOptions): Command {
  if (rest === '') return { kind: 'wrong', problem: lines.connectNeedsName() }
  const [name, message] = takeQuoted(rest)
  return withAddress(name, options, (to) =>
    message === '' ? { kind: 'connect', to } : { kind: 'connect', to, message },
  )
}

function withAddress(name: string, options: ParseOptions, make: (to: Address) => Command): Command {
  try {
    return make(parseAddress(name, options.service, options.hasService))
  } catch (error) {
    return { kind: 'wrong', problem: errorText(error) }
  }
}

/** Returns `['user2', 'hello there']` of `user2  hello there`. */
function takeWord(text: string): [word: string, rest: string] {
  const [, word = '', rest = ''] = /^(\S*)\s*(.*)$/su.exec(text) ?? []
  return [word, rest]
}

/** Does the same as {@link takeWord}, but `"two words" rest` has a first word of two. */
function takeQuoted(text: string): [word: string, rest: string] {
  const quoted = /^"([^"]*)"(?:\s+(.*))?$/su.exec(text)
  return quoted === null ? takeWord(text) : [quoted[1] ?? '', quoted[2] ?? '']
}

function unquote(text: string): string {
  return /^"[^"]*"$/.test(text) ? text.slice(1, -1) : text
}

/**
 * Splits what follows `/decline` into a name and a reason: the name is the longest one of a waiting caller that it begins with.
 * Without such a name, the whole of it is the reason.
 */
export function splitDecline(rest: string, waiting: readonly string[]): { name?: string; reason?: string } {
  for (const name of [...waiting].sort((a, b) => b.length - a.length)) {
    for (const written of [name, name.normalize('NFD')].flatMap((form) => [`"${form}"`, form])) {
      if (rest === written) return { name }
      if (rest.startsWith(written) && /\s/.test(rest.charAt(written.length))) {
        return { name, reason: rest.slice(written.length).trim() }
      }
    }
  }
  return rest === '' ? {} : { reason: rest }
}
