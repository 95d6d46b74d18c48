import { describe, expect, test } from 'vitest'
import { fromHex, toHex } from '../../../src/core/bytes.js'
import { decodeSeenAnswer, encodeSeenAnswer, encodeSeenQuestion, ipv6Bytes } from '../../../src/wire/seen-address.js'

const mask = Uint8Array.from({ length: 32 }, (_, index) => 0xa0 + index)

test('the question is the preface and the mask', () => {
  expect(toHex(encodeSeenQuestion(mask))).toBe(`c4${toHex(mask)}`)
})

describe('the answer', () => {
  test.each([
    ['IPv4', { host: '203.0.113.7', port: 4001 }, '04'],
    ['IPv6', { host: '2001:db8::7', port: 65_535 }, '06'],
    ['the IPv6 loopback', { host: '::1', port: 1 }, '06'],
  ])('of %s comes back as it was', (_, seen, family) => {
    const bytes = encodeSeenAnswer(seen, mask)
    expect(toHex(bytes.subarray(0, 1))).toBe(family)
    expect(decodeSeenAnswer(bytes, mask)).toEqual(seen)
  })

  test('has these bytes', () => {
    expect(toHex(encodeSeenAnswer({ host: '203.0.113.7', port: 4001 }, mask))).toBe('04af0069a3d5a2')
  })

  test('of an IPv4 address that came through a socket for both is of IPv4', () => {
    expect(decodeSeenAnswer(encodeSeenAnswer({ host: '::ffff:192.0.2.1', port: 9 }, mask), mask)).toEqual({
      host: '192.0.2.1',
      port: 9,
    })
  })

  test('is waited for until it is complete', () => {
    for (const host of ['203.0.113.7', '2001:db8::7']) {
      const bytes = encodeSeenAnswer({ host, port: 4001 }, mask)
      for (let length = 0; length < bytes.byteLength; length++) {
        expect(decodeSeenAnswer(bytes.subarray(0, length), mask)).toBeUndefined()
      }
    }
  })

  test.each([
    ['of another family', '050000000000'],
    ['that goes on', `${toHex(encodeSeenAnswer({ host: '203.0.113.7', port: 4001 }, mask))}00`],
    ['of port 0', toHex(encodeSeenAnswer({ host: '203.0.113.7', port: 0 }, mask))],
  ])('%s is refused', (_, hex) => {
    expect(() => decodeSeenAnswer(fromHex(hex), mask)).toThrow(expect.objectContaining({ code: 'protocol_error' }))
  })
})

test.each([
  ['::', '00'.repeat(16)],
  ['1::', `0001${'00'.repeat(14)}`],
  ['fe80::1:2', `fe80${'00'.repeat(10)}00010002`],
  ['::ffff:1.2.3.4', `${'00'.repeat(10)}ffff01020304`],
  ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
])('the bytes of %s', (host, hex) => {
  expect(toHex(Uint8Array.from(ipv6Bytes(host)))).toBe(hex)
})
