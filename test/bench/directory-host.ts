/**
 * A host process that holds many instances: `directory-host <identity file> <count>`. Over its channel it says
 * `{ established, bound }` when all stand, and answers `{ ask: instanceId }` with the relays that hold it and since when.
 */
import '../../src/core/polyfill.js'
import type { Binding } from '../../src/directory/binding.js'
import { loadIdentity } from '../../src/identity/identity-file.js'
import { startMember } from '../support/members.js'

const [file, count] = process.argv.slice(2) as [string, string]
const identity = await loadIdentity(file)
const member = await startMember(identity)
await member.pool.ready(AbortSignal.timeout(60_000))
const bindings = new Map<string, Binding>()

process.on('message', (message: { ask?: string; count?: number }) => {
  if (message.ask !== undefined) {
    const held = bindings.get(message.ask)?.bound() ?? []
    const relays = held.map(({ relay, sinceMs }) => ({ peerId: relay.peerId, sinceMs }))
    process.send?.({ answer: message.ask, relays })
  } else if (message.count !== undefined) {
    let terminators = 0
    for (const binding of bindings.values()) terminators += binding.bound().length
    process.send?.({ terminators })
  }
})
process.on('disconnect', () => process.exit(0))

const ids = Array.from({ length: Number(count) }, (_, index) => `${identity.name}/${index}`)
for (let from = 0; from < ids.length; from += 50) {
  await Promise.all(
    ids.slice(from, from + 50).map(async (id) => {
      bindings.set(id, await member.bind(id, { maxTerminators: 3 }))
    }),
  )
}
process.send?.({ established: ids.length })
