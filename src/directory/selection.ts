import { BoundedMap } from '../core/bounded-map.js'
import type { Strategy } from '../identity/policy.js'
import type { TerminatorRecord } from '../identity/terminator.js'

/** What selection looks at; a directory candidate has it. */
export interface Selectable {
  record: Pick<TerminatorRecord, 'service' | 'instanceId' | 'hostPeerId' | 'relayPeerId' | 'cost' | 'precedence'>
}

export interface OrderOptions {
  strategy: Strategy
  /** From an earlier dial ({@link stickyToken}); only the strategy `sticky` looks at it. */
  stickyToken?: string
  /** Last measured round trip to a relay, ms; undefined when there is no link to it. */
  roundTripMs(relayPeerId: string): number | undefined
  nowMs: number
  /**
   * The candidates are some of many, and in the order in which a relay drew them. For `weighted` that order is the draw:
   * weighing once more would leave the expensive ones hardly a chance.
   */
  drawn?: boolean
}

/** The first failed dial costs this much, each further one twice as much as the one before. */
const failureCost = 500
const maxDynamicCost = 65_535
const halfLifeMs = 30_000
/** Under this, a failure is so long ago that nobody is put last for it. */
const forgivenBelow = failureCost / 2
/** A relay without a link has to be connected first. */
const unknownRoundTripMs = 200
/** Round trips that differ by less are the same: load spreads over them instead of following the jitter. */
const roundTripStepMs = 5
const maxRemembered = 10_000

const bands: Record<TerminatorRecord['precedence'], number> = { required: 0, default: 1, failed: 2 }

/** Returns the turn of a precedence: 0 is called first, 2 last. */
export function precedenceBand(precedence: TerminatorRecord['precedence']): number {
  return bands[precedence]
}

/** Names a host and instance, for the next dial with strategy `sticky`. Opaque to everybody else. */
export function stickyToken({ record }: Selectable): string {
  return `${record.hostPeerId}/${record.instanceId}`
}

/** Says whose terminators a lookup should not miss where there are more than one answer has: this host's, for this instance. */
export interface Preferred {
  hostPeerId: string
  instanceId: string
}

export function isPreferred({ record }: { record: Preferred }, prefer: Preferred | undefined): boolean {
  return record.hostPeerId === prefer?.hostPeerId && record.instanceId === prefer.instanceId
}

/** Returns each once, the preferred ones first, at most `limit`; else in the order given. */
export function preferredFirst<T extends { record: Preferred }>(
  entries: readonly T[],
  limit: number,
  prefer: Preferred | undefined,
): T[] {
  const all = [...new Set(entries)]
  const first = all.filter((entry) => isPreferred(entry, prefer))
  return [...first, ...all.filter((entry) => !isPreferred(entry, prefer))].slice(0, limit)
}

/** Returns whom a token names; undefined when it is none. */
export function parseStickyToken(token: string): Preferred | undefined {
  const slash = token.indexOf('/') // peer ids have none
  return slash < 0 ? undefined : { hostPeerId: token.slice(0, slash), instanceId: token.slice(slash + 1) }
}

/**
 * Puts terminators in the order in which to try them, and remembers which ones failed. Pure: time and chance are arguments.
 *
 * The precedence band decides first (required, default, failed). Within a band:
 * - `smartrouting`: lowest cost + dynamic cost + round trip; equal ones in random order, so that hosts share.
 * - `weighted`: drawn at random, in inverse proportion to cost + dynamic cost + 1.
 * - `random`: every order equally likely, whatever the cost; what failed lately comes last.
 * - `sticky`: the host and instance of the token, unless it failed lately; then as `smartrouting`.
 */
export class Selector {
  readonly #random: () => number

  /** Cost that failures added, as of `atMs`; it halves every 30 s. */
  readonly #failures = new BoundedMap<string, { cost: number; streak: number; atMs: number }>(maxRemembered)

  /** `random` gives numbers in [0, 1). */
  constructor(random: () => number) {
    this.#random = random
  }

  order<T extends Selectable>(candidates: readonly T[], options: OrderOptions): T[] {
    const keepsOrder = options.drawn === true && options.strategy === 'weighted'
    const ranked = candidates.map((candidate, index) => ({
      candidate,
      band: bands[candidate.record.precedence],
      rank: this.#rank(candidate, options),
      tie: keepsOrder ? index : this.#random(),
    }))
    ranked.sort((a, b) => a.band - b.band || compare(a.rank, b.rank) || a.tie - b.tie)
    return ranked.map(({ candidate }) => candidate)
  }

  /** A dial over this terminator did not get through to the host. A refusal by the host is no failure. */
  failed(candidate: Selectable, nowMs: number): void {
    const key = keyOf(candidate)
    const before = this.dynamicCost(candidate, nowMs)
    const streak = before < forgivenBelow ? 1 : (this.#failures.get(key)?.streak ?? 0) + 1
    const cost = Math.min(maxDynamicCost, before + failureCost * 2 ** Math.min(streak - 1, 10))
    this.#failures.set(key, { cost, streak, atMs: nowMs })
  }

  /** A dial got through: earlier failures are forgotten. */
  succeeded(candidate: Selectable, _nowMs: number): void {
    this.#failures.delete(keyOf(candidate))
  }

  /** What failures add to the cost at the moment. */
  dynamicCost(candidate: Selectable, nowMs: number): number {
    const failure = this.#failures.get(keyOf(candidate))
    if (failure === undefined) return 0
    return failure.cost * 2 ** (-Math.max(0, nowMs - failure.atMs) / halfLifeMs)
  }

  /** Compared element by element, lowest first. */
  #rank(candidate: Selectable, options: OrderOptions): number[] {
    const { record } = candidate
    const dynamic = this.dynamicCost(candidate, options.nowMs)
    const cost = record.cost + dynamic
    const failedLately = dynamic >= forgivenBelow ? 1 : 0
    const smart = () => {
      const roundTripMs = options.roundTripMs(record.relayPeerId) ?? unknownRoundTripMs
      return cost + Math.floor(roundTripMs / roundTripStepMs) * roundTripStepMs
    }
    switch (options.strategy) {
      case 'weighted':
        if (options.drawn) return [failedLately]
        // Exponential variates of rate 1/(cost + 1): their order is a draw without replacement with these weights.
        return [-Math.log(1 - this.#random()) * (cost + 1)]
      case 'random':
        return [failedLately]
      case 'sticky': {
        const sticks = options.stickyToken === stickyToken(candidate) && !failedLately
        return [sticks ? 0 : 1, smart()]
      }
      case 'smartrouting':
        return [smart()]
    }
  }
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < a.length; index++) {
    const difference = a[index]! - b[index]!
    if (difference !== 0) return difference
  }
  return 0
}

const keyOf = ({ record }: Selectable) =>
  `${record.service}\0${record.instanceId}\0${record.hostPeerId}\0${record.relayPeerId}`
