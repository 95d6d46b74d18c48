import { OverlayError } from '../core/errors.js'
import { maxSessionGraceMs, minSessionGraceMs } from '../core/limits.js'

/** `user1, user2` as typed by a person or given with `--users`. */
export function splitList(text: string): string[] {
  return text.trim() === '' ? [] : text.split(',').map((part) => part.trim())
}

/** `Number('')` is 0 and `Number('1e3')` is 1000; nobody means either. */
export function toNumber(text: string): number {
  return /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN
}

/** For options that may be given several times. */
export function collect(value: string, all: string[] = []): string[] {
  return [...all, value]
}

/** The flag of every command that carries other programs' connections. */
export const graceFlag = [
  '--grace <seconds>',
  'how long a connection outlives the loss of all its paths; both sides have one, the shorter counts (default: 300, or what the service says)',
] as const

/** `--grace` in ms; undefined when it is not given. Throws `bad_argument`. */
export function readGrace(seconds: string | undefined): number | undefined {
  if (seconds === undefined) return undefined
  const ms = toNumber(seconds) * 1000
  if (ms >= minSessionGraceMs && ms <= maxSessionGraceMs) return ms
  throw new OverlayError(
    'bad_argument',
    `--grace takes seconds from ${minSessionGraceMs / 1000} to ${maxSessionGraceMs / 1000}, not '${seconds}'.`,
  )
}
