import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Relay } from '../../../../src/relay/relay.js'
import type { Connection } from '../../../../src/sdk/index.js'
import { encodePreface, prefaceBytes } from '../../../../src/wire/prefaces.js'
import { eventually } from '../../../support/members.js'
import { call, Stage, service } from '../../../support/stage.js'

let stage: Stage
beforeAll(async () => {
  stage = await Stage.open({ relays: 2 })
})
afterEach(() => stage.clear())
afterAll(() => stage.close())

const kinds = (connection: Connection) => connection.paths().map(({ kind }) => kind)
const both = (relays: Stage['relays']) => relays as Relay[]

async function echo(here: Connection, there: Connection, bytes: Uint8Array): Promise<Buffer> {
  void (async () => {
    for await (const chunk of there) await there.write(chunk)
  })().catch(() => {})
  const writing = here.write(bytes)
  const parts: Uint8Array[] = []
  for (let length = 0; length < bytes.byteLength; ) {
    const part = (await here.read())!
    parts.push(part)
    length += part.byteLength
  }
  await writing
  return Buffer.concat(parts)
}

test('a session and its standby run over sockets that relays join, and say so; bytes arrive as they were', async () => {
  const { listener } = await stage.host('host1')
  const dialer = await stage.context('dialer1')
  const { here, there } = await call(dialer, listener)
  await eventually(
    () => [kinds(here), kinds(there)],
    ([a, b]) => a!.length === 2 && b!.length === 2,
  )
  expect([...kinds(here), ...kinds(there)]).toEqual(['splice', 'splice', 'splice', 'splice'])
  const bytes = randomBytes(3_000_000)
  expect((await echo(here, there, bytes)).equals(bytes)).toBe(true)
  expect(both(stage.relays).map(({ splicer }) => splicer.counts)).toEqual([
    { joined: 1, pending: 0 },
    { joined: 1, pending: 0 },
  ])
  expect(both(stage.relays).map((relay) => relay.status().splices)).toEqual([1, 1])
  await stage.clear()
  await eventually(
    () => both(stage.relays).map(({ splicer }) => splicer.counts.joined),
    (counts) => counts.every((count) => count === 0),
  )
})

test.each([
  ['a dialer', { dialer: false, host: true }],
  ['a host', { dialer: true, host: false }],
])('%s without splices is reached over a circuit', async (_who, splices) => {
  const context = await stage.context('host2', { splices: splices.host })
  const listener = await context.listen(service)
  await listener.established(2)
  const dialer = await stage.context('dialer2', { splices: splices.dialer })
  const { here, there } = await call(dialer, listener)
  expect([...kinds(here), ...kinds(there)].every((kind) => kind === 'circuit')).toBe(true)
  const bytes = randomBytes(100_000)
  expect((await echo(here, there, bytes)).equals(bytes)).toBe(true)
})

test('the session moves to another relay when the one that joins its sockets is gone', async () => {
  const { listener } = await stage.host('host3')
  const dialer = await stage.context('dialer3')
  const { here, there } = await call(dialer, listener)
  await eventually(
    () => here.paths().map(({ role }) => role),
    (roles) => roles.includes('standby'),
  )
  const active = here.paths().find(({ role }) => role === 'active')!.relay
  const changed = once(here, 'path:changed')
  await stage.killRelay(active)
  await here.write(Buffer.from('after'))
  await changed
  expect(Buffer.from((await there.read())!).toString()).toBe('after')
  expect(here.paths().filter(({ role }) => role === 'active')).toMatchObject([{ kind: 'splice' }])
  await stage.startRelay(Number(active.slice(-1)) - 1)
})

test('a certificate that is revoked ends the session on both sides with that reason', async () => {
  const { listener } = await stage.host('host4')
  const identity = await stage.network.member('dialer4')
  const dialer = await stage.context(identity)
  const { here, there } = await call(dialer, listener)
  expect(kinds(here)).toContain('splice')
  const ended = Promise.all([once(here, 'close'), once(there, 'close')])
  const revoked = new Set([
    ...stage.network.view.revokedSerials,
    Buffer.from(identity.certificate!.serial).toString('hex'),
  ])
  const view = await stage.network.publish({ revokedSerials: revoked })
  await both(stage.relays)[0]!.trust.adopt(view.envelope)
  for (const [error] of await ended) expect(error).toMatchObject({ code: 'certificate_revoked' })
  await eventually(
    () => both(stage.relays).map(({ splicer }) => splicer.counts.joined),
    (counts) => counts.every((count) => count === 0),
  )
})

test('a relay whose certificate is revoked carries no session any more, although it goes on joining sockets', async () => {
  const own = await Stage.open({ relays: 2 })
  try {
    const { listener } = await own.host('host5')
    const { here, there } = await call(await own.context('dialer5'), listener)
    await eventually(
      () => here.paths().length,
      (count) => count === 2,
    )
    const revoked = here.paths().find(({ role }) => role === 'active')!.relay
    const { certificate } = own.network.relays.find(({ name }) => name === revoked)!
    const { envelope } = await own.network.publish({
      revokedSerials: new Set([Buffer.from(certificate!.serial).toString('hex')]),
    })
    await both(own.relays)
      .find(({ trust }) => trust.own.name !== revoked)!
      .trust.adopt(envelope)
    const labels = () => [here, there].flatMap((end) => end.paths().map(({ relay }) => relay))
    await eventually(labels, (relays) => relays.length > 0 && !relays.includes(revoked))
    expect([...kinds(here), ...kinds(there)]).toEqual(['splice', 'splice'])
    const bytes = randomBytes(1_000)
    expect((await echo(here, there, bytes)).equals(bytes)).toBe(true)
  } finally {
    await own.close()
  }
})

// Bad input at the relay's port.

const splicePreface = (token: Uint8Array) => encodePreface(prefaceBytes.splice, token)
const portOf = () => stage.ports[0]!
const sockets: Socket[] = []
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
})

function show(...chunks: (string | Uint8Array)[]): { socket: Socket; over: Promise<string> } {
  const socket = connect(portOf(), '127.0.0.1')
  sockets.push(socket)
  socket.on('error', () => {})
  for (const chunk of chunks) socket.write(chunk)
  let came = ''
  socket.on('data', (bytes) => (came += bytes.toString('hex')))
  return { socket, over: new Promise((resolve) => socket.once('close', () => resolve(came))) }
}

const relay1 = () => both(stage.relays)[0]!
/** Certificates of two members, as links have them. */
async function parties() {
  const [a, b] = await Promise.all([stage.network.member('a'), stage.network.member('b')])
  return [a.certificate!, b.certificate!] as const
}

test.each([
  ['an unknown token', splicePreface(randomBytes(32))],
  ['an unknown token with garbage behind it', Buffer.concat([splicePreface(randomBytes(32)), randomBytes(1_000)])],
  ['another protocol', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ['TLS', Buffer.from('16030100050100000100', 'hex')],
  ['random bytes', Buffer.concat([Buffer.from([0xff]), randomBytes(100)])],
])('%s is hung up on at once, without a word', async (_what, bytes) => {
  expect(await show(bytes).over).toBe('')
})

test('a token is good once, and for one side: shown twice the second is hung up on, and the first still waits', async () => {
  const tokens = relay1().splicer.prepare(...(await parties()))
  const first = show(splicePreface(tokens.dialer), 'early')
  await eventually(
    () => relay1().splicer.counts.pending,
    (pending) => pending === 1,
  )
  await eventually(
    () => first.socket.bytesWritten,
    (bytes) => bytes === 38,
  )
  // The first may not have been seen yet: the second connection comes after it.
  const second = await Promise.race([show(splicePreface(tokens.dialer)).over, first.over])
  expect(second).toBe('')
  expect(first.socket.destroyed).toBe(false)
  const host = show(splicePreface(tokens.host))
  const [early] = await once(host.socket, 'data')
  expect(String(early)).toBe('early')
  host.socket.end('answer')
  expect(Buffer.from((await first.over) ?? '', 'hex').toString()).toBe('answer')
})

test('a token in pieces, with what comes behind it, is joined all the same; one half can end before the other', async () => {
  const tokens = relay1().splicer.prepare(...(await parties()))
  const dialer = show()
  for (const byte of splicePreface(tokens.dialer)) dialer.socket.write(Uint8Array.of(byte))
  dialer.socket.end('all that the dialer says')
  const host = show(splicePreface(tokens.host))
  host.socket.allowHalfOpen = true
  await once(host.socket, 'end')
  host.socket.end('all that the host says')
  expect(Buffer.from(await dialer.over, 'hex').toString()).toBe('all that the host says')
  expect(Buffer.from(await host.over, 'hex').toString()).toBe('all that the dialer says')
})

test('a side that sends and sends before the other comes is held back, not stored', async () => {
  const tokens = relay1().splicer.prepare(...(await parties()))
  const dialer = show(splicePreface(tokens.dialer))
  const megabyte = randomBytes(1024 * 1024)
  let sent = 0
  while (dialer.socket.write(megabyte) || sent < 32) if (++sent >= 32) break
  await new Promise((resolve) => setImmediate(resolve))
  expect(dialer.socket.writableLength).toBeGreaterThan(16 * 1024 * 1024)
  const before = process.memoryUsage().arrayBuffers
  expect(before).toBeLessThan(200 * 1024 * 1024)
  const host = show(splicePreface(tokens.host))
  host.socket.removeAllListeners('data')
  let received = 0
  host.socket.on('data', (bytes) => {
    received += bytes.byteLength
    if (received >= sent * megabyte.byteLength) host.socket.destroy()
  })
  await host.over
  expect(received).toBe(sent * megabyte.byteLength)
})
