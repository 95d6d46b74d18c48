import type { Clock } from '../core/clock.js'
import { asOverlayError, isOverlayError, OverlayError } from '../core/errors.js'
import { defaultListLimit, maxListLimit } from '../core/limits.js'
import { openCertificate, type VerifiedCertificate } from '../identity/certificate.js'
import { mayBind } from '../identity/policy.js'
import { openTerminator, type TerminatorRecord } from '../identity/terminator.js'
import type { Trust } from '../net/trust.js'
import type { SignedTerminator } from '../wire/messages/directory.js'
import type { DirectoryLink } from './link.js'
import type { RelayPool } from './relay-pool.js'
import { codeOfDirectoryStatus, directoryStatus } from './status.js'
import type { Row } from './store.js'

/** A terminator whose two signatures have been checked here, whatever the relay that handed it over thinks. */
export interface Candidate {
  record: TerminatorRecord
  host: VerifiedCertificate
}

/** Once one relay has found the instance, the others get this long to add what they know. */
const othersMs = 150

/** Asks the relays of a pool. A relay answers for what is bound on it; answers are joined here. */
export class DirectoryClient {
  constructor(
    private readonly pool: RelayPool,
    private readonly trust: Trust,
    private readonly clock: Clock,
  ) {}

  /**
   * The proved terminators of an instance (of any instance when `instanceId` is empty). Rejects with `no_relay`, `offline`
   * (with `lastSeenMs`), `unknown_instance`, `unknown_service` or `not_permitted`.
   */
  async lookup(service: string, instanceId: string, signal?: AbortSignal): Promise<Candidate[]> {
    const found: SignedTerminator[] = []
    let lastSeenMs: number | undefined
    let refusal: OverlayError | undefined
    await this.askAll(`look up '${instanceId}'`, (link) => link.lookup(service, instanceId, signal), {
      enough: () => found.length > 0,
      take: (answer) => {
        if (answer.status === directoryStatus.ok) found.push(...answer.terminators)
        else if (answer.status === directoryStatus.offline) {
          lastSeenMs = Math.max(lastSeenMs ?? 0, answer.lastSeenMs)
        } else if (answer.status !== directoryStatus.unknownInstance) {
          refusal = new OverlayError(
            codeOfDirectoryStatus(answer.status),
            `The relay refused to look up '${instanceId}'.`,
          )
        }
      },
      signal,
    })
    const candidates = await this.prove(found, service, instanceId)
    if (candidates.length > 0) return candidates
    if (refusal !== undefined) throw refusal
    if (lastSeenMs !== undefined) {
      const since = new Date(lastSeenMs).toISOString().replace('T', ' ').slice(0, 16)
      throw new OverlayError('offline', `'${instanceId}' is offline; last seen on '${service}' at ${since} UTC.`, {
        service,
        instanceId,
        lastSeenMs,
      })
    }
    if (instanceId === '') throw new OverlayError('offline', `Nobody offers '${service}' at the moment.`, { service })
    throw new OverlayError('unknown_instance', `Nobody called '${instanceId}' has been seen on '${service}'.`, {
      service,
      instanceId,
    })
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
    const rows = new Map<string, Row>()
    let more = false
    await this.askAll(`list '${service}'`, (link) => link.list(service, options.cursor ?? '', limit, options.signal), {
      enough: () => false,
      take: (answer) => {
        if (answer.cursor !== '') more = true
        for (const row of answer.rows) {
          const known = rows.get(row.instanceId)
          rows.set(row.instanceId, known === undefined ? row : joinRows(known, row))
        }
      },
      signal: options.signal,
    })
    const sorted = [...rows.values()].sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1))
    const page = sorted.slice(0, limit)
    const last = page.at(-1)
    return last !== undefined && (more || sorted.length > limit)
      ? { rows: page, cursor: last.instanceId }
      : { rows: page }
  }

  /** Asks every relay that is up; a silent one holds nobody up once another has given enough. */
  private async askAll<T>(
    what: string,
    ask: (link: DirectoryLink) => Promise<T>,
    options: { enough: () => boolean; take: (answer: T) => void; signal?: AbortSignal },
  ): Promise<void> {
    const relays = this.pool.up()
    if (relays.length === 0) throw new OverlayError('no_relay', `No relay could be reached to ${what}.`)
    let answers = 0
    let failure: OverlayError | undefined
    const { promise: graceOver, resolve: endGrace } = Promise.withResolvers<void>()
    let cancelGrace: (() => void) | undefined
    const asked = relays.map(async ({ link }) => {
      try {
        options.take(await ask(link))
        answers++
        if (options.enough()) cancelGrace ??= this.clock.after(othersMs, endGrace)
      } catch (error) {
        failure ??= asOverlayError(error, 'no_relay', `Could not ${what}`)
        if (isOverlayError(error, 'timed_out')) link.probe()
      }
    })
    await Promise.race([Promise.all(asked), graceOver])
    cancelGrace?.()
    options.signal?.throwIfAborted()
    if (answers === 0 && failure !== undefined) throw failure
  }

  private async prove(found: SignedTerminator[], service: string, instanceId: string): Promise<Candidate[]> {
    const { networkId, revokedSerials } = this.trust.network
    const definition = this.trust.network.services.get(service)
    const newest = new Map<string, Candidate>()
    for (const signed of found) {
      try {
        const record = await openTerminator(signed.terminator, { networkId })
        if (record.service !== service || (instanceId !== '' && record.instanceId !== instanceId)) continue
        const host = await openCertificate(signed.certificate, {
          networkId,
          peerId: record.hostPeerId,
          nowMs: this.clock.now(),
          revokedSerials,
        })
        if (definition === undefined || !mayBind(definition, host, record.instanceId)) continue
        const key = `${record.hostPeerId}/${record.relayPeerId}/${record.instanceId}`
        const known = newest.get(key)
        if (known === undefined || known.record.sequence < record.sequence) newest.set(key, { record, host })
      } catch {
        // What a relay hands over unproved is as good as not there.
      }
    }
    return [...newest.values()]
  }
}

function joinRows(a: Row, b: Row): Row {
  const [older, newer] = a.sinceMs <= b.sinceMs ? [a, b] : [b, a]
  return { ...older, terminators: older.terminators + newer.terminators, busy: a.busy && b.busy }
}
