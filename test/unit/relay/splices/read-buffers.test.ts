import { expect, test } from 'vitest'
import { ReadBuffers } from '../../../../src/relay/splices/read-buffers.js'

test('a full small buffer makes room, and what says little again goes back to the small one', () => {
  const buffers = new ReadBuffers()
  const small = buffers.small()
  expect(buffers.next(small, 20, small)).toBe(small)
  const large = buffers.next(small, small.byteLength, small)
  expect(large.byteLength).toBe(64 * 1024)
  expect(buffers.next(large, 64 * 1024, small)).toBe(large)
  expect(buffers.next(large, 20, small)).toBe(small)
})

test('a large buffer is used again by the next who needs one, and by one at a time', () => {
  const buffers = new ReadBuffers()
  const [one, other] = [buffers.small(), buffers.small()]
  const large = buffers.next(one, one.byteLength, one)
  buffers.next(large, 1, one)
  expect(buffers.next(other, other.byteLength, other)).toBe(large)
  expect(buffers.next(one, one.byteLength, one)).not.toBe(large)
})

test('a small buffer keeps nothing but itself', () => {
  const small = new ReadBuffers().small()
  expect(small.buffer.byteLength).toBe(small.byteLength)
})

test('small buffers are not kept for others', () => {
  const buffers = new ReadBuffers()
  const small = buffers.small()
  buffers.release(small)
  expect(buffers.next(small, small.byteLength, small).byteLength).toBe(64 * 1024)
})
