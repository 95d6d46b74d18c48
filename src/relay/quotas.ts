import { OverlayError } from '../core/errors.js'
import { Rates } from '../core/rates.js'

interface QuotaKind {
  /** Of what, as in `at most 64 …`. */
  what: string
  per: 'address' | 'identity'
  /** What one may have at the same time, or do each second; 0 for as much as one likes. */
  default: number
  perSecond: boolean
}

/**
 * What one address or one member may take of a relay, by the names that `--quota`, refusals and metrics have. Relays are not counted: they
 * ask for others. The table in docs/reference.md is held against this one by a test.
 */
export const quotaKinds = {
  strangers: kind('connections that have not proved membership', 'address', 1_024),
  'stranger-rate': kind('new connections', 'address', 500, true),
  connections: kind('connections', 'identity', 128),
  circuits: kind('circuits as the dialer', 'identity', 1_024),
  splices: kind('splices as the dialer', 'identity', 16_384),
  bindings: kind('terminators', 'identity', 100_000),
  requests: kind('questions to the directory', 'identity', 2_000, true),
  dials: kind('circuits and splices asked for', 'identity', 500, true),
} as const satisfies Record<string, QuotaKind>

function kind(what: string, per: QuotaKind['per'], amount: number, perSecond = false): QuotaKind {
  return { what, per, default: amount, perSecond }
}

export type QuotaName = keyof typeof quotaKinds
export type QuotaLimits = Partial<Record<QuotaName, number>>

export const quotaNames = Object.keys(quotaKinds) as QuotaName[]

/** What is refused to whoever takes too much of a relay, and how often that happened. Pure but for the counting. */
export class Quotas {
  /** Refusals since the start. */
  readonly refused = new Map<QuotaName, number>(quotaNames.map((name) => [name, 0]))
  readonly #limits: ReadonlyMap<QuotaName, number>
  readonly #rates = new Map<QuotaName, Rates>()

  /** Throws `bad_argument` for a limit that is no whole number from 0. */
  constructor(limits: QuotaLimits = {}) {
    this.#limits = new Map(quotaNames.map((name) => [name, limitOf(name, limits[name])]))
    for (const [name, limit] of this.#limits) {
      if (quotaKinds[name].perSecond && limit !== Number.POSITIVE_INFINITY) {
        this.#rates.set(name, new Rates({ perSecond: limit }))
      }
    }
  }

  /** Infinity when there is none. */
  limit(name: QuotaName): number {
    return this.#limits.get(name)!
  }

  /** For one who has `held` already and wants another one: why not, or undefined. */
  ofHeld(name: QuotaName, held: number): OverlayError | undefined {
    return held < this.limit(name) ? undefined : this.refuse(name)
  }

  /** For one who does it once more: why not, or undefined. `nowMs` is of a clock that never jumps. */
  ofRate(name: QuotaName, who: string, nowMs: number): OverlayError | undefined {
    return this.#rates.get(name)?.take(who, nowMs) === false ? this.refuse(name) : undefined
  }

  /** Counts a refusal and words it. */
  refuse(name: QuotaName): OverlayError {
    this.refused.set(name, this.refused.get(name)! + 1)
    const { what, per, perSecond } = quotaKinds[name]
    const often = perSecond ? ' a second' : ''
    return new OverlayError(
      'busy',
      `The quota '${name}' of this relay is used up: ${this.limit(name)} ${what}${often} for one ${per}.`,
    )
  }
}

/** Reads `name=n`, as a command line has it. Throws `bad_argument`. */
export function parseQuotas(texts: readonly string[]): QuotaLimits {
  const limits: QuotaLimits = {}
  for (const text of texts) {
    const [, word, digits] = /^([a-z-]+)=(\d+)$/.exec(text) ?? []
    const name = quotaNames.find((each) => each === word)
    if (name === undefined) {
      throw new OverlayError(
        'bad_argument',
        `--quota takes <name>=<n> with a name of ${quotaNames.join(', ')}, not '${text}'.`,
      )
    }
    limits[name] = Number(digits)
  }
  return limits
}

function limitOf(name: QuotaName, limit: number = quotaKinds[name].default): number {
  if (!Number.isInteger(limit) || limit < 0) {
    throw new OverlayError('bad_argument', `The quota '${name}' is a whole number from 0 (no limit), not ${limit}.`)
  }
  return limit === 0 ? Number.POSITIVE_INFINITY : limit
}
