import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { OverlayContext } from '../../../src/sdk/context.js'
import { offer } from '../../../src/sdk/direct.js'
import { directStep } from '../../../src/wire/direct-steps.js'
import { call, Stage } from '../../support/stage.js'

let stage: Stage
beforeAll(async () => {
  stage = await Stage.open({ relays: 1 })
})
afterEach(() => stage.clear())
afterAll(() => stage.close())

test('a dialer that begins round after round while its path is direct already is answered as often as any other', async () => {
  const { context: host, listener } = await stage.host('host1', { direct: 'auto' })
  const dialer = await stage.context('dialer1', { direct: 'auto' })
  const givenBack = vi.spyOn((host as OverlayContext).member.direct!.rates, 'giveBack')
  const succeeded = vi.spyOn((dialer as OverlayContext).member.direct!.pace, 'succeeded')
  const { there } = await call(dialer, listener)
  const isOver = () => givenBack.mock.calls.length > 0 && succeeded.mock.calls.length > 0
  await vi.waitFor(
    () => expect([there.paths().map(({ kind }) => kind), isOver()]).toEqual([expect.arrayContaining(['direct']), true]),
    10_000,
  )
  givenBack.mockClear()
  const [ours] = [...(dialer as OverlayContext).dialer.sessions.live]
  const [theirs] = [...(host as OverlayContext).hosting.sessions.live]
  const over = vi.spyOn(theirs!.session, 'offerDirect')
  for (let round = 100; round < 103; round++) {
    const answered = new Promise<void>((resolve) => {
      ours!.session.on('direct', (step) => step.round === round && resolve())
    })
    ours!.session.offerDirect(offer(directStep.prepare, round))
    await answered
    ours!.session.offerDirect(offer(directStep.now, round))
    await vi.waitFor(() => expect(over).toHaveBeenLastCalledWith(undefined))
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(givenBack).not.toHaveBeenCalled()
})
