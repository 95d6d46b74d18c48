import { OverlayError } from '../core/errors.js'
import type { DataFrame } from '../wire/frames.js'
import { ChunkList } from './chunk-list.js'
import { RangeSet } from './range-set.js'
import type { PathId } from './types.js'

export interface SendBufferOptions {
  /** Bytes kept until they are acknowledged; `write` accepts no more. */
  capacityBytes: number
  /** Payload of one DATA frame. */
  maxDataFrameBytes: number
  /** The offset up to which the other side lets us send at the start. */
  credit: number
}

/**
 * Keeps what one side has written and the other has not acknowledged, and what of it was sent on which path. The end of the
 * stream is one virtual byte behind the last real one, so that it is sent, resent and acknowledged like any other.
 *
 * Always true: each unacknowledged offset that was ever sent is in `sent` of some open path, or in `pending`.
 */
export class SendBuffer {
  readonly #options: SendBufferOptions
  readonly #bytes = new ChunkList(0, { unpin: false })
  #ended = false
  #acknowledged = 0
  #credit: number
  /** Everything below was sent at least once. */
  #next = 0
  /** Sent on a path that is lost or overdue: to be sent again. */
  readonly #pending = new RangeSet()
  readonly #sent = new Map<PathId, RangeSet>()

  constructor(options: SendBufferOptions) {
    this.#options = options
    this.#credit = options.credit
  }

  /** Bytes written so far. */
  get written(): number {
    return this.#bytes.end
  }

  /** Everything below was sent at least once; the end counts as one. */
  get sentUpTo(): number {
    return this.#next
  }

  /** Written bytes that the other side has received. */
  get acknowledged(): number {
    return Math.min(this.#acknowledged, this.written)
  }

  /** Bytes `write` would accept now. */
  get free(): number {
    return this.#ended ? 0 : this.#options.capacityBytes - this.#bytes.byteLength
  }

  /** Unacknowledged bytes kept, for tests that count. */
  get heldBytes(): number {
    return this.#bytes.byteLength
  }

  get ended(): boolean {
    return this.#ended
  }

  /** The other side has everything, the end included. */
  get delivered(): boolean {
    return this.#ended && this.#acknowledged > this.written
  }

  /** Something was sent and is not acknowledged. */
  get inFlight(): boolean {
    return this.#next > this.#acknowledged
  }

  /** Something could be sent right now. */
  get sendable(): boolean {
    return !this.#pending.isEmpty || this.#next < this.#sendLimit()
  }

  /** Written bytes wait only because the other side has granted no more credit. */
  get blockedByCredit(): boolean {
    return !this.sendable && this.#next < this.written
  }

  /** Accepts as much as there is room for and returns how many bytes that was. The array must not be changed afterwards. */
  write(bytes: Uint8Array): number {
    const accepted = Math.min(bytes.byteLength, this.free)
    this.#bytes.append(accepted === bytes.byteLength ? bytes : bytes.subarray(0, accepted))
    return accepted
  }

  /** Half close: nothing more is going to be written. */
  end(): void {
    this.#ended = true
  }

  /** The other side allows sending up to offset `credit`. An older, smaller figure is ignored. */
  grant(credit: number): boolean {
    if (credit <= this.#credit) return false
    this.#credit = credit
    return true
  }

  /** The other side has everything below `received`. True when that is news; throws `protocol_error` for what was never sent. */
  acknowledge(received: number): boolean {
    if (received > this.#next) {
      throw new OverlayError(
        'protocol_error',
        `Bytes up to ${received} were acknowledged, but ${this.#next} were sent.`,
      )
    }
    if (received <= this.#acknowledged) return false
    this.#acknowledged = received
    this.#bytes.dropBefore(received)
    this.#pending.removeBelow(received)
    for (const ranges of this.#sent.values()) ranges.removeBelow(received)
    return true
  }

  openPath(path: PathId): void {
    this.#sent.set(path, new RangeSet())
  }

  /** What was in flight on this path, and on no other, has to be sent again. */
  closePath(path: PathId): void {
    const lost = this.#sent.get(path)
    this.#sent.delete(path)
    if (lost === undefined) return
    for (const { from, to } of lost) this.#pending.add(from, to)
    for (const ranges of this.#sent.values()) for (const { from, to } of ranges) this.#pending.remove(from, to)
  }

  /** What is in flight on `path`, and not on `onto` as well, has to be sent again; it stays in flight on `path` too. */
  resend(path: PathId, onto: PathId): void {
    const onPath = this.#sent.get(path)
    const already = this.#sent.get(onto)
    if (onPath === undefined || already === undefined || path === onto) return
    for (const { from, to } of onPath) this.#pending.add(from, to)
    for (const { from, to } of already) this.#pending.remove(from, to)
  }

  /** True when the oldest unacknowledged offset was sent on this path. */
  carriesOldest(path: PathId): boolean {
    return this.inFlight && (this.#sent.get(path)?.has(this.#acknowledged) ?? false)
  }

  /** Takes what is to be sent next on `path`, at most one frame; undefined when there is nothing, or no credit. */
  next(path: PathId): DataFrame | { type: 'fin'; offset: number } | undefined {
    const sent = this.#sent.get(path)
    if (sent === undefined) return undefined
    const again = this.#pending.first
    const from = again?.from ?? this.#next
    const limit = again?.to ?? this.#sendLimit()
    if (from >= limit) return undefined
    const to = from === this.written ? from + 1 : Math.min(limit, this.written, from + this.#options.maxDataFrameBytes)
    sent.add(from, to)
    if (again !== undefined) this.#pending.remove(from, to)
    else this.#next = to
    if (from === this.written) return { type: 'fin', offset: from }
    return { type: 'data', offset: from, payload: this.#bytes.slice(from, to) }
  }

  /** Forgets everything: nothing will be sent again. */
  clear(): void {
    this.#bytes.clear()
    this.#pending.clear()
    this.#sent.clear()
    this.#ended = true
    this.#acknowledged = this.#next
  }

  /** The end needs no credit, but comes after everything else. */
  #sendLimit(): number {
    const limit = Math.min(this.written, this.#credit)
    return this.#ended && limit === this.written ? limit + 1 : limit
  }
}
