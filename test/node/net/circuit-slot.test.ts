import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../../support/members.js'
import { call, Stage } from '../../support/stage.js'

// The shortest time for which libp2p's slots work is a minute; a client refreshes its slot after half of that.
const reservationTtlMs = 61_000

interface Slots {
  reservationStore: { reservations: { values(): Iterable<{ expiry: Date }> } }
}

let stage: Stage

beforeAll(async () => {
  stage = await Stage.open({ relays: 1, relayOptions: { reservationTtlMs } })
})
afterAll(() => stage.close())

test('a call and its host outlive the refreshes of the circuit slot they hang on', async () => {
  const { listener } = await stage.host('anna')
  const ben = await stage.context('ben')
  const { here, there } = await call(ben, listener)
  const news: string[] = []
  for (const event of ['path:lost', 'path:changed', 'interrupted'] as const) {
    for (const end of [here, there]) end.on(event, () => news.push(event))
  }
  const { reservations } = (stage.relays[0]!.node.libp2p.services.circuit as unknown as Slots).reservationStore
  const slots = new Set<{ expiry: Date }>()
  const [first] = reservations.values()
  await eventually(
    () => {
      for (const slot of reservations.values()) slots.add(slot)
      return slots.size
    },
    (count) => count >= 3 && Date.now() > first!.expiry.getTime(),
    100_000,
  )
  expect(news).toEqual([])
  const again = await call(await stage.context('carol'), listener)
  for (const end of [here, again.here]) end.abort()
}, 120_000)
