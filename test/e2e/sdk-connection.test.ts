import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { receiveWindowBytes, sendBufferBytes } from '../../src/core/limits.js'
import type { Connection, Context, IncomingDial, Listener, OverlayError, PathChange } from '../../src/sdk/index.js'
import { eventually } from '../support/members.js'
import {
  call,
  carryingTo,
  connectionsTo,
  eventWhere,
  nodeOf,
  readAll,
  readBytes,
  Stage,
  service,
} from '../support/stage.js'

const mebibyte = 1024 * 1024
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const closeOf = (connection: Connection) =>
  new Promise<OverlayError | undefined>((resolve) => connection.once('close', resolve))
const errorOf = (failing: Promise<unknown>): Promise<OverlayError> =>
  failing.then(
    () => expect.fail('it succeeded'),
    (error) => error,
  )

/** Writes all of it in pieces of many sizes, and ends the stream. */
async function send(connection: Connection, bytes: Uint8Array): Promise<void> {
  for (let at = 0, size = 1; at < bytes.byteLength; at += size, size = ((size * 7) % 200_003) + 1) {
    await connection.write(bytes.subarray(at, at + size))
  }
  await connection.closeWrite()
}

/** Until a session is carried by one path and has another one ready. */
const standby = (connection: Connection) =>
  eventually(
    () => connection.paths().map(({ role }) => role),
    (roles) => roles.includes('active') && roles.includes('standby'),
  )
const activeRelay = (connection: Connection) => connection.paths().find(({ role }) => role === 'active')!.relay

describe('a connection', () => {
  let stage: Stage
  let host: Context
  let ben: Context
  let listener: Listener
  const open: Connection[] = []
  beforeAll(async () => {
    stage = await Stage.open()
    ;({ context: host, listener } = await stage.host('anna'))
    ben = await stage.context('ben')
    await ben.ready()
  })
  afterEach(() => {
    for (const connection of open.splice(0)) connection.abort()
  })
  afterAll(() => stage.close())

  const pair = async (): Promise<[Connection, Connection]> => {
    const { here, there } = await call(ben, listener)
    open.push(here, there)
    return [here, there]
  }

  test('carries bytes in order in both directions at once', async () => {
    const [here, there] = await pair()
    const [up, down] = [randomBytes(4 * mebibyte), randomBytes(4 * mebibyte)]
    const closes = Promise.all([closeOf(here), closeOf(there)])
    const [, , gotUp, gotDown] = await Promise.all([send(here, up), send(there, down), readAll(there), readAll(here)])
    expect(hashOf(gotUp)).toBe(hashOf(up))
    expect(hashOf(gotDown)).toBe(hashOf(down))
    expect(await closes).toEqual([undefined, undefined])
    expect(here.stats).toMatchObject({
      bytesWritten: up.byteLength,
      bytesAcknowledged: up.byteLength,
      bytesRead: down.byteLength,
    })
  })

  test('closed in one direction goes on in the other', async () => {
    const [here, there] = await pair()
    await here.write(Buffer.from('question'))
    await here.closeWrite()
    expect((await readAll(there)).toString()).toBe('question')
    expect(await there.read()).toBeUndefined()
    await expect(here.write(Buffer.from('more'))).rejects.toMatchObject({ code: 'closed' })
    await there.write(Buffer.from('answer'))
    expect((await readBytes(here, 6)).toString()).toBe('answer')
    const closes = Promise.all([closeOf(here), closeOf(there)])
    await there.closeWrite()
    expect(await here.read()).toBeUndefined()
    expect(await closes).toEqual([undefined, undefined])
    await here.close()
  })

  test('is closed when the other side has everything', async () => {
    const [here, there] = await pair()
    const bytes = randomBytes(mebibyte)
    await here.write(bytes)
    await here.close()
    expect(here.stats.bytesAcknowledged).toBe(mebibyte)
    expect(await here.read()).toBeUndefined()
    expect(hashOf(await readAll(there))).toBe(hashOf(bytes))
    await there.close()
    await here.close()
  })

  test('that cannot be closed in order in time is aborted, and that is said', async () => {
    const [here, there] = await pair()
    const ended = closeOf(there)
    const full = new Uint8Array(receiveWindowBytes + 1)
    await here.write(full)
    await expect(here.close({ timeout: 100 })).rejects.toMatchObject({ code: 'timed_out' })
    expect((await ended)?.code).toBe('aborted')
  })

  test('aborted ends both directions at once, and the other side hears why', async () => {
    const [here, there] = await pair()
    const ended = closeOf(there)
    const reading = errorOf(there.read())
    here.abort('enough')
    expect(await ended).toMatchObject({ code: 'aborted', details: { reason: 'enough' } })
    expect((await reading).code).toBe('aborted')
    await expect(there.write(Uint8Array.of(1))).rejects.toMatchObject({ code: 'aborted' })
    await expect(here.read()).rejects.toMatchObject({ code: 'closed' })
    await expect(here.write(Uint8Array.of(1))).rejects.toMatchObject({ code: 'closed' })
    here.abort('again')
  })

  test('left in the middle of a loop over it is aborted', async () => {
    const [here, there] = await pair()
    const ended = closeOf(here)
    await here.write(Buffer.from('first'))
    for await (const piece of there) {
      expect(Buffer.from(piece).toString()).toBe('first')
      break
    }
    expect((await ended)?.code).toBe('aborted')
  })

  test('loses nothing when a read is given up', async () => {
    const [here, there] = await pair()
    const giveUp = new AbortController()
    const reading = errorOf(there.read({ signal: giveUp.signal }))
    giveUp.abort()
    await reading
    await here.write(Buffer.from('kept'))
    expect((await readBytes(there, 4)).toString()).toBe('kept')
  })

  test('holds the writer while nobody reads, does not hold others, and then loses nothing', async () => {
    const [here, there] = await pair()
    const [other, otherThere] = await pair()
    const piece = randomBytes(mebibyte)
    const most = (sendBufferBytes + receiveWindowBytes) / mebibyte
    let written = 0
    const writing = (async () => {
      for (; written < 3 * most; written++) await here.write(piece)
      await here.closeWrite()
    })()
    await eventually(
      () => here.stats.bytesAcknowledged,
      (acknowledged) => acknowledged >= receiveWindowBytes && written >= sendBufferBytes / mebibyte,
    )
    // A round trip on the same circuits: whatever could still move has moved.
    await other.write(Buffer.from('and you?'))
    expect((await readBytes(otherThere, 8)).toString()).toBe('and you?')
    expect(written).toBeLessThanOrEqual(most)
    expect(here.stats.bytesAcknowledged).toBeLessThanOrEqual(receiveWindowBytes)
    const all = await readAll(there)
    await writing
    expect(all.byteLength).toBe(3 * most * mebibyte)
    for (let at = 0; at < all.byteLength; at += mebibyte) {
      if (!all.subarray(at, at + mebibyte).equals(piece)) expect.fail(`other bytes from ${at} on`)
    }
  })

  test('has a second path ready, and says over which relays', async () => {
    const [here, there] = await pair()
    await standby(here)
    const relays = here.paths().map(({ relay }) => relay)
    expect(new Set(relays).size).toBe(2)
    expect(stage.network.relays.map(({ name }) => name)).toEqual(expect.arrayContaining(relays))
    await standby(there)
    expect(activeRelay(there)).toBe(activeRelay(here))
  })

  test('is one of two hundred to one host at once, each with its own bytes', async () => {
    const count = 200
    const echoed: Array<Promise<void>> = []
    const echo = async (ring: IncomingDial) => {
      const connection = await ring.accept()
      for await (const piece of connection) await connection.write(piece)
      await connection.close()
    }
    const onDial = (ring: IncomingDial) => echoed.push(echo(ring))
    listener.on('dial', onDial)
    const answers = await Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const connection = await ben.dial(service, { instanceId: 'anna' })
        open.push(connection)
        await connection.write(Buffer.from(`number ${index}`))
        await connection.closeWrite()
        return (await readAll(connection)).toString()
      }),
    )
    listener.off('dial', onDial)
    expect(answers).toEqual(Array.from({ length: count }, (_, index) => `number ${index}`))
    await Promise.all(echoed)
    expect(echoed).toHaveLength(count)
    // They share circuits; a busy machine makes a few more than one for each relay, as one that did not open in time is not waited for.
    expect(connectionsTo(ben, host.identity.peerId).relayed.length).toBeLessThan(count / 10)
  })
})

describe('when relays go', () => {
  let stage: Stage
  afterEach(() => stage.close())

  test('a session whose relay is killed in the middle of a transfer loses nothing', async () => {
    stage = await Stage.open()
    const { listener } = await stage.host('anna')
    const ben = await stage.context('ben')
    const { here, there } = await call(ben, listener)
    await standby(here)
    const changes: PathChange[] = []
    here.on('path:changed', (change) => changes.push(change))
    const [up, down] = [randomBytes(6 * mebibyte), randomBytes(6 * mebibyte)]
    const carrying = activeRelay(here)
    const got: Uint8Array[] = []
    let killed: Promise<void> | undefined
    const reading = (async () => {
      let length = 0
      for await (const piece of there) {
        got.push(piece)
        length += piece.byteLength
        if (length > 2 * mebibyte) killed ??= stage.killRelay(carrying)
      }
    })()
    const [, , , gotDown] = await Promise.all([send(here, up), send(there, down), reading, readAll(here)])
    await killed
    expect(hashOf(Buffer.concat(got))).toBe(hashOf(up))
    expect(hashOf(gotDown)).toBe(hashOf(down))
    expect(changes[0]).toMatchObject({ from: carrying, to: expect.not.stringContaining(carrying) })
    // The rest of the network works on without it.
    const next = await call(ben, listener)
    next.here.abort()
  })

  test('a session goes on when all relays were gone for a while', async () => {
    stage = await Stage.open({ relays: 2 })
    const { listener } = await stage.host('anna')
    const ben = await stage.context('ben')
    const { here, there } = await call(ben, listener)
    const interrupted = Promise.all([once(here, 'interrupted'), once(there, 'interrupted')])
    await Promise.all(['relay1', 'relay2'].map((name) => stage.killRelay(name)))
    await interrupted
    await here.write(Buffer.from('written in between'))
    const resumed = Promise.all([once(here, 'resumed'), once(there, 'resumed')])
    await stage.startRelay(1)
    expect((await readBytes(there, 18)).toString()).toBe('written in between')
    await resumed
    expect(activeRelay(here)).toBe('relay2')
    await Promise.all([here.close(), there.close()])
  })

  test('a session whose host process is gone and comes back without it ends with a clear error', async () => {
    stage = await Stage.open({ relays: 1 })
    const identity = await stage.network.member('anna')
    const { context, listener } = await stage.host(identity)
    const ben = await stage.context('ben')
    const { here } = await call(ben, listener)
    const ended = closeOf(here)
    await nodeOf(context).stop()
    await stage.host(identity)
    expect((await ended)?.code).toBe('session_unknown')
  })

  test('a context that closes ends its sessions for the other side', async () => {
    stage = await Stage.open({ relays: 1 })
    const [one, two] = [await stage.host('anna'), await stage.host('dora')]
    const ben = await stage.context('ben')
    const [dialed, hosted] = [await call(ben, one.listener), await call(two.context, await listenAs(ben))]
    const ends = Promise.all([closeOf(dialed.there), closeOf(hosted.here)])
    const own = Promise.all([closeOf(dialed.here), closeOf(hosted.there)])
    await ben.close()
    expect((await ends).map((error) => error?.code)).toEqual(['aborted', 'aborted'])
    expect((await own).map((error) => error?.code)).toEqual(['closed', 'closed'])
    await expect(ben.dial(service, { instanceId: 'anna' })).rejects.toMatchObject({ code: 'closed' })
    await expect(ben.listen(service)).rejects.toMatchObject({ code: 'closed' })
    await expect(ben.listTerminators(service)).rejects.toMatchObject({ code: 'closed' })
    await ben.close()
  })

  const listenAs = async (context: Context) => {
    const listener = await context.listen(service)
    await listener.established()
    return listener
  }
})

describe('direct paths', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await Stage.open({ relays: 2 })
  })
  afterEach(() => stage.clear())
  afterAll(() => stage.close())
  const direct = { direct: 'auto' as const }
  const never = { direct: 'never' as const }
  const changeTo = (connection: Connection, fits: (relay: string) => boolean) =>
    eventWhere(connection, 'path:changed', ({ to }: PathChange) => fits(to))

  test('carry a session when both sides want it, and relays carry it again when they are cut', async () => {
    const { context: anna, listener } = await stage.host('anna', direct)
    const ben = await stage.context('ben', direct)
    const { here, there } = await call(ben, listener)
    const onDirect = () =>
      eventually(
        () => [here, there].map(activeRelay),
        (relays) => relays.every((relay) => relay === 'direct'),
      )
    await onDirect()
    // At least one relay stands by; two do when both were there before the direct path was.
    await eventually(
      () => here.paths().filter(({ relay }) => relay !== 'direct').length,
      (relays) => relays >= 1,
    )
    const [up, down] = [randomBytes(4 * mebibyte), randomBytes(4 * mebibyte)]
    const moved = changeTo(here, (relay) => relay !== 'direct')
    let cut = false
    const got: Uint8Array[] = []
    const reading = (async () => {
      let length = 0
      for await (const piece of there) {
        got.push(piece)
        length += piece.byteLength
        if (length < 2 * mebibyte || cut) continue
        cut = true
        const relays = stage.ports.map((port) => `port ${port}`)
        for (const path of carryingTo(ben, anna.identity.peerId)) if (!relays.includes(path.through)) path.cut()
      }
    })()
    const [, , , gotDown] = await Promise.all([send(here, up), send(there, down), reading, readAll(here)])
    expect(await moved).toMatchObject({ from: 'direct' })
    expect(hashOf(Buffer.concat(got))).toBe(hashOf(up))
    expect(hashOf(gotDown)).toBe(hashOf(down))
  })

  test('are many at once without a warning', async () => {
    const { listener } = await stage.host('anna', direct)
    const ben = await stage.context('ben', direct)
    const calls: Array<Awaited<ReturnType<typeof call>>> = []
    for (let round = 0; round < 15; round++) calls.push(await call(ben, listener))
    await eventually(
      () => calls.map(({ here }) => activeRelay(here)),
      (relays) => relays.every((relay) => relay === 'direct'),
    )
    for (const { here } of calls) here.abort()
  })

  test.each([
    ['the host', never, direct],
    ['the dialer', direct, never],
    ['neither', never, never],
  ])('are not made when only %s wants them', async (_, dialing, hosting) => {
    const { context: anna, listener } = await stage.host('anna', hosting)
    const ben = await stage.context('ben', dialing)
    const { here, there } = await call(ben, listener)
    // Both have been to and fro over both relays, and would have said where they can be reached long since.
    await Promise.all([standby(here), standby(there)])
    await here.write(Buffer.from('hello'))
    expect((await readBytes(there, 5)).toString()).toBe('hello')
    await there.write(Buffer.from('hello'))
    expect((await readBytes(here, 5)).toString()).toBe('hello')
    expect([...here.paths(), ...there.paths()].map(({ relay }) => relay)).not.toContain('direct')
    expect(connectionsTo(ben, anna.identity.peerId).direct).toEqual([])
    const [own, others] = ['this side keeps to relays', 'the other side keeps to relays']
    expect(here.direct).toEqual({ state: 'off', why: dialing === never ? own : others })
    expect(there.direct).toEqual({ state: 'off', why: hosting === never ? own : others })
    here.abort()
  })
})
