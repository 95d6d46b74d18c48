import { expect, test } from 'vitest'
import { escapeControls, hasControls, truncateUtf8 } from '../../../src/core/text.js'

test.each([
  ['plain text, ümläute, 日本, 👍', 'plain text, ümläute, 日本, 👍'],
  ['\x1b[2J', '\\x1b[2J'],
  ['bell\x07', 'bell\\x07'],
  ['line\nbreak\r', 'line\\x0abreak\\x0d'],
  ['\x9b31m', '\\x9b31m'],
  ['\x7f', '\\x7f'],
  ['left\u202eright', 'left\\u{202e}right'],
  ['\ud800', '\ufffd'],
])('%j is shown as %j', (text, shown) => {
  expect(escapeControls(text)).toBe(shown)
  expect(hasControls(text)).toBe(text !== shown)
})

test('tabs stay when they are wanted', () => {
  expect(escapeControls('a\tb', { keepTabs: true })).toBe('a\tb')
  expect(escapeControls('a\tb')).toBe('a\\x09b')
})

test('no character outside printable text survives, whatever comes', () => {
  for (let code = 0; code < 0x3000; code++) {
    expect(escapeControls(String.fromCharCode(code))).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u)
  }
})

test('cutting to a number of bytes never cuts a character', () => {
  expect(truncateUtf8('aü日👍', 100)).toBe('aü日👍')
  const expected = ['', 'a', 'a', 'aü', 'aü', 'aü', 'aü日', 'aü日', 'aü日', 'aü日', 'aü日👍']
  expect(expected.map((_, bytes) => truncateUtf8('aü日👍', bytes))).toEqual(expected)
})
