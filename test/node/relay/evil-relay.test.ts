import { afterEach, expect, test } from 'vitest'
import { toHex } from '../../../src/core/bytes.js'
import { findDisagreements } from '../../../src/directory/inspection.js'
import { ListedRows } from '../../../src/directory/list-answer.js'
import { partitionKey } from '../../../src/directory/partition.js'
import type { Change } from '../../../src/directory/untold.js'
import { Placement } from '../../../src/relay/feeds/placement.js'
import { type Relay, startRelay } from '../../../src/relay/relay.js'
import type { Entry } from '../../../src/relay/table/entry.js'
import { directoryStatus } from '../../../src/wire/directory-status.js'
import { row } from '../../support/directory.js'
import { freePorts } from '../../support/free-ports.js'
import { eventually, type Member, startMember } from '../../support/members.js'
import { makeNetwork } from '../../support/network.js'

const closers: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** Three relays, of which the last does what the test makes it do, a host bound on all, and somebody who calls. */
async function stage() {
  const network = await makeNetwork({ relayPorts: await freePorts(3) })
  const relays = await Promise.all(network.relays.map((identity) => startRelay(identity)))
  for (const relay of relays) closers.push(() => relay.close())
  const join = async (name: string): Promise<Member> => {
    const member = await startMember(await network.member(name))
    closers.push(() => member.close())
    await eventually(
      () => member.pool.up().length,
      (up) => up === 3,
    )
    return member
  }
  const host = await join('user1')
  await host.bind('user1', { maxTerminators: 3 })
  await eventually(
    () => relays.map(({ store }) => store.size),
    (sizes) => sizes.every((size) => size === 3),
  )
  const [one, two, evil] = relays as [Relay, Relay, Relay]
  const own = [...evil.store.ownedBy(evil.peerId)][0]!
  return { network, host, one, two, evil, own, caller: await join('user2') }
}

const altered = (own: Entry, change: Partial<Entry>): Entry => ({ ...own, ...change })
const tampered = (own: Entry): Entry => {
  const terminator = own.signed.terminator.slice()
  terminator[terminator.length - 1]! ^= 1
  return altered(own, { signed: { ...own.signed, terminator } })
}

test('an owner that feeds what is forged is dropped, said, and told of; the host is there through the others', async () => {
  const { one, two, evil, own, caller } = await stage()
  const said: string[] = []
  for (const relay of [one, two]) relay.on('warning', (error) => said.push(`${relay.trust.own.name}: ${String(error)}`))
  const { name } = evil.trust.own
  // As if it had not checked: the table tells the feeds.
  evil.store.put(tampered(own))
  for (const relay of [one, two]) {
    await eventually(
      () => [...relay.store.ownedBy(evil.peerId)].length,
      (count) => count === 0,
    )
    expect(relay.status().liars).toMatchObject([{ peerId: evil.peerId }])
  }
  await eventually(
    () => said.join('\n'),
    (text) =>
      new RegExp(`Relay ${name} is not believed`).test(text) && new RegExp(`says that relay ${name} lies`).test(text),
  )
  const relays = [one, two, evil].map((relay) => ({
    name: relay.trust.own.name,
    peerId: relay.peerId,
    status: relay.status(),
  }))
  expect(findDisagreements(relays).join('\n')).toContain(`has caught ${name} lying`)
  const found = await caller.directory.lookup('chat-p2p', 'user1')
  expect(found.map(({ record }) => record.relayPeerId)).toEqual(expect.arrayContaining([one.peerId, two.peerId]))
  expect((await caller.directory.list('chat-p2p')).rows).toMatchObject([{ instanceId: 'user1', identityName: 'user1' }])
})

test.each<[string, (own: Entry, one: Relay) => Entry]>([
  ['has another name beside it', (own) => altered(own, { identityName: 'somebody else' })],
  [
    'leads through another relay',
    (own, one) => altered(own, { signed: [...one.store.ownedBy(one.peerId)][0]!.signed }),
  ],
])('an entry that %s is a lie as well', async (_, lie) => {
  const { one, evil, own } = await stage()
  evil.store.put(lie(own, one))
  await eventually(
    () => one.status().liars.length,
    (count) => count === 1,
  )
  expect([...one.store.ownedBy(evil.peerId)]).toEqual([])
  expect([...one.store.ownedBy(one.peerId)]).toHaveLength(1)
})

test('a date that cannot be is shown as now, and breaks no list', async () => {
  const { one, evil, own, caller } = await stage()
  evil.store.put(altered(own, { sinceMs: Number.MAX_SAFE_INTEGER }))
  evil.store.put(altered(own, { busy: true, record: { ...own.record, sequence: own.record.sequence } }))
  await eventually(
    () => [...one.store.ownedBy(evil.peerId)].map(({ busy }) => busy),
    (busy) => busy.join() === 'true',
  )
  for (const { sinceMs } of (await caller.directory.list('chat-p2p')).rows)
    expect(sinceMs).toBeLessThanOrEqual(Date.now())
})

test('a relay that answers falsely hides nobody, and shows nobody who is not there, when two others are asked', async () => {
  const { one, two, evil, own, caller } = await stage()
  const { directory } = evil.server.shared
  // The fastest for this caller, so that it is asked first.
  for (const { link, peerId } of caller.pool.up()) link.roundTripMs = peerId === evil.peerId ? 0 : 100
  const callable = async () => {
    const found = await caller.directory.lookup('chat-p2p', 'user1')
    expect(found.map(({ record }) => record.relayPeerId)).toEqual(expect.arrayContaining([one.peerId, two.peerId]))
  }
  const answer = { status: directoryStatus.ok, lastSeenMs: 0, partial: false }
  for (const lookup of [
    { ...answer, status: directoryStatus.unknownInstance, terminators: [] },
    { ...answer, status: directoryStatus.offline, lastSeenMs: 1, terminators: [] },
    { ...answer, terminators: Array.from({ length: 32 }, () => tampered(own).signed) },
    { ...answer, terminators: [own.signed] },
  ]) {
    directory.lookup = async () => lookup
    await callable()
  }
  for (const page of [
    { page: ListedRows.of([row('user1', { sinceMs: 2 ** 60 })]), cursor: '' },
    { page: ListedRows.of([]), cursor: '' },
    { page: ListedRows.of([row('a')]), cursor: '0' },
    { page: ListedRows.of([row('ghost'), row('user1', { terminators: 3 })]), cursor: '' },
    { page: ListedRows.of([row('user1', { identityName: 'admin' })]), cursor: '' },
    { page: ListedRows.of(Array.from({ length: 100 }, (_, index) => row(`a${index + 100}`))), cursor: 'a199' },
  ]) {
    directory.list = async () => ({ status: directoryStatus.ok, partial: false, ...page })
    const { rows, cursor } = await caller.directory.list('chat-p2p')
    expect(rows).toMatchObject([{ instanceId: 'user1', identityName: 'user1', terminators: 3 }])
    expect(cursor).toBeUndefined()
  }
})

const nameOf = (change: Change | undefined) =>
  change === undefined || change.type === 'left' ? '' : change.row.identityName

test('a relay that tells watchers falsely shows them nobody else, and hides nobody', async () => {
  const { evil, caller } = await stage()
  for (const { link, peerId } of caller.pool.up()) link.roundTripMs = peerId === evil.peerId ? 0 : 100
  evil.store.row = (_, instanceId) => row(instanceId, { identityName: 'admin', terminators: 3 })
  const watch = caller.watch()
  const isRight = (changes: Change[]) => changes.at(-1)?.type !== 'left' && nameOf(changes.at(-1)) === 'user1'
  await watch.until(isRight)
  evil.store.row = () => undefined
  const other = caller.watch()
  await other.until(isRight)
})

test('a home that tells another relay falsely shows its watchers nobody else', async () => {
  const network = await makeNetwork({ relayPorts: await freePorts(5) })
  const partition = partitionKey({ service: 'chat-p2p', shard: 0 })
  const placement = new Placement(undefined)
  for (const { peerId } of network.relays) placement.seen(peerId.toString())
  const homes = placement.homes(partition, 0)
  const asked = network.relays.find(({ peerId }) => !homes.includes(peerId.toString()))!
  const ports = new Map(network.view.relays.map(({ name, multiaddrs }) => [name, [...multiaddrs]]))
  // The caller knows this one alone, which is no home.
  const view = await network.publish({ relays: network.view.relays.filter(({ name }) => name === asked.name) })
  const relays = await Promise.all(
    network.relays.map((identity) => startRelay({ ...identity, network: view }, { listen: ports.get(identity.name) })),
  )
  for (const relay of relays) closers.push(() => relay.close())
  const host = await startMember(await network.member('user1'))
  closers.push(() => host.close())
  await host.bind('user1', { maxTerminators: 3 })
  await eventually(
    () => relays.filter((relay) => homes.includes(relay.peerId) && relay.homes.isSettledHome(partition)).length,
    (settled) => settled === 3,
    60_000,
  )
  const [chosen] = relays.find(({ peerId }) => peerId === asked.peerId.toString())!.homes.preferred(partition)
  expect(homes).toContain(chosen)
  const evil = relays.find(({ peerId }) => peerId === chosen)!
  const caller = await startMember(await network.member('user2'), { maxLinks: 1 })
  closers.push(() => caller.close())
  await caller.pool.ready(AbortSignal.timeout(20_000))

  evil.store.row = (_, instanceId) => row(instanceId, { identityName: 'admin', terminators: 3 })
  const { changes, until } = caller.watch()
  // What the relay knows by itself comes first, and what homes tell it then.
  await until(() => changes.length > 0)
  await host.bind('user1/later', { maxTerminators: 3 })
  const of = (instanceId: string) => (change: Change) =>
    (change.type === 'left' ? change.instanceId : change.row.instanceId) === instanceId
  const last = (instanceId: string) => nameOf(changes.findLast(of(instanceId)))
  await until(() => last('user1/later') === 'user1' && last('user1') === 'user1')
})

test('homes let go of who was revoked, although the owner goes on telling of him', async () => {
  const { network, host, one, evil } = await stage()
  const { envelope } = await network.publish({ revokedSerials: new Set([toHex(host.trust.own.serial)]) })
  // As if they did not care: they hear of no document.
  for (const { trust } of [evil, host]) trust.adopt = async () => false
  await one.trust.adopt(envelope)
  await eventually(
    () => [...one.store.ownedBy(evil.peerId)].length,
    (count) => count === 0,
  )
  expect([...evil.store.ownedBy(evil.peerId)]).toHaveLength(1)
})
