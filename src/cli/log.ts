import { heededSignals } from '../core/signals.js'
import { shownName } from '../core/text.js'

export type LogLevel = 'INFO' | 'WARNING' | 'ERROR'
export type Log = (level: LogLevel, text: string) => void

/** Makes a log that writes lines as OpenZiti's programs do, on stderr: seconds since start, level, who speaks, what happened. */
export function createLog(source: string, write: (line: string) => void = (line) => process.stderr.write(line)): Log {
  const start = performance.now()
  return (level, text) => {
    const seconds = ((performance.now() - start) / 1000).toFixed(3).padStart(8)
    write(`[${seconds}] ${level.padStart(7)} ${source}: ${shownName(text)}\n`)
  }
}

/**
 * Resolves with the first of SIGINT, SIGTERM or SIGHUP (those we were started to ignore left out), or with `disconnect` when a
 * parent that started us goes away. Afterwards the channel to that parent no longer keeps this process alive.
 */
export function untilTold(): Promise<NodeJS.Signals | 'disconnect'> {
  return new Promise((resolve) => {
    const told = (what: NodeJS.Signals | 'disconnect') => {
      process.channel?.unref()
      resolve(what)
    }
    for (const signal of heededSignals()) process.once(signal, () => told(signal))
    if (process.channel !== undefined) process.once('disconnect', () => told('disconnect'))
  })
}
