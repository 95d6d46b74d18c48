import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { expect, test } from 'vitest'
import { equalBytes } from '../../../../src/core/bytes.js'
import { maxCertificateBytes, maxDirectoryMessageBytes } from '../../../../src/core/limits.js'
import { sealTerminator } from '../../../../src/identity/terminator.js'
import { encodeFeed, FeedDecoder } from '../../../../src/relay/feeds/feed-codec.js'
import { type FeedMessage, OutgoingFeed } from '../../../../src/relay/feeds/outgoing-feed.js'
import type { Entry } from '../../../../src/relay/table/entry.js'
import { NodeMessage } from '../../../../src/wire/messages/directory.js'
import { entry } from '../../../support/directory.js'

const key = await generateKeyPair('Ed25519')
const peerId = peerIdFromPrivateKey(key).toString()
const terminator = await sealTerminator(key, {
  ...entry('i', { networkId: peerId, hostPeerId: peerId, relayPeerId: peerId }).record,
})

/** Everything a feed has to say, acknowledged at once. */
function drain(feed: OutgoingFeed): FeedMessage[] {
  const messages: FeedMessage[] = []
  for (let nowMs = 0; ; nowMs++) {
    const message = feed.next(nowMs)
    if (message === undefined || message.parts.length === 0) return messages
    messages.push(message)
    const { epoch, version } = message
    feed.replied({ epoch, version, resync: false }, () => epoch + 1)
  }
}

function feedOf(entries: Entry[], partitions = ['chat/0']): OutgoingFeed {
  const feed = new OutgoingFeed(1, () => ({ entries, departed: [] }))
  for (const partition of partitions) feed.add(partition)
  return feed
}

const wire = (message: FeedMessage) => NodeMessage.encode({ requestId: 1, feed: encodeFeed(message) })

test('however large the certificates of its hosts, what an owner tells fits the messages of the link', () => {
  const entries = Array.from({ length: 600 }, (_, index) => ({
    ...entry(`i${index}`),
    signed: { terminator: new Uint8Array(2_048), certificate: new Uint8Array(maxCertificateBytes) },
  }))
  const messages = drain(feedOf(entries))
  for (const message of messages) expect(wire(message).byteLength).toBeLessThan(maxDirectoryMessageBytes)
  expect(messages.flatMap(({ parts }) => parts.flatMap(({ put }) => put))).toHaveLength(600)
  expect(messages.at(-1)?.complete).toBe(true)
})

test('a host with many instances has its certificate sent once per message', () => {
  const certificate = new Uint8Array(maxCertificateBytes).fill(7)
  const entries = Array.from({ length: 200 }, (_, index) => ({
    ...entry(`i${index}`),
    signed: { terminator, certificate },
  }))
  const [message, ...more] = drain(feedOf(entries))
  expect(more).toEqual([])
  expect(wire(message!).byteLength).toBeLessThan(2 * maxCertificateBytes + 200 * (terminator.byteLength + 64))
  const decoded = new FeedDecoder(peerId).decode(NodeMessage.decode(wire(message!)).feed!)
  const { put } = decoded.parts[0]!
  expect(put).toHaveLength(200)
  expect(put.every(({ signed }) => equalBytes(signed.certificate, certificate))).toBe(true)
  expect(put.every(({ signed }) => equalBytes(signed.terminator, terminator))).toBe(true)
})

test('thousands of empty partitions are told, and let go of, in messages that can be read', () => {
  const partitions = Array.from({ length: 3_000 }, (_, shard) => `chat/${shard}`)
  const feed = feedOf([], partitions)
  for (const message of drain(feed)) NodeMessage.decode(wire(message))
  for (const partition of partitions) feed.drop(partition)
  const dropped = drain(feed)
  for (const message of dropped) NodeMessage.decode(wire(message))
  expect(dropped.flatMap(({ parts }) => parts)).toHaveLength(3_000)
  expect(feed.partitions()).toEqual([])
})

test('a fed terminator whose certificate is not in the message is refused', () => {
  const update = encodeFeed(drain(feedOf([{ ...entry('i'), signed: { terminator, certificate: terminator } }]))[0]!)
  expect(() => new FeedDecoder(peerId).decode({ ...update, certificates: [] })).toThrow(/certificate/)
})
