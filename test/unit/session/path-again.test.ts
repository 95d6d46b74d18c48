import { expect, test } from 'vitest'
import { StreamCarrier } from '../../../src/net/stream-carrier.js'
import { dialOn } from '../../../src/session/dial-handshake.js'
import type { FrameChannel } from '../../../src/session/frame-channel.js'
import { Session } from '../../../src/session/session.js'
import { encodeFrame } from '../../../src/wire/frame-batch.js'
import { dialRequest, readText, text, World } from './fixture.js'

/** A call that is accepted at once, whose path comes to `again` when its session has ended in order. */
async function callOn(world: World, carrier: StreamCarrier, id: number, again: FrameChannel[]) {
  let host: Session | undefined
  world.onDial = (dial) => {
    host = dial.accept()
  }
  const request = dialRequest({ dialId: new Uint8Array(16).fill(id) })
  const { sessionId, secret, remoteWindowBytes, channel } = await dialOn(carrier, request, { clock: world.clock })
  const dialer = new Session({ role: 'dialer', sessionId, secret, remoteWindowBytes, clock: world.clock })
  dialer.addPath(channel, { kind: 'splice', label: 'relay1' }, (free) => again.push(free))
  await world.settled()
  return { dialer, host: host! }
}

async function endInOrder(world: World, { dialer, host }: { dialer: Session; host: Session }): Promise<void> {
  await Promise.all([dialer.close(), host.close(), world.settled()])
  await world.settled()
}

test('a path whose session ended in order carries the next one, as if it were fresh', async () => {
  const world = new World()
  const wire = world.wire({ label: 'relay1' })
  const carrier = new StreamCarrier(wire.outbound)
  const again: FrameChannel[] = []
  for (let id = 1; id <= 3; id++) {
    const call = await callOn(world, carrier, id, again)
    await call.dialer.write(text(`call ${id}`))
    await world.settled()
    expect(await readText(call.host)).toBe(`call ${id}`)
    await endInOrder(world, call)
    expect([again.length, call.dialer.isOver, call.host.isOver]).toEqual([id, true, true])
    again.at(-1)!.release()
  }
  expect(wire.outbound.status).toBe('open')
})

test.each([
  ['aborted here', ({ dialer }: { dialer: Session }) => dialer.abort()],
  ['aborted there', ({ host }: { host: Session }) => host.abort()],
])('a path whose session was %s carries nothing else', async (_how, end) => {
  const world = new World()
  const wire = world.wire({ label: 'relay1' })
  const again: FrameChannel[] = []
  const call = await callOn(world, new StreamCarrier(wire.outbound), 1, again)
  end(call)
  await world.settled()
  await world.pass(5_000)
  expect([again, call.dialer.isOver, wire.outbound.status === 'open']).toEqual([[], true, false])
})

test('a path that is asked for again in the middle of its session ends the session', async () => {
  const world = new World()
  const wire = world.wire({ label: 'relay1' })
  const { dialer, host } = await callOn(world, new StreamCarrier(wire.outbound), 1, [])
  wire.outbound.send(encodeFrame({ type: 'again' }))
  await world.settled()
  await expect(host.read()).rejects.toMatchObject({ code: 'protocol_error' })
  await expect(dialer.read()).rejects.toMatchObject({ code: 'protocol_error' })
})

test('a host that does not let go of a path in time loses it', async () => {
  const world = new World()
  const wire = world.network.wire()
  const again: FrameChannel[] = []
  world.accept(wire.inbound, { label: 'relay1' })
  const call = await callOn(world, new StreamCarrier(wire.outbound), 1, again)
  const send = wire.inbound.send.bind(wire.inbound)
  const silent = encodeFrame({ type: 'again' })
  wire.inbound.send = (bytes) => (Buffer.from(bytes.subarray()).equals(silent) ? true : send(bytes))
  await endInOrder(world, call)
  await world.pass(2_000)
  expect([again, wire.outbound.status === 'open']).toEqual([[], false])
})

test('a path that nobody asks anything on again is closed by the host', async () => {
  const world = new World()
  const wire = world.wire({ label: 'relay1' })
  const again: FrameChannel[] = []
  await endInOrder(world, await callOn(world, new StreamCarrier(wire.outbound), 1, again))
  expect(again).toHaveLength(1)
  await world.pass(5_000)
  expect(wire.inbound.status).not.toBe('open')
})
