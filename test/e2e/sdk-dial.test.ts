import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { maxAppDataBytes, maxRingingPerPeer } from '../../src/core/limits.js'
import type { ServiceDefinition } from '../../src/identity/policy.js'
import type { OverlayContext } from '../../src/sdk/context.js'
import type { Connection, Context, DialOptions, IncomingDial, Listener, ListenOptions } from '../../src/sdk/index.js'
import { eventually, startMember } from '../support/members.js'
import { chatService } from '../support/network.js'
import { call, carryingTo, connectionsTo, nextDial, nodeOf, readBytes, Stage, service } from '../support/stage.js'

/** Whoever may offer it is not always who may call it. */
const deskService: ServiceDefinition = {
  ...chatService,
  name: 'desk',
  dial: { roles: ['#boss'], semantic: 'AnyOf' },
}

/** What carries a path: both keep the same promises. */
const kinds = ['splice', 'circuit'] as const

/** Offered by nobody but the tests that call whoever offers it. */
const anyService: ServiceDefinition = { ...chatService, name: 'any' }

/** Written with an accent of its own. */
const accentService: ServiceDefinition = { ...chatService, name: 'cafe\u0301' }

let stage: Stage
/** `anna` hosts, under a new instance id in each test; `ben` and `carol` call. */
let anna: Context
let ben: Context
let carol: Context
let last = 0
const listeners: Listener[] = []

beforeAll(async () => {
  stage = await Stage.open({ services: [chatService, deskService, anyService, accentService] })
  ;[anna, ben, carol] = await Promise.all([stage.context('anna'), stage.context('ben'), stage.context('carol')])
  await Promise.all([anna, ben, carol].map((context) => context.ready()))
})
afterEach(() => Promise.all(listeners.splice(0).map((listener) => listener.close())))
afterAll(() => stage.close())

/** A listener of its own, on three relays unless said otherwise; closed after the test unless it is to be kept. */
async function listen({
  name = service,
  host = anna,
  keep = false,
  ...options
}: ListenOptions & { name?: string; host?: Context; keep?: boolean } = {}): Promise<Listener> {
  const listener = await host.listen(name, { instanceId: `${host.identity.name}/${++last}`, ...options })
  if (!keep) listeners.push(listener)
  await listener.established(options.maxTerminators ?? 3)
  return listener
}

const dial = (
  listener: Listener,
  options: DialOptions = {},
  dialer: { dial(service: string, options: DialOptions): Promise<Connection> } = ben,
): Promise<Connection> => dialer.dial(listener.service, { instanceId: listener.instanceId, ...options })
const errorOf = (failing: Promise<unknown>) =>
  failing.then(
    () => expect.fail('it succeeded'),
    (error) => error,
  )
const abortOf = async (incoming: IncomingDial): Promise<void> => {
  if (!incoming.signal.aborted) await once(incoming.signal, 'abort')
}

describe('a call', () => {
  test('reaches an instance whose name was typed in another way', async () => {
    const service = 'cafe\u0301'
    const listener = await listen({ name: service, instanceId: 'anna/Jose\u0301' })
    expect(listener.instanceId).toBe('anna/Jos\u00e9')
    for (const instanceId of ['anna/Jos\u00e9', 'anna/Jose\u0301']) {
      expect((await ben.whois(service, instanceId)).name).toBe('anna')
      const incoming = nextDial(listener)
      const dialed = ben.dial(service, { instanceId })
      expect(await incoming).toMatchObject({ service: 'caf\u00e9', instanceId: 'anna/Jos\u00e9' })
      await (await incoming).accept()
      await (await dialed).close()
    }
  })

  test('shows the host who calls and what it says before it is answered', async () => {
    const listener = await listen()
    const incoming = nextDial(listener)
    let rings = 0
    let settled = false
    const dialed = dial(listener, { appData: Buffer.from('it is me'), onRinging: () => rings++ }).finally(() => {
      settled = true
    })
    const ring = await incoming
    expect(Buffer.from(ring.appData).toString()).toBe('it is me')
    expect(ring.caller).toEqual(ben.identity)
    expect(ring).toMatchObject({ service, instanceId: listener.instanceId })
    expect(settled).toBe(false)
    const there = await ring.accept()
    const here = await dialed
    expect(rings).toBe(1)
    expect(here.remote).toEqual(anna.identity)
    expect(there.remote).toEqual(ben.identity)
    expect(here.id).toBe(there.id)
    await here.write(Buffer.from('hello'))
    expect((await readBytes(there, 5)).toString()).toBe('hello')
    await there.write(Buffer.from('good day'))
    expect((await readBytes(here, 8)).toString()).toBe('good day')
  })

  test('carries 64 KiB of appData, and one byte more is refused before anybody rings', async () => {
    const listener = await listen()
    let rings = 0
    listener.on('dial', () => rings++)
    await expect(dial(listener, { appData: new Uint8Array(maxAppDataBytes + 1) })).rejects.toMatchObject({
      code: 'too_large',
    })
    expect(rings).toBe(0)
    const appData = Buffer.alloc(maxAppDataBytes, 'appData')
    const incoming = nextDial(listener)
    const dialed = errorOf(dial(listener, { appData }))
    const ring = await incoming
    expect(Buffer.compare(ring.appData, appData)).toBe(0)
    ring.decline()
    expect((await dialed).code).toBe('declined')
  })

  test('without an instance goes to whoever offers the service, never to oneself', async () => {
    const mine = await listen({ host: ben })
    mine.on('dial', (ring) => ring.decline('that is me'))
    const listener = await listen()
    const incoming = nextDial(listener)
    const dialed = ben.dial(service, {})
    await (await incoming).accept()
    expect((await dialed).remote.name).toBe('anna')
    expect((await dialed).instanceId).toBe(listener.instanceId)
  })

  test.each(kinds)('rings once although its %s is cut while it rings, and goes on over another relay', async (kind) => {
    const dialer = await stage.context(`ringer-${kind}`, { splices: kind === 'splice' })
    const listener = await listen()
    const rings: IncomingDial[] = []
    listener.on('dial', (ring) => rings.push(ring))
    const ringing = Promise.withResolvers<void>()
    let rang = 0
    const onRinging = () => {
      rang++
      ringing.resolve()
    }
    const dialed = dial(listener, { onRinging }, dialer)
    await ringing.promise
    const carrying = () => carryingTo(dialer, anna.identity.peerId)[0]
    const first = carrying()!
    first.cut()
    const next = await eventually(carrying, (path) => path !== undefined && path.through !== first.through)
    const there = await rings[0]!.accept()
    const here = await dialed
    expect(rings).toHaveLength(1)
    expect(rang).toBe(1)
    expect(next!.through).not.toBe(first.through)
    expect(here.paths()[0]!.kind).toBe(kind)
    await here.write(Buffer.from('made it'))
    expect((await readBytes(there, 7)).toString()).toBe('made it')
    here.abort()
    await dialer.close()
  })

  test.each(kinds)('to any instance rings at one host only, though its %s is cut while it rings', async (kind) => {
    const emil = await stage.context(`emil-${kind}`, { splices: kind === 'splice' })
    const hosts = [anna, carol]
    const rings: IncomingDial[] = []
    for (const host of hosts) {
      const listener = await listen({ host, name: anyService.name })
      listener.on('dial', (ring) => rings.push(ring))
    }
    const carrying = () => hosts.flatMap((host) => carryingTo(emil, host.identity.peerId))
    for (let calls = 0; calls < 5; calls++) {
      rings.length = 0
      const ringing = Promise.withResolvers<void>()
      const dialed = emil.dial(anyService.name, { onRinging: ringing.resolve })
      await ringing.promise
      const cut = carrying()[0]!
      cut.cut()
      await eventually(carrying, ([next]) => next !== undefined && next.through !== cut.through)
      expect(rings).toHaveLength(1)
      const there = await rings[0]!.accept()
      const here = await dialed
      expect(rings).toHaveLength(1)
      here.abort()
      there.abort()
      await eventually(carrying, ({ length }) => length === 0)
    }
    await emil.close()
  })

  test('to any instance goes on to another host when the one that rang is gone', async () => {
    const doris = await stage.context('doris')
    const gone = await listen({ host: doris, name: anyService.name, precedence: 'required', keep: true })
    const incoming = nextDial(gone)
    const dialed = ben.dial(anyService.name, {})
    await incoming
    const other = await listen({ name: anyService.name })
    other.on('dial', (ring) => void ring.accept().catch(() => {}))
    await nodeOf(doris).stop()
    const here = await dialed
    expect(here.remote.name).toBe('anna')
    here.abort()
  })

  test('that somebody declined after it rang does not ring at another host, though any would do', async () => {
    const rang = Promise.withResolvers<void>()
    let rings = 0
    for (const host of [anna, carol]) {
      const listener = await listen({ host, name: anyService.name })
      listener.on('dial', async (ring) => {
        rings++
        await rang.promise
        ring.decline('not now')
      })
    }
    const error = await errorOf(ben.dial(anyService.name, { onRinging: rang.resolve }))
    expect(error).toMatchObject({ code: 'declined', details: { reason: 'not now' } })
    expect(rings).toBe(1)
  })

  test('that was declined is not tried again over the other relays', async () => {
    const listener = await listen()
    let rings = 0
    listener.on('dial', (ring) => {
      rings++
      ring.decline('not today')
    })
    const error = await errorOf(dial(listener))
    const { instanceId } = listener
    expect(error).toMatchObject({ code: 'declined', details: { reason: 'not today', instanceId, service } })
    expect(error.message).toContain('not today')
    // A later call is another call.
    await expect(dial(listener)).rejects.toMatchObject({ code: 'declined' })
    expect(rings).toBe(2)
  })

  test('counts the first answer only', async () => {
    const listener = await listen()
    const incoming = nextDial(listener)
    const dialed = dial(listener)
    const ring = await incoming
    const there = await ring.accept()
    ring.decline('too late')
    ring.busy()
    await expect(ring.accept()).rejects.toMatchObject({ code: 'closed' })
    const here = await dialed
    await there.write(Buffer.from('up'))
    expect((await readBytes(here, 2)).toString()).toBe('up')
  })

  test('is one of several at once, to one host and to others, and each gets its own answer', async () => {
    const [one, other] = [await listen(), await listen({ host: carol })]
    for (const listener of [one, other]) {
      listener.on('dial', (ring) => {
        const said = Buffer.from(ring.appData).toString()
        if (said === 'no') ring.decline(said)
        else if (said === 'busy') ring.busy(said)
        else void ring.accept().then((connection) => connection.write(Buffer.from(`${ring.instanceId} ${said}`)))
      })
    }
    const say = (said: string) => ({ appData: Buffer.from(said) })
    const outcomes = await Promise.allSettled([
      dial(one, say('no')),
      dial(one, say('one')),
      dial(other, say('two')),
      dial(other, say('busy')),
      dial(one, say('three')),
      ben.dial(service, { instanceId: 'nobody' }),
    ])
    const seen = await Promise.all(
      outcomes.map(async (outcome) =>
        outcome.status === 'rejected' ? outcome.reason.code : Buffer.from((await outcome.value.read())!).toString(),
      ),
    )
    const [a, c] = [one.instanceId, other.instanceId]
    expect(seen).toEqual(['declined', `${a} one`, `${c} two`, 'busy', `${a} three`, 'unknown_instance'])
  })

  test('may ring beside fifteen others of the same caller; one more is told busy', async () => {
    const listener = await listen()
    const rings: IncomingDial[] = []
    listener.on('dial', (ring) => rings.push(ring))
    const calls = Array.from({ length: maxRingingPerPeer }, () => errorOf(dial(listener)))
    await eventually(
      () => rings.length,
      (count) => count === maxRingingPerPeer,
    )
    await expect(dial(listener)).rejects.toMatchObject({ code: 'busy' })
    const other = errorOf(dial(listener, {}, carol))
    await eventually(
      () => rings.length,
      (count) => count === maxRingingPerPeer + 1,
    )
    for (const ring of rings) ring.decline()
    expect((await Promise.all([...calls, other])).map(({ code }) => code)).toEqual(rings.map(() => 'declined'))
  })

  test('made and ended leaves nothing in the way of the next ones', async () => {
    const listener = await listen()
    for (let round = 0; round < 20; round++) {
      const { here, there } = await call(ben, listener)
      await Promise.all([here.close(), there.close()])
    }
  })
})

describe('told apart by code:', () => {
  test('busy, said by the host with its words', async () => {
    const listener = await listen()
    listener.on('dial', (ring) => ring.busy('two calls already'))
    await expect(dial(listener)).rejects.toMatchObject({ code: 'busy', details: { reason: 'two calls already' } })
  })

  test('busy, when nobody handles the calls of a listener', async () => {
    await expect(dial(await listen())).rejects.toMatchObject({ code: 'busy' })
  })

  test('offline, with when it was last seen', async () => {
    const listener = await listen()
    const before = Date.now()
    await listener.close()
    const error = await errorOf(dial(listener))
    expect(error.code).toBe('offline')
    expect(error.details.lastSeenMs).toBeGreaterThanOrEqual(before)
    expect(error.details.lastSeenMs).toBeLessThanOrEqual(Date.now())
  })

  test('an instance nobody has seen, a service the network does not have, and oneself', async () => {
    await expect(ben.dial(service, { instanceId: 'zoe' })).rejects.toMatchObject({ code: 'unknown_instance' })
    await expect(ben.dial('ssh', { instanceId: 'anna' })).rejects.toMatchObject({ code: 'unknown_service' })
    await expect(ben.dial(service, { instanceId: 'ben' })).rejects.toMatchObject({ code: 'self_dial' })
    const mine = await listen({ host: ben })
    await expect(dial(mine)).rejects.toMatchObject({ code: 'self_dial' })
  })

  test('a service that one may not dial', async () => {
    const listener = await listen({ name: 'desk' })
    const eve = await stage.context('eve', { roles: ['guest'] })
    await expect(dial(listener)).rejects.toMatchObject({ code: 'not_permitted' })
    await expect(dial(await listen(), {}, eve)).rejects.toMatchObject({ code: 'not_permitted' })
    await eve.close()
  })

  test('a caller that skips the check at its own end, who is refused by the relay or the host', async () => {
    const listener = await listen({ name: 'desk' })
    let rings = 0
    listener.on('dial', () => rings++)
    const eve = await stage.context('eve', { roles: ['guest'] })
    const unchecked = (context: Context) => (context as OverlayContext).dialer
    // May bind the service, and therefore look up who else does, but not dial.
    await expect(dial(listener, {}, unchecked(ben))).rejects.toMatchObject({
      code: 'not_permitted',
      message: /'anna\/\d+' does not permit/,
    })
    // May do neither.
    await expect(dial(listener, {}, unchecked(eve))).rejects.toMatchObject({ code: 'not_permitted' })
    expect(rings).toBe(0)
    await eve.close()
  })

  test('a caller whose own patience ended', async () => {
    const listener = await listen()
    const incoming = nextDial(listener)
    const error = await errorOf(dial(listener, { connectTimeout: 3_000 }))
    expect(error).toMatchObject({ code: 'timed_out', message: new RegExp(`'${listener.instanceId}'`) })
    await abortOf(await incoming)
  })

  test('a host whose time to answer is over', async () => {
    const listener = await listen({ connectTimeout: 200 })
    const incoming = nextDial(listener)
    const dialed = errorOf(dial(listener))
    const ring = await incoming
    expect((await dialed).code).toBe('timed_out')
    await abortOf(ring)
    expect(ring.signal.reason).toMatchObject({ code: 'timed_out' })
    await expect(ring.accept()).rejects.toMatchObject({ code: 'canceled' })
  })

  test('a host that is bound, but to which no path can be opened', async () => {
    const member = await startMember(await stage.network.member('mute'))
    await member.bind('mute')
    await expect(ben.dial(service, { instanceId: 'mute' })).rejects.toMatchObject({
      code: 'unreachable',
      message: /'mute' is bound/,
    })
    await member.close()
  })

  test.each<[string, DialOptions, string]>([
    ['no time at all', { connectTimeout: 0 }, 'bad_argument'],
    ['a time that is no number', { connectTimeout: Number.NaN }, 'bad_argument'],
    ['an empty instance id', { instanceId: '' }, 'bad_name'],
    ['an over-long instance id', { instanceId: 'a'.repeat(256) }, 'bad_name'],
    ['control characters in the instance id', { instanceId: 'an\u0007na' }, 'bad_name'],
    ['appData that is not bytes', { appData: 'text' as unknown as Uint8Array }, 'bad_argument'],
  ])('a call with %s', async (_, options, code) => {
    await expect(ben.dial(service, { instanceId: 'anna', ...options })).rejects.toMatchObject({ code })
  })
})

describe('a caller who gives up', () => {
  test('by its signal stops the ringing at the host, which then cannot accept any more', async () => {
    const listener = await listen()
    const incoming = nextDial(listener)
    const giveUp = new AbortController()
    const dialed = errorOf(dial(listener, { signal: giveUp.signal }))
    const ring = await incoming
    giveUp.abort()
    expect((await dialed).code).toBe('canceled')
    await abortOf(ring)
    expect(ring.signal.reason).toMatchObject({ code: 'canceled', message: 'The caller gave up.' })
    await expect(ring.accept()).rejects.toMatchObject({ code: 'canceled' })
  })

  test('before the call began rings nobody', async () => {
    const listener = await listen()
    let rings = 0
    listener.on('dial', (ring) => {
      rings++
      ring.decline()
    })
    await expect(dial(listener, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'canceled' })
    await expect(dial(listener)).rejects.toMatchObject({ code: 'declined' })
    expect(rings).toBe(1)
  })

  test('by closing its context stops the ringing before the context is gone', async () => {
    const listener = await listen()
    const dora = await stage.context('dora')
    const incoming = nextDial(listener)
    const dialed = errorOf(dial(listener, {}, dora))
    const ring = await incoming
    await dora.close()
    expect((await dialed).code).toBe('closed')
    // Told, not found out by silence: that would be long after.
    expect(ring.signal.reason).toMatchObject({ code: 'canceled', message: 'The caller gave up.' })
  })

  test('in the moment the host accepts leaves no session behind', async () => {
    const listener = await listen()
    const incoming = nextDial(listener)
    const giveUp = new AbortController()
    const dialed = errorOf(dial(listener, { signal: giveUp.signal }))
    const there = await (await incoming).accept()
    const closed = once(there, 'close')
    giveUp.abort()
    expect((await dialed).code).toBe('canceled')
    await expect(there.read()).rejects.toMatchObject({ code: 'canceled' })
    await closed
  })
})

describe('a host that ends while it rings', () => {
  test.each(['listener', 'context'] as const)('says so to its callers when its %s closes', async (what) => {
    const host = await stage.context('dora')
    const listener = await listen({ host })
    const incoming = nextDial(listener)
    const dialed = errorOf(dial(listener))
    const ring = await incoming
    await (what === 'listener' ? listener : host).close()
    expect((await dialed).code).toBe('busy')
    expect(ring.signal.reason).toMatchObject({ code: 'closed' })
    await host.close()
  })
})

// These take their time, which is why they take it together.
describe.concurrent('a call, in the long run,', () => {
  test('may be answered as late as a person answers', async () => {
    const listener = await listen({ keep: true })
    const incoming = nextDial(listener)
    const patient = dial(listener)
    const ring = await incoming
    // Longer than any handshake or heartbeat on the way may take.
    const impatient = nextDial(listener).then(abortOf)
    await expect(dial(listener, { connectTimeout: 5_500 }, carol)).rejects.toMatchObject({ code: 'timed_out' })
    await impatient
    const there = await ring.accept()
    const here = await patient
    await here.write(Buffer.from('still here'))
    expect((await readBytes(there, 10)).toString()).toBe('still here')
  })

  test('leaves circuits for the next one, which are closed when none comes', async () => {
    const fred = await stage.context('fred', { splices: false })
    const listener = await listen({ keep: true })
    const { here, there } = await call(fred, listener)
    await Promise.all([here.close(), there.close()])
    const circuits = () => connectionsTo(fred, anna.identity.peerId).relayed.length
    expect(circuits()).toBeGreaterThan(0)
    await eventually(circuits, (count) => count === 0, 60_000)
    const next = await call(fred, listener)
    next.here.abort()
    await fred.close()
  })

  test('ends soon after its host was lost without a word', async () => {
    const host = await stage.context('dora')
    const listener = await listen({ host, keep: true })
    const incoming = nextDial(listener)
    const dialed = errorOf(dial(listener))
    await incoming
    await nodeOf(host).stop()
    expect((await dialed).code).toBe('offline')
  })
})
