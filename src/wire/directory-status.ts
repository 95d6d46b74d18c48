import type { ErrorCode } from '../core/errors.js'

/** Answers of a relay. Numbers of the wire: never reused, never renumbered. */
export const directoryStatus = {
  ok: 0,
  unknownService: 1,
  unknownInstance: 2,
  offline: 3,
  notPermitted: 4,
  invalid: 5,
  internal: 6,
  replaced: 7,
  busy: 8,
} as const

const codes: Record<number, ErrorCode> = {
  [directoryStatus.unknownService]: 'unknown_service',
  [directoryStatus.unknownInstance]: 'unknown_instance',
  [directoryStatus.offline]: 'offline',
  [directoryStatus.notPermitted]: 'not_permitted',
  [directoryStatus.invalid]: 'protocol_error',
  [directoryStatus.replaced]: 'replaced',
  [directoryStatus.busy]: 'busy',
}

/** The error code of a status that is not ok; a number from the future is `internal`. */
export function codeOfDirectoryStatus(status: number): ErrorCode {
  return codes[status] ?? 'internal'
}

/** The status for an error a relay ran into while answering. */
export function directoryStatusOf(code: ErrorCode): number {
  const found = Object.entries(codes).find(([, known]) => known === code)
  if (found !== undefined) return Number(found[0])
  return code.startsWith('certificate_') || code === 'bad_name' ? directoryStatus.invalid : directoryStatus.internal
}
