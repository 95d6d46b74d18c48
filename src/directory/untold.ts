import type { Row } from './row.js'

export type Change =
  | { type: 'joined' | 'changed'; row: Row }
  | { type: 'left'; instanceId: string; lastSeenMs?: number }

/**
 * Keeps what a reader has not been told yet of rows that come and go. Of each instance it keeps the newest state only: a reader that
 * is slow hears less often, and never makes this grow beyond the instances there are. Pure.
 */
export class Untold {
  readonly #told = new Set<string>()
  readonly #waiting = new Map<string, { row?: Row; lastSeenMs?: number }>()

  put(instanceId: string, row: Row | undefined, lastSeenMs?: number): void {
    this.#waiting.set(instanceId, { row, lastSeenMs })
  }

  /** The next thing to tell; undefined when there is nothing. Who came and went in between is not told of. */
  take(): Change | undefined {
    for (const [instanceId, { row, lastSeenMs }] of this.#waiting) {
      this.#waiting.delete(instanceId)
      const known = this.#told.has(instanceId)
      if (row !== undefined) {
        this.#told.add(instanceId)
        return { type: known ? 'changed' : 'joined', row }
      }
      if (!this.#told.delete(instanceId)) continue
      return lastSeenMs === undefined ? { type: 'left', instanceId } : { type: 'left', instanceId, lastSeenMs }
    }
    return undefined
  }
}
