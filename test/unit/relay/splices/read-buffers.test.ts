import { expect, test } from 'vitest'
import { ReadBuffers } from '../../../../src/relay/splices/read-buffers.js'

test('a full small buffer makes room, and what says little again goes back to the small one', () => {
  const buffers = new ReadBuffers()
  const small = buffers.small()
  expect(buffers.next(small, 20, small, 'dialer')).toBe(small)
  const large = buffers.next(small, small.byteLength, small, 'dialer')
  expect(large.byteLength).toBe(64 * 1024)
  expect(buffers.next(large, 64 * 1024, small, 'dialer')).toBe(large)
  expect(buffers.next(large, 20, small, 'dialer')).toBe(small)
})

test('a large buffer is used again by the next who needs one, and by one at a time', () => {
  const buffers = new ReadBuffers()
  const [one, other] = [buffers.small(), buffers.small()]
  const large = buffers.next(one, one.byteLength, one, 'dialer')
  buffers.next(large, 1, one, 'dialer')
  expect(buffers.next(other, other.byteLength, other, 'dialer')).toBe(large)
  expect(buffers.next(one, one.byteLength, one, 'dialer')).not.toBe(large)
})

test('a small buffer keeps nothing but itself', () => {
  const small = new ReadBuffers().small()
  expect(small.buffer.byteLength).toBe(small.byteLength)
})

test('small buffers are not kept for others', () => {
  const buffers = new ReadBuffers()
  const small = buffers.small()
  buffers.release(small)
  expect(buffers.next(small, small.byteLength, small, 'dialer').byteLength).toBe(64 * 1024)
})

test('nobody has all large buffers: who has his share goes on in small ones, and gets more when one is back', () => {
  const buffers = new ReadBuffers(8)
  const full = (dialer: string) => {
    const small = buffers.small()
    return buffers.next(small, small.byteLength, small, dialer)
  }
  const large = (dialer: string, count: number) =>
    Array.from({ length: count }, () => full(dialer)).filter(({ byteLength }) => byteLength > 1_024)
  const greedy = large('greedy', 10)
  expect([greedy.length, large('other', 10).length]).toEqual([4, 2])
  buffers.drop(greedy[0]!)
  buffers.release(greedy[1]!)
  buffers.release(greedy[1]!)
  expect(full('greedy')).toBe(greedy[1])
  expect(greedy).not.toContain(full('third'))
})
