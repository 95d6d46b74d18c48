import { multiaddr } from '@multiformats/multiaddr'
import { systemClock } from '../../../src/core/clock.js'
import { loadIdentity } from '../../../src/identity/identity-file.js'
import { connectDirect } from '../../../src/net/circuit.js'
import { maxCircuitsPerPair } from '../../../src/net/circuit-shares.js'
import { createNode } from '../../../src/net/node.js'
import { Trust } from '../../../src/net/trust.js'
import { createContext } from '../../../src/sdk/index.js'
import { service } from '../../harness/network.js'
import type { Program, Report } from '../stage.js'

const maxGrowthMiB = 80

/** A member opens as many circuits to a host as it can, and does nothing with them: others reach the host all the same. */
export const idleCircuits: Program = {
  name: 'idle-circuits',
  about: 'a member fills a host with idle circuits through its only relay',
  async run(stage) {
    const report: Report = { lines: [], failures: [] }
    const wanted = stage.small ? 200 : 1_200
    const [relay] = await stage.network(1, ['host', 'mallory', 'honest'])
    const host = stage.victim('host')
    const { name } = await host.call('host', { identity: stage.identity('host') })
    const hostPeerId = (await loadIdentity(stage.identity('host'))).peerId.toString()
    const trust = new Trust(await loadIdentity(stage.identity('mallory')), systemClock)
    const mallory = await createNode({ trust, kind: 'member', listen: [] })
    await mallory.start()
    stage.onClose(() => mallory.stop())
    const { address } = relay!
    const link = await connectDirect(mallory, address.split('/p2p/')[1]!, [address], AbortSignal.timeout(10_000))
    await mallory.gate.proved(link)

    const before = await host.call('vitals')
    let opened = 0
    const refused = new Map<string, number>()
    const circuit = multiaddr(`${link.remoteAddr}/p2p-circuit/p2p/${hostPeerId}`)
    for (let begun = 0; begun < wanted; begun += 20) {
      const attempts = Array.from({ length: 20 }, () =>
        mallory.components.transportManager.dial(circuit, {
          signal: AbortSignal.timeout(30_000),
          maxOutboundStreams: 10_000,
        }),
      )
      for (const { status, ...result } of await Promise.allSettled(attempts)) {
        if (status === 'fulfilled') opened++
        else {
          const { message } = (result as { reason: Error }).reason
          refused.set(message, (refused.get(message) ?? 0) + 1)
        }
      }
    }
    const after = await host.call('vitals')
    const standing = () => mallory.libp2p.getConnections().filter(({ direct }) => !direct).length
    report.lines.push(
      `${opened} of ${wanted} circuits were opened, ${standing()} stand; memory of the host ${before.rssMiB} → ${after.rssMiB} MiB`,
    )
    for (const [message, count] of refused) report.lines.push(`${count} × ${message}`)
    if (standing() > maxCircuitsPerPair) report.failures.push(`${standing()} circuits of one member stand`)
    if (after.rssMiB > before.rssMiB + maxGrowthMiB) report.failures.push(`the host grew to ${after.rssMiB} MiB`)

    const honest = await createContext(stage.identity('honest'))
    stage.onClose(() => honest.close())
    const connection = await honest.dial(service, { instanceId: name })
    await connection.write(new Uint8Array([1]))
    const echoed = await connection.read()
    report.lines.push(`another member reaches the host, which echoes ${echoed?.byteLength} byte`)
    await connection.close()

    if (!stage.small) {
      for (let second = 0; second < 120 && standing() > 0; second++)
        await new Promise((done) => setTimeout(done, 1_000))
      report.lines.push(`after a while ${standing()} idle circuits are left`)
      if (standing() > 0) report.failures.push(`${standing()} idle circuits were not ended`)
    }
    return report
  },
}
