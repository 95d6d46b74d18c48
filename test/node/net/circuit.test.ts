import { afterEach, expect, test, vi } from 'vitest'
import { systemClock } from '../../../src/core/clock.js'
import type { Identity } from '../../../src/identity/identity-file.js'
import { Circuits, connectDirect } from '../../../src/net/circuit.js'
import { createNode, type Node } from '../../../src/net/node.js'
import { Trust } from '../../../src/net/trust.js'
import { makeNetwork } from '../../support/network.js'

const nodes: Node[] = []
afterEach(async () => {
  vi.useRealTimers()
  await Promise.all(nodes.splice(0).map((node) => node.stop()))
})

async function start(identity: Identity, kind: 'relay' | 'member', listen: string[]): Promise<Node> {
  const node = await createNode({ trust: new Trust(identity, systemClock), kind, listen })
  nodes.push(node)
  await node.start()
  return node
}

test('a slot can be asked for at any moment of another request for it', async () => {
  const network = await makeNetwork({ relayPorts: [0] })
  const relay = await start(network.relays[0]!, 'relay', ['/ip4/127.0.0.1/tcp/0'])
  const member = await start(await network.member('user1'), 'member', [])
  const addresses = relay.libp2p.getMultiaddrs().map((address) => address.toString())
  const connection = await connectDirect(member, relay.libp2p.peerId.toString(), addresses, AbortSignal.timeout(10_000))
  // Expiry is rounded to seconds: at this half of one, libp2p answers the next requests without asking the relay.
  vi.useFakeTimers({ toFake: ['Date'], now: Math.floor(Date.now() / 1000) * 1000 + 500 })
  const circuits = new Circuits(member)
  await circuits.reserve(connection)
  for (let later = 0; later < 60; later++) {
    const first = circuits.reserve(connection)
    for (let turn = 0; turn < later; turn++) await undefined
    await Promise.all([first, circuits.reserve(connection)])
  }
  expect(circuits.hasReservation(relay.libp2p.peerId)).toBe(true)
})

test('an address that names somebody else, leads through a relay or is none is not dialed', async () => {
  const network = await makeNetwork({ relayPorts: [] })
  const names = ['user1', 'user2', 'user3'] as const
  const [one, two, three] = await Promise.all(
    names.map(async (name) => start(await network.member(name), 'member', ['/ip4/127.0.0.1/tcp/0'])),
  )
  const [address] = two!.libp2p.getMultiaddrs()
  const other = three!.libp2p.peerId.toString()
  const wrong = [address!.toString(), `${address}/p2p-circuit/p2p/${other}`, `${address}/p2p-circuit`, 'here', '']
  const signal = AbortSignal.timeout(20_000)
  await expect(connectDirect(one!, other, wrong, signal)).rejects.toMatchObject({ code: 'unreachable' })
  expect(one!.libp2p.getConnections()).toEqual([])
  const right = three!.libp2p.getMultiaddrs().map((each) => each.toString())
  const connection = await connectDirect(one!, other, [...wrong, ...right], signal)
  expect(connection.remotePeer.toString()).toBe(other)
})
