import { fromUtf8, utf8 } from '../../core/bytes.js'

const lineFeed = 0x0a

/** One line as it is shown. */
export interface Line {
  text: string
  /** Says that this is only the beginning, as the line was over the bound. */
  cut: boolean
}

/**
 * Encodes a text as go's chat-with-rendezvous does: each line, then two line feeds (its input's own, and one more). Blank lines are
 * not sent; a text of nothing else is no bytes at all.
 */
export function encodeText(text: string): Uint8Array {
  const lines = text.split(/\r?\n|\r/).filter((line) => line !== '')
  return utf8(lines.map((line) => `${line}\n\n`).join(''))
}

/**
 * Makes lines of bytes in any portions. Blank lines are dropped, as go does. What is kept of a line without an end is bounded: at
 * `maxLineBytes` its beginning is given out as cut, and the rest is skipped. A character may be spread over portions, as only whole
 * lines are decoded and no part of one looks like a line feed; what is no UTF-8 becomes U+FFFD.
 */
export class LineDecoder {
  readonly #maxLineBytes: number

  /**
   * Holds the beginning of a line, in an array of at most twice its size: pieces of one byte each would cost a hundred times
   * theirs.
   */
  #line: Uint8Array = new Uint8Array(0)
  #bytes = 0
  #skipping = false

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes
  }

  push(chunk: Uint8Array): Line[] {
    const lines: Line[] = []
    let start = 0
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      this.#add(chunk.subarray(start, end), lines)
      this.#finish(lines)
      start = end + 1
    }
    this.#add(chunk.subarray(start), lines)
    return lines
  }

  /** Returns, when the stream has ended, what stood there without a line feed. */
  end(): Line[] {
    const lines: Line[] = []
    this.#finish(lines)
    return lines
  }

  #add(part: Uint8Array, lines: Line[]): void {
    if (this.#skipping || part.byteLength === 0) return
    const room = this.#maxLineBytes - this.#bytes
    this.#append(part.subarray(0, room))
    if (part.byteLength <= room) return
    lines.push({ text: wholeCharacters(this.#take()), cut: true })
    this.#skipping = true
  }

  #finish(lines: Line[]): void {
    const bytes = this.#take()
    const text = fromUtf8(bytes).replace(/\r$/, '')
    if (text !== '') lines.push({ text, cut: false })
    this.#skipping = false
  }

  #append(part: Uint8Array): void {
    const bytes = this.#bytes + part.byteLength
    if (bytes > this.#line.byteLength) {
      const line = new Uint8Array(Math.max(bytes, Math.min(2 * this.#line.byteLength, this.#maxLineBytes)))
      line.set(this.#line.subarray(0, this.#bytes))
      this.#line = line
    }
    this.#line.set(part, this.#bytes)
    this.#bytes = bytes
  }

  #take(): Uint8Array {
    const line = this.#line.subarray(0, this.#bytes)
    this.#line = new Uint8Array(0)
    this.#bytes = 0
    return line
  }
}

/** Decodes without the character that the bound has cut in two. */
function wholeCharacters(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes, { stream: true })
}
