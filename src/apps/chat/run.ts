import type { Writable } from 'node:stream'
import type { Context } from '../../sdk/index.js'
import { Chat, type ChatOptions } from './chat.js'
import type { TerminalInput } from './keys.js'
import { prompt } from './lines.js'
import { feedLines, PipeView } from './pipe.js'
import { Terminal, type TerminalOutput } from './terminal.js'

export interface StartChatOptions extends Omit<ChatOptions, 'help'> {
  input: TerminalInput
  output: TerminalOutput
  /** Takes everything but what others say; `output` then gets that alone, line by line without names, and there is no prompt. */
  talk?: Writable
}

/** A chat that runs. */
export interface RunningChat {
  /** Leaves in order: ends the call, tells waiting callers. When called again it waits for nobody. */
  quit(): void
  /**
   * Resolves when the chat was left: by `/quit`, the end of the input or `quit()`, or by Ctrl-C. The context is still open.
   * `problems` is what a script asked for and did not get, in the words that were printed; always empty for a person, who has seen
   * it.
   */
  done: Promise<{ how: 'quit' | 'interrupted'; problems: readonly string[] }>
}

/**
 * Starts the chat of the context's identity on a service, on a terminal when input and output both are one, otherwise for a
 * script. Rejects with `unknown_service` or `not_permitted` when the service can't be offered.
 */
export async function startChat(context: Context, options: StartChatOptions): Promise<RunningChat> {
  const { input, output, talk } = options
  return input.isTTY && output.isTTY && talk === undefined && process.env.TERM !== 'dumb'
    ? onTerminal(context, options)
    : forScript(context, options)
}

async function onTerminal(context: Context, options: StartChatOptions): Promise<RunningChat> {
  let how: 'quit' | 'interrupted' = 'quit'
  const terminal = new Terminal({
    input: options.input,
    output: options.output,
    prompt: prompt(context.identity.name),
    complete: (line) => chat.complete(line),
    ringing: () => chat.ringing,
    onLine: (line, pasted) => {
      const command = chat.read(line, pasted ? 'pasted' : 'typed')
      void chat.do(command)
      if (chat.leaving) terminal.close()
      return command.kind === 'wrong' && command.unknown ? 'keep' : undefined
    },
    onEnd: (end) => {
      if (end === 'interrupt') how = 'interrupted'
      void chat.quit()
    },
  })
  const chat = new Chat(context, terminal, { ...options, help: true })
  await chat.start()
  terminal.open()
  return {
    quit: () => {
      terminal.close()
      void chat.quit()
    },
    done: chat.left.then(() => {
      terminal.close()
      return { how, problems: [] }
    }),
  }
}

async function forScript(context: Context, options: StartChatOptions): Promise<RunningChat> {
  const { input, output, talk } = options
  const chat = new Chat(context, new PipeView(output, talk), { ...options, help: input.isTTY === true })
  let stopped = false
  const stop = () => {
    stopped = true
    void chat.quit()
  }
  // Whoever read our lines is gone: there is nobody left to chat for.
  for (const stream of [output, talk]) stream?.on('error', () => chat.leaving || stop())
  await chat.start()
  const done = feedLines(chat, input).then((lines) => {
    if (stopped || input.isTTY) return { how: 'quit' as const, problems: [] }
    return { how: 'quit' as const, problems: lines === 0 ? ['the input was empty'] : chat.problems }
  })
  return { quit: stop, done }
}
