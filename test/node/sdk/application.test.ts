import { once } from 'node:events'
import { pipeline } from 'node:stream/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Connection, Context, IncomingDial, Listener, OverlayError } from '../../../src/sdk/index.js'
import { eventually } from '../../support/members.js'
import { call, nextDial, readAll, Stage, service } from '../../support/stage.js'

let stage: Stage
let host: Context
let ben: Context
let listener: Listener
const warnings: OverlayError[] = []
beforeAll(async () => {
  stage = await Stage.open({ relays: 2 })
})
afterAll(() => stage.close())

let count = 0
beforeEach(async () => {
  warnings.length = 0
  ;({ context: host, listener } = await stage.host(`anna${++count}`, { terminators: 1 }))
  ben = await stage.context(`ben${count}`)
  host.on('warning', (warning) => warnings.push(warning))
  ben.on('warning', (warning) => warnings.push(warning))
})
afterEach(() => stage.clear())

const dial = (appData = '') => ben.dial(service, { instanceId: listener.instanceId, appData: Buffer.from(appData) })
const readText = async (connection: Connection) => Buffer.from((await connection.read())!).toString()
const echo = async (incoming: IncomingDial) => {
  const connection = await incoming.accept()
  for await (const bytes of connection) await connection.write(bytes)
  await connection.close()
}

describe('a handler that fails', () => {
  test('before it has answered ends its call with internal, and the next call is served', async () => {
    listener.on('dial', (incoming) => {
      if (incoming.appData.byteLength > 0) throw new TypeError('no such thing')
      return echo(incoming)
    })
    const heard = once(listener, 'warning')
    await expect(dial('bad')).rejects.toMatchObject({ code: 'internal' })
    expect((await heard)[0]).toMatchObject({ code: 'handler_failed', details: { service } })
    const connection = await dial()
    await connection.write(Buffer.from('hello'))
    expect(await readText(connection)).toBe('hello')
    await connection.close()
    expect(warnings.map(({ code }) => code)).toEqual(['handler_failed'])
  })

  test('after it has accepted ends its connection, and no other one', async () => {
    listener.on('dial', async (incoming) => {
      if (incoming.appData.byteLength === 0) return echo(incoming)
      const connection = await incoming.accept()
      await connection.read()
      throw new TypeError('no such thing')
    })
    const good = await dial()
    const bad = await dial('bad')
    await bad.write(Buffer.from('now'))
    await expect(bad.read()).rejects.toMatchObject({ code: 'aborted' })
    await good.write(Buffer.from('hello'))
    expect(await readText(good)).toBe('hello')
    await good.close()
    expect(warnings.map(({ code }) => code)).toEqual(['handler_failed'])
  })

  test('because its caller gave up, hung up or ended at once hurts nobody', async () => {
    const rejected: unknown[] = []
    const onRejection = (error: unknown) => rejected.push(error)
    process.on('unhandledRejection', onRejection)
    let ring = () => {}
    listener.on('dial', async (incoming) => {
      ring()
      if (incoming.appData.byteLength > 0) await once(incoming.signal, 'abort') // thinks about it for too long
      await echo(incoming)
    })
    const gone = new AbortController()
    const rang = new Promise<void>((resolve) => {
      ring = resolve
    })
    const givenUp = ben.dial(service, {
      instanceId: listener.instanceId,
      appData: Buffer.from('wait'),
      signal: gone.signal,
    })
    await rang
    gone.abort()
    await expect(givenUp).rejects.toMatchObject({ code: 'canceled' })
    const aborted = await dial()
    aborted.abort('enough')
    await eventually(
      () => warnings.map(({ code }) => code).sort(),
      (codes) => codes.join() === 'aborted,canceled',
    )
    process.off('unhandledRejection', onRejection)
    expect(rejected).toEqual([])
  })

  test('of any other event is told as a warning', async () => {
    listener.on('dial', echo)
    listener.on('terminator:lost', () => {
      throw new Error('lost')
    })
    const connection = await ben.dial(service, {
      instanceId: listener.instanceId,
      onRinging: () => {
        throw new Error('ringing')
      },
    })
    connection.on('close', async () => {
      throw new Error('close')
    })
    await connection.close()
    await eventually(
      () => warnings.map(({ message }) => message),
      (texts) => ['onRinging', 'close event'].every((what) => texts.some((text) => text.includes(what))),
    )
  })
})

describe('onRinging is called once', () => {
  const later = () => new Promise((resolve) => setImmediate(resolve))
  test.each([
    [
      'before dial resolves, when the host accepts at once',
      async (incoming: IncomingDial) => void incoming.accept(),
      1,
    ],
    [
      'before dial resolves, when it rings first',
      (incoming: IncomingDial) => later().then(() => void incoming.accept()),
      1,
    ],
    ['before dial rejects, when it rings first', (incoming: IncomingDial) => later().then(() => incoming.decline()), 1],
    ['or not at all, when the host declines at once', async (incoming: IncomingDial) => incoming.decline(), 0],
  ])('%s', async (_, answer, most) => {
    listener.on('dial', answer)
    let rings = 0
    const { instanceId } = listener
    const dialed = ben.dial(service, { instanceId, onRinging: () => rings++ })
    const ringsThen = await dialed.then(
      () => rings,
      () => rings,
    )
    expect([ringsThen, rings]).toEqual([most, most])
  })
})

describe('callers one by one', () => {
  test('come in a loop that ends when the listener closes', async () => {
    const names: string[] = []
    const serving = (async () => {
      for await (const incoming of listener) {
        names.push(incoming.caller.name)
        void echo(incoming).catch(() => {})
      }
    })()
    for (let n = 0; n < 3; n++) await (await dial()).close()
    await listener.close()
    await serving
    expect(names).toEqual([1, 2, 3].map(() => ben.identity.name))
  })

  test('without a loop or handler any more everybody is told busy', async () => {
    const first = (async () => {
      for await (const incoming of listener) return incoming.accept()
    })()
    const connection = await dial()
    expect(await first).toBeDefined()
    await expect(dial()).rejects.toMatchObject({ code: 'busy' })
    connection.abort()
  })
})

describe('closing', () => {
  test('a context after its connection, and both sides at once, lets the close finish', async () => {
    listener.on('dial', echo)
    for (const order of ['dialer first', 'host first']) {
      const connection = await dial()
      await connection.write(Buffer.from('hello'))
      expect(await readText(connection)).toBe('hello')
      const closing = connection.close()
      const contexts = order === 'host first' ? [host, ben] : [ben, host]
      await Promise.all([closing, ...contexts.map((context) => context.close())])
      expect(warnings).toEqual([])
      ;({ context: host, listener } = await stage.host(`anna${++count}`, { terminators: 1 }))
      ben = await stage.context(`ben${count}`)
      listener.on('dial', echo)
    }
  })

  test('a context whose connection nobody closes tells the other side that it did not end in order', async () => {
    const { here, there } = await call(ben, listener)
    const closed = once(there, 'close')
    await Promise.all([ben.close(), closed])
    expect((await closed)[0]).toMatchObject({ code: 'aborted' })
    await expect(here.read()).rejects.toMatchObject({ code: 'closed' })
  })

  test('is what leaving an `await using` block does', async () => {
    const dispose = async (what: AsyncDisposable) => what[Symbol.asyncDispose]()
    listener.on('dial', echo)
    const connection = await dial()
    await dispose(connection)
    await dispose(listener)
    await dispose(ben)
    await expect(ben.dial(service)).rejects.toMatchObject({ code: 'closed' })
  })
})

test('a connection is a stream for whatever takes one', async () => {
  const streams: Connection[] = []
  listener.on('dial', async (incoming) => {
    const connection = await incoming.accept()
    streams.push(connection)
    const stream = connection.toDuplex()
    await pipeline(stream, stream)
  })
  const connection = await dial()
  const sent = Buffer.alloc(3_000_000, 'abc')
  const back = readAll(connection)
  const writer = connection.writable.getWriter()
  await writer.write(sent)
  await writer.close()
  expect(Buffer.compare(await back, sent)).toBe(0)
  await eventually(
    () => streams[0]!.stats.bytesAcknowledged,
    (bytes) => bytes === sent.byteLength,
  )
})

test('a network document that cannot be kept is a warning, not a secret', async () => {
  const cleo = await stage.context({ ...(await stage.network.member(`cleo${count}`)), path: '/dev/null/cleo.json' })
  const heard = once(cleo, 'warning')
  await cleo.ready()
  const view = await stage.network.publish({})
  const [relay] = stage.relays
  await relay!.trust.adopt(view.envelope)
  const [warning] = await heard
  expect(warning).toMatchObject({ name: 'OverlayError' })
  expect(cleo.network.revision).toBe(view.revision)
})

test('a caller that waits is still told busy when its host closes', async () => {
  const incoming = nextDial(listener)
  const dialed = expect(dial()).rejects.toMatchObject({ code: 'busy' })
  const { signal } = await incoming
  await listener.close()
  await dialed
  expect(signal.aborted).toBe(true)
})

test.each([
  ['a splice', {}],
  ['a circuit', { splices: false }],
])('whoever is given a connection over %s hears of its end, however early that comes', async (_, options) => {
  const caller = await stage.context(`cleo${count}`, options)
  listener.on('dial', async (incoming) => (await incoming.accept()).abort('at once'))
  for (let n = 0; n < 10; n++) {
    const connection = await caller.dial(service, { instanceId: listener.instanceId })
    const [error] = await once(connection, 'close')
    expect(error).toMatchObject({ code: 'aborted', details: { reason: 'at once' } })
  }
})

test.each([undefined, 'a text', new TypeError('a fault')])(
  'a question to the directory that is given up is canceled (%s)',
  async (reason) => {
    await ben.ready()
    const controller = new AbortController()
    const { signal } = controller
    const ask = () => [ben.listTerminators(service, { signal }), ben.whois(service, listener.instanceId, { signal })]
    const asked = ask()
    controller.abort(reason)
    for (const each of [...asked, ...ask()]) await expect(each).rejects.toMatchObject({ code: 'canceled' })
  },
)

test('dozens may wait for the terminators of one listener', async () => {
  const other = await host.listen(service, { instanceId: `${listener.instanceId}/other` })
  await Promise.all(Array.from({ length: 30 }, () => other.established(2)))
  expect(other.terminators()).toHaveLength(2)
})
