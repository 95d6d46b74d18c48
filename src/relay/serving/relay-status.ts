import { fromHex } from '../../core/bytes.js'
import { parsePartitionKey } from '../../directory/partition.js'
import type { Trust } from '../../net/trust.js'
import type { StatusResponse } from '../../wire/messages/directory.js'
import type { Homes } from '../feeds/homes.js'
import type { Replication } from '../feeds/replication.js'
import type { DirectoryStore } from '../table/store.js'

/**
 * Returns the directory's part of what a relay tells its operator. It costs no more when there are more terminators, as any member
 * may ask, and names no member.
 */
export function relayStatus(
  trust: Trust,
  store: DirectoryStore,
  homes: Homes,
  replication: Replication,
): Omit<StatusResponse, 'upMs' | 'links' | 'claims' | 'splices' | 'pendingSplices'> {
  const { own } = homes
  const sizes = store.sizes()
  const partitions = [...new Set([...homes.partitions(), ...sizes.keys()])].slice(0, 4_096)
  return {
    name: trust.own.name,
    peerId: own,
    revision: trust.network.revision,
    documentDigest: fromHex(trust.network.digest),
    forks: trust.forks.map(({ revision, digest }) => ({ revision, digest: fromHex(digest) })),
    terminators: store.size,
    memoryBytes: process.memoryUsage.rss(),
    partitions: partitions.map((partition) => {
      const owned = store.ownedState(own, partition)
      const { instances, terminators } = sizes.get(partition) ?? { instances: 0, terminators: 0 }
      return {
        ...parsePartitionKey(partition),
        homes: [...homes.of(partition)],
        home: homes.isHome(partition),
        settled: homes.isSettledHome(partition),
        instances,
        terminators,
        owned: owned.count,
        ownedDigest: owned.digest,
      }
    }),
    feeds: replication.outgoing
      .state()
      .map(({ home, epoch, version, acked, pending }) => ({ home, epoch, version, acknowledged: acked, pending })),
    owners: replication.incoming.state().map(({ owner, epoch, version, silentMs, partitions }) => ({
      owner,
      epoch,
      version,
      silentMs: Math.round(silentMs),
      held: partitions.map((partition) => {
        const { count, digest } = store.ownedState(owner, partition)
        return { ...parsePartitionKey(partition), terminators: count, digest }
      }),
    })),
    liars: replication.liars.all(),
    relays: homes.placement.relays().slice(0, 4_096),
  }
}
