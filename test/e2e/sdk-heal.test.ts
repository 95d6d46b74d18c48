import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { maxClockSkewMs } from '../../src/core/limits.js'
import type { ServiceDefinition } from '../../src/identity/policy.js'
import type { Context, DialOptions, Listener, ListenOptions, OverlayError } from '../../src/sdk/index.js'
import { eventually } from '../support/members.js'
import { chatService } from '../support/network.js'
import { call, nodeOf, readBytes, Stage, service } from '../support/stage.js'

interface Grace {
  listen?: ListenOptions
  dial?: DialOptions
  services?: readonly ServiceDefinition[]
}

const minuteMs = 60_000
const suspensionOf = (listener: Listener) => new Promise<OverlayError>((resolve) => listener.once('suspended', resolve))
const echoes = async (by: Context, listener: Listener, said: string) => {
  const { here, there } = await call(by, listener)
  await here.write(Buffer.from(said))
  expect((await readBytes(there, said.length)).toString()).toBe(said)
  return { here, there }
}

describe('another process of the same identity', () => {
  let stage: Stage
  let ben: Context
  beforeAll(async () => {
    stage = await Stage.open()
    ben = await stage.context('ben')
  })
  afterAll(() => stage.close())

  test('gets the new calls; sessions of the older one go on, also when their relay is killed, and it comes back when the other one goes', async () => {
    const identity = await stage.network.member('anna')
    const older = await stage.host(identity)
    const { here, there } = await echoes(ben, older.listener, 'before')
    const suspended = suspensionOf(older.listener)
    const newer = await stage.host(identity)
    expect(await suspended).toMatchObject({ code: 'replaced', message: /waits until that one is gone/ })
    expect(older.listener.terminators()).toEqual([])
    await echoes(ben, newer.listener, 'newer')

    // Both of its paths, one after the other, as each is lost.
    for (let round = 0; round < 2; round++) {
      const { relay } = here.paths().find(({ role }) => role === 'active')!
      for (const connection of nodeOf(ben).libp2p.getConnections()) {
        if (!connection.direct && connection.remoteAddr.toString().includes(relayPeerId(relay))) {
          connection.abort(new Error('cut by the test'))
        }
      }
      await here.write(Buffer.from('still'))
      expect((await readBytes(there, 5)).toString()).toBe('still')
    }
    const resumed = once(older.listener, 'resumed')
    await newer.context.close()
    await resumed
    await older.listener.established(3)
    await echoes(ben, older.listener, 'again')
    here.abort()
  })

  test('that was started again and again waits while the other one keeps the place, and both know how often', async () => {
    const identity = await stage.network.member('carol')
    const one = await stage.host(identity)
    const other = await stage.context(identity)
    // Restarted by whatever watches over it.
    const start = async () => {
      const listener = await other.listen(service)
      const takeovers: number[] = []
      listener.on('takeover', (takeover) => takeovers.push(takeover.takeovers))
      return { listener, takeovers }
    }
    const first = await start()
    await first.listener.established(3)
    expect(first.takeovers[0]).toBe(1)
    expect(one.listener.suspended).toMatchObject({ code: 'replaced', details: { takeovers: 1 } })
    for (let again = 0; again < 2; again++) {
      await first.listener.close()
      await one.listener.established(3)
      const next = await start()
      await next.listener.established(3)
      expect(next.takeovers[0]).toBe(again + 2)
      expect(one.listener.suspended!.message).toMatch(new RegExp(`${again + 2} changes .* a clone\\?`))
      first.listener = next.listener
    }
    await first.listener.close()
    await one.listener.established(3)
    const last = await start()
    const suspended = await suspensionOf(last.listener)
    expect(suspended).toMatchObject({ code: 'replaced', message: /keeps 'carol'.* 3 changes .* a clone\?/ })
    await eventually(
      () => [one.listener.terminators().length, last.listener.terminators().length],
      (stand) => stand.join() === '3,0',
    )
    await one.context.close()
    await last.listener.established(3)
  })

  const relayPeerId = (name: string) => stage.network.relays.find((relay) => relay.name === name)!.peerId.toString()
})

describe('how long a session outlives the loss of all its paths', () => {
  let stage: Stage
  afterEach(() => stage.close())

  test.each([
    ['the host says so', { listen: { sessionGrace: 1_000 } }],
    ['the dialer says so', { dial: { sessionGrace: 1_000 } }],
    ['the service says so', { services: [{ ...chatService, sessionGraceMs: 1_000 }] }],
  ] as const)('is as short as %s', async (_, { listen = {}, dial = {}, services = [chatService] }: Grace) => {
    stage = await Stage.open({ relays: 1, services: [...services] })
    const { listener } = await stage.host('anna', listen)
    const ben = await stage.context('ben')
    const { here, there } = await call(ben, listener, dial)
    const closes = Promise.any([here, there].map((each) => once(each, 'close')))
    await stage.killRelay('relay1')
    expect((await closes)[0]).toMatchObject({ code: 'session_lost', message: 'No path came back within 1 s.' })
    here.abort()
    there.abort()
  })
})

describe('a clock that was wrong for a while', () => {
  let stage: Stage
  afterEach(async () => {
    vi.useRealTimers()
    await stage.close()
  })

  test('suspends a host, and it can be called again when the clock is right', async () => {
    stage = await Stage.open({ relays: 2 })
    const startMs = Date.now()
    const { listener } = await stage.host(await stage.network.member('anna', { expiresAtMs: startMs + 10 * minuteMs }))
    const ben = await stage.context('ben')
    const suspended = suspensionOf(listener)
    vi.useFakeTimers({ toFake: ['Date'], now: startMs + 10 * minuteMs + maxClockSkewMs + 1 })
    expect((await suspended).code).toBe('certificate_expired')
    const resumed = once(listener, 'resumed')
    vi.useRealTimers()
    await resumed
    await listener.established(2)
    const { here } = await echoes(ben, listener, 'again')
    here.abort()
  })
})
