import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Relay } from '../../../src/relay/relay.js'
import { eventually } from '../../support/members.js'
import { call, readAll, Stage } from '../../support/stage.js'

let stage: Stage
beforeAll(async () => {
  stage = await Stage.open({ relays: 1 })
})
afterEach(() => stage.clear())
afterAll(() => stage.close())

test('calls one after the other share a few spliced sockets, which go when nobody calls any more', async () => {
  const { splicer } = stage.relays[0] as Relay
  const { listener } = await stage.host('host1')
  const dialer = await stage.context('dialer1')
  for (let n = 0; n < 12; n++) {
    const { here, there } = await call(dialer, listener)
    expect(here.paths().map(({ kind }) => kind)).toEqual(['splice'])
    await here.write(Buffer.from(`call ${n}`))
    await here.closeWrite()
    expect(String(await readAll(there))).toBe(`call ${n}`)
    await Promise.all([here.close(), there.close()])
  }
  expect(splicer.totals.joined).toBeLessThan(12)
  await eventually(
    () => splicer.counts.joined,
    (joined) => joined === 0,
  )
})
