import type { Clock } from '../core/clock.js'
import { asOverlayError, type ErrorCode, type OverlayError } from '../core/errors.js'
import type { WatchEvent } from '../wire/messages/directory.js'
import { isPossible } from './answer-check.js'
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

/** Refusals that stand until the network document changes. */
const finalCodes = new Set<ErrorCode>(['not_permitted', 'unknown_service', 'protocol_error'])

/**
 * One view of a service: who is there, and each change. One relay is watched at a time; when it is lost another one goes on,
 * and only what is different there is told. A link carries one watch per service: have one of these, for everybody.
 */
export class ServiceWatch {
  readonly #pool: RelayPool
  readonly #clock: Clock
  readonly #service: string
  readonly #listener: WatchListener

  readonly #view = new RowView((...change) => this.#listener.onRow(...change))
  #source: { peerId: string; link: DirectoryLink } | undefined
  /** Relays that refused; asked again when a relay comes up, or after a while when the refusal is not final. */
  readonly #refused = new Map<string, OverlayError>()
  #cancelRetry: (() => void) | undefined
  #stopped = false

  constructor(pool: RelayPool, clock: Clock, service: string, listener: WatchListener) {
    this.#pool = pool
    this.#clock = clock
    this.#service = service
    this.#listener = listener
  }

  /** Who is there, as far as it has been told. */
  get rows(): Iterable<Row> {
    return this.#view.rows.values()
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
    this.#pool.off('up', this.#onUp)
    this.#pool.off('down', this.#onDown)
    this.#pool.off('watch', this.#onEvent)
    this.#pool.off('unwatched', this.#onUnwatched)
    this.#source?.link.unwatch(this.#service)
  }

  readonly #onUp = (): void => {
    this.#refused.clear()
    this.#choose()
  }

  readonly #onDown = (relay: PooledRelay): void => {
    if (relay.peerId !== this.#source?.peerId) return
    this.#source = undefined
    this.#choose()
  }

  readonly #onUnwatched = (service: string, relay: PooledRelay): void => {
    if (service === this.#service) this.#onDown(relay)
  }

  #choose(): void {
    if (this.#source !== undefined || this.#stopped) return
    const up = this.#pool.up()
    const relay = fastest(up.filter(({ peerId }) => !this.#refused.has(peerId)))[0]
    if (relay === undefined) {
      if (up.length > 0) this.#onNobodyLeft()
      return
    }
    const { peerId, link } = relay
    this.#source = { peerId, link }
    this.#view.begin()
    link.watch(this.#service).catch((error) => {
      if (this.#source?.link !== link) return
      this.#refused.set(peerId, asOverlayError(error, 'internal', `Watching '${this.#service}'`))
      this.#source = undefined
      this.#choose()
    })
  }

  #onNobodyLeft(): void {
    const errors = this.#pool.up().map(({ peerId }) => this.#refused.get(peerId)!)
    if (errors.every(({ code }) => finalCodes.has(code))) {
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
    if (event.service !== this.#service || relay.peerId !== this.#source?.peerId) return
    if (event.current) this.#view.end()
    else if (event.row) {
      const row = decodeRow(event.row)
      if (isPossible(row)) this.#view.put(row)
    } else this.#view.gone(event.goneInstanceId, event.lastSeenMs || undefined)
  }
}
