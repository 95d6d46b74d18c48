import { EventEmitter } from 'node:events'
import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

export type TerminalInput = Readable & { isTTY?: boolean; setRawMode?: (raw: boolean) => unknown }

/** A key with an escape code, a run of text, or one control character. */
const piece = /\u001b+(?:\[\[.|\[[0-?]*[ -/]*[@-~]|O.|[^\u001b[O]|\[[0-?]*[ -/]*$|O$)?|[^\u0000-\u001f\u007f]+|[\s\S]/gu
const unfinished = /^\u001b+(?:\[[0-?]*[ -/]*|O)?$/

/**
 * What readline reads keys from, in place of the terminal itself. Whatever the terminal sends in one go, be it fast typing
 * or a paste, readline would append to the end of the line wherever the cursor is, and would not notice when that takes the
 * line over the edge. Here it gets keys one by one, and runs of text through its `write`, which does neither.
 */
export class Keys extends EventEmitter {
  readonly #decoder = new StringDecoder('utf8')
  #queue: string[] = []
  #held = false
  #ended = false
  /** The last piece was the beginning of an escape code. */
  #unfinished = false

  constructor(
    private readonly source: TerminalInput,
    private readonly onText: (text: string) => void,
  ) {
    super()
    source.on('data', this.#onData)
    source.on('end', this.#onEnd)
  }

  /** Nothing is handed on until `release`: Tab is looking something up, and the keys after it come after its result. */
  hold(): void {
    this.#held = true
  }

  release(): void {
    this.#held = false
    this.#handOn()
  }

  /** Lets go of the terminal. */
  close(): void {
    this.#queue = []
    this.source.off('data', this.#onData)
    this.source.off('end', this.#onEnd)
    this.source.pause()
  }

  // The rest is what readline asks of its input.

  setRawMode(raw: boolean): this {
    this.source.setRawMode?.(raw)
    return this
  }

  pause(): this {
    this.source.pause()
    return this
  }

  resume(): this {
    this.source.resume()
    return this
  }

  readonly #onData = (chunk: Buffer | string): void => {
    this.#queue.push(...(this.#decoder.write(chunk as Buffer).match(piece) ?? []))
    this.#handOn()
  }

  readonly #onEnd = (): void => {
    this.#ended = true
    this.#handOn()
  }

  #handOn(): void {
    for (let next = this.#take(); next !== undefined; next = this.#take()) {
      const single = next.length === String.fromCodePoint(next.codePointAt(0) ?? 0).length
      if (this.#unfinished) for (const character of next) this.emit('data', character)
      else if (single || next.startsWith('\u001b')) this.emit('data', next)
      else this.onText(next)
      this.#unfinished = unfinished.test(next)
    }
    if (this.#ended && !this.#held) this.emit('end')
  }

  #take(): string | undefined {
    return this.#held ? undefined : this.#queue.shift()
  }
}
