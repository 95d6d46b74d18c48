import { isUint8Array } from 'node:util/types'
import { errorText, OverlayError } from '../core/errors.js'
import { defaultConnectTimeoutMs } from '../core/limits.js'

/** Returns what an application gave as bytes. Throws `bad_argument`, with what it is called there, for anything else. */
export function checkBytes(what: string, given: unknown): Uint8Array {
  if (isUint8Array(given)) return given
  throw new OverlayError('bad_argument', `${what} takes bytes: a Uint8Array or a Buffer.`)
}

/** Returns the words that an application gave for an end: a text, what an error says, or whatever else it passed, as text. */
export function reasonText(given: unknown): string {
  if (given === undefined || given === null) return ''
  if (typeof given === 'string') return given
  try {
    return errorText(given)
  } catch {
    return '' // it can't be made a text, such as an object without a prototype
  }
}

/** Returns for how long a call may take to be answered, ms. Throws `bad_argument` for what is no number above 0. */
export function checkConnectTimeout(given: unknown = defaultConnectTimeoutMs): number {
  if (typeof given === 'number' && given > 0) return given
  throw new OverlayError('bad_argument', 'connectTimeout is a number of ms above 0.')
}
