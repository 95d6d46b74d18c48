import { errorText } from '../core/errors.js'
import type { Context } from '../sdk/index.js'
import type { Log } from './log.js'

/** Returns the line that says that a renewed certificate was taken up. */
export function renewedLine({ expiresAtMs, inFile }: { expiresAtMs: number; inFile: boolean }): string {
  const until = `valid until ${new Date(expiresAtMs).toISOString().slice(0, 10)}`
  if (inFile) return `the identity's file holds a renewed certificate, ${until}`
  return `a renewed certificate, ${until}, is used from memory: the identity's file could not be written, and holds the older one`
}

/** Logs what a context reports besides what it was asked for: warnings, and a renewed certificate. */
export function logContext(context: Context, log: Log): void {
  context.on('warning', (warning) => log('WARNING', errorText(warning)))
  context.on('renewed', (renewed) => log(renewed.inFile ? 'INFO' : 'WARNING', renewedLine(renewed)))
}
