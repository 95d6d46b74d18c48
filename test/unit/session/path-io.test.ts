import { describe, expect, test } from 'vitest'
import type { OverlayError } from '../../../src/core/errors.js'
import { StreamCarrier } from '../../../src/net/stream-carrier.js'
import { FrameChannel } from '../../../src/session/frame-channel.js'
import { PathIo } from '../../../src/session/path-io.js'
import { encodeFrame } from '../../../src/wire/frame-batch.js'
import type { Frame } from '../../../src/wire/frames.js'
import { text } from './fixture.js'
import { ManualClock } from './manual-clock.js'
import { MemoryNetwork } from './memory-stream.js'

/** A path whose session is the test. */
function path(capacity?: number) {
  const network = new MemoryNetwork()
  const wire = network.wire(capacity)
  const queue: Frame[] = []
  const came: Frame[] = []
  const seen: string[] = []
  let taken = 0
  const io = new PathIo(new FrameChannel(new StreamCarrier(wire.outbound)), {
    heard: () => seen.push('heard'),
    frame: (frame) => came.push(frame),
    settled: () => seen.push('settled'),
    next: () => {
      const frame = queue.shift()
      if (frame !== undefined) taken++
      return frame
    },
    closed: (error?: OverlayError) => seen.push(`closed ${error?.code ?? ''}`.trim()),
  })
  return { network, wire, queue, came, seen, io, taken: () => taken }
}

const ping = (id: number): Frame => ({ type: 'ping', id })
const data = (offset: number, bytes: number): Frame => ({ type: 'data', offset, payload: [new Uint8Array(bytes)] })

describe('PathIo', () => {
  test('hands over every frame, and says when a batch of them is complete', async () => {
    const { network, wire, io, came, seen } = path()
    io.start()
    wire.inbound.send(Buffer.concat([encodeFrame(ping(1)), encodeFrame(ping(2)), encodeFrame(ping(3)).subarray(0, 1)]))
    await network.settled()
    expect([came, seen]).toEqual([
      [ping(1), ping(2)],
      ['heard', 'settled'],
    ])
    wire.inbound.send(encodeFrame(ping(3)).subarray(1))
    await network.settled()
    expect(came.at(-1)).toEqual(ping(3))
  })

  test('sends small frames together', async () => {
    const { network, wire, io, queue } = path()
    io.start()
    let sends = 0
    const send = wire.outbound.send.bind(wire.outbound)
    wire.outbound.send = (bytes) => {
      sends++
      return send(bytes)
    }
    for (let id = 0; id < 100; id++) queue.push(ping(id))
    io.flush()
    await network.settled()
    expect(sends).toBe(1)
  })

  test('takes no more from the session than the stream takes, and goes on at its drain event', async () => {
    const { network, wire, io, queue, taken } = path(100_000)
    io.start()
    for (let n = 0; n < 20; n++) queue.push(data(n * 50_000, 50_000))
    wire.freeze()
    io.flush()
    io.flush()
    expect(taken()).toBe(2)
    wire.thaw()
    await network.settled()
    expect([taken(), wire.bytes > 1_000_000]).toEqual([20, true])
  })

  test('never waits with onDrain, which works only once', async () => {
    const { network, wire, io, queue, taken } = path(1000)
    wire.outbound.onDrain = () => {
      throw new Error('onDrain was called')
    }
    io.start()
    for (let n = 0; n < 50; n++) queue.push(data(n * 5000, 5000))
    io.flush()
    await network.settled()
    expect(taken()).toBe(50)
  })

  test.each(['cut', 'half closed', 'reset'])('a stream that is %s is said to be closed, once', async (how) => {
    const { network, wire, io, seen } = path()
    io.start()
    if (how === 'cut') wire.cut()
    else if (how === 'reset') wire.inbound.abort(new Error('gone'))
    else await wire.inbound.close()
    await network.settled()
    expect(seen).toEqual(['closed'])
    expect(wire.outbound.status).not.toBe('open')
  })

  test('garbage resets the stream and is told with its reason', async () => {
    const { network, wire, io, seen } = path()
    io.start()
    wire.inbound.send(new Uint8Array(10).fill(0xff))
    await network.settled()
    expect([seen.at(-1), wire.outbound.status]).toEqual(['closed protocol_error', 'aborted'])
  })

  test('a stream that throws at sending is closed, not fatal', async () => {
    const { network, wire, io, queue, seen } = path()
    io.start()
    await wire.outbound.close()
    queue.push(ping(1))
    io.flush()
    await network.settled()
    expect(seen).toEqual(['closed'])
  })

  test('says nothing more after it was stopped', async () => {
    const { network, wire, io, seen } = path()
    io.start()
    wire.inbound.send(encodeFrame(ping(1)))
    io.stop()
    await network.settled()
    expect([seen, wire.inbound.status]).toEqual([[], 'reset'])
  })
})

describe('FrameChannel', () => {
  const collector = () => {
    const seen: string[] = []
    const handler = { frame: (frame: Frame) => void seen.push(frame.type), closed: () => void seen.push('closed') }
    return { seen, handler }
  }

  test('hands what was read already to whoever has it next', async () => {
    const network = new MemoryNetwork()
    const wire = network.wire()
    const channel = new FrameChannel(new StreamCarrier(wire.inbound))
    channel.open({ frame: () => channel.release(), closed: () => {} })
    wire.outbound.send(
      Buffer.concat([encodeFrame(ping(1)), encodeFrame(data(0, 5)), encodeFrame(ping(2)).subarray(0, 2)]),
    )
    await network.settled()
    wire.outbound.send(encodeFrame(ping(2)).subarray(2))
    wire.outbound.send(encodeFrame({ type: 'fin', offset: 5 }))
    await network.settled()
    const { seen, handler } = collector()
    channel.open(handler)
    await network.settled()
    expect(seen).toEqual(['data', 'ping', 'fin'])
  })

  test.each(['cut', 'half closed', 'reset'])(
    'a stream %s between two owners: what came before comes first',
    async (how) => {
      const network = new MemoryNetwork()
      const wire = network.wire()
      const channel = new FrameChannel(new StreamCarrier(wire.inbound))
      channel.open({ frame: () => channel.release(), closed: () => {} })
      wire.outbound.send(encodeFrame(ping(1)))
      wire.outbound.send(encodeFrame(data(0, 5)))
      await network.settled()
      if (how === 'cut') wire.cut()
      else if (how === 'reset') wire.outbound.abort(new Error('gone'))
      else await wire.outbound.close()
      await network.settled()
      const { seen, handler } = collector()
      channel.open(handler)
      await network.settled()
      expect(seen).toEqual(['data', 'closed'])
    },
  )

  test('end lets the last frame go out, and resets a stream that the other side keeps open', async () => {
    const network = new MemoryNetwork()
    const wire = network.wire()
    const clock = new ManualClock()
    const channel = new FrameChannel(new StreamCarrier(wire.inbound))
    const other = new FrameChannel(new StreamCarrier(wire.outbound))
    const { seen, handler } = collector()
    other.open({ ...handler, closed: () => {} })
    channel.sendFrame({ type: 'abort', code: 1, reason: 'x' })
    channel.end(clock, 2000)
    await network.settled()
    expect(seen).toEqual(['abort'])
    await clock.advance(2000, network.settled)
    expect([wire.inbound.status === 'open', clock.timers]).toEqual([false, 0])
  })

  test('end waits no longer than it has to', async () => {
    const network = new MemoryNetwork()
    const wire = network.wire()
    const clock = new ManualClock()
    const channel = new FrameChannel(new StreamCarrier(wire.inbound))
    channel.end(clock, 2000)
    wire.outbound.send(text('ignored'))
    await wire.outbound.close()
    await network.settled()
    expect([wire.inbound.status, wire.outbound.status, clock.timers]).toEqual(['closed', 'closed', 0])
  })
})
