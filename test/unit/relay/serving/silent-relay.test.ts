import { expect, test } from 'vitest'
import { DirectoryClient } from '../../../../src/directory/client.js'
import { type ListAnswer, ListedRows } from '../../../../src/directory/list-answer.js'
import { GlobalDirectory } from '../../../../src/relay/serving/global-directory.js'
import { DirectoryStore } from '../../../../src/relay/table/store.js'
import { directoryStatus } from '../../../../src/wire/directory-status.js'
import type { LookupResponse } from '../../../../src/wire/messages/directory.js'
import { ManualClock, row } from '../../../support/directory.js'
import { certificateOf, chat, dayMs, issuedAtMs, networkId, signedTerminator, user2 } from '../../identity/fixtures.js'

// A frozen relay answers nothing for seconds. Shortly after a network has started, and when relays come and go, no relay is
// sure that it has everything (`partial`): even then a lookup that found somebody must not wait for the frozen one.
const somebody: LookupResponse = {
  status: directoryStatus.ok,
  terminators: [await signedTerminator(user2, await certificateOf('user2', user2))],
  lastSeenMs: 0,
  partial: true,
}

const somebodyListed: ListAnswer = {
  status: directoryStatus.ok,
  page: ListedRows.of([row('i')]),
  cursor: '',
  partial: true,
}

const link = (answer: LookupResponse | undefined) => ({
  lookup: () => (answer === undefined ? new Promise(() => {}) : Promise.resolve(answer)),
  list: () => (answer === undefined ? new Promise(() => {}) : Promise.resolve(somebodyListed)),
  listDigest: () => new Promise(() => {}),
  probe: () => {},
})

/** Lets promises settle between turns of the clock's hands; true when `result` came before 1 s was over. */
async function withinASecond(clock: ManualClock, result: Promise<unknown>): Promise<boolean> {
  let over = false
  const end = () => {
    over = true
  }
  result.then(end, end)
  for (let ms = 0; ms <= 1_000 && !over; ms += 50) {
    for (let turn = 0; turn < 50; turn++) await Promise.resolve()
    clock.advance(50)
  }
  return over
}

function relay(clock: ManualClock): GlobalDirectory {
  const links: Record<string, unknown> = { frozen: link(undefined), alive: link(somebody) }
  const homes = {
    isSettledHome: () => false,
    others: () => ['frozen', 'alive'],
    partitions: () => ['service/0'],
  }
  return new GlobalDirectory({
    store: new DirectoryStore(),
    homes,
    networkId,
    liars: { has: () => false },
    pool: { ensure: async (home: string) => links[home] },
    clock,
  } as unknown as ConstructorParameters<typeof GlobalDirectory>[0])
}

test('a relay that finds somebody at one home does not wait for a frozen home', async () => {
  const clock = new ManualClock()
  const lookup = relay(clock).lookup('service', 'instance')
  expect(await withinASecond(clock, lookup)).toBe(true)
  expect((await lookup).status).toBe(directoryStatus.ok)
})

test('a client that hears of somebody from one relay does not wait for a frozen relay', async () => {
  const clock = new ManualClock(issuedAtMs + dayMs)
  const up = [{ link: link(undefined) }, { link: link(somebody) }]
  const services = new Map([[chat.name, chat]])
  const trust = { network: { networkId, revokedSerials: new Set(), revokedKeys: new Set(), services } }
  const client = new DirectoryClient({ up: () => up } as never, trust as never, clock)
  const lookup = client.lookup(chat.name, 'user2')
  expect(await withinASecond(clock, lookup)).toBe(true)
  expect(await lookup).toHaveLength(1)
})

test('a relay that is told a page by one home does not wait for a frozen home', async () => {
  const clock = new ManualClock()
  const list = relay(clock).list('service', '', 10)
  expect(await withinASecond(clock, list)).toBe(true)
  expect((await list).page.rows).toHaveLength(1)
})

test('a client that is told a page by one relay does not wait for a frozen relay', async () => {
  const clock = new ManualClock()
  const up = [{ link: link(undefined) }, { link: link(somebody) }]
  const client = new DirectoryClient({ up: () => up } as never, {} as never, clock)
  const list = client.list('service')
  expect(await withinASecond(clock, list)).toBe(true)
  expect((await list).rows).toHaveLength(1)
})
