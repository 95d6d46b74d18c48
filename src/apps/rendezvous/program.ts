import { once } from 'node:events'
import { OverlayError } from '../../core/errors.js'
import { rendezvousFirstPeerMs } from '../../core/limits.js'
import { heededSignals } from '../../core/signals.js'
import { whenAborted } from '../../core/waiting.js'
import { loadOrCreateRendezvousKey } from '../../rendezvous/key.js'
import { type RendezvousOptions, resolveRendezvousOptions } from '../../rendezvous/options.js'
import type { TerminalInput } from '../chat/keys.js'
import { Terminal, type TerminalOutput } from '../chat/terminal.js'
import type { Said } from './events.js'
import { holderPids } from './holders.js'
import { inputLines, readsNothing } from './input.js'
import { Peer } from './peer.js'
import { complaint, describe, holders, leaving, nobodyCame, notSaid, type Printed, readingNothing } from './texts.js'

export interface RendezvousProgramOptions extends Omit<RendezvousOptions, 'privateKey'> {
  /** Names the file that keeps the peer id; it is made when it is missing. */
  identityKey?: string
  /** Says that leaving ends every connection at once, although go's program crashes then. */
  hangUp: boolean
  verbose: boolean
  /** How this program was called, for commands that are printed to be typed. */
  command: string
  input: TerminalInput & { fd?: number }
  /** Takes the lines of the talk, and on a terminal everything. */
  output: TerminalOutput
  /** Takes what is said about the talk. */
  log: TerminalOutput
}

/** Says how a signal or a key ended the program. */
type Told = 'left' | 'interrupted' | 'unheard'

/**
 * Runs the rendezvous chat on this process's terminal or pipes until the person leaves: Ctrl-D or the end of the input, Ctrl-C,
 * SIGINT, SIGTERM or SIGHUP. Resolves then; rejects with `canceled` when it was Ctrl-C or SIGINT, with `bad_argument`,
 * `port_in_use`, `file_unreadable` or `identity_*` when it can't begin.
 */
export async function runRendezvous(options: RendezvousProgramOptions): Promise<void> {
  const { identityKey, listen, rendezvous, peers, protocol } = options
  const given: RendezvousOptions = { listen, rendezvous, peers, protocol }
  resolveRendezvousOptions(given) // says at once what can't be; the other process would only after a while
  const privateKey = identityKey === undefined ? undefined : await loadOrCreateRendezvousKey(identityKey)

  const somebody = new AbortController()
  const screen = createScreen(options, somebody.signal)
  let namedHolders = false
  const takenOver = new Set<number>()
  const peer = new Peer(
    { ...given, privateKey },
    {
      show: async (event) => {
        const printed = describe(event, options)
        if (printed !== undefined) await screen.print(printed)
        if (event.type === 'connected') somebody.abort()
        if (event.type === 'taken-over') takenOver.add(event.pid)
        if (printed === undefined || namedHolders) return
        if (event.type !== 'unreachable' && event.type !== 'bootstrap-down') return
        const lines = holders(holderPids().filter((pid) => !takenOver.has(pid)))
        namedHolders = lines.length > 0
        if (namedHolders) await screen.print({ to: 'log', lines })
      },
      complain: (text) => void screen.print({ to: 'log', lines: complaint(text, options.verbose) }),
    },
  )
  const told = untilTold(options, screen, peer)
  try {
    const how = await Promise.race([told.promise, peer.ended.then(() => 'left' as const)])
    screen.close()
    peer.leave(options.hangUp)
    const held = await peer.ended
    for (const line of held.flatMap(leaving)) options.log.write(`${line}\n`)
    if (how === 'unheard') throw new OverlayError('timed_out', nobodyCame)
    if (how === 'interrupted') throw new OverlayError('canceled', 'interrupted')
  } finally {
    screen.close()
    told.release()
    peer.release()
  }
}

interface Screen {
  print(printed: Printed): Promise<void>
  /** Begins to take lines from the person; `say` resolves when the next one may come. */
  open(say: (text: string) => Promise<void>, end: (how: Told) => void): void
  close(): void
}

/** Makes the screen. `somebody` fires when the first peer has come. */
function createScreen(options: RendezvousProgramOptions, somebody: AbortSignal): Screen {
  const { input, output } = options
  return input.isTTY && output.isTTY && process.env.TERM !== 'dumb' ? onTerminal(options) : onPipes(options, somebody)
}

/** Resolves with how the person, or the system, ended it. */
function untilTold(
  options: RendezvousProgramOptions,
  screen: Screen,
  peer: Peer,
): { promise: Promise<Told>; release(): void } {
  const { promise, resolve } = Promise.withResolvers<Told>()
  const onSignal = (signal: NodeJS.Signals) => resolve(signal === 'SIGINT' ? 'interrupted' : 'left')
  const signals = heededSignals()
  for (const signal of signals) process.on(signal, onSignal)
  const report = async (said: Promise<Said>) => {
    const refused = notSaid(await said)
    if (refused !== undefined) await screen.print({ to: 'log', lines: [refused] })
  }
  screen.open((text) => report(peer.say(text)), resolve)
  // The reader of our lines is gone: there is nobody left to chat for.
  options.output.on('error', () => resolve('left'))
  return {
    promise,
    release() {
      for (const signal of signals) process.off(signal, onSignal)
    },
  }
}

function onTerminal({ input, output }: RendezvousProgramOptions): Screen {
  let terminal: Terminal | undefined
  return {
    async print({ lines }) {
      terminal?.print(lines)
    },
    open(say, end) {
      terminal = new Terminal({
        input,
        output,
        prompt: '> ',
        complete: async () => ({ candidates: [], part: '' }),
        onLine: (line) => void say(line),
        onEnd: (how) => end(how === 'interrupt' ? 'interrupted' : 'left'),
        interruptAtOnce: true,
      })
      terminal.open()
    },
    close() {
      terminal?.close()
    },
  }
}

function onPipes({ input, output, log }: RendezvousProgramOptions, somebody: AbortSignal): Screen {
  let closed = false
  const write = async (to: TerminalOutput, lines: readonly string[]) => {
    if (closed || !to.writable || to.write(lines.map((line) => `${line}\n`).join(''))) return
    await Promise.race([once(to, 'drain'), once(to, 'close')]).catch(() => {})
  }
  return {
    print: ({ to, lines }) => write(to === 'talk' ? output : log, lines),
    open(say, end) {
      if (readsNothing(input.fd ?? 0)) {
        void write(log, [readingNothing])
        return
      }
      void (async () => {
        let waits = true
        for await (const { text, cut } of inputLines(input)) {
          if (waits) await untilSomebody(somebody)
          waits = false
          if (closed) return
          if (cut) await write(log, [notSaid({ peers: 0, refused: 'too long' }) ?? ''])
          else await say(text)
        }
        end(somebody.aborted || waits ? 'left' : 'unheard')
      })()
    },
    close() {
      closed = true
      input.destroy()
    },
  }
}

/** Resolves when somebody has come, or when nobody has for long. */
function untilSomebody(somebody: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(resolve, rendezvousFirstPeerMs)
    late.unref() // who leaves meanwhile is not held up
    whenAborted(somebody, () => {
      clearTimeout(late)
      resolve()
    })
  })
}
