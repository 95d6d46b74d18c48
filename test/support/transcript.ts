import { expect } from 'vitest'
import { type ShownBlock, shownBlocks } from './shown-blocks.js'

/**
 * How a transcript is compared: all that was printed is shown, in that order; or in some order, as where relays answer in any; or
 * the document shows some of it, in some order.
 */
export type Comparison = 'all of it' | 'all of it, in some order' | 'some of it'

/** What a document shows as printed: the lines of a `console` block that are not typed behind a `$`. */
export function outputShown({ language, text }: ShownBlock): string[] {
  if (language !== 'console') return []
  return text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('$ '))
}

/**
 * Holds a transcript of a document against what was printed. `start` is how its block begins. Numbers, ids, sums, times and
 * which relay it was may differ; blank lines do not count. `[…]` in the document stands for a line or more.
 */
export function expectShown(file: string, start: string, printed: string | readonly string[], how: Comparison): void {
  const blocks = shownBlocks([file]).filter(({ text }) => text.trimStart().startsWith(start))
  expect(blocks.length, `blocks of ${file} that begin with ${start}`).toBe(1)
  const shown = masked(outputShown(blocks[0]!).filter((line) => !/^\[….*\]$/.test(line)))
  const lines = typeof printed === 'string' ? printed.split('\n') : printed
  const real = masked(lines.filter((line) => line.trim() !== ''))
  if (how === 'all of it') expect(real).toEqual(shown)
  else if (how === 'all of it, in some order') expect([...real].sort()).toEqual([...shown].sort())
  else expect(missing(shown, real), `shown, but not printed among:\n${real.join('\n')}`).toEqual([])
}

/** Returns the lines that do not occur as often among `real`. */
function missing(shown: readonly string[], real: readonly string[]): string[] {
  const left = [...real]
  return shown.filter((line) => {
    const at = left.indexOf(line)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}

const peerId = /12D3KooW[1-9A-HJ-NP-Za-km-z]{44}/g

/** What is another one in each run, and what stands for it. The first that fits counts. */
const volatile: ReadonlyArray<readonly [RegExp, string]> = [
  // A test runs the program by its path, and it says of itself how it was run.
  [/\bnode \S+\/bin\.js\b/g, 'chat-p2p'],
  [/^ \d\d:\d\d:\d\d up .*load average: .*$/, '<uptime>'],
  [/\b[0-9a-f]{64}\b/g, '<sum>'],
  [/chat-p2p-join-1-\S+/g, '<invitation>'],
  [/\d{4}-\d\d-\d\d/g, '<day>'],
  [/\[ *\d+\.\d{3}\]/g, '[<seconds>]'],
  [/\b\d+(?:\.\d+)? (?:B|[KMG]iB)\b/g, '<size>'],
  [/\b\d+(?:\.\d+)? (?:ms|s|min)\b/g, '<time>'],
  [/\brelay\d+\b/g, '<relay>'],
  [/(?<![\p{L}\d.])\d+(?:\.\d+)?(?![\p{L}\d])/gu, '<n>'],
]

/** Replaces what differs from run to run; also the ends of peer ids, by which the rendezvous chat names people. */
export function masked(lines: readonly string[]): string[] {
  const ends = new Set(lines.flatMap((line) => (line.match(peerId) ?? []).map((id) => id.slice(-8))))
  return lines.map((line) => {
    let text = line.trimEnd().replace(peerId, '<peer id>')
    // Before numbers, which one may begin with.
    for (const end of ends) text = text.replaceAll(end, '<short id>')
    for (const [pattern, word] of volatile) text = text.replace(pattern, word)
    return text
  })
}
