// Closes a context that never reached a relay and still tries, and says what is left. It has to end by itself.
import { createContext } from '../../../dist/sdk/index.js'
import { whatIsLeft } from './what-is-left.mjs'

const context = await createContext(process.argv[2])
const listener = await context.listen('chat-p2p')
const outcomes = Promise.allSettled([
  context.ready(),
  listener.established(),
  context.dial('chat-p2p', { instanceId: 'nobody' }),
  context.ready({ timeout: Number.POSITIVE_INFINITY }),
])
await context.ready({ timeout: 50 }).catch((error) => console.error(error.code))
await context.close()
const settled = await outcomes
console.log(JSON.stringify({ left: await whatIsLeft(), outcomes: settled.map(({ reason }) => reason?.code) }))
