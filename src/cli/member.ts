import type { DirectoryClient } from '../directory/client.js'
import type { RelayPool } from '../directory/relay-pool.js'
import type { Circuits } from '../net/circuit.js'
import type { Trust } from '../net/trust.js'

/** The parts of a node that operators look at one by one; `close()` ends it. */
export interface Member {
  trust: Trust
  pool: RelayPool
  circuits: Circuits
  directory: DirectoryClient
  close(): Promise<void>
}

/** Starts a member without offering or dialing anything. Rejects like `loadIdentity`. */
export async function openMember(identity: string): Promise<Member> {
  // Loaded when needed: libp2p takes a moment.
  const [
    { systemClock },
    { DirectoryClient },
    { RelayPool },
    { loadIdentity },
    { Circuits },
    { createNode },
    { Trust },
  ] = await Promise.all([
    import('../core/clock.js'),
    import('../directory/client.js'),
    import('../directory/relay-pool.js'),
    import('../identity/identity-file.js'),
    import('../net/circuit.js'),
    import('../net/node.js'),
    import('../net/trust.js'),
  ])
  const trust = new Trust(await loadIdentity(identity, { expectKind: 'user' }), systemClock)
  const node = await createNode({ trust, kind: 'member' })
  const pool = new RelayPool(node, trust, systemClock, Math.random, { maxOnDemandLinks: Number.POSITIVE_INFINITY })
  await node.start()
  pool.start()
  return {
    trust,
    pool,
    circuits: new Circuits(node),
    directory: new DirectoryClient(pool, trust, systemClock),
    async close() {
      await pool.close()
      await node.stop()
    },
  }
}
