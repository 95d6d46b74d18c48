import { PassThrough, Writable } from 'node:stream'

const wide =
  /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}]$/u
const combining = /^(?:[\u0300-\u036f]|\u200d|\ufe0f)$/u

/** Enough of a terminal to see what a person would see: wrapping at the edge, wide characters, and the few controls in use. */
export class Screen extends Writable {
  readonly isTTY = true
  #rows: string[][] = [[]]
  #row = 0
  #column = 0
  bells = 0
  /** Whether pastes come in brackets. */
  bracketedPaste = false
  /** Controls that this screen does not know; a test expects none. */
  readonly unknown: string[] = []

  columns: number

  constructor(columns: number) {
    super({ decodeStrings: false })
    this.columns = columns
  }

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    const text = chunk.toString()
    for (let index = 0; index < text.length; ) {
      const mode = /^\u001b\[\?2004([hl])/.exec(text.slice(index))
      if (mode !== null) {
        this.bracketedPaste = mode[1] === 'h'
        index += mode[0].length
        continue
      }
      const control = /^\u001b\[([\d;]*)([A-Za-z])/.exec(text.slice(index))
      if (control !== null) {
        this.#control(control[1] ?? '', control[2] ?? '')
        index += control[0].length
      } else {
        const character = String.fromCodePoint(text.codePointAt(index) ?? 0)
        this.#put(character)
        index += character.length
      }
    }
    done()
  }

  /** What is on the screen, row by row, without the blanks at the end of rows that are not full, and below the cursor. */
  get text(): string[] {
    const rows = this.#rows.map((row) => {
      const text = Array.from(row, (cell) => cell ?? ' ').join('')
      return row.length < this.columns ? text.trimEnd() : text
    })
    while (rows.length > this.#row + 1 && rows.at(-1) === '') rows.pop()
    return rows
  }

  get cursor(): { row: number; column: number } {
    return { row: this.#row, column: this.#column }
  }

  /** Changes the width as terminals do that break long rows anew. */
  resize(columns: number): void {
    const before = this.columns
    const rows: string[][] = []
    let cursor = { row: 0, column: this.#column }
    let logical: string[] = []
    let start = 0
    const flush = (end: number) => {
      const first = rows.length
      for (let at = 0; at === 0 || at < logical.length; at += columns) rows.push(logical.slice(at, at + columns))
      if (this.#row >= start && this.#row <= end) {
        const offset = (this.#row - start) * before + this.#column
        cursor = { row: first + Math.floor(offset / columns), column: offset % columns }
      }
      start = end + 1
      logical = []
    }
    this.#rows.forEach((row, index) => {
      logical.push(...row)
      if (row.length < before) flush(index)
    })
    if (logical.length > 0) flush(this.#rows.length - 1)
    this.#rows = rows
    while (this.#rows.length <= cursor.row) this.#rows.push([])
    this.#row = cursor.row
    this.#column = cursor.column
    this.columns = columns
    this.emit('resize')
  }

  #put(character: string): void {
    if (character === '\r') this.#column = 0
    else if (character === '\n') this.#down()
    else if (character === '\u0007') this.bells++
    else if (character === '\t') this.#column = Math.min(this.columns - 1, (Math.floor(this.#column / 8) + 1) * 8)
    else if (character < ' ' || character === '\u007f') this.unknown.push(JSON.stringify(character))
    else if (combining.test(character)) this.#cells()[Math.max(0, this.#column - 1)] += character
    else {
      const width = wide.test(character) ? 2 : 1
      if (this.#column + width > this.columns) {
        this.#column = 0
        this.#down()
      }
      const cells = this.#cells()
      while (cells.length < this.#column) cells.push(' ')
      cells[this.#column] = character
      if (width === 2) cells[this.#column + 1] = ''
      this.#column += width
    }
  }

  #control(parameters: string, kind: string): void {
    const count = Number(parameters || 1)
    if (kind === 'A') this.#row = Math.max(0, this.#row - count)
    else if (kind === 'B') for (let times = 0; times < count; times++) this.#down()
    else if (kind === 'C') this.#column = Math.min(this.columns - 1, this.#column + count)
    else if (kind === 'D') this.#column = Math.max(0, Math.min(this.#column, this.columns - 1) - count)
    else if (kind === 'G') this.#column = count - 1
    else if (kind === 'J' && (parameters === '' || parameters === '0')) {
      this.#cells().length = Math.min(this.#cells().length, this.#column)
      this.#rows.length = this.#row + 1
    } else if (kind === 'K' && (parameters === '' || parameters === '0')) {
      this.#cells().length = Math.min(this.#cells().length, this.#column)
    } else this.unknown.push(`CSI ${parameters}${kind}`)
  }

  #down(): void {
    this.#row++
    while (this.#rows.length <= this.#row) this.#rows.push([])
  }

  #cells(): string[] {
    const row = this.#rows[this.#row]
    if (row === undefined) throw new Error('the cursor left the screen')
    return row
  }
}

/** A keyboard in raw mode or not. */
export class Keyboard extends PassThrough {
  readonly isTTY = true
  raw = false
  setRawMode(raw: boolean): this {
    this.raw = raw
    return this
  }
}
