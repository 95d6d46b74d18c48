/**
 * Returns the one of `words` that `typed` was most likely meant to be, upper and lower case alike: one that it begins, or that begins
 * it, else the nearest within a slip for every three letters (a letter too many, too few, wrong, or two swapped). Undefined when none
 * is near, or `typed` has fewer than two letters.
 */
export function similarWord(typed: string, words: readonly string[]): string | undefined {
  const lower = typed.toLowerCase()
  if (lower.length < 2) return undefined
  const begins = words.find((word) => word.startsWith(lower)) ?? words.find((word) => lower.startsWith(word))
  if (begins !== undefined) return begins
  const near = words.map((word) => ({ word, slips: slipsBetween(lower, word) })).sort((a, b) => a.slips - b.slips)[0]
  return near !== undefined && near.slips <= Math.ceil(lower.length / 3) ? near.word : undefined
}

/** Damerau–Levenshtein distance, each place changed once at most. */
function slipsBetween(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let slips = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) slips = Math.min(slips, before[j - 2]! + 1)
      next.push(slips)
    }
    before = row
    row = next
  }
  return row[b.length]!
}
