import { expect, test } from 'vitest'
import { type ErrorCode, OverlayError } from '../../../src/core/errors.js'
import { type Cause, Suspension } from '../../../src/sdk/suspension.js'

const error = (code: ErrorCode) => new OverlayError(code, code)
type Step = [Cause, ErrorCode?]

test.each<[string, Step[], string[]]>([
  ['nothing is said of what was not there', [['rival']], []],
  ['one reason comes and goes', [['permission', 'not_permitted'], ['permission']], ['not_permitted', 'resumed']],
  ['the same reason is said once', [['rival', 'replaced'], ['rival', 'replaced'], ['rival']], ['replaced', 'resumed']],
  [
    'another reason of the same cause is said',
    [
      ['permission', 'certificate_expired'],
      ['permission', 'certificate_revoked'],
    ],
    ['certificate_expired', 'certificate_revoked'],
  ],
  [
    'it is resumed when the last of several is gone',
    [['rival', 'replaced'], ['permission', 'not_permitted'], ['permission'], ['rival']],
    ['replaced', 'not_permitted', 'replaced', 'resumed'],
  ],
  [
    'a lighter reason is not said while there is a weightier one',
    [['permission', 'not_permitted'], ['refused', 'unknown_service'], ['refused'], ['permission']],
    ['not_permitted', 'resumed'],
  ],
])('%s', (_, steps, said) => {
  const heard: string[] = []
  const suspension = new Suspension({
    onSuspended: ({ code }) => heard.push(code),
    onResumed: () => heard.push('resumed'),
  })
  for (const [cause, code] of steps) {
    if (code === undefined) suspension.clear(cause)
    else suspension.add(cause, error(code))
  }
  expect(heard).toEqual(said)
  expect(suspension.reason?.code).toBe(said.at(-1) === 'resumed' ? undefined : said.at(-1))
})
