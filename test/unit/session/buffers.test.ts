import { describe, expect, test } from 'vitest'
import { ChunkList } from '../../../src/session/chunk-list.js'
import { RangeSet } from '../../../src/session/range-set.js'
import { ReceiveBuffer } from '../../../src/session/receive-buffer.js'
import { SendBuffer } from '../../../src/session/send-buffer.js'
import { Random } from './random.js'
import { content } from './simulation.js'

const bytes = (from: number, to: number) => content('dialer', from, to)
const joined = (pieces: Uint8Array[]) => new Uint8Array(Buffer.concat(pieces))

describe('RangeSet', () => {
  test('agrees with a plain set of numbers, whatever is added and removed', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = new Random(seed)
      const ranges = new RangeSet()
      const numbers = new Set<number>()
      for (let step = 0; step < 30; step++) {
        const from = random.int(0, 40)
        const to = from + random.int(0, 10)
        const action = random.int(0, 2)
        if (action === 0) {
          ranges.add(from, to)
          for (let n = from; n < to; n++) numbers.add(n)
        } else if (action === 1) {
          ranges.remove(from, to)
          for (let n = from; n < to; n++) numbers.delete(n)
        } else {
          ranges.removeBelow(from)
          for (const n of numbers) if (n < from) numbers.delete(n)
        }
        const listed = [...ranges].flatMap((range) =>
          Array.from({ length: range.to - range.from }, (_, i) => range.from + i),
        )
        expect(listed, `seed ${seed}`).toEqual([...numbers].sort((a, b) => a - b))
        expect(ranges.size).toBe(numbers.size)
        expect(ranges.first?.from).toBe(listed[0])
        expect(ranges.has(from)).toBe(numbers.has(from))
        // Separate: neither touching nor empty.
        const all = [...ranges]
        for (const [index, range] of all.entries()) {
          expect(range.from).toBeLessThan(range.to)
          if (index > 0) expect(all[index - 1]!.to).toBeLessThan(range.from)
        }
      }
    }
  })
})

describe('ChunkList', () => {
  test('gives back any part of what was appended, in pieces that add up', () => {
    const random = new Random(5)
    const list = new ChunkList(0, { unpin: false })
    let dropped = 0
    for (let step = 0; step < 300; step++) {
      const size = random.pick([1, 10, 500, 3000, 20_000])
      list.append(bytes(list.end, list.end + size))
      const from = random.int(dropped, list.end)
      const to = random.int(from, list.end)
      expect(Buffer.compare(joined(list.slice(from, to)), bytes(from, to))).toBe(0)
      if (random.chance(0.3)) {
        dropped = random.int(dropped, list.end)
        list.dropBefore(dropped)
        expect([list.start, list.byteLength]).toEqual([dropped, list.end - dropped])
      }
    }
  })

  test('keeps big chunks as they are, and copies small ones together', () => {
    const big = new Uint8Array(60_000)
    const list = new ChunkList(0, { unpin: false })
    list.append(big)
    expect(list.slice(0, 60_000)[0]!.buffer).toBe(big.buffer)
    for (let n = 0; n < 10_000; n++) list.append(Uint8Array.of(n & 0xff))
    expect(list.slice(60_000, 70_000).length).toBeLessThan(5)
    expect(list.heldBytes).toBeLessThan(60_000 + 2 * 16_384 + 10_000)
  })

  test('small chunks of a list that is emptied after each go to the same page', () => {
    const list = new ChunkList(0, { unpin: false })
    const buffers = new Set<unknown>()
    for (let n = 0; n < 10; n++) {
      list.append(new Uint8Array(32).fill(n))
      const piece = list.slice(n * 32, n * 32 + 32)[0]!
      expect([...piece]).toEqual(new Array(32).fill(n))
      buffers.add(piece.buffer)
      list.dropBefore(n * 32 + 32)
    }
    expect(buffers.size).toBe(1)
  })

  test('what was taken out of what came from elsewhere shares no memory with what comes later', () => {
    const list = new ChunkList(0, { unpin: true })
    const buffers = new Set<unknown>()
    for (let n = 0; n < 10; n++) {
      const whole = n % 2 === 0 ? 32 : 5000
      list.append(new Uint8Array(whole).subarray(0, 32))
      buffers.add(list.shift()!.buffer)
    }
    expect(buffers.size).toBe(10)
  })

  test('does not keep a big buffer for a small part of it, when told so', () => {
    const list = new ChunkList(0, { unpin: true })
    for (let n = 0; n < 20; n++) list.append(new Uint8Array(1_000_000).subarray(0, 5000))
    expect(list.byteLength).toBe(100_000)
    expect(list.heldBytes).toBeLessThan(150_000)
  })

  test('a piece that was taken does not change when more is appended', () => {
    const list = new ChunkList(0, { unpin: false })
    list.append(Uint8Array.of(1, 2, 3))
    const taken = list.slice(0, 3)[0]!
    list.append(Uint8Array.of(4))
    expect([...taken]).toEqual([1, 2, 3])
    expect([...list.shift()!]).toEqual([1, 2, 3, 4])
  })
})

describe('SendBuffer', () => {
  const create = (overrides: Partial<ConstructorParameters<typeof SendBuffer>[0]> = {}) => {
    const buffer = new SendBuffer({ capacityBytes: 100, maxDataFrameBytes: 10, credit: 1000, ...overrides })
    buffer.openPath(1)
    return buffer
  }
  const drain = (buffer: SendBuffer, path: number) => {
    const taken: [number, number][] = []
    for (let frame = buffer.next(path); frame !== undefined; frame = buffer.next(path)) {
      taken.push([frame.offset, frame.type === 'fin' ? -1 : joined(frame.payload).byteLength])
    }
    return taken
  }

  test('accepts what there is room for, and more when it is acknowledged', () => {
    const buffer = create()
    expect(buffer.write(bytes(0, 70))).toBe(70)
    expect(buffer.write(bytes(70, 140))).toBe(30)
    expect(buffer.write(bytes(100, 101))).toBe(0)
    drain(buffer, 1)
    buffer.acknowledge(25)
    expect([buffer.free, buffer.heldBytes, buffer.acknowledged]).toEqual([25, 75, 25])
  })

  test('cuts frames at their size, and sends nothing twice on one path', () => {
    const buffer = create()
    buffer.write(bytes(0, 25))
    expect(drain(buffer, 1)).toEqual([
      [0, 10],
      [10, 10],
      [20, 5],
    ])
    expect(drain(buffer, 1)).toEqual([])
  })

  test('sends up to the credit and no further, until there is more', () => {
    const buffer = create({ credit: 15 })
    buffer.write(bytes(0, 30))
    expect(drain(buffer, 1)).toEqual([
      [0, 10],
      [10, 5],
    ])
    expect([buffer.sendable, buffer.blockedByCredit]).toEqual([false, true])
    expect(buffer.grant(12)).toBe(false)
    expect(buffer.grant(20)).toBe(true)
    expect(drain(buffer, 1)).toEqual([[15, 5]])
  })

  test('the end comes last, needs no credit, and is acknowledged as one more byte', () => {
    const buffer = create({ credit: 5 })
    buffer.write(bytes(0, 8))
    buffer.end()
    expect(drain(buffer, 1)).toEqual([[0, 5]])
    buffer.grant(8)
    expect(drain(buffer, 1)).toEqual([
      [5, 3],
      [8, -1],
    ])
    buffer.acknowledge(8)
    expect([buffer.delivered, buffer.inFlight]).toEqual([false, true])
    buffer.acknowledge(9)
    expect([buffer.delivered, buffer.inFlight, buffer.acknowledged]).toEqual([true, false, 8])
  })

  test('an empty stream is just its end', () => {
    const buffer = create({ credit: 0 })
    buffer.end()
    expect(drain(buffer, 1)).toEqual([[0, -1]])
  })

  test('what was in flight on a lost path is sent again on the next, and only that', () => {
    const buffer = create()
    buffer.write(bytes(0, 40))
    buffer.next(1)
    buffer.next(1)
    buffer.next(1)
    buffer.acknowledge(10)
    buffer.openPath(2)
    buffer.closePath(1)
    expect(drain(buffer, 2)).toEqual([
      [10, 10],
      [20, 10],
      [30, 10],
    ])
  })

  test('what is in flight on a healthy path too is not sent again when another is lost', () => {
    const buffer = create()
    buffer.write(bytes(0, 20))
    drain(buffer, 1)
    buffer.openPath(2)
    buffer.resend(1, 2)
    expect(drain(buffer, 2)).toEqual([
      [0, 10],
      [10, 10],
    ])
    buffer.closePath(1)
    expect(drain(buffer, 2)).toEqual([])
    buffer.openPath(3)
    buffer.closePath(2)
    expect(drain(buffer, 3).length).toBe(2)
  })

  test('the end is sent again like anything else', () => {
    const buffer = create()
    buffer.write(bytes(0, 5))
    buffer.end()
    drain(buffer, 1)
    buffer.acknowledge(5)
    buffer.openPath(2)
    buffer.closePath(1)
    expect(drain(buffer, 2)).toEqual([[5, -1]])
  })

  test('knows which path carries the oldest unacknowledged byte', () => {
    const buffer = create()
    buffer.openPath(2)
    buffer.write(bytes(0, 20))
    buffer.next(1)
    buffer.next(2)
    expect([buffer.carriesOldest(1), buffer.carriesOldest(2)]).toEqual([true, false])
    buffer.acknowledge(10)
    expect([buffer.carriesOldest(1), buffer.carriesOldest(2)]).toEqual([false, true])
    buffer.acknowledge(20)
    expect([buffer.carriesOldest(1), buffer.carriesOldest(2)]).toEqual([false, false])
  })

  test('refuses the acknowledgement of what was never sent', () => {
    const buffer = create()
    buffer.write(bytes(0, 20))
    buffer.next(1)
    expect(() => buffer.acknowledge(11)).toThrow(expect.objectContaining({ code: 'protocol_error' }))
    expect(buffer.acknowledge(10)).toBe(true)
    expect(buffer.acknowledge(3)).toBe(false)
  })
})

describe('ReceiveBuffer', () => {
  const create = (windowBytes = 100) => new ReceiveBuffer({ windowBytes })
  const data = (buffer: ReceiveBuffer, from: number, to: number) => buffer.data(from, [bytes(from, to)])
  const readAll = (buffer: ReceiveBuffer) => {
    const pieces: Uint8Array[] = []
    for (let piece = buffer.shift(); piece !== undefined; piece = buffer.shift()) pieces.push(piece)
    return joined(pieces)
  }

  test.each<[string, [number, number][], string[], number]>([
    [
      'in order',
      [
        [0, 10],
        [10, 20],
      ],
      ['progress', 'progress'],
      20,
    ],
    [
      'twice',
      [
        [0, 10],
        [0, 10],
      ],
      ['progress', 'duplicate'],
      10,
    ],
    [
      'a part of it twice',
      [
        [0, 10],
        [3, 7],
      ],
      ['progress', 'duplicate'],
      10,
    ],
    [
      'overlapping',
      [
        [0, 10],
        [5, 15],
      ],
      ['progress', 'progress'],
      15,
    ],
    ['with a gap', [[10, 20]], ['gap'], 0],
    [
      'with a gap that is filled',
      [
        [10, 20],
        [0, 10],
      ],
      ['gap', 'progress'],
      20,
    ],
    [
      'with a gap that is filled and more',
      [
        [10, 20],
        [0, 25],
      ],
      ['gap', 'progress'],
      25,
    ],
    [
      'behind the same gap twice',
      [
        [10, 20],
        [12, 18],
      ],
      ['gap', 'duplicate'],
      0,
    ],
    [
      'behind two gaps',
      [
        [20, 30],
        [40, 50],
        [10, 60],
        [0, 10],
      ],
      ['gap', 'gap', 'gap', 'progress'],
      60,
    ],
    [
      'backwards',
      [
        [20, 30],
        [10, 20],
        [0, 10],
      ],
      ['gap', 'gap', 'progress'],
      30,
    ],
  ])('takes what comes %s', (_name, arrivals, expected, received) => {
    const buffer = create()
    expect(arrivals.map(([from, to]) => data(buffer, from, to))).toEqual(expected)
    expect(buffer.received).toBe(received)
    expect(readAll(buffer)).toEqual(bytes(0, received))
  })

  test('in any order, whole or in overlapping parts, it reads as it was written', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = new Random(seed)
      const buffer = create(200)
      const total = 200
      while (buffer.received < total) {
        const from = random.int(0, total - 1)
        const to = Math.min(total, from + random.int(1, 60))
        const middle = random.int(from, to)
        buffer.data(from, [bytes(from, middle), bytes(middle, to)])
        expect(buffer.heldBytes).toBeLessThanOrEqual(200)
      }
      expect(readAll(buffer), `seed ${seed}`).toEqual(bytes(0, total))
    }
  })

  test('credit moves with the reader, not with what comes', () => {
    const buffer = create(100)
    data(buffer, 0, 60)
    expect(buffer.credit).toBe(100)
    buffer.shift(20)
    expect([buffer.credit, buffer.readable]).toEqual([120, 40])
  })

  test.each<[string, (buffer: ReceiveBuffer) => void]>([
    ['bytes beyond the credit', (buffer) => data(buffer, 95, 101)],
    ['bytes far beyond the credit', (buffer) => data(buffer, 5000, 5001)],
    [
      'bytes behind the end',
      (buffer) => {
        buffer.fin(20)
        data(buffer, 15, 21)
      },
    ],
    [
      'an end before what came',
      (buffer) => {
        data(buffer, 0, 20)
        buffer.fin(19)
      },
    ],
    [
      'an end before what came behind a gap',
      (buffer) => {
        data(buffer, 10, 20)
        buffer.fin(19)
      },
    ],
    [
      'a second, different end',
      (buffer) => {
        buffer.fin(20)
        buffer.fin(21)
      },
    ],
    ['an end beyond the credit', (buffer) => buffer.fin(101)],
  ])('refuses %s', (_name, act) => {
    expect(() => act(create(100))).toThrow(expect.objectContaining({ code: 'protocol_error' }))
  })

  test('the end counts as one byte, once everything before it is there', () => {
    const buffer = create()
    expect(buffer.fin(10)).toBe('gap')
    expect([buffer.received, buffer.complete]).toEqual([0, false])
    expect(data(buffer, 0, 10)).toBe('progress')
    expect([buffer.received, buffer.complete, buffer.finished]).toEqual([11, true, false])
    expect(buffer.fin(10)).toBe('duplicate')
    readAll(buffer)
    expect(buffer.finished).toBe(true)
  })

  test('what is discarded counts as read', () => {
    const buffer = create(100)
    data(buffer, 0, 60)
    buffer.discard()
    expect([buffer.heldBytes, buffer.credit]).toEqual([0, 160])
    data(buffer, 60, 160)
    expect([buffer.heldBytes, buffer.credit, buffer.received]).toEqual([0, 260, 160])
  })

  test('more gaps than an honest sender makes are refused, so that tiny pieces cannot fill memory or take the time', () => {
    const buffer = create(10_000)
    const fill = () => {
      for (let offset = 1; offset < 10_000; offset += 2) data(buffer, offset, offset + 1)
    }
    expect(fill).toThrow('Too many gaps')
    expect(buffer.heldBytes).toBe(128)
  })
})
