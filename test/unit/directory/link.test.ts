import type { Connection } from '@libp2p/interface'
import { Uint8ArrayList } from 'uint8arraylist'
import { describe, expect, test, vi } from 'vitest'
import { equalBytes } from '../../../src/core/bytes.js'
import { linkHeartbeatMs, maxDirectoryMessageBytes } from '../../../src/core/limits.js'
import { DirectoryLink } from '../../../src/directory/link.js'
import { encodeDigest, encodeList, ListedRows } from '../../../src/directory/list-answer.js'
import { MessageIo } from '../../../src/net/message-io.js'
import { directoryStatus } from '../../../src/wire/directory-status.js'
import { withLength } from '../../../src/wire/length-prefix.js'
import { NodeMessage, RelayMessage } from '../../../src/wire/messages/directory.js'
import { ManualClock, row } from '../../support/directory.js'
import { MemoryNetwork } from '../session/memory-stream.js'

const binding = { service: 'chat', instanceId: 'anna' }
const signed = { terminator: new Uint8Array([1]), certificate: new Uint8Array([2]) }
const lookupAnswer = (count: number) => ({
  status: directoryStatus.ok,
  terminators: Array.from({ length: count }, () => signed),
  lastSeenMs: 0,
  partial: false,
})

/** A link, and the relay's end of its stream, which answers each request but pings by `answer`. */
async function open(
  answer: (request: NodeMessage) => Uint8Array,
  clock = new ManualClock(),
): Promise<{ link: DirectoryLink; relay: MessageIo }> {
  const [outbound, inbound] = new MemoryNetwork().wire().ends
  const connection = { newStream: async () => outbound, addEventListener: () => {}, abort: () => {} }
  const relay = new MessageIo(inbound, maxDirectoryMessageBytes)
  const serve = async () => {
    for (;;) {
      const request = NodeMessage.decode(await relay.read())
      if (request.ping === undefined) await relay.write(answer(request))
    }
  }
  serve().catch(() => {}) // until the link is closed
  const signal = AbortSignal.timeout(5_000)
  return { link: await DirectoryLink.open(connection as unknown as Connection, clock, signal), relay }
}

test('an answer that cannot be read fails its request and leaves the link', async () => {
  const { link } = await open(({ requestId, lookup }) => {
    const count = lookup?.instanceId === 'too-many' ? 65 : 1
    return RelayMessage.encode({ requestId, lookup: lookupAnswer(count) })
  })
  await expect(link.lookup('chat', 'too-many')).rejects.toMatchObject({ code: 'protocol_error' })
  expect((await link.lookup('chat', 'one')).terminators).toHaveLength(1)
  expect(link.closed).toBe(false)
  await link.close()
})

test('an event that cannot be read ends the link: nobody knows what was missed', async () => {
  const { link, relay } = await open(() => new Uint8Array(0))
  const closed = new Promise((resolve) => link.once('closed', resolve))
  await relay.write(Uint8Array.from([0x3a, 0x7f]))
  await closed
  expect(link.closed).toBe(true)
})

test.each([
  ['a token longer than all are', { token: new Uint8Array(33), dialerPeerId: 'd' }],
  ['a token that is none', { token: new Uint8Array(0), dialerPeerId: 'd' }],
  ['a dialer whose peer id fills a message', { token: new Uint8Array(32), dialerPeerId: 'd'.repeat(2_000_000) }],
])('an offer to join sockets with %s ends the link, and is not told', async (_what, spliceOffer) => {
  const { link, relay } = await open(() => new Uint8Array(0))
  const told = vi.fn()
  link.on('splice', told)
  const closed = new Promise((resolve) => link.once('closed', resolve))
  await relay.write(RelayMessage.encode({ requestId: 0, spliceOffer }))
  expect(await closed).toMatchObject({ code: 'protocol_error' })
  expect(told).not.toHaveBeenCalled()
})

test('a token that is longer than all are is shown nowhere', async () => {
  const { link } = await open(({ requestId }) =>
    RelayMessage.encode({ requestId, splice: { token: new Uint8Array(33) } }),
  )
  const asked = link.splice({ service: 'chat', instanceId: 'anna', hostPeerId: 'h', processId: 0 })
  await expect(asked).rejects.toMatchObject({ code: 'protocol_error' })
  await link.close()
})

test('a request that is too large fails alone', async () => {
  const { link } = await open(({ requestId }) =>
    RelayMessage.encode({ requestId, result: { status: directoryStatus.ok, reason: '' } }),
  )
  const large = new Uint8Array(maxDirectoryMessageBytes)
  await expect(link.bind(large, {}, binding)).rejects.toMatchObject({ code: 'too_large' })
  await link.bind(new Uint8Array(1), {}, binding)
  expect(link.closed).toBe(false)
  await link.close()
})

describe('a relay that says nothing any more', () => {
  async function silentLink() {
    const clock = new ManualClock()
    const { link } = await open(() => new Uint8Array(0), clock)
    const openedMs = clock.now()
    const closed = new Promise<number>((resolve) => link.once('closed', () => resolve(clock.now() - openedMs)))
    return { clock, link, closed }
  }

  test('is given up after two heartbeats', async () => {
    const { clock, closed } = await silentLink()
    clock.advance(60_000)
    expect(await closed).toBe(2 * linkHeartbeatMs)
  })

  test('is given up a second after a doubt, though the heartbeat has asked already, and however often it is doubted', async () => {
    const { clock, link, closed } = await silentLink()
    clock.advance(1_000)
    for (let asked = 0; asked < 20; asked++) {
      link.probe()
      clock.advance(100)
    }
    expect(await closed).toBe(2_000)
  })
})

test('a doubt that was answered leaves the heartbeat as it was', async () => {
  const clock = new ManualClock()
  const { link, relay } = await open(() => new Uint8Array(0), clock)
  const pong = async () => {
    const before = link.roundTripMs
    await relay.write(RelayMessage.encode({ requestId: 0, pong: { id: 0, claimed: 0 } }))
    await vi.waitFor(() => expect(link.roundTripMs).not.toBe(before))
  }
  clock.advance(10)
  link.probe()
  await pong()
  clock.advance(2 * linkHeartbeatMs)
  expect(link.closed).toBe(false)
  clock.advance(linkHeartbeatMs)
  expect(link.closed).toBe(true)
})

test('a relay that pings faster than it reads has one answer on its way, and the last ping gets one', async () => {
  // There is room for one message at a time.
  const [outbound, inbound] = new MemoryNetwork().wire(1).ends
  const connection = { newStream: async () => outbound, addEventListener: () => {}, abort: () => {} }
  const link = await DirectoryLink.open(
    connection as unknown as Connection,
    new ManualClock(),
    AbortSignal.timeout(5_000),
  )
  const pings = Array.from({ length: 1_000 }, (_, id) =>
    RelayMessage.encode({ requestId: 0, ping: { id, claimed: 0 } }),
  )
  inbound.send(new Uint8ArrayList(...pings.map(withLength)))
  const relay = new MessageIo(inbound, maxDirectoryMessageBytes)
  const answered: number[] = []
  while (answered.at(-1) !== 999) {
    const { pong } = NodeMessage.decode(await relay.read())
    if (pong !== undefined) answered.push(pong.id)
  }
  expect(answered.length).toBeLessThan(10)
  await link.close()
})

test('a relay that names those connected to it without an end is not listened to for ever', async () => {
  let asked = 0
  const certificate = new Uint8Array(1024 * 1024)
  const { link } = await open(({ requestId }) => {
    const cursor = String(++asked).padStart(9, '0')
    const certificates = asked < 40 ? [certificate] : []
    return RelayMessage.encode({ requestId, members: { certificates, cursor, redemptions: [] } })
  })
  expect(await link.members()).toHaveLength(39)
  expect(asked).toBe(40)
  await link.close()
})

test('a page that is the same as before does not come again; one that is not, or of a relay that does not know how, comes', async () => {
  const pageOf = (...names: string[]) => ({
    status: 0,
    page: ListedRows.of(names.map((name) => row(name))),
    cursor: '',
    partial: false,
  })
  let there = pageOf('anna')
  let knowsHow = true
  const sent: boolean[] = []
  const { link } = await open(({ requestId, list }) => {
    const isSame = knowsHow && list?.unlessDigest !== undefined && equalBytes(list.unlessDigest, there.page.digest)
    sent.push(!isSame)
    return RelayMessage.encode({ requestId, list: isSame ? encodeDigest(there) : encodeList(there) })
  })
  const list = async (known?: ListedRows) => (await link.list('chat', '', 10, undefined, { shards: [0], known })).page
  const names = (page: ListedRows) => page.rows.map(({ instanceId }) => instanceId)
  const first = await list()
  expect(await list(first)).toBe(first)
  there = pageOf('anna', 'ben')
  const second = await list(first)
  expect(names(second)).toEqual(['anna', 'ben'])
  knowsHow = false
  expect(names(await list(second))).toEqual(['anna', 'ben'])
  expect(sent).toEqual([true, false, true, true])
  await link.close()
})

test('a digest of another page than the one that is known stands for no rows', async () => {
  const { link } = await open(({ requestId }) =>
    RelayMessage.encode({ requestId, list: { status: 0, cursor: '', partial: false, digest: new Uint8Array(32) } }),
  )
  const known = ListedRows.of([row('anna')])
  expect((await link.list('chat', '', 10, undefined, { shards: [0], known })).page.size).toBe(0)
  await link.close()
})
