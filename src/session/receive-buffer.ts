import { OverlayError } from '../core/errors.js'
import { payloadLength } from '../wire/frames.js'
import { ChunkList } from './chunk-list.js'

/**
 * Separate ranges held out of order. Each change of path makes one, and every frame behind a gap is held against all of them: nobody
 * honest needs many.
 */
const maxSegments = 128

/** What a DATA or FIN frame brought: something new in order, something new behind a gap, or nothing. */
export type Arrival = 'progress' | 'gap' | 'duplicate'

/**
 * Puts the bytes of all paths in order. Credit is the offset up to which the other side may send; it moves with the
 * reader, so that what is held is never more than the window. The end counts as one byte in `received`.
 */
export class ReceiveBuffer {
  readonly #windowBytes: number
  readonly #ordered = new ChunkList(0, { unpin: true })
  /** Ranges behind a gap, sorted, not overlapping. */
  #segments: ChunkList[] = []
  #end: number | undefined
  #discarding = false

  constructor(options: { windowBytes: number }) {
    this.#windowBytes = options.windowBytes
  }

  /** Everything below has come; with the end, one more than the number of bytes. */
  get received(): number {
    return this.complete ? this.#ordered.end + 1 : this.#ordered.end
  }

  /** The offset up to which the other side may send. */
  get credit(): number {
    return this.#ordered.start + this.#windowBytes
  }

  /** Bytes handed to the reader. */
  get read(): number {
    return this.#ordered.start
  }

  /** Bytes in order and not yet read. */
  get readable(): number {
    return this.#ordered.byteLength
  }

  /** The end and everything before it have come. */
  get complete(): boolean {
    return this.#end !== undefined && this.#ordered.end === this.#end
  }

  /** Everything has been read. */
  get finished(): boolean {
    return this.complete && this.readable === 0
  }

  /** Bytes in order and behind gaps, for tests that count. */
  get heldBytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.byteLength, this.#ordered.byteLength)
  }

  /** Takes bytes at any offset. Throws `protocol_error` for what lies beyond the credit or the end. */
  data(offset: number, payload: readonly Uint8Array[]): Arrival {
    const to = offset + payloadLength(payload)
    if (to > this.credit) {
      throw new OverlayError('protocol_error', `Bytes up to ${to} came, but ${this.credit} were allowed.`)
    }
    if (this.#end !== undefined && to > this.#end) {
      throw new OverlayError('protocol_error', `Bytes up to ${to} came after an end at ${this.#end}.`)
    }
    if (to <= this.#ordered.end) return 'duplicate'
    if (offset > this.#ordered.end) return this.#hold(offset, to, payload) ? 'gap' : 'duplicate'
    if (offset === this.#ordered.end) for (const piece of payload) this.#ordered.append(piece)
    else for (const piece of cut(payload, this.#ordered.end - offset, to - offset)) this.#ordered.append(piece)
    this.#absorb()
    if (this.#discarding) this.#ordered.dropBefore(this.#ordered.end)
    return 'progress'
  }

  /** The stream ends at `offset`. Throws `protocol_error` when more has come already, or another end. */
  fin(offset: number): Arrival {
    const highest = this.#segments.at(-1)?.end ?? this.#ordered.end
    if (offset < highest || (this.#end !== undefined && this.#end !== offset)) {
      throw new OverlayError('protocol_error', `An end at ${offset} contradicts what came before.`)
    }
    if (offset > this.credit) {
      throw new OverlayError('protocol_error', `An end at ${offset} came, but ${this.credit} bytes were allowed.`)
    }
    if (this.#end !== undefined) return 'duplicate'
    this.#end = offset
    return this.complete ? 'progress' : 'gap'
  }

  /** The next bytes in order, as they lie in one piece; undefined when there are none at the moment. */
  shift(maxBytes?: number): Uint8Array | undefined {
    return this.#ordered.shift(maxBytes)
  }

  /** From now on, what comes is dropped as if it had been read. */
  discard(): void {
    this.#discarding = true
    this.#ordered.dropBefore(this.#ordered.end)
  }

  /** Forgets what is behind gaps, as nothing will come any more to fill them. */
  clear(): void {
    this.#segments = []
  }

  /** Puts aside the parts of [offset, to) that are not held yet; false when there are none. */
  #hold(offset: number, to: number, payload: readonly Uint8Array[]): boolean {
    const kept: ChunkList[] = []
    let from = offset
    let fresh = false
    const keep = (until: number) => {
      if (from >= until) return
      fresh = true
      let segment = kept.at(-1)
      if (segment === undefined || segment.end !== from) {
        segment = new ChunkList(from, { unpin: true })
        kept.push(segment)
      }
      for (const piece of cut(payload, from - offset, until - offset)) segment.append(piece)
    }
    for (const segment of this.#segments) {
      if (from < to && segment.start > from) keep(Math.min(to, segment.start))
      kept.push(segment)
      from = Math.max(from, segment.end)
    }
    keep(to)
    if (kept.length > maxSegments) throw new OverlayError('protocol_error', 'Too many gaps in what came.')
    this.#segments = kept
    return fresh
  }

  /** Moves what no longer lies behind a gap. */
  #absorb(): void {
    while (this.#segments.length > 0 && this.#segments[0]!.start <= this.#ordered.end) {
      const segment = this.#segments.shift()!
      if (segment.end <= this.#ordered.end) continue
      for (const piece of segment.slice(this.#ordered.end, segment.end)) this.#ordered.append(piece)
    }
  }
}

/** The bytes from `from` to `to` of the payload, without copying them. */
function* cut(payload: readonly Uint8Array[], from: number, to: number): Iterable<Uint8Array> {
  let offset = 0
  for (const piece of payload) {
    const begin = Math.max(0, from - offset)
    const end = Math.min(piece.byteLength, to - offset)
    if (begin < end) yield begin === 0 && end === piece.byteLength ? piece : piece.subarray(begin, end)
    offset += piece.byteLength
  }
}
