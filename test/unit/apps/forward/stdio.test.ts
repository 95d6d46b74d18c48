import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { runStdio } from '../../../../src/apps/forward/stdio.js'
import { OverlayError } from '../../../../src/core/errors.js'
import { ManualClock } from '../../../support/directory.js'
import { admin, FakeConnection, FakeContext, server1 } from './fakes.js'

function started() {
  const context = new FakeContext()
  const [connection, far] = FakeConnection.pair(admin, server1)
  context.onDial = async () => connection
  const input = new PassThrough()
  const output = new PassThrough()
  const leave = new AbortController()
  const clock = new ManualClock()
  let over = false
  const done = runStdio(context, 'ssh', 'server1', { input, output, leave: leave.signal, clock }).finally(() => {
    over = true
  })
  done.catch(() => {}) // a test says what it expects
  return { context, connection, far, input, output, leave, clock, done, isOver: () => over }
}

const written = (output: PassThrough) => String(output.read() ?? '')

test('input reaches the other side, its answer the output, and both ends end it', async () => {
  const { context, far, input, output, done } = started()
  input.end('question')
  expect(String(await far.readAll())).toBe('question')
  await far.write(Buffer.from([0, 255, 10, 13]))
  await far.closeWrite()
  await done
  expect([...output.read()]).toEqual([0, 255, 10, 13])
  expect(context.dialed).toMatchObject([{ instanceId: 'server1' }])
})

test('after the end of the other side, input counts until it has been quiet for half a second', async () => {
  const { far, input, output, clock, done, isOver } = started()
  await far.write(Buffer.from('bye'))
  await far.closeWrite()
  await expect.poll(() => output.readableLength).toBe(3)
  await expect.poll(() => clock.pending).toBe(1) // it has seen the end
  clock.advance(400)
  input.write('still ')
  expect(String(await far.readBytes(6))).toBe('still ')
  clock.advance(400)
  expect(isOver()).toBe(false)
  input.write('here')
  expect(String(await far.readBytes(4))).toBe('here')
  clock.advance(500)
  expect(await far.read()).toBeUndefined()
  await done
  expect(input.destroyed).toBe(true)
})

test('a dial that fails is the reason of the failure', async () => {
  const context = new FakeContext()
  context.onDial = () => Promise.reject(new OverlayError('offline', "'server1' is offline."))
  const streams = { input: new PassThrough(), output: new PassThrough(), leave: new AbortController().signal }
  await expect(runStdio(context, 'ssh', 'server1', streams)).rejects.toMatchObject({ code: 'offline' })
})

test('a service that nobody has heard of is asked for at a relay first', async () => {
  const context = new FakeContext()
  const streams = { input: new PassThrough(), output: new PassThrough(), leave: new AbortController().signal }
  await expect(runStdio(context, 'web', 'server1', streams)).rejects.toMatchObject({ code: 'unknown_service' })
  expect(context.dialed).toEqual([])
  context.servicesOfRelays.add('web')
  await expect(runStdio(context, 'web', 'server1', streams)).rejects.toMatchObject({ code: 'offline' })
})

test.each([
  ['aborted by the other side', new OverlayError('aborted', 'It ended.', { reason: 'no more' }), /server1.*no more/],
  ['lost', new OverlayError('session_lost', 'All paths were lost.'), /server1.*All paths were lost/],
])('a session that is %s fails with its code, after what had arrived', async (_, error, message) => {
  const { connection, far, output, done } = started()
  await far.write(Buffer.from('so far'))
  await expect.poll(() => output.readableLength).toBe(6)
  connection.fail(error)
  await expect(done).rejects.toMatchObject({ code: error.code, message: expect.stringMatching(message) })
  expect(written(output)).toBe('so far')
})

test('who reads the output may stop early: the other side learns it, and it is no failure', async () => {
  const { far, output, done } = started()
  output.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
  await far.write(Buffer.from('more'))
  await done
  await expect(far.read()).rejects.toMatchObject({ details: { reason: 'nobody reads any more' } })
})

test('told to leave, it sends what the input holds and ends in order', async () => {
  const { far, input, leave, clock, done } = started()
  input.write('last words')
  leave.abort()
  expect(String(await far.readBytes(10))).toBe('last words')
  clock.advance(500)
  expect(await far.read()).toBeUndefined()
  await far.closeWrite()
  await done
})

test('told to leave, it does not wait for ever for the other side', async () => {
  const { far, leave, clock, done } = started()
  await expect.poll(() => far.listenerCount('close')).toBe(0)
  leave.abort()
  clock.advance(500)
  expect(await far.read()).toBeUndefined()
  clock.advance(1_500)
  await done
  await expect(far.write(Buffer.from('too late'))).rejects.toMatchObject({ code: 'aborted' })
})

test('told to leave while it dials, it gives up', async () => {
  const context = new FakeContext()
  context.onDial = ({ signal }) =>
    new Promise((_, reject) => signal!.addEventListener('abort', () => reject(signal!.reason), { once: true }))
  const leave = new AbortController()
  const done = runStdio(context, 'ssh', 'server1', {
    input: new PassThrough(),
    output: new PassThrough(),
    leave: leave.signal,
  })
  await expect.poll(() => context.dialed.length).toBe(1)
  leave.abort(new OverlayError('canceled', 'stopped by SIGHUP'))
  await expect(done).rejects.toMatchObject({ code: 'canceled' })
})
