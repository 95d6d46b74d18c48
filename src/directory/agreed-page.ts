import { equalBytes } from '../core/bytes.js'
import type { Clock } from '../core/clock.js'
import { hedge } from './hedge.js'
import { joinLists } from './join-answers.js'
import { type ListAnswer, ListedRows, type PageDigest } from './list-answer.js'
import { isProved, type ProofSource, provedHosts, provedRow, sameHosts } from './proved-rows.js'
import { joinRows, maxRowHosts, type Row, sameRow } from './row.js'

/** One relay that can be asked for a page. */
export interface PageSource extends ProofSource {
  /** Checked as `checkPage` does. */
  page(): Promise<ListAnswer>
  digest(): Promise<PageDigest>
}

export interface AgreeOptions {
  clock: Clock
  limit: number
  /** What is known here, and was checked here; it counts where no source is certain to know everything. */
  own?: () => ListAnswer
  /** Told of a source that lists what cannot be proved, and nobody else lists. */
  onFalse?: (source: PageSource) => void
}

interface Told {
  /** Undefined for what is known here. */
  source: PageSource | undefined
  answer: ListAnswer
}

/** A source that has not answered for this long is not waited for alone. */
const nextAfterMs = 150
/** Once one has answered, the others get this long to say the same. */
const othersMs = 500
/** Pages that are held against each other when two differ. */
const maxPages = 3
const provedAtOnce = 32
/** Instances come and go between two answers; a source that alone lists more than this of nobody is not counted. */
const maxFalse = 16

/**
 * A page of a list that no single relay can falsify: the first source is asked for it, the second for its digest. Where they differ,
 * three pages are compared row by row. What two of them say is so; what one alone says has to be proved by the terminators behind it.
 * A source that is the only one to answer is believed. Also gives the errors of sources; without any answer there are only these.
 */
export async function agreedPage(
  sources: readonly PageSource[],
  options: AgreeOptions,
): Promise<{ answer?: ListAnswer; errors: unknown[] }> {
  const { clock } = options
  const digests = new Map<PageSource, Promise<PageDigest>>()
  const digestOf = (source: PageSource) => {
    const asked = digests.get(source) ?? source.digest()
    asked.catch(() => {}) // counts only if somebody waits for it
    digests.set(source, asked)
    return asked
  }
  const pageOf = (source: PageSource) => async (): Promise<Told> => ({ source, answer: await source.page() })

  if (sources[1] !== undefined) void digestOf(sources[1])
  const { answers, errors } = await hedge(sources.map(pageOf), {
    clock,
    delayMs: nextAfterMs,
    enough: ({ answer }) => !answer.partial,
    good: () => true,
    othersMs,
  })
  const complete = answers.find(({ answer }) => !answer.partial)
  if (complete === undefined) {
    const own = options.own === undefined ? [] : [{ source: undefined, answer: options.own() }]
    const told: Told[] = [...own, ...answers]
    return told.length === 0 ? { errors } : { answer: await settle(told, options), errors }
  }
  // Those before it were asked, and are slow.
  const at = sources.indexOf(complete.source!)
  const others = [...sources.slice(at + 1), ...sources.slice(0, at)]
  const { answers: words } = await hedge(
    others.map((source) => () => digestOf(source)),
    { clock, delayMs: nextAfterMs, enough: ({ partial }) => !partial, mostMs: othersMs },
  )
  const word = words.find(({ partial }) => !partial)
  if (words.length === 0 || (word !== undefined && isSame(word, complete.answer))) {
    return { answer: complete.answer, errors }
  }
  let certain = 1
  const { answers: further } = await hedge(others.map(pageOf), {
    clock,
    delayMs: nextAfterMs,
    atOnce: maxPages - 1,
    enough: ({ answer }) => !answer.partial && ++certain >= maxPages,
    mostMs: othersMs,
  })
  return { answer: await settle([complete, ...further], options), errors }
}

const isSame = ({ digest, cursor }: PageDigest, { page, cursor: next }: ListAnswer) =>
  cursor === next && equalBytes(digest, page.digest)

/** Compares pages until none of those that count lists too much of nobody. */
async function settle(told: readonly Told[], options: AgreeOptions): Promise<ListAnswer> {
  for (let counted = told; ; ) {
    if (counted.filter(({ source }) => source !== undefined).length < 2) {
      const answers = counted.map(({ answer }) => answer)
      return joinLists(answers, options.limit)
    }
    const outcome = await compare(counted, options)
    if ('answer' in outcome) return outcome.answer
    if (outcome.isCertain) options.onFalse?.(outcome.liar)
    counted = counted.filter(({ source }) => source !== outcome.liar)
  }
}

async function compare(
  told: readonly Told[],
  { limit, clock }: AgreeOptions,
): Promise<{ answer: ListAnswer } | { liar: PageSource; isCertain: boolean }> {
  // What comes after the shortest of the pages is for the next one.
  const ends = told.flatMap(({ answer: { cursor } }) => (cursor === '' ? [] : [cursor])).sort()
  const end = ends[0]
  const rows = new Map<string, Row>()
  const disputed = new Map<string, Lone[]>()
  for (const [instanceId, words] of byInstance(told, end)) {
    const row = agreedRow(words)
    if (row !== undefined) rows.set(instanceId, row)
    else disputed.set(instanceId, words)
  }
  const sources = told.flatMap(({ source }) => source ?? [])
  const falsehoods = new Map<PageSource, number>()
  for (const some of chunks([...disputed], provedAtOnce)) {
    await Promise.all(
      some.map(async ([instanceId, words]) => {
        const proved = (await provedHosts(instanceId, sources, clock)) ?? new Map()
        const row = provedRow(
          instanceId,
          words.map((word) => word.row),
          proved,
        )
        if (row !== undefined) rows.set(instanceId, row)
        if (proved.size > maxRowHosts) return // a lookup tells of some of them only
        for (const { source, row: said } of words) {
          if (source !== undefined && !isProved(said, proved)) falsehoods.set(source, (falsehoods.get(source) ?? 0) + 1)
        }
      }),
    )
    const [liar] = [...falsehoods].find(([, count]) => count > maxFalse) ?? []
    if (liar !== undefined) return { liar, isCertain: true }
  }
  // One that lists somebody who is not there must not be the one that ends the page: with pages of ghosts a list would never end.
  const short = told.find(
    ({ source, answer }) => answer.cursor === end && source !== undefined && falsehoods.has(source),
  )
  if (short?.source !== undefined) return { liar: short.source, isCertain: false }
  const sorted = [...rows.values()].sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1))
  const page = sorted.slice(0, limit)
  const isLast = end === undefined && sorted.length <= limit
  return {
    answer: {
      status: told[0]!.answer.status,
      page: ListedRows.of(page),
      cursor: isLast ? '' : (page.at(-1)?.instanceId ?? end!),
      partial: told.every(({ answer }) => answer.partial),
    },
  }
}

interface Lone {
  source: PageSource | undefined
  row: Row
}

function byInstance(told: readonly Told[], end: string | undefined): Map<string, Lone[]> {
  const found = new Map<string, Lone[]>()
  for (const { source, answer } of told) {
    for (const row of answer.page.rows) {
      if (end !== undefined && row.instanceId > end) break
      const words = found.get(row.instanceId)
      if (words === undefined) found.set(row.instanceId, [{ source, row }])
      else words.push({ source, row })
    }
  }
  return found
}

/** What two say of an instance, or we know ourselves; undefined where everybody says something else. */
function agreedRow(words: readonly Lone[]): Row | undefined {
  const own = words.find(({ source }) => source === undefined)
  const pairs = words.flatMap((a, index) => words.slice(index + 1).map((b) => [a.row, b.row] as const))
  const [same] = pairs.find(([a, b]) => sameRow(a, b)) ?? []
  if (same !== undefined) return same
  // Figures change all the time; who is behind it is what two have to agree on.
  const alike = pairs.find(([a, b]) => sameHosts(a, b))
  return alike === undefined ? own?.row : joinRows(alike[0], alike[1])
}

function* chunks<T>(all: readonly T[], size: number): Iterable<T[]> {
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size)
}
