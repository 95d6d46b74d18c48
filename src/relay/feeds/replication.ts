import { EventEmitter } from 'node:events'
import { backoffMs } from '../../core/backoff.js'
import type { Clock } from '../../core/clock.js'
import { type ErrorCode, errorText, isOverlayError, OverlayError } from '../../core/errors.js'
import { SecondTicks } from '../../core/every-second.js'
import { maxReasonBytes, relayRetryMaxMs, relayRetryMinMs } from '../../core/limits.js'
import { Standstill } from '../../core/standstill.js'
import { truncateUtf8 } from '../../core/text.js'
import type { RelayPool } from '../../directory/relay-pool.js'
import type { Trust } from '../../net/trust.js'
import type { FeedReply, FeedUpdate } from '../../wire/messages/directory.js'
import type { Entry } from '../table/entry.js'
import type { DirectoryStore } from '../table/store.js'
import { EntryCheck, lieOf } from './entry-check.js'
import { encodeFeed, FeedDecoder } from './feed-codec.js'
import type { Homes } from './homes.js'
import { IncomingFeeds } from './incoming-feeds.js'
import { Liars, liarMs } from './liars.js'
import type { FeedMessage } from './outgoing-feed.js'
import { OutgoingFeeds } from './outgoing-feeds.js'

const tickMs = 1_000
/** Up to this it is a busy process. */
const toleratedMs = 750
const firstTickMs = 250
const linkHeartbeatWaitMs = 1_000
/** After this process stood still, owners have this long to be heard again. */
const resumeGraceMs = 2_000
const maxAccusations = 1_024
const recheckMs = 10 * 60_000

export interface ReplicationDeps {
  trust: Trust
  homes: Homes
  store: DirectoryStore
  pool: RelayPool
  clock: Clock
  random: () => number
}

/**
 * A relay's part in the directory beyond its own bindings: it feeds the homes of partitions what is bound here, and holds what
 * other owners feed.
 */
export class Replication extends EventEmitter<{ warning: [unknown] }> {
  readonly outgoing: OutgoingFeeds
  readonly incoming: IncomingFeeds
  readonly liars: Liars
  readonly #check: EntryCheck
  readonly #accusations = new Map<string, number>()
  readonly #own: string
  readonly #decoders = new Map<string, FeedDecoder>()
  readonly #runners = new Map<string, () => void>()
  readonly #stopping = new AbortController()
  readonly #deps: ReplicationDeps
  /** When what is held is looked at again. */
  #recheckMs = 0
  #ticks: SecondTicks | undefined
  #standstill: Standstill | undefined

  constructor(deps: ReplicationDeps) {
    super()
    this.#deps = deps
    const { homes, clock, store } = deps
    this.#own = homes.own
    this.outgoing = new OutgoingFeeds(
      this.#own,
      store,
      (partition) => homes.of(partition),
      () => clock.now(),
    )
    this.incoming = new IncomingFeeds(store, clock)
    this.liars = new Liars(clock)
    this.#check = new EntryCheck(deps)
  }

  start(): void {
    const { homes, clock, trust } = this.#deps
    homes.on('changed', () => this.#reconcile())
    trust.on('network', () => {
      this.incoming.reconsider()
      if (this.#recheckMs === Number.POSITIVE_INFINITY) this.#recheckMs = 0
      else void this.#recheck()
    })
    homes.start()
    this.#standstill = new Standstill({ everyMs: tickMs, toleratedMs }, clock.monotonic())
    this.#ticks = new SecondTicks(() => this.#tick(), clock)
    this.#ticks.within(firstTickMs)
  }

  stop(): void {
    this.#ticks?.stop()
    this.#stopping.abort()
    this.#deps.homes.stop()
    for (const wake of this.#runners.values()) wake()
  }

  /** Called by the store's listener, after each put (`present` = true) and remove (`present` = false). */
  onStoreChange(entry: Entry, present: boolean): void {
    if (entry.record.relayPeerId !== this.#own) return
    this.outgoing.changed(entry, present, this.#deps.clock.monotonic())
    this.#runFeeds()
  }

  /** Called when partitions were cut anew: everything is told again. */
  reset(): void {
    this.#deps.homes.unsettle()
    this.outgoing.reset(this.#deps.clock.monotonic())
  }

  /** Checks a feed message of another relay and takes it in. Throws `not_permitted` to a relay that was caught lying. */
  async receive(ownerPeerId: string, update: FeedUpdate): Promise<FeedReply> {
    if (this.liars.has(ownerPeerId)) throw notBelieved()
    let decoder = this.#decoders.get(ownerPeerId)
    if (decoder === undefined) {
      decoder = new FeedDecoder(ownerPeerId)
      this.#decoders.set(ownerPeerId, decoder)
    }
    let message: FeedMessage
    try {
      message = await this.#check.check(ownerPeerId, decoder.decode(update))
    } catch (error) {
      this.accuse(ownerPeerId, lieOf(error))
      throw notBelieved()
    }
    // Checking takes a moment, in which the link may have closed.
    if (this.#decoders.get(ownerPeerId) !== decoder) throw new OverlayError('closed', 'The link was closed.')
    return this.incoming.receive(ownerPeerId, message)
  }

  /** Called when a relay was caught: what is held of it goes, and its word is worth nothing for a while. */
  accuse(peerId: string, what: string): void {
    this.incoming.drop(peerId)
    if (!this.liars.caught(peerId, what)) return
    const name = this.#deps.pool.nameOf(peerId)
    this.emit('warning', new OverlayError('refused', `Relay ${name} is not believed any more: ${what}`))
    for (const { peerId: other, link } of this.#deps.pool.up()) if (other !== peerId) link.accuse(peerId, what)
  }

  /**
   * Called when another relay says that it has caught one. Nobody is believed about others; it is told to whoever runs this one.
   */
  onAccusation(accuser: string, { peerId, what }: { peerId: string; what: string }): void {
    const { pool, clock } = this.#deps
    const key = `${accuser}/${peerId}`
    const toldMs = this.#accusations.get(key)
    if (toldMs !== undefined && clock.monotonic() - toldMs < liarMs) return
    this.#accusations.set(key, clock.monotonic())
    if (this.#accusations.size > maxAccusations)
      this.#accusations.delete(this.#accusations.keys().next().value as string)
    const said = truncateUtf8(what, maxReasonBytes)
    const text = `Relay ${pool.nameOf(accuser)} says that relay ${pool.nameOf(peerId)} lies: ${said}`
    this.emit('warning', new OverlayError('refused', text))
  }

  /** Called when the link over which a relay fed us is closed. */
  disconnected(ownerPeerId: string): void {
    this.#decoders.delete(ownerPeerId)
    this.incoming.disconnected(ownerPeerId)
    this.#tickEarly()
  }

  #tick(): void {
    const { homes, clock } = this.#deps
    if ((this.#standstill?.look(clock.monotonic()) ?? 0) > 0) {
      this.incoming.resumed(resumeGraceMs)
      homes.unsettle()
    }
    this.incoming.tick()
    if (clock.monotonic() >= this.#recheckMs) void this.#recheck()
    void homes.refresh()
    this.#tickEarly()
  }

  /** Ticks before the next second when an owner has to be dropped by then. */
  #tickEarly(): void {
    this.#ticks?.within(this.incoming.dueMs - this.#deps.clock.monotonic())
  }

  /** Removes entries that a newer document, or the date, forbids: a dishonest owner goes on telling of them. */
  async #recheck(): Promise<void> {
    const { store, clock } = this.#deps
    this.#recheckMs = Number.POSITIVE_INFINITY
    const owners = store.owners().filter((owner) => owner !== this.#own)
    const stale = await this.#check.stale(owners).catch((error) => {
      this.emit('warning', error)
      return []
    })
    for (const entry of stale) if (store.get(entry.record) === entry) store.remove(entry.record, clock.now())
    // Zero when a document came meanwhile.
    this.#recheckMs = Math.min(this.#recheckMs, clock.monotonic() + recheckMs)
  }

  #reconcile(): void {
    this.outgoing.reconcile(this.#deps.clock.monotonic())
    this.#runFeeds()
  }

  #runFeeds(): void {
    for (const home of this.outgoing.homes()) {
      const wake = this.#runners.get(home)
      if (wake !== undefined) wake()
      else {
        this.#runners.set(home, () => {})
        void this.#runFeed(home)
      }
    }
  }

  /** Feeds one home for as long as it is one. */
  async #runFeed(home: string): Promise<void> {
    const { outgoing } = this
    const { homes, clock, pool, random } = this.#deps
    const { signal } = this.#stopping
    const wanted = () => !signal.aborted && outgoing.homes().includes(home)
    let told: string | undefined
    for (let attempt = 0; wanted(); ) {
      let reached = false
      try {
        const link = await pool.ensure(home, signal)
        reached = true
        outgoing.interrupted(home)
        while (wanted()) {
          const message = outgoing.next(home, clock.monotonic())
          if (message === undefined) await this.#woken(home, linkHeartbeatWaitMs)
          else {
            outgoing.replied(home, await link.feed(encodeFeed(message), signal))
            attempt = 0
            told = undefined
          }
          if (link.closed) break
        }
      } catch (error) {
        if (signal.aborted) break
        // Once per kind of trouble: it is tried again every few seconds.
        const text = errorText(error)
        if (!isPassing(error) && text !== told) {
          told = text
          const what = `What is bound here could not be told to relay ${pool.nameOf(home)}`
          this.emit('warning', new OverlayError('internal', `${what}: ${text}`, { cause: error }))
        }
      }
      outgoing.interrupted(home)
      if (!reached) homes.lost(home)
      else homes.reconcileSoon()
      outgoing.abandon(home, clock.monotonic())
      // Not woken by changes, which would make a dead home be tried as often as somebody binds.
      const waitMs = backoffMs(attempt++, relayRetryMinMs, relayRetryMaxMs, random)
      await new Promise<void>((resolve) => clock.after(waitMs, resolve))
    }
    this.#runners.delete(home)
    if (wanted()) this.#runFeeds()
  }

  /** Resolves when the feed to `home` has something to say, at the latest after `ms`. */
  #woken(home: string, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#deps.clock.after(ms, resolve)
      this.#runners.set(home, () => {
        cancel()
        resolve()
      })
    })
  }
}

const notBelieved = () =>
  new OverlayError('not_permitted', 'This relay was caught lying and is not believed; see the log.')

/** Returns true for the failure of a home that is gone or slow: the pool says so, and the home is tried again. */
const isPassing = (error: unknown): boolean =>
  isOverlayError(error) && (['closed', 'timed_out', 'unreachable', 'canceled'] as ErrorCode[]).includes(error.code)
