// Relays, and members with a token, who use splices otherwise than they should.
import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { maxAnsweredSplices, maxPendingSplices, maxUnreadAnswerBytes } from '../../../../src/core/limits.js'
import type { VerifiedCertificate } from '../../../../src/identity/certificate.js'
import { standing } from '../../../../src/net/hello.js'
import { TlsEndpoint } from '../../../../src/net/tls-endpoint.js'
import { createRelayMetrics } from '../../../../src/relay/metrics.js'
import type { Relay } from '../../../../src/relay/relay.js'
import type { OverlayContext } from '../../../../src/sdk/context.js'
import type { Connection } from '../../../../src/sdk/index.js'
import { encodeFrame } from '../../../../src/wire/frame-batch.js'
import { dialIdBytes } from '../../../../src/wire/frames.js'
import { helloFeatures } from '../../../../src/wire/hello-status.js'
import { withLength } from '../../../../src/wire/length-prefix.js'
import { RelayMessage } from '../../../../src/wire/messages/directory.js'
import { HelloRequest } from '../../../../src/wire/messages/hello.js'
import { encodePreface, prefaceBytes } from '../../../../src/wire/prefaces.js'
import { eventually } from '../../../support/members.js'
import { call, nextDial, nodeOf, Stage, service } from '../../../support/stage.js'

let stage: Stage
beforeAll(async () => {
  stage = await Stage.open({ relays: 1 })
})
afterEach(async () => {
  vi.restoreAllMocks()
  relay().splicer.stop()
  for (const socket of sockets.splice(0)) socket.destroy()
  await stage.clear()
})
afterAll(() => stage.close())

const relay = () => stage.relays[0] as Relay
const kinds = (connection: Connection) => connection.paths().map(({ kind }) => kind)
const linkOf = (name: string) => [...relay().server.links].find(({ certificate }) => certificate.name === name)!
const certificateOf = async (name: string) => (await stage.network.member(name)).certificate!
const noSplices = () =>
  eventually(
    () => relay().splicer.counts,
    ({ joined, pending }) => joined + pending === 0,
  )

/** Prepares a splice of this dialer with a host, as if the dialer had asked; returns its token. */
function offer(dialer: VerifiedCertificate, host: string): Uint8Array {
  const link = linkOf(host)
  const tokens = relay().splicer.prepare(dialer, link.certificate)
  const spliceOffer = { token: new Uint8Array(tokens.host), dialerPeerId: dialer.peerId }
  void link.io.write(RelayMessage.encode({ requestId: 0, spliceOffer }))
  return tokens.dialer
}

const sockets: Socket[] = []
function show(token: Uint8Array, behind: Uint8Array = new Uint8Array(0)): { socket: Socket; over: Promise<void> } {
  const socket = connect(stage.ports[0]!, '127.0.0.1')
  sockets.push(socket)
  socket.on('error', () => {})
  socket.write(Buffer.concat([encodePreface(prefaceBytes.splice, token), behind]))
  socket.resume()
  return { socket, over: new Promise((resolve) => socket.once('close', () => resolve())) }
}

test('garbage behind a token that is good ends that pair, and nothing else', async () => {
  const { listener } = await stage.host('host1')
  const token = offer(await certificateOf('mallory'), 'host1')
  await show(token, randomBytes(100_000)).over
  await noSplices()
  const { here } = await call(await stage.context('dialer1'), listener)
  expect(kinds(here)).toEqual(['splice'])
})

test('a relay that joins the dialer with another host than it says: the dialer finds out, and nothing rings there', async () => {
  const { listener } = await stage.host('host2')
  const other = await stage.host('other2')
  const rang = vi.fn()
  other.listener.on('dial', rang)
  const { bindings } = relay().server
  const holder = bindings.holder.bind(bindings)
  const joined = relay().splicer.totals.joined
  vi.spyOn(bindings, 'holder').mockImplementation(
    (binding) => holder(binding) && [...relay().server.links].find(({ certificate }) => certificate.name === 'other2'),
  )
  const { here, there } = await call(await stage.context('dialer2'), listener)
  expect([kinds(here), here.remote.name, there.remote.name]).toEqual([['circuit'], 'host2', 'dialer2'])
  expect(relay().splicer.totals.joined).toBeGreaterThan(joined)
  expect(rang).not.toHaveBeenCalled()
})

test('a token that was given to another: who shows it is who it proves to be, whatever the relay says', async () => {
  const { listener } = await stage.host('host3')
  const alice = await certificateOf('alice')
  const { splicer } = relay()
  const prepare = splicer.prepare.bind(splicer)
  vi.spyOn(splicer, 'prepare').mockImplementation((_dialer, host) => prepare(alice, host))
  const { io } = linkOf('host3')
  const write = io.write.bind(io)
  const offered = vi.fn()
  vi.spyOn(io, 'write').mockImplementation((bytes) => {
    const message = RelayMessage.decode(bytes)
    if (message.spliceOffer === undefined) return write(bytes)
    offered()
    message.spliceOffer.dialerPeerId = alice.peerId
    return write(RelayMessage.encode(message))
  })
  const incoming = nextDial(listener)
  const dialing = (await stage.context('mallory3')).dial(service, { instanceId: 'host3' })
  const dial = await incoming
  expect(dial.caller.name).toBe('mallory3')
  expect(kinds(await dial.accept())).toEqual(['splice'])
  await dialing
  expect(offered).toHaveBeenCalled()
})

test('members who ask for splices and never come leave some of a host for others', async () => {
  const { listener } = await stage.host('host4')
  const greedy = await Promise.all(['m1', 'm2'].map(certificateOf))
  const answered = vi.spyOn(relay().splicer.preface, 'take')
  for (const member of greedy) for (let n = 0; n < maxPendingSplices; n++) offer(member, 'host4')
  // Half of all for the one who came first, half of the rest for the other.
  const shares = maxAnsweredSplices / 2 + maxAnsweredSplices / 4
  await eventually(
    () => answered.mock.calls.length,
    (calls) => calls >= shares,
  )
  const { here } = await call(await stage.context('dialer4'), listener)
  expect(kinds(here)).toEqual(['splice'])
})

test('a host that does not read what it is offered loses its link, and its dialers hear that it is gone', async () => {
  const { listener } = await stage.host('host6')
  const asks = (await stage.context('dialer6')) as OverlayContext
  const link = linkOf('host6')
  vi.spyOn(link.io, 'unsentBytes', 'get').mockReturnValue(maxUnreadAnswerBytes)
  const { peerId: hostPeerId } = link.certificate
  const wanted = { service, instanceId: listener.instanceId, hostPeerId, processId: 0 }
  await asks.member.pool.ready(AbortSignal.timeout(10_000))
  const { link: asking } = asks.member.pool.up()[0]!
  await expect(asking.splice(wanted)).rejects.toMatchObject({ code: 'offline' })
  expect(relay().splicer.counts.pending).toBe(0)
  await eventually(
    () => relay().server.links.has(link),
    (isThere) => !isThere,
  )
  expect(asking.connection.status).toBe('open')
})

test('a dialer that breaks off at any step of a path leaves nothing at the relay, nor at the host', async () => {
  const { context, listener } = await stage.host('host7')
  const { member } = (await stage.context('dialer7')) as OverlayContext
  await member.pool.ready(AbortSignal.timeout(10_000))
  const { link } = member.pool.up()[0]!
  const { peerId: hostPeerId } = linkOf('host7').certificate
  const { trust } = member
  const hello = withLength(
    HelloRequest.encode({ certificate: trust.own.envelope, ...standing(trust), features: helloFeatures.carriesAgain }),
  )
  const dial = encodeFrame({
    type: 'dial',
    request: {
      dialId: randomBytes(dialIdBytes),
      service,
      instanceId: listener.instanceId,
      appData: randomBytes(10),
      connectTimeoutMs: 1_000,
      direct: false,
      receiveWindowBytes: 1_024,
    },
  })
  const rang = nextDial(listener)
  const inTls = [[], [hello.subarray(0, 50)], [hello], [hello, dial.subarray(0, 20)], [hello, dial]]
  for (const said of [undefined, Buffer.from('16030100050100', 'hex'), ...inTls]) {
    const token = await link.splice({ service, instanceId: listener.instanceId, hostPeerId, processId: 0 })
    const { socket } = show(token, said instanceof Buffer ? said : undefined)
    await eventually(
      () => relay().splicer.counts,
      ({ joined }) => joined === 1,
    )
    if (Array.isArray(said)) {
      socket.pause()
      const endpoint = new TlsEndpoint(trust.identity.privateKey)
      const { socket: secured } = await endpoint.secure(socket, 'dialer', AbortSignal.timeout(10_000), hostPeerId)
      for (const bytes of said) secured.write(bytes)
      if (said.includes(dial)) await rang
    }
    socket.resetAndDestroy()
    await noSplices()
  }
  await eventually(
    () => nodeOf(context).tlsPaths.with(trust.own.peerId),
    (paths) => paths.length === 0,
  )
  const { here } = await call(await stage.context('other7'), listener)
  expect(kinds(here)).toEqual(['splice'])
})

test('what comes to nothing is counted, and nothing of it stays: a side breaks off, or a member is revoked meanwhile', async () => {
  const { splicer } = relay()
  const late = splicer.totals.late
  const [dialer, host] = (await Promise.all(['dialer5', 'host5'].map(certificateOf))) as [
    VerifiedCertificate,
    VerifiedCertificate,
  ]
  const taken = vi.spyOn(splicer.preface, 'take')
  const broken = show(splicer.prepare(dialer, host).dialer)
  await vi.waitFor(() => expect(taken).toHaveBeenCalledOnce())
  broken.socket.resetAndDestroy()
  await noSplices()
  expect(splicer.totals.late).toBe(late + 1)

  const revoked = show(splicer.prepare(dialer, host).dialer)
  const joined = splicer.prepare(dialer, host)
  const both = [show(joined.dialer), show(joined.host)]
  await eventually(
    () => splicer.counts,
    (counts) => counts.pending === 1 && counts.joined === 1,
  )
  const serial = Buffer.from(dialer.serial).toString('hex')
  const { envelope } = await stage.network.publish({
    revokedSerials: new Set([...stage.network.view.revokedSerials, serial]),
  })
  await relay().trust.adopt(envelope)
  await Promise.all([revoked, ...both].map(({ over }) => over))
  await noSplices()
  const text = await createRelayMetrics(relay()).metrics()
  expect(text).toContain('chat_p2p_splices{state="joined"} 0')
  expect(text).toContain('chat_p2p_splices{state="pending"} 0')
  expect(text).toContain(`chat_p2p_splices_total{outcome="late"} ${late + 1}`)
  expect(relay().status()).toMatchObject({ splices: 0, pendingSplices: 0 })
})
