import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, test } from 'vitest'
import { toHex } from '../../../src/core/bytes.js'
import { isOverlayError } from '../../../src/core/errors.js'
import {
  addressesOf,
  dhtMode,
  isPublicAddress,
  parseListenAddress,
  parsePeerAddress,
  publicBootstrapPeers,
} from '../../../src/rendezvous/address.js'
import { rendezvousKey } from '../../../src/rendezvous/dht.js'

const peerId = '12D3KooWRaR2ytbhJ2nw2ozAvHj6DcUemQ6htrX7Zt2ttQqnWVnu'
const someoneElse = '12D3KooWLaLz7Qs3r2zUQ3NehmpLQFYfnMTF76wvm7ULzUeeWbDw'

/** The message of a `bad_argument`. */
function refusal(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (isOverlayError(error, 'bad_argument')) return error.message
    throw error
  }
  throw new Error('was accepted')
}

describe('the provider key is the one go-libp2p uses', () => {
  test.each([
    ['meet me here', 'bafkreid5twhz53afhh7w732wlc3fuypcjcehag2vlpixqtegcejqk5dbsy'],
    // sha2-256 of nothing and of "abc", from FIPS 180-2; in base32 with the prefix 01 55 12 20.
    ['', 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'],
    ['abc', 'bafkreif2pall7dybz7vecqka3zo24irdwabwdi4wc55jznaq75q7eaavvu'],
  ])('%j', async (rendezvous, key) => {
    expect((await rendezvousKey(rendezvous)).toString()).toBe(key)
  })

  test('as bytes: CIDv1, raw, sha2-256', async () => {
    expect(toHex((await rendezvousKey('meet me here')).bytes)).toBe(
      '015512207d9d8f9eec0539ff6fef5658b65a61e24888701b555bd1784c86111305746196',
    )
  })
})

describe('an address to listen on', () => {
  test.each([['/ip4/127.0.0.1/tcp/6666'], ['/ip4/0.0.0.0/tcp/0'], ['/ip6/::1/tcp/6666']])('%s', (text) => {
    expect(parseListenAddress(text).toString()).toBe(text)
  })

  test.each([
    ['', 'TCP only'],
    ['6666', 'is not a multiaddr'],
    ['127.0.0.1:6666', 'is not a multiaddr'],
    ['/ip4/127.0.0.1/tcp/70000', 'is not a multiaddr'],
    ['/ip4/127.0.0/tcp/1', 'is not a multiaddr'],
    ['/ip4/127.0.0.1', 'TCP only'],
    ['/ip4/127.0.0.1/udp/6666/quic-v1', 'TCP only'],
    ['/dns4/example.org/tcp/6666', 'TCP only'],
    [`/ip4/127.0.0.1/tcp/6666/p2p/${peerId}`, 'TCP only'],
    ['/ip4/127.0.0.1/tcp/6666/ws', 'TCP only'],
    ['/ip4/\x1b[31m', '\\x1b[31m'],
  ])('%j is refused with one line that says why', (text, why) => {
    const message = refusal(() => parseListenAddress(text))
    expect(message).toContain(why)
    expect(message).not.toMatch(/[\n\x1b]/)
  })
})

describe('an address of a bootstrap peer', () => {
  test.each([[`/ip4/127.0.0.1/tcp/6666/p2p/${peerId}`], [`/dns4/example.org/tcp/4001/p2p/${peerId}`]])('%s', (text) => {
    expect(parsePeerAddress(text).peerId).toBe(peerId)
    expect(parsePeerAddress(text).address.toString()).toBe(text)
  })

  test('each of the public ones', () => {
    expect(publicBootstrapPeers.map((text) => parsePeerAddress(text).peerId)).toHaveLength(5)
  })

  test.each([
    ['x', 'is not a multiaddr'],
    ['/ip4/127.0.0.1/tcp/6666', 'must end in /p2p/<peer id>'],
    ['/ip4/127.0.0.1/tcp/6666/p2p', 'is not a multiaddr'],
    ['/ip4/127.0.0.1/tcp/6666/p2p/zzz', 'no valid peer id'],
    [`/p2p/${peerId}`, 'reached by TCP'],
    [`/ip4/127.0.0.1/udp/6666/quic-v1/p2p/${peerId}`, 'reached by TCP'],
    [`/ip4/1.2.3.4/tcp/1/p2p/${peerId}/p2p-circuit/p2p/${peerId}`, 'reached by TCP'],
  ])('%j is refused with one line that says why', (text, why) => {
    const message = refusal(() => parsePeerAddress(text))
    expect(message).toContain(why)
    expect(message).not.toContain('\n')
  })
})

test.each([
  ['/ip4/127.0.0.1/tcp/1', [`/ip4/127.0.0.1/tcp/1/p2p/${peerId}`]],
  [`/ip4/127.0.0.1/tcp/1/p2p/${peerId}`, [`/ip4/127.0.0.1/tcp/1/p2p/${peerId}`]],
  [`/ip4/127.0.0.1/tcp/1/p2p/${someoneElse}`, []],
  [`/ip4/127.0.0.1/tcp/1/p2p/${someoneElse}/p2p-circuit`, []],
  [`/ip4/127.0.0.1/tcp/1/p2p/${someoneElse}/p2p-circuit/p2p/${peerId}`, []],
])('of what others tell of a peer, %s gives %j to dial', (told, dialed) => {
  expect(addressesOf(peerId, [told]).map(String)).toEqual(dialed)
})

describe('the part in the DHT', () => {
  test.each([
    ['/ip4/127.0.0.1/tcp/1', false],
    ['/ip4/10.1.2.3/tcp/1', false],
    ['/ip4/172.31.0.1/tcp/1', false],
    ['/ip4/172.32.0.1/tcp/1', true],
    ['/ip4/192.168.1.1/tcp/1', false],
    ['/ip4/169.254.1.1/tcp/1', false],
    ['/ip4/100.64.0.1/tcp/1', false],
    ['/ip4/104.131.131.82/tcp/4001', true],
    ['/ip6/::1/tcp/1', false],
    ['/ip6/fe80::1/tcp/1', false],
    ['/ip6/fd00::1/tcp/1', false],
    ['/ip6/2604:a880::1/tcp/1', true],
    ['/dnsaddr/bootstrap.libp2p.io', true],
    [`/ip4/104.131.131.82/tcp/4001/p2p/${peerId}/p2p-circuit`, false],
  ])('%s is public: %s', (text, isPublic) => {
    expect(isPublicAddress(multiaddr(text))).toBe(isPublic)
  })

  const loopback = multiaddr('/ip4/127.0.0.1/tcp/1')
  const internet = multiaddr('/ip4/104.131.131.82/tcp/4001')
  test.each([
    ['alone', [loopback], [], 'server'],
    ['on a private network', [loopback], [loopback], 'server'],
    ['on the public one, behind a router', [loopback], [loopback, internet], 'client'],
    ['on the public one, reachable', [loopback, internet], [internet], 'server'],
  ] as const)('%s: %s', (_, own, dialed, mode) => {
    expect(dhtMode(own, dialed)).toBe(mode)
  })
})
