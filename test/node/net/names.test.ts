import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, expect, test, vi } from 'vitest'
import { systemClock } from '../../../src/core/clock.js'
import { connectDirect } from '../../../src/net/circuit.js'
import { DialScope } from '../../../src/net/dial-scope.js'
import { DirectListener } from '../../../src/net/direct-listener.js'
import { DirectSockets } from '../../../src/net/direct-sockets.js'
import { createNode } from '../../../src/net/node.js'
import { openPunch } from '../../../src/net/punch.js'
import { Trust } from '../../../src/net/trust.js'
import { lookUpAsBefore, named } from '../../support/names.js'
import { makeNetwork } from '../../support/network.js'

// Who owns a name decides where it leads, and can change that at any time.

const closing: Array<() => unknown> = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
  lookUpAsBefore()
})

/** Listens on this machine alone, as a service that others can't reach does. */
async function ownService(): Promise<{ port: number; reached: () => void }> {
  const reached = vi.fn()
  const server = createServer((socket) => {
    reached()
    socket.destroy()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => server.close())
  return { port: (server.address() as AddressInfo).port, reached }
}

/** A member of a network on the Internet. */
async function member(relay = '/ip4/203.0.113.1/tcp/4001') {
  const network = await makeNetwork({ relayPorts: [1], relayAddresses: () => [relay] })
  const node = await createNode({ trust: new Trust(await network.member('user1'), systemClock), kind: 'member' })
  await node.start()
  closing.push(() => node.stop())
  return { node, relay: network.relays[0]!.certificate!.peerId }
}

const signal = () => AbortSignal.timeout(20_000)

test('a name that others tell, and that looks public, leads to nothing on this machine', async () => {
  const { port, reached } = await ownService()
  const { node, relay } = await member()
  named('127.0.0.1')
  const address = `/dns4/relay.example.com/tcp/${port}`
  await expect(connectDirect(node, relay, [address], signal())).rejects.toMatchObject({ code: 'unreachable' })
  const end = { host: 'relay.example.com', port }
  await expect(node.relaySockets.open(end, signal())).rejects.toThrow('127.0.0.1, where nothing of this network')
  expect(reached).not.toHaveBeenCalled()
})

test('one that the network document has leads wherever it does', async () => {
  const { port, reached } = await ownService()
  const { node } = await member(`/dns4/relay.example.com/tcp/${port}`)
  named('127.0.0.1')
  const socket = await node.relaySockets.open({ host: 'relay.example.com', port }, signal())
  await once(socket.resume(), 'close')
  expect(reached).toHaveBeenCalledOnce()
})

test('of several addresses of a name those are tried that may be', async () => {
  const { port, reached } = await ownService()
  const scope = new DialScope(() => [multiaddr('/ip4/127.0.0.1/tcp/1')])
  const permits = (name: string) =>
    ['10.0.0.1', '127.0.0.1', '::1', '203.0.113.9'].filter((to) => scope.permitsFound(name, to))
  expect(permits('relay.example.com')).toEqual(['127.0.0.1', '::1', '203.0.113.9'])
  const { node } = await member(`/ip4/127.0.0.1/tcp/${port}`)
  named('10.0.0.1', '127.0.0.1')
  const socket = await node.relaySockets.open({ host: 'relay.example.com', port }, signal())
  await once(socket.resume(), 'close')
  expect(reached).toHaveBeenCalledOnce()
})

test('a relay reached under a name that others told opens nothing by where the name leads now', async () => {
  const scope = new DialScope(() => [multiaddr('/dns4/known.example.com/tcp/4001')])
  const own = multiaddr('/ip4/127.0.0.1/tcp/22')
  named('203.0.113.1', '127.0.0.1')
  scope.reached(multiaddr('/dns4/relay.example.com/tcp/4001'))
  await new Promise((resolve) => setImmediate(resolve))
  expect(scope.permits(own)).toBe(false)
  scope.reached(multiaddr('/dns4/known.example.com/tcp/4001'))
  await vi.waitFor(() => expect(scope.permits(own)).toBe(true))
})

test('who looks for a direct path asks no relay at an address where none can be', async () => {
  const { port, reached } = await ownService()
  const scope = new DialScope(() => [multiaddr('/ip4/203.0.113.1/tcp/4001')])
  named('127.0.0.1')
  const relays = [[`/ip4/127.0.0.1/tcp/${port}`], [`/dns4/relay.example.com/tcp/${port}`]]
  const listener = new DirectListener(new DirectSockets().preface)
  const punch = await openPunch({ relays, configured: [], listener, scope, signal: signal() })
  punch.close()
  expect(punch.place.seen).toEqual([])
  expect(reached).not.toHaveBeenCalled()
})
