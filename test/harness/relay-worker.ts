// A relay as a process of its own; the same node that `chat-p2p relay` runs, which lives and dies with the harness.
import '../../src/core/polyfill.js'
import { loadIdentity } from '../../src/identity/identity-file.js'
import { startRelay } from '../../src/relay/relay.js'
import { serve } from './rpc.js'

const methods = {
  async start(identity: string): Promise<void> {
    const relay = await startRelay(await loadIdentity(identity, { expectKind: 'relay' }))
    relay.on('bound', ({ record }) => console.error(`${time()} ${record.instanceId} bound`))
    relay.on('left', ({ record }, reason) => console.error(`${time()} ${record.instanceId} left: ${reason}`))
    relay.on('relay:up', ({ name }) => console.error(`${time()} ${name} is up`))
    relay.on('relay:down', ({ name, error }) => console.error(`${time()} ${name} is down: ${error?.message}`))
    relay.on('warning', (error) => console.error(`${time()} warning:`, error))
    process.once('SIGTERM', async () => {
      await relay.close()
      process.exit(0)
    })
  },
}

const time = () => new Date().toISOString().slice(11, 23)

export type RelayMethods = typeof methods

serve(methods)
