import { raceAbort } from '../core/abort.js'
import { BoundedMap } from '../core/bounded-map.js'
import type { Clock } from '../core/clock.js'
import type { DirectoryClient } from '../directory/client.js'
import type { Candidate } from '../directory/proof.js'
import type { Preferred } from '../directory/selection.js'

/** Says how long an answer is good for whoever would be as well off without one, ms, and of how many instances one is kept. */
const recentMs = 1_000
const maxRecent = 256

/**
 * Makes the lookups of a context. Those of one instance that are made while one is under way share its answer, so that many calls
 * at once are one question; a refusal is not shared, as it may have been true only before.
 */
export class Lookups {
  readonly #directory: DirectoryClient
  readonly #closing: AbortSignal

  readonly #clock: Clock
  readonly #underWay = new Map<string, Promise<Candidate[]>>()
  readonly #recent = new BoundedMap<string, { answer: readonly Candidate[]; atMs: number }>(maxRecent)

  /** `closing` ends the shared ones. */
  constructor(directory: DirectoryClient, closing: AbortSignal, clock: Clock) {
    this.#directory = directory
    this.#closing = closing
    this.#clock = clock
  }

  /**
   * Returns the answer to a lookup that was made less than a second ago, if there is one. For who looks now and then for more than
   * it has: of a thousand sessions with one host each would ask by itself.
   */
  recent(service: string, instanceId: string, prefer?: Preferred): readonly Candidate[] | undefined {
    const found = this.#recent.get(keyOf(service, instanceId, prefer))
    return found !== undefined && this.#clock.monotonic() - found.atMs < recentMs ? found.answer : undefined
  }

  /** Does the same as `DirectoryClient.lookup`. */
  async lookup(service: string, instanceId: string, signal: AbortSignal, prefer?: Preferred): Promise<Candidate[]> {
    const key = keyOf(service, instanceId, prefer)
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
    lookup.then((answer) => {
      over()
      this.#recent.set(key, { answer, atMs: this.#clock.monotonic() })
    }, over)
    return lookup
  }
}

function keyOf(service: string, instanceId: string, prefer?: Preferred): string {
  return [service, instanceId, prefer?.hostPeerId, prefer?.instanceId].join('\0')
}
