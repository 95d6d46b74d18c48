import { expect, test } from 'vitest'
import { systemClock } from '../../../src/core/clock.js'
import { createNode, type Node } from '../../../src/net/node.js'
import { Trust } from '../../../src/net/trust.js'
import { makeNetwork } from '../../support/network.js'

test('a connection that breaks in the moment a stream is opened on it harms nobody', async () => {
  const network = await makeNetwork({ relayPorts: [] })
  const nodes: Node[] = []
  for (const name of ['user1', 'user2']) {
    const trust = new Trust(await network.member(name), systemClock)
    const node = await createNode({ trust, kind: 'member', listen: ['/ip4/127.0.0.1/tcp/0'] })
    await node.start()
    nodes.push(node)
  }
  const [one, two] = nodes as [Node, Node]
  const connection = await one.libp2p.dial(two.libp2p.getMultiaddrs())
  await one.gate.proved(connection)
  const opening = connection.newStream('/ipfs/ping/1.0.0')
  const { maConn } = connection as unknown as { maConn: { abort(error: Error): void } }
  maConn.abort(new Error('cut by the test'))
  // What nobody catches ends the test run, as it would end the process.
  await expect(opening).rejects.toThrow()
  await Promise.all(nodes.map((node) => node.stop()))
})
