import type { Session } from '../session/session.js'
import type { DirectState } from './types.js'

export const directLabel = 'direct'

/** Whether a session has a direct path and why not, as an application sees it. */
export interface WayToDirect {
  readonly state: DirectState
  /** Calls `run` with each new state. */
  listen(run: (state: DirectState) => void): void
}

/** For a session that stays on relays. */
export const neverDirect = (why: string): WayToDirect => ({ state: { state: 'off', why }, listen: () => {} })

/** For one that may leave them: whoever looks for the way says what is in it, and the session's paths say the rest. */
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

  /** What is in the way, for people; undefined: not known. */
  set why(why: string | undefined) {
    this.#why = why
    this.#tell()
  }

  listen(run: (state: DirectState) => void): void {
    this.#listeners.push(run)
  }

  /** The same news once. */
  #tell(): void {
    const { state } = this
    if (state.state === 'trying') return
    const text = JSON.stringify(state)
    if (text === this.#told) return
    this.#told = text
    for (const run of this.#listeners) run(state)
  }
}
