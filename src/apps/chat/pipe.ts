import type { Readable, Writable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { maxAppDataBytes } from '../../core/limits.js'
import type { Chat, ChatView } from './chat.js'

/** Of a longer line the rest is not kept; it is refused as too long anyway. */
const maxLineCharacters = 2 * maxAppDataBytes
/** The first line waits this long for a relay, so that a script's `/list` shows the script itself. */
const reachableTimeoutMs = 5_000

/** The chat without a terminal: the same lines, no prompt, nothing but text. */
export class PipeView implements ChatView {
  constructor(private readonly output: Writable) {}

  print(lines: readonly string[]): void {
    if (this.output.writable) this.output.write(lines.map((line) => `${line}\n`).join(''))
  }

  bell(): void {}
}

/**
 * Takes lines from a script, one after another: the next one is read when the one before is done, that is, when a `/connect`
 * was answered, an `/accept` stands, a text is in the session's hands. At the end of the input the chat is left as
 * with `/quit`, which waits, within limits, until everything sent is confirmed. Resolves when the chat was left.
 */
export async function feedLines(chat: Chat, input: Readable): Promise<void> {
  const over = chat.left.then(() => 'over' as const)
  const lines = readLines(input)
  await Promise.race([chat.reachable(reachableTimeoutMs), over])
  while (!chat.leaving) {
    const next = await Promise.race([lines.next(), over])
    if (next === 'over' || next.done) break
    await chat.line(next.value)
  }
  if (!chat.leaving) void chat.quit()
  await over
  input.destroy()
}

/** The lines of a stream of UTF-8, with or without a newline at the very end. A stream that fails ends. */
export async function* readLines(input: Readable): AsyncGenerator<string, undefined> {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  try {
    for await (const chunk of input) {
      const parts = (rest + decoder.write(chunk)).split('\n')
      rest = (parts.pop() ?? '').slice(0, maxLineCharacters)
      for (const part of parts) yield part.replace(/\r$/, '').slice(0, maxLineCharacters)
    }
  } catch {
    // Nobody is there to type any more; what was complete has been done.
  }
  rest += decoder.end()
  if (rest !== '') yield rest
}
