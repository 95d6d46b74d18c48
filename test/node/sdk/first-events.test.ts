import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { startRelay } from '../../../src/relay/relay.js'
import { type Context, createContext } from '../../../src/sdk/index.js'
import { freePorts } from '../../support/free-ports.js'
import { makeNetwork } from '../../support/network.js'

/** A disk that is slower than a relay that refuses: the file is read only after several connections were refused. */
const slowDisk = vi.hoisted(() => ({ port: 0 }))
vi.mock('../../../src/net/follow-identity.js', async (load) => {
  const { followIdentity } = await load<typeof import('../../../src/net/follow-identity.js')>()
  return {
    async followIdentity(...given: Parameters<typeof followIdentity>) {
      for (let n = 0; n < 20; n++) {
        const socket = connect(slowDisk.port, '127.0.0.1')
        await once(socket, 'connect').catch(() => socket.destroy())
      }
      return followIdentity(...given)
    },
  }
})

const open = new Set<Pick<Context, 'close'>>()
afterEach(async () => {
  for (const each of open) await each.close()
  open.clear()
})

function closedAfter<T extends Pick<Context, 'close'>>(opened: T): T {
  open.add(opened)
  return opened
}

async function closedPort(): Promise<number> {
  const [port] = (await freePorts(1)) as [number]
  slowDisk.port = port
  return port
}

test.each([
  ['refuses', 'tcp'],
  ['has no address that can be dialed', 'udp'],
])('who listens as soon as a context is there hears of the first relay that %s', async (_, transport) => {
  const port = await closedPort()
  const relayAddresses = () => [
    transport === 'tcp' ? `/ip4/127.0.0.1/tcp/${port}` : `/ip4/127.0.0.1/udp/${port}/quic-v1`,
  ]
  const network = await makeNetwork({ relayPorts: [port], relayAddresses })
  const context = closedAfter(await createContext(await network.member('user1')))
  expect(context.relays()).toMatchObject([{ name: 'relay1', state: 'connecting' }])
  const [relay] = await once(context, 'relay:down')
  expect(relay).toMatchObject({ name: 'relay1', state: 'down' })
})

test('who listens as soon as a relay is there hears of the first other relay that refuses', async () => {
  const [port] = (await freePorts(1)) as [number]
  const network = await makeNetwork({ relayPorts: [port, await closedPort()] })
  const relay = closedAfter(await startRelay(network.relays[0]!))
  const [other] = await once(relay, 'relay:down')
  expect(other).toMatchObject({ name: 'relay2', state: 'down' })
})
