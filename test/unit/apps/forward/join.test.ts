import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { PassThrough, Writable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { join, joinSocket } from '../../../../src/apps/forward/join.js'
import { OverlayError } from '../../../../src/core/errors.js'
import {
  admin,
  connectClient,
  FakeConnection,
  receiveAll,
  receiveBytes,
  server1,
  TestServer,
  untilReset,
} from './fakes.js'

let server: TestServer
beforeEach(async () => {
  server = await TestServer.listen()
})
afterEach(() => server.close())

/** `far` is the other side of the session, `near` the other side of the TCP connection. */
async function joined(options: { capacity?: number; signal?: AbortSignal } = {}) {
  const near = await connectClient(server.port)
  const socket = await server.accept()
  const [connection, far] = FakeConnection.pair(admin, server1, options.capacity)
  const outcome = joinSocket(connection, socket, options.signal === undefined ? {} : { signal: options.signal })
  return { near, socket, connection, far, outcome }
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

describe('bytes', () => {
  test('arrive exactly, both ways at once', async () => {
    const { near, far, outcome } = await joined({ capacity: 128 * 1024 })
    const [up, down] = [randomBytes(5_000_003), randomBytes(4_000_001)]
    const farWrites = async () => {
      for (let at = 0; at < down.byteLength; at += 100_000) await far.write(down.subarray(at, at + 100_000))
      await far.closeWrite()
    }
    near.end(up)
    const [atFar, atNear] = await Promise.all([far.readAll(), receiveAll(near), farWrites()])
    expect([sha256(atFar), sha256(atNear)]).toEqual([sha256(up), sha256(down)])
    expect(await outcome).toBeUndefined()
  })

  test('that came before joining are not lost', async () => {
    const near = await connectClient(server.port)
    const socket = await server.accept()
    near.end('early')
    await expect.poll(() => socket.readableLength).toBe(5)
    const [connection, far] = FakeConnection.pair(admin, server1)
    await far.write(Buffer.from('also early'))
    await far.closeWrite()
    const outcome = joinSocket(connection, socket)
    expect(String(await far.readAll())).toBe('early')
    expect(String(await receiveAll(near))).toBe('also early')
    expect(await outcome).toBeUndefined()
  })
})

describe('a half close', () => {
  test('of the near side reaches the far one, which may go on', async () => {
    const { near, far, outcome } = await joined()
    near.end('question')
    expect(String(await far.readAll())).toBe('question')
    await far.write(Buffer.from('answer'))
    expect(String(await receiveBytes(near, 6))).toBe('answer')
    await far.closeWrite()
    near.resume()
    await once(near, 'end')
    expect(await outcome).toBeUndefined()
  })

  test('of the far side reaches the near one, which may go on', async () => {
    const { near, far, outcome } = await joined()
    await far.write(Buffer.from('banner'))
    await far.closeWrite()
    expect(String(await receiveAll(near))).toBe('banner')
    near.write('still ')
    expect(String(await far.readBytes(6))).toBe('still ')
    near.end('here')
    expect(String(await far.readAll())).toBe('here')
    expect(await outcome).toBeUndefined()
  })
})

describe('a slow reader', () => {
  test('at the far side holds the near sender', async () => {
    const capacity = 64 * 1024
    const { near, connection, far, outcome } = await joined({ capacity })
    const sent = randomBytes(20_000_000)
    near.end(sent)
    // Nobody reads yet: what is under way stays bounded while everything has had its turn.
    await expect.poll(() => connection.mostHeld).toBeGreaterThanOrEqual(capacity)
    for (let turn = 0; turn < 50; turn++) await nextTurn()
    expect(near.writableFinished).toBe(false)
    expect(sha256(await far.readAll())).toBe(sha256(sent))
    // The buffer, and the one chunk that did not fit.
    expect(connection.mostHeld).toBeLessThan(capacity + 128 * 1024)
    await far.closeWrite()
    near.resume()
    expect(await outcome).toBeUndefined()
  })

  test('at the near side holds the far sender', async () => {
    const [connection, far] = FakeConnection.pair(admin, server1, 1024)
    const taken: Array<() => void> = []
    let takenBytes = 0
    const output = new Writable({
      highWaterMark: 1024,
      write: (bytes, _, done) => {
        takenBytes += bytes.byteLength
        taken.push(done)
      },
    })
    const input = new PassThrough()
    const end = { input, output, finish: () => Promise.resolve(), reset: () => output.destroy() }
    const outcome = join(connection, end)
    let written = 0
    const writing = (async () => {
      for (; written < 100; written++) await far.write(Buffer.alloc(1024))
      await far.closeWrite()
    })()
    for (let turn = 0; turn < 50; turn++) await nextTurn()
    // One with the reader, one in the buffer of the stream at most, one or two in the session.
    expect(written).toBeLessThan(5)
    while (takenBytes < 100 * 1024) {
      taken.shift()?.()
      await nextTurn()
    }
    taken.shift()?.()
    await writing
    input.end()
    await far.read()
    expect(await outcome).toBeUndefined()
  })
})

describe('an end out of order', () => {
  test('a reset of the near side aborts the session, saying why', async () => {
    const { near, far, outcome } = await joined()
    near.resetAndDestroy()
    await expect(far.read()).rejects.toMatchObject({
      code: 'aborted',
      details: { reason: 'the connection was reset' },
    })
    expect(await outcome).toMatchObject({ message: 'the connection was reset' })
  })

  test('a reset right after bytes is no end in order', async () => {
    for (let round = 0; round < 20; round++) {
      const near = await connectClient(server.port)
      const socket = await server.accept()
      near.write(Buffer.alloc(10_000))
      near.resetAndDestroy()
      const [connection, far] = FakeConnection.pair(admin, server1)
      const outcome = joinSocket(connection, socket)
      await expect(far.readAll()).rejects.toMatchObject({ code: 'aborted' })
      expect(await outcome).toMatchObject({ message: 'the connection was reset' })
    }
  })

  test('an abort by the far side resets the near one', async () => {
    const { near, far, outcome } = await joined()
    const reset = untilReset(near)
    far.abort('enough')
    expect(await reset).toBe('ECONNRESET')
    expect(await outcome).toMatchObject({ code: 'aborted', details: { reason: 'enough' } })
  })

  test('an abort reaches a near side that has ended its own direction', async () => {
    const { near, far, outcome } = await joined()
    near.end('done')
    expect(String(await far.readAll())).toBe('done')
    const reset = untilReset(near)
    far.abort()
    expect(await reset).toBe('ECONNRESET')
    expect(await outcome).toMatchObject({ code: 'aborted' })
  })

  test('an abort reaches a near side whose far one had ended in order', async () => {
    const { near, far, outcome } = await joined()
    await far.closeWrite()
    expect(String(await receiveAll(near))).toBe('')
    far.abort()
    expect(await outcome).toMatchObject({ code: 'aborted' })
    // Who has read to the end hears of it when writing.
    const reset = untilReset(near)
    near.write('more')
    expect(await reset).toMatch(/ECONNRESET|EPIPE/)
  })

  test('what arrived before the session was lost is handed over, then the near side is reset', async () => {
    const { near, connection, far, outcome } = await joined()
    const sent = randomBytes(10_000) // what a kernel holds at once: a reset overtakes the rest, as with any TCP
    await far.write(sent)
    connection.fail(new OverlayError('session_lost', 'All paths were lost.'))
    expect(sha256(await receiveBytes(near, sent.byteLength))).toBe(sha256(sent))
    expect(await untilReset(near)).toBe('ECONNRESET')
    expect(await outcome).toMatchObject({ code: 'session_lost' })
  })

  test('a session that breaks while the near sender is held lets go of it', async () => {
    const { near, connection, outcome } = await joined({ capacity: 1024 })
    near.write(Buffer.alloc(10_000_000))
    await expect.poll(() => connection.mostHeld).toBeGreaterThan(1024)
    const reset = untilReset(near)
    connection.fail(new OverlayError('session_lost', 'All paths were lost.'))
    expect(await reset).toMatch(/ECONNRESET|EPIPE/)
    expect(await outcome).toMatchObject({ code: 'session_lost' })
  })

  test('one that comes before joining is found', async () => {
    const near = await connectClient(server.port)
    const socket = await server.accept()
    socket.destroy()
    const [connection, far] = FakeConnection.pair(admin, server1)
    expect(await joinSocket(connection, socket)).toBeInstanceOf(Error)
    await expect(far.read()).rejects.toMatchObject({ code: 'aborted' })
    near.destroy()
  })

  test('the signal ends both sides, also when it has fired already', async () => {
    for (const before of [true, false]) {
      const stop = new AbortController()
      if (before) stop.abort(new Error('the host was stopped'))
      const { near, far, outcome } = await joined({ signal: stop.signal })
      const reset = untilReset(near)
      if (!before) stop.abort(new Error('the host was stopped'))
      await expect(far.read()).rejects.toMatchObject({ details: { reason: 'the host was stopped' } })
      expect(await reset).toBe('ECONNRESET')
      expect(await outcome).toBeInstanceOf(Error)
    }
  })
})

test('nothing is left of a connection that ended, however it did', async () => {
  const stop = new AbortController()
  const ends: Array<(pair: Awaited<ReturnType<typeof joined>>) => void> = [
    ({ near, far }) => {
      near.end()
      near.resume()
      void far.closeWrite()
      void far.read()
    },
    ({ near }) => near.resetAndDestroy(),
    ({ near, far }) => {
      near.resume()
      far.abort()
    },
  ]
  for (const end of ends) {
    const pair = await joined({ signal: stop.signal })
    end(pair)
    await pair.outcome
    await expect.poll(() => pair.socket.destroyed).toBe(true)
  }
  server.server.close()
  expect(await new Promise((resolve) => server.server.getConnections((_, count) => resolve(count)))).toBe(0)
})
