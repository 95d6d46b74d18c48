import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, expect, test } from 'vitest'
import { startRelay } from '../../../src/relay/relay.js'
import { dhtProtocol } from '../../../src/wire/protocols.js'
import { freePorts } from '../../support/free-ports.js'
import { eventually, startMember } from '../../support/members.js'
import { makeNetwork } from '../../support/network.js'

const closers: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

interface Table {
  routingTable: { size: number; kb?: unknown; find(peer: unknown): Promise<unknown> }
}

test('only relays get into the table of the DHT, whatever a member says it speaks', async () => {
  const network = await makeNetwork({ relayPorts: await freePorts(2) })
  const relays = await Promise.all(network.relays.map((identity) => startRelay(identity)))
  for (const relay of relays) closers.push(() => relay.close())
  const [one, two] = relays
  const member = await startMember(await network.member('user1'))
  closers.push(() => member.close())
  // What identify tells of it is all that the DHT asks for.
  await member.node.libp2p.handle(dhtProtocol(network.id), (stream) => stream.abort(new Error('no')))
  await eventually(
    () => member.pool.up().length,
    (up) => up === 2,
  )
  const { routingTable } = one!.node.dht as unknown as Table
  const knows = (peer: unknown) => routingTable.find(peer).catch(() => undefined)
  await eventually(
    () => knows(two!.node.libp2p.peerId),
    (found) => found !== undefined,
  )
  await eventually(
    () => one!.node.libp2p.peerStore.get(member.node.libp2p.peerId),
    ({ protocols }) => protocols.includes(dhtProtocol(network.id)),
  )
  expect(await knows(member.node.libp2p.peerId)).toBeUndefined()
  expect(routingTable.size).toBe(1)
})

test('no node dials a socket of its own machine, whoever announces it', async () => {
  const network = await makeNetwork({ relayPorts: await freePorts(1) })
  const relay = await startRelay(network.relays[0]!)
  closers.push(() => relay.close())
  const member = await startMember(await network.member('user1'))
  closers.push(() => member.close())
  for (const { libp2p } of [relay.node, member.node]) {
    await expect(libp2p.dial(multiaddr('/unix/%2Ftmp%2Fsocket'))).rejects.toMatchObject({ name: 'DialDeniedError' })
  }
})
