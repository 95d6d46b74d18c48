import { errorText } from '../core/errors.js'
import type { Context } from '../sdk/index.js'
import type { Log } from './log.js'

/** Returns the line that says that a renewed certificate was taken up. */
export const renewedLine = (expiresAtMs: number): string =>
  `the identity's file holds a renewed certificate, valid until ${new Date(expiresAtMs).toISOString().slice(0, 10)}`

/** Logs what a context reports besides what it was asked for: warnings, and a renewed certificate. */
export function logContext(context: Context, log: Log): void {
  context.on('warning', (warning) => log('WARNING', errorText(warning)))
  context.on('renewed', ({ expiresAtMs }) => log('INFO', renewedLine(expiresAtMs)))
}
