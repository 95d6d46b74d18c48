import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { beforeAll, describe, expect, test } from 'vitest'
import { unreachableRelayMs } from '../../../../src/core/limits.js'
import {
  compareDistance,
  parsePartitionKey,
  partitionKey,
  placeOfPartition,
  placeOfPeer,
  shardOf,
} from '../../../../src/directory/partition.js'
import { Placement } from '../../../../src/relay/feeds/placement.js'

let peers: string[]
beforeAll(async () => {
  const keys = await Promise.all(Array.from({ length: 12 }, () => generateKeyPair('Ed25519')))
  peers = keys.map((key) => peerIdFromPrivateKey(key).toString())
})

const byDistance = (partition: string, among: string[]) => {
  const target = placeOfPartition(partition)
  return [...among].sort((a, b) => compareDistance(target, placeOfPeer(a), placeOfPeer(b)))
}

describe('homes', () => {
  test('are the closest relays in the key space, whether connected, found or ourselves', () => {
    const [own, ...others] = peers as [string, ...string[]]
    const placement = new Placement(own)
    for (const peer of others.slice(0, 6)) placement.seen(peer)
    placement.learn('chat/0', others.slice(6))
    expect(placement.homes('chat/0', 0)).toEqual(byDistance('chat/0', peers).slice(0, 3))
  })

  test('are the same for every relay that knows the same relays', () => {
    for (const own of peers) {
      const placement = new Placement(own)
      for (const peer of peers) if (peer !== own) placement.seen(peer)
      expect(placement.homes('ssh/3', 0)).toEqual(byDistance('ssh/3', peers).slice(0, 3))
    }
  })

  test('with three relays or fewer, all are home to everything', () => {
    const placement = new Placement(peers[0])
    expect(placement.homes('chat/0', 0)).toEqual([peers[0]])
    placement.seen(peers[1]!)
    placement.seen(peers[2]!)
    for (const partition of ['chat/0', 'ssh/0', 'ssh/1']) {
      expect([...placement.homes(partition, 0)].sort()).toEqual(peers.slice(0, 3).sort())
      expect(placement.isHome(partition, 0)).toBe(true)
    }
  })

  test('leave a lost relay out at once, though the DHT still finds it, and let it in when it is seen or much later', () => {
    const placement = new Placement(undefined)
    const [first, second, third, fourth] = byDistance('chat/0', peers) as [string, string, string, string]
    placement.learn('chat/0', peers)
    placement.lost(first, 1_000)
    expect(placement.homes('chat/0', 1_000)).toEqual([second, third, fourth])
    placement.seen(first)
    expect(placement.homes('chat/0', 1_000)).toEqual([first, second, third])
    placement.lost(first, 2_000)
    expect(placement.homes('chat/0', 2_000 + unreachableRelayMs - 1)).toEqual([second, third, fourth])
    expect(placement.homes('chat/0', 2_000 + unreachableRelayMs)).toEqual([first, second, third])
  })
})

describe('partitions', () => {
  test('keys keep services with a slash in their name apart from shards', () => {
    expect(parsePartitionKey(partitionKey({ service: 'a/b', shard: 7 }))).toEqual({ service: 'a/b', shard: 7 })
  })

  test('instances spread evenly over shards, always the same way', () => {
    const counts = new Array(8).fill(0)
    for (let index = 0; index < 8_000; index++) counts[shardOf(`user${index}`, 8)]++
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(150)
    expect(shardOf('user1', 1)).toBe(0)
    expect(shardOf('user1', 16)).toBe(4)
  })
})
