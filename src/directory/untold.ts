import type { Row } from './store.js'

export type Change = { type: 'joined' | 'changed'; row: Row } | { type: 'left'; instanceId: string }

/**
 * What a reader has not been told yet of rows that come and go. Of each instance it keeps the newest state only: a reader that
 * is slow hears less often, and never makes this grow beyond the instances there are. Pure.
 */
export class Untold {
  private readonly told = new Set<string>()
  private readonly waiting = new Map<string, Row | undefined>()

  put(instanceId: string, row: Row | undefined): void {
    this.waiting.set(instanceId, row)
  }

  /** The next thing to tell; undefined when there is nothing. Who came and went in between is not told of. */
  take(): Change | undefined {
    for (const [instanceId, row] of this.waiting) {
      this.waiting.delete(instanceId)
      const known = this.told.has(instanceId)
      if (row !== undefined) {
        this.told.add(instanceId)
        return { type: known ? 'changed' : 'joined', row }
      }
      if (this.told.delete(instanceId)) return { type: 'left', instanceId }
    }
    return undefined
  }
}
