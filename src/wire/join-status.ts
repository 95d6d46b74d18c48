import type { ErrorCode } from '../core/errors.js'

/** Numbers on the wire; never reused. */
export const joinStatus = {
  ok: 0,
  refused: 1,
  used: 2,
  expired: 3,
  revoked: 4,
  foreign: 5,
  invalid: 6,
  nameTaken: 7,
  unavailable: 8,
} as const

const codes: Record<number, ErrorCode> = {
  [joinStatus.refused]: 'refused',
  [joinStatus.used]: 'invitation_used',
  [joinStatus.expired]: 'certificate_expired',
  [joinStatus.revoked]: 'certificate_revoked',
  [joinStatus.foreign]: 'certificate_foreign',
  [joinStatus.invalid]: 'certificate_invalid',
  [joinStatus.nameTaken]: 'bad_name',
  [joinStatus.unavailable]: 'unreachable',
}

/** What an answer to a join means; one that this version does not know is a refusal. */
export function codeOfJoinStatus(status: number): ErrorCode {
  return codes[status] ?? 'refused'
}

export function joinStatusOf(code: ErrorCode): number {
  const known = Object.entries(codes).find(([, each]) => each === code)
  return known === undefined ? joinStatus.unavailable : Number(known[0])
}
