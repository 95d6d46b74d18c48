import { describe, expect, test } from 'vitest'
import { StreamCarrier } from '../../../src/net/stream-carrier.js'
import { IncomingCall } from '../../../src/sdk/incoming-call.js'
import { dialOn } from '../../../src/session/dial-handshake.js'
import { dialRequest, readText, text, World } from '../session/fixture.js'
import { connectionOf } from './connection-of.js'

async function pair() {
  const world = new World()
  const { dialer, host } = await world.connect()
  return { world, host, here: connectionOf(dialer), there: connectionOf(host) }
}

/** Has what JavaScript lets through where the types want something else. */
const anything = (value: unknown) => value as never

describe('what is no bytes', () => {
  test.each(['text', 5, {}, new ArrayBuffer(4), new Uint16Array(2), null, undefined])(
    'is refused, and the connection goes on: %s',
    async (value) => {
      const { world, host, here } = await pair()
      await expect(here.write(anything(value))).rejects.toMatchObject({ code: 'bad_argument' })
      await here.write(text('after'))
      await world.settled()
      expect(await readText(host)).toBe('after')
      expect(here.stats.bytesWritten).toBe(5)
    },
  )

  test.each(['text', 5])('is refused by the web stream: %s', async (value) => {
    const { here } = await pair()
    const writer = here.writable.getWriter()
    writer.closed.catch(() => {})
    await expect(writer.write(anything(value))).rejects.toMatchObject({ code: 'bad_argument' })
    await here.write(text('after'))
    expect(here.stats.bytesWritten).toBe(5)
  })
})

test.each([null, 'text', 5, () => {}])(
  'options that are no object are refused, and the connection goes on: %s',
  async (value) => {
    const { world, host, here } = await pair()
    for (const ask of [
      () => here.write(text('x'), anything(value)),
      () => here.read(anything(value)),
      () => here.close(anything(value)),
    ]) {
      await expect(ask()).rejects.toMatchObject({ code: 'bad_argument' })
    }
    await here.write(text('after'))
    await world.settled()
    expect(await readText(host)).toBe('after')
  },
)

test('a timeout of close that is none is refused', async () => {
  const { here } = await pair()
  await expect(here.close({ timeout: anything('5') })).rejects.toMatchObject({ code: 'bad_argument' })
})

test('a signal that is none is refused at once by reading and writing', async () => {
  const { here } = await pair()
  const options = { signal: anything({}) }
  await expect(here.read(options)).rejects.toMatchObject({ code: 'bad_argument' })
  await expect(here.write(text('x'), options)).rejects.toMatchObject({ code: 'bad_argument' })
  expect(here.stats.bytesWritten).toBe(0)
})

/** Pairs what is given as a reason with what the other side hears. */
const reasons: Array<[unknown, string]> = [
  ['not now', 'not now'],
  [new Error('disk full'), 'disk full'],
  [5, '5'],
  [null, ''],
  [Object.create(null), ''],
]

describe('a reason', () => {
  test.each(reasons)('of an abort may be anything: %s', async (given, heard) => {
    const { world, here, there } = await pair()
    here.abort(anything(given))
    await world.settled()
    const error = await there.read().catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'aborted' })
    expect((error as { details: { reason?: string } }).details.reason ?? '').toBe(heard)
  })

  test.each(reasons)('of a no may be anything: %s', async (given, heard) => {
    for (const [how, code] of [
      ['decline', 'declined'],
      ['busy', 'busy'],
    ] as const) {
      const world = new World()
      const said = dialOn(new StreamCarrier(world.wire().outbound), dialRequest(), { clock: world.clock }).catch(
        (caught: unknown) => caught,
      )
      await world.settled()
      const ann = { name: 'ann', peerId: 'peer', roles: [] }
      const call = new IncomingCall(world.dials[0]!, ann, { direct: false, graceMs: 1 }, () => expect.fail())
      call[how](anything(given))
      const error = await said
      expect(error).toMatchObject({ code })
      expect((error as { details: { reason?: string } }).details.reason ?? '').toBe(heard)
    }
  })
})
