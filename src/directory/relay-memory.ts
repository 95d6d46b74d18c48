import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { Turns } from '../core/turns.js'
import { writeFileAtomic } from '../identity/atomic-file.js'
import type { Identity } from '../identity/identity-file.js'
import { type WorkedAddress, WorkedAddresses } from '../net/worked-addresses.js'
import type { RememberedRelay } from './known-relays.js'

const maxRemembered = 64

interface Remembered {
  relays: RememberedRelay[]
  /** Absent where there is nothing to say, and in files of before. */
  worked: WorkedAddress[]
}

/**
 * Relays learnt in earlier runs, in a file beside the identity, so that a dead bootstrap relay locks nobody out, and which
 * of their addresses worked. It is a memory only: a damaged or missing file is an empty one. Identities without a file have none.
 * Processes of one identity share it: each adds what it has learnt, and takes out what it has forgotten itself.
 */
export class RelayMemory {
  readonly #networkId: string
  readonly #worked: WorkedAddresses

  readonly #file: string | undefined
  /** Names those of the file that this process had when it last read or wrote it: if it has one no more, it has forgotten it. */
  readonly #had = new Set<string>()
  readonly #writing = new Turns(1)

  /** `worked` is filled by `load` and kept by `save`. */
  constructor(identity: Pick<Identity, 'name' | 'path'>, networkId: string, worked = new WorkedAddresses()) {
    this.#networkId = networkId
    this.#worked = worked

    this.#file = identity.path && path.join(path.dirname(identity.path), '.state', `${identity.name}.relays`)
  }

  async load(): Promise<RememberedRelay[]> {
    if (this.#file === undefined) return []
    const { relays, worked } = await this.#read(this.#file)
    this.#worked.load(worked)
    for (const { peerId } of relays) this.#had.add(peerId)
    return relays
  }

  /**
   * Keeps 64 of these and of what another process has put there since, those that proved themselves last. Writes one after the other;
   * rejects with `file_unreadable`. `nowMs` since 1970: who says that it has seen a relay later than that has a wrong clock.
   */
  save(relays: readonly RememberedRelay[], nowMs: number): Promise<void> {
    const file = this.#file
    if (file === undefined) return Promise.resolve()
    return this.#writing.take(() => this.#write(file, relays, nowMs))
  }

  async #write(file: string, ours: readonly RememberedRelay[], nowMs: number): Promise<void> {
    const { text: before, relays: there, worked: workedThere } = await this.#read(file)
    const own = new Set(ours.map(({ peerId }) => peerId))
    const theirs = there.filter(({ peerId }) => own.has(peerId) || !this.#had.has(peerId))
    const relays = joinRelays(ours, theirs, nowMs).slice(0, maxRemembered)
    this.#had.clear()
    for (const { peerId } of relays) if (own.has(peerId)) this.#had.add(peerId)
    const joined = this.#worked.joined(workedThere, nowMs)
    if (relays.length + joined.length === 0 && before === '') return
    const worked = joined.length === 0 ? undefined : joined
    const text = `${JSON.stringify({ networkId: this.#networkId, relays, worked }, null, 2)}\n`
    if (text !== before) await writeFileAtomic(file, text, { mode: 0o600, replace: true, folderMode: 0o700 })
  }

  async #read(file: string): Promise<Remembered & { text: string }> {
    let text = ''
    try {
      text = await readFile(file, 'utf8')
      const { networkId, relays, worked = [] } = JSON.parse(text) as Partial<Remembered> & { networkId: string }
      if (networkId !== this.#networkId || relays === undefined) return { text, relays: [], worked: [] }
      return { text, relays: relays.filter(isHint).slice(0, maxRemembered), worked: worked.filter(isWorked) }
    } catch {
      return { text, relays: [], worked: [] }
    }
  }
}

/**
 * Joins two memories, those that proved themselves last first, and ours before theirs. Of one relay that is in both, whoever saw it
 * last counts. Pure.
 */
function joinRelays(
  ours: readonly RememberedRelay[],
  theirs: readonly RememberedRelay[],
  nowMs: number,
): RememberedRelay[] {
  const joined = new Map(ours.map((relay) => [relay.peerId, relay]))
  for (const relay of theirs) {
    const provedMs = relay.provedMs && Math.min(relay.provedMs, nowMs)
    const own = joined.get(relay.peerId)
    if (own === undefined || (provedMs ?? 0) > (own.provedMs ?? 0)) joined.set(relay.peerId, { ...relay, provedMs })
  }
  return [...joined.values()].sort((a, b) => (b.provedMs ?? 0) - (a.provedMs ?? 0))
}

function isHint(value: unknown): value is RememberedRelay {
  const hint = value as Partial<RememberedRelay> | null
  return (
    typeof hint === 'object' &&
    isText(hint?.name) &&
    isText(hint?.peerId) &&
    areAddresses(hint?.addresses) &&
    (hint.provedMs === undefined || Number.isSafeInteger(hint.provedMs))
  )
}

function isWorked(value: unknown): value is WorkedAddress {
  const worked = value as Partial<WorkedAddress> | null
  return (
    typeof worked === 'object' &&
    isText(worked?.peerId) &&
    isText(worked?.address) &&
    areAddresses(worked?.among) &&
    Number.isSafeInteger(worked.sinceMs)
  )
}

const isText = (text: unknown) => typeof text === 'string' && text.length < 1_024
const areAddresses = (texts: unknown): texts is string[] =>
  Array.isArray(texts) && texts.length <= 16 && texts.every(isText)
