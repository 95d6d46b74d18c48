import { once } from 'node:events'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Context, createContext, type Listener, loadIdentity } from '../../src/sdk/index.js'
import { chatP2p, RunningCli, temporaryFolder } from '../support/cli.js'
import { freePorts } from '../support/free-ports.js'

const service = 'chat-p2p'
let folder: ReturnType<typeof temporaryFolder>
let ports: number[]
const processes = new Map<string, RunningCli>()
const contexts: Context[] = []

const identityFile = (name: string) => path.join(folder.dir, 'identities', `${name}.json`)

async function startRelay(name: string, ...more: string[]): Promise<void> {
  const cli = RunningCli.start(['relay', '-i', name, ...more], folder.dir)
  processes.set(name, cli)
  await cli.sees(/relay of network .* is up/)
}

async function kill(name: string): Promise<void> {
  await processes.get(name)!.kill()
  processes.delete(name)
}

function signal(name: string, what: NodeJS.Signals): void {
  process.kill(processes.get(name)!.child.pid!, what)
}

async function contextOf(name: string): Promise<Context> {
  const context = await createContext(await loadIdentity(identityFile(name)))
  contexts.push(context)
  return context
}

const relaysOf = (listener: Listener) =>
  listener
    .terminators()
    .map(({ relay }) => relay)
    .sort()

/** Waits, event by event, until the listener stands on exactly these relays. */
async function standsOn(listener: Listener, ...relays: string[]): Promise<void> {
  const over = AbortSignal.timeout(60_000)
  while (relaysOf(listener).join() !== relays.join()) {
    const change = new AbortController()
    const signals = { signal: AbortSignal.any([over, change.signal]) }
    await Promise.race([
      once(listener, 'terminator:established', signals),
      once(listener, 'terminator:lost', signals),
    ]).catch((error) => {
      throw new Error(`stands on ${relaysOf(listener).join()} instead of ${relays.join()}`, { cause: error })
    })
    change.abort()
  }
}

beforeEach(async () => {
  folder = temporaryFolder()
  ports = await freePorts(4)
  const relays = ports.slice(0, 3).map((port, index) => `relay${index + 1}=/ip4/127.0.0.1/tcp/${port}`)
  const setup = await chatP2p(['setup', '--relays', '3', '--users', 'user1,user2,echo'], { cwd: folder.dir })
  expect(setup.code, setup.stderr).toBe(0)
  const publish = ['network', 'publish', ...relays.flatMap((relay) => ['--relay', relay])]
  const published = await chatP2p(publish, { cwd: folder.dir })
  expect(published.code, published.stderr).toBe(0)
  await Promise.all(['relay1', 'relay2', 'relay3'].map((name) => startRelay(name)))
})

afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()))
  await Promise.all([...processes.values()].map((cli) => cli.kill()))
  processes.clear()
  folder.remove()
})

describe('a host keeps its place', () => {
  test('on a relay that was killed and restarted with nothing in memory, without a restart of its own', async () => {
    const listener = await (await contextOf('user1')).listen(service)
    await standsOn(listener, 'relay1', 'relay2', 'relay3')
    await kill('relay1')
    await standsOn(listener, 'relay2', 'relay3')
    await startRelay('relay1')
    await standsOn(listener, 'relay1', 'relay2', 'relay3')
  })

  test('on a relay that froze and came back', async () => {
    const listener = await (await contextOf('user1')).listen(service)
    await standsOn(listener, 'relay1', 'relay2', 'relay3')
    signal('relay2', 'SIGSTOP')
    await standsOn(listener, 'relay1', 'relay3')
    signal('relay2', 'SIGCONT')
    await standsOn(listener, 'relay1', 'relay2', 'relay3')
  })

  test('on two of three relays whenever two are up: a lost one is replaced by the free one', async () => {
    const listener = await (await contextOf('user1')).listen(service, { maxTerminators: 2 })
    await listener.established(2)
    const [lost, kept] = relaysOf(listener) as [string, string]
    const free = ['relay1', 'relay2', 'relay3'].find((name) => name !== lost && name !== kept)!
    await kill(lost)
    await standsOn(listener, ...[kept, free].sort())
  })

  test('on a relay that was added to the network while it ran', async () => {
    const listener = await (await contextOf('user1')).listen(service, { maxTerminators: 4 })
    await standsOn(listener, 'relay1', 'relay2', 'relay3')
    const run = async (...args: string[]) => {
      const { code, stderr } = await chatP2p(args, { cwd: folder.dir })
      expect(code, stderr).toBe(0)
    }
    await run('identity', 'create', 'relay4', '--kind', 'relay')
    await run('network', 'publish', '--relay', `relay4=/ip4/127.0.0.1/tcp/${ports[3]}`)
    // It knows the newer document and hands it to the relays it meets; they hand it to everyone.
    await startRelay('relay4')
    await standsOn(listener, 'relay1', 'relay2', 'relay3', 'relay4')
  })

  test('when all relays were gone and one came back', async () => {
    const listener = await (await contextOf('user1')).listen(service)
    await standsOn(listener, 'relay1', 'relay2', 'relay3')
    await Promise.all(['relay1', 'relay2', 'relay3'].map(kill))
    await standsOn(listener)
    await startRelay('relay3')
    await standsOn(listener, 'relay3')
  })
})

describe('a host that is gone leaves the directory', () => {
  async function watchEcho() {
    const context = await contextOf('user2')
    await context.ready()
    const events = context.watch(service)[Symbol.asyncIterator]()
    const echo = RunningCli.start(['echo', '-i', 'echo'], folder.dir)
    processes.set('echo', echo)
    await echo.sees(/repeating/)
    const until = async (type: string) => {
      for (;;) {
        const { value } = await events.next()
        const id = value.type === 'left' ? value.instanceId : value.instance.instanceId
        if (value.type === type && id === 'echo') return
      }
    }
    await until('joined')
    return { context, left: () => until('left') }
  }

  test('at once when its process is killed, and is offline with the time it was last seen', async () => {
    const { context, left } = await watchEcho()
    await kill('echo')
    await left()
    await expect(context.dial(service, { instanceId: 'echo' })).rejects.toMatchObject({
      code: 'offline',
      details: { lastSeenMs: expect.any(Number) },
    })
    expect((await context.listTerminators(service)).instances.map((row) => row.instanceId)).toEqual([])
  })

  test('when its process is frozen and only its silence tells, and is back when it goes on', async () => {
    const { context, left } = await watchEcho()
    signal('echo', 'SIGSTOP')
    await left() // its sockets are open all the time: only its silence can have told; the harness measures how long it took
    signal('echo', 'SIGCONT')
    const events = context.watch(service)[Symbol.asyncIterator]()
    expect((await events.next()).value).toMatchObject({ type: 'joined', instance: { instanceId: 'echo' } })
  })
})
