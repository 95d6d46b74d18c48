import { describe, expect, test } from 'vitest'
import { OverlayError } from '../../../src/core/errors.js'
import { StreamCarrier } from '../../../src/net/stream-carrier.js'
import { type FreshPath, PathKeeper, type PathWish } from '../../../src/session/path-keeper.js'
import type { Session } from '../../../src/session/session.js'
import { readText, text, World } from './fixture.js'
import type { MemoryWire } from './memory-stream.js'

/** A world with relays that can be up or down, and a keeper that uses them. */
class KeptWorld extends World {
  readonly up = new Set<string>()
  readonly asked: PathWish[] = []
  readonly wires = new Map<string, MemoryWire>()
  keeper!: PathKeeper
  /** Attempts that are going on now, and the most there ever were. */
  going = { now: 0, most: 0 }
  /** Makes an attempt wait until the test lets it go. */
  gate: Promise<void> = Promise.resolve()
  /** Attempts do not listen to their signal. */
  deaf = false

  async begin(...relays: string[]): Promise<{ dialer: Session; host: Session; wire: MemoryWire }> {
    for (const relay of relays) this.up.add(relay)
    const connected = await this.connect()
    this.wires.set('relay1', connected.wire)
    this.keeper = new PathKeeper({
      session: connected.dialer,
      clock: this.clock,
      random: () => 0.5,
      openPath: (wish, signal) => this.openPath(wish, signal),
    })
    this.keeper.start()
    await this.settled()
    // The first one is asked for a moment after the call.
    await this.pass(100)
    return connected
  }

  async openPath({ exclude, avoid }: PathWish, signal: AbortSignal): Promise<FreshPath> {
    this.asked.push({ exclude: [...exclude], avoid: [...avoid] })
    this.going.most = Math.max(this.going.most, ++this.going.now)
    try {
      await this.gate
      if (!this.deaf) signal.throwIfAborted()
      const usable = [...this.up].filter((relay) => !exclude.includes(relay))
      const label = usable.find((relay) => !avoid.includes(relay)) ?? usable[0]
      if (label === undefined) throw new OverlayError('unreachable', 'no relay')
      const wire = this.wire({ label })
      this.wires.set(label, wire)
      return { carrier: new StreamCarrier(wire.outbound), label, kind: 'circuit' }
    } finally {
      this.going.now--
    }
  }
}

const relaysOf = (session: Session) => session.paths().map(({ relay, role }) => `${relay} ${role}`)

describe('PathKeeper', () => {
  test('makes a second path ready, over another relay', async () => {
    const world = new KeptWorld()
    const { dialer } = await world.begin('relay1', 'relay2', 'relay3')
    expect(world.asked).toEqual([{ exclude: ['relay1'], avoid: [] }])
    expect(relaysOf(dialer)).toEqual(['relay1 active', 'relay2 standby'])
    await world.pass(60_000)
    expect(world.asked.length).toBe(1)
  })

  test('replaces a lost path at once, trying the relay that failed last', async () => {
    const world = new KeptWorld()
    const { dialer } = await world.begin('relay1', 'relay2', 'relay3')
    await world.pass(1000)
    world.wires.get('relay1')!.cut()
    await world.settled()
    expect(world.asked.at(-1)).toEqual({ exclude: ['relay2'], avoid: ['relay1'] })
    expect(relaysOf(dialer)).toEqual(['relay2 active', 'relay3 standby'])
  })

  test('comes back to a relay that failed when there is no other', async () => {
    const world = new KeptWorld()
    const { dialer } = await world.begin('relay1', 'relay2')
    await world.pass(1000)
    world.wires.get('relay1')!.cut()
    await world.settled()
    expect(world.asked.at(-1)).toEqual({ exclude: ['relay2'], avoid: ['relay1'] })
    expect(relaysOf(dialer)).toEqual(['relay2 active', 'relay1 standby'])
  })

  test('brings a session back that lost all its paths', async () => {
    const world = new KeptWorld()
    const { dialer, host } = await world.begin('relay1', 'relay2')
    const relays = [...world.up]
    world.up.clear()
    for (const wire of world.wires.values()) wire.cut()
    await dialer.write(text('hold the line'))
    await world.pass(20_000)
    expect(dialer.isInterrupted).toBe(true)
    world.up.add(relays[1]!)
    await world.pass(1_000)
    expect(await readText(host)).toBe('hold the line')
  })

  test('tries one at a time, with growing pauses, jittered, and no longer than five seconds', async () => {
    const world = new KeptWorld()
    await world.begin('relay1')
    expect(world.asked.length).toBe(1)
    const pauses: number[] = []
    for (let tries = 1; tries < 9; tries++) {
      const from = world.clock.monotonic()
      while (world.asked.length === tries) await world.pass(1)
      pauses.push(world.clock.monotonic() - from)
    }
    expect(pauses).toEqual([188, 375, 750, 1500, 3000, 3750, 3750, 3750])
    expect(world.going.most).toBe(1)
  })

  test('is nudged when another relay is there', async () => {
    const world = new KeptWorld()
    const { dialer } = await world.begin('relay1')
    await world.pass(20_000)
    world.up.add('relay2')
    world.keeper.nudge()
    await world.settled()
    expect(dialer.paths().length).toBe(2)
  })

  test('does not begin a second attempt while one is going on', async () => {
    const world = new KeptWorld()
    let open = () => {}
    world.gate = new Promise((resolve) => {
      open = resolve
    })
    const { dialer } = await world.begin('relay1', 'relay2')
    for (let n = 0; n < 5; n++) world.keeper.nudge()
    await world.pass(1000)
    expect(world.asked.length).toBe(1)
    open()
    await world.settled()
    expect([dialer.paths().length, world.going.most]).toEqual([2, 1])
  })

  test('starts afresh when the last path breaks while an attempt hangs', async () => {
    const world = new KeptWorld()
    world.gate = new Promise(() => {})
    const { dialer } = await world.begin('relay1', 'relay2')
    await world.pass(1000)
    world.gate = Promise.resolve()
    world.wires.get('relay1')!.cut()
    await world.settled()
    expect(world.asked.at(-1)).toEqual({ exclude: [], avoid: ['relay1'] })
    await world.pass(200)
    expect(relaysOf(dialer)).toEqual(['relay2 active', 'relay1 standby'])
  })

  test('gives up an attempt that never ends, and closes what comes of it too late', async () => {
    const world = new KeptWorld()
    let open = () => {}
    world.gate = new Promise((resolve) => {
      open = resolve
    })
    world.deaf = true
    await world.begin('relay1', 'relay2')
    await world.pass(10_000)
    expect(world.asked.length).toBe(1)
    await world.pass(200)
    expect(world.asked.length).toBe(2)
    open()
    await world.settled()
    expect(world.network.openStreams).toBe(4)
  })

  test('does not hammer when paths break as soon as they are there', async () => {
    const world = new KeptWorld()
    const { dialer } = await world.begin('relay1', 'relay2', 'relay3')
    dialer.on('paths', () => {
      for (const wire of world.wires.values()) wire.cut()
    })
    world.wires.get('relay1')!.cut()
    const before = world.asked.length
    await world.pass(1000)
    expect(world.asked.length - before).toBeLessThan(25)
  })

  test('stops with the session and leaves no timer', async () => {
    const world = new KeptWorld()
    const { dialer, host } = await world.begin('relay1')
    await Promise.all([dialer.close(), host.close()])
    await Promise.all([dialer.ended, host.ended])
    await world.settled()
    const asked = world.asked.length
    await world.pass(60_000)
    expect([world.asked.length, world.clock.timers, world.network.openStreams]).toEqual([asked, 0, 0])
  })

  test('ends an attempt that is going on when the session ends', async () => {
    const world = new KeptWorld()
    let open = () => {}
    world.gate = new Promise((resolve) => {
      open = resolve
    })
    const { dialer, host } = await world.begin('relay1', 'relay2')
    dialer.destroy()
    host.destroy()
    await world.settled()
    expect(world.clock.timers).toBe(0)
    open()
    await world.settled()
    expect([dialer.paths(), world.network.openStreams]).toEqual([[], 0])
  })

  test('delivers an abort that found no path', async () => {
    const world = new KeptWorld()
    const { dialer, host } = await world.begin('relay1', 'relay2')
    const relays = [...world.up]
    world.up.clear()
    for (const wire of world.wires.values()) wire.cut()
    await world.settled()
    dialer.abort('gone')
    await world.pass(3000)
    for (const relay of relays) world.up.add(relay)
    await world.pass(6000)
    await expect(host.read()).rejects.toMatchObject({ code: 'aborted', details: { reason: 'gone' } })
    await dialer.ended
  })
})
