import { checkOptions } from '../core/arguments.js'
import { OverlayError } from '../core/errors.js'
import { type Pace, Rates } from '../core/rates.js'

export interface QuotaKind {
  /** Names what is limited, as in `at most 64 …`. */
  what: string
  per: 'address' | 'identity'
  /** How much one may have at the same time, or do each second; 0 for no limit. */
  default: number
  perSecond: boolean
  /** Says that a host has this quota as well, with this default. */
  atHost?: number
}

/**
 * Says what one address or one member may take of a relay or a host, by the names that `--quota`, refusals and metrics have. Relays
 * are not counted: they ask for others. The table in docs/reference.md is held against this one by a test.
 */
export const quotaKinds = {
  strangers: kind('connections that have not proved membership', 'address', 1_024, { atHost: 256 }),
  'stranger-rate': kind('new connections', 'address', 500, { perSecond: true, atHost: 100 }),
  connections: kind('connections', 'identity', 128, { atHost: 1_024 }),
  circuits: kind('circuits as the dialer', 'identity', 1_024),
  splices: kind('splices as the dialer', 'identity', 16_384),
  bindings: kind('terminators', 'identity', 100_000),
  requests: kind('questions to the directory', 'identity', 2_000, { perSecond: true }),
  dials: kind('calls, circuits and splices asked for', 'identity', 500, { perSecond: true, atHost: 500 }),
  bytes: kind('bytes through circuits and splices as the dialer', 'identity', 0, { perSecond: true }),
} as const satisfies Record<string, QuotaKind>

function kind(what: string, per: QuotaKind['per'], amount: number, more: Partial<QuotaKind> = {}): QuotaKind {
  return { what, per, default: amount, perSecond: false, ...more }
}

/** Called after each refusal. */
export type OnRefused = (name: QuotaName, error: OverlayError) => void

export type QuotaName = keyof typeof quotaKinds
export type QuotaLimits = Partial<Record<QuotaName, number>>

export const quotaNames = Object.keys(quotaKinds) as QuotaName[]
const kinds: Readonly<Record<QuotaName, QuotaKind>> = quotaKinds
export const hostQuotaNames = quotaNames.filter((name) => kinds[name].atHost !== undefined)

/**
 * Decides what is refused to an address or member that takes too much of a relay or a host, and counts how often that happened.
 * Pure but for the counting.
 */
export class Quotas {
  /** Counts the refusals since the start. */
  readonly refused = new Map<QuotaName, number>(quotaNames.map((name) => [name, 0]))
  readonly #limits: ReadonlyMap<QuotaName, number>
  readonly #rates = new Map<QuotaName, Rates>()

  readonly #where: 'relay' | 'host'
  readonly #onRefused: OnRefused

  /** Throws `bad_argument` for limits that are no object, and for one that is no whole number from 0, or that a host does not have. */
  constructor(given?: QuotaLimits, where: 'relay' | 'host' = 'relay', onRefused: OnRefused = () => {}) {
    const limits = checkOptions('quotas', given)
    this.#onRefused = onRefused
    this.#where = where
    if (where === 'host') checkNames(Object.keys(limits), hostQuotaNames)
    this.#limits = new Map(quotaNames.map((name) => [name, limitOf(name, limits[name], where)]))
    for (const [name, limit] of this.#limits) {
      if (quotaKinds[name].perSecond && limit !== Number.POSITIVE_INFINITY) {
        this.#rates.set(name, new Rates({ perSecond: limit }))
      }
    }
  }

  /** Returns the limit; Infinity when there is none. */
  limit(name: QuotaName): number {
    return this.#limits.get(name)!
  }

  /** Returns why somebody who holds `held` already may not have another one; undefined when it may. */
  ofHeld(name: QuotaName, held: number): OverlayError | undefined {
    return held < this.limit(name) ? undefined : this.refuse(name)
  }

  /** Returns why `who` may not do it once more; undefined when it may. `nowMs` is of a clock that never jumps. */
  ofRate(name: QuotaName, who: string, nowMs: number): OverlayError | undefined {
    return this.#rates.get(name)?.take(who, nowMs) === false ? this.refuse(name) : undefined
  }

  /**
   * Returns how fast `who` may go where one is slowed rather than refused; undefined for as fast as it likes. Each wait is counted.
   */
  pace(name: QuotaName, who: string, nowMs: () => number): Pace | undefined {
    const rates = this.#rates.get(name)
    if (rates === undefined) return undefined
    return (amount) => {
      const waitMs = rates.spend(who, nowMs(), amount)
      if (waitMs > 0) this.refused.set(name, this.refused.get(name)! + 1)
      return waitMs
    }
  }

  /** Counts a refusal and words it. */
  refuse(name: QuotaName): OverlayError {
    this.refused.set(name, this.refused.get(name)! + 1)
    const { what, per, perSecond } = quotaKinds[name]
    const often = perSecond ? ' a second' : ''
    const error = new OverlayError(
      'busy',
      `The quota '${name}' of this ${this.#where} is used up: ${this.limit(name)} ${what}${often} for one ${per}.`,
    )
    this.#onRefused(name, error)
    return error
  }
}

/** Reads `name=n`, as a command line has it. Throws `bad_argument`. */
export function parseQuotas(texts: readonly string[], names: readonly QuotaName[] = quotaNames): QuotaLimits {
  const limits: QuotaLimits = {}
  for (const text of texts) {
    const [, word, digits] = /^([a-z-]+)=(\d+)$/.exec(text) ?? []
    const name = names.find((each) => each === word)
    if (name === undefined) {
      throw new OverlayError(
        'bad_argument',
        `--quota takes <name>=<n> with a name of ${names.join(', ')}, not '${text}'.`,
      )
    }
    limits[name] = Number(digits)
  }
  return limits
}

function checkNames(names: readonly string[], known: readonly QuotaName[]): void {
  const other = names.find((name) => !known.some((each) => each === name))
  if (other === undefined) return
  throw new OverlayError('bad_argument', `'${other}' is no quota of a host; there are ${known.join(', ')}.`)
}

function limitOf(name: QuotaName, given: number | undefined, where: 'relay' | 'host'): number {
  const { default: atRelay, atHost = 0 } = kinds[name]
  const limit = given ?? (where === 'relay' ? atRelay : atHost)
  if (!Number.isInteger(limit) || limit < 0) {
    throw new OverlayError('bad_argument', `The quota '${name}' is a whole number from 0 (no limit), not ${limit}.`)
  }
  return limit === 0 ? Number.POSITIVE_INFINITY : limit
}
