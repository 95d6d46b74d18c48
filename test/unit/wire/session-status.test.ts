import { expect, test } from 'vitest'
import { errorCodes } from '../../../src/core/errors.js'
import {
  type AbortCode,
  abortCode,
  abortCodeOf,
  abortError,
  type DialStatus,
  dialStatus,
  dialStatusOf,
  refusalError,
} from '../../../src/wire/session-status.js'

// Numbers of the wire: changing one of these lines breaks old versions.
test.each<[DialStatus, number, string]>([
  ['declined', 3, 'declined'],
  ['busy', 4, 'busy'],
  ['not_permitted', 5, 'not_permitted'],
  ['timed_out', 6, 'timed_out'],
  ['unknown_instance', 7, 'unknown_instance'],
  ['session_unknown', 8, 'session_unknown'],
  ['protocol_error', 9, 'protocol_error'],
  ['closed', 10, 'offline'],
  ['canceled', 11, 'canceled'],
  ['internal', 12, 'internal'],
])('the answer %s is %d and becomes the error %s', (name, number, code) => {
  expect(dialStatus[name]).toBe(number)
  expect(dialStatusOf(number)).toBe(name)
  expect(refusalError(number, { reason: 'words' })).toMatchObject({ code, details: { reason: 'words' } })
})

test.each<[AbortCode, number, string]>([
  ['aborted', 1, 'aborted'],
  ['protocol_error', 2, 'protocol_error'],
  ['session_lost', 3, 'session_lost'],
  ['closed', 4, 'aborted'],
  ['not_permitted', 5, 'not_permitted'],
  ['certificate_revoked', 6, 'certificate_revoked'],
  ['internal', 7, 'aborted'],
  ['certificate_expired', 8, 'certificate_expired'],
])('the abort %s is %d and becomes the error %s', (name, number, code) => {
  expect(abortCode[name]).toBe(number)
  expect(abortCodeOf(number)).toBe(name)
  expect(abortError(number).code).toBe(code)
})

test('the words of an abort are in its sentence, escaped, and bounded', () => {
  const { message, details } = abortError(1, { reason: 'because\u001b[2J' })
  expect(message).toBe('The other side ended the session: because\\x1b[2J')
  expect(details.reason).toBe('because\u001b[2J')
  expect(abortError(1).message).toBe('The other side ended the session.')
  expect(abortError(1, { reason: 'x'.repeat(5000) }).message.length).toBeLessThan(1100)
})

test('accepted is 1 and ringing is 2, and neither is a refusal', () => {
  expect([dialStatus.accepted, dialStatus.ringing]).toEqual([1, 2])
  expect(() => refusalError(1)).toThrow(RangeError)
  expect(() => refusalError(2)).toThrow(RangeError)
})

test('a number of a later version is an explicit unknown, and still a clear error', () => {
  expect([dialStatusOf(0), dialStatusOf(99), abortCodeOf(99)]).toEqual(['unknown', 'unknown', 'unknown'])
  expect(refusalError(99).code).toBe('protocol_error')
  expect(abortError(99).code).toBe('aborted')
})

test('every status is in this table, and every error it becomes is a known code', () => {
  expect(Object.values(dialStatus)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  expect(Object.values(abortCode)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  for (let number = 3; number <= 13; number++) expect(Object.keys(errorCodes)).toContain(refusalError(number).code)
})
