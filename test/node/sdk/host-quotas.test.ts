import { afterAll, expect, test } from 'vitest'
import { Stage, service } from '../../support/stage.js'

const stage = await Stage.open({ relays: 1 })
afterAll(() => stage.close())

test('a caller who calls too often is refused with the name of the quota, which the host is told; another one gets in', async () => {
  const { context, listener } = await stage.host('anna', { quotas: { dials: 1 } })
  const warnings: string[] = []
  context.on('warning', ({ message }) => warnings.push(message))
  listener.on('dial', (dial) => dial.decline('not now'))
  const [ben, carl] = await Promise.all([stage.context('ben'), stage.context('carl')])
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => ben.dial(service, { instanceId: 'anna' }).catch((error) => error)),
  )
  const busy = answers.filter(({ code }) => code === 'busy')
  expect(busy.length).toBeGreaterThan(0)
  expect(busy[0].message).toContain(
    "The quota 'dials' of this host is used up: 1 calls, circuits and splices asked for",
  )
  expect(warnings).toEqual([expect.stringContaining("The quota 'dials' of this host is used up")])
  await expect(carl.dial(service, { instanceId: 'anna' })).rejects.toMatchObject({ code: 'declined' })
})
