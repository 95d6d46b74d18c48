import { describe, expect, test } from 'vitest'
import { OverlayError } from '../../../src/core/errors.js'
import { StreamCarrier } from '../../../src/net/stream-carrier.js'
import { dialOn, resumeOn } from '../../../src/session/dial-handshake.js'
import { resumePath } from '../../../src/session/resume-path.js'
import { encodeFrame } from '../../../src/wire/frame-batch.js'
import { dialedSession } from './dialed-session.js'
import { dialerPeerId, dialRequest, readText, text, World } from './fixture.js'
import type { MemoryWire } from './memory-stream.js'

/** A dial on a new wire; its result is not awaited. */
function dial(world: World, options: { signal?: AbortSignal; label?: string; dialId?: number } = {}) {
  const wire = world.wire({ label: options.label ?? 'relay1' })
  const ringing: string[] = []
  const request = dialRequest({ dialId: new Uint8Array(16).fill(options.dialId ?? 7) })
  const outcome = dialOn(new StreamCarrier(wire.outbound), request, {
    clock: world.clock,
    onRinging: () => ringing.push('ringing'),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  })
  outcome.catch(() => {})
  return { wire, outcome, ringing }
}

async function closed(world: World, ...wires: MemoryWire[]): Promise<void> {
  await world.settled()
  for (const wire of wires) {
    expect([wire.outbound.status, wire.inbound.status]).not.toContain('open')
    expect([wire.outbound.status, wire.inbound.status]).not.toContain('closing')
  }
}

describe('a dial', () => {
  test('rings, carries what the caller said, and becomes a session when it is accepted', async () => {
    const world = new World()
    const { outcome, ringing } = dial(world)
    await world.settled()
    expect(ringing).toEqual(['ringing'])
    expect(world.dials[0]).toMatchObject({
      peerId: dialerPeerId,
      request: { service: 'chat', instanceId: 'bob', connectTimeoutMs: 60_000 },
    })
    const host = world.dials[0]!.accept({ direct: true })
    await host.write(text('welcome'))
    const accepted = await outcome
    expect(accepted).toMatchObject({ direct: true, remoteWindowBytes: 1024 * 1024 })
    expect([accepted.sessionId.byteLength, accepted.secret.byteLength]).toEqual([16, 32])
    const dialer = dialedSession(accepted, { label: 'relay1', kind: 'circuit', clock: world.clock })
    expect(await readText(dialer)).toBe('welcome')
    expect(dialer.id).toBe(host.id)
  })

  test('that is answered at once does not ring', async () => {
    const world = new World()
    world.onDial = (incoming) => incoming.refuse('busy', 'later')
    const { outcome, ringing, wire } = dial(world)
    await expect(outcome).rejects.toMatchObject({ code: 'busy', details: { reason: 'later' } })
    expect(ringing).toEqual([])
    await closed(world, wire)
    expect(world.clock.timers).toBe(0)
  })

  test.each([
    ['declined', 'declined'],
    ['not_permitted', 'not_permitted'],
    ['unknown_instance', 'unknown_instance'],
    ['closed', 'offline'],
  ] as const)('that is refused as %s is rejected with %s, and its path is closed', async (status, code) => {
    const world = new World()
    const { outcome, wire } = dial(world)
    await world.settled()
    world.dials[0]!.refuse(status)
    await expect(outcome).rejects.toMatchObject({ code })
    await closed(world, wire)
    expect(world.clock.timers).toBe(0)
  })

  test('only the first answer counts', async () => {
    const world = new World()
    const { outcome } = dial(world)
    await world.settled()
    world.dials[0]!.refuse('declined', 'first')
    world.dials[0]!.refuse('busy', 'second')
    expect(() => world.dials[0]!.accept()).toThrow(expect.objectContaining({ code: 'closed' }))
    await expect(outcome).rejects.toMatchObject({ code: 'declined', details: { reason: 'first' } })
  })

  test('that the caller gives up stops ringing', async () => {
    const world = new World()
    const giveUp = new AbortController()
    const { outcome, wire } = dial(world, { signal: giveUp.signal })
    await world.settled()
    giveUp.abort(new OverlayError('timed_out', 'No answer in 60 s.'))
    await expect(outcome).rejects.toMatchObject({ code: 'timed_out' })
    await closed(world, wire)
    expect(world.dials[0]!.signal.reason).toMatchObject({ code: 'canceled' })
    expect(() => world.dials[0]!.accept()).toThrow(expect.objectContaining({ code: 'canceled' }))
    expect(world.clock.timers).toBe(0)
  })

  test('that was given up before it began opens nothing', async () => {
    const world = new World()
    const { outcome } = dial(world, { signal: AbortSignal.abort() })
    await expect(outcome).rejects.toMatchObject({ code: 'canceled' })
    await world.settled()
    expect(world.dials).toEqual([])
  })

  test('that nobody answers ends when the caller said it would', async () => {
    const world = new World()
    const { outcome } = dial(world)
    await world.pass(60_000)
    await expect(outcome).rejects.toMatchObject({ code: 'timed_out' })
    expect(world.dials[0]!.signal.reason).toMatchObject({ code: 'timed_out' })
  })

  test('rings for a minute on a quiet path without being lost', async () => {
    const world = new World()
    const { outcome } = dial(world)
    await world.pass(55_000)
    world.dials[0]!.accept()
    await expect(outcome).resolves.toMatchObject({ direct: false })
  })

  test('to a handler that throws is refused as internal', async () => {
    const world = new World()
    world.onDial = () => {
      throw new Error('a bug')
    }
    await expect(dial(world).outcome).rejects.toMatchObject({ code: 'internal' })
  })
})

describe('a dial whose path breaks', () => {
  test('is rejected as unreachable, so that it can be retried', async () => {
    const world = new World()
    const { outcome, wire } = dial(world)
    await world.settled()
    wire.cut()
    await expect(outcome).rejects.toMatchObject({ code: 'unreachable' })
  })

  test('is noticed within four seconds when the path just freezes', async () => {
    const world = new World()
    const { outcome, wire } = dial(world)
    await world.settled()
    wire.freeze()
    await world.pass(4000)
    await expect(outcome).rejects.toMatchObject({ code: 'unreachable' })
  })

  test('rings once, however often it is retried', async () => {
    const world = new World()
    for (let n = 0; n < 3; n++) {
      const { wire, outcome } = dial(world)
      await world.settled()
      wire.cut()
      await expect(outcome).rejects.toMatchObject({ code: 'unreachable' })
    }
    const last = dial(world)
    await world.settled()
    expect(world.dials.length).toBe(1)
    expect(last.ringing).toEqual(['ringing'])
    world.dials[0]!.accept()
    await last.outcome
  })

  test('gets the answer that was given meanwhile: a decline is final', async () => {
    const world = new World()
    const first = dial(world)
    await world.settled()
    first.wire.cut()
    world.dials[0]!.refuse('declined', 'no')
    const again = dial(world)
    await expect(again.outcome).rejects.toMatchObject({ code: 'declined', details: { reason: 'no' } })
    expect(world.dials.length).toBe(1)
  })

  test('gets into the session that was accepted meanwhile', async () => {
    const world = new World()
    const first = dial(world)
    await world.settled()
    first.wire.freeze()
    const host = world.dials[0]!.accept()
    await host.write(text('hello?'))
    first.wire.cut()
    const again = dial(world, { label: 'relay2' })
    const dialer = dialedSession(await again.outcome, { label: 'relay2', kind: 'circuit', clock: world.clock })
    expect(await readText(dialer)).toBe('hello?')
    expect(world.dials.length).toBe(1)
  })

  test('stops ringing when its caller does not come back', async () => {
    const world = new World()
    const { wire } = dial(world)
    await world.settled()
    wire.cut()
    await world.pass(9_999)
    expect(world.dials[0]!.signal.aborted).toBe(false)
    await world.pass(1)
    expect(world.dials[0]!.signal.reason).toMatchObject({ code: 'canceled' })
    expect(world.clock.timers).toBe(0)
  })

  test('goes on ringing when its caller comes back in time', async () => {
    const world = new World()
    const first = dial(world)
    await world.settled()
    first.wire.cut()
    await world.pass(9_000)
    dial(world)
    await world.pass(9_000)
    expect(world.dials[0]!.signal.aborted).toBe(false)
  })

  test('stops ringing when its caller is heard and then falls silent', async () => {
    const world = new World()
    const wire = world.wire()
    wire.outbound.send(encodeFrame({ type: 'dial', request: { ...dialRequest(), receiveWindowBytes: 1000 } }))
    await world.pass(5_000)
    wire.outbound.send(encodeFrame({ type: 'ping', id: 0 }))
    await world.pass(7_000)
    expect(wire.inbound.status).toBe('open')
    await world.pass(1_000)
    expect(wire.inbound.status).toBe('aborted')
    await world.pass(10_000)
    expect(world.dials[0]!.signal.aborted).toBe(true)
  })

  test('has eight paths at most; the oldest goes', async () => {
    const world = new World()
    const dials = Array.from({ length: 9 }, () => dial(world))
    await world.settled()
    expect(world.dials.length).toBe(1)
    expect(dials.map(({ wire }) => wire.inbound.status === 'open')).toEqual([false, ...Array(8).fill(true)])
    await expect(dials[0]!.outcome).rejects.toMatchObject({ code: 'unreachable' })
  })

  test('on two paths at once is answered on both', async () => {
    const world = new World()
    const one = dial(world, { label: 'relay1' })
    const two = dial(world, { label: 'relay2' })
    await world.settled()
    expect(world.dials.length).toBe(1)
    const host = world.dials[0]!.accept()
    const [first, second] = await Promise.all([one.outcome, two.outcome])
    expect(first.sessionId).toEqual(second.sessionId)
    expect(host.paths().map(({ relay }) => relay)).toEqual(['relay2', 'relay1'])
    const dialer = dialedSession(first, { label: 'relay1', kind: 'circuit', clock: world.clock })
    dialer.addPath(second.channel, { kind: 'circuit', label: 'relay2' })
    await host.write(text('hi'))
    expect(await readText(dialer)).toBe('hi')
  })
})

describe('resuming', () => {
  test('continues the session on another path', async () => {
    const world = new World()
    const { dialer, host, wire } = await world.connect()
    wire.cut()
    await world.settled()
    await dialer.write(text('here again'))
    await world.addPath(dialer, 'relay2')
    expect(await readText(host)).toBe('here again')
  })

  test.each([
    ['another peer', { remotePeerId: '12D3KooWMallory' }, 0],
    ['a wrong secret', {}, 1],
  ])('is refused to %s, and the session does not notice', async (_name, overrides, flip) => {
    const world = new World()
    const { dialer, host } = await world.connect()
    const request = dialer.resumeRequest
    request.secret[31]! ^= flip
    const wire = world.wire(overrides)
    await expect(resumeOn(new StreamCarrier(wire.outbound), request, { clock: world.clock })).rejects.toMatchObject({
      code: 'session_unknown',
    })
    await closed(world, wire)
    expect(host.paths().length).toBe(1)
    await dialer.write(text('fine'))
    expect(await readText(host)).toBe('fine')
  })

  test('with a host that does not know the session ends it, if it has no path left', async () => {
    const world = new World()
    const { dialer, wire: first } = await world.connect()
    first.cut()
    await world.settled()
    const elsewhere = new World()
    const wire = elsewhere.wire()
    const options = { label: 'relay2', kind: 'circuit' as const, clock: elsewhere.clock }
    await expect(resumePath(dialer, new StreamCarrier(wire.outbound), options)).rejects.toMatchObject({
      code: 'session_unknown',
    })
    await expect(dialer.read()).rejects.toMatchObject({ code: 'session_unknown' })
    await dialer.ended
  })

  test.each(['circuit', 'splice', 'direct'] as const)(
    'with another process of the host (%s) does not end it while it has a path',
    async (kind) => {
      const world = new World()
      const { dialer, host } = await world.connect()
      const elsewhere = new World()
      const options = { label: 'another', kind, clock: elsewhere.clock }
      const attempt = resumePath(dialer, new StreamCarrier(elsewhere.wire().outbound), options)
      await expect(attempt).rejects.toMatchObject({ code: 'session_unknown' })
      await dialer.write(text('fine'))
      expect(await readText(host)).toBe('fine')
    },
  )

  test('a session that the host aborted meanwhile gives its code and reason', async () => {
    const world = new World()
    const { dialer, host, wire } = await world.connect()
    wire.cut()
    await world.settled()
    host.abort('closing time', 'not_permitted')
    await host.ended
    await world.addPath(dialer, 'relay2')
    await expect(dialer.read()).rejects.toMatchObject({
      code: 'not_permitted',
      details: { reason: 'closing time' },
    })
    await dialer.ended
    await world.settled()
    expect([world.network.openStreams, world.clock.timers]).toEqual([0, 0])
  })

  test('on a path that answers nothing gives up after two seconds', async () => {
    const world = new World()
    const { dialer } = await world.connect()
    const wire = world.network.wire()
    const outcome = resumeOn(new StreamCarrier(wire.outbound), dialer.resumeRequest, { clock: world.clock })
    outcome.catch(() => {})
    await world.pass(2000)
    await expect(outcome).rejects.toMatchObject({ code: 'unreachable' })
  })
})

describe('a stream that begins badly', () => {
  test.each<[string, Uint8Array]>([
    ['with data', encodeFrame({ type: 'data', offset: 0, payload: [text('x')] })],
    ['with garbage', new Uint8Array(20).fill(0xff)],
    [
      'with an answer',
      encodeFrame({
        type: 'resumeAnswer',
        answer: { status: 1, reason: '', received: 0, credit: 0, ended: false, abortCode: 0 },
      }),
    ],
  ])('%s is reset', async (_name, bytes) => {
    const world = new World()
    const wire = world.wire()
    wire.outbound.send(bytes)
    await world.settled()
    expect([wire.inbound.status, wire.outbound.status]).toEqual(['aborted', 'reset'])
    expect([world.dials.length, world.clock.timers]).toEqual([0, 0])
  })

  test('with silence is reset after five seconds', async () => {
    const world = new World()
    const wire = world.wire()
    await world.pass(4_999)
    expect(wire.inbound.status).toBe('open')
    await world.pass(1)
    expect(wire.inbound.status).toBe('aborted')
  })

  test('with a dial and then data while it rings is reset', async () => {
    const world = new World()
    const wire = world.wire()
    wire.outbound.send(encodeFrame({ type: 'dial', request: { ...dialRequest(), receiveWindowBytes: 1000 } }))
    wire.outbound.send(encodeFrame({ type: 'data', offset: 0, payload: [text('x')] }))
    await world.settled()
    expect(wire.inbound.status).toBe('aborted')
  })

  test('a host that answers a dial with something else is refused', async () => {
    const world = new World()
    const wire = world.network.wire()
    const outcome = dialOn(new StreamCarrier(wire.outbound), dialRequest(), { clock: world.clock })
    outcome.catch(() => {})
    wire.inbound.send(encodeFrame({ type: 'ack', received: 0, credit: 0 }))
    await world.settled()
    await expect(outcome).rejects.toMatchObject({ code: 'protocol_error' })
  })
})
