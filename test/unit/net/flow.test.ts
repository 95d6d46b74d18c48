import { describe, expect, test } from 'vitest'
import { onEnded } from '../../../src/net/flow.js'

class FakeStream extends EventTarget {
  status = 'open'
  readableEnded = false
  readBufferLength = 0
  fire(event: string): void {
    this.dispatchEvent(new Event(event))
  }
}

describe('the end of a stream', () => {
  const watched = () => {
    const stream = new FakeStream()
    let ends = 0
    onEnded(stream, () => ends++)
    return { stream, ends: () => ends }
  }

  test('comes with a close when everything has been read, once', () => {
    const { stream, ends } = watched()
    stream.fire('close')
    stream.fire('end')
    expect(ends()).toBe(1)
  })

  test('waits for what a paused reader has not taken', () => {
    const { stream, ends } = watched()
    stream.readBufferLength = 10
    stream.status = 'closed'
    stream.fire('close')
    expect(ends()).toBe(0)
    stream.readBufferLength = 0
    stream.fire('end')
    expect(ends()).toBe(1)
  })

  test('is told of one that was over before, and not in the middle of asking', async () => {
    const stream = new FakeStream()
    stream.status = 'reset'
    let ends = 0
    onEnded(stream, () => ends++)
    expect(ends).toBe(0)
    await Promise.resolve()
    expect(ends).toBe(1)
  })
})
