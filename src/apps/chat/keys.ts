import { EventEmitter } from 'node:events'
import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

export type TerminalInput = Readable & { isTTY?: boolean; setRawMode?: (raw: boolean) => unknown }

export interface KeysOptions {
  /** Called with a run of text that was typed. */
  onText: (text: string) => void
  /** Called with a whole paste, as the terminal sent it. */
  onPaste: (text: string) => void
  /** Called when the input is over; what was typed and not entered is dropped. */
  onEnd: () => void
}

/** Switches bracketed paste on and off (xterm's control sequences, "Bracketed Paste Mode"). */
export const bracketedPaste = { on: '\u001b[?2004h', off: '\u001b[?2004l' } as const
const pasteStart = '\u001b[200~'
const pasteEnd = '\u001b[201~'
/** Says how long the rest of a `pasteStart` is waited for, ms; after that it was the Escape key. */
const markerMs = 50

/** Matches a key with an escape code, a run of text, or one control character. */
const piece = /\u001b+(?:\[\[.|\[[0-?]*[ -/]*[@-~]|O.|[^\u001b[O]|\[[0-?]*[ -/]*$|O$)?|[^\u0000-\u001f\u007f]+|[\s\S]/gu
const unfinished = /^\u001b+(?:\[[0-?]*[ -/]*|O)?$/

/**
 * Is what readline reads keys from, in place of the terminal itself. Whatever the terminal sends in one go, readline would append
 * to the end of the line wherever the cursor is, and would not notice when that takes the line over the edge. Here it gets keys one
 * by one, runs of text come through `onText`, and what is pasted, in a terminal that says so, through `onPaste`. Readline never
 * hears of the end of the input: it would take the half-typed line for an entered one.
 */
export class Keys extends EventEmitter {
  readonly #source: TerminalInput
  readonly #options: KeysOptions
  readonly #decoder = new StringDecoder('utf8')
  #queue: Array<string | { pasted: string }> = []
  /** Holds what came at the end of a chunk and may be the beginning of a paste. */
  #marker = ''
  #markerTimer: NodeJS.Timeout | undefined
  /** Holds what has come of a paste that is not over. */
  #paste: string | undefined
  #held = false
  #ended = false
  /** Set when the last piece was the beginning of an escape code. */
  #unfinished = false

  constructor(source: TerminalInput, options: KeysOptions) {
    super()
    this.#source = source
    this.#options = options
    source.on('data', this.#onData)
    source.on('end', this.#onEnd)
  }

  /** Hands nothing on until `release`: Tab is looking something up, and the keys after it must come after its result. */
  hold(): void {
    this.#held = true
  }

  release(): void {
    this.#held = false
    this.#handOn()
  }

  /** Lets go of the terminal. */
  close(): void {
    clearTimeout(this.#markerTimer)
    this.#queue = []
    this.#source.off('data', this.#onData)
    this.#source.off('end', this.#onEnd)
    this.#source.pause()
  }

  // The rest is what readline asks of its input.

  setRawMode(raw: boolean): this {
    this.#source.setRawMode?.(raw)
    return this
  }

  pause(): this {
    this.#source.pause()
    return this
  }

  resume(): this {
    this.#source.resume()
    return this
  }

  readonly #onData = (chunk: Buffer | string): void => {
    clearTimeout(this.#markerTimer)
    const text = this.#marker + this.#decoder.write(chunk as Buffer)
    this.#marker = ''
    this.#read(text)
    this.#handOn()
  }

  readonly #onEnd = (): void => {
    this.#ended = true
    this.#handOn()
  }

  /** Tells pastes from keys, wherever chunks are cut. */
  #read(given: string): void {
    let text = given
    while (text !== '') {
      if (this.#paste !== undefined) {
        const from = Math.max(0, this.#paste.length - pasteEnd.length + 1)
        this.#paste += text
        const end = this.#paste.indexOf(pasteEnd, from)
        if (end < 0) return
        this.#queue.push({ pasted: this.#paste.slice(0, end) })
        text = this.#paste.slice(end + pasteEnd.length)
        this.#paste = undefined
        continue
      }
      const start = text.indexOf(pasteStart)
      if (start < 0) break
      this.#pushKeys(text.slice(0, start))
      this.#paste = ''
      text = text.slice(start + pasteStart.length)
    }
    const kept = startOfMarker(text)
    this.#pushKeys(text.slice(0, text.length - kept.length))
    if (kept === '') return
    this.#marker = kept
    this.#markerTimer = setTimeout(() => {
      this.#marker = ''
      this.#pushKeys(kept)
      this.#handOn()
    }, markerMs).unref()
  }

  #pushKeys(text: string): void {
    this.#queue.push(...(text.match(piece) ?? []))
  }

  #handOn(): void {
    for (let next = this.#take(); next !== undefined; next = this.#take()) {
      if (typeof next !== 'string') {
        this.#options.onPaste(next.pasted)
        continue
      }
      const single = next.length === String.fromCodePoint(next.codePointAt(0) ?? 0).length
      if (this.#unfinished) for (const character of next) this.emit('data', character)
      else if (single || next.startsWith('\u001b')) this.emit('data', next)
      else this.#options.onText(next)
      this.#unfinished = unfinished.test(next)
    }
    if (this.#ended && !this.#held) this.#options.onEnd()
  }

  #take(): string | { pasted: string } | undefined {
    return this.#held ? undefined : this.#queue.shift()
  }
}

/** Returns the longest end of the text that a `pasteStart` begins with. */
function startOfMarker(text: string): string {
  for (let length = Math.min(text.length, pasteStart.length - 1); length > 0; length--) {
    const end = text.slice(-length)
    if (pasteStart.startsWith(end)) return end
  }
  return ''
}
