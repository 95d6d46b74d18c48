import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { describe, expect, test } from 'vitest'
import { maxLookupTerminators } from '../../../../src/core/limits.js'
import { parseStickyToken, Selector, stickyToken } from '../../../../src/directory/selection.js'
import { issueCertificate } from '../../../../src/identity/certificate.js'
import { type Strategy, strategies } from '../../../../src/identity/policy.js'
import { peekTerminator, sealTerminator } from '../../../../src/identity/terminator.js'
import { GlobalDirectory, type GlobalDirectoryDeps } from '../../../../src/relay/serving/global-directory.js'
import type { Entry } from '../../../../src/relay/table/entry.js'
import { DirectoryStore } from '../../../../src/relay/table/store.js'
import { entry, ManualClock } from '../../../support/directory.js'
import { seeded } from '../../../support/random.js'

const shards = 4

function filled(count: number, change: (index: number) => Parameters<typeof entry>[1] = () => ({})): DirectoryStore {
  const store = new DirectoryStore(
    () => {},
    () => shards,
  )
  for (let index = 0; index < count; index++) store.put(entry(`i${index}`, change(index)))
  return store
}

const draw = (store: DirectoryStore, strategy: Strategy, random = seeded(1), limit = maxLookupTerminators) =>
  store.any('chat', limit, { strategy, random })

/** As a dialer puts them. */
const order = (entries: Entry[], strategy: Strategy, token?: string) =>
  new Selector(seeded(2)).order(entries, { strategy, stickyToken: token, roundTripMs: () => 1, nowMs: 0 })

const ids = (entries: Entry[]) => entries.map(({ record }) => record.instanceId)

describe('of many terminators a few are drawn, and a dial goes first to the one it would choose of all:', () => {
  test.each(strategies)('%s, the required one', (strategy) => {
    const store = filled(5_000, (index) => ({ precedence: index === 4_000 ? 'required' : 'default' }))
    const drawn = draw(store, strategy)
    expect(drawn).toHaveLength(maxLookupTerminators)
    expect(ids(order(drawn, strategy))[0]).toBe('i4000')
  })

  test.each(['smartrouting', 'sticky'] as const)('%s, the cheapest one', (strategy) => {
    const store = filled(5_000, (index) => ({ cost: index === 4_000 ? 10 : 20 }))
    expect(ids(order(draw(store, strategy), strategy))[0]).toBe('i4000')
  })

  test('random, each as often as the others, whatever the cost', () => {
    const store = filled(1_000, (index) => ({ cost: index % 100 }))
    const random = seeded(3)
    const firsts = Array.from({ length: 2_000 }, () => ids(order(draw(store, 'random', random), 'random')))
    const early = firsts.filter(([first]) => Number(first!.slice(1)) < 500).length
    expect(early).toBeGreaterThan(850)
    expect(early).toBeLessThan(1_150)
    const seen = new Set(firsts.flat())
    expect(seen.size).toBe(1_000)
  })

  test('weighted, a cheap one more often, in inverse proportion to cost + 1', () => {
    // 10 of cost 0 weigh as much as 990 of cost 98 together.
    const store = filled(1_000, (index) => ({ cost: index < 10 ? 0 : 98 }))
    const random = seeded(4)
    const selector = new Selector(random)
    const options = { strategy: 'weighted', roundTripMs: () => 1, nowMs: 0, drawn: true } as const
    let cheap = 0
    for (let round = 0; round < 1_000; round++) {
      const [first] = selector.order(draw(store, 'weighted', random), options)
      if (first!.record.cost === 0) cheap++
    }
    expect(cheap).toBeGreaterThan(430)
    expect(cheap).toBeLessThan(570)
    const drawn = draw(store, 'weighted', random)
    selector.failed(drawn[0]!, 0)
    expect(selector.order(drawn, options).at(-1)).toBe(drawn[0])
  })

  test.each(strategies)('%s, one that is not busy', (strategy) => {
    const store = filled(2_000, (index) => ({ busy: index % 500 !== 0 }))
    expect(draw(store, strategy).filter(({ busy }) => !busy)).toHaveLength(4)
  })
})

describe('the index to draw from', () => {
  test('gives everybody once when there is room, however they came, changed and went', () => {
    const random = seeded(5)
    const store = filled(0)
    for (let round = 0; round < 5_000; round++) {
      const id = `i${Math.floor(random() * 200)}`
      if (random() < 0.4) store.remove(entry(id).record, 1)
      else {
        store.put(entry(id, { sequence: round + 1, cost: Math.floor(random() * 5), busy: random() < 0.5 }))
      }
    }
    const all = store.list('chat', undefined, 1_000).rows.map(({ instanceId }) => instanceId)
    for (const strategy of strategies) {
      expect(ids(draw(store, strategy, random, 1_000)).sort()).toEqual(all)
    }
    store.reshard()
    expect(ids(draw(store, 'random', random, 1_000)).sort()).toEqual(all)
  })
})

describe('a relay', () => {
  const directory = (store: DirectoryStore, strategy: Strategy, change: Partial<GlobalDirectoryDeps> = {}) =>
    new GlobalDirectory({
      networkId: 'network',
      liars: { has: () => false },
      onLie: () => {},
      store,
      homes: { partitions: () => ['chat/0'], isSettledHome: () => true } as never,
      pool: undefined as never,
      clock: new ManualClock(),
      strategyOf: () => strategy,
      random: seeded(6),
      ...change,
    })
  const signedAs = (each: Entry): Entry => ({
    ...each,
    signed: {
      terminator: Buffer.from(each.record.instanceId + each.record.relayPeerId),
      certificate: new Uint8Array(),
    },
  })
  const texts = (answer: { terminators: Array<{ terminator: Uint8Array }> }) =>
    answer.terminators.map(({ terminator }) => Buffer.from(terminator).toString())

  test('finds the host of a sticky token among thousands', () => {
    const store = filled(0)
    for (let index = 0; index < 5_000; index++) store.put(signedAs(entry(`i${index}`)))
    const token = stickyToken(entry('i4321'))
    const lookup = (prefer = parseStickyToken(token)) => directory(store, 'sticky').localLookup('chat', '', { prefer })
    expect(texts(lookup())[0]).toBe('i4321relay1')
    expect(lookup().terminators).toHaveLength(maxLookupTerminators)
    // One that is gone is no trouble.
    expect(lookup(parseStickyToken('nobody/gone')).terminators).toHaveLength(maxLookupTerminators)
  })

  test('hands out some of the many hosts behind one instance id, the wanted one among them', () => {
    const store = filled(0)
    for (let index = 0; index < 500; index++) {
      store.put(signedAs(entry('web', { hostPeerId: `host${index}`, relayPeerId: `-${index}` })))
    }
    const prefer = { hostPeerId: 'host77', instanceId: 'web' }
    const answer = directory(store, 'random').localLookup('chat', 'web', { prefer })
    expect(answer.terminators).toHaveLength(maxLookupTerminators)
    expect(texts(answer)[0]).toBe('web-77')
  })

  test('joins what several homes answer into what one message holds, the best of it', async () => {
    const key = await generateKeyPair('Ed25519')
    const peerId = peerIdFromPrivateKey(key).toString()
    const { envelope } = await issueCertificate(key, { name: 'host', peerId, roles: ['chat'] })
    const seal = async (instanceId: string, precedence: 'default' | 'required') => ({
      terminator: await sealTerminator(key, {
        ...entry(instanceId, { networkId: peerId, hostPeerId: peerId, relayPeerId: peerId, precedence }).record,
      }),
      certificate: envelope,
    })
    const homes = Array.from({ length: 3 }, async (_, home) => ({
      status: 0,
      terminators: await Promise.all(
        Array.from({ length: maxLookupTerminators }, (_, index) =>
          seal(`i${home}-${index}`, home === 2 && index === 9 ? 'required' : 'default'),
        ),
      ),
      lastSeenMs: 0,
      partial: false,
    }))
    const relay = directory(filled(0), 'smartrouting', {
      networkId: peerId,
      homes: {
        partitions: () => ['chat/0', 'chat/1', 'chat/2'],
        isSettledHome: () => false,
        others: (partition: string) => [partition],
      } as never,
      pool: { ensure: async (home: string) => ({ lookup: () => homes[Number(home.slice(-1))] }) } as never,
    })
    const answer = await relay.lookup('chat', '', { prefer: { hostPeerId: peerId, instanceId: 'i1-31' } })
    expect(answer.terminators).toHaveLength(maxLookupTerminators)
    const found = answer.terminators.map(({ terminator }) => peekTerminator(terminator).instanceId)
    expect(found[0]).toBe('i1-31')
    expect(found).toContain('i2-9')
  })
})
