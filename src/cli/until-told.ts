import { isOverlayError, OverlayError } from '../core/errors.js'
import { heededSignals } from '../core/signals.js'
import type { Log } from './log.js'

/** Says what told a command to stop: a signal, or that the parent that started it went away. */
export type Told = NodeJS.Signals | 'disconnect'

/**
 * Resolves with the first of SIGINT, SIGTERM or SIGHUP (those we were started to ignore left out), or with `disconnect` when a
 * parent that started us goes away. Afterwards the channel to that parent no longer keeps this process alive.
 */
export function untilTold(): Promise<Told> {
  return new Promise((resolve) => {
    const told = (what: Told) => {
      process.channel?.unref()
      resolve(what)
    }
    for (const signal of heededSignals()) process.once(signal, () => told(signal))
    if (process.channel !== undefined) process.once('disconnect', () => told('disconnect'))
  })
}

/**
 * Runs what goes on until the command is told to stop, when the signal of `run` fires. Rejects with `canceled` when Ctrl-C told it,
 * after `run` has ended in order, and as `run` does.
 */
export async function runUntilTold(
  run: (over: AbortSignal) => Promise<void>,
  { log = () => {}, told = untilTold() }: { log?: Log; told?: Promise<Told> } = {},
): Promise<void> {
  const over = new AbortController()
  let by: Told | undefined
  void told.then((what) => {
    by = what
    log('INFO', `stopping (${what})`)
    over.abort()
  })
  try {
    await run(over.signal)
  } catch (error) {
    // Told before it had begun: what it was about to do was given up, which is no failure.
    if (by === undefined || !isOverlayError(error, 'canceled')) throw error
  }
  throwIfInterrupted(by)
}

/**
 * Throws `canceled` when what ended a command was Ctrl-C, whatever kind of command it is: the shell, and a script around it, shall know
 * (exit code 130). Whoever sends SIGTERM or SIGHUP wants it to end, and an end in order is done (0).
 */
export function throwIfInterrupted(by: Told | undefined): void {
  if (by === 'SIGINT') throw new OverlayError('canceled', 'interrupted')
}
