import { isOverlayError, OverlayError, type OverlayErrorDetails } from '../core/errors.js'
import type { Member } from './member.js'

/**
 * Says how often a process that waits for its place looks whether the other one is gone; ms, jittered, so that two don't do so
 * together.
 */
const lookMs = 5_000

/** Makes the error that a process is told when another one of its identity has taken its place, or (`isKept`) keeps it. */
export function rivalError(isKept: boolean, { service, instanceId, takeovers = 1 }: OverlayErrorDetails): OverlayError {
  const often =
    takeovers < 2
      ? ''
      : ` (${takeovers} changes to and fro within minutes: another machine uses this identity: a clone?)`
  const what = isKept
    ? `Another process of this identity keeps '${instanceId}'`
    : `'${instanceId}' was started elsewhere with the same identity, which now receives its calls`
  const text = `${what}${often}; this process waits until that one is gone.`
  return new OverlayError('replaced', text, { service, instanceId, takeovers })
}

/** Looks now and then whether another process of this identity still offers the instance; calls back once when none does. */
export class RivalWatch {
  readonly #member: Member
  readonly #place: { service: string; instanceId: string }
  readonly #onGone: () => void
  #cancel: (() => void) | undefined
  #looking = new AbortController()

  constructor(member: Member, place: { service: string; instanceId: string }, onGone: () => void) {
    this.#member = member
    this.#place = place
    this.#onGone = onGone
  }

  /** Begins to look, unless that is under way. */
  start(): void {
    if (this.#cancel === undefined) this.#lookLater()
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#looking.abort(new OverlayError('canceled', 'Nobody waits for it any more.'))
    this.#looking = new AbortController()
  }

  #lookLater(): void {
    const { clock, random } = this.#member
    const { signal } = this.#looking
    this.#cancel = clock.after(lookMs * (0.5 + random()), () => {
      void this.#isThere(signal).then((isThere) => {
        if (signal.aborted) return
        if (isThere) this.#lookLater()
        else {
          this.#cancel = undefined
          this.#onGone()
        }
      })
    })
  }

  /** Returns whether another process is there; true also when no relay can tell. */
  async #isThere(signal: AbortSignal): Promise<boolean> {
    const { directory, trust, circuits } = this.#member
    const { service, instanceId } = this.#place
    try {
      const found = await directory.lookup(service, instanceId, signal)
      return found.some(
        ({ record }) => record.hostPeerId === trust.own.peerId && record.processId !== circuits.processId,
      )
    } catch (error) {
      return !isOverlayError(error, 'offline') && !isOverlayError(error, 'unknown_instance')
    }
  }
}
