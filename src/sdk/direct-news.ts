import type { Session } from '../session/session.js'
import type { DirectState } from './types.js'

export const directLabel = 'direct'

/** Tells whether a session has a direct path and why not, as an application sees it. */
export interface WayToDirect {
  readonly state: DirectState
  /** Calls `run` with each new state. */
  listen(run: (state: DirectState) => void): void
}

/** Makes the answer for a session that stays on relays. */
export const neverDirect = (why: string): WayToDirect => ({ state: { state: 'off', why }, listen: () => {} })

/**
 * Tells it for a session that may leave the relays: the code that looks for a direct path says what is in the way, and the
 * session's paths say the rest.
 */
export class DirectNews implements WayToDirect {
  readonly #session: Session
  readonly #listeners: Array<(state: DirectState) => void> = []
  #why: string | undefined
  #told = ''

  constructor(session: Session) {
    this.#session = session
    session.on('paths', () => this.#tell())
  }

  get state(): DirectState {
    if (this.#session.labels.includes(directLabel)) return { state: 'direct' }
    return this.#why === undefined ? { state: 'trying' } : { state: 'relayed', why: this.#why }
  }

  /** Sets what is in the way, for people; undefined when that is not known. */
  set why(why: string | undefined) {
    this.#why = why
    this.#tell()
  }

  listen(run: (state: DirectState) => void): void {
    this.#listeners.push(run)
  }

  /** Says the state when it differs from what was said last. */
  #tell(): void {
    const { state } = this
    if (state.state === 'trying') return
    const text = JSON.stringify(state)
    if (text === this.#told) return
    this.#told = text
    for (const run of this.#listeners) run(state)
  }
}
