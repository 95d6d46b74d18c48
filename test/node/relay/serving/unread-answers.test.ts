import { afterEach, expect, test } from 'vitest'
import { maxLinksPerPeer, maxUnreadAnswerBytes } from '../../../../src/core/limits.js'
import { startRelay } from '../../../../src/relay/relay.js'
import { lengthPrefix } from '../../../../src/wire/length-prefix.js'
import { NodeMessage } from '../../../../src/wire/messages/directory.js'
import { directoryProtocol } from '../../../../src/wire/protocols.js'
import { entry } from '../../../support/directory.js'
import { freePorts } from '../../../support/free-ports.js'
import { eventually, startMember } from '../../../support/members.js'
import { makeNetwork } from '../../../support/network.js'

const closers: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function stage() {
  const network = await makeNetwork({ relayPorts: await freePorts(1) })
  const relay = await startRelay(network.relays[0]!)
  closers.push(() => relay.close())
  for (let index = 0; index < 1_000; index++) {
    relay.store.put(entry(`instance${index}`.padEnd(200, 'x'), { service: 'chat-p2p', relayPeerId: relay.peerId }))
  }
  const greedy = await startMember(await network.member('user1'))
  closers.push(() => greedy.close())
  await greedy.pool.ready(AbortSignal.timeout(20_000))
  return { relay, greedy, connection: greedy.pool.up()[0]!.link.connection }
}

test('who asks and does not read the answers loses the link before much waits', async () => {
  const { relay, connection } = await stage()
  const stream = await connection.newStream(directoryProtocol)
  stream.pause()
  const closed = new Promise((resolve) => stream.addEventListener('close', resolve, { once: true }))
  const list = { service: 'chat-p2p', cursor: '', limit: 1_000, local: false, shards: [] }
  const { server } = relay
  const write = server.write.bind(server)
  let most = 0
  server.write = (link, bytes) => {
    const written = write(link, bytes)
    most = Math.max(most, link.io.unsentBytes)
    return written
  }
  for (let requestId = 1; requestId < 2_000 && stream.status === 'open'; requestId++) {
    const bytes = NodeMessage.encode({ requestId, list })
    stream.send(lengthPrefix(bytes.byteLength))
    stream.send(bytes)
    if (requestId % 16 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  await closed
  expect(most).toBeLessThanOrEqual(maxUnreadAnswerBytes)
  expect(most).toBeGreaterThan(maxUnreadAnswerBytes / 2)
})

test('one peer has so many links, and no more; others have theirs', async () => {
  const { relay, connection } = await stage()
  const before = relay.links
  // On a busy machine all this takes longer than a link may be silent.
  let most = 0
  for (let count = 0; count < 4 * maxLinksPerPeer; count++) {
    await connection.newStream(directoryProtocol, { maxOutboundStreams: 1_000 }).catch(() => {})
    most = Math.max(most, relay.links)
  }
  await eventually(
    () => relay.links,
    (links) => links <= maxLinksPerPeer,
  )
  expect(most).toBeGreaterThanOrEqual(before)
})
