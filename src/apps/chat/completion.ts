import { BoundedMap } from '../../core/bounded-map.js'
import { normalName } from '../../core/text.js'
import { commandNames } from './commands.js'

/** Keeps names in the order of when they last mattered, newest first; at most 200 of them. */
export class Recents {
  readonly #names = new BoundedMap<string, true>(200)

  touch(name: string): void {
    this.#names.set(name, true)
  }

  names(): string[] {
    return [...this.#names.keys()].reverse()
  }
}

export interface CompletionNames {
  /** Who waits for an answer, in order. */
  waiting: readonly string[]
  /** Who may be called: recent ones first, then the rest of the list. */
  callable: readonly string[]
}

export interface Completion {
  /** What the end of the line may become, best first. */
  candidates: string[]
  /** The end of the line that they replace. */
  part: string
}

/** Says which commands take which names. */
const namesFor: Record<string, keyof CompletionNames> = {
  '/connect': 'callable',
  '/whois': 'callable',
  '/accept': 'waiting',
  '/decline': 'waiting',
}

/** Returns true when the line is at a name, so that it is worth knowing who is there. */
export function wantsCallable(line: string): boolean {
  return /^\s*\/(connect|whois)\s/.test(line)
}

/** Returns what Tab can make of the line up to the cursor. In a line of text, Tab is a tab, so that pasted ones stay. */
export function complete(line: string, names: CompletionNames): Completion {
  if (!/^\s*\//.test(line)) return { candidates: ['\t'], part: '' }
  const [, command = '', gap = '', part = ''] = /^\s*(\S+)(\s*)(.*)$/su.exec(line) ?? []
  if (gap === '') {
    const withNames = commandNames.map((name) => (name in namesFor ? `${name} ` : name))
    return only(withNames, command)
  }
  const kind = namesFor[command]
  if (kind === undefined) return { candidates: [], part }
  const quoted = names[kind].map((name) => (/\s/.test(name) || part.startsWith('"') ? `"${name}" ` : `${name} `))
  return only([...new Set(quoted)], part)
}

function only(candidates: readonly string[], part: string): Completion {
  const start = normalName(part)
  return { candidates: candidates.filter((candidate) => candidate.startsWith(start)), part }
}
