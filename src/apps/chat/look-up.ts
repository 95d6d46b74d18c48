import { type Clock, systemClock } from '../../core/clock.js'
import { shownName } from '../../core/text.js'
import type { Address, Context, Party } from '../../sdk/index.js'
import { listAnswer, whoisAnswer } from './answers.js'
import { shown } from './lines.js'
import type { Caller } from './state.js'

/** Says how long what is asked at the very start waits for the first relay; ms. */
const firstRelayTimeoutMs = 10_000
/** Says after how long names for completion are fetched again, ms; the wait for them is short. */
const namesFreshMs = 5_000
const namesTimeoutMs = 1_000
const pageRows = 100

/** Resolves when a relay is up; rejects with `no_relay` after 10 s, or with the signal's reason. */
export async function firstRelay(context: Context, signal?: AbortSignal): Promise<void> {
  if (context.relays().some(({ state }) => state === 'up')) return
  await context.ready({ timeout: firstRelayTimeoutMs, ...(signal === undefined ? {} : { signal }) })
}

/** Answers what a person looks up in the directory: `/list`, `/whois`, and names for Tab. Methods reject as the context does. */
export class LookUp {
  readonly #context: Context
  readonly #service: string
  readonly #clock: Clock

  /** Says where `/list more` goes on. */
  #page: { cursor?: string; rows: number } = { rows: 0 }
  #names: { atMs: number; list: Promise<string[]> } | undefined

  constructor(context: Context, service: string, clock: Clock = systemClock) {
    this.#context = context
    this.#service = service
    this.#clock = clock
  }

  /** Resolves with the lines of the first page, the waiting callers below, or (`more`) of the next page. */
  async list(more: boolean, waiting: readonly Caller[]): Promise<string[]> {
    const start = more ? this.#page : { rows: 0 }
    if (more && start.cursor === undefined) return ['there is no next page; /list begins again']
    await firstRelay(this.#context)
    const { instances, cursor } = await this.#context.listTerminators(this.#service, {
      limit: pageRows,
      ...(start.cursor === undefined ? {} : { cursor: start.cursor }),
    })
    this.#page = { rows: start.rows + instances.length, ...(cursor === undefined ? {} : { cursor }) }
    return listAnswer({
      rows: instances,
      first: start.rows + 1,
      selfInstanceId: this.#context.identity.name,
      more: cursor !== undefined,
      waiting: more ? [] : waiting,
      nowMs: this.#clock.now(),
    })
  }

  /**
   * Resolves with the lines about one party; without `to`, about the first of `met`. A party that proved its name to us is not
   * looked up in the directory.
   */
  async whois(to: Address | undefined, met: readonly Party[]): Promise<string[]> {
    const here = to === undefined || to.service === this.#service
    const known = here ? met.find(({ name }) => to === undefined || name === to.instanceId) : undefined
    const name = to === undefined ? shownName(known?.name ?? '') : shown(to, this.#service)
    const party = known ?? (await this.#ask(to?.service ?? this.#service, to?.instanceId ?? ''))
    return whoisAnswer(name, party, this.#context.network.name)
  }

  /** Resolves with the first names of the list, at most 5 s old; none when no relay answers within a second. */
  names(): Promise<string[]> {
    const nowMs = this.#clock.monotonic()
    if (this.#names === undefined || nowMs - this.#names.atMs > namesFreshMs) {
      const names = { atMs: nowMs, list: this.#fetchNames() }
      this.#names = names
      void names.list.then((list) => {
        if (list.length === 0 && this.#names === names) this.#names = undefined
      })
    }
    return this.#names.list
  }

  async #fetchNames(): Promise<string[]> {
    const signal = AbortSignal.timeout(namesTimeoutMs)
    try {
      await firstRelay(this.#context, signal)
      const { instances } = await this.#context.listTerminators(this.#service, { limit: pageRows, signal })
      return instances.map(({ instanceId }) => instanceId)
    } catch {
      return [] // Tab then knows the recent names only
    }
  }

  async #ask(service: string, instanceId: string): Promise<Party> {
    await firstRelay(this.#context)
    return this.#context.whois(service, instanceId)
  }
}
