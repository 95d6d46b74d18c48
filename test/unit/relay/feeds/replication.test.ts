import { describe, expect, test } from 'vitest'
import { leaseMs, linkHeartbeatMs, ownerGraceMs, placementSettleMs } from '../../../../src/core/limits.js'
import { IncomingFeeds } from '../../../../src/relay/feeds/incoming-feeds.js'
import type { FeedMessage } from '../../../../src/relay/feeds/outgoing-feed.js'
import { OutgoingFeeds } from '../../../../src/relay/feeds/outgoing-feeds.js'
import type { Entry } from '../../../../src/relay/table/entry.js'
import { DirectoryStore } from '../../../../src/relay/table/store.js'
import { entry, ManualClock } from '../../../support/directory.js'
import { seeded } from '../../../support/random.js'

/** Relays with the real store and replication, and links that the test makes lossy. */
class Net {
  readonly clock = new ManualClock()
  readonly relays = new Map<string, Relay>()
  homes: string[] = []

  constructor(names: string[]) {
    for (const name of names) this.start(name)
  }

  start(name: string): Relay {
    const store: DirectoryStore = new DirectoryStore(
      (_service, _id, entry, present) => relay.outgoing.changed(entry, present, this.clock.monotonic()),
      () => relay.shards,
    )
    const relay: Relay = {
      store,
      outgoing: new OutgoingFeeds(
        name,
        store,
        () => this.homes,
        () => this.clock.now(),
      ),
      incoming: new IncomingFeeds(store, this.clock),
      frozen: false,
      shards: 1,
    }
    this.relays.set(name, relay)
    return relay
  }

  get(name: string): Relay {
    return this.relays.get(name)!
  }

  /** Passes messages until nobody has one. `lossy` loses a message or an answer now and then, as a broken link does. */
  settle(lossy?: () => number): void {
    for (let busy = true; busy; ) {
      busy = false
      for (const [name, relay] of this.relays) {
        for (const home of relay.outgoing.homes()) busy = this.pass(name, home, lossy) !== undefined || busy
      }
    }
  }

  pass(owner: string, home: string, lossy?: () => number): FeedMessage | undefined {
    const from = this.relays.get(owner)
    const to = this.relays.get(home)
    if (from === undefined || to === undefined || to.frozen || from.frozen) return undefined
    const message = from.outgoing.next(home, this.clock.monotonic())
    if (message === undefined) return undefined
    const lost = lossy === undefined ? 1 : lossy()
    if (lost > 0.2) {
      const reply = to.incoming.receive(owner, message)
      if (lost > 0.4) {
        from.outgoing.replied(home, reply)
        return message
      }
    }
    to.incoming.disconnected(owner)
    from.outgoing.interrupted(home)
    return message
  }

  /** Time passes in steps, as in a running relay. */
  run(ms: number, lossy?: () => number): void {
    for (let passed = 0; passed < ms; passed += 250) {
      this.clock.advance(250)
      for (const relay of this.relays.values()) {
        if (relay.frozen) continue
        relay.outgoing.reconcile(this.clock.monotonic())
      }
      this.settle(lossy)
      for (const relay of this.relays.values()) if (!relay.frozen) relay.incoming.tick()
    }
  }
}

interface Relay {
  store: DirectoryStore
  outgoing: OutgoingFeeds
  incoming: IncomingFeeds
  frozen: boolean
  shards: number
}

const idsAt = (net: Net, name: string) =>
  net
    .get(name)
    .store.list('chat', undefined, 1_000_000)
    .rows.map((row) => row.instanceId)

const bind = (net: Net, owner: string, id: string, change: Partial<Entry['record']> = {}) =>
  net.get(owner).store.put(entry(id, { relayPeerId: owner, ...change }))
const leave = (net: Net, owner: string, id: string) =>
  net.get(owner).store.remove(entry(id, { relayPeerId: owner }).record, net.clock.now())

describe('what an owner knows reaches the homes', () => {
  test('a bind, a change and a removal, each at once', () => {
    const net = new Net(['a', 'b', 'c'])
    net.homes = ['b', 'c']
    bind(net, 'a', 'user1')
    net.settle()
    expect(idsAt(net, 'b')).toEqual(['user1'])
    expect(idsAt(net, 'c')).toEqual(['user1'])
    bind(net, 'a', 'user1', { cost: 7, sequence: 2 })
    net.settle()
    const found = net.get('b').store.lookup('chat', 'user1')
    expect(found.state === 'online' && found.entries[0]!.record.cost).toBe(7)
    leave(net, 'a', 'user1')
    net.settle()
    expect(net.get('b').store.lookup('chat', 'user1')).toEqual({ state: 'offline', lastSeenMs: net.clock.now() })
  })

  test('a host that came back with a clock set back is not held up by its own past', () => {
    const net = new Net(['a', 'b'])
    net.homes = ['b']
    bind(net, 'a', 'user1', { sequence: 900 })
    net.settle()
    leave(net, 'a', 'user1')
    bind(net, 'a', 'user1', { sequence: 5, cost: 3 }) // both changes travel as one
    net.settle()
    const found = net.get('b').store.lookup('chat', 'user1')
    expect(found.state === 'online' && found.entries[0]!.record.cost).toBe(3)
  })

  test('a new home gets everything, also who left, in messages of bounded size', () => {
    const net = new Net(['a', 'b'])
    for (let index = 0; index < 1_000; index++) bind(net, 'a', `user${index}`)
    leave(net, 'a', 'user7')
    net.homes = ['b']
    net.get('a').outgoing.reconcile(net.clock.monotonic())
    let messages = 0
    for (let message = net.pass('a', 'b'); message; message = net.pass('a', 'b')) {
      messages++
      expect(message.parts.reduce((sum, part) => sum + part.put.length, 0)).toBeLessThanOrEqual(256)
    }
    expect(messages).toBe(4)
    expect(idsAt(net, 'b')).toHaveLength(999)
    expect(net.get('b').store.lookup('chat', 'user7').state).toBe('offline')
  })

  test('changes while a message is under way are gathered, each terminator once', () => {
    const net = new Net(['a', 'b'])
    net.homes = ['b']
    bind(net, 'a', 'user1')
    const { outgoing } = net.get('a')
    const first = outgoing.next('b', 0)!
    for (let sequence = 2; sequence < 500; sequence++) bind(net, 'a', 'user1', { sequence })
    expect(outgoing.next('b', 0)).toBeUndefined()
    outgoing.replied('b', net.get('b').incoming.receive('a', first))
    expect(outgoing.next('b', 0)!.parts[0]!.put).toHaveLength(1)
  })

  test('an owner is believed about its own terminators only', () => {
    const net = new Net(['a', 'b'])
    const { incoming, store } = net.get('b')
    const part = { partition: 'chat/0', begin: true, end: true, drop: false, removed: [], departed: [] }
    incoming.receive('a', {
      epoch: 1,
      version: 1,
      complete: true,
      parts: [
        { ...part, put: [entry('user1', { relayPeerId: 'c' }), entry('user2', { relayPeerId: 'a', service: 'ssh' })] },
      ],
    })
    expect(store.size).toBe(0)
  })
})

describe('a gap in the versions', () => {
  test('makes the owner tell everything anew, and what is gone meanwhile goes', () => {
    const net = new Net(['a', 'b'])
    net.homes = ['b']
    bind(net, 'a', 'user1')
    bind(net, 'a', 'user2')
    net.settle()
    leave(net, 'a', 'user1')
    net.get('a').outgoing.next('b', net.clock.monotonic()) // lost without a trace
    net.get('a').outgoing.replied('b', { epoch: net.get('a').outgoing.state()[0]!.epoch, version: 2, resync: false })
    bind(net, 'a', 'user3')
    net.settle()
    expect(idsAt(net, 'b')).toEqual(['user2', 'user3'])
  })

  test('after a restart of the owner, its table of before is gone', () => {
    const net = new Net(['a', 'b'])
    net.homes = ['b']
    bind(net, 'a', 'user1')
    net.settle()
    net.clock.advance(100)
    net.start('a')
    bind(net, 'a', 'user2')
    net.settle()
    expect(idsAt(net, 'b')).toEqual(['user2'])
  })

  test('after a restart of the home, it is filled again', () => {
    const net = new Net(['a', 'b'])
    net.homes = ['b']
    bind(net, 'a', 'user1')
    net.settle()
    net.start('b')
    net.get('a').outgoing.interrupted('b')
    net.settle()
    expect(idsAt(net, 'b')).toEqual(['user1'])
  })
})

describe('liveness', () => {
  test('a silent owner is dropped before the lease is over, and its instances are offline', () => {
    const net = new Net(['a', 'b'])
    net.homes = ['b']
    bind(net, 'a', 'user1')
    net.settle()
    net.get('a').frozen = true
    net.run(leaseMs - 2_000)
    expect(idsAt(net, 'b')).toEqual(['user1'])
    net.run(1_250)
    expect(idsAt(net, 'b')).toEqual([])
    expect(net.get('b').store.lookup('chat', 'user1').state).toBe('offline')
  })

  test('an idle owner is kept by its heartbeats', () => {
    const net = new Net(['a', 'b'])
    net.homes = ['b']
    bind(net, 'a', 'user1')
    net.run(10 * leaseMs)
    expect(idsAt(net, 'b')).toEqual(['user1'])
  })

  test('when the first owner has to be dropped is known, so that nobody needs to look before', () => {
    const net = new Net(['a', 'b'])
    net.homes = ['b']
    const { incoming } = net.get('b')
    expect(incoming.dueMs).toBe(Number.POSITIVE_INFINITY)
    bind(net, 'a', 'user1')
    net.settle()
    net.clock.advance(incoming.dueMs - net.clock.monotonic() - 1)
    expect(incoming.tick()).toEqual([])
    net.clock.advance(1)
    expect(incoming.tick()).toEqual(['a'])
    expect(incoming.dueMs).toBe(Number.POSITIVE_INFINITY)
  })

  test('an owner whose link closed has a moment to come back, no more', () => {
    const net = new Net(['a', 'b'])
    net.homes = ['b']
    bind(net, 'a', 'user1')
    net.settle()
    net.get('b').incoming.disconnected('a')
    net.clock.advance(ownerGraceMs - 1)
    expect(net.get('b').incoming.tick()).toEqual([])
    net.get('a').outgoing.interrupted('b')
    net.settle()
    net.clock.advance(ownerGraceMs)
    expect(net.get('b').incoming.tick()).toEqual([])
    net.get('b').incoming.disconnected('a')
    net.clock.advance(ownerGraceMs)
    expect(net.get('b').incoming.tick()).toEqual(['a'])
    expect(idsAt(net, 'b')).toEqual([])
  })
})

describe('when homes change', () => {
  test('the old home answers until the new one is filled and everybody had time to learn of it', () => {
    const net = new Net(['a', 'b', 'c'])
    net.homes = ['b']
    for (let index = 0; index < 600; index++) bind(net, 'a', `user${index}`)
    net.settle()
    net.homes = ['c']
    net.get('c').frozen = true
    net.run(3 * placementSettleMs)
    expect(idsAt(net, 'b')).toHaveLength(600)
    net.get('c').frozen = false
    net.run(1_000)
    expect(idsAt(net, 'c')).toHaveLength(600)
    net.run(placementSettleMs)
    expect(idsAt(net, 'b')).toEqual([])
    expect(net.get('a').outgoing.homes()).toEqual(['c'])
  })

  test('a home that is wanted again after all never lost anything', () => {
    const net = new Net(['a', 'b', 'c'])
    net.homes = ['b']
    bind(net, 'a', 'user1')
    net.settle()
    net.homes = ['c']
    net.run(placementSettleMs - 1_000)
    net.homes = ['b']
    net.run(2 * placementSettleMs)
    expect(idsAt(net, 'b')).toEqual(['user1'])
    expect(idsAt(net, 'c')).toEqual([])
  })

  test('leaving a partition is no news about its instances', () => {
    const net = new Net(['a', 'b', 'c'])
    net.homes = ['b']
    bind(net, 'a', 'user1')
    net.settle()
    net.homes = ['c']
    net.run(2 * placementSettleMs)
    expect(net.get('b').store.lookup('chat', 'user1')).toEqual({ state: 'unknown' })
  })
})

test.each([1, 2, 3, 4, 5, 6])(
  'random binds, breaks, restarts and moves of homes end in agreement (seed %i)',
  (seed) => {
    const random = seeded(seed)
    const names = ['a', 'b', 'c', 'd', 'e']
    const net = new Net(names)
    net.homes = ['a', 'b', 'c']
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
    let sequence = 1
    for (let step = 0; step < 300; step++) {
      const owner = pick(names)
      const id = `user${Math.floor(random() * 40)}`
      const dice = random()
      if (dice < 0.5) bind(net, owner, id, { sequence: sequence++ })
      else if (dice < 0.8) leave(net, owner, id)
      else if (dice < 0.85) net.homes = [...names].sort(() => random() - 0.5).slice(0, 3)
      else if (dice < 0.88) net.start(owner)
      else if (dice < 0.92) net.get(owner).frozen = !net.get(owner).frozen
      if (random() < 0.5) net.run(250, random)
    }
    for (const relay of net.relays.values()) relay.frozen = false
    net.run(3 * placementSettleMs)
    const expected = new Set<string>()
    for (const name of names)
      for (const { record } of net.get(name).store.ownedBy(name)) expected.add(`${record.instanceId} at ${name}`)
    for (const home of net.homes) {
      const held = names.flatMap((name) =>
        [...net.get(home).store.ownedBy(name)].map(({ record }) => `${record.instanceId} at ${name}`),
      )
      expect(held.sort()).toEqual([...expected].sort())
    }
    for (const name of names) {
      if (net.homes.includes(name)) continue
      expect(
        net
          .get(name)
          .store.owners()
          .filter((owner) => owner !== name),
      ).toEqual([])
    }
  },
)

describe('an owner and a home that do not hold the same', () => {
  /** As if something had gone wrong that nobody has thought of. */
  const forget = (net: Net, home: string, owner: string, id: string) =>
    net.get(home).store.remove(entry(id, { relayPeerId: owner }).record)

  test('agree again after a heartbeat', () => {
    const net = new Net(['a', 'b'])
    net.homes = ['b']
    bind(net, 'a', 'user1')
    bind(net, 'a', 'user2')
    net.run(1_000)
    forget(net, 'b', 'a', 'user1')
    bind(net, 'b', 'ghost', { relayPeerId: 'a' })
    expect(idsAt(net, 'b')).toEqual(['ghost', 'user2'])
    net.run(linkHeartbeatMs + 500)
    expect(idsAt(net, 'b')).toEqual(['user1', 'user2'])
  })

  test('do so when partitions were cut anew at the owner first', () => {
    const net = new Net(['a', 'b'])
    net.homes = ['b']
    const ids = Array.from({ length: 20 }, (_, index) => `user${index}`).sort()
    for (const id of ids) bind(net, 'a', id)
    net.run(1_000)
    const reshard = (name: string) => {
      const relay = net.get(name)
      relay.shards = 4
      relay.store.reshard()
      relay.outgoing.reset(net.clock.monotonic())
    }
    reshard('a')
    net.run(1_000)
    reshard('b')
    net.run(2 * linkHeartbeatMs)
    expect(idsAt(net, 'b')).toEqual(ids)
  })

  test('are not told everything again and again when that does not help', () => {
    const net = new Net(['a', 'b'])
    net.homes = ['b']
    bind(net, 'a', 'user1')
    net.run(1_000)
    const { store, incoming } = net.get('b')
    let told = 0
    const receive = incoming.receive.bind(incoming)
    incoming.receive = (owner, message) => {
      if (message.parts.some(({ begin }) => begin)) told++
      const reply = receive(owner, message)
      store.remove(entry('user1', { relayPeerId: 'a' }).record)
      return reply
    }
    net.run(60_000)
    expect(told).toBeGreaterThan(1)
    expect(told).toBeLessThan(7)
  })
})
