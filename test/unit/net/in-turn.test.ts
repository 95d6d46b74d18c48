import type { Connection } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { expect, test } from 'vitest'
import { dialInTurn, inUsualOrder } from '../../../src/net/in-turn.js'
import { ManualClock } from '../../support/directory.js'

const [tcp, otherTcp, webSocket, otherWebSocket] = [
  '/ip4/192.0.2.1/tcp/1',
  '/ip4/192.0.2.1/tcp/2',
  '/ip4/192.0.2.1/tcp/3/ws',
  '/ip4/192.0.2.1/tcp/4/ws',
]
const all = [otherWebSocket, tcp, webSocket, otherTcp].map((text) => multiaddr(text))

/** Dials in turn, where every address is silent until the test says that it answers or refuses. */
function dialing(first?: string) {
  const clock = new ManualClock()
  const begun: string[] = []
  const attempts = new Map<string, { answer(): void; refuse(): void }>()
  const connection = (address: string) => ({ remoteAddr: multiaddr(address) }) as Connection
  const done = dialInTurn(
    (address) =>
      new Promise((resolve, reject) => {
        const text = address.toString()
        begun.push(text)
        attempts.set(text, {
          answer: () => resolve(connection(text)),
          refuse: () => reject(new Error(`${text} refused`)),
        })
      }),
    all,
    { clock, signal: new AbortController().signal, first: all.find((address) => address.toString() === first) },
  )
  done.catch(() => {}) // a test says what it expects
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  return { clock, begun, done, settled, at: (address: string) => attempts.get(address)! }
}

/** Says when each address is tried while none answers. */
function schedule(first?: string): Array<[address: string, ms: number]> {
  const { clock, begun } = dialing(first)
  const found: Array<[string, number]> = begun.map((address) => [address, 0])
  for (let ms = 50; ms <= 3_000; ms += 50) {
    clock.advance(50)
    for (const address of begun.slice(found.length)) found.push([address, ms])
  }
  return found
}

test('TCP comes first, and WebSocket when it has been silent for 750 ms', () => {
  expect(schedule()).toEqual([
    [tcp, 0],
    [otherTcp, 250],
    [otherWebSocket, 750],
    [webSocket, 1_000],
  ])
  expect(inUsualOrder([otherWebSocket, tcp, webSocket, otherTcp])).toEqual([tcp, otherTcp, otherWebSocket, webSocket])
})

test('a TCP address that worked comes before the other ones, and costs none of them anything', () => {
  expect(schedule(otherTcp)).toEqual([
    [otherTcp, 0],
    [tcp, 250],
    [otherWebSocket, 750],
    [webSocket, 1_000],
  ])
})

test('a WebSocket that worked comes before TCP, and when it is silent the rest has its turn 250 ms later', () => {
  expect(schedule(webSocket)).toEqual([
    [webSocket, 0],
    [tcp, 250],
    [otherTcp, 500],
    [otherWebSocket, 1_000],
  ])
})

test('a WebSocket that worked and answers is all that is dialed', async () => {
  const { clock, begun, at, done } = dialing(webSocket)
  at(webSocket).answer()
  expect((await done).remoteAddr.toString()).toBe(webSocket)
  clock.advance(10_000)
  expect(begun).toEqual([webSocket])
})

test('one that refuses now lets the rest begin at once, in the usual order', async () => {
  const { clock, begun, at, settled, done } = dialing(webSocket)
  at(webSocket).refuse()
  await settled()
  expect(begun).toEqual([webSocket, tcp])
  clock.advance(250)
  at(otherTcp).answer()
  expect((await done).remoteAddr.toString()).toBe(otherTcp)
})

test('when all refuse, all failures are told', async () => {
  const { begun, at, settled, done } = dialing(webSocket)
  for (let tried = 0; tried < all.length; tried++) {
    at(begun[tried]!).refuse()
    await settled()
  }
  const error = (await done.catch((reason: unknown) => reason)) as AggregateError
  expect(error.errors.map(({ message }) => message)).toEqual(begun.map((address) => `${address} refused`))
})
