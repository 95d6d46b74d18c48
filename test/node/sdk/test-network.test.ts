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
