/**
 * Figures of the directory, as ratios where machines differ. `npm run bench -- directory [flat] [memory] [checking] [list] [watch]
 * [simulation] [real]`; without a word, all of them.
 */
import '../../src/core/polyfill.js'
import { randomBytes } from 'node:crypto'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { systemClock } from '../../src/core/clock.js'
import { encodeList } from '../../src/directory/list-answer.js'
import { issueCertificate } from '../../src/identity/certificate.js'
import type { Identity } from '../../src/identity/identity-file.js'
import { sealTerminator } from '../../src/identity/terminator.js'
import { MessageIo } from '../../src/net/message-io.js'
import { Trust } from '../../src/net/trust.js'
import { EntryCheck } from '../../src/relay/feeds/entry-check.js'
import { encodeFeed, FeedDecoder } from '../../src/relay/feeds/feed-codec.js'
import { Placement } from '../../src/relay/feeds/placement.js'
import { type Relay, startRelay } from '../../src/relay/relay.js'
import type { Entry } from '../../src/relay/table/entry.js'
import { DirectoryStore } from '../../src/relay/table/store.js'
import { FeedUpdate, ListResponse } from '../../src/wire/messages/directory.js'
import { entry } from '../support/directory.js'
import { freePorts } from '../support/free-ports.js'
import { eventually, type Member, startMember } from '../support/members.js'
import { makeNetwork, type TestNetwork } from '../support/network.js'
import { realRun } from './directory-real-run.js'
import { Simulation } from './directory-simulation.js'

const wanted = process.argv.slice(2)
const print = (line: string) => console.log(line)

async function section(name: string, run: () => Promise<void>): Promise<void> {
  if (wanted.length > 0 && !wanted.includes(name)) return
  print(`\n== ${name}`)
  await run()
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!
const quantile = (values: number[], q: number) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))]!

async function medianMs(times: number, run: (index: number) => Promise<unknown>): Promise<number> {
  const measured: number[] = []
  for (let index = 0; index < times; index++) {
    const startMs = performance.now()
    await run(index)
    measured.push(performance.now() - startMs)
  }
  return median(measured)
}

async function withNetwork(
  count: number,
  use: (network: TestNetwork, relays: Relay[], join: (name: string) => Promise<Member>) => Promise<void>,
): Promise<void> {
  const network = await makeNetwork({ relayPorts: await freePorts(count) })
  const relays = await Promise.all(network.relays.map((identity) => startRelay(identity)))
  const members: Member[] = []
  try {
    await use(network, relays, async (name) => {
      const member = await startMember(await network.member(name))
      members.push(member)
      await eventually(
        () => member.pool.up().length,
        (up) => up === Math.min(8, count),
      )
      return member
    })
  } finally {
    await Promise.all(members.map((member) => member.close()))
    await Promise.all(relays.map((relay) => relay.close()))
  }
}

/** One real relay, one real client, and a table that grows under them. */
async function flatCost(): Promise<void> {
  await withNetwork(1, async (_, [relay], join) => {
    const host = await join('user1')
    const client = await join('user2')
    const fill = (from: number, to: number) => {
      for (let index = from; index < to; index++) {
        const id = `filler${String(index * 7919).padStart(12, '0')}`
        relay!.store.put(entry(id, { service: 'chat-p2p', relayPeerId: relay!.peerId, hostPeerId: id }))
      }
    }
    const measure = async () => {
      const link = host.pool.up()[0]!.link
      const ids: string[] = []
      // Sealed beforehand: what the host does to sign does not depend on the directory.
      const sealed: Uint8Array<ArrayBuffer>[] = []
      for (let index = 0; index < 400; index++) {
        const instanceId = `user1/${index}`
        ids.push(instanceId)
        sealed.push(
          await sealTerminator(host.trust.identity.privateKey, {
            networkId: host.trust.network.networkId,
            service: 'chat-p2p',
            instanceId,
            hostPeerId: host.trust.own.peerId,
            relayPeerId: relay!.peerId,
            cost: 0,
            precedence: 'default',
            sequence: Date.now(),
            issuedAtMs: Date.now(),
            processId: 1,
          }),
        )
      }
      const bind = await medianMs(400, (index) =>
        link.bind(sealed[index]!, {}, { service: 'chat-p2p', instanceId: ids[index]! }),
      )
      const lookup = await medianMs(400, (index) => client.directory.lookup('chat-p2p', ids[index]!))
      const page = await medianMs(200, (index) =>
        client.directory.list('chat-p2p', { cursor: `filler${String(index).padStart(12, '0')}`, limit: 100 }),
      )
      const relayLink = client.pool.up()[0]!.link
      const any = await medianMs(200, () => relayLink.lookup('chat-p2p', ''))
      const status = await medianMs(50, () => relayLink.status())
      for (const id of ids) await link.unbind('chat-p2p', id)
      return { bind, lookup, page, status, 'lookup without instance': any }
    }
    fill(0, 100)
    await measure() // the machine warms up
    const small = await measure()
    fill(100, 100_000)
    const large = await measure()
    for (const key of ['bind', 'lookup', 'page', 'lookup without instance', 'status'] as const) {
      const ratio = (large[key] / small[key]).toFixed(2)
      print(
        `${key}: ${small[key].toFixed(2)} ms at 100, ${large[key].toFixed(2)} ms at 100 000: ${ratio} × (goal ≤ 1.3)`,
      )
    }
  })
}

/** What a home keeps for each terminator, certificates and signatures included, after they came over the wire. */
async function memory(): Promise<void> {
  const count = 30_000
  const terminatorsPerHost = 3
  const authority = await generateKeyPair('Ed25519')
  const relayPeerId = peerIdFromPrivateKey(await generateKeyPair('Ed25519')).toString()
  const networkId = peerIdFromPrivateKey(authority).toString()
  const store = new DirectoryStore()
  const decoder = new FeedDecoder(relayPeerId)
  const used = async () => {
    // In several rounds: bytes outside the heap go after what refers to them.
    for (let round = 0; round < 4; round++) {
      global.gc?.()
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  }
  const before = await used()
  for (let done = 0; done < count; ) {
    const entries: Entry[] = []
    while (entries.length < 240) {
      const key = await generateKeyPair('Ed25519')
      const hostPeerId = peerIdFromPrivateKey(key).toString()
      const name = `host-${done + entries.length}`
      const certificate = await issueCertificate(authority, { name, peerId: hostPeerId, roles: ['chat'] })
      for (let index = 0; index < terminatorsPerHost; index++) {
        const base = entry(`${name}/${index}`, { hostPeerId, relayPeerId, networkId, service: 'chat-p2p' })
        entries.push({
          ...base,
          signed: { terminator: await sealTerminator(key, base.record), certificate: certificate.envelope },
        })
      }
    }
    const parts = [
      { partition: 'chat-p2p/0', begin: false, end: false, drop: false, put: entries, removed: [], departed: [] },
    ]
    const update = FeedUpdate.encode(encodeFeed({ epoch: 1, version: 1, complete: true, parts }))
    for (const each of decoder.decode(FeedUpdate.decode(update)).parts[0]!.put) store.put(each)
    done += entries.length
  }
  const bytes = ((await used()) - before) / store.size
  print(
    `a home keeps ${Math.round(bytes)} bytes per terminator (goal ≤ 2048), ${terminatorsPerHost} terminators per certificate`,
  )
}

/** What a home pays to check what owners feed it: entries of one host, and of as many hosts as entries. */
async function checking(): Promise<void> {
  const network = await makeNetwork({ relayPorts: [4001] })
  const trust = new Trust(network.relays[0]!, systemClock)
  const owner = trust.own.peerId
  const seal = async (count: number, hosts: Identity[]) => {
    const put: Entry[] = []
    for (let index = 0; index < count; index++) {
      const { name, peerId, privateKey, certificate } = hosts[index % hosts.length]!
      const hostPeerId = peerId.toString()
      const { record, ...rest } = entry(`${name}/${index}`, {
        networkId: network.id,
        service: 'chat-p2p',
        relayPeerId: owner,
        hostPeerId,
        issuedAtMs: Date.now(),
      })
      const signed = { terminator: await sealTerminator(privateKey, record), certificate: certificate!.envelope }
      put.push({ ...rest, record, identityName: name, signed })
    }
    return put
  }
  const many = await Promise.all(Array.from({ length: 2_000 }, (_, index) => network.member(`host${index}`)))
  for (const [what, hosts] of [
    ['one host', many.slice(0, 1)],
    ['a host each', many],
  ] as const) {
    const store = new DirectoryStore()
    const check = new EntryCheck({ trust, store, clock: systemClock })
    const put = await seal(2_000, hosts)
    const parts = [{ partition: 'chat-p2p/0', begin: false, end: false, drop: false, put, removed: [], departed: [] }]
    const message = { epoch: 1, version: 1, complete: true, parts }
    const perEntry = async () => {
      const start = process.cpuUsage()
      const checked = await check.check(owner, message)
      if (checked.parts[0]!.put.length !== put.length) throw new Error('some were left out')
      const { user, system } = process.cpuUsage(start)
      return (user + system) / 1_000 / put.length
    }
    const first = await perEntry()
    for (const each of put) store.put(each)
    const again = await perEntry()
    print(
      `checked entries of ${what}: ${first.toFixed(3)} ms of CPU each, ${again.toFixed(4)} ms when they are held already`,
    )
  }
}

/** At a relay that answers from its own table, and at one that has to ask a home. */
async function listing(): Promise<void> {
  await withNetwork(1, async (network, [relay], join) => {
    const client = await join('user2')
    await fillService(network, relay!)
    await measureList('at a home', relay!, client)
  })
  await withNetwork(5, async (network, relays) => {
    const placement = new Placement(undefined)
    for (const relay of relays) placement.seen(relay.peerId)
    const homes = placement.homes('chat-p2p/0', 0)
    const outside = relays.find((relay) => !homes.includes(relay.peerId))!
    await fillService(network, relays.find((relay) => relay.peerId === homes[0])!)
    const client = await startMember(await network.member('user2'), { maxLinks: 0 })
    try {
      const link = await eventually(
        () => client.pool.ensure(outside.peerId),
        () => true,
      )
      // Until homes have been homes for a while, several are asked.
      await eventually(
        () => link.list('chat-p2p', '', 1_000),
        ({ page, partial }) => page.size === 1_000 && !partial && outside.homes.others('chat-p2p/0').length === 3,
        60_000,
      )
      await measureList('at a relay that asks a home', outside, client)
    } finally {
      await client.close()
    }
  })
  await confirmedListing()
}

/** What it costs a member of three relays that a second one confirms each page, over a member that knows one relay only. */
async function confirmedListing(): Promise<void> {
  await withNetwork(3, async (network, [relay]) => {
    await fillService(network, relay!)
    const members = [
      await startMember(await network.member('alone'), { maxLinks: 1 }),
      await startMember(await network.member('confirmed')),
    ] as const
    try {
      const times: [number[], number[]] = [[], []]
      for (const { pool } of members) {
        await eventually(
          () => Promise.all(pool.up().map(({ link }) => link.list('chat-p2p', '', 1_000))),
          (pages) => pages.length > 0 && pages.every(({ page, partial }) => page.size === 1_000 && !partial),
          60_000,
        )
      }
      for (let round = -50; round < 300; round++) {
        for (const [index, { directory }] of members.entries()) {
          const ms = await medianMs(1, () => directory.list('chat-p2p', { limit: 1_000 }))
          if (round >= 0) times[index]!.push(ms)
        }
      }
      const [aloneMs, confirmedMs] = times.map(median) as [number, number]
      print(
        `a list of 1 000 instances that a second relay confirms: ${confirmedMs.toFixed(2)} ms, by one alone ` +
          `${aloneMs.toFixed(2)} ms: ${(confirmedMs / aloneMs).toFixed(2)} × (goal ≤ 1.3)`,
      )
    } finally {
      await Promise.all(members.map((member) => member.close()))
    }
  })
}

/** A thousand instances bound at a relay, signed by a host that may be there, for homes check it. */
async function fillService(network: TestNetwork, relay: Relay): Promise<void> {
  const { name, peerId, privateKey, certificate } = await network.member('host')
  for (let index = 0; index < 1_000; index++) {
    const bound = entry(`${name}/${String(index).padStart(7, '0')}`, {
      networkId: relay.trust.network.networkId,
      service: 'chat-p2p',
      relayPeerId: relay.peerId,
      hostPeerId: peerId.toString(),
      issuedAtMs: Date.now(),
    })
    bound.identityName = name
    bound.signed = { terminator: await sealTerminator(privateKey, bound.record), certificate: certificate!.envelope }
    relay.store.put(bound)
  }
}

async function measureList(where: string, relay: Relay, client: Member): Promise<void> {
  const { rows } = await client.directory.list('chat-p2p', { limit: 1_000 })
  const link = client.pool.up()[0]!.link
  const size = ListResponse.encode(encodeList(await link.list('chat-p2p', '', 1_000))).byteLength
  await relay.node.libp2p.handle('/bench/plain', async (stream) => {
    const io = new MessageIo(stream, 1 << 20)
    for (;;) {
      const request = await io.read().catch(() => undefined)
      if (request === undefined) return
      await io.write(randomBytes(size))
    }
  })
  const io = new MessageIo(await link.connection.newStream('/bench/plain'), 1 << 20)
  const plain = async () => {
    await io.write(new Uint8Array(16))
    await io.read()
  }
  await medianMs(50, plain)
  await medianMs(50, () => client.directory.list('chat-p2p', { limit: 1_000 }))
  // By turns, so that whatever else the machine does falls on both.
  const plainTimes: number[] = []
  const listTimes: number[] = []
  for (let round = 0; round < 300; round++) {
    plainTimes.push(await medianMs(1, plain))
    listTimes.push(await medianMs(1, () => client.directory.list('chat-p2p', { limit: 1_000 })))
  }
  const [plainMs, listMs] = [median(plainTimes), median(listTimes)]
  print(
    `a complete list of ${rows.length} instances ${where}: ${listMs.toFixed(2)} ms, ${size} plain bytes over the same link: ` +
      `${plainMs.toFixed(2)} ms: ${(listMs / plainMs).toFixed(1)} × (goal ≤ 3)`,
  )
}

async function watching(): Promise<void> {
  await withNetwork(5, async (_, _relays, join) => {
    const host = await join('user1')
    const watchers = await Promise.all(['user2', 'user3', 'user4'].map(join))
    const joined: number[] = []
    const left: number[] = []
    const startedMs = new Map<string, number>()
    const watches = watchers.map((watcher) => watcher.watch())
    await host.bind('user1', { maxTerminators: 1 })
    for (const watch of watches) await watch.until((changes) => changes.length > 0)
    for (let round = 0; round < 100; round++) {
      const id = `user1/${round}`
      startedMs.set(id, performance.now())
      const seen = (type: 'joined' | 'left', into: number[]) =>
        Promise.all(
          watches.map(async (watch) => {
            await watch.until((changes) =>
              changes.some(
                (each) => each.type === type && (each.type === 'left' ? each.instanceId : each.row.instanceId) === id,
              ),
            )
            into.push(performance.now() - startedMs.get(id)!)
          }),
        )
      const joins = seen('joined', joined)
      const binding = await host.bind(id, { maxTerminators: 1 })
      await joins
      startedMs.set(id, performance.now())
      const leaves = seen('left', left)
      await binding.close()
      await leaves
    }
    for (const [name, values] of [
      ['join', joined],
      ['leave', left],
    ] as const) {
      print(
        `a ${name} reaches watchers in ${median(values).toFixed(0)} ms (median), ${quantile(values, 0.99).toFixed(0)} ms ` +
          `(p99) of ${values.length} (goal ≤ 1000), from the host's request on`,
      )
    }
  })
}

async function simulation(): Promise<void> {
  const startMs = performance.now()
  const result = await new Simulation({
    relays: 1_000,
    instances: 333_334,
    terminatorsEach: 3,
    shards: 64,
    churnSeconds: 45,
    churnPerSecond: 1_000,
    relaysKilled: 20,
    seed: 1,
    log: (line) => print(`${((performance.now() - startMs) / 1_000).toFixed(0).padStart(5)} s  ${line}`),
  }).run()
  print(
    `${result.terminators} terminators on 1000 relays, ${result.homeCopies} copies at homes, ${result.messages} messages`,
  )
  print(
    `lookups of a bound instance under churn, 20 relays killed: ${result.wrongLookups} of ${result.lookups} wrong (goal 0)`,
  )
  print(`after killing 20 more relays owners and homes agree again in ${result.agreedAfterSeconds} simulated seconds`)
  print(result.errors.length === 0 ? 'no disagreement is left' : result.errors.join('\n'))
}

await section('memory', memory) // first: what the others leave behind takes its time to go
await section('flat', flatCost)
await section('checking', checking)
await section('list', listing)
await section('watch', watching)
await section('simulation', simulation)
await section('real', () => realRun(print))
process.exit(0)
