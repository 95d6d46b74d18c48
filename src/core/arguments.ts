// What JavaScript lets programs pass where the types of the public API want something else: checked at its edge.
import { OverlayError } from './errors.js'

/**
 * Returns the options of a call, none of them when none were given. Throws `bad_argument`, with what takes them, for `null` and
 * everything else that is no object.
 */
export function checkOptions<T extends object>(of: string, given: T | undefined): Partial<T> {
  if (given === undefined) return {}
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given
  throw new OverlayError('bad_argument', `${of} takes an object with options.`)
}

/** Returns what an application gave as a text. Throws `bad_argument`, with what it is, for anything else. */
export function checkText(what: string, given: unknown): string {
  if (typeof given === 'string') return given
  throw new OverlayError('bad_argument', `${what} is a text.`)
}

/** Returns what an application gave as a list of texts. Throws `bad_argument`, with what it is, for anything else. */
export function checkTexts(what: string, given: unknown): readonly string[] {
  if (Array.isArray(given) && given.every((each) => typeof each === 'string')) return given
  throw new OverlayError('bad_argument', `${what} is a list of texts.`)
}

/** Returns what an application gave as a time to wait, in ms. Throws `bad_argument` for what is no number. */
export function checkTimeout(given: unknown): number {
  if (typeof given === 'number' && !Number.isNaN(given)) return given
  throw new OverlayError('bad_argument', 'A timeout is a number of ms.')
}

/** Throws `bad_argument` for a `signal` that is none: nothing that is begun could be given up with it. */
export function checkSignal(given: unknown): void {
  if (given === undefined || given instanceof AbortSignal) return
  throw new OverlayError('bad_argument', 'signal is an AbortSignal.')
}
