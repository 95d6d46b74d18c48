import { describe, expect, test } from 'vitest'
import { HelloConfirm, HelloRequest, HelloResponse, Renewal } from '../../../src/wire/messages/hello.js'
import { fromHex } from './hex.js'

const bytes = (...values: number[]) => Uint8Array.from(values)

/** What each message of a hello is in bytes. Changing one of these lines breaks old versions. */
const vectors = [
  [
    'HelloRequest',
    HelloRequest,
    { certificate: bytes(9), revision: 300, digest: bytes(7, 8), features: 1, rotations: 2 },
    '0a0109 10ac02 1a020708 5001 5802',
  ],
  [
    'HelloRequest of nothing',
    HelloRequest,
    { certificate: bytes(), revision: 0, digest: bytes(), features: 0, rotations: 0 },
    '',
  ],
  [
    'HelloResponse',
    HelloResponse,
    {
      status: 4,
      reason: 'no',
      certificate: bytes(9),
      revision: 2,
      document: bytes(6),
      digest: bytes(7),
      features: 1,
      awaitsConfirm: true,
      rotations: 1,
      renewal: bytes(5),
    },
    '0804 12026e6f 1a0109 2002 2a0106 320107 5001 5801 6001 6a0105',
  ],
  ['HelloConfirm', HelloConfirm, { status: 4, reason: 'no', document: bytes(6) }, '0804 12026e6f 1a0106'],
  ['Renewal', Renewal, { certificate: bytes(9) }, '0a0109'],
  ['HelloConfirm that says yes', HelloConfirm, { status: 0, reason: '', document: bytes() }, ''],
] as const

describe.each(vectors)('%s', (_, message, value, hex) => {
  const codec = message as { encode(value: unknown): Uint8Array; decode(bytes: Uint8Array): unknown }

  test('is these bytes, and they are read as it', () => {
    expect(Buffer.from(codec.encode(value))).toEqual(Buffer.from(fromHex(hex)))
    expect(codec.decode(fromHex(hex))).toEqual(value)
  })

  test('cut off at any byte is refused, or is a message with fewer fields', () => {
    const whole = fromHex(hex)
    for (let length = 0; length < whole.byteLength; length++) {
      let decoded: unknown
      try {
        decoded = codec.decode(whole.subarray(0, length))
      } catch {
        continue // in the middle of a field
      }
      expect(decoded).not.toEqual(value)
    }
  })

  test('with a field of a later version is read without it', () => {
    expect(codec.decode(fromHex(`${hex} a00601`))).toEqual(value)
  })
})
