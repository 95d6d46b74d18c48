import { createHash, hash } from 'node:crypto'
import { peerIdFromString } from '@libp2p/peer-id'
import { BoundedMap } from '../core/bounded-map.js'
import { utf8 } from '../core/bytes.js'

/** A part of the directory that lives on the same home relays: one shard of one service. */
export interface Partition {
  service: string
  /** From 0. */
  shard: number
}

/** Returns the shard of its service that an instance belongs to, from 0 to `shards` − 1. */
export function shardOf(instanceId: string, shards: number): number {
  return shards <= 1 ? 0 : hash('sha256', instanceId, 'buffer').readUInt32BE() % shards
}

/** Returns `service/shard`: what the DHT is asked for, and the key in our own tables. Service names may hold `/`, shards do not. */
export function partitionKey({ service, shard }: Partition): string {
  return `${service}/${shard}`
}

export function parsePartitionKey(key: string): Partition {
  const slash = key.lastIndexOf('/')
  return { service: key.slice(0, slash), shard: Number(key.slice(slash + 1)) }
}

/** A place in the DHT's key space: 32 bytes. kad-dht hashes what it is given, a key as well as a peer id's multihash. */
export type Place = Uint8Array

export function placeOfPartition(key: string): Place {
  return remembered(`/${key}`, () => sha256(utf8(key)))
}

export function placeOfPeer(peerId: string): Place {
  return remembered(peerId, () => sha256(peerIdFromString(peerId).toMultihash().bytes))
}

const places = new BoundedMap<string, Place>(16_384)

/** The same few thousand are asked for again and again. */
function remembered(name: string, compute: () => Place): Place {
  let place = places.get(name)
  if (place === undefined) {
    place = compute()
    places.set(name, place)
  }
  return place
}

/** Returns less than 0 when `a` is closer to `target` than `b` is, by the XOR metric of Kademlia. */
export function compareDistance(target: Place, a: Place, b: Place): number {
  for (let index = 0; index < target.byteLength; index++) {
    const difference = (target[index]! ^ a[index]!) - (target[index]! ^ b[index]!)
    if (difference !== 0) return difference
  }
  return 0
}

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest()
