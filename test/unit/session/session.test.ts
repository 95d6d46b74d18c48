import { describe, expect, test } from 'vitest'
import { StreamCarrier } from '../../../src/net/stream-carrier.js'
import { FrameChannel } from '../../../src/session/frame-channel.js'
import type { Session } from '../../../src/session/session.js'
import { readAll, readText, text, World } from './fixture.js'
import { content } from './simulation.js'

const small = { sendBufferBytes: 40_000, receiveWindowBytes: 10_000, maxDataFrameBytes: 4000 }

function watch(session: Session): string[] {
  const seen: string[] = []
  session.on('path:lost', ({ relay }) => seen.push(`lost ${relay}`))
  session.on('path:changed', ({ from, to, gapMs }) => seen.push(`${from} → ${to} ${gapMs}`))
  session.on('interrupted', ({ graceMs }) => seen.push(`interrupted ${graceMs}`))
  session.on('resumed', () => seen.push('resumed'))
  session.on('close', (error) => seen.push(`close ${error?.code ?? 'in order'}`))
  return seen
}

describe('reading and writing', () => {
  test('what is written at one end is read at the other, in both directions', async () => {
    const world = new World()
    const { dialer, host } = await world.connect()
    await dialer.write(text('hello'))
    expect(await readText(host)).toBe('hello')
    await host.write(text('hi'))
    expect(await readText(dialer)).toBe('hi')
    await world.settled()
    await world.pass(25)
    expect(dialer.stats).toEqual({ bytesWritten: 5, bytesAcknowledged: 5, bytesRead: 2, pathChanges: 0 })
  })

  test('many small writes of one turn leave together', async () => {
    const world = new World()
    const { dialer, host, wire } = await world.connect()
    const before = wire.bytes
    for (let n = 0; n < 1000; n++) await dialer.write(text('0123456789'))
    await world.settled()
    expect(wire.bytes - before).toBeLessThan(10_200)
    expect(host.stats.bytesRead).toBe(10_000)
  })

  test('a slow reader stops the writer, and nobody keeps more than the bounds', async () => {
    const world = new World(small)
    const { dialer, host, wire } = await world.connect()
    let written = 0
    const total = 300_000
    const writing = (async () => {
      for (; written < total; written += 1000) await dialer.write(content('dialer', written, written + 1000))
      await dialer.closeWrite()
    })()
    await world.settled()
    // Send buffer and receive window are full, and nothing else took anything.
    expect(written).toBeLessThanOrEqual(small.sendBufferBytes + small.receiveWindowBytes)
    expect(written).toBeGreaterThan(small.sendBufferBytes)
    expect(host.stats.bytesRead).toBe(small.receiveWindowBytes)
    expect(wire.outbound.writeBufferLength + wire.inbound.readBufferLength).toBe(0)
    // A minute without reading: nothing more comes, nothing is lost.
    await world.pass(60_000)
    expect(host.stats.bytesRead).toBe(small.receiveWindowBytes)
    expect(wire.bytes).toBeLessThan(small.receiveWindowBytes + 2000)
    expect(host.paths()).toMatchObject([{ relay: 'relay1', role: 'active' }])

    let offset = 0
    for await (const bytes of host) {
      expect(Buffer.compare(bytes, content('dialer', offset, offset + bytes.byteLength))).toBe(0)
      offset += bytes.byteLength
      expect(written - offset).toBeLessThanOrEqual(small.sendBufferBytes + small.receiveWindowBytes + 1000)
    }
    await writing
    expect(offset).toBe(total)
  })

  test('a path that takes nothing holds nothing: what it can not pass on stays in the send buffer', async () => {
    const world = new World()
    const { dialer, wire } = await world.connect()
    wire.freeze()
    await dialer.write(new Uint8Array(900_000))
    await world.settled()
    // The wire's capacity, and one batch over it.
    expect(wire.outbound.queued + wire.outbound.writeBufferLength).toBeLessThan(256 * 1024 + 64 * 1024)
  })

  test('writes of several writers arrive whole and in the order they were made', async () => {
    const world = new World(small)
    const { dialer, host } = await world.connect()
    const writers = Array.from({ length: 30 }, (_, n) => dialer.write(new Uint8Array(3000).fill(n)))
    const ending = dialer.closeWrite()
    const received = await readAll(host)
    await Promise.all([...writers, ending])
    expect(received).toEqual(new Uint8Array(90_000).map((_, index) => Math.floor(index / 3000)))
  })

  test('a write after a half close that waits for room is refused at once', async () => {
    const world = new World(small)
    const { dialer, host } = await world.connect()
    const written = dialer.write(content('dialer', 0, 100_000))
    const closed = Promise.all([dialer.closeWrite(), dialer.closeWrite()])
    await expect(dialer.write(text('late'))).rejects.toMatchObject({ code: 'closed' })
    expect(await readAll(host)).toEqual(content('dialer', 0, 100_000))
    await Promise.all([written, closed])
  })

  test('an array bigger than the send buffer is taken in parts', async () => {
    const world = new World(small)
    const { dialer, host } = await world.connect()
    const big = content('dialer', 0, 200_000)
    const writing = dialer.write(big).then(() => dialer.closeWrite())
    expect(Buffer.compare(await readAll(host), big)).toBe(0)
    await writing
  })

  test('a write that is given up while it waits leaves nothing behind', async () => {
    const world = new World(small)
    const { dialer, host } = await world.connect()
    await dialer.write(new Uint8Array(40_000))
    await world.pass(100)
    await dialer.write(new Uint8Array(8_000))
    const giveUp = new AbortController()
    const writing = dialer.write(new Uint8Array(5000).fill(1), { signal: giveUp.signal })
    const next = dialer.write(new Uint8Array(5000).fill(2))
    giveUp.abort()
    await expect(writing).rejects.toMatchObject({ code: 'canceled' })
    const ending = dialer.closeWrite()
    const received = await readAll(host)
    await Promise.all([next, ending])
    expect([received.byteLength, received.includes(1), received.at(-1)]).toEqual([53_000, false, 2])
  })

  test('giving up halfway through an array bigger than the buffer aborts, as half of it is on its way', async () => {
    const world = new World(small)
    const { dialer, host } = await world.connect()
    const giveUp = new AbortController()
    const writing = dialer.write(new Uint8Array(100_000), { signal: giveUp.signal })
    await world.settled()
    giveUp.abort()
    await expect(writing).rejects.toMatchObject({ code: 'canceled' })
    await world.settled()
    await expect(readAll(host)).rejects.toMatchObject({ code: 'aborted' })
  })

  test('a read that is given up takes nothing away', async () => {
    const world = new World()
    const { dialer, host } = await world.connect()
    const giveUp = new AbortController()
    const reading = host.read({ signal: giveUp.signal })
    giveUp.abort()
    await expect(reading).rejects.toMatchObject({ code: 'canceled' })
    await dialer.write(text('still there'))
    expect(await readText(host)).toBe('still there')
  })

  test('half close: the other side reads to the end, and can still answer', async () => {
    const world = new World()
    const { dialer, host } = await world.connect()
    await dialer.write(text('question'))
    await dialer.closeWrite()
    expect(new TextDecoder().decode(await readAll(host))).toBe('question')
    await host.write(text('answer'))
    expect(await readText(dialer)).toBe('answer')
    await expect(dialer.write(text('more'))).rejects.toMatchObject({ code: 'closed' })
  })
})

describe('paths', () => {
  test('a path that is cut is replaced by the standby one, with nothing lost, repeated or reordered', async () => {
    const world = new World(small)
    const { dialer, host, wire } = await world.connect()
    await world.addPath(dialer, 'relay2')
    const news = [watch(dialer), watch(host)]
    const total = 200_000
    const writing = (async () => {
      for (let at = 0; at < total; at += 1000) await dialer.write(content('dialer', at, at + 1000))
      await dialer.closeWrite()
    })()
    const received: Uint8Array[] = []
    let length = 0
    for await (const bytes of host) {
      received.push(bytes)
      length += bytes.byteLength
      if (length > 50_000) wire.cut()
    }
    await writing
    expect(Buffer.compare(Buffer.concat(received), content('dialer', 0, total))).toBe(0)
    for (const seen of news) expect(seen.slice(0, 2)).toEqual(['lost relay1', 'relay1 → relay2 0'])
    expect(dialer.paths()).toMatchObject([{ relay: 'relay2', role: 'active' }])
  })

  test('a path that freezes under traffic costs a quarter of a second, not the session', async () => {
    const world = new World()
    const { dialer, host, wire } = await world.connect()
    await world.addPath(dialer, 'relay2')
    const news = watch(dialer)
    wire.freeze()
    await dialer.write(text('hello'))
    await world.pass(250)
    expect(await readText(host)).toBe('hello')
    expect(news).toEqual(['relay1 → relay2 225'])
    await world.pass(2000)
    expect(news).toEqual(['relay1 → relay2 225', 'lost relay1'])
    expect(host.paths()).toMatchObject([{ relay: 'relay2', role: 'active' }])
  })

  test('a frozen path that comes back is standby again, and what was stuck in it harms nobody', async () => {
    const world = new World()
    const { dialer, host, wire } = await world.connect()
    await world.addPath(dialer, 'relay2')
    wire.freeze()
    await dialer.write(text('one '))
    await world.pass(500)
    await dialer.write(text('two'))
    wire.thaw()
    await world.pass(500)
    await dialer.closeWrite()
    expect(new TextDecoder().decode(await readAll(host))).toBe('one two')
    expect(dialer.paths()).toMatchObject([
      { relay: 'relay1', role: 'standby' },
      { relay: 'relay2', role: 'active' },
    ])
  })

  test('without a path it waits, and goes on when it is resumed', async () => {
    const world = new World()
    const { dialer, host, wire } = await world.connect()
    const news = [watch(dialer), watch(host)]
    wire.cut()
    await dialer.write(text('are you there?'))
    await host.write(text('where were you?'))
    await world.pass(20_000)
    await world.addPath(dialer, 'relay2')
    expect(await readText(host)).toBe('are you there?')
    expect(await readText(dialer)).toBe('where were you?')
    for (const seen of news) {
      expect(seen).toEqual(['lost relay1', 'interrupted 60000', 'resumed', 'relay1 → relay2 20000'])
    }
  })

  test('a standby path that freezes on an idle session is noticed within five seconds', async () => {
    const world = new World()
    const { dialer } = await world.connect()
    const second = await world.addPath(dialer, 'relay2')
    const news = watch(dialer)
    second.freeze()
    await world.pass(5000)
    expect(news).toEqual(['lost relay2'])
    expect(dialer.missingPaths).toBe(1)
  })

  test('an idle session of two paths stays up for hours on few bytes', async () => {
    const world = new World()
    const { dialer, host } = await world.connect()
    await world.addPath(dialer, 'relay2')
    const sent = () => world.network.wires.reduce((sum, { bytes }) => sum + bytes, 0)
    await world.pass(60_000)
    const before = sent()
    const minutes = 20
    await world.pass(minutes * 60_000)
    const perMinute = (sent() - before) / minutes
    // PROTOCOL.md says 480: a ping and its pong of 4 bytes each, every 2 s, on both paths.
    expect(perMinute).toBeGreaterThan(300)
    expect(perMinute).toBeLessThanOrEqual(480)
    expect([dialer.paths().length, host.paths().length]).toEqual([2, 2])
  })

  test('a process that stood still for a minute finds its session alive', async () => {
    const world = new World()
    const { dialer, host } = await world.connect()
    await world.addPath(dialer, 'relay2')
    const news = [...watch(dialer), ...watch(host)]
    world.clock.jump(60_000)
    await world.pass(10_000)
    await dialer.write(text('awake'))
    expect(await readText(host)).toBe('awake')
    expect(news).toEqual([])
  })

  test('a peer that sends garbage ends the session with protocol_error, on all paths', async () => {
    const world = new World()
    const { dialer, host, wire } = await world.connect()
    await world.addPath(dialer, 'relay2')
    const news = [watch(dialer), watch(host)]
    wire.outbound.send(new Uint8Array(20).fill(0xff))
    await world.settled()
    expect(news[1]).toContain('close protocol_error')
    expect(news[0]).toContain('close protocol_error')
    await dialer.ended
    await host.ended
    expect([world.network.openStreams, world.clock.timers]).toEqual([0, 0])
  })
})

describe('the end', () => {
  async function gone(world: World, ...sessions: Session[]): Promise<void> {
    await Promise.all(sessions.map(({ ended }) => ended))
    await world.settled()
    expect([world.network.openStreams, world.clock.timers]).toEqual([0, 0])
  }

  test('in order: both close without an error and leave no timer and no stream', async () => {
    const world = new World()
    const { dialer, host } = await world.connect()
    await world.addPath(dialer, 'relay2')
    const news = [watch(dialer), watch(host)]
    await host.write(text('bye'))
    await host.closeWrite()
    await dialer.closeWrite()
    expect(new TextDecoder().decode(await readAll(dialer))).toBe('bye')
    expect(await host.read()).toBeUndefined()
    await gone(world, dialer, host)
    expect(news).toEqual([['close in order'], ['close in order']])
  })

  test('the close event waits until what came has been read', async () => {
    const world = new World()
    const { dialer, host } = await world.connect()
    const news = watch(host)
    await dialer.write(text('last words'))
    await dialer.closeWrite()
    await host.closeWrite()
    await world.settled()
    expect(news).toEqual([])
    expect(await readText(host)).toBe('last words')
    expect(await host.read()).toBeUndefined()
    expect(news).toEqual(['close in order'])
  })

  test('close resolves when the other side has everything, though it has not read it', async () => {
    const world = new World()
    const { dialer, host } = await world.connect()
    await dialer.write(text('unread'))
    await dialer.close()
    expect(dialer.stats.bytesAcknowledged).toBe(6)
    expect(await readText(host)).toBe('unread')
    expect(await dialer.read()).toBeUndefined()
    await host.close()
    await gone(world, dialer, host)
  })

  test('what comes after close is dropped, so that the other side can finish', async () => {
    const world = new World(small)
    const { dialer, host } = await world.connect()
    const news = watch(host)
    await dialer.close()
    for (let n = 0; n < 20; n++) await host.write(new Uint8Array(10_000))
    await host.close()
    await gone(world, dialer, host)
    expect(news).toEqual(['close in order'])
  })

  test('an other side that does not finish is aborted when the time of close is over', async () => {
    const world = new World()
    const { dialer, host } = await world.connect()
    const news = watch(host)
    await dialer.close({ timeout: 1000 })
    expect(await host.read()).toBeUndefined()
    await world.pass(1000)
    expect(news).toEqual(['close aborted'])
    await gone(world, dialer, host)
  })

  test('close rejects when the other side did not get everything in time', async () => {
    const world = new World()
    const { dialer, host, wire } = await world.connect()
    wire.cut()
    await dialer.write(text('lost'))
    const closing = expect(dialer.close({ timeout: 3000 })).rejects.toMatchObject({ code: 'timed_out' })
    await world.pass(3000)
    await closing
    await world.pass(60_000)
    await gone(world, dialer, host)
  })

  test('abort: the other side gets the reason, reading and writing fail, and what came before can be read', async () => {
    const world = new World()
    const { dialer, host } = await world.connect()
    await dialer.write(text('before'))
    await world.settled()
    dialer.abort('enough')
    await world.settled()
    expect(await readText(host)).toBe('before')
    await expect(host.read()).rejects.toMatchObject({ code: 'aborted', details: { reason: 'enough' } })
    await expect(host.write(text('x'))).rejects.toMatchObject({ code: 'aborted' })
    await expect(dialer.read()).rejects.toMatchObject({ code: 'closed' })
    await expect(dialer.write(text('x'))).rejects.toMatchObject({ code: 'closed' })
    await gone(world, dialer, host)
  })

  test('an abort of the host reaches the dialer, with its code', async () => {
    const world = new World()
    const { dialer, host } = await world.connect()
    const news = watch(dialer)
    host.abort('', 'certificate_revoked')
    await gone(world, dialer, host)
    expect(news).toEqual(['close certificate_revoked'])
  })

  test('leaving the loop early aborts', async () => {
    const world = new World()
    const { dialer, host } = await world.connect()
    await dialer.write(text('first'))
    for await (const _ of host) break
    await gone(world, dialer, host)
    await expect(dialer.read()).rejects.toMatchObject({ code: 'aborted' })
  })

  test('waiting readers and writers are told', async () => {
    const world = new World(small)
    const { dialer, host } = await world.connect()
    const reading = expect(dialer.read()).rejects.toMatchObject({ code: 'aborted' })
    await dialer.write(new Uint8Array(40_000))
    await world.settled()
    const writing = expect(dialer.write(new Uint8Array(40_000))).rejects.toMatchObject({ code: 'aborted' })
    await world.settled()
    host.abort()
    await Promise.all([reading, writing])
  })

  test('a session without a path is given up after the grace period, on both sides', async () => {
    const world = new World()
    const { dialer, host, wire } = await world.connect()
    const news = [watch(dialer), watch(host)]
    wire.cut()
    await world.pass(60_000)
    for (const seen of news) expect(seen.at(-1)).toBe('close session_lost')
    await gone(world, dialer, host)
  })

  test('a last acknowledgement that is lost with its path does not turn the end into an error', async () => {
    const world = new World()
    const { dialer, host, wire } = await world.connect()
    const news = [watch(dialer), watch(host)]
    await host.close({ timeout: 30_000 }).catch(() => {})
    wire.freeze()
    await dialer.closeWrite()
    await dialer.read()
    await world.settled()
    wire.cut()
    await world.pass(100)
    await world.addPath(dialer, 'relay2')
    await gone(world, dialer, host)
    expect([news[0]!.at(-1), news[1]!.at(-1)]).toEqual(['close in order', 'close in order'])
  })

  test('destroy leaves nothing at once, and the other side is told if it can be', async () => {
    const world = new World()
    const { dialer, host } = await world.connect()
    dialer.destroy()
    expect(world.network.wires[0]!.outbound.status).not.toBe('open')
    await world.settled()
    await dialer.ended
    await world.pass(60_000)
    await gone(world, dialer, host)
  })

  test('a path that comes when the session is over is closed', async () => {
    const world = new World()
    const { dialer } = await world.connect()
    dialer.destroy()
    const wire = world.network.wire()
    dialer.addPath(new FrameChannel(new StreamCarrier(wire.outbound)), { kind: 'circuit', label: 'late' })
    expect(wire.outbound.status).toBe('aborted')
  })
})
