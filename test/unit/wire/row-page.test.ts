import { describe, expect, test } from 'vitest'
import { maxListLimit } from '../../../src/core/limits.js'
import { RowPage } from '../../../src/wire/messages/directory.js'
import { decodeRowPage, encodeRowPage } from '../../../src/wire/row-page.js'
import { fromHex } from './hex.js'

const row = (instanceId: string, rest = {}) => {
  return { instanceId, identityName: 'b', peerId: 'c', terminators: 3, sinceMs: 300, busy: true, ...rest }
}
const rows = [
  row('\ufeffé🙂'),
  row('', { identityName: '', peerId: '', terminators: 0, sinceMs: 0, busy: false }),
  row('z', { terminators: 0x7fff_ffff, sinceMs: Number.MAX_SAFE_INTEGER }),
]
const wire = (page: RowPage) => RowPage.decode(RowPage.encode(page))

test('a page is these bytes', () => {
  const hex = '0a0a610a620a630a0a640a6512182c0100000000000007000000000000000000000000000000'
  const page = [row('a'), row('', { identityName: 'd', peerId: 'e', terminators: 0, sinceMs: 0, busy: false })]
  expect(Buffer.from(RowPage.encode(encodeRowPage(page))).toString('hex')).toBe(hex)
  expect(decodeRowPage(RowPage.decode(fromHex(hex)), 2)).toEqual(page)
})

test('rows come back as they were: any text but line feeds, the smallest and the largest numbers, none at all', () => {
  expect(decodeRowPage(wire(encodeRowPage(rows)), 3)).toEqual(rows)
  expect(decodeRowPage(wire(encodeRowPage([])), 0)).toEqual([])
  expect(
    decodeRowPage(wire(encodeRowPage([row('')].map((each) => ({ ...each, identityName: '', peerId: '' })))), 1),
  ).toHaveLength(1)
})

test('a row whose names have a line feed is left out, and spoils no other', () => {
  for (const bad of [row('x\ny'), row('x', { identityName: '\n' }), row('x', { peerId: 'a\n' })]) {
    expect(decodeRowPage(encodeRowPage([row('a'), bad, row('b')]), 3)).toEqual([row('a'), row('b')])
  }
})

describe('a page is refused', () => {
  const { names, figures } = encodeRowPage(rows)
  test('when either column is cut at any byte that ends a name or a row, or inside one', () => {
    for (let length = 0; length < figures.byteLength; length++) {
      expect(() => decodeRowPage({ names, figures: figures.subarray(0, length) }, 3)).toThrow(/page/)
    }
    const lines = Buffer.from(names).toString().split('\n')
    for (let count = 0; count < lines.length; count++) {
      const fewer = Buffer.from(lines.slice(0, count).join('\n'))
      expect(() => decodeRowPage({ names: new Uint8Array(fewer), figures }, 3)).toThrow(/names/)
    }
  })

  test('when it has more rows than are allowed, or names without rows', () => {
    const many = encodeRowPage(Array.from({ length: maxListLimit + 1 }, (_, index) => row(`${index}`)))
    expect(() => decodeRowPage(many, maxListLimit)).toThrow('1001 rows; 1000 are allowed')
    expect(() => decodeRowPage({ names, figures: figures.subarray(0, 0) }, 3)).toThrow(/names/)
  })
})
