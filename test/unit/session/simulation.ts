import type { OverlayError } from '../../../src/core/errors.js'
import { SessionState } from '../../../src/session/session-state.js'
import {
  type PathId,
  type PathKind,
  pathKinds,
  resolveSessionLimits,
  type SessionEvent,
  type SessionLimits,
  type SessionRole,
} from '../../../src/session/types.js'
import { FrameBatch } from '../../../src/wire/frame-batch.js'
import { FrameDecoder } from '../../../src/wire/frame-decoder.js'
import type { Random } from './random.js'

/** The byte at `offset` of what `role` sends: each offset differs from its neighbours, and the two directions differ. */
export function contentByte(role: SessionRole, offset: number): number {
  return (offset * 7 + (offset >> 8) * 13 + (role === 'host' ? 101 : 0)) & 0xff
}

export function content(role: SessionRole, from: number, to: number): Uint8Array {
  const bytes = new Uint8Array(to - from)
  for (let index = 0; index < bytes.byteLength; index++) bytes[index] = contentByte(role, from + index)
  return bytes
}

/** One direction of one path: bytes on their way, in order, each batch with its time of arrival. */
class Pipe {
  readonly batches: { at: number; bytes: Uint8Array }[] = []
  readonly decoder: FrameDecoder
  readonly batch = new FrameBatch()
  queued = 0
  /** Nothing arrives before this time. */
  frozenUntil = 0
  /** What is sent disappears from now on: cut off at the far end. */
  dead = false
  /** Bytes that still get through before it is dead; undefined for all. */
  left: number | undefined
  onDelivered: (bytes: number) => void = () => {}
  onCut: () => void = () => {}

  constructor(
    readonly to: Side,
    readonly delayMs: () => number,
    maxFrameBytes: number,
  ) {
    this.decoder = new FrameDecoder(maxFrameBytes)
  }

  push(bytes: Uint8Array, now: number): void {
    const last = this.batches.at(-1)?.at ?? 0
    this.batches.push({ at: Math.max(last, now + this.delayMs()), bytes })
    this.queued += bytes.byteLength
  }

  get nextAt(): number {
    const first = this.batches[0]
    return first && !this.dead ? Math.max(first.at, this.frozenUntil) : Number.POSITIVE_INFINITY
  }

  /** Nothing will ever arrive any more. */
  get isOver(): boolean {
    return this.dead || this.batches.length === 0 || this.frozenUntil === Number.POSITIVE_INFINITY
  }

  cutAfter(bytes: number): void {
    this.left = bytes
  }
}

/** A path, seen from nobody's side: two pipes, and who has noticed that it is gone. */
export interface Link {
  id: PathId
  towards: Record<SessionRole, Pipe>
  /** Sides that have it attached. */
  attached: Set<SessionRole>
  /** When a side will notice that the other has closed it. */
  closingAt: Map<SessionRole, number>
}

/** One side with an application that sends `total` bytes and reads all that comes, at its own pace. */
export class Side {
  readonly state: SessionState
  written = 0
  ended = false
  read = 0
  readsAt = 0
  writesAt = 0
  /** When something was read last, and the longest that nothing was. */
  readAt: number
  longestGapMs = 0
  asleepUntil = 0
  closed: { error: OverlayError | undefined } | undefined
  over = false
  readonly events: SessionEvent[] = []
  maxHeld = { send: 0, receive: 0 }

  constructor(
    readonly role: SessionRole,
    readonly total: number,
    readonly limits: SessionLimits,
    remoteWindowBytes: number,
    now: number,
  ) {
    this.readAt = now
    this.state = new SessionState({ role, limits, remoteWindowBytes }, now)
  }

  get other(): SessionRole {
    return this.role === 'dialer' ? 'host' : 'dialer'
  }
}

export interface SimulationOptions {
  random: Random
  bytes: Record<SessionRole, number>
  limits?: Partial<SessionLimits>
  /** Ms between two faults, on average; 0 for none. */
  faultEveryMs: number
  faultsUntilMs: number
  /** One side aborts at this time. */
  abortAtMs?: number
  /** Each side writes ten bytes this often and reads at once, rather than as much as it can at a pace of its own. */
  messageEveryMs?: number
}

/**
 * Two sides of a session joined by simulated paths, in simulated time: what is on its way is bytes, not frames. Throws when
 * a byte is wrong, lost, repeated, or out of order, or when a side holds more than its bounds.
 */
export class Simulation {
  now = 1000
  readonly sides: Record<SessionRole, Side>
  links: Link[] = []
  #nextId = 1
  #dialing: { doneAt: number; received: number; credit: number } | undefined
  #dialAgainAt = 0
  #nextFaultAt: number
  readonly random: Random
  faults = 0
  /** Bytes put on paths, for tests that count. */
  sentBytes = 0
  /** Whether paths can be opened at all. */
  reachable = true

  constructor(readonly options: SimulationOptions) {
    this.random = options.random
    const limits = resolveSessionLimits(options.limits)
    const window = limits.receiveWindowBytes
    this.sides = {
      dialer: new Side('dialer', options.bytes.dialer, limits, window, this.now),
      host: new Side('host', options.bytes.host, limits, window, this.now),
    }
    this.#nextFaultAt = options.faultEveryMs > 0 ? this.now : Number.POSITIVE_INFINITY
  }

  get both(): Side[] {
    return [this.sides.dialer, this.sides.host]
  }

  /** Attaches a path on both sides at once, as the first one is. */
  open(delayMs: () => number = () => 5, kind: PathKind = 'circuit'): Link {
    const link = this.#link(delayMs)
    const offer = { kind, label: `relay${link.id}` }
    for (const side of this.both) {
      side.state.attachPath(link.id, offer, this.now)
      link.attached.add(side.role)
    }
    this.links.push(link)
    return link
  }

  /** Both sides are over, and have read what came. */
  get finished(): boolean {
    return this.both.every((side) => side.over && (side.closed?.error !== undefined || side.state.readFinished))
  }

  /** Runs until both sides are over, or the time is up. */
  run(untilMs: number, until: () => boolean = () => this.finished): void {
    const end = this.now + untilMs
    this.settle()
    while (!until() && this.now < end) {
      this.now = Math.min(end, Math.max(this.now + 1, this.#nextAt()))
      this.step()
    }
  }

  step(): void {
    this.#faults()
    this.#dial()
    this.links = this.links.filter(({ attached, towards }) => {
      return attached.size > 0 || !towards.dialer.isOver || !towards.host.isOver
    })
    for (const side of this.both) if (side.asleepUntil <= this.now) this.#turn(side)
    this.settle()
  }

  /** Everything that happens without time passing. */
  settle(): void {
    for (const side of this.both) {
      if (side.asleepUntil > this.now) continue
      this.#application(side)
      this.#pull(side)
      this.#check(side)
    }
  }

  #link(delayMs: () => number): Link {
    const max = 4096
    const towards = {
      dialer: new Pipe(this.sides.dialer, delayMs, max),
      host: new Pipe(this.sides.host, delayMs, max),
    }
    return { id: this.#nextId++, towards, attached: new Set(), closingAt: new Map() }
  }

  #nextAt(): number {
    const { dialer, host } = this.sides
    const dialAt = this.#dialing === undefined ? this.#dialAgainAt : Math.max(this.#dialing.doneAt, host.asleepUntil)
    let next = Math.min(this.#nextFaultAt, Math.max(dialAt, dialer.asleepUntil))
    if (next <= this.now) next = this.now + 50
    for (const side of this.both) {
      let due = side.state.nextTick() ?? Number.POSITIVE_INFINITY
      if (side.readsAt > this.now) due = Math.min(due, side.readsAt)
      if (side.writesAt > this.now && !side.ended) due = Math.min(due, side.writesAt)
      for (const link of this.links) {
        due = Math.min(due, link.towards[side.role].nextAt, link.closingAt.get(side.role) ?? due)
      }
      next = Math.min(next, Math.max(due, side.asleepUntil))
    }
    const { abortAtMs } = this.options
    return abortAtMs !== undefined && abortAtMs > this.now ? Math.min(next, abortAtMs) : next
  }

  #turn(side: Side): void {
    for (const link of [...this.links]) {
      this.#deliver(link, link.towards[side.role])
      const closing = link.closingAt.get(side.role)
      if (closing !== undefined && closing <= this.now) this.#lost(side, link)
    }
    const due = side.state.nextTick()
    if (due !== undefined && due <= this.now) side.state.tick(this.now)
    this.#drain(side)
  }

  #deliver(link: Link, pipe: Pipe): void {
    while (pipe.nextAt <= this.now) {
      let { bytes } = pipe.batches.shift()!
      pipe.queued -= bytes.byteLength
      if (pipe.left !== undefined) {
        bytes = bytes.subarray(0, pipe.left)
        pipe.left -= bytes.byteLength
        pipe.dead = pipe.left === 0
        if (pipe.dead) pipe.onCut()
      }
      pipe.onDelivered(bytes.byteLength)
      // In pieces, as a network would.
      for (let from = 0; from < bytes.byteLength; ) {
        const to = from + this.random.int(1, bytes.byteLength - from)
        pipe.decoder.push(bytes.subarray(from, to))
        pipe.to.state.heard(link.id, this.now)
        for (let frame = pipe.decoder.next(); frame !== undefined; frame = pipe.decoder.next()) {
          pipe.to.state.receive(link.id, frame, this.now)
        }
        from = to
      }
      this.#drain(pipe.to)
    }
  }

  #drain(side: Side): void {
    for (const event of side.state.takeEvents()) {
      side.events.push(event)
      if (event.type === 'closed') side.closed = { error: event.error }
      if (event.type === 'over') {
        side.over = true
        for (const link of this.links) if (link.attached.has(side.role)) this.#close(side, link)
      }
      if (event.type === 'path:lost' || event.type === 'path:dropped') {
        const link = this.links.find(({ id }) => id === event.pathId)
        if (link !== undefined) this.#close(side, link)
      }
    }
  }

  /** A side gives up a path; the other notices some time later, unless the path is frozen that way. */
  #close(side: Side, link: Link): void {
    link.attached.delete(side.role)
    link.closingAt.delete(side.role)
    if (!link.attached.has(side.other)) return
    const pipe = link.towards[side.other]
    if (pipe.frozenUntil === Number.POSITIVE_INFINITY) return
    link.closingAt.set(side.other, Math.max(pipe.frozenUntil, this.now + pipe.delayMs()))
  }

  #lost(side: Side, link: Link): void {
    link.closingAt.delete(side.role)
    link.attached.delete(side.role)
    side.state.pathLost(link.id, this.now)
  }

  #application(side: Side): void {
    const { state } = side
    const { messageEveryMs } = this.options
    while (!side.ended && side.written < side.total && state.writableBytes > 0 && side.writesAt <= this.now) {
      const most = Math.min(300, side.total - side.written)
      const size = messageEveryMs === undefined ? this.random.int(1, most) : Math.min(10, most)
      if (messageEveryMs !== undefined) side.writesAt = this.now + messageEveryMs
      const accepted = state.write(content(side.role, side.written, side.written + size), this.now)
      side.written += accepted
      if (accepted < size) break
    }
    if (!side.ended && side.written === side.total) {
      side.ended = true
      state.endWrite(this.now)
    }
    if (this.options.abortAtMs !== undefined && this.now >= this.options.abortAtMs && side.role === 'dialer') {
      state.abort(1, 'enough', { code: 'closed' } as OverlayError, this.now)
    }
    while (this.now >= side.readsAt) {
      const bytes = state.read(this.now, this.random.int(1, 400))
      if (bytes === undefined) break
      for (const byte of bytes) {
        if (byte !== contentByte(side.other, side.read))
          throw new Error(`${side.role} read a wrong byte at ${side.read}`)
        side.read++
      }
      side.longestGapMs = Math.max(side.longestGapMs, this.now - side.readAt)
      side.readAt = this.now
      if (messageEveryMs === undefined && this.random.chance(0.1)) side.readsAt = this.now + this.random.int(1, 200)
    }
    this.#drain(side)
  }

  #pull(side: Side): void {
    for (const link of this.links) {
      if (!link.attached.has(side.role)) continue
      const pipe = link.towards[side.other]
      while (pipe.queued < 600) {
        const { batch } = pipe
        let frame = side.state.nextFrame(link.id, this.now)
        for (; frame !== undefined && batch.byteLength < 300; frame = side.state.nextFrame(link.id, this.now))
          batch.add(frame)
        if (frame !== undefined) batch.add(frame)
        if (batch.byteLength === 0) break
        this.sentBytes += batch.byteLength
        pipe.push(batch.take().subarray(), this.now)
      }
    }
    this.#drain(side)
  }

  #check(side: Side): void {
    const { send, receive } = side.state.heldBytes
    side.maxHeld = { send: Math.max(send, side.maxHeld.send), receive: Math.max(receive, side.maxHeld.receive) }
    if (send > side.limits.sendBufferBytes) throw new Error(`${side.role} keeps ${send} bytes to send`)
    if (receive > side.limits.receiveWindowBytes) throw new Error(`${side.role} keeps ${receive} bytes to read`)
  }

  /** The dialer's keeper of paths: one attempt at a time, RESUME with what it has at the start, joined at the end. */
  #dial(): void {
    const { dialer, host } = this.sides
    if (dialer.over || dialer.asleepUntil > this.now) return
    if (this.#dialing === undefined) {
      if (dialer.state.missingPaths === 0 || this.now < this.#dialAgainAt || !this.reachable) return
      const { received, credit } = dialer.state.ending
      this.#dialing = { doneAt: this.now + this.random.int(1, 80), received, credit }
      return
    }
    if (this.#dialing.doneAt > this.now || host.asleepUntil > this.now) return
    const { received, credit } = this.#dialing
    this.#dialing = undefined
    this.#dialAgainAt = this.now + this.random.int(10, 200)
    if (host.over) {
      dialer.state.endedThere(host.state.ending, this.now)
      this.#drain(dialer)
      return
    }
    const base = this.random.int(1, 60)
    const link = this.#link(() => this.random.int(base, base + 5))
    const offer = { kind: this.random.pick(pathKinds), label: `relay${link.id}` }
    const answer = host.state.ending
    this.links.push(link)
    link.attached.add('host').add('dialer')
    host.state.attachPath(link.id, { ...offer, remoteReceived: received, remoteCredit: credit }, this.now)
    this.#drain(host)
    dialer.state.attachPath(
      link.id,
      { ...offer, remoteReceived: answer.received, remoteCredit: answer.credit },
      this.now,
    )
    this.#drain(dialer)
  }

  #faults(): void {
    if (this.now < this.#nextFaultAt) return
    if (this.now > this.options.faultsUntilMs) {
      this.#nextFaultAt = Number.POSITIVE_INFINITY
      for (const link of this.links) for (const pipe of Object.values(link.towards)) this.#thaw(link, pipe)
      return
    }
    this.#nextFaultAt = this.now + this.random.int(1, 2 * this.options.faultEveryMs)
    this.faults++
    const alive = this.links.filter(({ attached }) => attached.size > 0)
    if (alive.length === 0) return
    const link = this.random.pick(alive)
    const { dialer, host } = link.towards
    const one = this.random.pick([dialer, host])
    switch (this.random.int(0, 6)) {
      case 0: // killed: both notice, some bytes get through
      case 1:
        for (const pipe of [dialer, host]) {
          pipe.cutAfter(this.random.int(0, Math.max(1, pipe.queued)))
          if (pipe.left === 0) pipe.dead = true
          const at = this.now + (this.random.chance(0.5) ? 0 : this.random.int(1, 300))
          if (link.attached.has(pipe.to.role)) link.closingAt.set(pipe.to.role, at)
        }
        break
      case 2: // frozen, for a while
        for (const pipe of [dialer, host]) pipe.frozenUntil = this.now + this.random.int(10, 8000)
        break
      case 3: // frozen for ever
        for (const pipe of [dialer, host]) pipe.frozenUntil = Number.POSITIVE_INFINITY
        break
      case 4: // one way only
        one.frozenUntil = this.random.chance(0.5) ? Number.POSITIVE_INFINITY : this.now + this.random.int(10, 8000)
        break
      case 5: // a short stutter
        one.frozenUntil = this.now + this.random.int(1, 400)
        break
      case 6: // a process stands still
        one.to.asleepUntil = this.now + this.random.int(10, 12_000)
        break
    }
  }

  #thaw(link: Link, pipe: Pipe): void {
    if (pipe.frozenUntil <= this.now) return
    pipe.frozenUntil = this.now
    const { role, other } = pipe.to
    if (link.attached.has(role) && !link.attached.has(other)) link.closingAt.set(role, this.now)
  }
}
