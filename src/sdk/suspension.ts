import type { OverlayError } from '../core/errors.js'

/** Lists what keeps an instance from being offered, the weightiest first. */
const causes = ['permission', 'rival', 'refused'] as const
export type Cause = (typeof causes)[number]

export interface SuspensionEvents {
  /** Called when there is a reason for the first time, or another one than before. */
  onSuspended(reason: OverlayError): void
  /** Called when no reason is left. */
  onResumed(): void
}

/**
 * Keeps why an instance is not offered for the time being: `permission`, the network or a certificate does not allow it; `rival`,
 * another process of this identity has its place; `refused`, the relays don't take it.
 */
export class Suspension {
  readonly #causes = new Map<Cause, OverlayError>()
  readonly #events: SuspensionEvents
  #said: { cause: Cause; code: string } | undefined

  constructor(events: SuspensionEvents) {
    this.#events = events
  }

  /** Returns the weightiest reason; undefined while the instance is offered. */
  get reason(): OverlayError | undefined {
    return this.#weightiest?.error
  }

  has(cause: Cause): boolean {
    return this.#causes.has(cause)
  }

  add(cause: Cause, error: OverlayError): void {
    this.#causes.set(cause, error)
    this.#say()
  }

  clear(...some: Cause[]): void {
    for (const cause of some) this.#causes.delete(cause)
    this.#say()
  }

  get #weightiest(): { cause: Cause; error: OverlayError } | undefined {
    for (const cause of causes) {
      const error = this.#causes.get(cause)
      if (error !== undefined) return { cause, error }
    }
    return undefined
  }

  #say(): void {
    const now = this.#weightiest
    const { cause, code } = this.#said ?? {}
    if (now?.cause === cause && now?.error.code === code) return
    this.#said = now && { cause: now.cause, code: now.error.code }
    if (now === undefined) this.#events.onResumed()
    else this.#events.onSuspended(now.error)
  }
}
