import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { issueCertificate } from '../../src/identity/certificate.js'
import type { Identity } from '../../src/identity/identity-file.js'
import { type Relay, startRelay } from '../../src/relay/relay.js'
import type { Context, Listener, ListenOptions, OverlayError, RelayState } from '../../src/sdk/index.js'
import { eventually, startMember } from '../support/members.js'
import { chatService, makeNetwork } from '../support/network.js'
import { call, eventWhere, nextDial, readBytes, Stage, service } from '../support/stage.js'

const wideService = { ...chatService, name: 'wide', maxTerminators: 2 }
const staffService = { ...chatService, name: 'staff', bind: { roles: ['#staff'], semantic: 'AnyOf' as const } }

/** The rows of all pages. */
async function listAll(context: Context, limit?: number, name = service) {
  const rows = []
  const pages = []
  let cursor: string | undefined
  do {
    const page = await context.listTerminators(name, { cursor, limit })
    rows.push(...page.instances)
    pages.push(page.instances.length)
    cursor = page.cursor
  } while (cursor !== undefined)
  return { rows, pages }
}
const rowOf = async (context: Context, instanceId: string) =>
  (await listAll(context)).rows.find((row) => row.instanceId === instanceId)
/** What a relay has for an instance, of itself and of others. */
const entriesOf = (relay: Relay, instanceId: string) => {
  const found = relay.store.lookup(service, instanceId)
  return found.state === 'online' ? found.entries : []
}
const suspensionOf = (listener: Listener) => new Promise<OverlayError>((resolve) => listener.once('suspended', resolve))

describe('with three relays', () => {
  let stage: Stage
  let anna: Context
  let ben: Context
  beforeAll(async () => {
    stage = await Stage.open({ services: [chatService, wideService, staffService] })
    ;[anna, ben] = await Promise.all([stage.context('anna'), stage.context('ben')])
    await Promise.all([anna.ready(), ben.ready()])
  })
  const listeners: Listener[] = []
  const listen = async (options: ListenOptions = {}, name = service, context = anna) => {
    const listener = await context.listen(name, options)
    listeners.push(listener)
    return listener
  }
  afterEach(() => Promise.all(listeners.splice(0).map((listener) => listener.close())))
  afterAll(() => stage.close())

  test('a host binds on as many relays as it was told, and is one row for everybody else', async () => {
    const before = Date.now()
    const established: string[] = []
    const listener = await listen({ maxTerminators: 2 })
    listener.on('terminator:established', ({ relay }) => established.push(relay))
    await listener.established(2)
    const relays = listener.terminators().map(({ relay }) => relay)
    expect(new Set(relays).size).toBe(2)
    expect(established.sort()).toEqual(relays.sort())
    const row = await eventually(
      () => rowOf(ben, 'anna'),
      (found) => found?.terminators === 2,
    )
    expect(row).toEqual({
      instanceId: 'anna',
      identityName: 'anna',
      peerId: anna.identity.peerId,
      terminators: 2,
      sinceMs: expect.any(Number),
      busy: false,
      down: false,
      cost: 0,
      precedence: 'default',
      hostCount: 1,
      hosts: [],
    })
    expect(row!.sinceMs).toBeGreaterThanOrEqual(before)
    expect(row!.sinceMs).toBeLessThanOrEqual(Date.now())
    expect(await ben.whois(service, 'anna')).toEqual(anna.identity)
  })

  test('a host that may bind on more relays than there are binds on all of them', async () => {
    const listener = await listen({ maxTerminators: 5 })
    await listener.established(3)
    expect(listener.terminators()).toHaveLength(3)
    await expect(listener.established(4, { timeout: 50 })).rejects.toMatchObject({
      code: 'timed_out',
      message: /3 of 4/,
    })
  })

  test('the service says on how many relays, unless the host does', async () => {
    const listener = await listen({}, 'wide')
    await listener.established(2)
    await expect(listener.established(3)).rejects.toMatchObject({ code: 'bad_argument' })
    expect(listener.terminators()).toHaveLength(2)
  })

  test('waiting for terminators ends with the signal, and with the listener', async () => {
    const listener = await listen({ maxTerminators: 4 })
    const giveUp = new AbortController()
    const given = expect(listener.established(4, { signal: giveUp.signal })).rejects.toMatchObject({ code: 'canceled' })
    giveUp.abort()
    await given
    const closed = expect(listener.established(4, { timeout: Number.POSITIVE_INFINITY })).rejects.toMatchObject({
      code: 'closed',
    })
    await listener.close()
    await closed
    await expect(listener.established()).rejects.toMatchObject({ code: 'closed' })
  })

  test('a list comes in pages, each instance once and in a stable order', async () => {
    const ids = ['anna', 'anna/1', 'anna/10', 'anna/2', 'anna/a@b', 'anna/ü', 'anna/Z']
    await Promise.all(ids.map(async (instanceId) => (await listen({ instanceId })).established(3)))
    await eventually(
      () => listAll(ben),
      ({ rows }) => rows.length === ids.length && rows.every(({ terminators }) => terminators === 3),
    )
    const sorted = [...ids].sort()
    for (const [limit, pages] of [
      [undefined, [7]],
      [3, [3, 3, 1]],
      [7, [7]],
      [1, [1, 1, 1, 1, 1, 1, 1]],
    ] as const) {
      const listed = await listAll(ben, limit)
      expect(listed.rows.map(({ instanceId }) => instanceId)).toEqual(sorted)
      expect(listed.pages).toEqual(pages)
    }
    const { instances } = await ben.listTerminators(service, { cursor: 'anna/2', limit: 1 })
    expect(instances.map(({ instanceId }) => instanceId)).toEqual(['anna/Z'])
    await expect(ben.listTerminators(service, { limit: 0 })).rejects.toMatchObject({ code: 'bad_argument' })
    await expect(ben.listTerminators(service, { limit: 1_001 })).rejects.toMatchObject({ code: 'bad_argument' })
  })

  test('a watcher hears who is there, who comes, who is busy and who leaves', async () => {
    const first = await listen()
    await first.established(3)
    await eventually(
      () => rowOf(ben, 'anna'),
      (row) => row?.terminators === 3,
    )
    const stop = new AbortController()
    const heard: string[] = []
    const seen: number[] = []
    const until = (text: string) =>
      eventually(
        () => heard,
        () => heard.includes(text),
      )
    const watching = (async () => {
      for await (const event of ben.watch(service, { signal: stop.signal })) {
        if (event.type === 'left') {
          heard.push(`left ${event.instanceId}`)
          seen.push(event.lastSeenMs ?? 0)
        } else heard.push(`${event.type} ${event.instance.instanceId}${event.instance.busy ? ' busy' : ''}`)
      }
    })()
    await until('joined anna')
    const second = await listen({ instanceId: 'anna/2' })
    await second.established(1)
    await until('joined anna/2')
    await first.update({ busy: true })
    await until('changed anna busy')
    const closedMs = Date.now()
    await second.close()
    await until('left anna/2')
    expect(seen[0]).toBeGreaterThanOrEqual(closedMs)
    expect(heard.filter((text) => text === 'joined anna')).toHaveLength(1)
    stop.abort()
    await watching
  })

  test('a watcher without the right to a service is told so, and one that stops leaves the other watching', async () => {
    const stranger = await stage.context('stranger', { roles: ['guest'] })
    await stranger.ready()
    const read = async () => {
      for await (const event of stranger.watch(service, { signal: AbortSignal.timeout(20_000) })) return event
      return 'hangs'
    }
    await expect(read()).rejects.toMatchObject({ code: 'not_permitted', details: { service } })

    const stop = new AbortController()
    const [first, second] = [ben.watch(service, { signal: stop.signal }), ben.watch(service)].map((events) =>
      events[Symbol.asyncIterator](),
    )
    const [here, there] = [first!.next(), second!.next()]
    await (await listen()).established(1)
    for (const next of [here, there]) expect((await next).value).toMatchObject({ type: 'joined' })
    stop.abort()
    expect((await first!.next()).done).toBe(true)
    await listen({ instanceId: 'anna/2' })
    for (;;) {
      const { value } = await second!.next()
      if (value.type === 'joined' && value.instance.instanceId === 'anna/2') break
    }
    await second!.return!()
  })

  test('closing a listener unbinds it everywhere, also while it is still binding', async () => {
    const standing = await listen()
    await standing.established(3)
    const { terminators } = (await rowOf(ben, 'anna'))!
    expect(terminators).toBeGreaterThan(0)
    await standing.close()
    expect(standing.terminators()).toEqual([])
    expect(await rowOf(ben, 'anna')).toBeUndefined()

    const early = await listen({ instanceId: 'anna/early' })
    await early.close()
    // Whatever was on its way to the relays has been answered when the next one stands.
    await (await listen({ instanceId: 'anna/later' })).established(3)
    await eventually(
      () => listAll(ben),
      ({ rows }) => rows.length === 1,
    )
    for (const relay of stage.relays) expect(entriesOf(relay!, 'anna/early')).toEqual([])
  })

  test('a listener ends with its signal, and a signal that has fired makes none', async () => {
    const stop = new AbortController()
    const listener = await listen({ signal: stop.signal })
    await listener.established(1)
    const closed = once(listener, 'close')
    stop.abort()
    await closed
    await expect(listen({ signal: stop.signal })).rejects.toMatchObject({ code: 'canceled' })
    expect(await rowOf(ben, 'anna')).toBeUndefined()
  })

  test('what the host says of itself changes while it is bound, also while it is binding', async () => {
    const listener = await listen()
    await listener.update({ busy: true, cost: 7 })
    await listener.established(3)
    const seen = () => stage.relays.flatMap((relay) => entriesOf(relay!, 'anna'))
    await eventually(
      () => seen().map(({ busy, record }) => [busy, record.cost]),
      (all) => all.length > 0 && all.every(([busy, cost]) => busy === true && cost === 7),
    )
    expect((await rowOf(ben, 'anna'))!.busy).toBe(true)
    await listener.update({ busy: false, precedence: 'failed' })
    expect((await rowOf(ben, 'anna'))!.busy).toBe(false)
    await expect(listener.update({ cost: -1 })).rejects.toMatchObject({ code: 'bad_argument' })
  })

  describe('an instance id', () => {
    test('is the name, the name and anything after a slash, or one that was granted', async () => {
      const { authority } = stage.network
      const dora = await stage.network.member('dora')
      const certificate = await issueCertificate(authority, {
        name: 'dora',
        peerId: dora.peerId.toString(),
        roles: ['chat'],
        grants: [{ service, instanceId: 'reception' }],
      })
      const context = await stage.context({ ...dora, certificate })
      for (const instanceId of ['dora', 'dora/desk', 'dora/a/b', 'reception']) {
        await (await listen({ instanceId }, service, context)).established(3)
      }
      await expect(listen({ instanceId: 'reception' }, 'wide', context)).rejects.toMatchObject({
        code: 'not_permitted',
      })
      expect((await rowOf(ben, 'reception'))!.identityName).toBe('dora')
      const reception = listeners.at(-1)!
      const { here } = await call(ben, reception)
      expect(here.remote.name).toBe('dora')
    })

    test.each(['ben', 'ben/desk', 'anna2', 'reception', 'Anna', 'anna/'])(
      "cannot be %s for 'anna'",
      async (instanceId) => {
        await expect(listen({ instanceId })).rejects.toMatchObject({ code: 'not_permitted' })
      },
    )

    test.each([
      ['empty', ''],
      ['begun with a space', ' anna'],
      ['written with control characters', 'anna/\u001bx'],
      ['longer than 255 bytes', 'anna/'.padEnd(256, 'x')],
    ])('cannot be %s', async (_, instanceId) => {
      await expect(listen({ instanceId })).rejects.toMatchObject({ code: 'bad_name' })
    })

    test('that belongs to somebody else is refused by the relays to a host that does not ask first', async () => {
      const member = await startMember(await stage.network.member('mallory'))
      await expect(member.bind('anna')).rejects.toMatchObject({ code: 'not_permitted' })
      await expect(member.bind('mallory', { service: 'staff' })).rejects.toMatchObject({ code: 'not_permitted' })
      expect(await rowOf(ben, 'anna')).toBeUndefined()
      await member.close()
    })
  })

  test.each<[string, ListenOptions, string, string?]>([
    ['a service that is not there', {}, 'unknown_service', 'ssh'],
    ['a service it may not offer', {}, 'not_permitted', 'staff'],
    ['no terminators at all', { maxTerminators: 0 }, 'bad_argument'],
    ['half a terminator', { maxTerminators: 1.5 }, 'bad_argument'],
    ['a negative cost', { cost: -1 }, 'bad_argument'],
    ['a cost over its cap', { cost: 65_536 }, 'bad_argument'],
    ['a precedence that there is not', { precedence: 'first' as never }, 'bad_argument'],
    ['no time to answer', { connectTimeout: 0 }, 'bad_argument'],
    ['two names at once', { instanceId: 'anna/x', bindUsingIdentity: true }, 'bad_argument'],
  ])('listening with %s is refused', async (_, options, code, name) => {
    await expect(listen(options, name)).rejects.toMatchObject({ code })
  })

  test('a context listens once as each instance', async () => {
    await listen({ bindUsingIdentity: true })
    await expect(listen()).rejects.toMatchObject({ code: 'bad_argument' })
    await listeners.pop()!.close()
    await (await listen()).established(1)
  })

  test('two processes of one identity each serve what they offer, and keep their calls when a relay is lost', async () => {
    const identity = await stage.network.member('frida')
    const offered = ['frida', 'frida/phone', 'frida/desk'].map((instanceId) => stage.host(identity, { instanceId }))
    const hosts = await Promise.all(offered)
    const calls = await Promise.all(
      hosts.map(async ({ listener }) => {
        const { here, there } = await call(ben, listener)
        return { here, there, said: Buffer.from(listener.instanceId) }
      }),
    )
    const say = async () => {
      for (const { here, there, said } of calls) {
        await here.write(said)
        expect((await readBytes(there, said.byteLength)).toString()).toBe(said.toString())
      }
    }
    await say()
    const { relay } = calls[0]!.here.paths().find(({ role }) => role === 'active')!
    const index = stage.network.relays.findIndex(({ name }) => name === relay)
    try {
      await stage.killRelay(relay)
      await say()
    } finally {
      await stage.startRelay(index)
    }
    await Promise.all(calls.flatMap(({ here, there }) => [here.close(), there.close()]))
  })

  test('a second process of the same identity takes over, and the first one is told', async () => {
    const identity = await stage.network.member('erik')
    const first = await stage.host(identity)
    const suspended = suspensionOf(first.listener)
    const second = await stage.host(identity)
    expect(await suspended).toMatchObject({ code: 'replaced', details: { service, instanceId: 'erik' } })
    await expect(first.listener.established(1, { timeout: 100 })).rejects.toMatchObject({
      code: 'timed_out',
      message: /erik' was started elsewhere/,
    })
    await second.listener.established(3)
    const row = await eventually(
      () => rowOf(ben, 'erik'),
      (found) => found?.terminators === 3,
    )
    expect(row!.identityName).toBe('erik')
    for (let round = 0; round < 5; round++) {
      const { here, there } = await call(ben, second.listener)
      await here.write(Buffer.from('second'))
      expect((await readBytes(there, 6)).toString()).toBe('second')
      here.abort()
    }
    // The first one still calls, and hears nobody.
    expect(first.listener.listenerCount('dial')).toBe(0)
    await expect(first.context.dial(service, { instanceId: 'nobody' })).rejects.toMatchObject({
      code: 'unknown_instance',
    })
  })
})

describe('when relays are missing', () => {
  let stage: Stage
  afterEach(() => stage.close())

  test('one that is down at the start is said, done without, tried again, and used when it comes', async () => {
    stage = await Stage.open({ down: [2] })
    const anna = await stage.context('anna')
    const down: RelayState = await eventWhere(anna, 'relay:down', ({ name }: RelayState) => name === 'relay3')
    expect(down).toMatchObject({ name: 'relay3', state: 'down' })
    expect(down.error!.message).toContain(String(stage.ports[2]))
    const listener = await anna.listen(service)
    await listener.established(2)
    const states = () => Object.fromEntries(anna.relays().map(({ name, state }) => [name, state]))
    expect(states()).toEqual({ relay1: 'up', relay2: 'up', relay3: 'down' })
    const up = eventWhere(anna, 'relay:up', ({ name }: RelayState) => name === 'relay3')
    await stage.startRelay(2)
    await up
    await listener.established(3)
    expect(states().relay3).toBe('up')
  })

  test('all of them: the context starts and says so, and everything works when one comes', async () => {
    stage = await Stage.open({ relays: 1, down: [0] })
    const [anna, ben] = await Promise.all([stage.context('anna'), stage.context('ben')])
    const listener = await anna.listen(service)
    await expect(anna.ready({ timeout: 200 })).rejects.toMatchObject({
      code: 'no_relay',
      message: new RegExp(`relay1 .*${stage.ports[0]}`),
    })
    await expect(ben.listTerminators(service)).rejects.toMatchObject({ code: 'no_relay' })
    await expect(ben.whois(service, 'anna')).rejects.toMatchObject({ code: 'no_relay' })
    await expect(ben.dial(service, { instanceId: 'anna', connectTimeout: 200 })).rejects.toMatchObject({
      code: 'no_relay',
    })
    await expect(listener.established(1, { timeout: 200 })).rejects.toMatchObject({ code: 'timed_out' })
    await expect(anna.ready({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'canceled' })
    const ready = ben.ready({ timeout: Number.POSITIVE_INFINITY })
    // It waits for a relay for as long as it takes to start one.
    const established = listener.established(1)
    await stage.startRelay(0)
    await Promise.all([ready, established])
    const { here, there } = await call(ben, listener)
    await here.write(Buffer.from('at last'))
    expect((await readBytes(there, 7)).toString()).toBe('at last')
  })

  test('one that is named as a relay but not certified as one is refused', async () => {
    stage = await Stage.open({ relays: 2, down: [1] })
    const named = stage.network.relays[1]!
    const certificate = await issueCertificate(stage.network.authority, {
      name: 'relay2',
      peerId: named.peerId.toString(),
      roles: ['chat'],
    })
    const impostor = await startRelay({ ...named, certificate })
    stage.onClose(() => impostor.close())
    const anna = await stage.context('anna')
    const down = await eventWhere(anna, 'relay:down', ({ name }: RelayState) => name === 'relay2')
    expect(down.error).toMatchObject({ code: 'refused', message: /not certified/ })
    const listener = await anna.listen(service)
    await listener.established(1)
    expect(listener.terminators().map(({ relay }) => relay)).toEqual(['relay1'])
    expect(entriesOf(impostor, 'anna')).toEqual([])
  })

  test('a dial that begins before any relay is up waits for one', async () => {
    stage = await Stage.open({ relays: 1 })
    const { listener } = await stage.host('anna')
    const incoming = nextDial(listener)
    const ben = await stage.context('ben')
    const dialed = ben.dial(service, { instanceId: 'anna' })
    await (await incoming).accept()
    expect((await dialed).remote.name).toBe('anna')
    const carol = await stage.context('carol')
    expect((await carol.listTerminators(service)).instances).toHaveLength(1)
  })
})

test('a context whose certificate has run out, is of another network or of somebody else has no relay, and says why', async () => {
  const stage = await Stage.open({ relays: 1 })
  const foreign = await (await makeNetwork({ relayPorts: [] })).member('anna')
  const stranger: Identity = { ...foreign, network: stage.network.view }
  const expired = await stage.network.member('ben', { expiresAtMs: Date.now() - 3_600_000 })
  const victim = await stage.network.member('carol')
  const thief = { ...(await stage.network.member('mallory')), certificate: victim.certificate! }
  for (const [identity, why] of [
    [stranger, /network/],
    [expired, /expired/],
    [thief, /peer/],
  ] as const) {
    const context = await stage.context(identity)
    await expect(context.ready({ timeout: 1_000 })).rejects.toMatchObject({ code: 'no_relay', message: why })
  }
  await stage.close()
})
