import { existsSync } from 'node:fs'
import path from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { issueCertificate } from '../../src/identity/certificate.js'
import type { ServiceDefinition } from '../../src/identity/policy.js'
import { startRelay } from '../../src/relay/relay.js'
import { type Context, createContext, type Listener, type ListenOptions } from '../../src/sdk/index.js'
import { directoryStatus } from '../../src/wire/directory-status.js'
import { temporaryFolder } from '../support/cli.js'
import { freePorts } from '../support/free-ports.js'
import { eventually, startMember } from '../support/members.js'
import { chatService, makeNetwork } from '../support/network.js'
import { Stage, service } from '../support/stage.js'

/** Accepts every call and reads until its caller ends it. */
function acceptAll(listener: Listener): void {
  listener.on('dial', (dial) => {
    dial
      .accept()
      .then((connection) => connection.read())
      .catch(() => {}) // the caller breaks off when it has seen who answers
  })
}

const closers: Array<() => unknown> = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

test('a member that starts again reaches everybody through relays it remembers, when the only listed one is dead', async () => {
  const ports = await freePorts(3)
  const network = await makeNetwork({ relayPorts: ports })
  const relayIdentities = network.relays
  const listed = await network.publish({ relays: network.view.relays.slice(0, 1) })
  const [first] = await Promise.all(
    relayIdentities.map(async (identity, index) => {
      const relay = await startRelay(
        { ...identity, network: listed },
        { listen: [`/ip4/127.0.0.1/tcp/${ports[index]}`] },
      )
      closers.push(() => relay.close())
      return relay
    }),
  )
  const folder = temporaryFolder()
  closers.push(() => folder.remove())
  const open = async (identity: Parameters<typeof createContext>[0]) => {
    const context = await createContext(identity)
    closers.push(() => context.close())
    return context
  }
  const allUp = (context: Context) =>
    eventually(
      () => context.relays().filter(({ state }) => state === 'up').length,
      (up) => up === 3,
    )
  const host = await open(await network.member('anna'))
  const listener = await host.listen(service)
  acceptAll(listener)
  await listener.established(3, { timeout: 30_000 })

  const member = await network.member('ben')
  const identity = { ...member, path: path.join(folder.dir, 'ben.json') }
  const before = await open(identity)
  await allUp(before)
  await before.close()
  expect(existsSync(path.join(folder.dir, '.state', 'ben.relays'))).toBe(true)
  await first!.close()

  const stranger = await open(await network.member('carol'))
  await expect(stranger.ready({ timeout: 1_000 })).rejects.toMatchObject({ code: 'no_relay' })
  const again = await open(identity)
  await again.ready()
  const connection = await again.dial(service, { instanceId: 'anna' })
  expect(connection.remote.name).toBe('anna')
  await connection.close()
})

describe('two hosts that are both entitled to one instance id', () => {
  const shared: ServiceDefinition = { ...chatService, name: 'shared' }
  const sticky: ServiceDefinition = { ...chatService, name: 'sticky', strategy: 'sticky' }

  /** `anna` and `ben` offer `desk` on all relays and accept everybody; `call` says who answered, and with which token. */
  async function desk(name: string, options: Partial<Record<'anna' | 'ben', ListenOptions>> = {}) {
    const stage = await Stage.open({ relays: 2, services: [shared, sticky] })
    closers.push(() => stage.close())
    const listeners: Record<string, Listener> = {}
    const hosts: Record<string, Context> = {}
    for (const who of ['anna', 'ben'] as const) {
      const member = await stage.network.member(who)
      const certificate = await issueCertificate(stage.network.authority, {
        name: who,
        peerId: member.peerId.toString(),
        roles: ['chat'],
        grants: [{ service: name, instanceId: 'desk' }],
      })
      const { context, listener } = await stage.host(
        { ...member, certificate },
        { service: name, instanceId: 'desk', ...options[who] },
      )
      acceptAll(listener)
      listeners[who] = listener
      hosts[who] = context
    }
    const dialer = await stage.context('carol')
    await dialer.ready()
    await eventually(
      () => dialer.listTerminators(name),
      ({ instances }) => instances.length === 1 && instances[0]?.terminators === 4,
    )
    const call = async (stickyToken?: string) => {
      const connection = await dialer.dial(name, { instanceId: 'desk', ...(stickyToken ? { stickyToken } : {}) })
      const token = connection.stickyToken
      connection.abort()
      return { who: connection.remote.name, token }
    }
    /** Calls until everybody named has answered, and nobody else. */
    const untilHeardOf = async (names: string[]) => {
      const heard = new Set<string>()
      for (let calls = 0; calls < 64 && heard.size < names.length; calls++) heard.add((await call()).who)
      expect([...heard].sort()).toEqual(names)
    }
    /** Each call goes to this one, once all relays have heard of the last change. */
    const allGoTo = (who: string) =>
      eventually(
        async () => {
          const heard: string[] = []
          for (let calls = 0; calls < 8; calls++) heard.push((await call()).who)
          return heard
        },
        (heard) => heard.every((each) => each === who),
      )
    return { hosts, listeners, call, untilHeardOf, allGoTo }
  }

  test('share its calls when they cost the same; the cheaper one takes them all, also when that changes', async () => {
    const { listeners, untilHeardOf, allGoTo } = await desk('shared')
    await untilHeardOf(['anna', 'ben'])
    await listeners.anna!.update({ cost: 1_000 })
    await allGoTo('ben')
    await listeners.ben!.update({ cost: 2_000 })
    await allGoTo('anna')
  })

  test('a spare takes over when the other one leaves, and gives the calls back when it returns', async () => {
    const { hosts, listeners, call, allGoTo } = await desk('shared', { ben: { precedence: 'failed' } })
    await allGoTo('anna')
    await listeners.anna!.close()
    expect((await call()).who).toBe('ben')
    const back = await hosts.anna!.listen('shared', { instanceId: 'desk' })
    acceptAll(back)
    await back.established(2)
    await allGoTo('anna')
    await listeners.ben!.update({ precedence: 'required' })
    await allGoTo('ben')
  })

  test('with the strategy sticky, the token of a call leads to the same host again, and elsewhere when it is gone', async () => {
    const { listeners, call, untilHeardOf } = await desk('sticky')
    await untilHeardOf(['anna', 'ben'])
    const { who, token } = await call()
    expect(token).toEqual(expect.any(String))
    for (let calls = 0; calls < 10; calls++) expect(await call(token)).toEqual({ who, token })
    await listeners[who]!.close()
    const other = await call(token)
    expect(other.who).toBe(who === 'anna' ? 'ben' : 'anna')
    expect(other.token).not.toBe(token)
  })
})

test('lookups and lists that go on while relays join miss nobody', async () => {
  const stage = await Stage.open({ relays: 5, down: [2, 3, 4] })
  closers.push(() => stage.close())
  await stage.host('anna', { maxTerminators: 2, terminators: 2 })
  const asker = await startMember(await stage.network.member('ben'))
  closers.push(() => asker.close())
  await asker.pool.ready(AbortSignal.timeout(20_000))
  await eventually(
    () => asker.directory.lookup(service, 'anna'),
    (found) => found.length === 2,
  )

  const wrong: string[] = []
  let asked = 0
  let over = false
  const asking = (async () => {
    while (!over) {
      const found = await asker.directory.lookup(service, 'anna').catch((error) => wrong.push(String(error)))
      if (Array.isArray(found) && found.length === 0) wrong.push('a lookup found nothing')
      const rows = await asker.directory.list(service).then((page) => page.rows)
      if (rows.length !== 1) wrong.push(`a list had ${rows.length} rows`)
      // Each relay by itself: one that does not know says that others may.
      for (const { link, name } of asker.pool.up()) {
        const answer = await link.lookup(service, 'anna')
        if (answer.status !== directoryStatus.ok && !answer.partial) wrong.push(`${name} answered ${answer.status}`)
      }
      asked++
      await turn()
    }
  })()
  const stopped = asking.catch((error) => wrong.push(String(error)))
  for (const index of [2, 3, 4]) await stage.startRelay(index)
  // Until the new homes are settled, and the old ones that are none any more have been told to forget.
  const partition = `${service}/0`
  await eventually(
    () =>
      stage.relays.map((relay) => {
        const { homes, store } = relay!
        const own = store.ownedIn(relay!.peerId, partition).length
        return homes.isHome(partition) ? homes.isSettledHome(partition) && store.size === 2 : store.size === own
      }),
    (right) => right.every(Boolean),
    60_000,
  )
  over = true
  await stopped
  expect(wrong).toEqual([])
  expect(asked).toBeGreaterThan(10)
})
