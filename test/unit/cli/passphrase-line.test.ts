import { expect, test } from 'vitest'
import { PassphraseLine } from '../../../src/cli/passphrase-line.js'

test.each([
  ['hush\r', 'done', 'hush'],
  ['hush\nrest', 'done', 'hush'],
  ['hus\x7f\x7fsh', 'more', 'hsh'],
  ['wrong\x15hush\r', 'done', 'hush'],
  ['ü\x7fö', 'more', 'ö'],
  ['a\x1b[Ab\x1bOHc\x1b[1;5Dd', 'more', 'abcd'],
  ['a\x00\x07b', 'more', 'ab'],
  ['', 'more', ''],
  ['hu\x03', 'canceled', 'hu'],
  ['\x04', 'canceled', ''],
  ['hush\x04', 'done', 'hush'],
] as const)('typed %j is %s with %j', (typed, state, text) => {
  const line = new PassphraseLine()
  expect(line.type(typed)).toBe(state)
  expect(line.text).toBe(text)
})
