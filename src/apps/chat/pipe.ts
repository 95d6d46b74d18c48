import type { Readable, Writable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { maxAppDataBytes } from '../../core/limits.js'
import type { Chat, ChatView } from './chat.js'

/** Limits what is kept of a line; a longer one is refused as too long anyway. */
const maxLineCharacters = 2 * maxAppDataBytes
/** Says how long the first line waits for a relay, ms, so that a script's `/list` shows the script itself. */
const reachableTimeoutMs = 5_000

/**
 * Shows the chat without a terminal: the same lines, no prompt, nothing but text. With a stream for the talk, the output gets what
 * others say and nothing else, without their names.
 */
export class PipeView implements ChatView {
  readonly #output: Writable
  readonly #talk: Writable | undefined

  constructor(output: Writable, talk?: Writable) {
    this.#output = output
    this.#talk = talk
  }

  print(lines: readonly string[]): void {
    write(this.#talk ?? this.#output, lines)
  }

  message(lines: readonly string[], text: readonly string[]): void {
    write(this.#output, this.#talk === undefined ? lines : text)
  }

  bell(): void {}
}

function write(output: Writable, lines: readonly string[]): void {
  if (output.writable) output.write(lines.map((line) => `${line}\n`).join(''))
}

/**
 * Takes lines from a script, one after another: the next one is read when the one before is done, that is, when a `/connect`
 * was answered, an `/accept` stands, a text is in the session's hands. At the end of the input the chat is left as
 * with `/quit`, which waits, within limits, until everything sent is confirmed. Resolves when the chat was left.
 */
export async function feedLines(chat: Chat, input: Readable & { isTTY?: boolean }): Promise<number> {
  const over = chat.left.then(() => 'over' as const)
  const source = input.isTTY ? 'typed' : 'piped'
  const lines = readLines(input)
  let taken = 0
  await Promise.race([chat.reachable(reachableTimeoutMs), over])
  while (!chat.leaving) {
    const next = await Promise.race([lines.next(), over])
    if (next === 'over' || next.done) break
    taken++
    await chat.do(chat.read(next.value, source))
  }
  if (!chat.leaving) void chat.quit()
  await over
  input.destroy()
  return taken
}

/**
 * Yields the lines of a stream of UTF-8. What a program or a file ends with is a line even without a newline; on a terminal, or of
 * a stream that fails, such an end was never entered. A stream that fails ends.
 */
export async function* readLines(input: Readable & { isTTY?: boolean }): AsyncGenerator<string, undefined> {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  try {
    for await (const chunk of input) {
      const parts = (rest + decoder.write(chunk)).split('\n')
      rest = (parts.pop() ?? '').slice(0, maxLineCharacters)
      for (const part of parts) yield part.replace(/\r$/, '').slice(0, maxLineCharacters)
    }
  } catch {
    return // nobody is there to type any more; what was complete has been done
  }
  if (input.isTTY) return
  rest += decoder.end()
  if (rest !== '') yield rest
}
