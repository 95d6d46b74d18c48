import { createInterface, type Interface } from 'node:readline'
import type { Writable } from 'node:stream'
import { hasControls, shownName } from '../../core/text.js'
import type { ChatView } from './chat.js'
import type { Completion } from './completion.js'
import { bracketedPaste, Keys, type TerminalInput } from './keys.js'
import * as lines from './lines.js'

export type { TerminalInput } from './keys.js'
export type TerminalOutput = Writable & { isTTY?: boolean; columns?: number }

export interface TerminalOptions {
  input: TerminalInput
  output: TerminalOutput
  prompt: string
  complete: (line: string) => Promise<Completion>
  /**
   * Called when a line was entered, or a paste of several lines, with line breaks. `pasted` says that it begins with what was
   * pasted, so that it is text whatever it looks like. When it returns `keep` the line comes back into the prompt, to be mended.
   */
  onLine: (line: string, pasted: boolean) => 'keep' | undefined
  /** Called at most once, after Ctrl-D or the end of the terminal (`end`), or two Ctrl-C (`interrupt`). */
  onEnd: (how: 'end' | 'interrupt') => void
  /** Says whether a call of ours rings, which Ctrl-C does not give up. */
  ringing?: () => boolean
  /** Says that one Ctrl-C is enough. */
  interruptAtOnce?: boolean
}

/** Readline's own note of the row the cursor was on when it last drew; it has no public name, but has been there since Node 0.x. */
type Drawn = Interface & { prevRows?: number }

/**
 * Shows the chat on a real terminal: a prompt with line editing, history and Tab, and above it what happens. Whatever is printed
 * while a line is being typed goes above it; the line and the cursor stay as they are. `close` gives the terminal back.
 */
export class Terminal implements ChatView {
  readonly #options: TerminalOptions
  #readline: Drawn | undefined
  #keys: Keys | undefined
  /** Holds the lines pasted before the one being edited, which go with it when it is entered. */
  #block: string[] = []
  /** Holds what was pasted at the start of the line. */
  #pastedStart = ''
  /** Set while the prompt is on the screen, with the cursor somewhere in its line. */
  #prompting = false
  /** Set when Ctrl-C was pressed in this prompt. */
  #warned = false
  #ended = false
  /** Set when readline was closed, by Ctrl-D or the end of the input; it takes no keys then. */
  #readlineClosed = false

  constructor(options: TerminalOptions) {
    this.#options = options
    options.output.on('error', () => this.#end('end'))
  }

  /** Shows the prompt and begins to read. */
  open(): void {
    const { input, output, prompt } = this.#options
    const keys = new Keys(input, {
      onText: (text) => {
        if (!this.#readlineClosed) readline.write(text)
      },
      onPaste: (text) => {
        if (!this.#readlineClosed) this.#onPaste(readline, text)
      },
      onEnd: () => this.#end('end'),
    })
    const readline: Drawn = createInterface({
      input: keys as unknown as NodeJS.ReadableStream,
      output,
      prompt,
      terminal: true,
      historySize: 1_000,
      completer: (line: string, done: (error: null, result: [string[], string]) => void) => {
        keys.hold()
        void this.#complete(line).then((result) => {
          done(null, result)
          // Readline takes the result in a later turn.
          setImmediate(() => keys.release())
        })
      },
    })
    this.#readline = readline
    this.#keys = keys
    readline.on('line', (line) => this.#onLine(line))
    readline.on('history', (history) => this.#onHistory(history))
    readline.on('SIGINT', () => this.#onInterrupt())
    readline.on('SIGTSTP', () => this.#toBackground())
    process.on('SIGCONT', this.#onForeground)
    readline.on('close', () => {
      this.#readlineClosed = true
      this.#end('end')
    })
    input.on('error', () => this.#end('end'))
    // Before readline's own listener, which moves up from where the cursor was at the old width: terminals break long lines anew.
    output.prependListener('resize', this.#onResize)
    this.#write(bracketedPaste.on)
    this.#prompt()
  }

  print(texts: readonly string[]): void {
    const text = texts.map((line) => `${line}\r\n`).join('')
    const readline = this.#readline
    if (readline === undefined || !this.#prompting) {
      this.#write(text)
      return
    }
    this.#write(`${this.#toPromptStart(readline)}\x1b[J${text}`)
    readline.prevRows = 0
    readline.prompt(true)
  }

  message(lines: readonly string[]): void {
    this.print(lines)
  }

  bell(): void {
    this.#write('\x07')
  }

  /** Leaves the typed line on the screen, puts the cursor below it and the terminal back to normal. May be called again. */
  close(): void {
    this.#ended = true
    const readline = this.#readline
    if (readline === undefined) return
    this.#readline = undefined
    if (this.#prompting) {
      if (!this.#readlineClosed) readline.write(null, { ctrl: true, name: 'e' })
      this.#write('\r\n')
      this.#prompting = false
    }
    this.#write(bracketedPaste.off)
    this.#options.output.removeListener('resize', this.#onResize)
    process.removeListener('SIGCONT', this.#onForeground)
    readline.close()
    this.#keys?.close()
  }

  #prompt(): void {
    this.#prompting = true
    this.#readline?.prompt()
  }

  #onLine(line: string): void {
    if (this.#ended) return
    this.#prompting = false
    this.#warned = false
    const text = [...this.#block, ...(line === '' ? [] : [line])].join('\n')
    const keep = this.#options.onLine(text, this.#isPasted(line)) === 'keep'
    this.#block = []
    this.#pastedStart = ''
    if (this.#ended) return
    this.#prompt()
    if (keep) this.#readline?.write(line)
  }

  #isPasted(line: string): boolean {
    return this.#block.length > 0 || (this.#pastedStart !== '' && line.startsWith(this.#pastedStart))
  }

  /**
   * Drops lines from the history that would be recalled as commands: a recalled line counts as typed, and these were text only
   * because they were pasted.
   */
  #onHistory(history: string[]): void {
    const [line = ''] = history
    if (this.#block.length > 0 || (line.startsWith('/') && this.#isPasted(line))) history.shift()
  }

  /**
   * Takes a paste. One line goes where the cursor is. Of several, with what the line held around the cursor, all but the last are
   * shown above the prompt and wait; the last one can be edited. Nothing is sent before Enter.
   */
  #onPaste(readline: Interface, pasted: string): void {
    const texts = pasted.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n')
    const { line, cursor } = readline
    // In the line itself, a control character would drive the terminal.
    const plain = !hasControls((texts.at(-1) ?? '').replaceAll('\t', ''))
    if (texts.length === 1 && plain) {
      if (cursor === 0) this.#pastedStart = texts[0] ?? ''
      readline.write(texts[0] ?? '')
      return
    }
    const rest = line.slice(cursor)
    texts[0] = line.slice(0, cursor) + texts[0]
    const last = plain ? (texts.pop() ?? '') : ''
    this.#clearLine(readline)
    this.#block.push(...texts)
    this.print(lines.pasted(texts, this.#block.length + (last + rest === '' ? 0 : 1)))
    readline.write(last + rest)
    for (const _ of rest) readline.write(null, { name: 'left' })
  }

  #clearLine(readline: Interface): void {
    readline.write(null, { ctrl: true, name: 'e' })
    readline.write(null, { ctrl: true, name: 'u' })
  }

  #onInterrupt(): void {
    const readline = this.#readline
    if (readline === undefined) return
    if (this.#options.interruptAtOnce) {
      this.#end('interrupt')
      return
    }
    if (readline.line !== '' || this.#block.length > 0) {
      const count = this.#block.length + (readline.line === '' ? 0 : 1)
      this.#clearLine(readline)
      if (this.#block.length > 0) this.print([lines.pasteDropped(count)])
      this.#block = []
    } else if (this.#warned) {
      this.#end('interrupt')
      return
    }
    if (!this.#warned) this.print([lines.ctrlCAgain(this.#options.ringing?.() === true)])
    this.#warned = true
  }

  /**
   * Stops what the terminal runs, as it does by itself where no program reads its keys: readline stops this process alone, and a
   * shell waits for ever for `npm` or `npx` in between. Where nobody could wake it, the system stops nothing.
   */
  #toBackground(): void {
    // The shell that gets the terminal meanwhile says for itself how it wants its pastes.
    this.#write(bracketedPaste.off)
    this.#options.input.setRawMode?.(false)
    process.kill(0, 'SIGTSTP')
    setImmediate(this.#onForeground)
  }

  /** Takes the terminal back, after Ctrl-Z or any other stop; the shell has left the cursor on a line of its own. */
  readonly #onForeground = (): void => {
    const readline = this.#readline
    if (readline === undefined) return
    this.#options.input.setRawMode?.(true)
    this.#write(bracketedPaste.on)
    if (!this.#prompting) return
    readline.prevRows = 0
    readline.prompt(true)
  }

  readonly #onResize = (): void => {
    if (this.#readline !== undefined && this.#prompting) this.#readline.prevRows = this.#readline.getCursorPos().rows
  }

  async #complete(line: string): Promise<[string[], string]> {
    const { candidates, part } = await this.#options.complete(line).catch(() => ({ candidates: [], part: '' }))
    if (candidates.length > 1 && commonStart(candidates).length <= part.length) {
      this.print([candidates.map((candidate) => shownName(candidate.trim())).join('  ')])
      return [[], part]
    }
    // Readline would list a single candidate that adds nothing.
    return [candidates.filter((candidate) => candidate !== part), part]
  }

  /** Returns the control sequence that goes from the cursor to the first column of the prompt. */
  #toPromptStart(readline: Interface): string {
    const { rows } = readline.getCursorPos()
    return `${rows > 0 ? `\x1b[${rows}A` : ''}\r`
  }

  #end(how: 'end' | 'interrupt'): void {
    if (this.#ended) return
    this.close()
    this.#options.onEnd(how)
  }

  #write(text: string): void {
    const { output } = this.#options
    if (output.writable) output.write(text)
  }
}

function commonStart(texts: readonly string[]): string {
  let [start = ''] = texts
  for (const text of texts) while (!text.startsWith(start)) start = start.slice(0, -1)
  return start
}
