import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { QuotaLimits } from '../../../src/net/quotas.js'
import { createRelayMetrics } from '../../../src/relay/metrics.js'
import { startRelay } from '../../../src/relay/relay.js'
import { freePorts } from '../../support/free-ports.js'
import { eventually, type Member, startMember } from '../../support/members.js'
import { makeNetwork } from '../../support/network.js'

const closers: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function start(quotas: QuotaLimits) {
  const [port] = await freePorts(1)
  const network = await makeNetwork({ relayPorts: [port!] })
  const relay = await startRelay(network.relays[0]!, { quotas })
  closers.push(() => relay.close())
  const refusals = async (quota: string) => {
    const text = await createRelayMetrics(relay).metrics()
    return Number(new RegExp(`chat_p2p_quota_refused_total\\{quota="${quota}"\\} (\\d+)`).exec(text)?.[1])
  }
  const identities = { user1: await network.member('user1'), user2: await network.member('user2') }
  const member = async (name: keyof typeof identities): Promise<Member> => {
    const started = await startMember(identities[name])
    closers.push(() => started.close())
    return started
  }
  /** Has its link to the relay. */
  const linked = async (name: keyof typeof identities): Promise<Member> => {
    const started = await member(name)
    await untilUp(started)
    return started
  }
  return { port: port!, relay, member, linked, refusals }
}

const untilUp = ({ pool }: Member) =>
  eventually(
    () => pool.up().length,
    (count) => count > 0,
  )

test('an identity with too many connections is told which quota it is; another one gets in', async () => {
  const { relay, member, linked, refusals } = await start({ connections: 1 })
  const first = await linked('user1')
  const refused = once(relay, 'refused')
  const second = await member('user1')
  expect((await refused)[1].message).toContain("The quota 'connections' of this relay is used up: 1 connections")
  const told = () =>
    second.pool
      .relays()
      .map(({ error }) => error?.message ?? '')
      .join()
  await eventually(told, (text) => text.includes("The quota 'connections'"))
  expect(await refusals('connections')).toBeGreaterThan(0)
  await linked('user2')
  // And its place is free again.
  await first.close()
  await untilUp(second)
})

test('an identity that asks too much is told so, and others are answered', async () => {
  const { linked, refusals } = await start({ requests: 5 })
  const [greedy, honest] = [await linked('user1'), await linked('user2')]
  await honest.directory.list('chat-p2p')
  const asking = Promise.all(Array.from({ length: 200 }, () => greedy.directory.list('chat-p2p')))
  await expect(asking).rejects.toMatchObject({ code: 'busy', message: expect.stringContaining("quota 'requests'") })
  await honest.directory.list('chat-p2p')
  expect(await refusals('requests')).toBeGreaterThan(0)
})

test('who asks for splices with hosts that are not there uses up calls', async () => {
  const { linked, refusals } = await start({ dials: 20 })
  const { pool } = await linked('user1')
  const nobody = { service: 'chat-p2p', instanceId: 'nobody', hostPeerId: 'nobody', processId: 0 }
  const asked = await Promise.allSettled(Array.from({ length: 60 }, () => pool.up()[0]!.link!.splice(nobody)))
  const codes = asked.map((each) => each.status === 'rejected' && (each.reason as { code: string }).code)
  expect([...new Set(codes)]).toEqual(['offline', 'busy'])
  expect(await refusals('dials')).toBeGreaterThan(0)
})

test('an identity that binds too much is told so, and what stands goes on', async () => {
  const { relay, linked, refusals } = await start({ bindings: 1 })
  const host = await linked('user1')
  await host.bind('user1', { maxTerminators: 1 })
  await expect(host.bind('user1/second', { maxTerminators: 1 })).rejects.toMatchObject({
    code: 'busy',
    message: expect.stringContaining("quota 'bindings'"),
  })
  expect(await refusals('bindings')).toBe(1)
  expect([...relay.store.ownedBy(relay.peerId)]).toHaveLength(1)
})

test('of one address with too many strangers the oldest go; who proves membership stays', async () => {
  const { port, linked, refusals } = await start({ strangers: 3 })
  await linked('user1')
  const sockets = Array.from({ length: 3 }, () => connect(port, '127.0.0.1'))
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  const [oldest] = sockets
  oldest!.on('error', () => {})
  connect(port, '127.0.0.1').on('error', () => {})
  await once(oldest!, 'close')
  expect(await refusals('strangers')).toBe(1)
  await linked('user2')
})
