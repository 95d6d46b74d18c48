import { linkHeartbeatMs, maxDirectoryMessageBytes } from '../../core/limits.js'
import type { Departed, Entry, EntryKey } from '../table/entry.js'

/** What an owner tells a home about one partition. */
export interface FeedPart {
  /** As in `partitionKey`. */
  partition: string
  /** All of the partition follows; what does not come again until `end` is gone. */
  begin: boolean
  end: boolean
  /** The receiver is no home of the partition any more. */
  drop: boolean
  put: Entry[]
  removed: EntryKey[]
  departed: Departed[]
}

/** One message of an owner to a home. Without parts it is a heartbeat. */
export interface FeedMessage {
  /** Names one life of the feed; another one starts from nothing. */
  epoch: number
  /** 1 for the first message with parts, then one more for each. */
  version: number
  /** Everything the owner has for this home has been said. */
  complete: boolean
  parts: FeedPart[]
  /** In a heartbeat: of all that the home should hold of the owner's. */
  digest?: Uint8Array<ArrayBuffer>
}

export interface FeedReply {
  epoch: number
  version: number
  /** Says that the home missed something: the owner begins anew. */
  resync: boolean
}

interface Part {
  begin: boolean
  filling: boolean
  filled: boolean
  drop: boolean
  pending: Map<string, { key: EntryKey; entry?: Entry }>
  departed: Departed[]
  /** Says since when the receiver is not wanted as a home any more; ms of the monotonic clock. */
  retiredMs?: number
}

/** Parts and entries of one message, and about how many bytes: half of what the link takes in one. */
const maxItems = 256
const maxBytes = maxDirectoryMessageBytes / 2
/** Counts what an entry takes beyond its signed bytes, generously: names, ids and what frames them. */
const itemBytes = 512

/**
 * The owner's side of what it tells one home: at most one message is under way, and what changes meanwhile is gathered, each
 * terminator once. Pure; `nowMs` never jumps.
 */
export class OutgoingFeed {
  #epoch: number
  readonly #snapshot: (partition: string) => { entries: Iterable<Entry>; departed: Departed[] }
  readonly #digestOf: (partitions: Iterable<string>) => Uint8Array<ArrayBuffer> | undefined

  readonly #parts = new Map<string, Part>()
  #version = 0
  #acked = 0
  #inFlight: FeedMessage | undefined
  #resend = false
  #lastSentMs = Number.NEGATIVE_INFINITY

  /** `snapshot` gives what the owner has in a partition now, `digestOf` a digest of what it has in the given partitions. */
  constructor(
    epoch: number,
    snapshot: (partition: string) => { entries: Iterable<Entry>; departed: Departed[] },
    digestOf: (partitions: Iterable<string>) => Uint8Array<ArrayBuffer> | undefined = () => undefined,
  ) {
    this.#epoch = epoch
    this.#snapshot = snapshot
    this.#digestOf = digestOf
  }

  /** Starts to feed a partition with all there is. */
  add(partition: string): void {
    const part = this.#parts.get(partition)
    if (part !== undefined && !part.drop) {
      part.retiredMs = undefined
      return
    }
    this.#fill(partition)
  }

  has(partition: string): boolean {
    const part = this.#parts.get(partition)
    return part !== undefined && !part.drop
  }

  partitions(): string[] {
    return [...this.#parts.keys()]
  }

  /** Returns true when the home has said that it holds all of the partition. */
  filled(partition: string): boolean {
    return this.#parts.get(partition)?.filled === true
  }

  /** Returns since when the home is not wanted for the partition, ms; notes `nowMs` the first time. */
  retire(partition: string, nowMs: number): number {
    const part = this.#parts.get(partition)
    if (part === undefined) return nowMs
    part.retiredMs ??= nowMs
    return part.retiredMs
  }

  drop(partition: string): void {
    const part = this.#parts.get(partition)
    if (part === undefined) return
    Object.assign(part, { drop: true, begin: false, filling: false, filled: false, departed: [] })
    part.pending.clear()
  }

  /** Called after an entry of the owner came or changed (`present` = true) or went (`present` = false). */
  change(partition: string, entry: Entry, present: boolean): void {
    const part = this.#parts.get(partition)
    if (part === undefined || part.drop) return
    part.pending.set(pendingKey(entry.record), { key: entry.record, entry: present ? entry : undefined })
  }

  /** Returns the next message to send, or undefined when there is nothing to say yet. */
  next(nowMs: number): FeedMessage | undefined {
    if (this.#inFlight !== undefined) {
      if (!this.#resend) return undefined
      this.#resend = false
      this.#lastSentMs = nowMs
      return this.#inFlight
    }
    const parts = this.#take()
    if (parts.length === 0 && nowMs - this.#lastSentMs < linkHeartbeatMs) return undefined
    if (parts.length > 0) this.#version++
    this.#lastSentMs = nowMs
    const complete = [...this.#parts.values()].every((part) => !part.filling)
    this.#inFlight = { epoch: this.#epoch, version: this.#version, complete, parts }
    if (parts.length === 0) this.#inFlight.digest = this.#digestOf(this.#parts.keys())
    return this.#inFlight
  }

  /** Takes the home's answer to the message under way. `freshEpoch` is called when everything has to be said anew. */
  replied(reply: FeedReply, freshEpoch: () => number): void {
    const message = this.#inFlight
    if (message === undefined) return
    this.#inFlight = undefined
    this.#resend = false
    if (reply.resync || reply.epoch !== this.#epoch || reply.version !== message.version) {
      this.#epoch = freshEpoch()
      this.#version = 0
      this.#acked = 0
      for (const [partition, part] of [...this.#parts]) {
        if (part.drop) this.#parts.delete(partition)
        else this.#fill(partition, part.retiredMs)
      }
      return
    }
    this.#acked = reply.version
    for (const { partition, end, drop } of message.parts) {
      const part = this.#parts.get(partition)
      if (part === undefined) continue
      if (drop && part.drop) this.#parts.delete(partition)
      else if (end && !part.filling) part.filled = true
    }
  }

  /** Called when the link broke: what was under way is sent again on the next one, and if nothing was, a heartbeat. */
  interrupted(): void {
    this.#resend = this.#inFlight !== undefined
    this.#lastSentMs = Number.NEGATIVE_INFINITY
  }

  /** Returns, for the operator, where the feed stands. */
  state(): { epoch: number; version: number; acked: number; pending: number; partitions: string[] } {
    let pending = 0
    for (const part of this.#parts.values()) pending += part.pending.size
    const epoch = this.#epoch,
      version = this.#version,
      acked = this.#acked
    return { epoch, version, acked, pending, partitions: this.partitions() }
  }

  #fill(partition: string, retiredMs?: number): void {
    const { entries, departed } = this.#snapshot(partition)
    const part: Part = {
      begin: true,
      filling: true,
      filled: false,
      drop: false,
      pending: new Map(),
      departed,
      retiredMs,
    }
    for (const entry of entries) part.pending.set(pendingKey(entry.record), { key: entry.record, entry })
    this.#parts.set(partition, part)
  }

  #take(): FeedPart[] {
    const taken: FeedPart[] = []
    const room = new Room()
    for (const [partition, part] of this.#parts) {
      if (room.full) break
      if (part.drop) {
        room.take(itemBytes)
        taken.push({ partition, begin: false, end: false, drop: true, put: [], removed: [], departed: [] })
        continue
      }
      if (!part.begin && !part.filling && part.pending.size === 0) continue
      const out: FeedPart = {
        partition,
        begin: part.begin,
        end: false,
        drop: false,
        put: [],
        removed: [],
        departed: [],
      }
      part.begin = false
      room.take(itemBytes)
      for (const [key, { key: entryKey, entry }] of part.pending) {
        if (room.full) break
        if (entry === undefined) room.take(itemBytes)
        else room.takeEntry(entry)
        part.pending.delete(key)
        if (entry === undefined) out.removed.push(entryKey)
        else out.put.push(entry)
      }
      if (part.filling) {
        out.departed = part.departed.splice(0, room.items)
        for (const _ of out.departed) room.take(itemBytes)
        if (part.pending.size === 0 && part.departed.length === 0) {
          out.end = true
          part.filling = false
        }
      }
      taken.push(out)
    }
    return taken
  }
}

/** Counts what still fits into one message. The first thing always fits. */
class Room {
  items = maxItems
  #bytes = maxBytes
  readonly #certificates = new Set<Uint8Array>()

  get full(): boolean {
    return this.items <= 0 || this.#bytes <= 0
  }

  take(bytes: number): void {
    this.items--
    this.#bytes -= bytes
  }

  /** Counts an entry in; its certificate counts once in each message. */
  takeEntry({ signed: { terminator, certificate } }: Entry): void {
    const known = this.#certificates.has(certificate)
    this.#certificates.add(certificate)
    this.take(itemBytes + terminator.byteLength + (known ? 0 : certificate.byteLength))
  }
}

const pendingKey = ({ instanceId, hostPeerId }: EntryKey) => `${instanceId}\0${hostPeerId}`
