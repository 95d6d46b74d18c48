import { describe, expect, test } from 'vitest'
import { ByteQueue } from '../../../src/wire/byte-queue.js'
import { lengthPrefix, MessageDecoder, withLength } from '../../../src/wire/length-prefix.js'
import { seeded } from '../../support/random.js'
import { fromHex } from './hex.js'

const bytesOf = (length: number) => Uint8Array.from({ length }, (_, index) => index % 251)
const all = (decoder: MessageDecoder, maxBytes: number): Uint8Array[] => {
  const messages: Uint8Array[] = []
  for (let next = decoder.next(maxBytes); next !== undefined; next = decoder.next(maxBytes)) messages.push(next)
  return messages
}

test.each([
  [0, '00'],
  [1, '01'],
  [127, '7f'],
  [128, '8001'],
  [300, 'ac02'],
  [2 ** 21, '80808001'],
])('a message of %i bytes has %s in front', (length, hex) => {
  expect(Buffer.from(lengthPrefix(length)).toString('hex')).toBe(hex)
})

describe('messages behind their lengths', () => {
  const messages = [bytesOf(0), bytesOf(1), bytesOf(127), bytesOf(128), bytesOf(70_000), bytesOf(5)]
  const stream = Buffer.concat(messages.map(withLength))

  test.each([1, 2, 3, 1_000, 65_536, 1_000_000])('come out whole when they come in chunks of %i', (size) => {
    const decoder = new MessageDecoder()
    const read: Uint8Array[] = []
    for (let at = 0; at < stream.byteLength; at += size) {
      decoder.push(stream.subarray(at, at + size))
      read.push(...all(decoder, 70_000))
    }
    expect(read.map((message) => message.byteLength)).toEqual(messages.map((message) => message.byteLength))
    expect(Buffer.concat(read).equals(Buffer.concat(messages))).toBe(true)
    expect(decoder.atBoundary).toBe(true)
  })

  test('are copies, and what came beyond them can be taken out', () => {
    const decoder = new MessageDecoder()
    const chunk = Buffer.concat([withLength(bytesOf(3)), bytesOf(2)])
    decoder.push(chunk)
    const message = decoder.next(10)
    chunk.fill(0xff)
    expect(message).toEqual(bytesOf(3))
    expect([...decoder.rest()]).toEqual([0xff, 0xff])
  })

  test('cut off anywhere are none, and not at a boundary', () => {
    const whole = withLength(bytesOf(200))
    for (let length = 1; length < whole.byteLength; length++) {
      const decoder = new MessageDecoder()
      decoder.push(whole.subarray(0, length))
      expect(decoder.next(200)).toBeUndefined()
      expect(decoder.atBoundary).toBe(false)
    }
  })

  test.each([
    ['over the cap', 'c901'],
    ['over the cap, before the length is complete', '8080'],
    ['longer than it needs to be', '8000'],
    ['without an end', 'ffff'],
  ])('are refused by a length that is %s', (_, hex) => {
    const decoder = new MessageDecoder()
    decoder.push(fromHex(hex))
    expect(() => decoder.next(200)).toThrow(expect.objectContaining({ code: 'protocol_error' }))
  })
})

test('a queue gives out what was put in, whichever way it is cut', () => {
  const random = seeded(11)
  for (let round = 0; round < 20; round++) {
    const queue = new ByteQueue()
    const put: number[] = []
    const taken: number[] = []
    for (let turn = 0; turn < 60; turn++) {
      const size = Math.floor(random() * (random() < 0.7 ? 4 : 5_000))
      const chunk = Uint8Array.from({ length: size }, (_, index) => (put.length + index) % 256)
      put.push(...chunk)
      queue.push(chunk)
      if (random() < 0.5) continue
      const count = Math.floor(random() * (queue.byteLength + 1))
      if (count > 0) expect(queue.peek(count - 1)).toBe(put[taken.length + count - 1])
      for (const piece of queue.take(count)) taken.push(...piece)
      if (queue.byteLength > 0) taken.push(queue.byte())
      expect(queue.byteLength).toBe(put.length - taken.length)
      expect(queue.peek(queue.byteLength)).toBeUndefined()
    }
    expect(Buffer.from(taken).equals(Buffer.from(put.slice(0, taken.length)))).toBe(true)
  }
})

test('what comes a byte at a time is held in a few pieces, and pins no big buffers', () => {
  const queue = new ByteQueue()
  const big = new Uint8Array(1_000_000)
  for (let at = 0; at < 100_000; at++) queue.push(big.subarray(at, at + 1))
  const pieces = queue.take(100_000)
  expect(pieces.length).toBeLessThan(100)
  expect(pieces.filter((piece) => piece.buffer.byteLength > 100_000).length).toBeLessThan(20)
})
