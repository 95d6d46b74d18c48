import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { maxClockSkewMs } from '../../src/core/limits.js'
import { issueCertificate } from '../../src/identity/certificate.js'
import { type Identity, loadIdentity, writeIdentityFile } from '../../src/identity/identity-file.js'
import { startRelay } from '../../src/relay/relay.js'
import type { OverlayContext } from '../../src/sdk/context.js'
import type { Context, OverlayError } from '../../src/sdk/index.js'
import { eventually } from '../support/members.js'
import { call, readBytes, Stage, service } from '../support/stage.js'

const minuteMs = 60_000

let stage: Stage
let folder: string
beforeEach(async () => {
  stage = await Stage.open({ relays: 2 })
  folder = await mkdtemp(path.join(tmpdir(), 'chat-p2p-'))
})
afterEach(async () => {
  vi.useRealTimers()
  await stage.close()
  await rm(folder, { recursive: true })
})

/** Writes the identity with a certificate that was given out now, as `identity install` does. */
async function store(identity: Identity, expiresAtMs: number): Promise<string> {
  const { name, roles } = identity.certificate!
  const peerId = identity.peerId.toString()
  const dates = { issuedAtMs: Math.max(Date.now(), (identity.certificate?.issuedAtMs ?? 0) + 1), expiresAtMs }
  const certificate = await issueCertificate(stage.network.authority, { name, peerId, roles, ...dates })
  const file = path.join(folder, `${name}.json`)
  await writeIdentityFile(file, { ...identity, certificate }, { replace: true })
  return file
}

/** What the sessions of a context stand on, as host and as dialer. */
function sessionsOf(context: Context) {
  const { hosting, dialer } = context as OverlayContext
  return () => [...hosting.sessions.live, ...dialer.sessions.live]
}

const listed = async (by: Context) => (await by.listTerminators(service)).instances.map((row) => row.instanceId)

test('a certificate that is renewed in its file is taken up by a running host and dialer, and nothing ends when the old one does', async () => {
  const endMs = Date.now() + 10 * minuteMs
  const laterMs = endMs + 40 * minuteMs
  const [anna, ben] = [await stage.network.member('anna'), await stage.network.member('ben')]
  const host = await stage.host(await loadIdentity(await store(anna, endMs)))
  const dialer = await stage.context(await loadIdentity(await store(ben, endMs)))
  const { here, there } = await call(dialer, host.listener)
  const ends: unknown[] = []
  for (const each of [here, there]) each.once('close', (error) => ends.push(error))

  const renewed = Promise.all([host.context, dialer].map((context) => once(context, 'renewed')))
  await store(anna, laterMs)
  await store(ben, laterMs)
  expect((await renewed).map(([{ expiresAtMs }]) => expiresAtMs)).toEqual([laterMs, laterMs])
  // Told to everybody who is connected, and what stands is told with it.
  await eventually(
    () => stage.relays.flatMap((relay) => relay!.node.gate.members().map(({ certificate }) => certificate)),
    (all) => all.filter(({ name }) => name === 'anna' || name === 'ben').every((each) => each.expiresAtMs === laterMs),
  )
  // The paths of the session are sockets of their own: both show it on a further one, in the last minutes.
  vi.useFakeTimers({ toFake: ['Date'], now: endMs - minuteMs })
  const uses = [host.context, dialer].map((context) => sessionsOf(context))
  await eventually(
    () => uses.flatMap((live) => [...live()].flatMap(({ use }) => [use.host.expiresAtMs, use.dialer.expiresAtMs])),
    (dates) => dates.length === 4 && dates.every((date) => date === laterMs),
  )
  vi.useFakeTimers({ toFake: ['Date'], now: endMs + maxClockSkewMs + 1 })
  await here.write(Buffer.from('still'))
  expect((await readBytes(there, 5)).toString()).toBe('still')
  const carol = await stage.context('carol')
  await eventually(
    () => listed(carol),
    (ids) => ids.join() === 'anna',
  )
  for (const caller of [carol, dialer]) {
    const again = await call(caller, host.listener)
    again.here.abort()
  }
  expect(host.listener.suspended).toBeUndefined()
  expect(ends).toEqual([])
  here.abort()
})

test('a host whose certificate ran out is offered again as soon as its file holds another one', async () => {
  const endMs = Date.now() + 10 * minuteMs
  const anna = await stage.network.member('anna')
  const { listener } = await stage.host(await loadIdentity(await store(anna, endMs)))
  const suspended = once(listener, 'suspended')
  vi.useFakeTimers({ toFake: ['Date'], now: endMs + maxClockSkewMs + 1 })
  expect(((await suspended)[0] as OverlayError).code).toBe('certificate_expired')
  const resumed = once(listener, 'resumed')
  await store(anna, endMs + 30 * minuteMs)
  await resumed
  await listener.established(2)
})

test('a relay takes a renewed certificate up, and keeps its links when the old one ends', async () => {
  const endMs = Date.now() + 10 * minuteMs
  await stage.killRelay('relay1')
  await stage.killRelay('relay2')
  const identity = stage.network.relays[0]!
  const relay = await startRelay(await loadIdentity(await store(identity, endMs)))
  stage.onClose(() => relay.close())
  const host = await stage.host('anna', { terminators: 1 })
  const downs: string[] = []
  host.context.on('relay:down', ({ name }) => downs.push(name))
  const announced = once(relay.node.gate, 'announced')
  await store(identity, endMs + 40 * minuteMs)
  await announced
  vi.useFakeTimers({ toFake: ['Date'], now: endMs + maxClockSkewMs + 1 })
  const ben = await stage.context('ben')
  const { here } = await call(ben, host.listener)
  here.abort()
  expect(downs.filter((name) => name === 'relay1')).toEqual([])
})

test('a file with somebody else in it is said, and not taken up', async () => {
  const endMs = Date.now() + 30 * minuteMs
  const file = await store(await stage.network.member('anna'), endMs)
  const context = await stage.context(await loadIdentity(file))
  const warned = new Promise<OverlayError>((resolve) => {
    context.on('warning', (warning) => warning.code !== 'certificate_ending' && resolve(warning))
  })
  const other = await stage.network.member('anna')
  await writeIdentityFile(file, other, { replace: true })
  expect(await warned).toMatchObject({ code: 'certificate_invalid', message: /of another key.*restart it/ })
  expect(context.identity.peerId).not.toBe(other.peerId.toString())
})
