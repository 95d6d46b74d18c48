import type { Connection } from '@libp2p/interface'
import { expect, test } from 'vitest'
import { XorDigest } from '../../../../src/directory/xor-digest.js'
import type { Identity } from '../../../../src/identity/identity-file.js'
import { sealTerminator } from '../../../../src/identity/terminator.js'
import type { MessageIo } from '../../../../src/net/message-io.js'
import { Trust } from '../../../../src/net/trust.js'
import { type BindingLink, Bindings } from '../../../../src/relay/serving/bindings.js'
import { DirectoryStore } from '../../../../src/relay/table/store.js'
import { RelayMessage } from '../../../../src/wire/messages/directory.js'
import { ManualClock } from '../../../support/directory.js'
import { makeNetwork } from '../../../support/network.js'

const minuteMs = 60_000
const service = 'chat-p2p'

/** The bindings of one relay, and processes of one host that bind on links of their own. */
async function stage() {
  const network = await makeNetwork({ relayPorts: [4001] })
  const clock = new ManualClock(Date.now())
  const trust = new Trust(network.relays[0]!, clock)
  const store = new DirectoryStore(
    () => {},
    () => 1,
  )
  const bindings = new Bindings({ trust, store, clock })
  const host: Identity = await network.member('anna')
  let sequence = clock.now()
  const process = (processId: number) => {
    const told: Array<number | undefined> = []
    const io = {
      write: async (bytes: Uint8Array) => void told.push(RelayMessage.decode(bytes).replaced?.takeovers),
    } as unknown as MessageIo
    const link: BindingLink = {
      connection: { remotePeer: host.peerId } as unknown as Connection,
      processId: undefined,
      certificate: host.certificate!,
      io,
      bindings: new Map(),
      standing: new XorDigest(),
      claimed: 0,
      splices: false,
    }
    const bind = async () => {
      const terminator = await sealTerminator(host.privateKey, {
        networkId: network.id,
        service,
        instanceId: 'anna',
        hostPeerId: host.peerId.toString(),
        relayPeerId: trust.own.peerId,
        cost: 0,
        precedence: 'default',
        sequence: ++sequence,
        issuedAtMs: clock.now(),
        processId,
      })
      const certificate = new Uint8Array(0)
      return bindings.bind(link, { terminator: { terminator, certificate }, busy: false, down: false, splices: false })
    }
    return { link, told, bind, stands: () => link.bindings.size === 1 }
  }
  return { clock, bindings, process }
}

test('the newest process of an identity has its place, and both are told how often that has happened', async () => {
  const { process } = await stage()
  const [first, second] = [process(1), process(2)]
  expect(await first.bind()).toBeUndefined()
  expect(await second.bind()).toBe(1)
  expect(await first.bind()).toBe(2)
  expect([first.told, second.told]).toEqual([[1], [2]])
  expect([first.stands(), second.stands()]).toEqual([true, false])
})

test('processes that throw each other out again and again settle: whoever has the place keeps it', async () => {
  const { clock, process } = await stage()
  const [first, second] = [process(1), process(2)]
  await first.bind()
  for (const each of [second, first, second]) await each.bind()
  const refused = { code: 'replaced', details: { takeovers: 3 } }
  await expect(first.bind()).rejects.toMatchObject(refused)
  clock.advance(6 * minuteMs)
  await expect(first.bind()).rejects.toMatchObject(refused)
  clock.advance(6 * minuteMs) // a try counts as well
  await expect(process(3).bind()).rejects.toMatchObject(refused)
  expect([first.stands(), second.stands()]).toEqual([false, true])
  clock.advance(10 * minuteMs)
  expect(await first.bind()).toBe(1)
})

test('whoever waits has the place at once when the other one goes', async () => {
  const { bindings, process } = await stage()
  const [first, second] = [process(1), process(2)]
  await first.bind()
  for (const each of [second, first, second]) await each.bind()
  bindings.dropAll(second.link, 'connection closed')
  expect(await first.bind()).toBeUndefined()
  expect(first.stands()).toBe(true)
})

test('one process that comes back on another link is no rival of itself', async () => {
  const { process } = await stage()
  const links = [process(1), process(1), process(1), process(1), process(1)]
  for (const link of links) expect(await link.bind()).toBeUndefined()
  expect(links.map(({ stands }) => stands())).toEqual([false, false, false, false, true])
})
