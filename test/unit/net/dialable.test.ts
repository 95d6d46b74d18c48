import { expect, test } from 'vitest'
import { dialable } from '../../../src/net/dialable.js'

test.each([
  ['/ip4/192.0.2.7/tcp/4001', { host: '192.0.2.7', port: 4001, family: 4 }],
  ['/ip6/::1/tcp/1', { host: '::1', port: 1, family: 6 }],
  ['/dns/a.example/tcp/443', { host: 'a.example', port: 443, family: 0 }],
  [
    '/dns4/a.example/tcp/443/p2p/12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5',
    { host: 'a.example', port: 443, family: 4 },
  ],
])('%s can be dialled', (address, expected) => {
  expect(dialable(address)).toEqual(expected)
})

test.each([
  '',
  'a.example:443',
  '/ip4/192.0.2.7',
  '/ip4/192.0.2.7/tcp/0',
  '/ip4/192.0.2.7/udp/4001',
  '/ip4/192.0.2.7/udp/4001/quic-v1',
  '/ip4/192.0.2.7/tcp/0/ws',
  '/dns/a.example/tcp/443/tls',
  '/dns/a.example/tcp/443/tls/sni/b.example/wss',
  '/dns/a.example/tcp/443/sni/b.example/ws',
  '/dns/a.example/tcp/443/http-path/x',
  '/dns/a.example/tcp/443/ws/ws',
  '/unix/tmp%2fsocket',
  '/ip4/192.0.2.7/tcp/4001/p2p/12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5/p2p-circuit',
  '/p2p/12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5',
])('%s can not', (address) => {
  expect(dialable(address)).toBeUndefined()
})

const webSocket = (address: string) => dialable(address)?.webSocket
test.each([
  ['/ip4/192.0.2.7/tcp/4001/ws', { secure: false, path: '/', serverName: '192.0.2.7' }],
  ['/dns/a.example/tcp/443/wss', { secure: true, path: '/', serverName: 'a.example' }],
  ['/dns/a.example/tcp/443/tls/ws', { secure: true, path: '/', serverName: 'a.example' }],
  ['/dns/a.example/tcp/443/tls/sni/b.example/ws', { secure: true, path: '/', serverName: 'b.example' }],
  ['/dns/a.example/tcp/443/tls/ws/http-path/x%2Fy', { secure: true, path: '/x/y', serverName: 'a.example' }],
  [
    '/dns/a.example/tcp/443/tls/ws/p2p/12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5',
    { secure: true, path: '/', serverName: 'a.example' },
  ],
])('%s is a WebSocket', (address, expected) => {
  expect(webSocket(address)).toEqual(expected)
})
