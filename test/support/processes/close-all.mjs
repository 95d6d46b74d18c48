// Does everything a context can do, for two identities, closes, and says what is left. It has to end by itself.
import { once } from 'node:events'
import { createContext } from '../../../dist/sdk/index.js'
import { whatIsLeft } from './what-is-left.mjs'

const service = 'chat-p2p'
const host = await createContext(process.argv[2])
const dialer = await createContext(process.argv[3])
const listener = await host.listen(service)
await listener.established()
const idle = await host.listen(service, { instanceId: `${host.identity.name}/idle` })
const rings = []
listener.on('dial', (ring) => {
  rings.push(ring)
  if (ring.appData.byteLength === 0) ring.accept()
})

const { instanceId } = listener
const session = await dialer.dial(service, { instanceId })
await session.write(new Uint8Array(100_000))
if (!session.paths().some(({ relay }) => relay === 'direct')) {
  const [change] = await once(session, 'path:changed')
  if (change.to !== 'direct') throw new Error(`moved to ${change.to}`)
}
const finished = await dialer.dial(service, { instanceId })
await finished.closeWrite()

// What is still under way when they close.
const outcomes = Promise.allSettled([
  dialer.dial(service, { instanceId, appData: Uint8Array.of(1) }),
  dialer.dial(service, { instanceId: `${instanceId}/nobody` }),
  session.read(),
  idle.established(3, { timeout: 600_000 }),
  (async () => {
    for await (const _ of dialer.watch(service));
  })(),
])
while (!rings.some((ring) => ring.appData.byteLength === 1)) await once(listener, 'dial')

await Promise.all([host.close(), dialer.close()])
const settled = await outcomes
console.log(
  JSON.stringify({ left: await whatIsLeft(), outcomes: settled.map(({ status, reason }) => reason?.code ?? status) }),
)
