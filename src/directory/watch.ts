import type { WatchEvent } from '../wire/messages/directory.js'
import type { DirectoryLink } from './link.js'
import { fastest, type Relay, type RelayPool } from './relay-pool.js'
import { RowView } from './row-view.js'
import type { Row } from './store.js'

export type Change = { type: 'joined' | 'changed'; row: Row } | { type: 'left'; instanceId: string }

/**
 * One view of a service: who is there, and each change. One relay is watched at a time; when it is lost another one goes on,
 * and only what is different there is told.
 */
export class ServiceWatch {
  private readonly told = new Set<string>()
  private readonly view = new RowView((instanceId, row) => this.tell(instanceId, row))
  private source: { peerId: string; link: DirectoryLink } | undefined
  /** Relays that refused; asked again when a relay comes up. */
  private readonly refused = new Set<string>()
  private stopped = false

  constructor(
    private readonly pool: RelayPool,
    private readonly service: string,
    private readonly onChange: (change: Change) => void,
  ) {}

  start(): void {
    this.pool.on('up', this.onUp)
    this.pool.on('down', this.onDown)
    this.pool.on('watch', this.onEvent)
    this.choose()
  }

  stop(): void {
    this.stopped = true
    this.pool.off('up', this.onUp)
    this.pool.off('down', this.onDown)
    this.pool.off('watch', this.onEvent)
    this.source?.link.unwatch(this.service)
  }

  private readonly onUp = (): void => {
    this.refused.clear()
    this.choose()
  }

  private readonly onDown = (relay: Relay): void => {
    if (relay.peerId !== this.source?.peerId) return
    this.source = undefined
    this.choose()
  }

  private choose(): void {
    if (this.source !== undefined || this.stopped) return
    const relay = fastest(this.pool.up().filter(({ peerId }) => !this.refused.has(peerId)))[0]
    if (relay === undefined) return
    const { peerId, link } = relay
    this.source = { peerId, link }
    this.view.begin()
    link.watch(this.service).catch(() => {
      if (this.source?.link !== link) return
      this.refused.add(peerId)
      this.source = undefined
      this.choose()
    })
  }

  private readonly onEvent = (event: WatchEvent, relay: Relay): void => {
    if (event.service !== this.service || relay.peerId !== this.source?.peerId) return
    if (event.current) this.view.end()
    else if (event.row) this.view.put(event.row)
    else this.view.gone(event.goneInstanceId)
  }

  private tell(instanceId: string, row: Row | undefined): void {
    if (row !== undefined) {
      const type = this.told.has(instanceId) ? 'changed' : 'joined'
      this.told.add(instanceId)
      this.onChange({ type, row })
    } else if (this.told.delete(instanceId)) this.onChange({ type: 'left', instanceId })
  }
}
