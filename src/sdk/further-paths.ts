import { anySignal } from '../core/abort.js'
import { OverlayError } from '../core/errors.js'
import type { Candidate } from '../directory/proof.js'
import type { Selector } from '../directory/selection.js'
import type { PathWish } from '../session/path-keeper.js'
import type { Member } from './member.js'
import { type OpenedPath, openFirst } from './paths.js'

/**
 * Opens further paths of one session to its host. The terminators of the last lookup are tried at once, as a lookup takes
 * its time just when a relay has fallen silent; what a new one finds beyond them is tried as well.
 */
export class FurtherPaths {
  readonly #member: Member
  readonly #selector: Selector
  /** The candidate that carries the session first; it names the host. */
  readonly #first: Candidate

  #known: readonly Candidate[]

  constructor(
    member: Member,
    selector: Selector,
    /** The candidate that carries the session first; it names the host. */
    first: Candidate,
    terminators: readonly Candidate[],
  ) {
    this.#member = member
    this.#selector = selector
    this.#first = first

    this.#known = terminators.filter(this.#isOfHost)
  }

  /** Opens a further path. Rejects with what kept the last terminator from being used, or the signal's reason. */
  async open(wish: PathWish, signal: AbortSignal): Promise<OpenedPath> {
    const { service, instanceId } = this.#first.record
    // A session without a path asks by itself.
    const recent = wish.exclude.length > 0 && this.#member.lookups.recent(service, instanceId, this.#first.record)
    if (recent) {
      this.#known = this.#withFormer(recent.filter(this.#isOfHost))
      return this.#openBest(this.#known, wish, signal)
    }
    const giveUp = new AbortController()
    const untilOpened = anySignal(signal, giveUp.signal)
    const known = this.#known
    const before = this.#openBest(known, wish, untilOpened)
    before.catch(() => {}) // seen below
    const found = this.#member.lookups.lookup(service, instanceId, signal, this.#first.record).then((all) => {
      this.#known = this.#withFormer(all.filter(this.#isOfHost))
      const tried = new Set(known.map(({ record }) => record.relayPeerId))
      const untried = this.#known.filter(({ record }) => !tried.has(record.relayPeerId))
      const openUntried = () => this.#openBest(untried, wish, untilOpened)
      // Another process of the host must not answer before that of the session has been tried where it was.
      return untried.some(this.#isOfProcess) ? openUntried() : before.catch(openUntried)
    })
    const attempts = [before, found]
    try {
      const opened = await Promise.any(attempts)
      for (const attempt of attempts) attempt.then((other) => other !== opened && drop(other)).catch(() => {})
      return opened
    } catch (error) {
      signal.throwIfAborted()
      throw error instanceof AggregateError ? error.errors.at(-1) : error
    } finally {
      giveUp.abort(new OverlayError('canceled', 'Another path was faster.'))
    }
  }

  /**
   * Adds where the session's process was known before. When another process has taken the host's place, the session's is no longer
   * listed; but it goes on with the session, and is reached where it was.
   */
  #withFormer(found: readonly Candidate[]): readonly Candidate[] {
    if (found.length === 0 || found.some(this.#isOfProcess)) return found
    return [...found, ...this.#known.filter(this.#isOfProcess)]
  }

  readonly #isOfProcess = ({ record }: Candidate): boolean =>
    record.processId === this.#first.record.processId && this.#isOfHost({ record } as Candidate)

  readonly #isOfHost = ({ record }: Candidate): boolean => record.hostPeerId === this.#first.record.hostPeerId

  /** Resolves with the first path that opens, in the order of the service's strategy; relays to be avoided come last. */
  #openBest(terminators: readonly Candidate[], wish: PathWish, signal: AbortSignal): Promise<OpenedPath> {
    const { pool, clock, trust } = this.#member
    const isOver = (relays: readonly string[]) => (candidate: Candidate) =>
      relays.includes(pool.nameOf(candidate.record.relayPeerId))
    const isCarrying = isOver(wish.exclude)
    const isAvoided = isOver(wish.avoid)
    const isOfProcess = this.#isOfProcess
    // Another process of the host can only tell that the one of the session has been replaced.
    const usable = terminators.some(isOfProcess) ? terminators.filter(isOfProcess) : terminators
    const ordered = this.#selector.order(
      usable.filter((candidate) => !isCarrying(candidate)),
      {
        strategy: trust.network.services.get(this.#first.record.service)?.strategy ?? 'smartrouting',
        roundTripMs: (relayPeerId) => pool.get(relayPeerId)?.link?.roundTripMs,
        nowMs: clock.monotonic(),
      },
    )
    const candidates = [...ordered.filter((each) => !isAvoided(each)), ...ordered.filter(isAvoided)]
    return openFirst(this.#member, candidates, signal, (each) => this.#selector.failed(each, clock.monotonic()))
  }
}

function drop({ carrier }: OpenedPath): void {
  carrier.abort(new OverlayError('canceled', 'Another path was faster.'))
}
