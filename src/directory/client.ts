import type { Clock } from '../core/clock.js'
import { asOverlayError, isOverlayError, OverlayError } from '../core/errors.js'
import { defaultListLimit, maxListLimit } from '../core/limits.js'
import { openCertificate, type VerifiedCertificate } from '../identity/certificate.js'
import { mayBind } from '../identity/policy.js'
import { openTerminator, type TerminatorRecord } from '../identity/terminator.js'
import type { Trust } from '../net/trust.js'
import { codeOfDirectoryStatus, directoryStatus } from '../wire/directory-status.js'
import type { SignedTerminator } from '../wire/messages/directory.js'
import { hedge } from './hedge.js'
import { joinLists, joinLookups } from './join-answers.js'
import type { DirectoryLink } from './link.js'
import { fastest, type RelayPool } from './relay-pool.js'
import type { Row } from './row.js'
import { decodeRow } from './row-codec.js'
import type { Preferred } from './selection.js'

/** A terminator whose two signatures have been checked here, whatever the relay that handed it over thinks. */
export interface Candidate {
  record: TerminatorRecord
  host: VerifiedCertificate
}

/** A relay that has not answered for this long is not waited for alone. */
const hedgeMs = 150
/** Once one relay has given a good answer, the others get this long to know of more. */
const othersMs = 500

/** Asks one relay of a pool, whichever: it answers for all. Another one is asked when that one is slow or not sure. */
export class DirectoryClient {
  constructor(
    private readonly pool: RelayPool,
    private readonly trust: Trust,
    private readonly clock: Clock,
  ) {}

  /**
   * The proved terminators of an instance (of any instance when `instanceId` is empty). Of many, some, drawn by the service's
   * strategy; those of `prefer` are among them. Rejects with `no_relay`, `offline` (with `lastSeenMs`), `unknown_instance`,
   * `unknown_service` or `not_permitted`; with `certificate_*` when only hosts were found that cannot prove their right to be there.
   */
  async lookup(service: string, instanceId: string, signal?: AbortSignal, prefer?: Preferred): Promise<Candidate[]> {
    const answers = await this.ask(
      `look up '${instanceId}'`,
      (link) => link.lookup(service, instanceId, { signal, prefer }),
      signal,
      // A frozen relay says nothing for seconds, and its terminators are no good anyway.
      ({ status }) => status === directoryStatus.ok,
    )
    const { status, terminators, lastSeenMs } = joinLookups(answers)
    const { candidates, doubt } = await this.prove(terminators, service, instanceId)
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

  /** How an instance is doing, as relays say; undefined when it is not there. Rejects as {@link lookup} does. */
  async describe(service: string, instanceId: string, signal?: AbortSignal): Promise<Row | undefined> {
    const answers = await this.ask(
      `look up '${instanceId}'`,
      (link) => link.lookup(service, instanceId, { signal, describe: true }),
      signal,
      ({ status }) => status === directoryStatus.ok,
    )
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
    const answers = await this.ask(
      `list '${service}'`,
      async (link) => {
        const answer = await link.list(service, cursor, limit, signal)
        void answer.page.rows // read here, so that another relay is asked when it cannot be
        return answer
      },
      signal,
      () => true, // what one relay knows does not wait for a frozen one either
    )
    const complete = answers.find((answer) => !answer.partial)
    const answer = complete ?? joinLists(answers, limit)
    const rows = [...answer.page.rows]
    return answer.cursor === '' ? { rows } : { rows, cursor: answer.cursor }
  }

  private async ask<T extends { partial: boolean }>(
    what: string,
    ask: (link: DirectoryLink) => Promise<T>,
    signal: AbortSignal | undefined,
    good: (answer: T) => boolean,
  ): Promise<T[]> {
    const relays = fastest(this.pool.up())
    if (relays.length === 0) throw new OverlayError('no_relay', `No relay could be reached to ${what}.`)
    const asks = relays.map(({ link }) => async () => {
      try {
        return await ask(link)
      } catch (error) {
        if (isOverlayError(error, 'timed_out')) link.probe()
        throw error
      }
    })
    const { answers, errors } = await hedge(asks, {
      clock: this.clock,
      delayMs: hedgeMs,
      enough: (answer) => !answer.partial,
      good,
      othersMs,
    })
    signal?.throwIfAborted()
    if (answers.length === 0) throw asOverlayError(errors[0], 'no_relay', `Could not ${what}`)
    return answers
  }

  /** `doubt` is the first reason why one was left out. */
  private async prove(
    found: SignedTerminator[],
    service: string,
    instanceId: string,
  ): Promise<{ candidates: Candidate[]; doubt?: OverlayError }> {
    const { networkId } = this.trust.network
    const definition = this.trust.network.services.get(service)
    const newest = new Map<string, Candidate>()
    let doubt: OverlayError | undefined
    for (const signed of found) {
      try {
        const record = await openTerminator(signed.terminator, { networkId })
        if (record.service !== service || (instanceId !== '' && record.instanceId !== instanceId)) continue
        const host = await openCertificate(signed.certificate, {
          networkId,
          peerId: record.hostPeerId,
          nowMs: this.clock.now(),
          revocations: this.trust.network,
        })
        if (definition === undefined || !mayBind(definition, host, record.instanceId)) {
          // Not `not_permitted`: that is what the dialer lacks.
          throw new OverlayError(
            'certificate_invalid',
            `The certificate of ${host.name} does not let it offer '${record.instanceId}' on '${service}'.`,
          )
        }
        const key = `${record.hostPeerId}/${record.relayPeerId}/${record.instanceId}`
        const known = newest.get(key)
        if (known === undefined || known.record.sequence < record.sequence) newest.set(key, { record, host })
      } catch (error) {
        doubt ??= asOverlayError(error, 'certificate_invalid', 'A terminator could not be checked')
      }
    }
    return { candidates: [...newest.values()], doubt }
  }
}
