import { expect, test } from 'vitest'
import { type RelayOptions, startRelay } from '../../../src/relay/index.js'
import { freePorts } from '../../support/free-ports.js'
import { makeNetwork } from '../../support/network.js'

test.each<[string, unknown]>([
  ['listen is an address, no list', { listen: '/ip4/127.0.0.1/tcp/0' }],
  ['listen has what is no text', { listen: [5] }],
  ['announce is an address, no list', { announce: '/ip4/127.0.0.1/tcp/1' }],
])('a relay whose %s is bad_argument', async (_, options) => {
  const network = await makeNetwork({ relayPorts: await freePorts(1) })
  await expect(startRelay(network.relays[0]!, options as RelayOptions)).rejects.toMatchObject({
    code: 'bad_argument',
    message: expect.stringContaining('is a list of texts'),
  })
})
