import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import path from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../src/core/clock.js'
import { connectSocket } from '../../../src/core/connect.js'
import { connectDirect } from '../../../src/net/circuit.js'
import { createNode } from '../../../src/net/node.js'
import { RelaySockets } from '../../../src/net/relay-sockets.js'
import { Trust } from '../../../src/net/trust.js'
import { temporaryFolder } from '../../support/cli.js'
import { freePorts } from '../../support/free-ports.js'
import { lookUpAsBefore, lookUpWith, named } from '../../support/names.js'
import { makeNetwork } from '../../support/network.js'
import { SilentTarget } from '../../support/silent-target.js'

const closing: Array<() => unknown> = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
  lookUpAsBefore()
})

async function listening(options: Parameters<Server['listen']>[0]): Promise<Server> {
  const server = createServer((socket) => socket.end())
  server.listen(options)
  await once(server, 'listening')
  closing.push(() => server.close())
  return server
}

const signal = () => AbortSignal.timeout(20_000)

describe.skipIf(process.platform !== 'linux')('a name with several addresses', () => {
  test('leads to the first one, slow as it is, when the others are dead', async () => {
    const slow = await SilentTarget.start('127.0.0.2')
    closing.push(() => slow.close())
    named('127.0.0.2', '127.0.0.3')
    const connecting = connectSocket({ host: 'example.test', port: slow.port }, { signal: signal() })
    await new Promise((resolve) => setTimeout(resolve, 400)) // longer than Node itself would give it
    slow.wake()
    const socket = await connecting
    expect(socket.remoteAddress).toBe('127.0.0.2')
    socket.destroy()
  })

  test('leads to the second one when the first is silent', async () => {
    const silent = await SilentTarget.start('127.0.0.2')
    closing.push(() => silent.close())
    await listening({ host: '127.0.0.3', port: silent.port })
    named('127.0.0.2', '127.0.0.3')
    const socket = await connectSocket({ host: 'example.test', port: silent.port }, { signal: signal() })
    expect(socket.remoteAddress).toBe('127.0.0.3')
    socket.destroy()
  })

  test('leads a node to the one that worked, without a try at the first one, until that one fails', async () => {
    const silent = await SilentTarget.start('127.0.0.2')
    closing.push(() => silent.close())
    const working = await listening({ host: '127.0.0.3', port: silent.port })
    named('127.0.0.2', '127.0.0.3')
    const sockets = new RelaySockets('none')
    const reached = async () => {
      const socket = await sockets.open({ host: 'example.test', port: silent.port }, signal())
      const { remoteAddress } = socket
      socket.destroy()
      return remoteAddress
    }
    expect(await reached()).toBe('127.0.0.3')
    silent.wake()
    expect(await reached()).toBe('127.0.0.3')
    await new Promise((resolve) => working.close(resolve))
    expect(await reached()).toBe('127.0.0.2')
    await listening({ host: '127.0.0.3', port: silent.port })
    expect(await reached()).toBe('127.0.0.2')
  })

  test('tells of the address that answered when another has no route', async () => {
    const [port] = await freePorts(1)
    named('fe80::1', '127.0.0.1')
    await expect(connectSocket({ host: 'example.test', port: port! }, { signal: signal() })).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    })
  })

  test('of a relay is tried the same way', async () => {
    const network = await makeNetwork({ relayPorts: [0] })
    const node = async (...args: [kind: 'relay' | 'member', listen: string[]]) => {
      const identity = args[0] === 'relay' ? network.relays[0]! : await network.member('user1')
      const made = await createNode({ trust: new Trust(identity, systemClock), kind: args[0], listen: args[1] })
      await made.start()
      closing.push(() => made.stop())
      return made
    }
    const silent = await SilentTarget.start('127.0.0.2')
    closing.push(() => silent.close())
    const relay = await node('relay', [`/ip4/127.0.0.3/tcp/${silent.port}`])
    const member = await node('member', [])
    named('127.0.0.2', '127.0.0.3')
    const address = `/dns/example.test/tcp/${silent.port}`
    const connection = await connectDirect(member, relay.libp2p.peerId.toString(), [address], signal())
    expect(connection.remotePeer.toString()).toBe(relay.libp2p.peerId.toString())
  })
})

test('the signal ends it with its own reason, while a name is looked up and while an address is silent', async () => {
  lookUpWith(() => new Promise(() => {}))
  const over = new AbortController()
  const looking = connectSocket({ host: 'example.test', port: 1 }, { signal: over.signal })
  over.abort(new Error('enough'))
  await expect(looking).rejects.toThrow('enough')
  await expect(connectSocket({ path: '/x' }, { signal: over.signal })).rejects.toThrow('enough')
})

test.skipIf(process.platform === 'win32')('a Unix socket leads to who listens on it', async () => {
  const place = temporaryFolder()
  closing.push(() => place.remove())
  const address = { path: path.join(place.dir, 'x.sock') }
  await expect(connectSocket(address, { signal: signal() })).rejects.toMatchObject({ code: 'ENOENT' })
  await listening(address)
  const socket = await connectSocket(address, { signal: signal() })
  await once(socket.resume(), 'end')
})
