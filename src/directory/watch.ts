import type { WatchEvent } from '../wire/messages/directory.js'
import type { Relay, RelayPool } from './relay-pool.js'
import type { Row } from './store.js'

export type Change = { type: 'joined' | 'changed'; row: Row } | { type: 'left'; instanceId: string }

/** Joins the watch events of all relays into one view of a service: who is there, and each change. */
export class ServiceWatch {
  private readonly instances = new Map<string, Map<string, Row>>()
  private readonly lastRow = new Map<string, string>()

  constructor(
    private readonly pool: RelayPool,
    private readonly service: string,
    private readonly onChange: (change: Change) => void,
  ) {}

  start(): void {
    this.pool.on('up', this.onUp)
    this.pool.on('down', this.onDown)
    this.pool.on('watch', this.onEvent)
    for (const relay of this.pool.up()) this.onUp(relay)
  }

  stop(): void {
    this.pool.off('up', this.onUp)
    this.pool.off('down', this.onDown)
    this.pool.off('watch', this.onEvent)
    for (const { link } of this.pool.up()) link.unwatch(this.service)
  }

  private readonly onUp = (relay: Relay): void => {
    relay.link?.watch(this.service).catch(() => {}) // a link that fails comes up again
  }

  private readonly onDown = (relay: Relay): void => {
    for (const [instanceId, rows] of this.instances) {
      if (rows.delete(relay.peerId)) this.tell(instanceId, rows)
    }
  }

  private readonly onEvent = (event: WatchEvent, relay: Relay): void => {
    if (event.service !== this.service) return
    const instanceId = event.row?.instanceId ?? event.goneInstanceId
    const rows = this.instances.get(instanceId) ?? new Map<string, Row>()
    if (event.row) rows.set(relay.peerId, event.row)
    else rows.delete(relay.peerId)
    this.instances.set(instanceId, rows)
    this.tell(instanceId, rows)
  }

  private tell(instanceId: string, rows: Map<string, Row>): void {
    const known = this.lastRow.get(instanceId)
    if (rows.size === 0) {
      this.instances.delete(instanceId)
      if (this.lastRow.delete(instanceId)) this.onChange({ type: 'left', instanceId })
      return
    }
    const all = [...rows.values()].sort((a, b) => a.sinceMs - b.sinceMs)
    const row: Row = { ...all[0]!, terminators: rows.size, busy: all.every((each) => each.busy) }
    const text = JSON.stringify(row)
    if (text === known) return
    this.lastRow.set(instanceId, text)
    this.onChange({ type: known === undefined ? 'joined' : 'changed', row })
  }
}
