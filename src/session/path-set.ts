import type { AckSchedule } from './ack-schedule.js'
import type { AckWatch } from './ack-watch.js'
import type { EventLog } from './event-log.js'
import { choosePath } from './path-choice.js'
import type { SendBuffer } from './send-buffer.js'
import { SessionPath } from './session-path.js'
import type { PathId, PathOffer, PathView, SessionLimits, SessionRole } from './types.js'

/** Paths that should be ready while a session lives: one that carries it and one to change to. */
const wantedPaths = 2
/** Suspect ones do not count as ready, but the dialer opens no more than this many at once. */
const maxAttachedPaths = 4
/** Whatever the dialer does, the host keeps no more than this many: the one that was silent for longest goes. */
const maxAttached = 8

export interface PathSetOptions {
  role: SessionRole
  limits: SessionLimits
  send: SendBuffer
  acks: AckSchedule
  watch: AckWatch
  events: EventLog
}

/** The attached paths of one side, which of them carries what it sends, and the changes from one to another. */
export class PathSet {
  readonly #options: PathSetOptions
  readonly #paths = new Map<PathId, SessionPath>()
  #active: SessionPath | undefined
  #lastActive: SessionPath | undefined
  /** The path that carried the session before the active one, until something comes on the new one. */
  #handover: { from: SessionPath; heardAt: number } | undefined
  /** Dialer: how many choices it has told. Host: the latest it was told, and on which path. */
  #choice = 0
  #chosen: SessionPath | undefined
  #changes = 0
  /** Dialer: since when there have been more good paths than wanted. */
  #surplusSince: number | undefined

  constructor(options: PathSetOptions) {
    this.#options = options
  }

  get active(): SessionPath | undefined {
    return this.#active
  }

  get size(): number {
    return this.#paths.size
  }

  /** How long an acknowledgement may take on the active path; undefined when there is none. */
  get ackOverdueMs(): number | undefined {
    const active = this.#active
    if (active === undefined) return undefined
    for (const path of this.#paths.values()) if (path !== active && !path.suspect) return active.ackOverdueMs(true)
    return active.ackOverdueMs(false)
  }

  /** Changes of path that are complete: something came on the new one. */
  get changes(): number {
    return this.#changes
  }

  /** Further paths that would be good to have while the session is open. */
  get missing(): number {
    const ready = [...this.#paths.values()].filter(({ suspect }) => !suspect).length
    return Math.max(0, Math.min(wantedPaths - ready, maxAttachedPaths - this.#paths.size))
  }

  [Symbol.iterator](): Iterator<SessionPath> {
    return this.#paths.values()
  }

  get(id: PathId): SessionPath | undefined {
    return this.#paths.get(id)
  }

  views(): (PathView & { id: PathId; suspect: boolean })[] {
    return [...this.#paths.values()].map((path) => {
      const { id, suspect, roundTripMs, label, kind, addresses } = path
      const role = path === this.#active ? 'active' : suspect ? 'suspect' : 'standby'
      const known = {
        ...(roundTripMs === undefined ? {} : { roundTripMs }),
        ...(addresses === undefined ? {} : { addresses }),
      }
      return { id, relay: label, kind, role, suspect, ...known }
    })
  }

  /** The earliest time at which one of the paths has to be looked at. */
  dueAt(now: number): number {
    let due = this.#surplusAt()
    for (const path of this.#paths.values()) {
      due = Math.min(due, path.liveness.dueAt)
      // One that would be preferred, once it has stayed well for long enough.
      const better = this.#active !== undefined && path.rank < this.#active.rank
      const waits = path !== this.#active && !path.suspect && (better || path === this.#chosen)
      if (waits && path.settledAt > now) due = Math.min(due, path.settledAt)
    }
    return due
  }

  attach(id: PathId, offer: PathOffer, now: number): SessionPath {
    if (this.#paths.has(id)) throw new RangeError(`path ${id} is attached already`)
    const path = new SessionPath(id, offer, this.#options.role, this.#options.limits, now)
    this.#paths.set(id, path)
    this.#options.send.openPath(id)
    this.#options.acks.openPath(id)
    path.liveness.probe(now)
    this.#options.events.addOnce('paths')
    if (this.#paths.size > maxAttached) this.lose(this.#mostSilent(path), now)
    return path
  }

  #mostSilent(except: SessionPath): SessionPath {
    const others = [...this.#paths.values()].filter((path) => path !== except)
    return others.reduce((a, b) => (b.liveness.heardAt < a.liveness.heardAt ? b : a))
  }

  /** The path is gone: what was in flight on it alone is sent again, on whichever path is active then. */
  lose(path: SessionPath, now: number): void {
    const silentMs = now - path.liveness.heardAt
    const { id: pathId, label, kind } = path
    this.#options.events.add({ type: 'path:lost', pathId, label, kind, silentMs })
    this.#detach(path, now)
  }

  /** The other side closed the path in good order: no loss, if nothing depends on it. */
  closed(path: SessionPath, now: number): void {
    if (path === this.#active || path.suspect) this.lose(path, now)
    else this.#drop(path, now)
  }

  #drop(path: SessionPath, now: number): void {
    this.#options.events.add({ type: 'path:dropped', pathId: path.id })
    this.#detach(path, now)
  }

  #detach(path: SessionPath, now: number): void {
    const { send, acks, events } = this.#options
    this.#paths.delete(path.id)
    send.closePath(path.id)
    acks.closePath(path.id)
    this.#forgetTimings()
    events.addOnce('paths')
    if (this.#chosen === path) this.#chosen = undefined
    if (this.#active === path) this.#active = undefined
    this.select(now)
    // An acknowledgement may have been lost with it.
    if (this.#active !== undefined) acks.refresh(this.#active.id)
  }

  /** Something came on the path. */
  heard(path: SessionPath, now: number): void {
    path.liveness.heard(now)
    if (path !== this.#active || this.#handover === undefined) return
    const { from, heardAt } = this.#handover
    this.#handover = undefined
    this.#changes++
    const { label: to, kind } = path
    this.#options.events.add({ type: 'path:changed', from: from.label, to, kind, gapMs: now - heardAt })
  }

  /** The dialer says that it sends on this path from now on. Late news are ignored. */
  chosen(path: SessionPath, number: number, now: number): void {
    if (number <= this.#choice) return
    this.#choice = number
    this.#chosen = path
    this.select(now)
  }

  tick(now: number): void {
    for (const path of [...this.#paths.values()]) {
      const wasSuspect = path.suspect
      if (path.liveness.tick(now) === 'lost') this.lose(path, now)
      else if (path.suspect && !wasSuspect) this.#failed(path, now)
    }
    this.#dropSurplus(now)
  }

  /** When the dialer gives up what it has beyond the wanted paths. */
  #surplusAt(): number {
    return this.#surplusSince === undefined
      ? Number.POSITIVE_INFINITY
      : this.#surplusSince + this.#options.limits.pathSettleMs
  }

  /** After a blip there is one more than wanted: of those that are well, of the least good kind, the one that failed or came last goes. */
  #dropSurplus(now: number): void {
    if (this.#options.role !== 'dialer') return
    const spare = [...this.#paths.values()].filter((path) => path !== this.#active && !path.suspect)
    if (this.#active?.suspect !== false || spare.length < wantedPaths) this.#surplusSince = undefined
    else this.#surplusSince ??= now
    if (now < this.#surplusAt()) return
    const worst = Math.max(...spare.map(({ rank }) => rank))
    const last = spare.filter(({ rank }) => rank === worst).reduce((a, b) => (b.settledAt > a.settledAt ? b : a))
    this.#drop(last, now)
    this.#surplusSince = now
  }

  /** Acknowledgements are overdue: what carries the oldest unacknowledged byte is doubted, and shall not carry it alone. */
  overdue(now: number): void {
    const { send, watch } = this.#options
    const active = this.#active
    if (active === undefined) return
    const carriers = [...this.#paths.values()].filter(({ id }) => send.carriesOldest(id))
    const doubted = carriers.length > 0 ? carriers : [active]
    for (const path of doubted) {
      const wasSuspect = path.suspect
      path.liveness.suspectNow(now)
      if (!wasSuspect) this.#failed(path, now)
    }
    watch.overdue(now)
    this.select(now)
    if (this.#active !== undefined && !this.#active.suspect) {
      for (const path of doubted) this.#resend(path, this.#active)
    }
  }

  /** Looks which path should carry the session, and changes to it. */
  select(now: number): void {
    const candidates = [...this.#paths.values()].map((path) => path.candidate(now, path === this.#chosen))
    const path = choosePath(candidates, this.#active)
    if (path === undefined || path === this.#active) return
    const old = this.#active
    const from = old ?? this.#lastActive
    if (from !== undefined) {
      if (old?.suspect) this.#resend(old, path)
      this.#handover ??= { from, heardAt: from.liveness.heardAt }
      if (this.#handover.from === path) this.#handover = undefined
      if (this.#options.role === 'dialer') path.chooseDue = ++this.#choice
      // The new one soon says how long the gap was; the old one may be broken.
      path.liveness.probe(now)
      old?.liveness.probe(now)
    }
    this.#active = this.#lastActive = path
    // What a healthy path still carries stays there, and is overdue no later than it would have been.
    const stays = [...this.#paths.values()].some(
      (other) => other !== path && !other.suspect && this.#options.send.carriesOldest(other.id),
    )
    if (!stays) this.#options.watch.restart(now)
    this.#options.acks.refresh(path.id)
  }

  /** Forgets all paths, without a word, and what was going to be done about them. */
  clear(): void {
    this.#paths.clear()
    this.#active = undefined
    this.#lastActive = undefined
    this.#chosen = undefined
    this.#handover = undefined
    this.#surplusSince = undefined
  }

  #failed(path: SessionPath, now: number): void {
    path.failed(now)
    this.#options.events.addOnce('paths')
  }

  #resend(path: SessionPath, onto: SessionPath): void {
    this.#options.send.resend(path.id, onto.id)
    this.#forgetTimings()
  }

  /** The acknowledgement of what is sent twice says nothing of one path's round trip. */
  #forgetTimings(): void {
    for (const path of this.#paths.values()) path.timing = undefined
  }
}
