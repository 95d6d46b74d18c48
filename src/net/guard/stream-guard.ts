import type { Uint8ArrayList } from 'uint8arraylist'
import { OverlayError } from '../../core/errors.js'

/** multistream-select's own first line (libp2p's multistream-select spec). */
const header = '/multistream/1.0.0'
/**
 * Limits a line: multistream-select refuses longer ones, and its length takes at most two bytes (@libp2p/multistream-select,
 * constants.ts).
 */
const maxLineBytes = 1024
const maxLineLengthBytes = 2
/** Limits the lines of a negotiation: a dialer proposes one protocol, or a few when it is refused. */
const maxLines = 32
/** Limits the bytes of a length: it is below 2^28, as everywhere in this project. */
const maxLengthBytes = 4

/** Says how a protocol that libp2p reads with `lpStream` may speak. */
export interface MessageRule {
  maxMessageBytes: number
  /**
   * Says what happens after this many messages the stream carries anything (`afterwards: 'anything'`), or has said too much
   * (`afterwards: 'nothing'`).
   */
  messages: number
  afterwards: 'anything' | 'nothing'
}

export interface StreamGuardOptions {
  /** Returns true for the line with which multistream-select is over: everything after it is the protocol's own. */
  accepts(line: string): boolean
  /** Returns the rule for an accepted protocol; undefined for one whose bytes are not looked at here. */
  rule(protocol: string): MessageRule | undefined
  /** Called for each whole message; throws when there are too many at once. */
  spend(): void
}

/**
 * Looks at what arrives on a stream or connection before libp2p does, in as far as libp2p reads it with its `lpStream`, which
 * takes an endless length byte by byte in microtasks (@libp2p/utils 7.4.1): one connection could hold the event loop. Hands on
 * whole messages only, so that an unfinished one costs what it weighs; an over-long length, message or negotiation is refused.
 * Pure: bytes in, bytes out.
 */
export class StreamGuard {
  readonly #options: StreamGuardOptions
  #rule: MessageRule = { maxMessageBytes: maxLineBytes, messages: maxLines, afterwards: 'nothing' }
  #lengthLimit = maxLineLengthBytes
  #negotiating = true
  #messages = 0
  /** Holds the message that is not whole yet, its length in front. */
  #partial: Uint8Array = new Uint8Array(64)
  #partialBytes = 0
  #lengthBytes = 0
  /** Set as soon as the length has been read. */
  #messageBytes: number | undefined
  #value = 0
  #done = false

  constructor(options: StreamGuardOptions) {
    this.#options = options
  }

  /** Says whether the rest of the stream is not looked at. */
  get done(): boolean {
    return this.#done
  }

  /** Appends to `out` what libp2p may see of these bytes now. Throws `protocol_error` for what it must not see at all. */
  push(data: Uint8Array | Uint8ArrayList, out: Uint8ArrayList): void {
    for (const piece of data instanceof Uint8Array ? [data] : data) this.#pushPiece(piece, out)
  }

  #pushPiece(piece: Uint8Array, out: Uint8ArrayList): void {
    let from = 0
    while (from < piece.byteLength && !this.#done) {
      const start = from
      if (this.#messageBytes === undefined) from = this.#readLength(piece, from)
      if (this.#messageBytes !== undefined) {
        const missing = this.#messageBytes + this.#lengthBytes - this.#partialBytes - (from - start)
        from = Math.min(piece.byteLength, from + missing)
      }
      const whole = this.#messageBytes !== undefined && this.#partialBytes + from - start === this.#wholeBytes
      if (!whole) this.#keep(piece.subarray(start, from))
      else {
        const message = this.#partialBytes === 0 ? piece.subarray(start, from) : this.#join(piece.subarray(start, from))
        out.append(message)
        this.#onMessage(message.subarray(this.#lengthBytes))
      }
    }
    if (from < piece.byteLength) out.append(piece.subarray(from))
  }

  get #wholeBytes(): number {
    return (this.#messageBytes ?? 0) + this.#lengthBytes
  }

  #readLength(piece: Uint8Array, from: number): number {
    while (from < piece.byteLength) {
      const byte = piece[from++]!
      this.#value += (byte & 0x7f) * 2 ** (7 * this.#lengthBytes++)
      if (byte >= 0x80) {
        if (this.#lengthBytes >= this.#lengthLimit) throw refused('A length of a message is over-long.')
        continue
      }
      if (this.#value > this.#rule.maxMessageBytes) {
        throw refused(`A message of ${this.#value} bytes is over ${this.#rule.maxMessageBytes}.`)
      }
      this.#messageBytes = this.#value
      break
    }
    return from
  }

  #keep(bytes: Uint8Array): void {
    const needed = this.#partialBytes + bytes.byteLength
    if (needed > this.#partial.byteLength) {
      const grown = new Uint8Array(Math.max(needed, Math.min(this.#partial.byteLength * 2, this.#rule.maxMessageBytes)))
      grown.set(this.#partial.subarray(0, this.#partialBytes))
      this.#partial = grown
    }
    this.#partial.set(bytes, this.#partialBytes)
    this.#partialBytes = needed
  }

  #join(rest: Uint8Array): Uint8Array {
    this.#keep(rest)
    return this.#partial.slice(0, this.#partialBytes)
  }

  #onMessage(body: Uint8Array): void {
    if (this.#partial.byteLength > 4096) this.#partial = new Uint8Array(64)
    this.#partialBytes = 0
    this.#lengthBytes = 0
    this.#value = 0
    this.#messageBytes = undefined
    this.#options.spend()
    this.#messages++
    if (this.#negotiating) this.#onLine(lineOf(body))
    if (this.#messages < this.#rule.messages) return
    if (this.#rule.afterwards === 'nothing') throw refused(`More than ${this.#rule.messages} messages came.`)
    this.#done = true
  }

  #onLine(line: string): void {
    if (!this.#options.accepts(line)) return
    this.#negotiating = false
    this.#messages = 0
    const rule = this.#options.rule(line)
    if (rule === undefined) this.#done = true
    else this.#rule = rule
    this.#lengthLimit = maxLengthBytes
  }
}

/** Reads a line exactly: one that multistream-select reads as another one than we do would end the guard too early. */
function lineOf(body: Uint8Array): string {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')
  return text.endsWith('\n') ? text.slice(0, -1) : ''
}

/**
 * Returns what recognizes the last line of the negotiation of a stream that the other side opened: it names a protocol that is
 * spoken here.
 */
export function acceptedHere(protocols: readonly string[]): (line: string) => boolean {
  return (line) => protocols.includes(line)
}

/**
 * Recognizes the last line of the negotiation of a stream that was opened here, with the one protocol it is for: any answer but
 * "not that".
 */
export function acceptedThere(line: string): boolean {
  return line !== header && line !== 'na'
}

function refused(why: string): OverlayError {
  return new OverlayError('protocol_error', why)
}
