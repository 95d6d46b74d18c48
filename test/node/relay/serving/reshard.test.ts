import { afterEach, expect, test } from 'vitest'
import { startRelay } from '../../../../src/relay/relay.js'
import { freePorts } from '../../../support/free-ports.js'
import { eventually, startMember } from '../../../support/members.js'
import { chatService, makeNetwork } from '../../../support/network.js'

const closers: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

test('a service that is cut into more parts goes on being watched: nobody leaves, and whoever joins is told', async () => {
  const network = await makeNetwork({ relayPorts: await freePorts(4) })
  const relays = await Promise.all(network.relays.map((identity) => startRelay(identity)))
  for (const relay of relays) closers.push(() => relay.close())
  const join = async (name: string) => {
    const member = await startMember(await network.member(name), { maxLinks: 1 })
    closers.push(() => member.close())
    await member.pool.ready(AbortSignal.timeout(20_000))
    return member
  }
  const host = await join('user1')
  const ids = Array.from({ length: 8 }, (_, index) => `user1/${index}`)
  for (const id of ids) await host.bind(id, { maxTerminators: 1 })
  const watches = await Promise.all(
    ['user2', 'user3', 'user4', 'user5'].map(async (name) => (await join(name)).watch()),
  )
  for (const watch of watches) await watch.until((changes) => changes.length >= ids.length)

  const { envelope } = await network.publish({ services: [{ ...chatService, shards: 4 }] })
  await relays[0]!.trust.adopt(envelope)
  await eventually(
    () => relays.map(({ trust }) => trust.network.revision),
    (revisions) => new Set(revisions).size === 1,
  )
  await host.bind('user1/later', { maxTerminators: 1 })
  for (const watch of watches) {
    await watch.until((changes) =>
      changes.some((change) => change.type === 'joined' && change.row.instanceId === 'user1/later'),
    )
    expect(watch.changes.filter(({ type }) => type === 'left')).toEqual([])
  }
})
