import { queryObjects } from 'node:v8'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { CarrierMessages } from '../../../src/net/carrier-messages.js'
import { openContext } from '../../../src/sdk/context.js'
import type { Connection, IncomingDial } from '../../../src/sdk/index.js'
import { RingingDial } from '../../../src/session/ringing-dial.js'
import { Stage, service } from '../../support/stage.js'

const count = (kind: new (...args: never[]) => object): number => queryObjects(kind, { format: 'count' }) as number

let stage: Stage
beforeAll(async () => {
  // Node warns of it the first time, and the stage takes warnings for leaks.
  count(RingingDial)
  await new Promise((resolve) => setImmediate(resolve))
  stage = await Stage.open({ relays: 1 })
})
afterAll(() => stage.close())

test('sessions that say nothing keep nothing of the dial that made them', async () => {
  const open = async (name: string) => {
    const context = await openContext(await stage.network.member(name), { direct: 'never' })
    stage.onClose(() => context.close())
    return context
  }
  const [host, dialer] = await Promise.all([open('host'), open('dialer')])
  const listener = await host.listen(service)
  listener.on('dial', async (dial: IncomingDial) => void (await dial.accept()))
  await listener.established(1)
  const sessions = 10
  const call = (): Promise<Connection> => dialer.dial(service, { instanceId: listener.instanceId })
  await call()
  const signals = count(AbortController)
  const connections = await Promise.all(Array.from({ length: sessions }, call))
  expect(connections.map((connection) => connection.paths()[0]?.kind)).toEqual(Array(sessions).fill('splice'))
  await vi.waitFor(() => {
    expect({ hellos: count(CarrierMessages), dials: count(RingingDial) }).toEqual({ hellos: 0, dials: 0 })
    expect(count(AbortController) - signals).toBeLessThan(sessions)
  }, 10_000)
})
