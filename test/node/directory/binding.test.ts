import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { OverlayError } from '../../../src/core/errors.js'
import { Binding } from '../../../src/directory/binding.js'
import { Trust } from '../../../src/net/trust.js'
import { ManualClock } from '../../support/directory.js'
import { eventually } from '../../support/members.js'
import { makeNetwork } from '../../support/network.js'

/** A binding on one relay whose slots the test takes away. */
async function bound() {
  const network = await makeNetwork({ relayPorts: [4001] })
  const relay = network.relays[0]!
  const clock = new ManualClock(Date.now())
  const asked: string[] = []
  let isRefused = false
  let hasSlot = false
  const link = {
    connection: { remotePeer: relay.peerId },
    bind: async () => void asked.push('bind'),
    unbind: async () => void asked.push('unbind'),
  }
  const pool = Object.assign(new EventEmitter(), {
    want: () => {},
    up: () => [{ name: 'relay1', peerId: relay.peerId.toString(), state: 'up', link }],
  })
  const circuits = {
    processId: 1,
    hasReservation: () => hasSlot,
    reserve: async () => {
      asked.push('reserve')
      if (isRefused) throw new OverlayError('unreachable', 'no slot')
      hasSlot = true
    },
  }
  const deps = {
    pool,
    circuits,
    trust: new Trust(await network.member('anna'), clock),
    clock,
    random: () => 0.5,
  }
  const binding = new Binding(
    { service: 'chat-p2p', instanceId: 'anna', maxTerminators: 1, cost: 0, precedence: 'default' },
    deps as unknown as ConstructorParameters<typeof Binding>[1],
  )
  const lost: string[] = []
  binding.on('lost', (_, { message }) => lost.push(message))
  binding.start()
  const stands = (count: number) =>
    eventually(
      () => binding.bound().length,
      (now) => now === count,
    )
  await stands(1)
  return {
    binding,
    clock,
    asked,
    lost,
    stands,
    loseSlot: (refused: boolean) => {
      hasSlot = false
      isRefused = refused
    },
  }
}

test('a circuit slot that was lost without a word is asked for again, and the terminator stands', async () => {
  const { binding, clock, asked, lost, loseSlot } = await bound()
  expect(asked).toEqual(['reserve', 'bind'])
  clock.advance(60_000)
  expect(asked).toEqual(['reserve', 'bind'])
  loseSlot(false)
  clock.advance(30_000)
  expect(asked).toEqual(['reserve', 'bind', 'reserve'])
  clock.advance(60_000)
  expect(asked).toHaveLength(3)
  expect(lost).toEqual([])
  await binding.close()
})

test('a slot that is not given again is a terminator lost', async () => {
  const { binding, clock, lost, stands, loseSlot } = await bound()
  loseSlot(true)
  clock.advance(30_000)
  await stands(0)
  expect(lost).toEqual(['no slot'])
  loseSlot(false)
  clock.advance(10_000)
  await stands(1)
  await binding.close()
})
