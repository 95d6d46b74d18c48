import { once } from 'node:events'
import { createServer } from 'node:net'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseAllowList } from '../../../../src/apps/forward/allow.js'
import { type HostOptions, runHost } from '../../../../src/apps/forward/host.js'
import { connectSocket } from '../../../../src/core/connect.js'
import { OverlayError } from '../../../../src/core/errors.js'
import { temporaryFolder } from '../../../support/cli.js'
import { ManualClock } from '../../../support/directory.js'
import {
  admin,
  FakeContext,
  type FakeDial,
  type FakeListener,
  receiveBytes,
  server1,
  TestLog,
  TestServer,
} from './fakes.js'

let target: TestServer
let running: Array<{ stop: AbortController; done: Promise<void> }>
beforeEach(async () => {
  target = await TestServer.listen()
  running = []
})
afterEach(async () => {
  for (const { stop } of running) stop.abort()
  await Promise.allSettled(running.map(({ done }) => done))
  await target.close()
})

async function hosting(change: Partial<HostOptions> = {}) {
  const context = new FakeContext(server1)
  const log = new TestLog()
  const clock = new ManualClock()
  const stop = new AbortController()
  const done = runHost(context, 'ssh', {
    target: { host: '127.0.0.1', port: target.port },
    allow: parseAllowList([]),
    maxConnections: 10,
    proxyProtocol: false,
    probes: { upMs: Number.POSITIVE_INFINITY, downMs: 1_000 },
    signal: stop.signal,
    log: log.write,
    clock,
    ...change,
  })
  done.catch(() => {}) // a test says what it expects
  running.push({ stop, done })
  const listener = await Promise.race([context.listening, done.then(() => Promise.reject(new Error('ended')))])
  // The handlers are attached right after.
  await expect.poll(() => listener.listenerCount('dial')).toBe(1)
  return { context, listener, log, clock, stop, done }
}

async function accepted(dial: FakeDial) {
  const answer = await dial.answer
  if (!('accepted' in answer)) throw new Error(JSON.stringify(answer))
  return answer.accepted
}

const updated = (listener: FakeListener, count: number) =>
  expect.poll(() => listener.updates.map(({ precedence }) => precedence)).toHaveLength(count)

test('each caller gets a connection to the target, and the log says who, from where, how much and over which relay', async () => {
  const { listener, log } = await hosting()
  const caller = await accepted(listener.call())
  const socket = await target.accept()
  await caller.write(Buffer.from('hello'))
  await caller.closeWrite()
  expect(String(await receiveBytes(socket, 5))).toBe('hello')
  socket.end('good day')
  socket.resume()
  expect(String(await caller.readAll())).toBe('good day')
  expect(await log.sees(/connected/)).toBe('INFO #1 admin (12D3KooWadmin) connected, via relay1')
  expect(await log.sees(/ended/)).toBe('INFO #1 admin ended: received 5 B, sent 8 B, 0 ms, via relay1')
})

test('who is not on the list is declined, and the target hears nothing of it', async () => {
  const { listener, log } = await hosting({ allow: parseAllowList(['root', '#ops']) })
  expect(await listener.call().answer).toEqual({ declined: 'this host does not allow it' })
  await log.sees(/WARNING admin \(12D3KooWadmin\) was declined/)
  const root = await accepted(listener.call({ ...admin, name: 'root' }))
  await accepted(listener.call({ ...admin, roles: ['ops'] }))
  await target.accept()
  await target.accept()
  expect(target.waiting).toBe(0)
  root.abort()
})

test('beyond the most connections callers are told that it is busy, until one ends', async () => {
  const { listener, log } = await hosting({ maxConnections: 2 })
  const first = await accepted(listener.call())
  await accepted(listener.call({ ...admin, peerId: '12D3KooWother' }))
  expect(await listener.call().answer).toEqual({ busy: 'all 2 connections of this host are in use' })
  first.abort()
  await log.sees(/#1 admin broke off/)
  await accepted(listener.call())
})

test('one caller gets a share of the connections, and whoever comes then still gets one', async () => {
  const { listener, log } = await hosting({ maxConnections: 10 })
  for (let calls = 0; calls < 5; calls++) await accepted(listener.call())
  const full = 'admin has 5 connections here, and the others are kept for other callers'
  expect(await listener.call().answer).toEqual({ busy: full })
  await log.sees(/WARNING admin was turned away: admin has 5 connections here/)
  await accepted(listener.call({ ...admin, name: 'root', peerId: '12D3KooWroot' }))
})

test('how many connections one caller gets can be said', async () => {
  const { listener } = await hosting({ maxConnections: 3, maxPerCaller: 3 })
  for (let calls = 0; calls < 3; calls++) await accepted(listener.call())
  expect(await listener.call().answer).toEqual({ busy: 'all 3 connections of this host are in use' })
})

test('a target that refuses is said to the caller, marks the terminators failed, and its return takes that back', async () => {
  const { port } = target
  const { listener, log, clock } = await hosting({ target: { host: '127.0.0.1', port } })
  await target.close()
  expect(await listener.call().answer).toEqual({ busy: 'the target of this host refuses connections' })
  expect(listener.updates).toEqual([{ precedence: 'failed', down: true }])
  await log.sees(new RegExp(`WARNING #1 admin was turned away: 127.0.0.1:${port} refuses connections`))
  // It is looked for each second, and stays failed as long as it refuses.
  expect(await listener.call().answer).toMatchObject({ busy: expect.anything() })
  expect(listener.updates).toHaveLength(1)
  target = await TestServer.listen(port)
  const probed = once(target.server, 'connection')
  clock.advance(1_000)
  await probed
  await updated(listener, 2)
  expect(listener.updates[1]).toEqual({ precedence: 'default', down: false })
  await log.sees(/takes connections again/)
  await accepted(listener.call())
})

test('a target that serves is not probed, so that one which takes a single connection is left to its caller', async () => {
  const { listener, clock } = await hosting()
  clock.advance(3_600_000)
  const caller = await accepted(listener.call())
  await target.accept()
  caller.abort()
  clock.advance(3_600_000)
  await expect.poll(() => new Promise((resolve) => target.server.getConnections((_, count) => resolve(count)))).toBe(0)
  expect(target.waiting).toBe(0)
})

/** A target nobody hears of: attempts end only when they are given up. */
function silence() {
  const attempts: AbortSignal[] = []
  const open: HostOptions['open'] = (_, { signal }) => {
    attempts.push(signal)
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  }
  return { attempts, open }
}

test('forty callers of a target that is silent all hear so when the first one does, and later ones at once', async () => {
  const { attempts, open } = silence()
  const { listener, clock } = await hosting({ open, maxConnections: 100, maxPerCaller: 100 })
  const silent = { busy: 'the target of this host did not answer within 5 s' }
  const first = listener.call()
  clock.advance(4_000)
  const others = Array.from({ length: 39 }, () => listener.call())
  await expect.poll(() => attempts.length).toBe(40)
  clock.advance(1_000)
  for (const dial of [first, ...others]) expect(await dial.answer).toEqual(silent)
  expect(await listener.call().answer).toEqual(silent)
  expect(attempts.length).toBe(40)
  clock.advance(1_000) // somebody looks whether it is back
  await expect.poll(() => attempts.length).toBe(41)
  expect(await listener.call().answer).toEqual(silent)
  expect(attempts.length).toBe(41)
})

test('a target that answers others keeps waiting for the one it lets wait', async () => {
  const { open } = silence()
  let quick = false
  const { listener, clock } = await hosting({
    open: (...args) => (quick ? connectSocket(...args) : open(...args)),
  })
  const waiting = listener.call()
  clock.advance(4_000)
  quick = true
  await accepted(listener.call())
  quick = false
  const late = listener.call()
  clock.advance(1_000)
  expect(await waiting.answer).toMatchObject({ busy: expect.stringContaining('did not answer') })
  expect(await Promise.race([late.answer, Promise.resolve('still waiting')])).toBe('still waiting')
  late.gone.abort(new Error('enough'))
})

test('a process that may open no more files says so, and does not call its target down', async () => {
  const open = () => Promise.reject(Object.assign(new Error('connect EMFILE'), { code: 'EMFILE' }))
  const { listener, log } = await hosting({ open })
  expect(await listener.call().answer).toEqual({ busy: 'this host has no file descriptor left (ulimit -n)' })
  await log.sees(/WARNING #1 admin was turned away: .* was not tried/)
  expect(listener.updates).toEqual([])
})

test.skipIf(process.platform === 'win32')('a Unix socket is a target like any other', async () => {
  const place = temporaryFolder()
  const address = { path: path.join(place.dir, 'x.sock') }
  const { listener, log } = await hosting({ target: address, proxyProtocol: true })
  expect(await listener.call().answer).toEqual({ busy: 'the target of this host is not there' })
  await log.sees(/#1 admin was turned away: unix:.*x.sock is not there/)
  const heard: Buffer[] = []
  const server = createServer((socket) => socket.on('data', (bytes) => heard.push(bytes)).end('hello')).listen(address)
  await once(server, 'listening')
  const caller = await accepted(listener.call())
  await caller.closeWrite()
  expect(String(await caller.readAll())).toBe('hello')
  await log.sees(/#2 admin ended/)
  await expect.poll(() => Buffer.concat(heard).subarray(0, 14).toString('hex')).toBe('0d0a0d0a000d0a515549540a2131')
  server.close()
  place.remove()
})

test('probes find out without any caller', async () => {
  const { port } = target
  const { listener, clock } = await hosting({ probes: { upMs: 10_000, downMs: 1_000 } })
  await target.accept() // the first probe, before it listens
  expect(listener.options.precedence).toBe('default')
  await target.close()
  clock.advance(10_000)
  await updated(listener, 1)
  clock.advance(1_000)
  target = await TestServer.listen(port)
  await expect
    .poll(() => {
      clock.advance(1_000)
      return listener.updates
    })
    .toEqual([
      { precedence: 'failed', down: true },
      { precedence: 'default', down: false },
    ])
})

test('a host says the cost and precedence it was given, and goes back to that precedence when its target is back', async () => {
  const { listener, clock } = await hosting({
    cost: 7,
    precedence: 'required',
    probes: { upMs: 10_000, downMs: 1_000 },
  })
  expect(listener.options).toMatchObject({ cost: 7, precedence: 'required' })
  await target.close()
  await listener.call().answer
  await updated(listener, 1)
  target = await TestServer.listen(target.port)
  // The probe after the failure comes within a second.
  await expect
    .poll(() => {
      clock.advance(1_000)
      return listener.updates
    })
    .toEqual([
      { precedence: 'failed', down: true },
      { precedence: 'required', down: false },
    ])
})

test('a target that is down at the start is offered as failed from the first moment', async () => {
  await target.close()
  const { listener, log } = await hosting({ probes: { upMs: 10_000, downMs: 1_000 } })
  expect(listener.options.precedence).toBe('failed')
  await log.sees(/WARNING 127.0.0.1:\d+ refuses connections; ssh is marked failed/)
  target = await TestServer.listen()
})

test('a target that closes at once is an end in order for the caller', async () => {
  const { listener, log } = await hosting()
  const caller = await accepted(listener.call())
  const socket = await target.accept()
  socket.end()
  socket.resume()
  expect(await caller.read()).toBeUndefined()
  await caller.closeWrite()
  await log.sees(/#1 admin ended: received 0 B, sent 0 B/)
})

test('a target that resets aborts the caller', async () => {
  const { listener, log } = await hosting()
  const caller = await accepted(listener.call())
  ;(await target.accept()).resetAndDestroy()
  await expect(caller.read()).rejects.toMatchObject({ details: { reason: 'the connection was reset' } })
  await log.sees(/#1 admin broke off \(the connection was reset\)/)
})

test('a caller that gives up in the last moment leaves nothing at the target', async () => {
  const { listener, log } = await hosting()
  const dial = listener.call()
  dial.gone.abort(new OverlayError('canceled', 'admin gave up'))
  await log.sees(/INFO #1 admin gave up/)
  await expect.poll(() => new Promise((resolve) => target.server.getConnections((_, count) => resolve(count)))).toBe(0)
})

test('with --proxy-protocol the target first reads who is calling, then what they say', async () => {
  const { listener } = await hosting({ proxyProtocol: true, probes: { upMs: 10_000, downMs: 1_000 } })
  const probe = await target.accept()
  expect((await receiveBytes(probe, 16)).toString('hex')).toBe('0d0a0d0a000d0a515549540a20000000')
  const caller = await accepted(listener.call())
  await caller.write(Buffer.from('SSH-2.0'))
  const socket = await target.accept()
  const header = await receiveBytes(socket, 16)
  expect(header.subarray(0, 14).toString('hex')).toBe('0d0a0d0a000d0a515549540a2111')
  const rest = header.readUInt16BE(14)
  const all = Buffer.concat([header.subarray(16), await receiveBytes(socket, rest + 7 - (header.byteLength - 16))])
  expect(all.readUInt16BE(8)).toBe(socket.remotePort)
  expect(all.readUInt16BE(10)).toBe(socket.localPort)
  expect(all.subarray(12, 20).toString('latin1')).toBe('\xe0\0\x05admin')
  expect(all.subarray(rest).toString()).toBe('SSH-2.0')
})

test('stopping ends what is open and withdraws the offer', async () => {
  const { listener, stop, done } = await hosting()
  const caller = await accepted(listener.call())
  stop.abort()
  await expect(caller.read()).rejects.toMatchObject({ code: 'aborted', details: { reason: 'the host was stopped' } })
  await done
  expect(listener.closed).toBe(true)
})

test('it stays up while it is not offered, says so, and what is open goes on', async () => {
  const { listener, stop, done, log } = await hosting()
  const caller = await accepted(listener.call())
  listener.suspended = new OverlayError('replaced', 'started elsewhere')
  listener.emit('suspended', listener.suspended)
  listener.emit('terminator:lost', { relay: 'relay1', relayPeerId: 'peer-relay1', sinceMs: 0 }, listener.suspended)
  listener.suspended = undefined
  listener.emit('resumed')
  listener.emit('takeover', { takeovers: 1 })
  listener.emit('takeover', { takeovers: 3 })
  expect(log.lines.slice(-4)).toEqual([
    'WARNING not offered for now: started elsewhere',
    'INFO offered again',
    'WARNING another process of this identity was here before, and receives no calls any more',
    expect.stringMatching(/3 changes to and fro within minutes: another machine uses this identity: a clone\?/),
  ])
  await caller.write(Buffer.from('on'))
  stop.abort()
  await done
})

test('a service the network does not have is refused', async () => {
  const context = new FakeContext(server1)
  const done = runHost(context, 'web', {
    target: { host: '127.0.0.1', port: target.port },
    allow: parseAllowList([]),
    maxConnections: 1,
    proxyProtocol: false,
    probes: { upMs: Number.POSITIVE_INFINITY, downMs: 1_000 },
    signal: new AbortController().signal,
    log: () => {},
  })
  await expect(done).rejects.toMatchObject({ code: 'unknown_service' })
})

test('many callers at once are served, each with a connection of its own', async () => {
  const { listener } = await hosting({ maxConnections: 100, maxPerCaller: 100 })
  const callers = await Promise.all(Array.from({ length: 100 }, () => accepted(listener.call())))
  const sockets = await Promise.all(callers.map(() => target.accept()))
  for (const socket of sockets) socket.pipe(socket)
  const answers = await Promise.all(
    callers.map(async (caller, index) => {
      await caller.write(Buffer.from(`${index}`))
      await caller.closeWrite()
      return String(await caller.readAll())
    }),
  )
  expect(answers).toEqual(callers.map((_, index) => `${index}`))
})
