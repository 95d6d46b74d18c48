import { expect, test } from 'vitest'
import { MessageIo } from '../../../src/net/message-io.js'

/** The reading end of a stream, which a test feeds. */
class Fed extends EventTarget {
  readStatus = 'readable'
  status = 'open'
  readableEnded = false
  readBufferLength = 0

  send(): boolean {
    return true
  }

  abort(): void {}

  pause(): void {
    this.readStatus = 'paused'
  }

  resume(): void {
    this.readStatus = 'readable'
  }

  feed(data: Uint8Array): void {
    this.dispatchEvent(Object.assign(new Event('message'), { data }))
  }
}

test('of a stranger nothing big is awaited, by its length alone; what is said to him may be', async () => {
  const stream = new Fed()
  const io = new MessageIo(stream as never, 100_000, 100)
  await io.write(new Uint8Array(50_000))
  io.readUpTo(1_000)
  stream.feed(Uint8Array.of(0xe8, 0x07, ...new Uint8Array(1_000)))
  expect((await io.read()).byteLength).toBe(1_000)
  io.readUpTo(100)
  stream.feed(Uint8Array.of(101))
  await expect(io.read()).rejects.toMatchObject({ code: 'protocol_error' })
})

test.each([
  ['empty messages', Uint8Array.of(0)],
  ['messages of one byte', Uint8Array.of(1, 7)],
  ['messages of some bytes', Uint8Array.of(9, 1, 2, 3, 4, 5, 6, 7, 8, 9)],
])('%s that nobody reads hold the sender before they fill the memory', async (_, message) => {
  const stream = new Fed()
  const io = new MessageIo(stream as never, 100)
  let sent = 0
  for (; stream.readStatus === 'readable'; sent++) {
    expect(sent).toBeLessThan(10_000)
    stream.feed(message)
  }
  // And it goes on when they are read.
  for (let read = 0; read < sent; read++) await io.read()
  expect(stream.readStatus).toBe('readable')
})
