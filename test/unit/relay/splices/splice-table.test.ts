import { describe, expect, test } from 'vitest'
import { SpliceTable } from '../../../../src/relay/splices/splice-table.js'

function table() {
  let random = 0
  return new SpliceTable<string>((length) => new Uint8Array(length).fill(++random))
}

describe('a splice', () => {
  test('is joined when both sides have shown their own tokens, in either order', () => {
    for (const order of [
      ['dialer', 'host'],
      ['host', 'dialer'],
    ] as const) {
      const splices = table()
      const splice = splices.open('d', 'h')
      expect(splices.show(splice.tokens[order[0]], order[0])).toEqual({ splice, other: undefined })
      expect(splices.show(splice.tokens[order[1]], order[1])).toMatchObject({ other: order[0] })
      expect(splices.counts).toEqual({ joined: 1, pending: 0 })
      expect(splice).toMatchObject({ tokens: undefined, first: undefined }) // thousands of them stay
      expect(splices.close(splice)).toBeUndefined()
      expect(splices.counts).toEqual({ joined: 0, pending: 0 })
    }
  })

  test('has a token of its own for each side, good once', () => {
    const splices = table()
    const { tokens } = splices.open('d', 'h')
    expect(tokens.dialer).not.toEqual(tokens.host)
    expect(splices.show(tokens.dialer, 'a')).toBeDefined()
    expect(splices.show(tokens.dialer, 'b')).toBeUndefined()
    expect(splices.show(tokens.host, 'c')?.other).toBe('a')
    expect(splices.show(tokens.host, 'd')).toBeUndefined()
  })

  test('that did not come about gives back the side that waited, and its tokens are unknown', () => {
    const splices = table()
    const splice = splices.open('d', 'h')
    splices.show(splice.tokens.host, 'waiting')
    expect(splices.close(splice)).toBe('waiting')
    expect(splices.close(splice)).toBeUndefined()
    expect(splices.show(splice.tokens.dialer, 'x')).toBeUndefined()
  })
})

test('one member has no more than 256 under way, and another is not kept out by that', () => {
  const splices = table()
  const all = Array.from({ length: 256 }, () => splices.open('d', 'h'))
  expect(() => splices.open('d', 'h')).toThrow(expect.objectContaining({ code: 'busy' }))
  splices.open('other', 'h')
  splices.close(all[0]!)
  splices.open('d', 'h')
})

test('one member has no more than 16 384 at all', () => {
  const splices = table()
  let last = splices.open('d', 'h')
  const join = () => {
    splices.show(last.tokens.dialer, 'a')
    splices.show(last.tokens.host, 'b')
  }
  join()
  for (let n = 1; n < 16_384; n++) {
    last = splices.open('d', 'h')
    join()
  }
  expect(() => splices.open('d', 'h')).toThrow(expect.objectContaining({ code: 'busy' }))
  splices.close(last)
  splices.open('d', 'h')
})

test('random bytes and the empty token are unknown', () => {
  const splices = table()
  splices.open('d', 'h')
  for (const token of [new Uint8Array(0), new Uint8Array(32), new Uint8Array(33).fill(1)]) {
    expect(splices.show(token, 's')).toBeUndefined()
  }
})
