import type { CommandWords, CompletionWords, ValueKind } from './completion-words.js'

/** A pair for a shell's `case`: what is compared, and what follows from it. */
export type Row = [pattern: string, value: string]

/** Returns the name of the script's function, which must not clash with those of other programs. */
export const functionName = (program: string) => `_${program.replaceAll(/\W/g, '_')}`

/** Returns what a kind of value is called in the scripts. */
export const kindWord = (kind: ValueKind) => (typeof kind === 'string' ? kind : kind.join(' '))

/** Returns a row for every command, by its path. */
export function commandRows({ commands }: CompletionWords): Row[] {
  return commands.flatMap(({ path, commands: children }) =>
    children.map(({ word }): Row => [`${path} ${word}`.trim(), 'true']),
  )
}

/** Returns the kind of each argument by `path position`, counted from 0; `path *` for all further ones. */
export function argumentRows({ commands }: CompletionWords): Row[] {
  return commands.flatMap((command) =>
    command.arguments.map(
      (kind, position): Row => [
        `${command.path} ${isRepeated(command, position) ? '*' : position}`.trim(),
        kind === 'any' ? '' : `'${kindWord(kind)}'`,
      ],
    ),
  )
}

const isRepeated = (command: CommandWords, position: number) =>
  command.repeats && position === command.arguments.length - 1
