import type { PeerId, PeerInfo } from '@libp2p/interface'
import { type DisjointPath, type KadDHT, MessageType, type QueryEvent } from '@libp2p/kad-dht'
import { peerIdFromString } from '@libp2p/peer-id'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { sha256 } from 'multiformats/hashes/sha2'
import { utf8 } from '../core/bytes.js'
import type { FoundPeer } from './types.js'

/**
 * Returns the key at which those who say the same word meet: CIDv1, raw, sha2-256 of the word (go-libp2p, p2p/discovery/routing,
 * nsToCid).
 */
export async function rendezvousKey(rendezvous: string): Promise<CID> {
  return CID.createV1(raw.code, await sha256.digest(utf8(rendezvous)))
}

export type { FoundPeer }

/** One rendezvous point in a DHT: it knows who announced the same key, ourselves included. */
export class RendezvousPlace {
  readonly #dht: KadDHT
  readonly #key: CID
  readonly #ownPeerId: string

  constructor(dht: KadDHT, key: CID, ownPeerId: string) {
    this.#dht = dht
    this.#key = key
    this.#ownPeerId = ownPeerId
  }

  /** Tells the DHT that we are here; returns how many servers took the record. A node must have an address by then. */
  async announce(signal: AbortSignal): Promise<number> {
    let servers = 0
    for await (const event of this.#dht.provide(this.#key, { signal })) {
      if (event.name === 'PEER_RESPONSE' && event.messageName === 'ADD_PROVIDER') servers++
    }
    return servers
  }

  /** Yields who else is at the rendezvous point, each once, as the answers come in. */
  async *search(signal: AbortSignal): AsyncGenerator<FoundPeer, undefined> {
    const seen = new Set([this.#ownPeerId])
    for await (const event of this.#dht.findProviders(this.#key, { signal })) {
      if (event.name === 'PROVIDER') yield* fresh(event.providers, seen)
    }
    // kad-dht stops asking when it has that many. But records stay for hours after their makers, and most of them may be dead ones.
    if (seen.size > this.#dht.k) yield* this.#askEveryServer(seen, signal)
  }

  /** Yields the peers that each of the servers closest to the key knows: all of them are asked. */
  async *#askEveryServer(seen: Set<string>, signal: AbortSignal): AsyncGenerator<FoundPeer, undefined> {
    const target = this.#key.multihash.bytes
    const servers: PeerId[] = []
    for await (const event of this.#dht.getClosestPeers(target, { signal })) {
      if (event.name === 'FINAL_PEER') servers.push(event.peer.id)
    }
    const path = { index: -1, queued: 0, running: 0, total: 0 }
    const answers = servers.map(async (server) => {
      const providers: PeerInfo[] = []
      const request = { type: MessageType.GET_PROVIDERS, key: target }
      for await (const event of internals(this.#dht).network.sendRequest(server, request, { signal, path })) {
        if (event.name === 'PEER_RESPONSE') providers.push(...event.providers)
      }
      return providers
    })
    for (const answer of await Promise.allSettled(answers)) {
      if (answer.status === 'fulfilled') yield* fresh(answer.value, seen)
    }
  }

  /** Drops a peer from what we answer others, and leaves room in our own search, until it announces itself again. */
  async forget(peerId: string): Promise<void> {
    await internals(this.#dht).providers.removeProvider(this.#key, peerIdFromString(peerId))
  }
}

/** Names the parts of kad-dht that its public interface leaves out. */
interface DhtInternals {
  providers: { removeProvider(key: CID, provider: PeerId): Promise<void> }
  network: {
    /** Sends a request to a server. One that does not answer is an event too, no error. */
    sendRequest(
      to: PeerId,
      request: { type: MessageType; key: Uint8Array },
      options: { signal: AbortSignal; path: DisjointPath },
    ): AsyncIterable<QueryEvent>
  }
}

const internals = (dht: KadDHT) => dht as unknown as DhtInternals

function* fresh(providers: readonly PeerInfo[], seen: Set<string>): Generator<FoundPeer, undefined> {
  for (const { id, multiaddrs } of providers) {
    const peerId = id.toString()
    if (seen.has(peerId)) continue
    seen.add(peerId)
    yield { peerId, addresses: multiaddrs.map(String) }
  }
}
