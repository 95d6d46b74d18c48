import { describe, expect, test } from 'vitest'
import { seeded } from '../support/random.js'
import { directionKey, MessageCheck, MessageSource } from './workload.js'

const key = directionKey(1, 'session', 'dialer')

/** Messages 0…count−1 and the last one. */
function messages(count: number): Buffer[] {
  const source = new MessageSource(key)
  return [...Array.from({ length: count }, (_, index) => source.next(index * 7)), source.last()]
}

function read(stream: Buffer, chunkBytes = stream.length) {
  const check = new MessageCheck(key)
  for (let at = 0; at < stream.length; at += chunkBytes) check.push(stream.subarray(at, at + chunkBytes))
  check.end()
  return { ...check.faulty(), ...check.tally() }
}

describe('the check of what arrives', () => {
  test.each([1, 2, 19, 20, 21, 100, 10_000])('an intact stream in pieces of %i bytes is right', (chunkBytes) => {
    const source = new MessageSource(key)
    const parts = [source.next(0), source.next(1000), source.next(3), source.last()]
    const { notes, messages, announced, checksum, bytes } = read(Buffer.concat(parts), chunkBytes)
    expect({ notes, messages, announced }).toEqual({ notes: [], messages: 4, announced: 3 })
    expect({ checksum, bytes }).toEqual({ checksum: source.tally().checksum, bytes: source.tally().bytes })
  })

  test('messages that are missing are counted as lost', () => {
    const all = messages(10)
    all.splice(3, 2)
    expect(read(Buffer.concat(all))).toMatchObject({ lost: 2, duplicated: 0, reordered: 0, corrupted: 0 })
  })

  test('a message that comes twice is a duplicate', () => {
    const all = messages(10)
    all.splice(6, 0, all[4]!)
    expect(read(Buffer.concat(all))).toMatchObject({ lost: 0, duplicated: 1, reordered: 0, corrupted: 0 })
  })

  test('a message that comes late is out of order, not lost', () => {
    const all = messages(10)
    all.splice(6, 0, ...all.splice(3, 1))
    expect(read(Buffer.concat(all))).toMatchObject({ lost: 0, duplicated: 0, reordered: 1, corrupted: 0 })
  })

  test('a stream that ends without its last message has lost something', () => {
    expect(read(Buffer.concat(messages(10).slice(0, -1))).lost).toBe(1)
    expect(read(Buffer.concat(messages(10)).subarray(0, -1))).toMatchObject({ lost: 1, corrupted: 1 })
  })

  test('any single byte changed, added or taken away is noticed', () => {
    const intact = Buffer.concat(messages(6))
    const random = seeded(7)
    for (let at = 0; at < intact.length; at++) {
      const changed = Buffer.from(intact)
      changed[at]! ^= 1 + Math.floor(random() * 255)
      const added = Buffer.concat([intact.subarray(0, at), Buffer.from([0x5a]), intact.subarray(at)])
      const taken = Buffer.concat([intact.subarray(0, at), intact.subarray(at + 1)])
      for (const [what, stream] of Object.entries({ changed, added, taken })) {
        expect(read(stream, 13).notes, `${what} at ${at}`).not.toEqual([])
      }
    }
  })
})
