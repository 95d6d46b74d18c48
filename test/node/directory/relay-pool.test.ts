import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { Identity } from '../../../src/identity/identity-file.js'
import { type Relay, startRelay } from '../../../src/relay/relay.js'
import { freePorts } from '../../support/free-ports.js'
import { eventually, type Member, startMember } from '../../support/members.js'
import { makeNetwork, type TestNetwork } from '../../support/network.js'
import { SilentTarget } from '../../support/silent-target.js'

const closers: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function startAll(count: number, listed = count): Promise<{ network: TestNetwork; relays: Relay[] }> {
  const ports = await freePorts(count)
  const network = await makeNetwork({ relayPorts: ports })
  const view = await network.publish({ relays: network.view.relays.slice(0, listed) })
  const relays: Relay[] = []
  for (const [index, identity] of network.relays.entries()) {
    relays.push(await startRelay({ ...identity, network: view }, { listen: [`/ip4/127.0.0.1/tcp/${ports[index]}`] }))
    closers.push(() => relays[index]!.close())
  }
  return { network, relays }
}

async function join(identity: Identity, options: { maxLinks?: number } = {}): Promise<Member> {
  const member = await startMember(identity, options)
  closers.push(() => member.close())
  await member.pool.ready(AbortSignal.timeout(20_000))
  return member
}

test('a member keeps a bounded number of links, and replaces one that goes down for good', async () => {
  const { network, relays } = await startAll(5)
  const member = await join(await network.member('user1'), { maxLinks: 2 })
  await eventually(
    () => member.pool.up().length,
    (up) => up === 2,
  )
  const lost = member.pool.up()[0]!.peerId
  await relays.find((relay) => relay.peerId === lost)!.close()
  await eventually(
    () => member.pool.up().map(({ peerId }) => peerId),
    (up) => up.length === 2 && !up.includes(lost),
  )
  expect(member.pool.relays()).toHaveLength(2)
})

test('a relay that a terminator leads through is connected when somebody asks for it', async () => {
  const { network, relays } = await startAll(4, 1)
  const member = await join(await network.member('user1'), { maxLinks: 1 })
  // Not in any document, and not among the links kept: found through the relay that is up.
  const far = relays[3]!
  const link = await eventually(
    () => member.pool.ensure(far.peerId),
    () => true,
  )
  expect(link.closed).toBe(false)
  expect(await member.pool.ensure(far.peerId)).toBe(link)
  expect(member.pool.nameOf(far.peerId)).toBe('relay4')
})

test('asking for a relay that is gone fails, and asking for one that nobody knows', async () => {
  const { network, relays } = await startAll(2)
  const member = await join(await network.member('user1'))
  await eventually(
    () => member.pool.up().length,
    (up) => up === 2,
  )
  await relays[1]!.close()
  await eventually(
    () => member.pool.up().length,
    (up) => up === 1,
  )
  await expect(member.pool.ensure(relays[1]!.peerId)).rejects.toMatchObject({ code: 'unreachable' })
  const stranger = (await network.member('user2')).peerId.toString()
  await expect(member.pool.ensure(stranger)).rejects.toMatchObject({ code: 'unreachable' })
})

test('a member that says it is a relay is not taken for one', async () => {
  const { network } = await startAll(1)
  const liar = await startMember(await network.member('user2'), { listen: ['/ip4/127.0.0.1/tcp/0'] })
  closers.push(() => liar.close())
  const member = await join(await network.member('user1'))
  const peerId = liar.node.libp2p.peerId.toString()
  const addresses = liar.node.libp2p.getMultiaddrs().map((address) => address.toString())
  member.pool.learn([{ name: 'relay9', peerId, addresses }])
  await expect(member.pool.ensure(peerId)).rejects.toMatchObject({ code: 'refused' })
})

test('after a restart with the bootstrap relay dead, the relays of the last run are still known', async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'chat-p2p-test-'))
  closers.push(() => rm(dir, { recursive: true, force: true }))
  const { network, relays } = await startAll(3, 1)
  const identity = { ...(await network.member('user1')), path: path.join(dir, 'user1.json') }
  const first = await startMember(identity)
  await eventually(
    () => first.pool.up().length,
    (up) => up === 3,
    60_000,
  )
  await first.close()
  expect(await readFile(path.join(dir, '.state', 'user1.relays'), 'utf8')).toContain(relays[2]!.peerId)
  await relays[0]!.close()
  const second = await join(identity)
  await eventually(
    () => second.pool.up().length,
    (up) => up === 2,
  )
})

describe.skipIf(process.platform !== 'linux')('a relay whose first address a firewall swallows', () => {
  /** Starts a member of which every address that is dialed is noted. */
  async function watched(identity: Identity) {
    const dialed: string[] = []
    const member = await startMember(identity, {
      prepare({ components: { transportManager } }) {
        const dial = transportManager.dial.bind(transportManager)
        transportManager.dial = (address, options) => {
          dialed.push(address.toString().replace(/\/p2p\/.*/, ''))
          return dial(address, options)
        }
      },
    })
    closers.push(() => member.close())
    const up = async () => {
      await member.pool.ready(AbortSignal.timeout(20_000))
      return member.pool.up()[0]!.link.connection
    }
    return { dialed, member, up }
  }

  test('is reached at the one that worked from then on, by later processes as well', async () => {
    const silent = await SilentTarget.start()
    closers.push(() => silent.close())
    const [port] = await freePorts(1)
    const [tcp, webSocket] = [`/ip4/127.0.0.1/tcp/${silent.port}`, `/ip4/127.0.0.1/tcp/${port}/ws`]
    const network = await makeNetwork({ relayPorts: [port!] })
    const { peerId } = network.relays[0]!
    const addresses = (multiaddrs: string[]) =>
      network.publish({ relays: [{ name: 'relay1', peerId: peerId.toString(), multiaddrs }] })
    const view = await addresses([tcp, webSocket])
    const relay = await startRelay({ ...network.relays[0]!, network: view }, { listen: [webSocket] })
    closers.push(() => relay.close())
    const dir = await mkdtemp(path.join(tmpdir(), 'chat-p2p-test-'))
    closers.push(() => rm(dir, { recursive: true, force: true }))
    const identity = { ...(await network.member('user1')), network: view, path: path.join(dir, 'user1.json') }

    const first = await watched(identity)
    const connection = await first.up()
    expect(first.dialed).toEqual([tcp, webSocket])
    const down = once(first.member.pool, 'down')
    connection.abort(new Error('A blip.'))
    await down
    await first.up()
    expect(first.dialed[2]).toBe(webSocket)
    await first.member.close()

    const second = await watched(identity)
    await second.up()
    expect(second.dialed[0]).toBe(webSocket)
    await second.member.close()

    const [another] = await freePorts(1)
    const moved = [`/ip4/127.0.0.1/tcp/${another}`, tcp, webSocket]
    const third = await watched({ ...identity, network: await addresses(moved) })
    await third.up()
    expect(third.dialed).toEqual(moved)
  })
})

test('a relay tells of the others it has seen, not of those it has only heard of', async () => {
  const { network, relays } = await startAll(2)
  const gone = (await network.member('gone')).peerId.toString()
  const pool = relays[0]!.pool
  pool.learn([{ name: 'gone', peerId: gone, addresses: ['/ip4/127.0.0.1/tcp/1'] }])
  const member = await startMember(await network.member('user1'), { maxLinks: 0 })
  closers.push(() => member.close())
  const link = await eventually(
    () => member.pool.ensure(relays[0]!.peerId),
    () => true,
  )
  const told = (await link.relays('')).map(({ peerId }) => peerId)
  expect(told).toContain(relays[1]!.peerId)
  expect(told).not.toContain(gone)
})
