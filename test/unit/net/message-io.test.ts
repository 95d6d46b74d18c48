import { expect, test } from 'vitest'
import { MessageIo } from '../../../src/net/message-io.js'

/** The reading end of a stream, which a test feeds. */
class Fed extends EventTarget {
  readStatus = 'readable'
  status = 'open'
  readableEnded = false
  readBufferLength = 0

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
