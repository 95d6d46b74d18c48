import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { SendingTurns } from '../../../src/net/sending-turns.js'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const named = (name: string) => ({ name })
const names = (streams: readonly { name: string }[]) => streams.map(({ name }) => name)

/** A connection that takes so many frames until it is full, and streams that may send so many each time they are asked. */
function share(windows: Record<string, number>, room: number) {
  const maConn = { writableNeedsDrain: false }
  const streams = Object.keys(windows).map(named)
  const turns = new SendingTurns({ streams, maConn })
  const sent: Record<string, number> = {}
  /** It has room again: all are asked, as libp2p asks them. */
  const drain = async () => {
    let left = room
    maConn.writableNeedsDrain = false
    for (const stream of [...streams]) {
      const { name } = stream
      for (let frame = 0; frame < windows[name]! && !turns.isFull; frame++) {
        if (--left === 0) maConn.writableNeedsDrain = true
        sent[name] = (sent[name] ?? 0) + 1
        turns.sent(stream)
      }
    }
    await Promise.resolve()
  }
  return { streams, sent, drain }
}

test('who used up its window goes behind those that had no turn, as does who filled the connection', async () => {
  const { streams, sent, drain } = share({ a: 2, b: 2, c: 8, d: 8, e: 8 }, 6)
  await drain()
  expect(names(streams)).toEqual(['d', 'e', 'a', 'b', 'c'])
  await drain()
  expect(names(streams)).toEqual(['e', 'a', 'b', 'c', 'd'])
  for (let count = 0; count < 60; count++) await drain()
  expect(Object.keys(sent)).toHaveLength(5)
  expect(Math.max(...Object.values(sent))).toBeLessThanOrEqual(4 * Math.min(...Object.values(sent)))
})

test('streams that came or went meanwhile are there, or not', async () => {
  const [a, b, c, d] = [named('a'), named('b'), named('c'), named('d')]
  const streams = [a, b, c]
  const maConn = { writableNeedsDrain: true }
  const turns = new SendingTurns({ streams, maConn })
  turns.sent(a)
  turns.sent(b)
  streams.splice(0, 1)
  streams.push(d)
  await Promise.resolve()
  expect(names(streams)).toEqual(['c', 'd', 'b'])
})

test('a connection that is never full remembers no stream that has gone', async () => {
  const turns = new SendingTurns<{ name: string }>({ streams: [], maConn: { writableNeedsDrain: false } })
  let gone = 0
  const registry = new FinalizationRegistry(() => gone++)
  for (let count = 0; count < 100; count++) {
    const stream = named(`${count}`)
    registry.register(stream, undefined)
    turns.sent(stream)
  }
  for (let tries = 0; tries < 100 && gone < 90; tries++) {
    collect()
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(gone).toBeGreaterThanOrEqual(90)
})
