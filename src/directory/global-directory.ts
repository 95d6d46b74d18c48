import type { Clock } from '../core/clock.js'
import { maxListLimit } from '../core/limits.js'
import type { LookupResponse, SignedTerminator } from '../wire/messages/directory.js'
import { hedge } from './hedge.js'
import type { DirectoryLink } from './link.js'
import type { ListAnswer } from './list-answer.js'
import { parsePartitionKey } from './partition.js'
import type { RelayPool } from './relay-pool.js'
import type { Replication } from './replication.js'
import { joinRows } from './row-view.js'
import { directoryStatus } from './status.js'
import type { DirectoryStore, Row } from './store.js'

const hedgeMs = 150
/** Once one home has answered, the others get this long to know better. */
const othersMs = 500

/**
 * What a relay answers: from its own table for partitions it is a settled home of, else from the homes, one hop at most.
 * As long as it is not certain that one home has everything, several are asked and their answers joined.
 */
export class GlobalDirectory {
  constructor(
    private readonly deps: { store: DirectoryStore; replication: Replication; pool: RelayPool; clock: Clock },
  ) {}

  /** Answers from the own table, for another relay that asks us as a home. */
  localLookup(service: string, instanceId: string, shards?: readonly number[]): LookupResponse {
    const { store, replication } = this.deps
    if (instanceId === '') {
      const entries = store.any(service, maxListLimit, shards)
      const partial = this.partitions(service, shards).some((partition) => !replication.isSettledHome(partition))
      const status = entries.length > 0 ? directoryStatus.ok : directoryStatus.unknownInstance
      return { status, terminators: entries.map((entry) => entry.signed), lastSeenMs: 0, partial }
    }
    const partial = !replication.isSettledHome(store.partitionOf({ service, instanceId }))
    const found = store.lookup(service, instanceId)
    if (found.state === 'online') {
      const terminators = found.entries.map((entry) => entry.signed)
      return { status: directoryStatus.ok, terminators, lastSeenMs: 0, partial }
    }
    const lastSeenMs = found.state === 'offline' ? found.lastSeenMs : 0
    const status = found.state === 'offline' ? directoryStatus.offline : directoryStatus.unknownInstance
    return { status, terminators: [], lastSeenMs, partial }
  }

  async lookup(service: string, instanceId: string): Promise<LookupResponse> {
    const local = this.localLookup(service, instanceId)
    if (!local.partial && local.status === directoryStatus.ok) return local
    const { replication, store } = this.deps
    const partitions = instanceId === '' ? this.partitions(service) : [store.partitionOf({ service, instanceId })]
    const answers = [local]
    await Promise.all(
      this.byHomes(partitions).map(async ({ homes, shards }) => {
        const settledHere = partitions.every((partition) => replication.isSettledHome(partition))
        const result = await this.ask(
          homes,
          (link) => link.lookup(service, instanceId, undefined, { shards }),
          // A yes from one settled home is enough; a no is believed when the others say the same.
          (answer) => answer.status === directoryStatus.ok && !answer.partial,
          // A yes that may not be the whole of it does not wait for a frozen home either.
          (answer) => answer.status === directoryStatus.ok || !answer.partial || settledHere,
        )
        answers.push(...result)
      }),
    )
    return joinLookups(answers)
  }

  localList(service: string, cursor: string, limit: number, shards?: readonly number[]): ListAnswer {
    const { store, replication } = this.deps
    const page = store.list(service, cursor === '' ? undefined : cursor, limit, shards)
    const partial = this.partitions(service, shards).some((partition) => !replication.isSettledHome(partition))
    return { status: directoryStatus.ok, rows: page.rows, cursor: page.cursor ?? '', partial }
  }

  async list(service: string, cursor: string, limit: number): Promise<ListAnswer> {
    const { replication } = this.deps
    const partitions = this.partitions(service)
    const here = partitions.filter((partition) => replication.isSettledHome(partition))
    const elsewhere = partitions.filter((partition) => !replication.isSettledHome(partition))
    if (elsewhere.length === 0) return this.localList(service, cursor, limit)
    const answers: ListAnswer[] = []
    if (here.length > 0) answers.push(this.localList(service, cursor, limit, here.map(shardNumber)))
    await Promise.all(
      this.byHomes(elsewhere).map(async ({ homes, shards }) => {
        const found = await this.ask(
          homes,
          (link) => link.list(service, cursor, limit, undefined, { shards }),
          (answer) => !answer.partial,
        )
        const complete = found.find((answer) => !answer.partial)
        if (complete !== undefined) answers.push(complete)
        else answers.push(...found, this.localList(service, cursor, limit, shards))
      }),
    )
    return joinLists(answers, limit)
  }

  private ask<T>(
    homes: readonly string[],
    ask: (link: DirectoryLink) => Promise<T>,
    enough: (answer: T) => boolean,
    good: (answer: T) => boolean = () => true,
  ): Promise<T[]> {
    const { pool, clock } = this.deps
    const asks = homes.map((home) => async () => ask(await pool.ensure(home)))
    return hedge(asks, { clock, delayMs: hedgeMs, enough, good, othersMs }).then(({ answers }) => answers)
  }

  private partitions(service: string, shards?: readonly number[]): string[] {
    const all = this.deps.replication
      .partitions()
      .filter((partition) => parsePartitionKey(partition).service === service)
    if (shards === undefined) return all
    const wanted = new Set(shards)
    return all.filter((partition) => wanted.has(shardNumber(partition)))
  }

  /** Partitions with the same homes are asked for together. */
  private byHomes(partitions: readonly string[]): Array<{ homes: string[]; shards: number[] }> {
    const groups = new Map<string, { homes: string[]; shards: number[] }>()
    for (const partition of partitions) {
      const homes = this.deps.replication.otherHomes(partition)
      const key = homes.join()
      const group = groups.get(key) ?? { homes, shards: [] }
      group.shards.push(shardNumber(partition))
      groups.set(key, group)
    }
    return [...groups.values()]
  }
}

/** The best of several answers about one instance: who is known to any is there; else the latest "last seen". */
export function joinLookups(answers: readonly LookupResponse[]): LookupResponse {
  const terminators = new Map<string, SignedTerminator>()
  let lastSeenMs = 0
  let refused: LookupResponse | undefined
  for (const answer of answers) {
    for (const signed of answer.terminators) terminators.set(Buffer.from(signed.terminator).toString('base64'), signed)
    if (answer.status === directoryStatus.offline) lastSeenMs = Math.max(lastSeenMs, answer.lastSeenMs)
    else if (answer.status !== directoryStatus.ok && answer.status !== directoryStatus.unknownInstance)
      refused ??= answer
  }
  const partial = answers.every((answer) => answer.partial)
  if (terminators.size > 0) {
    return { status: directoryStatus.ok, terminators: [...terminators.values()], lastSeenMs: 0, partial }
  }
  if (refused !== undefined) return refused
  const status = lastSeenMs > 0 ? directoryStatus.offline : directoryStatus.unknownInstance
  return { status, terminators: [], lastSeenMs, partial }
}

/** One page out of the pages of several parts, or of several sources that may each miss something. */
export function joinLists(answers: readonly ListAnswer[], limit: number): ListAnswer {
  const rows = new Map<string, Row>()
  let more = false
  let partial = answers.length === 0
  for (const answer of answers) {
    if (answer.cursor !== '') more = true
    partial ||= answer.partial
    for (const row of answer.rows) {
      const known = rows.get(row.instanceId)
      rows.set(row.instanceId, known === undefined ? row : joinRows(known, row))
    }
  }
  const sorted = [...rows.values()].sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1))
  const page = sorted.slice(0, limit)
  more ||= sorted.length > limit
  return {
    status: directoryStatus.ok,
    rows: page,
    cursor: more && page.length > 0 ? page.at(-1)!.instanceId : '',
    partial,
  }
}

const shardNumber = (partition: string) => parsePartitionKey(partition).shard
