import { describe, expect, test } from 'vitest'
import { type Selectable, Selector, stickyToken } from '../../../src/directory/selection.js'
import type { Strategy } from '../../../src/identity/policy.js'
import { seeded } from '../../support/random.js'

type Name = `${string}/${string}`

/** `host/relay` with a cost and a precedence. */
function way(name: Name, change: Partial<Selectable['record']> = {}): Selectable & { name: Name } {
  const [hostPeerId, relayPeerId] = name.split('/') as [string, string]
  return {
    name,
    record: { service: 'web', instanceId: 'web', hostPeerId, relayPeerId, cost: 0, precedence: 'default', ...change },
  }
}

const none = () => undefined
const orderOf = (
  selector: Selector,
  ways: Array<Selectable & { name: Name }>,
  strategy: Strategy,
  more: { stickyToken?: string; roundTripMs?: (relay: string) => number | undefined; nowMs?: number } = {},
) => selector.order(ways, { strategy, roundTripMs: none, nowMs: 0, ...more }).map(({ name }) => name)

/** How often each one came first in 4 000 draws, as a share. */
function shares(selector: Selector, ways: Array<Selectable & { name: Name }>, strategy: Strategy, nowMs = 0) {
  const counts = new Map<string, number>(ways.map(({ name }) => [name, 0]))
  for (let draw = 0; draw < 4_000; draw++) {
    const [first] = orderOf(selector, ways, strategy, { nowMs })
    counts.set(first!, counts.get(first!)! + 1)
  }
  return ways.map(({ name }) => counts.get(name)! / 4_000)
}

describe('precedence comes before everything else', () => {
  const strategies: Strategy[] = ['smartrouting', 'weighted', 'random', 'sticky']
  test.each(strategies)('%s tries required, then default, then failed', (strategy) => {
    const ways = [
      way('a/r', { precedence: 'failed', cost: 0 }),
      way('b/r', { precedence: 'default', cost: 10 }),
      way('c/r', { precedence: 'required', cost: 65_535 }),
    ]
    const token = stickyToken(ways[0]!)
    for (let seed = 0; seed < 50; seed++) {
      const selector = new Selector(seeded(seed))
      expect(orderOf(selector, ways, strategy, { stickyToken: token })).toEqual(['c/r', 'b/r', 'a/r'])
    }
  })
})

describe('smartrouting', () => {
  const table: Array<[string, Array<Selectable & { name: Name }>, Record<string, number>, Name[]]> = [
    ['the lowest cost', [way('a/r', { cost: 20 }), way('b/r', { cost: 10 })], { r: 5 }, ['b/r', 'a/r']],
    ['the lowest round trip at equal cost', [way('a/far'), way('a/near')], { far: 80, near: 2 }, ['a/near', 'a/far']],
    [
      'cost and round trip added',
      [way('a/far', { cost: 0 }), way('a/near', { cost: 50 })],
      { far: 40, near: 2 },
      ['a/far', 'a/near'],
    ],
    [
      'a relay that is linked before one that is not',
      [way('a/new'), way('a/near')],
      { near: 100 },
      ['a/near', 'a/new'],
    ],
  ]
  test.each(table)('prefers %s', (_, ways, roundTrips, expected) => {
    const selector = new Selector(seeded(1))
    expect(orderOf(selector, ways, 'smartrouting', { roundTripMs: (relay) => roundTrips[relay] })).toEqual(expected)
  })

  test('several hosts behind one instance id share, and jitter of the round trip does not choose among them', () => {
    const selector = new Selector(seeded(2))
    const ways = [way('a/one'), way('b/two')]
    let first = 0
    for (let draw = 0; draw < 1_000; draw++) {
      const [name] = orderOf(selector, ways, 'smartrouting', { roundTripMs: (relay) => (relay === 'one' ? 1.1 : 1.9) })
      if (name === 'a/one') first++
    }
    expect(first).toBeGreaterThan(400)
    expect(first).toBeLessThan(600)
  })

  test('a host of higher cost is there for failover only', () => {
    const [first, second] = shares(new Selector(seeded(3)), [way('a/r'), way('b/r', { cost: 1_000 })], 'smartrouting')
    expect([first, second]).toEqual([1, 0])
  })
})

describe('weighted', () => {
  test('draws in inverse proportion to the cost', () => {
    const [cheap, dear] = shares(
      new Selector(seeded(4)),
      [way('a/r', { cost: 99 }), way('b/r', { cost: 299 })],
      'weighted',
    )
    expect(cheap).toBeGreaterThan(0.72)
    expect(cheap).toBeLessThan(0.78)
    expect(dear).toBeGreaterThan(0.22)
  })

  test('still names everyone, so that a dial can fail over', () => {
    const ways = [way('a/r', { cost: 0 }), way('b/r', { cost: 65_535 }), way('c/r', { cost: 7 })]
    expect(orderOf(new Selector(seeded(5)), ways, 'weighted').sort()).toEqual(['a/r', 'b/r', 'c/r'])
  })
})

describe('random', () => {
  test('chooses evenly, whatever the cost', () => {
    for (const share of shares(
      new Selector(seeded(6)),
      [way('a/r', { cost: 5_000 }), way('b/r'), way('c/r')],
      'random',
    )) {
      expect(share).toBeGreaterThan(0.3)
      expect(share).toBeLessThan(0.37)
    }
  })
})

describe('sticky', () => {
  const ways = [way('a/r'), way('b/r', { cost: 500 }), way('b/s', { cost: 600 }), way('c/r')]

  test('comes back to the host of the token, over its best relay', () => {
    const order = orderOf(new Selector(seeded(7)), ways, 'sticky', { stickyToken: stickyToken(ways[1]!) })
    expect(order.slice(0, 2)).toEqual(['b/r', 'b/s'])
  })

  test('goes to another relay of the same host when one failed, and elsewhere when all did', () => {
    const selector = new Selector(seeded(8))
    const token = stickyToken(ways[1]!)
    selector.failed(ways[1]!, 0)
    expect(orderOf(selector, ways, 'sticky', { stickyToken: token })[0]).toBe('b/s')
    selector.failed(ways[2]!, 0)
    expect(['a/r', 'c/r']).toContain(orderOf(selector, ways, 'sticky', { stickyToken: token })[0])
  })

  test('without a token, or with one of somebody who left, works like smartrouting', () => {
    for (const stickyToken of [undefined, 'gone/web']) {
      expect(['a/r', 'c/r']).toContain(orderOf(new Selector(seeded(9)), ways, 'sticky', { stickyToken })[0])
    }
  })

  test('tells two instances of one host apart', () => {
    const one = way('a/r', { instanceId: 'a/1' })
    const two = way('a/s', { instanceId: 'a/2', cost: 900 })
    const order = orderOf(new Selector(seeded(10)), [one, two], 'sticky', { stickyToken: stickyToken(two) })
    expect(order[0]).toBe('a/s')
  })
})

describe('failed dials raise a dynamic cost', () => {
  const good = way('a/r', { cost: 100 })
  const bad = way('b/r', { cost: 0 })

  test('that sends the next dial elsewhere, and decays', () => {
    const selector = new Selector(seeded(11))
    selector.failed(bad, 1_000)
    expect(orderOf(selector, [good, bad], 'smartrouting', { nowMs: 1_000 })).toEqual(['a/r', 'b/r'])
    expect(selector.dynamicCost(bad, 31_000)).toBeCloseTo(250)
    expect(orderOf(selector, [good, bad], 'smartrouting', { nowMs: 301_000 })).toEqual(['b/r', 'a/r'])
  })

  test('that grows with every failure in a row, up to the highest cost there is', () => {
    const selector = new Selector(seeded(12))
    const costs = [1, 2, 3].map(() => {
      selector.failed(bad, 0)
      return selector.dynamicCost(bad, 0)
    })
    expect(costs).toEqual([500, 1_500, 3_500])
    for (let more = 0; more < 20; more++) selector.failed(bad, 0)
    expect(selector.dynamicCost(bad, 0)).toBe(65_535)
  })

  test('and one that gets through forgets them', () => {
    const selector = new Selector(seeded(13))
    selector.failed(bad, 0)
    selector.succeeded(bad, 0)
    expect(selector.dynamicCost(bad, 0)).toBe(0)
  })

  test('under random, too: what failed lately comes last until it is forgiven', () => {
    const selector = new Selector(seeded(14))
    selector.failed(bad, 0)
    expect(shares(selector, [good, bad], 'random', 0)).toEqual([1, 0])
    expect(shares(selector, [good, bad], 'random', 60_000)[1]).toBeGreaterThan(0.4)
  })

  test('a clock that was set back does not raise the cost', () => {
    const selector = new Selector(seeded(15))
    selector.failed(bad, 60_000)
    expect(selector.dynamicCost(bad, 0)).toBe(500)
  })

  test('the memory of failures is bounded', () => {
    const selector = new Selector(seeded(16))
    selector.failed(bad, 0)
    for (let index = 0; index < 10_000; index++) selector.failed(way(`h${index}/r`), 0)
    expect(selector.dynamicCost(bad, 0)).toBe(0)
    expect(selector.dynamicCost(way('h9999/r'), 0)).toBe(500)
  })
})
