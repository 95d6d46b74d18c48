import { afterAll, beforeAll, expect, test } from 'vitest'
import { joinRendezvous, type Rendezvous, type RendezvousOptions } from '../../../src/rendezvous/rendezvous.js'

const listen = ['/ip4/127.0.0.1/tcp/0']
const nobody = '12D3KooWKqnz3Bb7iJ2vE81FYT9bYg4st3hyPfaMDFm1qc3XzUwb'
let point: Rendezvous
beforeAll(async () => {
  point = await joinRendezvous({ listen, peers: [] })
})
afterAll(() => point.close())

const join = (options: unknown) => joinRendezvous({ listen, peers: [], ...(options as RendezvousOptions) })

test.each<[string, () => Promise<unknown>]>([
  ['listen, no list', () => join({ listen: '/ip4/127.0.0.1/tcp/0' })],
  ['listen, no texts', () => join({ listen: [5] })],
  ['peers, no list', () => join({ peers: 'x' })],
  ['rendezvous, no text', () => join({ rendezvous: 5 })],
  ['protocol, no text', () => join({ protocol: 5 })],
  ['privateKey, a text', () => join({ privateKey: 'x' })],
  ['privateKey, other bytes', () => join({ privateKey: new Uint8Array(3) })],
  ['connect without an address', () => point.connect({} as never)],
  ['connect with null', () => point.connect(null as never)],
  ['connect to what is no address', () => point.connect({ peerId: nobody, address: 'there' })],
  ['open without a peer id', () => point.open({} as never)],
  ['open to what is no peer id', () => point.open({ peerId: 'x', addresses: [] })],
  ['open with an address for addresses', () => point.open({ peerId: nobody, addresses: 'x' as never })],
  ['forget what is no peer id', () => point.forget('x')],
  ['leave with what are no peer ids', () => point.leave([5] as never)],
])('%s is bad_argument', async (_, ask) => {
  const answer = await ask().catch((error: unknown) => error)
  if (answer instanceof Object && 'close' in answer) await (answer as Rendezvous).close()
  expect(answer).toMatchObject({ code: 'bad_argument' })
})

test('who is told of without an address is not reachable', async () => {
  await expect(point.open({ peerId: nobody, addresses: [] })).rejects.toMatchObject({ code: 'unreachable' })
})

test('what is asked of a node that is closed, or closes meanwhile, is closed', async () => {
  const other = await joinRendezvous({ listen, peers: [point.addresses()[0]!] })
  const ask = () => [
    other.announce(),
    other.connect(other.bootstrapPeers[0]!),
    other.open({ peerId: point.peerId, addresses: point.addresses() }),
    (async () => {
      for await (const _ of other.search());
    })(),
  ]
  const asked = ask().map((each) => each.catch((error: unknown) => error))
  await Promise.all([other.close(), other.close()])
  for (const each of [...asked, ...ask().map((each) => each.catch((error: unknown) => error))]) {
    expect(await each).toMatchObject({ code: 'closed' })
  }
})
