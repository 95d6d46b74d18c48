import { once } from 'node:events'
import { Readable } from 'node:stream'
import { buffer, text as textOf } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { type ReadableStream, WritableStream } from 'node:stream/web'
import { describe, expect, test } from 'vitest'
import type { Connection } from '../../../src/sdk/types.js'
import { readText, text, World } from '../session/fixture.js'
import { content } from '../session/simulation.js'
import { connectionOf } from './connection-of.js'

const small = { sendBufferBytes: 40_000, receiveWindowBytes: 10_000, maxDataFrameBytes: 4000 }

async function pair(limits = {}) {
  const world = new World(limits)
  const { dialer, host } = await world.connect()
  return { world, dialer, host, here: connectionOf(dialer), there: connectionOf(host) }
}

describe('a connection as a Node stream', () => {
  test('carries both directions through pipelines, each to its own end, and closes when all has arrived', async () => {
    const { here, there } = await pair(small)
    const [one, other] = [here.toDuplex(), there.toDuplex()]
    const up = content('dialer', 0, 100_000)
    const echo = pipeline(other, other)
    const back = buffer(one)
    await pipeline(Readable.from([up.subarray(0, 1), up.subarray(1, 70_000), up.subarray(70_000)]), one, { end: true })
    expect(Buffer.compare(await back, up)).toBe(0)
    await echo
    await Promise.all([one, other].map((each) => each.closed || new Promise((resolve) => each.once('close', resolve))))
    expect(here.stats.bytesAcknowledged).toBe(100_000)
  })

  test('holds its writer while the other side does not read', async () => {
    const { world, host, here } = await pair(small)
    const stream = here.toDuplex()
    let taken = 0
    const writing = pipeline(async function* () {
      for (; taken < 300; taken++) yield content('dialer', taken * 1000, taken * 1000 + 1000)
    }, stream)
    await world.settled()
    expect(taken).toBeLessThan(100)
    let read = 0
    while (read < 300_000) read += (await host.read())!.byteLength
    await writing
    expect(read).toBe(300_000)
  })

  test('a buffer that was written may be used again', async () => {
    const { world, host, here } = await pair()
    const stream = here.toDuplex()
    const used = Buffer.from('first')
    await new Promise((resolve) => stream.write(used, resolve))
    used.write('again')
    await world.settled()
    expect(await readText(host)).toBe('first')
  })

  test('made of a connection that is over ends and closes as well', async () => {
    const { world, here, there } = await pair()
    await Promise.all([here.close(), there.close()])
    await world.settled()
    const stream = here.toDuplex().resume().end()
    await once(stream, 'close')
    expect(stream.errored).toBeNull()
  })

  test('destroying it aborts the connection; an abort of the other side is its error, after what came before', async () => {
    const { world, host, here, there } = await pair()
    const stream = there.toDuplex()
    await here.write(text('before'))
    await world.settled()
    here.abort('enough')
    await world.settled()
    const seen: string[] = []
    stream.on('data', (bytes) => seen.push(String(bytes)))
    await new Promise<void>((resolve) => stream.once('error', (error) => resolve(void seen.push(error.message))))
    expect(seen).toEqual(['before', 'The other side ended the session: enough'])
    expect(host.isOver || host.isInterrupted).toBe(true)

    const again = await pair()
    again.here.toDuplex().destroy()
    await again.world.settled()
    await expect(again.host.read()).rejects.toMatchObject({ code: 'aborted' })
  })

  test('an end in order is no abort, whoever ends last', async () => {
    const { world, host, here } = await pair()
    const stream = here.toDuplex()
    const came = textOf(stream)
    stream.end('question')
    await world.settled()
    expect(await readText(host)).toBe('question')
    await host.write(text('answer'))
    await host.closeWrite()
    expect(await came).toBe('answer')
    let error: unknown = 'open'
    host.once('close', (given) => {
      error = given
    })
    await host.read()
    await world.settled()
    expect(error).toBeUndefined()
  })
})

test('a connection that has ended before anybody got it still says so', async () => {
  const { world, dialer, host } = await pair()
  host.abort('at once')
  await world.settled()
  const [error] = await once(connectionOf(dialer), 'close')
  expect(error).toMatchObject({ code: 'aborted', details: { reason: 'at once' } })
})

describe('a connection as web streams', () => {
  test('reads when it is read, ends with the other side, and closing writes the end', async () => {
    const { world, host, here } = await pair()
    const writer = here.writable.getWriter()
    await writer.write(text('question'))
    await writer.close()
    await world.settled()
    expect(await readText(host)).toBe('question')
    expect(await host.read()).toBeUndefined()
    await host.write(text('answer'))
    await host.closeWrite()
    expect(await textOf(here.readable)).toBe('answer')
  })

  test('what another stream of the same pipe failed with is not told to the other side', async () => {
    const failing = () =>
      Readable.from(
        (async function* () {
          yield text('a')
          throw new Error("ENOENT: no such file or directory, open '/home/ann/private'")
        })(),
      )
    const pipes: Array<(here: Connection) => Promise<unknown>> = [
      (here) => pipeline(failing(), here.toDuplex()),
      (here) => (Readable.toWeb(failing()) as ReadableStream<Uint8Array>).pipeTo(here.writable),
      (here) =>
        here.readable.pipeTo(new WritableStream({ start: (sink) => sink.error(new Error('/home/ann/private')) })),
    ]
    for (const pipe of pipes) {
      const { world, here, there } = await pair()
      const closed = once(there, 'close')
      await expect(pipe(here)).rejects.toThrow('/home/ann/private')
      await world.settled()
      const [error] = await closed
      expect(error).toMatchObject({ code: 'aborted', message: 'The other side ended the session.', details: {} })
      expect(JSON.stringify(error)).not.toContain('private')
    }
  })

  test('canceling or aborting it aborts the connection', async () => {
    const one = await pair()
    await one.here.readable.cancel('enough')
    await one.world.settled()
    await expect(one.host.read()).rejects.toMatchObject({ code: 'aborted', details: { reason: 'enough' } })
    const other = await pair()
    await other.here.writable.abort('enough')
    await other.world.settled()
    await expect(other.host.read()).rejects.toMatchObject({ code: 'aborted' })
  })
})
