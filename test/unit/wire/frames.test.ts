import { Uint8ArrayList } from 'uint8arraylist'
import { describe, expect, test } from 'vitest'
import { toHex, utf8 } from '../../../src/core/bytes.js'
import { maxSessionFrameBytes } from '../../../src/core/limits.js'
import { encodeFrame, FrameBatch } from '../../../src/wire/frame-batch.js'
import { FrameDecoder } from '../../../src/wire/frame-decoder.js'
import { type Frame, frameTypes } from '../../../src/wire/frames.js'
import { fromHex } from './hex.js'

const id = fromHex('000102030405060708090a0b0c0d0e0f')
const secret = fromHex('aa'.repeat(32))

// PROTOCOL.md describes these bytes: length, type, body.
const vectors: [name: string, frame: Frame, hex: string][] = [
  [
    'DIAL',
    {
      type: 'dial',
      request: {
        dialId: id,
        service: 'chat',
        instanceId: 'bob',
        appData: utf8('hi'),
        connectTimeoutMs: 60_000,
        direct: true,
        receiveWindowBytes: 1_048_576,
      },
    },
    `2c 01 0a10${toHex(id)} 1204 63686174 1a03 626f62 2202 6869 28e0d403 3001 38808040`,
  ],
  [
    'DIAL_ANSWER ringing',
    {
      type: 'dialAnswer',
      answer: {
        status: 2,
        reason: '',
        sessionId: new Uint8Array(0),
        secret: new Uint8Array(0),
        receiveWindowBytes: 0,
        direct: false,
      },
    },
    '03 02 0802',
  ],
  [
    'DIAL_ANSWER accepted',
    {
      type: 'dialAnswer',
      answer: { status: 1, reason: '', sessionId: id, secret, receiveWindowBytes: 1000, direct: false },
    },
    `3a 02 0801 1a10${toHex(id)} 2220${toHex(secret)} 28e807`,
  ],
  [
    'DIAL_ANSWER declined',
    {
      type: 'dialAnswer',
      answer: {
        status: 3,
        reason: 'nö',
        sessionId: new Uint8Array(0),
        secret: new Uint8Array(0),
        receiveWindowBytes: 0,
        direct: false,
      },
    },
    '08 02 0803 1203 6ec3b6',
  ],
  [
    'RESUME',
    { type: 'resume', request: { sessionId: id, secret, received: 300, credit: Number.MAX_SAFE_INTEGER } },
    `41 03 0a10${toHex(id)} 1220${toHex(secret)} 18ac02 20ffffffffffffff0f`,
  ],
  [
    'RESUME_ANSWER',
    {
      type: 'resumeAnswer',
      answer: { status: 1, reason: '', received: 5, credit: 1029, ended: false, abortCode: 0 },
    },
    '08 04 0801 1805 208508',
  ],
  [
    'RESUME_ANSWER of a session that was aborted',
    {
      type: 'resumeAnswer',
      answer: { status: 1, reason: 'x', received: 5, credit: 6, ended: true, abortCode: 1 },
    },
    '0e 04 0801 1201 78 1805 2006 2801 3001',
  ],
  ['DATA', { type: 'data', offset: 300, payload: [utf8('hello')] }, '08 05 ac02 68656c6c6f'],
  ['ACK', { type: 'ack', received: 300, credit: 1_048_876 }, '06 06 ac02 ac8240'],
  ['FIN', { type: 'fin', offset: 128 }, '03 07 8001'],
  ['ABORT', { type: 'abort', code: 1, reason: 'no' }, '07 08 0801 1202 6e6f'],
  ['PING', { type: 'ping', id: 1 }, '02 09 01'],
  ['PONG', { type: 'pong', id: 128 }, '03 0a 8001'],
  [
    'DIRECT that begins a round',
    { type: 'direct', offer: { multiaddrs: [], step: 1, round: 3, punch: [], router: 0 } },
    '05 0b 1001 1803',
  ],
  [
    'DIRECT with candidates',
    {
      type: 'direct',
      offer: { multiaddrs: ['/ip4/1.2.3.4/tcp/5'], step: 2, round: 3, punch: ['/ip4/1.2.3.4/tcp/6'], router: 2 },
    },
    '2f 0b 0a12 2f6970342f312e322e332e342f7463702f35 1002 1803 2212 2f6970342f312e322e332e342f7463702f36 2802',
  ],
  ['CANCEL', { type: 'cancel' }, '01 0c'],
  ['CHOOSE', { type: 'choose', number: 3 }, '02 0d 03'],
  ['CLOSE', { type: 'close' }, '01 0e'],
  ['AGAIN', { type: 'again' }, '01 0f'],
]

function decodeAll(bytes: Uint8Array, pieceBytes = bytes.byteLength): Frame[] {
  const decoder = new FrameDecoder(maxSessionFrameBytes)
  const frames: Frame[] = []
  for (let from = 0; from < bytes.byteLength; from += pieceBytes) {
    decoder.push(bytes.subarray(from, from + pieceBytes))
    for (let frame = decoder.next(); frame !== undefined; frame = decoder.next()) frames.push(joined(frame))
  }
  expect(decoder.bufferedBytes).toBe(0)
  return frames
}

/** Payload in one piece, so that frames can be compared. */
function joined(frame: Frame): Frame {
  return frame.type === 'data' ? { ...frame, payload: [new Uint8Array(Buffer.concat(frame.payload))] } : frame
}

describe.each(vectors)('%s', (_name, frame, hex) => {
  const bytes = fromHex(hex)

  test('has these bytes', () => {
    expect(toHex(encodeFrame(frame))).toBe(toHex(bytes))
  })

  test('reads back the same', () => {
    expect(decodeAll(bytes)).toEqual([frame])
  })

  test('reads back the same when it comes byte by byte, and is not there before the last one', () => {
    const decoder = new FrameDecoder(maxSessionFrameBytes)
    for (const [index, byte] of bytes.entries()) {
      expect(decoder.next(), `after ${index} bytes`).toBeUndefined()
      decoder.push(Uint8Array.of(byte))
    }
    expect(joined(decoder.next()!)).toEqual(frame)
    expect(decoder.bufferedBytes).toBe(0)
  })

  test('with its length shortened by any number of bytes is refused, or is another frame, but never reads beyond', () => {
    const body = bytes.subarray(1)
    for (let length = 1; length < body.byteLength; length++) {
      const decoder = new FrameDecoder(maxSessionFrameBytes)
      decoder.push(Uint8Array.of(length, ...body.subarray(0, length)))
      try {
        decoder.next()
      } catch (error) {
        expect(error).toMatchObject({ code: 'protocol_error' })
      }
      expect(decoder.bufferedBytes).toBe(0)
    }
  })
})

test('every frame type has a vector, and no number is used twice', () => {
  expect(new Set(vectors.map(([, { type }]) => type))).toEqual(new Set(Object.keys(frameTypes)))
  expect(new Set(Object.values(frameTypes)).size).toBe(Object.keys(frameTypes).length)
})

test('frames that follow each other are told apart, whatever the chunks', () => {
  const batch = new FrameBatch()
  for (const [, frame] of vectors) batch.add(frame)
  const { byteLength } = batch
  const bytes = batch.take().subarray()
  expect(bytes.byteLength).toBe(byteLength)
  const expected = vectors.map(([, frame]) => frame)
  for (const piece of [1, 2, 3, 7, 64, bytes.byteLength]) expect(decodeAll(bytes, piece)).toEqual(expected)
})

test('a list of chunks is read like one piece', () => {
  const decoder = new FrameDecoder(maxSessionFrameBytes)
  const bytes = fromHex(vectors.map(([, , hex]) => hex).join(''))
  decoder.push(new Uint8ArrayList(bytes.subarray(0, 10), bytes.subarray(10, 11), bytes.subarray(11)))
  for (const [, frame] of vectors) expect(joined(decoder.next()!)).toEqual(frame)
})

test('big payload is not copied on its way to the stream, nor from it', () => {
  const payload = new Uint8Array(60_000).fill(5)
  const batch = new FrameBatch()
  batch.add({ type: 'ping', id: 1 })
  batch.add({ type: 'data', offset: 0, payload: [payload] })
  const list = new Uint8ArrayList(batch.take())
  expect([...list].some((piece) => piece.buffer === payload.buffer)).toBe(true)

  const whole = list.subarray()
  const decoder = new FrameDecoder(maxSessionFrameBytes)
  decoder.push(whole)
  decoder.next()
  expect(decoder.next()).toMatchObject({ payload: [{ buffer: whole.buffer, byteLength: 60_000 }] })
})

test('many small frames leave as one piece', () => {
  const batch = new FrameBatch()
  for (let id = 0; id < 50; id++) batch.add({ type: 'data', offset: id, payload: [Uint8Array.of(id)] })
  expect(batch.take()).toBeInstanceOf(Uint8Array)
})

test('batches write into one page, one after the other, so that paths which rest hold none', () => {
  const batches = Array.from({ length: 100 }, () => new FrameBatch())
  const sent = batches.map((batch, id) => {
    batch.add({ type: 'ping', id })
    return new Uint8ArrayList(batch.take())
  })
  expect(new Set(sent.flatMap((list) => [...list].map(({ buffer }) => buffer))).size).toBeLessThanOrEqual(2)
  expect(sent.map((list) => one(list.subarray()))).toEqual(batches.map((_, id) => ({ type: 'ping', id })))
})

test('a batch that is not taken yet keeps its page to itself', () => {
  const [first, second] = [new FrameBatch(), new FrameBatch()]
  first.add({ type: 'ping', id: 1 })
  second.add({ type: 'ping', id: 2 })
  first.add({ type: 'ping', id: 3 })
  const decoder = new FrameDecoder(maxSessionFrameBytes)
  decoder.push(first.take() as Uint8Array)
  expect([decoder.next(), decoder.next()]).toEqual([
    { type: 'ping', id: 1 },
    { type: 'ping', id: 3 },
  ])
  expect(one(second.take() as Uint8Array)).toEqual({ type: 'ping', id: 2 })
})

function one(bytes: Uint8Array): Frame | undefined {
  const decoder = new FrameDecoder(maxSessionFrameBytes)
  decoder.push(bytes)
  return decoder.next()
}

describe('refused with protocol_error', () => {
  const text = (length: number) => `${varint(length)}${'61'.repeat(length)}`
  const varint = (n: number) => toHex(n < 128 ? Uint8Array.of(n) : Uint8Array.of((n & 127) | 128, n >> 7))
  const framed = (type: string, body: string) => `${varint(1 + body.replaceAll(' ', '').length / 2)}${type}${body}`
  test.each([
    ['an empty frame', '00'],
    ['an unknown type', '01 10'],
    ['type 0', '01 00'],
    ['a length that is no varint', 'ff'.repeat(8)],
    ['a length in more bytes than needed', '8100 0c'],
    ['DATA without payload', '02 05 00'],
    ['DATA without an offset', '01 05'],
    ['DATA whose offset is cut off', '02 05 80'],
    ['DATA whose offset is no varint', '0a 05 ffffffffffffffffff'],
    ['DATA that ends beyond 2^53-1', '0b 05 ffffffffffffff0f 6162'],
    ['ACK without credit', '02 06 00'],
    ['ACK with something behind', '04 06 00 00 00'],
    ['CANCEL with a body', '02 0c 00'],
    ['CLOSE with a body', '02 0e 00'],
    ['PING without an id', '01 09'],
    ['a DIAL that is no message', '03 01 ffff'],
    ['a DIAL id of 15 bytes', framed('01', `0a0f${'00'.repeat(15)}`)],
    ['a service name of 65 bytes', framed('01', `0a10${'00'.repeat(16)}12${text(65)}`)],
    ['an instance id of 256 bytes', framed('01', `0a10${'00'.repeat(16)}1a${text(256)}`)],
    ['a session id of 17 bytes', framed('02', `08011a11${'00'.repeat(17)}`)],
    ['a secret of 31 bytes', framed('02', `0801221f${'00'.repeat(31)}`)],
    ['a reason of 1025 bytes', framed('08', `080112${text(1025)}`)],
    ['RESUME without a secret', framed('03', `0a10${'00'.repeat(16)}`)],
    ['RESUME_ANSWER beyond 2^53-1', framed('04', '080118ffffffffffffff7f')],
    ['17 direct addresses', framed('0b', '0a0161'.repeat(17))],
    ['17 addresses to punch', framed('0b', '220161'.repeat(17))],
    ['an address to punch of 513 bytes', framed('0b', `22${text(513)}`)],
    ['a direct address of 513 bytes', framed('0b', `0a${text(513)}`)],
  ])('%s', (_what, hex) => {
    const decoder = new FrameDecoder(maxSessionFrameBytes)
    decoder.push(fromHex(hex))
    expect(() => decoder.next()).toThrow(expect.objectContaining({ code: 'protocol_error' }))
  })

  test('appData over 64 KiB', () => {
    const [, frame] = vectors[0]!
    if (frame.type !== 'dial') throw new Error('the first vector is a DIAL')
    const decoder = new FrameDecoder(maxSessionFrameBytes)
    decoder.push(encodeFrame({ ...frame, request: { ...frame.request, appData: new Uint8Array(64 * 1024 + 1) } }))
    expect(() => decoder.next()).toThrow('over the cap')
  })

  test('a frame over the cap, as soon as its length is known', () => {
    const decoder = new FrameDecoder(100)
    decoder.push(encodeFrame({ type: 'data', offset: 0, payload: [new Uint8Array(98)] }))
    expect(decoder.next()).toMatchObject({ type: 'data' })
    decoder.push(fromHex('65'))
    expect(() => decoder.next()).toThrow('over the cap of 100')
  })
})

test('a frame that comes in tiny chunks does not keep the big buffers they lie in', () => {
  const decoder = new FrameDecoder(maxSessionFrameBytes)
  const bytes = encodeFrame({ type: 'data', offset: 0, payload: [new Uint8Array(1000).fill(9)] })
  const buffers = new Set<ArrayBufferLike>()
  for (const byte of bytes) {
    const big = new Uint8Array(10_000).fill(byte)
    decoder.push(big.subarray(0, 1))
  }
  const frame = decoder.next()
  if (frame?.type !== 'data') throw new Error('no DATA')
  for (const piece of frame.payload) if (piece.buffer.byteLength === 10_000) buffers.add(piece.buffer)
  expect(buffers.size).toBeLessThanOrEqual(65)
  expect(Buffer.concat(frame.payload).equals(Buffer.alloc(1000, 9))).toBe(true)
})
