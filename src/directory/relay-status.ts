import { createHash } from 'node:crypto'
import type { Trust } from '../net/trust.js'
import type { StatusResponse } from '../wire/messages/directory.js'
import { parsePartitionKey } from './partition.js'
import type { Replication } from './replication.js'
import type { DirectoryStore, Entry } from './store.js'

const digestBytes = 8

/**
 * A digest over terminators that does not depend on their order: the exclusive or of the first 8 bytes of
 * sha256(`instanceId \0 hostPeerId \0 sequence`). Owner and home agree when it and the count do.
 */
export function digestOf(entries: Iterable<Entry>): Uint8Array<ArrayBuffer> {
  const digest = new Uint8Array(digestBytes)
  for (const { record } of entries) {
    const text = `${record.instanceId}\0${record.hostPeerId}\0${record.sequence}`
    const hash = createHash('sha256').update(text).digest()
    for (let index = 0; index < digestBytes; index++) digest[index]! ^= hash[index]!
  }
  return digest
}

/** The directory's part of what a relay tells its operator. */
export function relayStatus(
  trust: Trust,
  store: DirectoryStore,
  replication: Replication,
): Omit<StatusResponse, 'upMs' | 'links' | 'claims'> {
  const { own } = replication
  const sizes = store.sizes()
  const partitions = [...new Set([...replication.partitions(), ...sizes.keys()])].slice(0, 4_096)
  return {
    name: trust.own.name,
    peerId: own,
    revision: trust.network.revision,
    terminators: store.size,
    memoryBytes: process.memoryUsage.rss(),
    partitions: partitions.map((partition) => {
      const owned = store.ownedIn(own, partition)
      const { instances, terminators } = sizes.get(partition) ?? { instances: 0, terminators: 0 }
      return {
        ...parsePartitionKey(partition),
        homes: [...replication.homes(partition)],
        home: replication.isHome(partition),
        settled: replication.isSettledHome(partition),
        instances,
        terminators,
        owned: owned.length,
        ownedDigest: digestOf(owned),
      }
    }),
    feeds: replication.publisher
      .state()
      .map(({ home, epoch, version, acked, pending }) => ({ home, epoch, version, acknowledged: acked, pending })),
    owners: replication.replica.state().map(({ owner, epoch, version, silentMs, partitions }) => ({
      owner,
      epoch,
      version,
      silentMs: Math.round(silentMs),
      held: partitions.map((partition) => {
        const entries = store.ownedIn(owner, partition)
        return { ...parsePartitionKey(partition), terminators: entries.length, digest: digestOf(entries) }
      }),
    })),
    relays: replication.placement.relays().slice(0, 4_096),
  }
}
