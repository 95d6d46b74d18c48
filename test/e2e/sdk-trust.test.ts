import { once } from 'node:events'
import { identify } from '@libp2p/identify'
import type { Connection as Libp2pConnection } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toHex } from '../../src/core/bytes.js'
import { systemClock } from '../../src/core/clock.js'
import { decodeList } from '../../src/directory/list-answer.js'
import type { Identity } from '../../src/identity/identity-file.js'
import type { ServiceDefinition } from '../../src/identity/policy.js'
import { connectDirect } from '../../src/net/circuit.js'
import { MessageIo } from '../../src/net/message-io.js'
import { createNode, type Node } from '../../src/net/node.js'
import { Trust } from '../../src/net/trust.js'
import type { Connection, Context, IncomingDial, Listener, OverlayError } from '../../src/sdk/index.js'
import { NodeMessage, RelayMessage } from '../../src/wire/messages/directory.js'
import { directoryProtocol, sessionProtocol } from '../../src/wire/protocols.js'
import { eventually } from '../support/members.js'
import { chatService, makeNetwork, type TestNetwork } from '../support/network.js'
import { call, carryingTo, eventWhere, nextDial, nodeOf, readBytes, Stage, service } from '../support/stage.js'

const hop = '/libp2p/circuit/relay/0.2.0/hop'
const kad = ({ id }: TestNetwork) => `/chat-p2p/${id}/kad/1.0.0`

const errorOf = (failing: Promise<unknown>) =>
  failing.then(
    () => expect.fail('it succeeded'),
    (error) => error as OverlayError,
  )
const closeOf = (connection: Connection) =>
  new Promise<OverlayError | undefined>((resolve) => connection.once('close', resolve))
const suspensionOf = (listener: Listener) => new Promise<OverlayError>((resolve) => listener.once('suspended', resolve))

describe('a newer network document', () => {
  let stage: Stage
  let ben: Context
  let carol: Context
  beforeAll(async () => {
    stage = await Stage.open()
    ;[ben, carol] = await Promise.all([stage.context('ben'), stage.context('carol')])
    await Promise.all([ben.ready(), carol.ready()])
  })
  afterAll(() => stage.close())

  /** Signs the next revision and gives it to one relay. */
  async function publish(change: Parameters<TestNetwork['publish']>[0]): Promise<number> {
    const view = await stage.network.publish(change)
    await stage.relays[0]!.trust.adopt(view.envelope)
    return view.revision
  }
  /** Whoever hears first ends what both have; this waits until these have heard themselves. */
  const heard = (...contexts: Context[]) =>
    eventually(
      () => contexts.map(({ network }) => network.revision),
      (revisions) => revisions.every((each) => each === stage.network.view.revision),
    )
  const serviceWith = (change: Partial<ServiceDefinition>) => ({ services: [{ ...chatService, ...change }] })
  const listed = async (by: Context) => (await by.listTerminators(service)).instances.map((row) => row.instanceId)

  test('given to one relay reaches everybody who is online, and who comes later', async () => {
    const late = await stage.network.member('late')
    const revision = await publish({})
    await heard(ben, carol)
    await eventually(
      () => stage.relays.map((relay) => relay!.trust.network.revision),
      (revisions) => revisions.every((each) => each === revision),
    )
    const context = await stage.context(late)
    expect(context.network.revision).toBe(revision - 1)
    await context.ready()
    expect(context.network.revision).toBe(revision)
    await context.close()
  })

  test('that takes the right to call ends the sessions and the ringing of whom it was taken from, and of nobody else', async () => {
    const { context: anna, listener } = await stage.host('anna')
    const [lost, kept] = [await call(ben, listener), await call(carol, listener)]
    const incoming = nextDial(listener)
    const dialed = errorOf(ben.dial(service, { instanceId: 'anna' }))
    const ring = await incoming
    const closes = Promise.all([closeOf(lost.here), closeOf(lost.there)])
    const stopped = once(ring.signal, 'abort')
    await publish(serviceWith({ dial: { roles: ['@carol'], semantic: 'AnyOf' } }))
    expect((await closes).map((error) => error?.code)).toEqual(['not_permitted', 'not_permitted'])
    expect((await dialed).code).toBe('not_permitted')
    await stopped
    expect(['not_permitted', 'canceled']).toContain(ring.signal.reason.code)
    await expect(ring.accept()).rejects.toMatchObject({ code: ring.signal.reason.code })
    await expect(lost.here.read()).rejects.toMatchObject({ code: 'not_permitted' })
    await heard(anna, ben)
    await expect(ben.dial(service, { instanceId: 'anna' })).rejects.toMatchObject({ code: 'not_permitted' })
    await kept.here.write(Buffer.from('on'))
    expect((await readBytes(kept.there, 2)).toString()).toBe('on')
    await publish(serviceWith({}))
    await heard(anna, ben)
    const { here } = await call(ben, listener)
    here.abort()
    await anna.close()
  })

  test('that takes the right to offer ends the terminators, the listener and its sessions', async () => {
    const { context: anna, listener } = await stage.host('anna')
    const { listener: other } = await stage.host('dora')
    const [{ here, there }, kept] = [await call(ben, listener), await call(ben, other)]
    const closes = Promise.all([closeOf(here), closeOf(there)])
    const failed = suspensionOf(listener)
    await publish(serviceWith({ bind: { roles: ['@dora'], semantic: 'AnyOf' } }))
    expect(await failed).toMatchObject({ code: 'not_permitted', details: { service, instanceId: 'anna' } })
    expect((await closes).map((error) => error?.code)).toEqual(['not_permitted', 'not_permitted'])
    await eventually(
      () => listed(carol),
      (ids) => !ids.includes('anna'),
    )
    expect(await listed(carol)).toContain('dora')
    expect(listener.suspended).toMatchObject({ code: 'not_permitted' })
    await kept.here.write(Buffer.from('on'))
    expect((await readBytes(kept.there, 2)).toString()).toBe('on')
    const resumed = once(listener, 'resumed')
    await publish(serviceWith({}))
    await resumed
    await listener.established(3)
    expect(listener.suspended).toBeUndefined()
    const again = await call(ben, listener)
    again.here.abort()
    await anna.close()
    kept.here.abort()
  })

  test('without a service ends what was offered and said under it', async () => {
    const { context: anna, listener } = await stage.host('anna')
    const { here, there } = await call(ben, listener)
    const closes = Promise.all([closeOf(here), closeOf(there)])
    const failed = suspensionOf(listener)
    await publish({ services: [{ ...chatService, name: 'other' }] })
    expect((await failed).code).toBe('unknown_service')
    await closes
    await heard(ben)
    expect(ben.hasService(service)).toBe(false)
    await expect(ben.dial(service, { instanceId: 'anna' })).rejects.toMatchObject({ code: 'unknown_service' })
    await publish(serviceWith({}))
    await heard(ben, carol)
    expect(ben.hasService(service)).toBe(true)
    await listener.established(3)
    await anna.close()
  })

  test('that revokes a host ends all it had at once, and it learns why', async () => {
    const identity = await stage.network.member('anna')
    const { context: anna, listener } = await stage.host(identity)
    const { here, there } = await call(ben, listener)
    const closes = Promise.all([closeOf(here), closeOf(there)])
    const failed = suspensionOf(listener)
    await publish({ revokedSerials: new Set([toHex(identity.certificate!.serial)]) })
    expect((await closes).map((error) => error?.code)).toEqual(['certificate_revoked', 'certificate_revoked'])
    expect((await failed).code).toBe('certificate_revoked')
    await eventually(
      () => listed(carol),
      (ids) => !ids.includes('anna'),
    )
    await expect(anna.dial(service, { instanceId: 'ben' })).rejects.toMatchObject({ code: 'certificate_revoked' })
    await expect(anna.listen(service)).rejects.toMatchObject({ code: 'certificate_revoked' })
    await anna.close()
    const again = await stage.context(identity)
    await expect(again.ready({ timeout: 1_000 })).rejects.toMatchObject({ code: 'no_relay', message: /revoked/ })
    await again.close()
  })

  test('that revokes a caller ends its sessions and its ringing', async () => {
    const identity = await stage.network.member('eve')
    const { context: dora, listener } = await stage.host('fred')
    const eve = await stage.context(identity)
    const { here, there } = await call(eve, listener)
    const incoming = nextDial(listener)
    const ringing = Promise.withResolvers<void>()
    const dialed = errorOf(eve.dial(service, { instanceId: 'fred', onRinging: ringing.resolve }))
    const ring: IncomingDial = await incoming
    await ringing.promise
    const stopped = once(ring.signal, 'abort')
    const closes = Promise.all([closeOf(here), closeOf(there)])
    const revokedSerials = new Set([...stage.network.view.revokedSerials, toHex(identity.certificate!.serial)])
    await publish({ revokedSerials })
    expect((await closes).map((error) => error?.code)).toEqual(['certificate_revoked', 'certificate_revoked'])
    await stopped
    expect(['certificate_revoked', 'canceled']).toContain(ring.signal.reason.code)
    await expect(ring.accept()).rejects.toMatchObject({ code: ring.signal.reason.code })
    expect((await dialed).code).toBe('certificate_revoked')
    await Promise.all([eve.close(), dora.close()])
  })
})

/** Sends one message and tells what came back before the stream ended; undefined for nothing. */
async function ask(
  connection: Libp2pConnection,
  protocol: string,
  message: Uint8Array,
): Promise<Uint8Array | undefined> {
  const stream = await connection.newStream(protocol)
  const io = new MessageIo(stream, 1_000_000)
  return io.write(message).then(
    () => io.read().catch(() => undefined),
    () => undefined,
  )
}

describe('with a relay and a host', () => {
  let stage: Stage
  let anna: Context
  let ben: Context
  let listener: Listener
  let member: Node
  const nodes: Array<{ stop(): unknown }> = []

  beforeAll(async () => {
    stage = await Stage.open({ relays: 1 })
    ;({ context: anna, listener } = await stage.host('anna', {
      direct: 'auto',
      directListen: ['/ip4/127.0.0.1/tcp/0'],
    }))
    ben = await stage.context('ben')
    await ben.ready()
    member = await bareNode(await stage.network.member('mallory'))
    listener.on('dial', (ring) => {
      if (ring.appData.byteLength === 1) void ring.accept()
    })
  })
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.stop()))
    await stage.close()
  })

  /** Says hello, and nothing by itself. */
  async function bareNode(identity: Identity, listen: string[] = []): Promise<Node> {
    const node = await createNode({ trust: new Trust(identity, systemClock), kind: 'member', listen })
    await node.start()
    nodes.push(node)
    return node
  }
  const toRelay = (node: Node) =>
    connectDirect(node, stage.relays[0]!.peerId, stage.relays[0]!.addresses(), AbortSignal.timeout(10_000))
  const hostAddress = () =>
    nodeOf(anna)
      .libp2p.getMultiaddrs()
      .filter((address) => !address.toString().includes('circuit'))
  async function expectAllWell(): Promise<void> {
    const before = stage.relays[0]!.status()
    expect(before.terminators).toBe(1)
    const here = await ben.dial(service, { instanceId: 'anna', appData: Uint8Array.of(1) })
    here.abort()
    expect((await ben.listTerminators(service)).instances.map(({ instanceId }) => instanceId)).toEqual(['anna'])
  }

  const peerIdBytes = () => nodeOf(anna).libp2p.peerId.toMultihash().bytes
  const listRequest = () =>
    NodeMessage.encode({ requestId: 7, list: { service, cursor: '', limit: 10, local: false, shards: [] } })
  const reserve = Uint8Array.of(0x08, 0)
  const connect = () => {
    const peer = peerIdBytes()
    return Uint8Array.of(0x08, 1, 0x12, peer.byteLength + 2, 0x0a, peer.byteLength, ...peer)
  }
  const findNode = () => Uint8Array.of(0x08, 4, 0x12, peerIdBytes().byteLength, ...peerIdBytes())

  test('a member that says hello is answered by the relay and its directory, and a relay by the DHT', async () => {
    const connection = await toRelay(member)
    const list = RelayMessage.decode((await ask(connection, directoryProtocol, listRequest()))!)
    expect(decodeList(list.list!).page.rows.map(({ instanceId }) => instanceId)).toEqual(['anna'])
    // Both are status messages with code 100, OK.
    expect(Buffer.from((await ask(connection, hop, reserve))!).includes(Buffer.of(0x28, 100))).toBe(true)
    expect(Buffer.from((await ask(connection, hop, connect()))!).includes(Buffer.of(0x28, 100))).toBe(true)
    const other = await bareNode(await makeRelayIdentity(stage.network, 'relay9'))
    expect(await ask(await toRelay(other), kad(stage.network), findNode())).toBeDefined()
  })

  test('a member that is no relay gets nothing from the DHT', async () => {
    const connection = await toRelay(member)
    expect(await ask(connection, kad(stage.network), findNode())).toBeUndefined()
    await expectAllWell()
  })

  // Both wait for a time to be over, which is why they wait together.
  describe.concurrent('whoever is silent', () => {
    test('about who it is cannot reserve, connect, ask the directory or the DHT, or reach a host, and is disconnected', async () => {
      const stranger = await createLibp2p({
        transports: [tcp()],
        connectionEncrypters: [noise()],
        streamMuxers: [yamux()],
        services: { identify: identify() },
      })
      nodes.push(stranger)
      // What it says of itself must not make it a part of the DHT either.
      await stranger.handle(kad(stage.network), () => {})
      const connection = await stranger.dial(nodeOf(stage.relays[0]!).libp2p.getMultiaddrs())
      const direct = await stranger.dial(hostAddress())
      const disconnected = Promise.all(
        [connection, direct].map((each) => once(each as unknown as EventTarget, 'close')),
      )
      const answers = await Promise.all([
        ask(connection, hop, reserve),
        ask(connection, hop, connect()),
        ask(connection, directoryProtocol, listRequest()),
        ask(connection, kad(stage.network), findNode()),
        ask(direct, sessionProtocol, Uint8Array.of(1, 2, 3)),
      ])
      const denied = Uint8Array.of(8, 2, 40, 202, 1) // the circuit's own answer: PERMISSION_DENIED
      expect(answers).toEqual([denied, denied, undefined, undefined, undefined])
      await disconnected
      const { dht } = nodeOf(stage.relays[0]!)
      expect((dht as unknown as { routingTable: { size: number } }).routingTable.size).toBe(0)
      await expectAllWell()
    })

    test('after hello on the stream of a session loses that stream, and the host stays well', async () => {
      const connection = await member.libp2p.dial(hostAddress())
      await member.gate.proved(connection)
      const stream = await connection.newStream(sessionProtocol)
      await once(stream as unknown as EventTarget, 'close')
      await expectAllWell()
    })
  })

  test('a member of another network is refused', async () => {
    const foreign = await bareNode(await (await makeNetwork({ relayPorts: [1] })).member('anna'))
    await expect(toRelay(foreign)).rejects.toMatchObject({ code: 'refused' })
    await expectAllWell()
  })

  test.each<[string, Uint8Array]>([
    ['a length that is none', Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff)],
    ['a length over the cap', Uint8Array.of(0xff, 0xff, 0xff, 0x7f)],
    ['a message that cannot be read', Uint8Array.of(3, 0xff, 0xff, 0xff)],
    ['noise', Uint8Array.from({ length: 5_000 }, (_, index) => (index * 7_919) % 251)],
  ])(
    'a member that says hello and sends the directory %s loses its stream, and the relay stays well',
    async (_, garbage) => {
      const connection = await toRelay(member)
      const stream = await connection.newStream(directoryProtocol)
      const closed = once(stream as unknown as EventTarget, 'close')
      stream.send(garbage)
      await closed
      await expectAllWell()
    },
  )

  test('a directory message of no known kind is refused without harm', async () => {
    const answer = await ask(await toRelay(member), directoryProtocol, Uint8Array.of(0x08, 5))
    expect(RelayMessage.decode(answer!)).toMatchObject({ requestId: 5, result: { reason: /unknown kind/ } })
    await expectAllWell()
  })

  test.each<[string, Uint8Array]>([
    ['a frame over the cap', Uint8Array.of(0xff, 0xff, 0xff, 0x7f)],
    ['a frame of no known kind', Uint8Array.of(2, 0xee, 1)],
    ['noise', Uint8Array.from({ length: 5_000 }, (_, index) => (index * 7_919) % 251)],
  ])('a member that says hello and sends a host %s loses its stream, and the host stays well', async (_, garbage) => {
    const connection = await member.libp2p.dial(hostAddress())
    await member.gate.proved(connection)
    const stream = await connection.newStream(sessionProtocol)
    const closed = once(stream as unknown as EventTarget, 'close')
    if (garbage.byteLength > 0) stream.send(garbage)
    await closed
    await expectAllWell()
  })

  test.each(['splice', 'circuit'])(
    'garbage in the middle of a session (on a %s) ends that session for its host, and no other',
    async (kind) => {
      const caller = await stage.context(`caller-${kind}`, { splices: kind === 'splice' })
      const [spoilt, kept] = [await call(caller, listener), await call(caller, listener)]
      const ended = closeOf(spoilt.there)
      expect(spoilt.here.paths()).toMatchObject([{ kind }])
      // The first one opened carries the first session.
      const [first] = carryingTo(caller, anna.identity.peerId)
      first!.send(Uint8Array.of(6, 0xee, 1, 2, 3, 4, 5))
      expect((await ended)?.code).toBe('protocol_error')
      await kept.here.write(Buffer.from('on'))
      expect((await readBytes(kept.there, 2)).toString()).toBe('on')
      kept.here.abort()
      await caller.close()
      await expectAllWell()
    },
  )
})

/** A relay certified by the network's authority that is not in its document. */
async function makeRelayIdentity(network: TestNetwork, name: string): Promise<Identity> {
  return { ...(await network.member(name, { roles: ['relay'] })), kind: 'relay' }
}

test('a relay that answers with garbage is left, and the others are used', async () => {
  const stage = await Stage.open({ relays: 2, down: [1] })
  const liar = await createNode({
    trust: new Trust(stage.network.relays[1]!, systemClock),
    kind: 'member',
    listen: [`/ip4/127.0.0.1/tcp/${stage.ports[1]}`],
  })
  await liar.libp2p.handle(directoryProtocol, (stream) => {
    stream.addEventListener('message', () => stream.send(Uint8Array.of(0xff, 0xff, 0xff, 0x7f)))
  })
  await liar.start()
  const anna = await stage.context('anna')
  await eventWhere(anna, 'relay:up', ({ name }: { name: string }) => name === 'relay2')
  const down = await eventWhere(anna, 'relay:down', ({ name }: { name: string }) => name === 'relay2')
  expect((down as { error?: OverlayError }).error).toMatchObject({ code: 'protocol_error' })
  const listener = await anna.listen(service)
  await listener.established(1)
  const { here, there } = await call(await stage.context('ben'), listener)
  await here.write(Buffer.from('fine'))
  expect((await readBytes(there, 4)).toString()).toBe('fine')
  await stage.clear()
  await liar.stop()
  await stage.close()
})
