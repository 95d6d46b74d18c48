import { expect, test } from 'vitest'
import { encodeFrame, FrameReader, maxFrameBytes } from '../../../../src/apps/chat/protocol.js'
import { toHex } from '../../../../src/core/bytes.js'
import { maxMessageBytes } from '../../../../src/core/limits.js'
import { ChatMessage } from '../../../../src/wire/messages/chat.js'
import { seeded } from '../../../support/random.js'

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'))
const read = (bytes: Uint8Array): ChatMessage[] => [...new FrameReader().push(bytes)]
const frameOf = (body: Uint8Array): Uint8Array => new Uint8Array([body.byteLength, ...body])

test.each([
  [{ text: { id: 1, text: 'Hi' } }, '08 0a 06 08 01 12 02 48 69'],
  [{ text: { id: 300, text: '' } }, '05 0a 03 08 ac 02'],
  [{ receipt: { id: 1 } }, '04 12 02 08 01'],
])('%j has exactly these bytes', (message, bytes) => {
  expect(toHex(encodeFrame(message))).toBe(bytes.replaceAll(' ', ''))
  expect(read(hex(bytes))).toEqual([message])
})

test('messages come out whole, however the stream was cut', () => {
  const messages: ChatMessage[] = [
    { text: { id: 1, text: 'Grüße 👍' } },
    { receipt: { id: 7 } },
    { text: { id: 2, text: 'x'.repeat(200) } },
  ]
  const bytes = new Uint8Array(Buffer.concat(messages.map(encodeFrame)))
  for (let cut = 0; cut <= bytes.length; cut++) {
    const reader = new FrameReader()
    expect([...reader.push(bytes.subarray(0, cut)), ...reader.push(bytes.subarray(cut))]).toEqual(messages)
    reader.end()
  }
  const single = new FrameReader()
  expect([...bytes].flatMap((byte) => [...single.push(Uint8Array.of(byte))])).toEqual(messages)
})

test('a stream that ends inside a message is an error at every byte', () => {
  const bytes = encodeFrame({ text: { id: 1, text: 'Hello!' } })
  for (let length = 1; length < bytes.length; length++) {
    const reader = new FrameReader()
    expect([...reader.push(bytes.subarray(0, length))]).toEqual([])
    expect(() => reader.end(), `${length} bytes`).toThrow('in the middle of a message')
  }
})

test('a body cut short at any byte is refused, not misread', () => {
  const body = ChatMessage.encode({ text: { id: 1, text: 'Hello!' } })
  for (let length = 0; length < body.length; length++) {
    expect(() => read(frameOf(body.subarray(0, length))), `${length} bytes`).toThrow('what is no chat')
  }
})

test('the longest text passes, and a frame over the cap is refused by its length alone', () => {
  const text = 'x'.repeat(maxMessageBytes)
  expect(read(encodeFrame({ text: { id: 0xffffffff, text } }))).toEqual([{ text: { id: 0xffffffff, text } }])
  const length = maxFrameBytes + 1
  const prefix = Uint8Array.of((length & 0x7f) | 0x80, ((length >> 7) & 0x7f) | 0x80, length >> 14)
  expect(() => read(prefix)).toThrow(expect.objectContaining({ code: 'protocol_error' }))
})

test.each([
  ['an empty message', '00'],
  ['a length without end', 'ff ff ff ff'],
  [
    'text of another protocol',
    Buffer.from('GET / HTTP/1.1\r\nHost: relay\r\nAccept: */*\r\nUser-Agent: somebody else\r\n\r\n\r\n\r\n').toString(
      'hex',
    ),
  ],
  ['only an unknown field', '02 18 01'],
  ['a text without a number', '04 0a 02 12 00'],
  ['a receipt without a number', '02 12 00'],
  ['a text that is not UTF-8', '08 0a 06 08 01 12 02 c3 28'],
  ['a lone surrogate', '09 0a 07 08 01 12 03 ed a0 80'],
  ['a field of a wrong type', '06 0a 04 08 01 12 ff'],
])('%s is a protocol error', (_, bytes) => {
  expect(() => read(hex(bytes))).toThrow(expect.objectContaining({ code: 'protocol_error' }))
})

test('a field of a later version beside a known one is passed over', () => {
  expect(read(hex('0a 0a 08 08 01 12 02 48 69 18 05'))).toEqual([{ text: { id: 1, text: 'Hi' } }])
})

test('random bytes never do anything but yield messages or a protocol error', () => {
  const random = seeded(7)
  let refused = 0
  for (let round = 0; round < 3_000; round++) {
    const small = random() < 0.8 // more of these look like messages at first
    const bytes = Uint8Array.from({ length: 32 }, () => Math.floor(random() * (small ? 20 : 256)))
    try {
      for (const message of read(bytes)) expect(message.text ?? message.receipt).toBeDefined()
    } catch (error) {
      refused++
      expect(error, toHex(bytes)).toMatchObject({ code: 'protocol_error' })
    }
  }
  expect(refused).toBeGreaterThan(1_000)
})
