import { BoundedMap } from '../../core/bounded-map.js'
import { equalBytes } from '../../core/bytes.js'
import type { Clock } from '../../core/clock.js'
import { errorText } from '../../core/errors.js'
import { maxLookupTerminators } from '../../core/limits.js'
import { agreedPage, type PageSource } from '../../directory/agreed-page.js'
import { checkPage } from '../../directory/answer-check.js'
import { hedge } from '../../directory/hedge.js'
import { joinLists, joinLookups } from '../../directory/join-answers.js'
import type { DirectoryLink } from '../../directory/link.js'
import { encodeDigest, type ListAnswer, type PageDigest } from '../../directory/list-answer.js'
import { parsePartitionKey } from '../../directory/partition.js'
import { openSigned } from '../../directory/proof.js'
import { provedHosts } from '../../directory/proved-rows.js'
import type { RelayPool } from '../../directory/relay-pool.js'
import type { RowHost } from '../../directory/row.js'
import { encodeRow } from '../../directory/row-codec.js'
import { isPreferred, type Preferred, preferredFirst } from '../../directory/selection.js'
import type { Strategy } from '../../identity/policy.js'
import { peekTerminator } from '../../identity/terminator.js'
import { directoryStatus } from '../../wire/directory-status.js'
import type { ListResponse, LookupResponse, SignedTerminator } from '../../wire/messages/directory.js'
import type { Homes } from '../feeds/homes.js'
import type { Liars } from '../feeds/liars.js'
import { DrawIndex, type DrawOptions, draw } from '../table/draw.js'
import type { Entry } from '../table/entry.js'
import { PageCache } from '../table/page-cache.js'
import type { DirectoryStore } from '../table/store.js'

const nextHomeAfterMs = 150
/** Limits the pages of homes that are kept; one of 1 000 rows has about 100 KB. */
const maxToldPages = 16
/** Says how long, once one home has answered, the others have to know better; ms. */
const othersMs = 500

export interface GlobalDirectoryDeps {
  networkId: string
  /** Knows the relays that were caught lying: they are not asked. */
  liars: Pick<Liars, 'has'>
  /** Called when a home has answered what no honest one does. */
  onLie: (peerId: string, what: string) => void
  store: DirectoryStore
  homes: Homes
  pool: RelayPool
  clock: Clock
  /** Returns the strategy of a service, by which a few of many terminators are drawn. */
  strategyOf: (service: string) => Strategy
  /** Numbers in [0, 1). */
  random: () => number
}

/**
 * Answers lookups and lists for a relay: from its own table for partitions it is a settled home of, else from the homes, one hop at
 * most. As long as it is not certain that one home has everything, several are asked and their answers joined.
 */
export class GlobalDirectory {
  readonly #deps: GlobalDirectoryDeps

  readonly #pages: PageCache
  /** Pages as homes told them last, checked: one that is still the same does not travel again. */
  readonly #told = new BoundedMap<string, Pick<ListAnswer, 'page' | 'cursor'>>(maxToldPages)

  constructor(deps: GlobalDirectoryDeps) {
    this.#deps = deps

    this.#pages = new PageCache(deps.store)
  }

  /**
   * Answers from the own table, for another relay that asks us as a home. Without an instance id, it answers a few of all there
   * are.
   */
  localLookup(
    service: string,
    instanceId: string,
    options: { shards?: readonly number[]; prefer?: Preferred; describe?: boolean } = {},
  ): LookupResponse {
    const { store, homes } = this.#deps
    const { shards, prefer, describe } = options
    if (instanceId === '') {
      const known = prefer && store.lookup(service, prefer.instanceId)
      const first = known?.state === 'online' ? known.entries : []
      const drawn = store.any(service, maxLookupTerminators, this.#drawOptions(service), shards)
      const entries = preferredFirst([...first, ...drawn], maxLookupTerminators, prefer)
      const partial = this.#partitions(service, shards).some((partition) => !homes.isSettledHome(partition))
      const status = entries.length > 0 ? directoryStatus.ok : directoryStatus.unknownInstance
      return { status, terminators: entries.map((entry) => entry.signed), lastSeenMs: 0, partial }
    }
    const partial = !homes.isSettledHome(store.partitionOf({ service, instanceId }))
    const found = store.lookup(service, instanceId)
    if (found.state === 'online') {
      const terminators = this.#few(service, found.entries, prefer).map((entry) => entry.signed)
      const row = describe ? store.row(service, instanceId) : undefined
      return { status: directoryStatus.ok, terminators, lastSeenMs: 0, partial, row: row && encodeRow(row) }
    }
    const lastSeenMs = found.state === 'offline' ? found.lastSeenMs : 0
    const status = found.state === 'offline' ? directoryStatus.offline : directoryStatus.unknownInstance
    return { status, terminators: [], lastSeenMs, partial }
  }

  async lookup(
    service: string,
    instanceId: string,
    { prefer, describe }: { prefer?: Preferred; describe?: boolean } = {},
  ): Promise<LookupResponse> {
    const local = this.localLookup(service, instanceId, { prefer, describe })
    if (!local.partial && local.status === directoryStatus.ok) return local
    const { homes, store } = this.#deps
    const partitions = instanceId === '' ? this.#partitions(service) : [store.partitionOf({ service, instanceId })]
    const found: LookupResponse[] = []
    const groups = this.#byHomes(partitions)
    let complete = 0
    await Promise.all(
      groups.map(async ({ homes: asked, shards }) => {
        const settledHere = partitions.every((partition) => homes.isSettledHome(partition))
        const result = await this.#ask(
          asked,
          async (link) => this.#proved(await link.lookup(service, instanceId, { prefer, describe, local: { shards } })),
          // A yes from one settled home is enough; a no is believed when the others say the same.
          (answer) => answer.status === directoryStatus.ok && !answer.partial,
          // A yes that may not be the whole of it does not wait for a frozen home either.
          (answer) => answer.status === directoryStatus.ok || !answer.partial || settledHere,
        )
        found.push(...result)
        if (result.some((answer) => !answer.partial)) complete++
      }),
    )
    // A few of all there are: those that happen to be bound here are not to be more likely than the rest.
    if (instanceId !== '' || complete < groups.length) found.push(local)
    return joinLookups(found, (terminators) => this.#fewSigned(service, terminators, prefer))
  }

  /** Returns at most as many entries as one answer has. */
  #few<T extends Pick<Entry, 'record' | 'busy'>>(service: string, entries: T[], prefer?: Preferred): T[] {
    if (entries.length <= maxLookupTerminators) return entries
    const drawn = draw([new DrawIndex(entries)], maxLookupTerminators, this.#drawOptions(service))
    return preferredFirst(
      [...entries.filter((entry) => isPreferred(entry, prefer)), ...drawn],
      maxLookupTerminators,
      prefer,
    )
  }

  #fewSigned(service: string, terminators: SignedTerminator[], prefer?: Preferred): SignedTerminator[] {
    if (terminators.length <= maxLookupTerminators) return terminators
    const entries = terminators.flatMap((signed) => {
      try {
        return [{ record: peekTerminator(signed.terminator), busy: false, signed }]
      } catch {
        return [] // what cannot be read is of no use to whoever asked
      }
    })
    return this.#few(service, entries, prefer).map(({ signed }) => signed)
  }

  #drawOptions(service: string): DrawOptions {
    return { strategy: this.#deps.strategyOf(service), random: this.#deps.random }
  }

  localList(service: string, cursor: string, limit: number, shards?: readonly number[]): ListAnswer {
    const { homes } = this.#deps
    const { page, cursor: next } = this.#pages.list(service, cursor, limit, shards)
    const partial = this.#partitions(service, shards).some((partition) => !homes.isSettledHome(partition))
    return { status: directoryStatus.ok, page, cursor: next, partial }
  }

  async list(service: string, cursor: string, limit: number): Promise<ListAnswer> {
    const { homes } = this.#deps
    const partitions = this.#partitions(service)
    const here = partitions.filter((partition) => homes.isSettledHome(partition))
    const elsewhere = partitions.filter((partition) => !homes.isSettledHome(partition))
    if (elsewhere.length === 0) return this.localList(service, cursor, limit)
    const answers: ListAnswer[] = []
    if (here.length > 0) answers.push(this.localList(service, cursor, limit, here.map(shardNumber)))
    await Promise.all(
      this.#byHomes(elsewhere).map(async ({ homes: asked, shards }) => {
        const { answer } = await agreedPage(this.#sources(asked, service, { cursor, limit, shards }), {
          clock: this.#deps.clock,
          limit,
          own: () => this.localList(service, cursor, limit, shards),
        })
        if (answer !== undefined) answers.push(answer)
      }),
    )
    return joinLists(answers, limit)
  }

  /**
   * Returns the digest of a page, so that it takes few bytes: a page that two homes of all its partitions digest alike does not
   * travel from them.
   */
  async listDigest(service: string, cursor: string, limit: number): Promise<ListResponse> {
    const { homes, clock } = this.#deps
    const partitions = this.#partitions(service)
    const [group, another] = this.#byHomes(partitions)
    if (group !== undefined && another === undefined && !partitions.some((each) => homes.isSettledHome(each))) {
      const sources = this.#sources(group.homes, service, { cursor, limit, shards: group.shards })
      const said: PageDigest[] = []
      await hedge(
        sources.map(({ digest }) => digest),
        {
          clock,
          delayMs: nextHomeAfterMs,
          atOnce: 2,
          enough: (word) => !word.partial && said.push(word) === 2,
          mostMs: othersMs,
        },
      )
      const [one, two] = said
      if (one !== undefined && two !== undefined && one.cursor === two.cursor && equalBytes(one.digest, two.digest)) {
        return { status: directoryStatus.ok, ...one }
      }
    }
    return encodeDigest(await this.list(service, cursor, limit))
  }

  /** Returns the hosts of an instance that its homes can prove; undefined when none of them answers. */
  provedHosts(service: string, instanceId: string): Promise<ReadonlyMap<string, RowHost> | undefined> {
    const { store, homes, clock } = this.#deps
    const partition = store.partitionOf({ service, instanceId })
    const shards = [shardNumber(partition)]
    const sources = this.#sources(homes.others(partition), service, { cursor: '', limit: 1, shards })
    return provedHosts(instanceId, sources, clock)
  }

  #sources(
    homes: readonly string[],
    service: string,
    { cursor, limit, shards }: { cursor: string; limit: number; shards: number[] },
  ): PageSource[] {
    const { liars, networkId } = this.#deps
    return homes
      .filter((home) => !liars.has(home))
      .map((peerId) => ({
        peerId,
        page: () =>
          this.#askHome(peerId, async (link) => {
            const key = `${service}\0${limit}\0${shards.join()}\0${cursor}`
            const told = this.#told.touch(key)
            const answer = await link.list(service, cursor, limit, undefined, { shards, known: told?.page })
            if (answer.page !== told?.page || answer.cursor !== told.cursor) checkPage(answer, cursor, limit)
            this.#told.set(key, { page: answer.page, cursor: answer.cursor })
            return answer
          }),
        digest: () => this.#askHome(peerId, (link) => link.listDigest(service, cursor, limit, undefined, { shards })),
        lookup: (instanceId) =>
          this.#askHome(peerId, async (link) => {
            const { terminators } = await this.#proved(await link.lookup(service, instanceId, { local: { shards } }))
            const candidates = await Promise.all(terminators.map((signed) => openSigned(signed, networkId)))
            return candidates.filter(({ record }) => record.service === service && record.instanceId === instanceId)
          }),
      }))
  }

  /** Returns the answer when all that it hands over is signed; throws otherwise. */
  async #proved(answer: LookupResponse): Promise<LookupResponse> {
    for (const signed of answer.terminators) {
      await openSigned(signed, this.#deps.networkId).catch((error) => {
        throw new FalseAnswer(`it handed over what no honest relay has: ${errorText(error)}`)
      })
    }
    return answer
  }

  #ask<T>(
    homes: readonly string[],
    ask: (link: DirectoryLink) => Promise<T>,
    enough: (answer: T) => boolean,
    good: (answer: T) => boolean = () => true,
  ): Promise<T[]> {
    const { clock, liars } = this.#deps
    const asks = homes.filter((home) => !liars.has(home)).map((home) => () => this.#askHome(home, ask))
    return hedge(asks, { clock, delayMs: nextHomeAfterMs, enough, good, othersMs }).then(({ answers }) => answers)
  }

  async #askHome<T>(home: string, ask: (link: DirectoryLink) => Promise<T>): Promise<T> {
    const link = await this.#deps.pool.ensure(home)
    try {
      return await ask(link)
    } catch (error) {
      // Not what it refuses, which is an answer, nor what cannot be read, which may come from another version.
      if (error instanceof FalseAnswer) this.#deps.onLie(home, error.message)
      throw error
    }
  }

  #partitions(service: string, shards?: readonly number[]): string[] {
    const all = this.#deps.homes.partitions().filter((partition) => parsePartitionKey(partition).service === service)
    if (shards === undefined) return all
    const wanted = new Set(shards)
    return all.filter((partition) => wanted.has(shardNumber(partition)))
  }

  /** Groups partitions by their homes: those with the same ones are asked for together. */
  #byHomes(partitions: readonly string[]): Array<{ homes: string[]; shards: number[] }> {
    const groups = new Map<string, { homes: string[]; shards: number[] }>()
    for (const partition of partitions) {
      const homes = this.#deps.homes.others(partition)
      const key = homes.join()
      const group = groups.get(key) ?? { homes, shards: [] }
      group.shards.push(shardNumber(partition))
      groups.set(key, group)
    }
    return [...groups.values()]
  }
}

/** Thrown for what no honest home answers. */
class FalseAnswer extends Error {}

const shardNumber = (partition: string) => parsePartitionKey(partition).shard
