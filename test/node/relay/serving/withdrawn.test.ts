import { afterEach, expect, test, vi } from 'vitest'
import { maxClockSkewMs } from '../../../../src/core/limits.js'
import type { Identity } from '../../../../src/identity/identity-file.js'
import { startRelay } from '../../../../src/relay/relay.js'
import { freePorts } from '../../../support/free-ports.js'
import { eventually, type Member, startMember } from '../../../support/members.js'
import { chatService, makeNetwork } from '../../../support/network.js'

const closers: Array<() => Promise<unknown>> = []
afterEach(async () => {
  vi.useRealTimers()
  for (const close of closers.splice(0).reverse()) await close()
})

test('a watch ends when the right to use the service is withdrawn, and goes on when it is given back', async () => {
  const open = { ...chatService, dial: { roles: ['#chat', '#guest'], semantic: 'AnyOf' as const } }
  const network = await makeNetwork({ relayPorts: await freePorts(1), services: [open] })
  const relay = await startRelay(network.relays[0]!)
  closers.push(() => relay.close())
  const join = async (name: string, role: string): Promise<Member> => {
    const member = await startMember(await network.member(name, { roles: [role] }))
    closers.push(() => member.close())
    await member.pool.ready(AbortSignal.timeout(20_000))
    return member
  }
  const host = await join('user1', 'chat')
  await host.bind('user1', { maxTerminators: 1 })
  const guest = (await join('guest', 'guest')).watch()
  const friend = (await join('friend', 'chat')).watch()
  await guest.until((changes) => changes.length === 1)

  await relay.trust.adopt((await network.publish({ services: [chatService] })).envelope)
  await guest.until((changes) => changes.at(-1)?.type === 'left')
  await host.bind('user1/later', { maxTerminators: 1 })
  await friend.until((changes) => changes.length === 2)
  expect(guest.changes.map(({ type }) => type)).toEqual(['joined', 'left'])

  await relay.trust.adopt((await network.publish({ services: [open] })).envelope)
  await guest.until((changes) => changes.length === 4)
  const rows = guest.changes.slice(2).map((change) => (change.type === 'left' ? change : change.row.instanceId))
  expect(rows.sort()).toEqual(['user1', 'user1/later'])
})

test('what a host has bound is gone when its certificate expires, and so is its link, which does not come back', async () => {
  const network = await makeNetwork({ relayPorts: await freePorts(1) })
  const relay = await startRelay(network.relays[0]!)
  closers.push(() => relay.close())
  const join = async (identity: Identity): Promise<Member> => {
    const member = await startMember(identity)
    closers.push(() => member.close())
    await member.pool.ready(AbortSignal.timeout(20_000))
    return member
  }
  const startMs = Date.now()
  const host = await join(await network.member('user1', { expiresAtMs: startMs + 600_000 }))
  const other = await join(await network.member('user2'))
  await host.bind('user1', { maxTerminators: 1 })
  await other.bind('user2', { maxTerminators: 1 })
  const watch = other.watch()
  await watch.until((changes) => changes.length === 2)
  vi.useFakeTimers({ toFake: ['Date'], now: startMs + 600_000 + maxClockSkewMs + 1 })
  await watch.until((changes) => changes.at(-1)?.type === 'left')
  expect(watch.changes.at(-1)).toMatchObject({ type: 'left', instanceId: 'user1' })
  expect((await other.directory.list('chat-p2p')).rows.map(({ instanceId }) => instanceId)).toEqual(['user2'])
  await eventually(
    () => host.pool.relays().map(({ state, error }) => `${state}: ${error?.message}`),
    ([state]) => /^down: .*certificate of user1 expired/.test(state ?? ''),
  )
})
