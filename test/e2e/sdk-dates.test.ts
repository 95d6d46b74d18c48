import { once } from 'node:events'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { maxClockSkewMs } from '../../src/core/limits.js'
import type { Connection, Context, OverlayError } from '../../src/sdk/index.js'
import { eventually } from '../support/members.js'
import { call, nextDial, Stage, service } from '../support/stage.js'

/** Others' certificates are good for a year. */
const soonMs = 10 * 60_000

let stage: Stage
beforeEach(async () => {
  stage = await Stage.open({ relays: 2 })
})
afterEach(async () => {
  vi.useRealTimers()
  await stage.close()
})

const closeOf = (connection: Connection) =>
  new Promise<OverlayError | undefined>((resolve) => connection.once('close', resolve))
const codeOf = (failing: Promise<unknown>) =>
  failing.then(
    () => 'none',
    (error: OverlayError) => error.code,
  )
/** Every clock of this process, as the nodes see it; timers go on as they are. */
const itIs = (nowMs: number) => vi.useFakeTimers({ toFake: ['Date'], now: nowMs })
const listed = async (by: Context) => (await by.listTerminators(service)).instances.map((row) => row.instanceId)

test("a caller's certificate that ends while all runs ends its session, its ringing, its watch and its links, with the reason", async () => {
  const startMs = Date.now()
  const endMs = startMs + soonMs
  const eve = await stage.context(await stage.network.member('eve', { expiresAtMs: endMs }))
  const { context: anna, listener } = await stage.host('anna', { roles: ['chat'] })
  const ben = await stage.context('ben')
  const [mine, kept] = [await call(eve, listener), await call(ben, listener)]
  const watch = codeOf(
    (async () => {
      for await (const _ of eve.watch(service));
    })(),
  )
  const incoming = nextDial(listener)
  const dialed = codeOf(eve.dial(service, { instanceId: 'anna' }))
  const ring = await incoming
  const stopped = once(ring.signal, 'abort')
  const closes = Promise.all([closeOf(mine.here), closeOf(mine.there)])

  itIs(endMs + maxClockSkewMs - 10_000) // clocks may differ by two minutes
  expect(await listed(eve)).toEqual(['anna'])
  itIs(endMs + maxClockSkewMs + 1)
  expect((await closes).map((error) => error?.code)).toEqual(['certificate_expired', 'certificate_expired'])
  expect((await closes)[0]!.message).toMatch(/^The certificate of eve expired on /)
  expect(await watch).toBe('certificate_expired')
  expect(await dialed).toBe('certificate_expired')
  await stopped
  expect(await codeOf(eve.dial(service, { instanceId: 'anna' }))).toBe('certificate_expired')
  await eventually(
    () => eve.relays().map(({ error }) => error?.message ?? 'up'),
    (states) => states.every((state) => /certificate of eve expired/.test(state)),
  )
  await kept.here.write(Buffer.from('on'))
  expect(Buffer.from((await kept.there.read())!).toString()).toBe('on')
  kept.here.abort()
  await anna.close()
})

test("a host's certificate that ends ends its sessions with the reason, and nobody finds it any more", async () => {
  const endMs = Date.now() + soonMs
  const { listener } = await stage.host(await stage.network.member('anna', { expiresAtMs: endMs }))
  const ben = await stage.context('ben')
  const { here, there } = await call(ben, listener)
  const closes = Promise.all([closeOf(here), closeOf(there)])
  itIs(endMs + maxClockSkewMs + 1)
  expect((await closes).map((error) => error?.code)).toEqual(['certificate_expired', 'certificate_expired'])
  await eventually(
    () => listed(ben),
    (instances) => instances.length === 0,
  )
  expect(await codeOf(ben.dial(service, { instanceId: 'anna' }))).toBe('offline')
})
