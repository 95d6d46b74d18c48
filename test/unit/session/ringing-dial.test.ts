import { expect, test } from 'vitest'
import { OverlayError } from '../../../src/core/errors.js'
import { StreamCarrier } from '../../../src/net/stream-carrier.js'
import { IncomingCall } from '../../../src/sdk/incoming-call.js'
import { dialOn } from '../../../src/session/dial-handshake.js'
import { dialRequest, World } from './fixture.js'

/** A dial that rings, and what its caller hears in the end. */
async function ringing() {
  const world = new World()
  const carrier = new StreamCarrier(world.wire().outbound)
  const heard = dialOn(carrier, dialRequest(), { clock: world.clock }).then(
    () => 'accepted',
    (error: OverlayError) => `${error.code}: ${error.details.reason ?? ''}`,
  )
  await world.settled()
  return { world, dial: world.dials[0]!, heard }
}

const wishes = { direct: false, graceMs: 60_000 }

test('it rings no longer than the host waits, nor than the caller said', async () => {
  const { world, dial, heard } = await ringing()
  dial.waitAtMost(5_000)
  dial.waitAtMost(90_000)
  await world.pass(4_900)
  expect(dial.answered).toBe(false)
  await world.pass(200)
  expect(await heard).toBe('timed_out: ')
  expect(dial.signal.reason).toMatchObject({ code: 'timed_out' })
  expect(world.clock.timers).toBe(0)
})

test('ending it tells the caller and fires the signal, once', async () => {
  const { dial, heard } = await ringing()
  dial.end('busy', new OverlayError('closed', 'The host is closing.'))
  dial.end('not_permitted', new OverlayError('not_permitted', 'Too late.'))
  expect(await heard).toBe('busy: The host is closing.')
  expect(dial.signal.reason).toMatchObject({ code: 'closed' })
  await dial.settled
})

test('an answer of the application fires no signal, and later ones do nothing', async () => {
  const { dial, heard } = await ringing()
  const caller = { name: 'ann', peerId: 'peer', roles: [] }
  const call = new IncomingCall(dial, caller, wishes, () => expect.fail('not accepted'))
  call.decline('not now')
  call.busy()
  call.fail()
  call.end('busy', new OverlayError('closed', 'Closing.'))
  expect(call.signal.aborted).toBe(false)
  expect(await heard).toBe('declined: not now')
  await expect(call.accept()).rejects.toMatchObject({ code: 'closed', message: 'The call has been answered already.' })
})

test('who accepts too late hears why', async () => {
  const accepted = async (error: OverlayError) => {
    const { dial } = await ringing()
    const call = new IncomingCall(dial, { name: 'ann', peerId: 'peer', roles: [] }, wishes, () => expect.fail())
    call.end('busy', error)
    return call.accept().catch(({ code, message }: OverlayError) => `${code}: ${message}`)
  }
  const closed = new OverlayError('closed', 'The host is closing.')
  const denied = new OverlayError('not_permitted', 'Not any more.')
  expect(await accepted(new OverlayError('canceled', 'The caller gave up.'))).toBe(
    'canceled: ann is no longer waiting for an answer.',
  )
  expect(await accepted(closed)).toBe('closed: The listener was closed before the call was answered.')
  expect(await accepted(denied)).toBe('not_permitted: Not any more.')
})

test('a handler that fails is internal to who waits', async () => {
  const { dial, heard } = await ringing()
  new IncomingCall(dial, { name: 'ann', peerId: 'peer', roles: [] }, wishes, () => expect.fail('not accepted')).fail()
  expect(await heard).toBe('internal: ')
})
