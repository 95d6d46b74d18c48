import { describe, expect, test } from 'vitest'
import { maxListLimit } from '../../../src/core/limits.js'
import { type RowHost, RowPage } from '../../../src/wire/messages/directory.js'
import { decodeRowPage, encodeRowPage } from '../../../src/wire/row-page.js'
import { fromHex } from './hex.js'

const row = (instanceId: string, rest = {}) => {
  const state = { down: false, precedence: 0, cost: 0, hostCount: 1, hosts: [] as RowHost[] }
  return { instanceId, identityName: 'b', peerId: 'c', terminators: 3, sinceMs: 300, busy: true, ...state, ...rest }
}
const host = (identityName: string): RowHost => {
  return { identityName, peerId: 'p', terminators: 1, sinceMs: 300, busy: false, down: true, precedence: 2, cost: 9 }
}

const rows = [
  row('\ufeffé🙂'),
  row('', { identityName: '', peerId: '', terminators: 0, sinceMs: 0, busy: false }),
  row('z', { terminators: 0x7fff_ffff, sinceMs: Number.MAX_SAFE_INTEGER, cost: 65_535, hostCount: 0xffff_ffff }),
  row('y', { hosts: Array.from({ length: 8 }, (_, index) => host(`${index}`)) }),
]
const wire = (page: RowPage) => RowPage.decode(RowPage.encode(page))

test('a page is these bytes', () => {
  const hex =
    '0a0a610a620a630a0a640a6512182c01000000000000070000000000000000000000000000001a102c010201020000000000000001000000221312110a0178120170180120ac02300138024009221312110a0179120170180120ac02300138024009'
  const state = { down: true, precedence: 2, cost: 300, hostCount: 2, hosts: [host('x'), host('y')] }
  const page = [row('a', state), row('', { identityName: 'd', peerId: 'e', terminators: 0, sinceMs: 0, busy: false })]
  expect(Buffer.from(RowPage.encode(encodeRowPage(page))).toString('hex')).toBe(hex)
  expect(decodeRowPage(RowPage.decode(fromHex(hex)), 2)).toEqual(page)
})

test('a page of a relay that does not know of states can be read', () => {
  const hex = '0a0a610a620a630a0a640a6512182c0100000000000007000000000000000000000000000000'
  const page = [row('a'), row('', { identityName: 'd', peerId: 'e', terminators: 0, sinceMs: 0, busy: false })]
  expect(decodeRowPage(RowPage.decode(fromHex(hex)), 2)).toEqual(page)
})

test('rows come back as they were: any text but line feeds, the smallest and the largest numbers, none at all', () => {
  expect(decodeRowPage(wire(encodeRowPage(rows)), 4)).toEqual(rows)
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
  const page = encodeRowPage(rows)
  const { names, figures, states } = page
  test('when either column is cut at any byte that ends a name or a row, or inside one', () => {
    for (let length = 0; length < figures.byteLength; length++) {
      expect(() => decodeRowPage({ ...page, figures: figures.subarray(0, length) }, 4)).toThrow(/page/)
    }
    const lines = Buffer.from(names).toString().split('\n')
    for (let count = 0; count < lines.length; count++) {
      const fewer = Buffer.from(lines.slice(0, count).join('\n'))
      expect(() => decodeRowPage({ ...page, names: new Uint8Array(fewer) }, 4)).toThrow(/names/)
    }
  })

  test('when its states are cut, or a host belongs to none of its rows, or a row has too many', () => {
    for (let length = 1; length < states.byteLength; length++) {
      expect(() => decodeRowPage({ ...page, states: states.subarray(0, length) }, 4)).toThrow(/states/)
    }
    for (const hosts of [[{ row: 4, host: host('x') }], [{ row: 0 }], [...page.hosts, { row: 3, host: host('x') }]]) {
      expect(() => decodeRowPage({ ...page, hosts }, 4)).toThrow(/none of its rows/)
    }
  })

  test('when it has more rows than are allowed, or names without rows', () => {
    const many = encodeRowPage(Array.from({ length: maxListLimit + 1 }, (_, index) => row(`${index}`)))
    expect(() => decodeRowPage(many, maxListLimit)).toThrow('1001 rows; 1000 are allowed')
    expect(() => decodeRowPage({ ...page, figures: figures.subarray(0, 0) }, 3)).toThrow(/names/)
  })
})
