import type { Clock } from '../core/clock.js'
import { asOverlayError, type ErrorCode, OverlayError } from '../core/errors.js'
import type { WatchEvent } from '../wire/messages/directory.js'
import { AgreedRows, type Telling } from './agreed-rows.js'
import { isPossible } from './answer-check.js'
import type { DirectoryClient } from './client.js'
import type { DirectoryLink } from './link.js'
import { fastest, type PooledRelay, type RelayPool } from './relay-pool.js'
import type { Row } from './row.js'
import { decodeRow } from './row-codec.js'
import { RowView } from './row-view.js'

export interface WatchListener {
  /** An instance's row appeared, changed, or (undefined) went; with until when it was there, if that is known. */
  onRow(instanceId: string, row: Row | undefined, lastSeenMs?: number): void
  /** Every relay that is up refuses, and asking again would change nothing. The watch has stopped. */
  onRefused(error: OverlayError): void
}

/** A relay that could not answer is asked again after this long. */
const retryMs = 1_000
/** A relay that has told nothing at all for this long does not count. */
const silentMs = 2_000

/** Refusals that stand until the network document changes. */
const finalCodes = new Set<ErrorCode>(['not_permitted', 'unknown_service', 'protocol_error'])

/** One of the relays that are watched, and another one after it. */
interface Slot extends Telling {
  view: RowView
  source: { peerId: string; link: DirectoryLink; sinceMs: number; heard: boolean } | undefined
}

/**
 * One view of a service: who is there, and each change. Two relays are watched at a time, where there are two, so that none can
 * falsify it; when one is lost another one goes on, and only what is different there is told. A link carries one watch per
 * service: have one of these, for everybody.
 */
export class ServiceWatch {
  readonly #pool: RelayPool
  readonly #clock: Clock
  readonly #service: string
  readonly #listener: WatchListener

  readonly #slots: readonly Slot[]
  readonly #agreed: AgreedRows
  /** Relays that refused; asked again when a relay comes up, or after a while when the refusal is not final. */
  readonly #refused = new Map<string, OverlayError>()
  readonly #cancels = new Set<() => void>()
  #cancelRetry: (() => void) | undefined
  #stopped = false

  constructor(
    pool: RelayPool,
    directory: Pick<DirectoryClient, 'provedHosts'>,
    clock: Clock,
    service: string,
    listener: WatchListener,
  ) {
    this.#pool = pool
    this.#clock = clock
    this.#service = service
    this.#listener = listener
    this.#slots = [this.#slot(), this.#slot()]
    this.#agreed = new AgreedRows(this.#slots, {
      clock,
      prove: (instanceId) => directory.provedHosts(service, instanceId),
      onRow: (...change) => listener.onRow(...change),
      onFalse: (telling) => this.#replace(telling as Slot),
    })
  }

  /** Who is there, as far as it has been told. */
  get rows(): Iterable<Row> {
    return this.#agreed.rows
  }

  start(): void {
    this.#pool.on('up', this.#onUp)
    this.#pool.on('down', this.#onDown)
    this.#pool.on('watch', this.#onEvent)
    this.#pool.on('unwatched', this.#onUnwatched)
    this.#choose()
  }

  stop(): void {
    this.#stopped = true
    this.#cancelRetry?.()
    this.#agreed.stop()
    for (const cancel of this.#cancels) cancel()
    this.#pool.off('up', this.#onUp)
    this.#pool.off('down', this.#onDown)
    this.#pool.off('watch', this.#onEvent)
    this.#pool.off('unwatched', this.#onUnwatched)
    for (const { source } of this.#slots) source?.link.unwatch(this.#service)
  }

  #slot(): Slot {
    const view = new RowView((instanceId, _, lastSeenMs) => this.#agreed.decide(instanceId, lastSeenMs))
    const slot: Slot = {
      view,
      rows: view.rows,
      source: undefined,
      // One that is silent from the beginning is not waited for any longer: it may be frozen.
      counts: () => {
        const { source } = slot
        return source !== undefined && (source.heard || this.#clock.monotonic() - source.sinceMs < silentMs)
      },
      isTold: (instanceId) => view.isTold(instanceId),
    }
    return slot
  }

  readonly #onUp = (): void => {
    this.#refused.clear()
    this.#choose()
  }

  readonly #onDown = (relay: PooledRelay): void => {
    const slot = this.#slots.find(({ source }) => source?.peerId === relay.peerId)
    if (slot === undefined) return
    this.#lose(slot)
    this.#choose()
  }

  readonly #onUnwatched = (service: string, relay: PooledRelay): void => {
    if (service === this.#service) this.#onDown(relay)
  }

  #lose(slot: Slot): void {
    slot.source = undefined
    this.#agreed.replaced(slot)
    this.#agreed.decideAll()
  }

  /** What one tells is not so: it is not listened to any more. */
  #replace(slot: Slot): void {
    const { source } = slot
    if (source === undefined) return
    source.link.unwatch(this.#service)
    this.#refused.set(source.peerId, new OverlayError('protocol_error', 'The relay tells what cannot be proved.'))
    slot.view.clear()
    this.#lose(slot)
    this.#choose()
  }

  #choose(): void {
    if (this.#stopped) return
    for (const slot of this.#slots) if (slot.source === undefined) this.#fill(slot)
    if (this.#refused.size > 0 && this.#slots.some(({ source }) => source === undefined)) this.#onNobodyLeft()
  }

  #fill(slot: Slot): void {
    const isFree = ({ peerId }: PooledRelay) =>
      !this.#refused.has(peerId) && !this.#slots.some(({ source }) => source?.peerId === peerId)
    const relay = fastest(this.#pool.up().filter(isFree))[0]
    if (relay === undefined) return
    const { peerId, link } = relay
    const source = { peerId, link, sinceMs: this.#clock.monotonic(), heard: false }
    slot.source = source
    slot.view.begin()
    const cancel = this.#clock.after(silentMs, () => {
      this.#cancels.delete(cancel)
      if (slot.source === source && !source.heard) this.#agreed.decideAll()
    })
    this.#cancels.add(cancel)
    link.watch(this.#service).catch((error) => {
      if (slot.source !== source) return
      this.#refused.set(peerId, asOverlayError(error, 'internal', `Watching '${this.#service}'`))
      this.#lose(slot)
      this.#choose()
    })
  }

  #onNobodyLeft(): void {
    const errors = this.#pool.up().flatMap(({ peerId }) => this.#refused.get(peerId) ?? [])
    const isWatching = this.#slots.some(({ source }) => source !== undefined)
    if (!isWatching && errors.length > 0 && errors.every(({ code }) => finalCodes.has(code))) {
      this.stop()
      this.#listener.onRefused(errors[0]!)
      return
    }
    this.#cancelRetry ??= this.#clock.after(retryMs, () => {
      this.#cancelRetry = undefined
      for (const [peerId, { code }] of this.#refused) if (!finalCodes.has(code)) this.#refused.delete(peerId)
      this.#choose()
    })
  }

  readonly #onEvent = (event: WatchEvent, relay: PooledRelay): void => {
    if (event.service !== this.#service) return
    const slot = this.#slots.find(({ source }) => source?.peerId === relay.peerId)
    if (slot === undefined) return
    const isNew = !slot.counts()
    slot.source!.heard = true
    if (isNew) this.#agreed.decideAll()
    if (event.current) slot.view.end()
    else if (event.row) {
      const row = decodeRow(event.row)
      if (isPossible(row)) slot.view.put(row)
    } else slot.view.gone(event.goneInstanceId, event.lastSeenMs || undefined)
  }
}
