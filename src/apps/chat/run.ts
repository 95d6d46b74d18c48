import type { Context } from '../../sdk/index.js'
import { Chat, type ChatOptions } from './chat.js'
import type { TerminalInput } from './keys.js'
import { prompt } from './lines.js'
import { feedLines, PipeView } from './pipe.js'
import { Terminal, type TerminalOutput } from './terminal.js'

export interface StartChatOptions extends ChatOptions {
  input: TerminalInput
  output: TerminalOutput
}

/** A chat that runs. */
export interface RunningChat {
  /** Leaves in order: ends the call, tells waiting callers. A second time it waits for nobody. */
  quit(): void
  /** Resolves when it was left: by `/quit`, the end of the input or `quit()`, or by Ctrl-C. The context is still open. */
  done: Promise<'quit' | 'interrupted'>
}

/**
 * Starts the chat of the context's identity on a service, on a terminal when input and output both are one, otherwise for a
 * script. Rejects with `unknown_service` or `not_permitted` when the service can't be offered.
 */
export async function startChat(context: Context, options: StartChatOptions): Promise<RunningChat> {
  const { input, output } = options
  return input.isTTY && output.isTTY && process.env.TERM !== 'dumb'
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
    onLine: (line) => {
      void chat.line(line)
      if (chat.leaving) terminal.close()
    },
    onEnd: (end) => {
      if (end === 'interrupt') how = 'interrupted'
      void chat.quit()
    },
  })
  const chat = new Chat(context, terminal, options)
  await chat.start()
  terminal.open()
  return {
    quit: () => {
      terminal.close()
      void chat.quit()
    },
    done: chat.left.then(() => {
      terminal.close()
      return how
    }),
  }
}

async function forScript(context: Context, options: StartChatOptions): Promise<RunningChat> {
  const chat = new Chat(context, new PipeView(options.output), options)
  // Whoever read our lines is gone: there is nobody left to chat for.
  options.output.on('error', () => {
    if (!chat.leaving) void chat.quit()
  })
  await chat.start()
  return { quit: () => void chat.quit(), done: feedLines(chat, options.input).then(() => 'quit') }
}
