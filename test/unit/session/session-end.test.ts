import { describe, expect, test } from 'vitest'
import { OverlayError } from '../../../src/core/errors.js'
import type { Session } from '../../../src/session/session.js'
import { text, World } from './fixture.js'
import { Random } from './random.js'

/** Each way in which one side ends a session by itself. */
const endings: Record<string, (session: Session) => unknown> = {
  close: (session) => session.close().catch(() => {}),
  abort: (session) => session.abort('enough'),
  destroy: (session) => session.destroy(),
  fail: (session) => session.fail(new OverlayError('not_permitted', 'Withdrawn.')),
}

/** A session with more paths than it needs, so that it is about to give one up. */
async function withSurplus(): Promise<{ world: World; dialer: Session; host: Session }> {
  const world = new World()
  const { dialer, host } = await world.connect()
  await world.addPath(dialer, 'relay2')
  await world.addPath(dialer, 'relay3')
  await world.pass(1_000)
  return { world, dialer, host }
}

describe('a session that is over leaves nothing on the clock', () => {
  for (const [name, end] of Object.entries(endings)) {
    for (const first of ['dialer', 'host'] as const) {
      test(`${name}, begun by the ${first}, with a path to spare`, async () => {
        const { world, dialer, host } = await withSurplus()
        const [one, other] = first === 'dialer' ? [dialer, host] : [host, dialer]
        end(one)
        await world.settled()
        other.destroy()
        one.destroy()
        await Promise.all([dialer.ended, host.ended])
        await world.settled()
        expect(world.clock.timers).toBe(0)
        expect(world.network.openStreams).toBe(0)
      })
    }
  }

  test('whatever happens in whatever order, and whatever is called afterwards', async () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = new Random(seed)
      const world = new World({ sendBufferBytes: 8_000, receiveWindowBytes: 4_000, maxDataFrameBytes: 1_000 })
      const { dialer, host } = await world.connect()
      const sides = [dialer, host]
      for (let paths = random.int(0, 3); paths > 0; paths--) await world.addPath(dialer, `relay${paths + 1}`)
      if (random.chance(0.5)) await world.pass(random.int(1, 3_000))
      const late = (session: Session) => {
        session.write(text('x'.repeat(random.int(1, 9_000)))).catch(() => {})
        session.read().catch(() => {})
      }
      const calls: Array<(session: Session) => unknown> = [
        ...Object.values(endings),
        late,
        late,
        (session) => session.closeWrite().catch(() => {}),
        (session) => session.offerDirect({ multiaddrs: [], step: 1, round: 1, punch: [], router: 0 }),
        () => world.addPath(dialer, `relay${random.int(2, 9)}`).catch(() => {}),
        () => world.addPath(dialer, `relay${random.int(2, 9)}`).catch(() => {}),
        () => world.pass(random.int(1, 12_000)),
      ]
      for (let step = random.int(1, 12); step > 0; step--) {
        void random.pick(calls)(random.pick(sides))
        if (random.chance(0.5)) await world.settled()
      }
      for (const side of random.chance(0.5) ? sides : sides.reverse()) {
        side.destroy()
        if (random.chance(0.5)) await world.settled()
      }
      // Nothing of what is called too late brings it back.
      for (const side of sides) random.pick(calls)(side)
      await world.settled()
      expect([seed, dialer.isOver, host.isOver, world.clock.timers]).toEqual([seed, true, true, 0])
    }
  })
})
