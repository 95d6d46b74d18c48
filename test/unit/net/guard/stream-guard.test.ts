import { Uint8ArrayList } from 'uint8arraylist'
import { describe, expect, test } from 'vitest'
import { utf8 } from '../../../../src/core/bytes.js'
import { acceptedHere, acceptedThere, type MessageRule, StreamGuard } from '../../../../src/net/guard/stream-guard.js'
import { seeded } from '../../../support/random.js'

const line = (text: string) => message(utf8(`${text}\n`))

function message(body: Uint8Array): Uint8Array {
  const bytes: number[] = []
  let length = body.byteLength
  for (; length >= 0x80; length = Math.floor(length / 128)) bytes.push((length & 0x7f) | 0x80)
  return Uint8Array.from([...bytes, length, ...body])
}

const join = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]))
const open = [line('/multistream/1.0.0'), line('/a')]
const once: MessageRule = { maxMessageBytes: 300, messages: 1, afterwards: 'anything' }
const twice: MessageRule = { maxMessageBytes: 300, messages: 2, afterwards: 'nothing' }

function guarded(rule?: MessageRule, accepts: (line: string) => boolean = acceptedHere(['/a', '/b'])) {
  let spent = 0
  const guard = new StreamGuard({ accepts, rule: () => rule, spend: () => spent++ })
  return {
    guard,
    spent: () => spent,
    push(...pieces: Uint8Array[]): Uint8Array {
      const out = new Uint8ArrayList()
      for (const piece of pieces) guard.push(piece, out)
      return out.slice()
    },
  }
}

describe('a stream that the other side opens', () => {
  test('passes as it is, and is left alone once its protocol is agreed', () => {
    const stream = join(...open, new Uint8Array(500).fill(0xff))
    const { push, guard } = guarded()
    expect(push(stream)).toEqual(stream)
    expect(guard.done).toBe(true)
  })

  test('passes the same in one-byte pieces, whole messages only', () => {
    const stream = join(...open)
    const { push, guard } = guarded()
    const pieces = [...stream].map((byte) => push(Uint8Array.of(byte)))
    expect(pieces.filter(({ byteLength }) => byteLength > 0)).toEqual(open)
    expect(guard.done).toBe(true)
  })

  test.each<[string, Uint8Array, RegExp]>([
    ['a length that never ends', new Uint8Array(3).fill(0xff), /over-long/],
    ['one after the header', join(open[0]!, Uint8Array.of(0x80, 0x80)), /over-long/],
    ['one after a protocol that nobody speaks', join(open[0]!, line('/x'), Uint8Array.of(0xff, 0xff)), /over-long/],
    ['a line over 1 KiB', Uint8Array.of(0x81, 0x08), /1025 bytes is over 1024/],
    ['lines without end', join(...Array(32).fill(line('/x'))), /More than 32 messages/],
    // multistream-select trims these; what is not exact is never taken for the end
    ['a protocol with white space, then no line', join(line('/a '), Uint8Array.of(0xff, 0xff)), /over-long/],
    ['a protocol after a byte order mark', join(line('\ufeff/a'), Uint8Array.of(0xff, 0xff)), /over-long/],
  ])('%s is refused', (_, stream, why) => {
    expect(() => guarded().push(stream)).toThrow(why)
    expect(() => guarded().push(...[...stream].map((byte) => Uint8Array.of(byte)))).toThrow(why)
  })

  test('the messages of a protocol that libp2p reads are looked at too', () => {
    const long = message(new Uint8Array(300).fill(1))
    const first = guarded(once)
    expect(first.push(...open, long, Uint8Array.of(0xff, 0xff, 0xff, 0xff))).toHaveLength(
      join(...open, long).byteLength + 4,
    )
    expect(() => guarded(once).push(...open, Uint8Array.of(0x80, 0x80, 0x80, 0x80))).toThrow(/over-long/)
    expect(() => guarded(once).push(...open, message(new Uint8Array(301)))).toThrow(/over 300/)
    expect(() => guarded(twice).push(...open, message(Uint8Array.of(1)), message(Uint8Array.of(1)))).toThrow(
      /More than 2/,
    )
  })

  test('each message is paid for', () => {
    const { push, spent } = guarded({ ...twice, messages: Number.POSITIVE_INFINITY })
    push(join(...open, ...Array<Uint8Array>(1000).fill(Uint8Array.of(0))))
    expect(spent()).toBe(1002)
  })
})

test('a stream opened here is agreed with the first answer that is no refusal', () => {
  const { push, guard } = guarded(undefined, acceptedThere)
  push(open[0]!, line('na'))
  expect(guard.done).toBe(false)
  push(line('/anything'))
  expect(guard.done).toBe(true)
})

test('random streams come out as they went in, however they are cut', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = seeded(seed)
    const pick = (below: number) => Math.floor(random() * below)
    const bodies = Array.from({ length: pick(20) }, () => message(new Uint8Array(pick(300)).fill(pick(256))))
    const stream = join(...open, ...bodies)
    const { push } = guarded({ maxMessageBytes: 300, messages: Number.POSITIVE_INFINITY, afterwards: 'nothing' })
    const out: number[] = []
    for (let from = 0; from < stream.byteLength; ) {
      const to = Math.min(stream.byteLength, from + 1 + pick(40))
      out.push(...push(stream.subarray(from, to)))
      from = to
    }
    expect(Uint8Array.from(out), `seed ${seed}`).toEqual(stream)
  }
})
