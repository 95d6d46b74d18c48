import { describe, expect, test } from 'vitest'
import { encodeText, type Line, LineDecoder } from '../../../../src/apps/rendezvous/framing.js'
import { toHex, utf8 } from '../../../../src/core/bytes.js'
import { maxRendezvousLineBytes } from '../../../../src/core/limits.js'
import { seeded } from '../../../support/random.js'

const texts = (lines: Line[]) => lines.map(({ text }) => text)

function decode(bytes: Uint8Array, maxLineBytes = maxRendezvousLineBytes): Line[] {
  const decoder = new LineDecoder(maxLineBytes)
  return [...decoder.push(bytes), ...decoder.end()]
}

describe('what goes out is what go-libp2p sends', () => {
  test.each([
    ['Hello!', '48656c6c6f210a0a'],
    [' two  words ', '2074776f2020776f726473200a0a'],
    ['añ✓🎉', '61c3b1e29c93f09f8e890a0a'],
    ['a\nb', '610a0a620a0a'],
    ['a\r\nb\rc', '610a0a620a0a630a0a'],
    ['a\n\n\nb', '610a0a620a0a'],
    ['\ttab', '097461620a0a'],
    ['\ud800', 'efbfbd0a0a'],
  ])('%j → %s', (text, hex) => {
    expect(toHex(encodeText(text))).toBe(hex)
  })

  test.each([[''], ['\n'], ['\r\n\r\n']])('nothing is sent for %j', (text) => {
    expect(encodeText(text).byteLength).toBe(0)
  })
})

describe('what comes in', () => {
  test.each<[string, string, string[]]>([
    ["go's two line feeds make one line", '48690a0a', ['Hi']],
    ['blank lines are dropped', '0a0a0a610a0a0a0a620a', ['a', 'b']],
    ['a single line feed is enough', '610a620a', ['a', 'b']],
    ['a carriage return before the line feed goes', '61 0d0a 0d0a'.replaceAll(' ', ''), ['a']],
    ['what has no end yet comes with the end of the stream', '610a62', ['a', 'b']],
    ['bytes that are no UTF-8 become replacement characters', '61ff620ac30a', ['a\ufffdb', '\ufffd']],
    ['NUL and other controls are part of the text', '61001b5b6d0a', ['a\0\x1b[m']],
    ['spaces are no blank line', '200a', [' ']],
  ])('%s', (_, hex, expected) => {
    expect(texts(decode(Buffer.from(hex, 'hex')))).toEqual(expected)
  })

  test('lines come out whole however the bytes are cut', () => {
    const seed = Number(process.env.SEED ?? 5)
    const random = seeded(seed)
    const said = ['añ✓🎉', 'x'.repeat(5_000), 'e\u0301', '日本語のテキスト', '-', '👩‍👩‍👧‍👦 family']
    const bytes = utf8(said.map((text) => `${text}\n\n`).join(''))
    for (let round = 0; round < 300; round++) {
      const decoder = new LineDecoder(maxRendezvousLineBytes)
      const lines: Line[] = []
      for (let start = 0; start < bytes.byteLength; ) {
        const end = start + 1 + Math.floor(random() ** 4 * 4_000)
        lines.push(...decoder.push(bytes.subarray(start, end)))
        start = end
      }
      expect(texts(lines), `SEED=${seed}, round ${round}`).toEqual(said)
    }
  })

  test('every byte on its own', () => {
    const decoder = new LineDecoder(100)
    const lines = [...utf8('añ✓🎉\n\n')].flatMap((byte) => decoder.push(Uint8Array.of(byte)))
    expect(texts(lines)).toEqual(['añ✓🎉'])
  })

  test('the pushed array may be used again', () => {
    const decoder = new LineDecoder(100)
    const chunk = utf8('ab')
    decoder.push(chunk)
    chunk.fill(0x78)
    expect(texts(decoder.push(utf8('c\n')))).toEqual(['abc'])
  })
})

describe('a line has a bound', () => {
  test('a line of just the bound is whole', () => {
    expect(decode(utf8('abcd\nx\n'), 4)).toEqual([
      { text: 'abcd', cut: false },
      { text: 'x', cut: false },
    ])
  })

  test('of a longer one the beginning is shown and the rest skipped; the next one is whole again', () => {
    expect(decode(utf8('abcdefgh\nx\n'), 4)).toEqual([
      { text: 'abcd', cut: true },
      { text: 'x', cut: false },
    ])
  })

  test('the bound does not split a character', () => {
    expect(decode(utf8('abc✓d\n'), 5)).toEqual([{ text: 'abc', cut: true }])
  })

  test('a line that never ends is shown once and then takes no memory', () => {
    const decoder = new LineDecoder(1_000)
    const shown: Line[] = []
    const chunk = new Uint8Array(64 * 1024).fill(0x61)
    const before = process.memoryUsage().arrayBuffers
    for (let round = 0; round < 4_096; round++) shown.push(...decoder.push(chunk)) // 256 MiB
    expect(shown).toEqual([{ text: 'a'.repeat(1_000), cut: true }])
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024)
    expect(decoder.push(utf8('\nnext\n'))).toEqual([{ text: 'next', cut: false }])
  })
})
