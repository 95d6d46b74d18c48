import { BoundedMap } from '../core/bounded-map.js'
import type { Clock } from '../core/clock.js'
import { asOverlayError, errorText, isOverlayError, OverlayError } from '../core/errors.js'
import { defaultListLimit, maxListLimit, maxLookupTerminators } from '../core/limits.js'
import type { Trust } from '../net/trust.js'
import { codeOfDirectoryStatus, directoryStatus } from '../wire/directory-status.js'
import type { SignedTerminator } from '../wire/messages/directory.js'
import { agreedPage, type PageSource } from './agreed-page.js'
import { checkPage, checkRow } from './answer-check.js'
import { hedge } from './hedge.js'
import { joinLookups } from './join-answers.js'
import type { DirectoryLink } from './link.js'
import { type Candidate, checkFit, openSigned } from './proof.js'
import { provedHosts } from './proved-rows.js'
import { fastest, type RelayPool } from './relay-pool.js'
import type { Row, RowHost } from './row.js'
import { decodeRow } from './row-codec.js'
import type { Preferred } from './selection.js'

/** A relay that has not answered for this long is not waited for alone. */
const nextRelayAfterMs = 150
/** Once one relay has given a good answer, the others get this long to know of more. */
const othersMs = 500
/** A relay that listed many who could not be proved, and that nobody else lists, is asked for no list for this long. */
const distrustMs = 10 * 60_000
const maxProofSources = 3
const doubtMs = 30_000

/** Asks one relay of a pool, whichever: it answers for all. Another one is asked when that one is slow or not sure. */
export class DirectoryClient {
  readonly #pool: RelayPool
  readonly #trust: Trust
  readonly #clock: Clock
  /** Instances whose terminators led nowhere, and until when; of a clock that never jumps. */
  readonly #doubted = new BoundedMap<string, number>(256)
  /** Relays, and until when; of the same clock. */
  readonly #distrusted = new Map<string, number>()

  constructor(pool: RelayPool, trust: Trust, clock: Clock) {
    this.#pool = pool
    this.#trust = trust
    this.#clock = clock
  }

  /**
   * The proved terminators of an instance (of any instance when `instanceId` is empty). Of many, some, drawn by the service's
   * strategy; those of `prefer` are among them. Rejects with `no_relay`, `offline` (with `lastSeenMs`), `unknown_instance`,
   * `unknown_service` or `not_permitted`; with `certificate_*` when only hosts were found that cannot prove their right to be there.
   */
  async lookup(service: string, instanceId: string, signal?: AbortSignal, prefer?: Preferred): Promise<Candidate[]> {
    const others = this.#pool.up().length > 1
    let noes = 0
    const answers = await this.#ask(`look up '${instanceId}'`, {
      signal,
      ask: async (link) => {
        const answer = await link.lookup(service, instanceId, { signal, prefer })
        return { ...answer, ...(await this.#prove(answer.terminators, service, instanceId)) }
      },
      // A frozen relay says nothing for seconds, and its terminators are no good anyway.
      good: ({ candidates }) => candidates.length > 0,
      enough: ({ partial, candidates }, link) => {
        if (partial) return false
        // Who tells of nobody, or of nobody but through itself, may hide the rest: a second relay has to say so.
        const asked = link.connection?.remotePeer.toString()
        const isDoubted = (this.#doubted.get(`${service}\0${instanceId}`) ?? 0) > this.#clock.monotonic()
        if (!isDoubted && candidates.some(({ record }) => record.relayPeerId !== asked)) return true
        noes++
        return !others || noes > 1
      },
    })
    const { status, lastSeenMs } = joinLookups(answers)
    const candidates = newest(answers.flatMap((answer) => answer.candidates))
    const doubt = answers.find((answer) => answer.doubt !== undefined)?.doubt
    if (candidates.length > 0) return candidates
    // Somebody is bound who may not be called: that is another trouble than nobody being there.
    if (doubt !== undefined) {
      const who = instanceId === '' ? `All who offer '${service}'` : `'${instanceId}'`
      throw new OverlayError(doubt.code, `${who} cannot be called: ${doubt.message}`, {
        service,
        ...(instanceId === '' ? {} : { instanceId }),
        cause: doubt,
      })
    }
    if (status === directoryStatus.offline) {
      const since = new Date(lastSeenMs).toISOString().replace('T', ' ').slice(0, 16)
      throw new OverlayError('offline', `'${instanceId}' is offline; last seen on '${service}' at ${since} UTC.`, {
        service,
        instanceId,
        lastSeenMs,
      })
    }
    if (status !== directoryStatus.ok && status !== directoryStatus.unknownInstance) {
      throw new OverlayError(codeOfDirectoryStatus(status), `The relay refused to look up '${instanceId}'.`)
    }
    if (instanceId === '') throw new OverlayError('offline', `Nobody offers '${service}' at the moment.`, { service })
    throw new OverlayError('unknown_instance', `Nobody called '${instanceId}' has been seen on '${service}'.`, {
      service,
      instanceId,
    })
  }

  /** What was found led nowhere: for a while the word of a second relay is taken as well, as the first one may tell of what was once. */
  doubt(service: string, instanceId: string): void {
    this.#doubted.set(`${service}\0${instanceId}`, this.#clock.monotonic() + doubtMs)
  }

  /** How an instance is doing, as relays say; undefined when it is not there. Rejects as {@link lookup} does. */
  async describe(service: string, instanceId: string, signal?: AbortSignal): Promise<Row | undefined> {
    const answers = await this.#ask(`look up '${instanceId}'`, {
      signal,
      ask: async (link) => {
        const answer = await link.lookup(service, instanceId, { signal, describe: true })
        if (answer.row !== undefined) await this.#checkProved(decodeRow(answer.row), answer.terminators, service)
        return answer
      },
      good: ({ status }) => status === directoryStatus.ok,
    })
    const { row } = joinLookups(answers)
    return row && decodeRow(row)
  }

  /** One page in the order of instance ids. Rejects with `no_relay`, `unknown_service`, `not_permitted` or `bad_argument`. */
  async list(
    service: string,
    options: { cursor?: string; limit?: number; signal?: AbortSignal } = {},
  ): Promise<{ rows: Row[]; cursor?: string }> {
    const limit = options.limit ?? defaultListLimit
    if (!Number.isInteger(limit) || limit < 1 || limit > maxListLimit) {
      throw new OverlayError('bad_argument', `A page has 1 to ${maxListLimit} rows, not ${limit}.`)
    }
    const { cursor = '', signal } = options
    const relays = this.#trusted(fastest(this.#pool.up()))
    if (relays.length === 0) throw noRelay(`list '${service}'`)
    const sources = relays.map(({ link, peerId }): PageSource => {
      const noting = <T>(asked: Promise<T>): Promise<T> =>
        asked.catch((error) => {
          if (isOverlayError(error, 'timed_out')) link.probe()
          throw error
        })
      return {
        peerId,
        page: async () => {
          const answer = await noting(link.list(service, cursor, limit, signal))
          checkPage(answer, cursor, limit) // checked here, so that another relay is asked when it is wrong
          return answer
        },
        digest: () => noting(link.listDigest(service, cursor, limit, signal)),
        lookup: (instanceId) => noting(this.#lookUpAt(link, service, instanceId, signal)),
      }
    })
    const { answer, errors } = await agreedPage(sources, {
      clock: this.#clock,
      limit,
      onFalse: ({ peerId }) => this.#distrusted.set(peerId, this.#clock.monotonic() + distrustMs),
    })
    signal?.throwIfAborted()
    if (answer === undefined) throw asOverlayError(errors[0], 'no_relay', `Could not list '${service}'`)
    const rows = [...answer.page.rows]
    return answer.cursor === '' ? { rows } : { rows, cursor: answer.cursor }
  }

  /** Throws `protocol_error` when a row is none, or tells of others than the terminators that came with it. */
  async #checkProved(row: Row, terminators: readonly SignedTerminator[], service: string): Promise<void> {
    checkRow(row)
    if (terminators.length >= maxLookupTerminators) return // some of them only
    const { networkId } = this.#trust.network
    const names = new Map<string, string>()
    for (const signed of terminators) {
      const { record, host } = await openSigned(signed, networkId)
      if (record.service === service && record.instanceId === row.instanceId) names.set(host.peerId, host.name)
    }
    if ([row, ...row.hosts].every(({ peerId, identityName }) => names.get(peerId) === identityName)) return
    throw new OverlayError('protocol_error', 'A relay tells of a host that the terminators do not bear out.')
  }

  /** The hosts of an instance that three relays can prove; undefined when none of them answers. */
  provedHosts(service: string, instanceId: string): Promise<ReadonlyMap<string, RowHost> | undefined> {
    const sources = this.#trusted(fastest(this.#pool.up()))
      .slice(0, maxProofSources)
      .map(({ link, peerId }) => ({ peerId, lookup: () => this.#lookUpAt(link, service, instanceId) }))
    return provedHosts(instanceId, sources, this.#clock)
  }

  async #lookUpAt(link: DirectoryLink, service: string, instanceId: string, signal?: AbortSignal) {
    const { terminators } = await link.lookup(service, instanceId, { signal })
    return (await this.#prove(terminators, service, instanceId)).candidates
  }

  /** Without those that listed nobody lately, unless there are no others. */
  #trusted<T extends { peerId: string }>(relays: readonly T[]): readonly T[] {
    if (this.#distrusted.size === 0) return relays
    const nowMs = this.#clock.monotonic()
    for (const [peerId, untilMs] of this.#distrusted) if (untilMs <= nowMs) this.#distrusted.delete(peerId)
    const others = relays.filter(({ peerId }) => !this.#distrusted.has(peerId))
    return others.length > 0 ? others : relays
  }

  async #ask<T extends { partial: boolean }>(
    what: string,
    {
      signal,
      ask,
      good,
      enough = ({ partial }) => !partial,
    }: {
      signal: AbortSignal | undefined
      ask: (link: DirectoryLink) => Promise<T>
      good: (answer: T) => boolean
      enough?: (answer: T, link: DirectoryLink) => boolean
    },
  ): Promise<T[]> {
    const relays = fastest(this.#pool.up())
    if (relays.length === 0) throw noRelay(what)
    const asks = relays.map(({ link }) => async () => {
      try {
        return { answer: await ask(link), link }
      } catch (error) {
        if (isOverlayError(error, 'timed_out')) link.probe()
        throw error
      }
    })
    const { answers, errors } = await hedge(asks, {
      clock: this.#clock,
      delayMs: nextRelayAfterMs,
      enough: ({ answer, link }) => enough(answer, link),
      good: ({ answer }) => good(answer),
      othersMs,
    })
    signal?.throwIfAborted()
    if (answers.length === 0) throw asOverlayError(errors[0], 'no_relay', `Could not ${what}`)
    return answers.map(({ answer }) => answer)
  }

  /** What a relay has handed over, checked; `doubt` is the first reason why one was left out. Throws what no honest relay hands over. */
  async #prove(
    found: readonly SignedTerminator[],
    service: string,
    instanceId: string,
  ): Promise<{ candidates: Candidate[]; doubt?: OverlayError }> {
    const { network } = this.#trust
    const candidates: Candidate[] = []
    let doubt: OverlayError | undefined
    let forged: unknown
    for (const signed of found) {
      try {
        const candidate = await openSigned(signed, network.networkId)
        const { record } = candidate
        if (record.service !== service || (instanceId !== '' && record.instanceId !== instanceId)) continue
        try {
          checkFit(candidate, network, this.#clock.now())
          candidates.push(candidate)
        } catch (error) {
          doubt ??= asOverlayError(error, 'certificate_invalid', 'A terminator could not be checked')
        }
      } catch (error) {
        forged ??= error
      }
    }
    // Not the host's fault: another relay is asked.
    if (forged !== undefined && candidates.length === 0 && doubt === undefined) {
      throw new OverlayError('protocol_error', `The relay hands over what is forged: ${errorText(forged)}`)
    }
    return { candidates, doubt }
  }
}

const noRelay = (what: string) => new OverlayError('no_relay', `No relay could be reached to ${what}.`)

/** Of each terminator the newest. */
function newest(candidates: readonly Candidate[]): Candidate[] {
  const found = new Map<string, Candidate>()
  for (const candidate of candidates) {
    const { hostPeerId, relayPeerId, instanceId, sequence } = candidate.record
    const key = `${hostPeerId}/${relayPeerId}/${instanceId}`
    const known = found.get(key)
    if (known === undefined || known.record.sequence < sequence) found.set(key, candidate)
  }
  return [...found.values()]
}
