import { afterEach, describe, expect, test } from 'vitest'
import type { ListedRows } from '../../../src/directory/list-answer.js'
import { partitionKey } from '../../../src/directory/partition.js'
import { Placement } from '../../../src/relay/feeds/placement.js'
import { type Relay, startRelay } from '../../../src/relay/relay.js'
import { freePorts } from '../../support/free-ports.js'
import { eventually, type Member, startMember } from '../../support/members.js'
import { chatService, makeNetwork, type TestNetwork } from '../../support/network.js'

const closers: Array<() => Promise<void>> = []
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})

async function startAll(count: number, services = [chatService]): Promise<{ network: TestNetwork; relays: Relay[] }> {
  const network = await makeNetwork({ relayPorts: await freePorts(count), services })
  const relays = await Promise.all(network.relays.map((identity) => startRelay(identity)))
  for (const relay of relays) closers.push(() => relay.close())
  return { network, relays }
}

async function join(network: TestNetwork, name: string, options: { maxLinks?: number } = {}): Promise<Member> {
  const member = await startMember(await network.member(name), options)
  closers.push(() => member.close())
  await member.pool.ready(AbortSignal.timeout(20_000))
  return member
}

/** The relays that should be home to a partition, by the key space alone. */
function homesOf(relays: Relay[], service = 'chat-p2p'): string[] {
  const placement = new Placement(undefined)
  for (const relay of relays) placement.seen(relay.peerId)
  return [...placement.homes(partitionKey({ service, shard: 0 }), 0)]
}

/** A member whose only link is to one relay. */
async function joinAt(network: TestNetwork, name: string, relay: Relay): Promise<Member> {
  const identity = await network.member(name)
  const member = await startMember(identity, { maxLinks: 0 })
  closers.push(() => member.close())
  await eventually(
    () => member.pool.ensure(relay.peerId),
    () => true,
  )
  return member
}

describe('with more relays than homes', () => {
  test('a page that a relay asks a home for again comes once, until somebody comes or goes', async () => {
    const { network, relays } = await startAll(2)
    const [asking, home] = relays as [Relay, Relay]
    const host = await joinAt(network, 'user1', home)
    await host.bind('user1', { maxTerminators: 1 })
    const link = await asking.pool.ensure(home.peerId)
    const list = async (known?: ListedRows) =>
      (await link.list('chat-p2p', '', 10, undefined, { shards: [0], known })).page
    const first = await list()
    expect(first.rows.map(({ instanceId }) => instanceId)).toEqual(['user1'])
    expect(await list(first)).toBe(first)
    await host.bind('user1/b', { maxTerminators: 1 })
    expect((await list(first)).rows.map(({ instanceId }) => instanceId)).toEqual(['user1', 'user1/b'])
  })

  test('whoever is bound anywhere is found, listed and watched at every relay', async () => {
    const { network, relays } = await startAll(5)
    const homes = homesOf(relays)
    const outside = relays.filter((relay) => !homes.includes(relay.peerId))
    expect(outside).toHaveLength(2)
    const host = await joinAt(network, 'user1', outside[0]!)
    await host.bind('user1', { maxTerminators: 1 })
    const dialer = await joinAt(network, 'user2', outside[1]!)
    const watch = dialer.watch()
    const [found] = await eventually(
      () => dialer.directory.lookup('chat-p2p', 'user1'),
      (all) => all.length === 1,
    )
    expect(found?.record.relayPeerId).toBe(outside[0]!.peerId)
    expect((await dialer.directory.list('chat-p2p')).rows.map((row) => row.instanceId)).toEqual(['user1'])
    await watch.until((changes) => changes.some((change) => change.type === 'joined'))
    // Held by its owner and the three homes, nowhere else.
    for (const relay of relays) {
      const holds = homes.includes(relay.peerId) || relay === outside[0]
      expect(relay.store.size, relay.trust.own.name).toBe(holds ? 1 : 0)
    }
    await host.close()
    await watch.until((changes) => changes.at(-1)?.type === 'left')
    // From its owner over a home to a relay that is neither.
    expect(watch.changes.at(-1)).toMatchObject({ instanceId: 'user1', lastSeenMs: expect.any(Number) })
    await expect(dialer.directory.lookup('chat-p2p', 'user1')).rejects.toMatchObject({ code: 'offline' })
    await expect(dialer.directory.lookup('chat-p2p', 'nobody')).rejects.toMatchObject({ code: 'unknown_instance' })
  })

  test('the loss of every home loses nobody who is bound elsewhere, and a watcher sees nobody leave', async () => {
    const { network, relays } = await startAll(6)
    const homes = homesOf(relays)
    const outside = relays.filter((relay) => !homes.includes(relay.peerId))
    const host = await joinAt(network, 'user1', outside[0]!)
    await host.bind('user1', { maxTerminators: 1 })
    const dialer = await joinAt(network, 'user2', outside[1]!)
    const watch = dialer.watch()
    await watch.until((changes) => changes.length > 0)
    await Promise.all(relays.filter((relay) => homes.includes(relay.peerId)).map((relay) => relay.close()))
    const next = homesOf(outside)
    await eventually(
      () => outside.map((relay) => relay.store.size),
      (sizes) => sizes.every((size) => size === 1),
    )
    expect(next).toHaveLength(3)
    expect(await dialer.directory.lookup('chat-p2p', 'user1')).toHaveLength(1)
    expect((await dialer.directory.list('chat-p2p')).rows).toHaveLength(1)
    expect(watch.changes.map((change) => change.type)).toEqual(['joined'])
  })

  test('shards of a service live on different relays and are listed as one', async () => {
    const { network, relays } = await startAll(5, [{ ...chatService, shards: 4 }])
    const host = await join(network, 'user1')
    const names = ['user1', ...Array.from({ length: 11 }, (_, index) => `user1/${index}`)].sort()
    await Promise.all(names.map((name) => host.bind(name, { maxTerminators: 1 })))
    for (const relay of relays) {
      const dialer = await joinAt(network, `reader-at-${relay.trust.own.name}`, relay)
      const watch = dialer.watch()
      const listed: string[] = []
      await eventually(
        async () => {
          listed.length = 0
          for (let cursor: string | undefined; ; ) {
            const page = await dialer.directory.list('chat-p2p', { cursor, limit: 5 })
            listed.push(...page.rows.map((row) => row.instanceId))
            cursor = page.cursor
            if (cursor === undefined) return listed.length
          }
        },
        (count) => count === names.length,
      )
      expect(listed).toEqual(names)
      await watch.until((changes) => changes.length >= names.length)
    }
  })
})

describe('a relay that joins while others run', () => {
  test('is found through one bootstrap address, becomes a home, and is known to members though no document lists it', async () => {
    const ports = await freePorts(4)
    const network = await makeNetwork({ relayPorts: ports })
    const [first, ...others] = network.relays
    // Only the first relay is in the document everybody has.
    const listed = await network.publish({ relays: network.view.relays.slice(0, 1) })
    const relays: Relay[] = []
    for (const [index, identity] of [first!, ...others].entries()) {
      const relay = await startRelay(
        { ...identity, network: listed },
        { listen: [`/ip4/127.0.0.1/tcp/${ports[index]}`] },
      )
      relays.push(relay)
      closers.push(() => relay.close())
    }
    const member = await join(network, 'user1')
    await eventually(
      () => member.pool.up().length,
      (up) => up === 4,
      30_000,
    )
    await member.bind('user1', { maxTerminators: 1 })
    const homes = homesOf(relays)
    await eventually(
      () => relays.filter((relay) => relay.store.size === 1).map((relay) => relay.peerId),
      (holding) => homes.every((home) => holding.includes(home)),
    )
    // The only listed relay goes: everybody goes on with those they learnt of.
    await relays[0]!.close()
    await eventually(
      () => member.directory.lookup('chat-p2p', 'user1'),
      (all) => all.length > 0 && all.every(({ record }) => record.relayPeerId !== relays[0]!.peerId),
    )
  })
})
