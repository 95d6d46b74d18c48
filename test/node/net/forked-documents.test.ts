import { afterEach, expect, test } from 'vitest'
import { toHex } from '../../../src/core/bytes.js'
import { systemClock } from '../../../src/core/clock.js'
import type { Identity } from '../../../src/identity/identity-file.js'
import { issueNetworkDocument, type NetworkView } from '../../../src/identity/network-document.js'
import { connectDirect } from '../../../src/net/circuit.js'
import { createNode, type Node } from '../../../src/net/node.js'
import { Trust } from '../../../src/net/trust.js'
import { makeNetwork, type TestNetwork } from '../../support/network.js'

const closers: Array<() => Promise<void>> = []
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})

async function startNode(identity: Identity): Promise<Node & { trust: Trust; warnings: string[] }> {
  const trust = new Trust(identity, systemClock)
  const warnings: string[] = []
  trust.on('warning', (warning) => warnings.push(String(warning)))
  const node = await createNode({ trust, kind: 'member', listen: ['/ip4/127.0.0.1/tcp/0'] })
  await node.start()
  closers.push(() => node.stop())
  return Object.assign(node, { trust, warnings })
}

/** Revision 2 again, as if revision 2 had never been signed. */
function signBeside(network: TestNetwork, first: NetworkView, revokedSerials: string[]): Promise<NetworkView> {
  return issueNetworkDocument(network.authority, {
    networkName: 'test',
    revision: 2,
    issuedAtMs: Date.now() + 1_000,
    relays: first.relays,
    services: first.services.values(),
    revokedSerials,
    previous: first,
  })
}

test.each(['who calls', 'who is called'])(
  'two nodes with different documents of one revision go by the same one after they met, and say so (the winner at %s)',
  async (winnerAt) => {
    const network = await makeNetwork({ relayPorts: [] })
    const first = network.view
    const [one, two] = [await startNode(await network.member('user1')), await startNode(await network.member('user2'))]
    const gone = toHex((await network.member('gone')).certificate!.serial)
    const loser = await network.publish({ revokedSerials: new Set([gone]) })
    const winner = await signBeside(network, first, [])
    await one.trust.adopt((winnerAt === 'who calls' ? winner : loser).envelope)
    await two.trust.adopt((winnerAt === 'who calls' ? loser : winner).envelope)

    const addresses = two.libp2p.getMultiaddrs().map((address) => address.toString())
    const connection = await connectDirect(one, two.libp2p.peerId.toString(), addresses, AbortSignal.timeout(20_000))
    await Promise.all([one.gate.proved(connection), two.gate.proved(two.libp2p.getConnections()[0]!)])
    for (const { trust, warnings } of [one, two]) {
      expect(trust.network.digest).toBe(winner.digest)
      expect(trust.network.revokedSerials.has(gone)).toBe(true)
      expect(trust.forks.map(({ digest }) => digest)).toEqual([loser.digest])
      expect(warnings).toHaveLength(1)
      expect(warnings[0]).toContain('signed two network documents')
    }
  },
)

test('who was revoked beside the current document is shown the document that does it', async () => {
  const network = await makeNetwork({ relayPorts: [] })
  const first = network.view
  const [honest, gone] = [await network.member('user1'), await network.member('gone')]
  const one = await startNode(honest)
  const two = await startNode(gone)
  const loser = await network.publish({ revokedSerials: new Set([toHex(gone.certificate!.serial)]) })
  const winner = await signBeside(network, first, [])
  await two.trust.adopt(winner.envelope)
  await one.trust.adopt(loser.envelope)
  await one.trust.adopt(winner.envelope)
  const addresses = one.libp2p.getMultiaddrs().map((address) => address.toString())
  const refused = connectDirect(two, one.libp2p.peerId.toString(), addresses, AbortSignal.timeout(20_000))
  await expect(refused).rejects.toMatchObject({ code: 'refused' })
  expect(two.trust.network.revokedSerials.has(toHex(gone.certificate!.serial))).toBe(true)
})
