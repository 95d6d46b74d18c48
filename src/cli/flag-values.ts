import { OverlayError } from '../core/errors.js'
import { maxSessionGraceMs, minSessionGraceMs } from '../core/limits.js'

/** Splits `user1, user2` as typed by a person or given with `--users`. */
export function splitList(text: string): string[] {
  return text.trim() === '' ? [] : text.split(',').map((part) => part.trim())
}

/** Reads a number in digits; NaN for anything else: `Number('')` is 0 and `Number('1e3')` is 1000, and nobody means either. */
export function toNumber(text: string): number {
  return /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN
}

/** Adds a value to those before, for options that may be given several times. */
export function collect(value: string, all: string[] = []): string[] {
  return [...all, value]
}

/** Defines the flag of every command that carries other programs' connections. */
export const graceFlag = [
  '--grace <seconds>',
  'how long a connection outlives the loss of all its paths; both sides have one, the shorter counts (default: 300, or what the service says)',
] as const

/** Reads `--grace`, in seconds, and returns ms; undefined when it is not given. Throws `bad_argument`. */
export function readGrace(seconds: string | undefined): number | undefined {
  if (seconds === undefined) return undefined
  const ms = toNumber(seconds) * 1000
  if (ms >= minSessionGraceMs && ms <= maxSessionGraceMs) return ms
  throw new OverlayError(
    'bad_argument',
    `--grace takes seconds from ${minSessionGraceMs / 1000} to ${maxSessionGraceMs / 1000}, not '${seconds}'.`,
  )
}

const unitsMs: Record<string, number> = { m: 60_000, h: 3_600_000, d: 24 * 3_600_000 }

/** Reads `30m`, `12h` or `7d` and returns milliseconds. Throws `bad_argument`, naming the flag. */
export function readDuration(flag: string, text: string): number {
  const [, number, unit] = /^(\d{1,6})([mhd])$/.exec(text.trim()) ?? []
  const ms = Number(number) * (unitsMs[unit ?? ''] ?? Number.NaN)
  if (ms > 0) return ms
  throw new OverlayError('bad_argument', `${flag} takes a time such as 30m, 12h or 7d, not '${text}'.`)
}
