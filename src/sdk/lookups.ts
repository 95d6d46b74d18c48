import { raceAbort } from '../core/abort.js'
import type { DirectoryClient } from '../directory/client.js'
import type { Candidate } from '../directory/proof.js'
import type { Preferred } from '../directory/selection.js'

/**
 * Makes the lookups of a context. Those of one instance that are made while one is under way share its answer, so that many calls
 * at once are one question; a refusal is not shared, as it may have been true only before.
 */
export class Lookups {
  readonly #directory: DirectoryClient
  readonly #closing: AbortSignal

  readonly #underWay = new Map<string, Promise<Candidate[]>>()

  /** `closing` ends the shared ones. */
  constructor(directory: DirectoryClient, closing: AbortSignal) {
    this.#directory = directory
    this.#closing = closing
  }

  /** Does the same as `DirectoryClient.lookup`. */
  async lookup(service: string, instanceId: string, signal: AbortSignal, prefer?: Preferred): Promise<Candidate[]> {
    const key = [service, instanceId, prefer?.hostPeerId, prefer?.instanceId].join('\0')
    const shared = this.#underWay.get(key)
    if (shared !== undefined) {
      const answer = await raceAbort(
        shared.catch(() => undefined),
        signal,
      )
      if (answer !== undefined) return answer
    }
    return raceAbort(this.#underWay.get(key) ?? this.#start(key, service, instanceId, prefer), signal)
  }

  #start(key: string, service: string, instanceId: string, prefer?: Preferred): Promise<Candidate[]> {
    const lookup = this.#directory.lookup(service, instanceId, this.#closing, prefer)
    this.#underWay.set(key, lookup)
    const over = () => void this.#underWay.delete(key)
    lookup.then(over, over)
    return lookup
  }
}
