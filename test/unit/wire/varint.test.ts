import { expect, test } from 'vitest'
import { toHex } from '../../../src/core/bytes.js'
import { decodeVarint, encodeVarint, maxVarintBytes, varintLength } from '../../../src/wire/varint.js'
import { fromHex } from './hex.js'

function encode(value: number): Uint8Array {
  const bytes = new Uint8Array(maxVarintBytes)
  return bytes.subarray(0, encodeVarint(value, bytes, 0))
}

const vectors: [value: number, hex: string][] = [
  [0, '00'],
  [1, '01'],
  [127, '7f'],
  [128, '8001'],
  [300, 'ac02'],
  [16_383, 'ff7f'],
  [16_384, '808001'],
  [2 ** 32, '8080808010'],
  [Number.MAX_SAFE_INTEGER, 'ffffffffffffff0f'],
]

test.each(vectors)('%d is %s, and reads back', (value, hex) => {
  expect(toHex(encode(value))).toBe(hex)
  expect(varintLength(value)).toBe(hex.length / 2)
  expect(decodeVarint(fromHex(hex), 0)).toEqual({ value, end: hex.length / 2 })
})

test.each(vectors)('%d cut off anywhere is an error', (_value, hex) => {
  const bytes = fromHex(hex)
  for (let length = 0; length < bytes.byteLength; length++) {
    expect(() => decodeVarint(bytes.subarray(0, length), 0)).toThrow('cut off')
  }
})

test.each([
  ['8000', 'a zero in two bytes'],
  ['ff00', '127 in two bytes'],
  ['ffffffffffffff10', '2^53 and a bit'],
  ['8080808080808010', '2^53'],
  ['ffffffffffffffff01', 'nine bytes'],
])('%s (%s) is refused', (hex) => {
  expect(() => decodeVarint(fromHex(hex), 0)).toThrow(expect.objectContaining({ code: 'protocol_error' }))
})

test.each([-1, 0.5, Number.NaN, 2 ** 53])('%d cannot be written', (value) => {
  expect(() => encode(value)).toThrow(RangeError)
})
