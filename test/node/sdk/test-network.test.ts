import { expect, test } from 'vitest'
import { startTestNetwork } from '../../../src/testing/index.js'

test('a test network that was closed opens no context', async () => {
  const network = await startTestNetwork()
  const late = network.context('late').catch((error: unknown) => error)
  await network.close()
  expect(await late).toMatchObject({ code: 'closed' })
  await expect(network.context('later')).rejects.toMatchObject({ code: 'closed' })
  await expect(network.startRelay('relay1')).rejects.toMatchObject({ code: 'closed' })
})

test('relays of a test network are stopped and started in the order in which that was asked for', async () => {
  await using network = await startTestNetwork()
  await Promise.all([
    network.stopRelay('relay1'),
    network.startRelay('relay1'),
    network.startRelay('relay1'),
    network.stopRelay('relay1'),
    network.startRelay('relay1'),
  ])
  expect(network.relays).toEqual(['relay1'])
  await network.context('anna')
})

test('a relay that is being started when its test network closes does not stay', async () => {
  const network = await startTestNetwork()
  await network.stopRelay('relay1')
  const started = network.startRelay('relay1').catch(() => {})
  await network.close()
  await started
  expect(network.relays).toEqual([])
})

test.each<[string, () => Promise<unknown>]>([
  ['relays below zero', () => startTestNetwork({ relays: -1 })],
  ['relays that are no number', () => startTestNetwork({ relays: '2' as never })],
  ['services that are no list', () => startTestNetwork({ services: 'notes' as never })],
])('%s are bad_argument', async (_, start) => {
  await expect(start()).rejects.toMatchObject({ code: 'bad_argument' })
})

test('what a test network is told to publish, and roles, are lists of texts', async () => {
  await using network = await startTestNetwork({ relays: 0 })
  await expect(network.publish('notes' as never)).rejects.toMatchObject({ code: 'bad_argument' })
  await expect(network.identity('anna', { roles: 'admin' as never })).rejects.toMatchObject({ code: 'bad_argument' })
  await expect(network.identity('anna', { roles: [5 as never] })).rejects.toMatchObject({ code: 'bad_argument' })
})
