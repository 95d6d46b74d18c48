import { expect, test } from 'vitest'
import { maxParkedPaths, parkedPathMs } from '../../../src/core/limits.js'
import type { Candidate } from '../../../src/directory/proof.js'
import { StreamCarrier } from '../../../src/net/stream-carrier.js'
import { ParkedPaths } from '../../../src/sdk/parked-paths.js'
import { FrameChannel } from '../../../src/session/frame-channel.js'
import { encodeFrame } from '../../../src/wire/frame-batch.js'
import { ManualClock } from '../session/manual-clock.js'
import { MemoryNetwork } from '../session/memory-stream.js'

const candidate = (record: Partial<Candidate['record']> = {}) =>
  ({ record: { hostPeerId: 'host', relayPeerId: 'relay', processId: 1, ...record } }) as Candidate

function stage() {
  const clock = new ManualClock()
  const network = new MemoryNetwork()
  const parked = new ParkedPaths(clock)
  const park = (where = candidate()) => {
    const wire = network.wire()
    const carrier = new StreamCarrier(wire.outbound)
    parked.park(where, carrier, new FrameChannel(carrier))
    return { wire, carrier }
  }
  const pass = (ms: number) => clock.advance(ms, () => network.settled())
  return { network, parked, park, pass }
}

test('a path is for the same process of the host, through the same relay; the one used last comes first, each once', () => {
  const { parked, park } = stage()
  const [first, second] = [park(), park()]
  for (const other of [{ hostPeerId: 'other' }, { relayPeerId: 'other' }, { processId: 2 }]) {
    expect(parked.take(candidate(other))).toBeUndefined()
  }
  expect([1, 2, 3].map(() => parked.take(candidate()))).toEqual([second.carrier, first.carrier, undefined])
})

test('a path that nobody takes is closed after a while, one that was taken is not', async () => {
  const { parked, park, pass } = stage()
  const [taken, left] = [park(), park(candidate({ processId: 2 }))]
  parked.take(candidate())
  await pass(parkedPathMs)
  expect([taken.wire.outbound.status, left.wire.outbound.status]).toEqual(['open', 'aborted'])
  expect(parked.take(candidate({ processId: 2 }))).toBeUndefined()
})

test('a path goes when it breaks, or when anything comes on it', async () => {
  const { network, parked, park } = stage()
  const { wire } = park()
  wire.inbound.send(encodeFrame({ type: 'ping', id: 1 }))
  await network.settled()
  expect([wire.outbound.status, parked.take(candidate())]).toEqual(['aborted', undefined])
  park().wire.inbound.abort(new Error('gone'))
  await network.settled()
  expect(parked.take(candidate())).toBeUndefined()
})

test('there are no more than so many, and all go at once when the identity is another', () => {
  const { parked, park } = stage()
  const all = Array.from({ length: maxParkedPaths + 1 }, () => park())
  expect(all.filter(({ wire }) => wire.outbound.status === 'open')).toHaveLength(maxParkedPaths)
  parked.clear()
  expect(all.filter(({ wire }) => wire.outbound.status === 'open')).toHaveLength(0)
})
