import type { PeerId } from '@libp2p/interface'
import { afterEach, expect, test, vi } from 'vitest'
import { maxClockSkewMs } from '../../../../src/core/limits.js'
import { findDisagreements } from '../../../../src/directory/inspection.js'
import type { DirectoryLink } from '../../../../src/directory/link.js'
import { type Relay, startRelay } from '../../../../src/relay/relay.js'
import { freePorts } from '../../../support/free-ports.js'
import { eventually, type Member, startMember } from '../../../support/members.js'
import { makeNetwork } from '../../../support/network.js'

const closers: Array<() => Promise<unknown>> = []
afterEach(async () => {
  vi.useRealTimers()
  for (const close of closers.splice(0).reverse()) await close()
})

async function oneRelay(memberOptions: { expiresAtMs?: number } = {}) {
  const network = await makeNetwork({ relayPorts: await freePorts(1) })
  const relay = await startRelay(network.relays[0]!)
  closers.push(() => relay.close())
  const member = await startMember(await network.member('user1', memberOptions))
  closers.push(() => member.close())
  await member.pool.ready(AbortSignal.timeout(20_000))
  return { relay, member, link: member.pool.up()[0]!.link }
}

/** The relay's own end of the only link, for a test that makes it forget. */
function partsOf({ server: { links, bindings, watchers } }: Relay) {
  return { link: [...links][0]!, bindings, watchers }
}

/** Heartbeats, one after the other, without the pause between them. */
async function beat(link: DirectoryLink, times: number): Promise<void> {
  for (let beat = 0; beat < times; beat++) {
    link.ping()
    await link.status() // answered after the ping
  }
}

const listed = async (member: Member) => (await member.directory.list('chat-p2p')).rows.map((row) => row.instanceId)

test('a relay whose clock was wrong for a while has its hosts back as soon as it is right', async () => {
  const startMs = Date.now()
  const { relay, member } = await oneRelay({ expiresAtMs: startMs + 600_000 })
  const left: string[] = []
  relay.on('left', (_, reason) => left.push(reason))
  const binding = await member.bind('user1', { maxTerminators: 1 })
  const lost = new Promise<void>((resolve) => binding.once('lost', () => resolve()))
  vi.useFakeTimers({ toFake: ['Date'], now: startMs + 600_000 + maxClockSkewMs + 1 })
  await lost
  expect(left).toHaveLength(1)
  vi.useRealTimers()
  await eventually(
    () => [relay.store.size, binding.bound().length],
    (stand) => stand.join() === '1,1',
  )
})

test('a binding that a relay has forgotten is there again after two heartbeats', async () => {
  const { relay, member, link } = await oneRelay()
  await member.bind('user1', { maxTerminators: 1 })
  await member.bind('user1/other', { maxTerminators: 1 })
  await beat(link, 1)
  const { link: theirs, bindings } = partsOf(relay)
  bindings.unbind(theirs, { service: 'chat-p2p', instanceId: 'user1' })
  await beat(link, 2)
  await eventually(
    () => listed(member),
    (ids) => ids.join() === 'user1,user1/other',
  )
  await beat(link, 1)
  expect(relay.claims()).toEqual([])
  expect(findDisagreements([{ name: 'relay1', peerId: relay.peerId, status: relay.status() }])).toEqual([])
})

test('a binding that a host has forgotten is gone after two heartbeats', async () => {
  const { relay, member, link } = await oneRelay()
  const binding = await member.bind('user1', { maxTerminators: 1 })
  await member.bind('user1/other', { maxTerminators: 1 })
  // As if the relay had not taken in that it was taken back.
  vi.spyOn(partsOf(relay).bindings, 'unbind').mockImplementationOnce(() => {})
  await binding.close()
  expect(relay.store.size).toBe(2)
  await beat(link, 2)
  await eventually(
    () => listed(member),
    (ids) => ids.join() === 'user1/other',
  )
  await beat(link, 1)
  expect(relay.claims()).toEqual([])
})

test('another one in its place is found as well, though the number is right', async () => {
  const { relay, member, link } = await oneRelay()
  const binding = await member.bind('user1/old', { maxTerminators: 1 })
  await member.bind('user1/new', { maxTerminators: 1 })
  const { link: theirs, bindings } = partsOf(relay)
  vi.spyOn(partsOf(relay).bindings, 'unbind').mockImplementationOnce(() => {})
  await binding.close()
  bindings.unbind(theirs, { service: 'chat-p2p', instanceId: 'user1/new' })
  expect(await listed(member)).toEqual(['user1/old'])
  await beat(link, 2)
  await eventually(
    () => listed(member),
    (ids) => ids.join() === 'user1/new',
  )
})

test('a watch that a relay has forgotten goes on after two heartbeats', async () => {
  const { relay, member, link } = await oneRelay()
  await member.bind('user1', { maxTerminators: 1 })
  const watch = member.watch()
  await watch.until((changes) => changes.length === 1)
  const { link: theirs, watchers } = partsOf(relay)
  watchers.remove(theirs, 'chat-p2p')
  await beat(link, 2)
  await member.bind('user1/later', { maxTerminators: 1 })

  await watch.until((changes) => changes.length === 2)
  expect(watch.changes.map(({ type }) => type)).toEqual(['joined', 'joined'])
})

test('a circuit slot that a relay has given away is asked for again with the next heartbeat', async () => {
  const { relay, member, link } = await oneRelay()
  await member.bind('user1', { maxTerminators: 1 })
  const { services } = relay.node.libp2p as unknown as {
    services: { circuit: { reservationStore: { removeReservation(peer: PeerId): void } } }
  }
  services.circuit.reservationStore.removeReservation(member.node.libp2p.peerId)
  expect(relay.node.hasSlot(member.node.libp2p.peerId)).toBe(false)
  await beat(link, 1)
  await eventually(
    () => relay.node.hasSlot(member.node.libp2p.peerId),
    (has) => has,
  )
})

test('heartbeats while a host binds many do not make the relay tell what stands', async () => {
  const { member, link } = await oneRelay()
  const compare = vi.spyOn(link, 'compare')
  const many = Array.from({ length: 200 }, (_, index) => member.bind(`user1/${index}`, { maxTerminators: 1 }))
  let over = false
  const all = Promise.all(many).then(() => {
    over = true
  })
  while (!over) await beat(link, 1)
  await all
  await beat(link, 2)
  expect(compare).not.toHaveBeenCalled()
})

test('which hosts disagree is told to relays and operators, and not to every member', async () => {
  const network = await makeNetwork({ relayPorts: await freePorts(1) })
  const relay = await startRelay(network.relays[0]!)
  closers.push(() => relay.close())
  const claims = [{ name: 'user1', peerId: 'p', claimed: 2, held: 1 }]
  relay.server.claims = () => claims
  for (const [name, roles, told] of [
    ['user1', ['chat'], []],
    ['olga', ['chat', 'operator'], claims],
    ['relay9', ['relay'], claims],
  ] as const) {
    const member = await startMember(await network.member(name, { roles: [...roles] }))
    closers.push(() => member.close())
    await member.pool.ready(AbortSignal.timeout(20_000))
    expect((await member.pool.up()[0]!.link.status()).claims, name).toEqual(told)
  }
})
