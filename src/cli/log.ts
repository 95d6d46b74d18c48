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
