import { precedenceBand } from '../../directory/selection.js'
import type { Strategy } from '../../identity/policy.js'
import type { TerminatorRecord } from '../../identity/terminator.js'

/** Names what drawing looks at; an entry of the store has it. */
export interface Drawable {
  record: Pick<TerminatorRecord, 'cost' | 'precedence'>
  busy: boolean
}

/** Holds the entries that are equally good but for their round trip: of one precedence, all busy or none, of one cost. */
interface EntryClass<T> {
  /** Lower is better: precedence first, then whether it is busy. */
  group: number
  cost: number
  entries: T[]
}

export interface DrawOptions {
  strategy: Strategy
  /** Returns numbers in [0, 1). */
  random: () => number
}

/**
 * Holds the entries of which a few are drawn; they do not change while they are in it. Adding, removing and drawing cost the same
 * at a hundred and at a million.
 */
export class DrawIndex<T extends Drawable> {
  readonly #byClass = new Map<number, EntryClass<T>>()
  /** Says where each entry is in the list of its class. */
  readonly #places = new Map<T, number>()

  constructor(entries: Iterable<T> = []) {
    for (const entry of entries) this.add(entry)
  }

  add(entry: T): void {
    const { group, cost, key } = classOf(entry)
    let found = this.#byClass.get(key)
    if (found === undefined) {
      found = { group, cost, entries: [] }
      this.#byClass.set(key, found)
    }
    this.#places.set(entry, found.entries.length)
    found.entries.push(entry)
  }

  delete(entry: T): void {
    const place = this.#places.get(entry)
    if (place === undefined) return
    this.#places.delete(entry)
    const { key } = classOf(entry)
    const { entries } = this.#byClass.get(key)!
    const last = entries.pop()!
    if (last !== entry) {
      entries[place] = last
      this.#places.set(last, place)
    }
    if (entries.length === 0) this.#byClass.delete(key)
  }

  classes(): Iterable<EntryClass<T>> {
    return this.#byClass.values()
  }
}

/**
 * Draws at most `limit` entries for a dial to choose from, by the service's strategy: better precedence first, those that are not
 * busy before those that are; within that `random` draws all alike, `weighted` in inverse proportion to cost + 1, the others the
 * lowest costs, and among equal ones at random.
 */
export function draw<T extends Drawable>(
  indexes: readonly DrawIndex<T>[],
  limit: number,
  { strategy, random }: DrawOptions,
): T[] {
  const byCost = strategy === 'smartrouting' || strategy === 'sticky'
  const tiers = new Map<number, EntryClass<T>[]>()
  for (const index of indexes) {
    for (const each of index.classes()) {
      const tier = byCost ? each.group * costs + each.cost : each.group
      const classes = tiers.get(tier)
      if (classes === undefined) tiers.set(tier, [each])
      else classes.push(each)
    }
  }
  const drawn: T[] = []
  for (const [, classes] of [...tiers].sort(([a], [b]) => a - b)) {
    if (drawn.length >= limit) break
    const urns = classes.map(
      ({ entries, cost }) => new Urn(entries, strategy === 'weighted' ? 1 / (cost + 1) : 1, random),
    )
    while (drawn.length < limit) {
      const urn = choose(urns, random)
      if (urn === undefined) break
      drawn.push(urn.take())
    }
  }
  return drawn
}

/** Gives the entries of a list in random order, as many as are asked for, and leaves the list as it is (Fisher and Yates). */
class Urn<T> {
  readonly #entries: readonly T[]
  readonly #weightEach: number
  readonly #random: () => number

  readonly #moved = new Map<number, number>()
  #left: number

  constructor(entries: readonly T[], weightEach: number, random: () => number) {
    this.#entries = entries
    this.#weightEach = weightEach
    this.#random = random

    this.#left = entries.length
  }

  get weight(): number {
    return this.#left * this.#weightEach
  }

  take(): T {
    const place = Math.floor(this.#random() * this.#left--)
    const taken = this.#moved.get(place) ?? place
    this.#moved.set(place, this.#moved.get(this.#left) ?? this.#left)
    return this.#entries[taken]!
  }
}

function choose<T>(urns: readonly Urn<T>[], random: () => number): Urn<T> | undefined {
  const total = urns.reduce((sum, { weight }) => sum + weight, 0)
  let point = random() * total
  for (const urn of urns) {
    if (urn.weight > point) return urn
    point -= urn.weight
  }
  return urns.find(({ weight }) => weight > 0) // what rounding left over
}

const costs = 65_536

function classOf({ record, busy }: Drawable): { group: number; cost: number; key: number } {
  const group = precedenceBand(record.precedence) * 2 + (busy ? 1 : 0)
  return { group, cost: record.cost, key: group * costs + record.cost }
}
