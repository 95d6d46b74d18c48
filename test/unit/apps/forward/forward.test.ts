import { spawnSync } from 'node:child_process'
import { once, setMaxListeners } from 'node:events'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { connect as connectTo } from 'node:net'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Endpoint } from '../../../../src/apps/forward/endpoint.js'
import { runForward } from '../../../../src/apps/forward/forward.js'
import type { HostPort } from '../../../../src/apps/forward/host-port.js'
import { OverlayError } from '../../../../src/core/errors.js'
import { maxRingingPerPeer } from '../../../../src/core/limits.js'
import type { Connection } from '../../../../src/sdk/types.js'
import { temporaryFolder } from '../../../support/cli.js'
import {
  admin,
  connectClient,
  FakeConnection,
  FakeContext,
  receiveAll,
  receiveBytes,
  server1,
  TestLog,
  TestServer,
  untilReset,
} from './fakes.js'

const running: Array<{ stop: AbortController; done: Promise<void> }> = []
afterEach(async () => {
  for (const { stop } of running) stop.abort()
  await Promise.allSettled(running.splice(0).map(({ done }) => done))
})

const anyPort: HostPort = { host: '127.0.0.1', port: 0 }

async function forwarding(change: { instanceId?: string; listen?: Endpoint } = { instanceId: 'server1' }) {
  const context = new FakeContext()
  const log = new TestLog()
  const stop = new AbortController()
  const { listen = anyPort, ...rest } = change
  let done: Promise<void> | undefined
  const address = await new Promise<Endpoint>((resolve, reject) => {
    done = runForward(context, 'ssh', { listen, ...rest, signal: stop.signal, log: log.write, onReady: resolve })
    done.catch(reject)
    running.push({ stop, done })
  })
  return { context, log, stop, done: done!, port: 'port' in address ? address.port : 0, address }
}

/** The far ends of what is dialed, in order. */
function answering(context: FakeContext): FakeConnection[] {
  const far: FakeConnection[] = []
  context.onDial = async () => {
    const [dialer, host] = FakeConnection.pair(admin, server1)
    far.push(host)
    return dialer
  }
  return far
}

test('a local connection is one with the instance, and the log says which, how much and over which relay', async () => {
  const { context, log, port } = await forwarding()
  const far = answering(context)
  const client = await connectClient(port)
  client.end('hello')
  await expect.poll(() => far.length).toBe(1)
  expect(String(await far[0]!.readAll())).toBe('hello')
  await far[0]!.write(Buffer.from('good day'))
  await far[0]!.closeWrite()
  expect(String(await receiveAll(client))).toBe('good day')
  expect(await log.sees(/connected/)).toBe('INFO #1 connected to server1, via relay1')
  expect(await log.sees(/ended/)).toMatch(/^INFO #1 ended: received 8 B, sent 5 B, .*, via relay1$/)
  expect(context.dialed[0]?.instanceId).toBe('server1')
})

test('without an instance the strategy of the service chooses', async () => {
  const { context, port } = await forwarding({})
  answering(context)
  const client = await connectClient(port)
  await expect.poll(() => context.dialed.length).toBe(1)
  expect('instanceId' in context.dialed[0]!).toBe(false)
  client.destroy()
})

test.each(['unknown_instance', 'offline', 'busy', 'declined', 'not_permitted', 'unreachable'] as const)(
  'a dial that fails with %s resets the local connection and is one line in the log',
  async (code) => {
    const { context, log, port } = await forwarding()
    context.onDial = () => Promise.reject(new OverlayError(code, 'It did not work.\nAnd more.'))
    const client = await connectClient(port)
    expect(await untilReset(client)).toBe('ECONNRESET')
    expect(await log.sees(/not connected/)).toBe('WARNING #1 was not connected: It did not work.')
    // And it goes on.
    const far = answering(context)
    const next = await connectClient(port)
    await expect.poll(() => far.length).toBe(1)
    next.destroy()
  },
)

test('a local side that resets while it rings ends the dial', async () => {
  const { context, log, port } = await forwarding()
  const dialed = new Promise<AbortSignal>((resolve) => {
    context.onDial = ({ signal }) => {
      resolve(signal!)
      return new Promise((_, reject) => signal!.addEventListener('abort', () => reject(signal!.reason), { once: true }))
    }
  })
  const client = await connectClient(port)
  const signal = await dialed
  client.resetAndDestroy()
  await expect.poll(() => signal.aborted).toBe(true)
  await log.sees(/#1 was not connected: the local side gave up/)
})

test('at most half of what one caller may ring at a host is dialed at once; the others wait and are served', async () => {
  const { context, port } = await forwarding()
  const answers: Array<() => void> = []
  const far: FakeConnection[] = []
  context.onDial = ({ signal }) => {
    setMaxListeners(0, signal!)
    return new Promise<Connection>((resolve) =>
      answers.push(() => {
        const [dialer, host] = FakeConnection.pair(admin, server1)
        far.push(host)
        resolve(dialer)
      }),
    )
  }
  const clients = await Promise.all(Array.from({ length: 50 }, () => connectClient(port)))
  await expect.poll(() => answers.length).toBe(maxRingingPerPeer / 2)
  for (let answered = 0; answered < 50; answered++) {
    await expect.poll(() => answers.length).toBe(Math.min(50, answered + maxRingingPerPeer / 2))
    answers[answered]!()
  }
  await expect.poll(() => far.length).toBe(50)
  for (const each of far) await each.write(Buffer.from('!'))
  for (const client of clients) expect(String(await receiveBytes(client, 1))).toBe('!')
  for (const client of clients) client.destroy()
})

test('stopping ends what is open, and frees the port', async () => {
  const { context, stop, done, port } = await forwarding()
  const far = answering(context)
  const client = await connectClient(port)
  await expect.poll(() => far.length).toBe(1)
  const reset = untilReset(client)
  stop.abort()
  expect(await reset).toBe('ECONNRESET')
  await expect(far[0]!.read()).rejects.toMatchObject({ details: { reason: 'the forward was stopped' } })
  await done
  const again = await TestServer.listen(port)
  await again.close()
})

test('a port that is taken is said in one line', async () => {
  const other = await TestServer.listen()
  const failing = forwarding({ listen: { host: '127.0.0.1', port: other.port } })
  await expect(failing).rejects.toMatchObject({
    code: 'port_in_use',
    message: `127.0.0.1:${other.port} is in use by another program: choose another port, or 0 for any free one.`,
  })
  await other.close()
})

test('an address of another machine is said in one line', async () => {
  await expect(forwarding({ listen: { host: '192.0.2.1', port: 0 } })).rejects.toMatchObject({
    code: 'bad_argument',
    message: 'Cannot listen on 192.0.2.1:0: it is no address of this machine.',
  })
})

test('a service the network does not have is refused before it listens', async () => {
  const context = new FakeContext()
  let listened = false
  const done = runForward(context, 'web', {
    listen: anyPort,
    signal: new AbortController().signal,
    log: () => {},
    onReady: () => {
      listened = true
    },
  })
  await expect(done).rejects.toMatchObject({ code: 'unknown_service' })
  expect(listened).toBe(false)
})

describe.skipIf(process.platform === 'win32')('on a Unix socket', () => {
  let place: ReturnType<typeof temporaryFolder>
  beforeEach(() => {
    place = temporaryFolder()
  })
  afterEach(() => place.remove())
  const socketIn = (dir: string) => ({ path: path.join(dir, 'ssh.sock') })

  test('local connections are taken by nobody but this user, and the socket goes with the forward', async () => {
    const listen = socketIn(place.dir)
    const { context, log, stop, done, address } = await forwarding({ instanceId: 'server1', listen })
    expect(address).toEqual(listen)
    expect(statSync(listen.path).mode & 0o777).toBe(0o600)
    const far = answering(context)
    const client = connectTo({ ...listen, allowHalfOpen: true })
    client.end('hello')
    await expect.poll(() => far.length).toBe(1)
    expect(String(await far[0]!.readAll())).toBe('hello')
    await far[0]!.write(Buffer.from('good day'))
    await far[0]!.closeWrite()
    expect(String(await receiveAll(client))).toBe('good day')
    await log.sees(/#1 ended/)
    stop.abort()
    await done
    expect(existsSync(listen.path)).toBe(false)
  })

  test('what is broken off ends the local connection', async () => {
    const listen = socketIn(place.dir)
    const { context, log } = await forwarding({ instanceId: 'server1', listen })
    const far = answering(context)
    const client = connectTo(listen).resume()
    await log.sees(/#1 connected/)
    far[0]!.abort('enough')
    await once(client, 'close')
    await log.sees(/#1 broke off/)
    context.onDial = () => Promise.reject(new OverlayError('offline', 'nobody'))
    await once(connectTo(listen).resume(), 'close')
    await log.sees(/#2 was not connected: nobody/)
  })

  test('one that a dead process left is replaced, one in use and what is no socket are not', async () => {
    const listen = socketIn(place.dir)
    const listenTo = `require('net').createServer().listen(${JSON.stringify(listen.path)}, () => process.kill(process.pid, 'SIGKILL'))`
    spawnSync(process.execPath, ['-e', listenTo])
    expect(statSync(listen.path).isSocket()).toBe(true)
    await forwarding({ instanceId: 'server1', listen })
    const start = (path: string) =>
      runForward(new FakeContext(), 'ssh', { listen: { path }, signal: new AbortController().signal, log: () => {} })
    await expect(start(listen.path)).rejects.toMatchObject({ code: 'port_in_use' })
    writeFileSync(path.join(place.dir, 'file'), 'kept')
    await expect(start(path.join(place.dir, 'file'))).rejects.toMatchObject({ code: 'bad_argument' })
    expect(readFileSync(path.join(place.dir, 'file'), 'utf8')).toBe('kept')
    await expect(start(path.join(place.dir, 'no', 'folder'))).rejects.toThrow(/there is no such folder/)
  })
})
