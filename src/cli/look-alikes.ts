import { lookAlikeOf, skeleton } from '../core/look-alikes.js'
import { shownName } from '../core/text.js'

/** Returns what to tell whoever gives somebody a name that can be mistaken for one of `others`; undefined when none can. */
export function lookAlikeWarning(name: string, others: Iterable<string>): string | undefined {
  const other = lookAlikeOf(name, others)
  return other === undefined ? undefined : warning(name, other)
}

/** Returns the warnings about names that are given together. */
export function lookAlikeWarnings(names: readonly string[]): string[] {
  const bySkeleton = new Map<string, string>()
  return names.flatMap((name) => {
    const other = bySkeleton.get(skeleton(name))
    bySkeleton.set(skeleton(name), name)
    return other === undefined || other === name ? [] : [warning(name, other)]
  })
}

function warning(name: string, other: string): string {
  return (
    `Warning: '${shownName(name)}' (${codePoints(name)}) can be mistaken for '${shownName(other)}' (${codePoints(other)}): ` +
    'people who read the one may mean the other.'
  )
}

/** Returns the letters of a name that a reader may take for others, by their code points. */
function codePoints(name: string): string {
  const foreign = [...name].filter((character) => character > '\x7f')
  if (foreign.length === 0) return 'ASCII only'
  return [...new Set(foreign)].map((character) => `U+${hex(character)}`).join(' ')
}

const hex = (character: string) => (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
