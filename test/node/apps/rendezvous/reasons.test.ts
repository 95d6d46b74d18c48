import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { reasonOf } from '../../../../src/apps/rendezvous/reasons.js'
import { joinRendezvous, type Rendezvous } from '../../../../src/rendezvous/rendezvous.js'
import { nobody } from '../../../support/rendezvous.js'

const listen = ['/ip4/127.0.0.1/tcp/0']
const points: Rendezvous[] = []
const closers: Array<() => void> = []
afterEach(async () => {
  await Promise.all(points.splice(0).map((point) => point.close()))
  for (const close of closers.splice(0)) close()
})

async function join(protocol?: string): Promise<Rendezvous> {
  const point = await joinRendezvous({ listen, peers: [], ...(protocol === undefined ? {} : { protocol }) })
  points.push(point)
  return point
}

/** Serves whoever connects in its own way; returns its address. */
async function serve(answer: (socket: Socket) => void): Promise<string> {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => {}))
    answer(socket)
  }).listen(0, '127.0.0.1')
  closers.push(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  await once(server, 'listening')
  return `/ip4/127.0.0.1/tcp/${(server.address() as { port: number }).port}`
}

const nobodysId = nobody.split('/p2p/')[1]!

/** Why the peer cannot be connected to at this address. */
async function reason(address: string): Promise<string> {
  const point = await join()
  const full = `${address}/p2p/${nobodysId}`
  return await point.connect({ peerId: nobodysId, address: full }).then(() => 'connected', reasonOf)
}

test('nobody there', async () => {
  expect(await reason('/ip4/127.0.0.1/tcp/9')).toBe('connect ECONNREFUSED 127.0.0.1:9')
})

test('another node than the one that is meant, with what keeps a peer id', async () => {
  const other = await join()
  const [address] = other.addresses()[0]!.split('/p2p/')
  expect(await reason(address!)).toBe(
    `another node answers there, ${other.peerId}; a node that is to keep its peer id needs --identity-key`,
  )
})

test('a program that does not speak libp2p', async () => {
  const answers: Array<(socket: Socket) => void> = [
    (socket) => socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'),
    (socket) => socket.write(Buffer.from([3, 0x41, 0x42, 0x43, 3, 0x41, 0x42, 0x43])),
    (socket) => socket.destroy(),
  ]
  for (const answer of answers) {
    expect(await reason(await serve(answer))).toBe('what answers there breaks off, or does not speak libp2p')
  }
})

test('a peer that does not chat with this protocol id', async () => {
  const [a, b] = [await join(), await join('/other/1.0.0')]
  const opening = a.open({ peerId: b.peerId, addresses: b.addresses() })
  expect(await opening.then(() => 'opened', reasonOf)).toBe('it does not chat with this protocol id')
})

test('several addresses: each reason once, and not without end', async () => {
  const point = await join()
  const at = (ports: number[]) => ({ peerId: nobodysId, addresses: ports.map((port) => `/ip4/127.0.0.1/tcp/${port}`) })
  const why = async (ports: number[]) => await point.open(at(ports)).then(() => 'opened', reasonOf)
  expect(await why([7, 9])).toBe('connect ECONNREFUSED 127.0.0.1:7; connect ECONNREFUSED 127.0.0.1:9')
  expect(await why([7, 9, 11, 13, 17])).toMatch(/^(?:connect ECONNREFUSED \S+; ){3}and 2 more$/)
})

test('only addresses that we cannot dial', async () => {
  const point = await join()
  const opening = point.open({ peerId: nobodysId, addresses: ['/ip4/127.0.0.1/udp/9/quic-v1'] })
  expect(await opening.then(() => 'opened', reasonOf)).toBe('no address that we could dial')
})

test.each([
  [new DOMException('The operation was aborted due to timeout', 'TimeoutError'), 'no answer in time'],
  [
    new Error('DNS lookup of _dnsaddr.bootstrap.libp2p.io 16 failed'),
    'the name bootstrap.libp2p.io cannot be looked up',
  ],
  [
    new Error('connection error nosuch.invalid:1: getaddrinfo ENOTFOUND nosuch.invalid'),
    'the name nosuch.invalid cannot be looked up',
  ],
  [new Error('something else\nand more'), 'something else'],
  ['no error', 'no error'],
])('%s → %s', (error, why) => {
  expect(reasonOf(error)).toBe(why)
})
