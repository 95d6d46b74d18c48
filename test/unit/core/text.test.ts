import { describe, expect, test } from 'vitest'
import { escapeControls, hasControls, hasUnseen, shownJson, shownName, truncateUtf8 } from '../../../src/core/text.js'

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

describe('a name is shown so that nothing in it stays unseen', () => {
  test.each(['user1', 'José', 'Jürgen von Ä', '日本', '👍', 'web/blue', 'a@b', 'שלום'])(
    '%s is shown as it is',
    (name) => {
      expect(shownName(name)).toBe(name)
      expect(hasUnseen(name)).toBe(false)
    },
  )

  test.each([
    ['al\u200bice', 'al\\u{200b}ice'],
    ['al\u200cice', 'al\\u{200c}ice'],
    ['al\u200dice', 'al\\u{200d}ice'],
    ['\ufeffalice', '\\u{feff}alice'],
    ['al\u2060ice', 'al\\u{2060}ice'],
    ['al\u00adice', 'al\\xadice'],
    ['al\u061cice', 'al\\u{61c}ice'],
    ['al\u115fice', 'al\\u{115f}ice'],
    ['al\u3164ice', 'al\\u{3164}ice'],
    ['al\u180eice', 'al\\u{180e}ice'],
    ['al\u{e0061}ice', 'al\\u{e0061}ice'],
    ['al\ufe0fice', 'al\\u{fe0f}ice'],
    ['al\u2800ice', 'al\\u{2800}ice'],
    ['al\u00a0ice', 'al\\xa0ice'],
    ['al\u3000ice', 'al\\u{3000}ice'],
    ['al\u202eice', 'al\\u{202e}ice'],
    ['al\u2067ice', 'al\\u{2067}ice'],
    ['al\x1b[2Jice', 'al\\x1b[2Jice'],
    ['al\x9bice', 'al\\x9bice'],
    ['al\nice', 'al\\x0aice'],
    ['al\ud800ice', 'al\ufffdice'],
  ])('%j is shown as %j', (name, shown) => {
    expect(shownName(name)).toBe(shown)
    expect(hasUnseen(name)).toBe(true)
  })

  test('what people write keeps its joiners, and loses what turns the direction', () => {
    expect(escapeControls('👩\u200d💻 می\u200cخواهم')).toBe('👩\u200d💻 می\u200cخواهم')
    expect(escapeControls('a\u061cb')).toBe('a\\u{61c}b')
  })
})

describe('JSON for a terminal', () => {
  const value = { name: 'a\x9b\x7f\u202e\u200b\u{e0061}\u2028\x1b\nb', list: [1, 'é👍'], 'k\u0085': null }

  test('shows nothing that can drive the terminal or hide', () => {
    expect(shownJson(value, 2).replaceAll('\n', '')).not.toMatch(
      /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u,
    )
    expect(shownJson('\x9b')).toBe('"\\u009b"')
    expect(shownJson('\u{e0061}')).toBe('"\\udb40\\udc61"')
    expect(shownJson('é👍')).toBe('"é👍"')
  })

  test('means the same as before to whoever parses it', () => {
    expect(JSON.parse(shownJson(value, 2))).toEqual(value)
    expect(JSON.parse(shownJson(value))).toEqual(value)
  })
})
