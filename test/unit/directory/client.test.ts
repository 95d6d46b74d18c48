import { expect, test } from 'vitest'
import { DirectoryClient } from '../../../src/directory/client.js'
import { ListedRows } from '../../../src/directory/list-answer.js'
import type { Row } from '../../../src/directory/row.js'
import { directoryStatus } from '../../../src/wire/directory-status.js'
import type { LookupResponse, SignedTerminator } from '../../../src/wire/messages/directory.js'
import { ManualClock, row } from '../../support/directory.js'
import {
  authority,
  certificateOf,
  chat,
  dayMs,
  id,
  issuedAtMs,
  networkId,
  relay1,
  signedTerminator,
  user1,
  user2,
} from '../identity/fixtures.js'

interface Answers {
  peerId?: string
  lookup?: Partial<LookupResponse>
  page?: { rows: Row[]; cursor?: string }
}

/** A member with links to relays that answer like this, the first the fastest; and who was asked. */
function client(relays: Answers[]) {
  const asked: number[] = []
  const up = relays.map(({ peerId, lookup, page }, index) => ({
    peerId: peerId ?? `relay${index}`,
    link: {
      roundTripMs: index,
      connection: { remotePeer: { toString: () => peerId ?? `relay${index}` } },
      lookup: async () => {
        asked.push(index)
        return { status: directoryStatus.ok, terminators: [], lastSeenMs: 0, partial: false, ...lookup }
      },
      list: async () => {
        asked.push(index)
        return { status: 0, page: ListedRows.of(page?.rows ?? []), cursor: page?.cursor ?? '', partial: false }
      },
      listDigest: async () => {
        const { digest } = ListedRows.of(page?.rows ?? [])
        return { digest, cursor: page?.cursor ?? '', partial: false }
      },
      probe: () => {},
    },
  }))
  const network = {
    networkId,
    revocations: [],
    revokedSerials: new Set(),
    revokedKeys: new Set(),
    services: new Map([[chat.name, chat]]),
  }
  const clock = new ManualClock(issuedAtMs + dayMs)
  return { asked, client: new DirectoryClient({ up: () => up } as never, { network } as never, clock) }
}

const certificate = await certificateOf('user2', user2)
const right = await signedTerminator(user2, certificate)
const no = { status: directoryStatus.unknownInstance }
const forged = (signed: SignedTerminator): SignedTerminator => {
  const terminator = signed.terminator.slice()
  terminator[terminator.length - 1]! ^= 1
  return { ...signed, terminator }
}

test('a "no" is believed when a second relay says so', async () => {
  const found = client([{ lookup: no }, { lookup: { terminators: [right] } }])
  expect(await found.client.lookup(chat.name, 'user2')).toHaveLength(1)
  const nobody = client([{ lookup: no }, { lookup: no }])
  await expect(nobody.client.lookup(chat.name, 'user2')).rejects.toMatchObject({ code: 'unknown_instance' })
  expect(nobody.asked).toEqual([0, 1])
})

test('a yes of one relay is enough, unless it tells of nobody but through itself', async () => {
  const enough = client([{ lookup: { terminators: [right] } }, {}])
  await enough.client.lookup(chat.name, 'user2')
  expect(enough.asked).toEqual([0])
  const other = await signedTerminator(user2, certificate, { relayPeerId: id(authority) })
  const alone = client([
    { peerId: id(relay1), lookup: { terminators: [right] } },
    { lookup: { terminators: [right, other] } },
  ])
  const found = await alone.client.lookup(chat.name, 'user2')
  expect(found.map(({ record }) => record.relayPeerId).sort()).toEqual([id(authority), id(relay1)].sort())
})

test('what led nowhere is not believed of one relay again: a second one is asked as well', async () => {
  const stale = client([{ lookup: { terminators: [right] } }, { lookup: { terminators: [right] } }])
  await stale.client.lookup(chat.name, 'user2')
  stale.client.doubt(chat.name, 'user2')
  await stale.client.lookup(chat.name, 'user2')
  await stale.client.lookup(chat.name, 'user1').catch(() => {})
  expect(stale.asked.slice(0, 3)).toEqual([0, 0, 1])
})

test('what one relay forges does not hide what another has, and is not blamed on the host', async () => {
  const many = Array.from({ length: 32 }, () => forged(right))
  const mixed = { ...right, certificate: (await certificateOf('user1', user1)).envelope }
  for (const terminators of [many, [mixed]]) {
    expect(
      await client([{ lookup: { terminators } }, { lookup: { terminators: [right] } }]).client.lookup(
        chat.name,
        'user2',
      ),
    ).toHaveLength(1)
    await expect(client([{ lookup: { terminators } }]).client.lookup(chat.name, 'user2')).rejects.toMatchObject({
      code: 'protocol_error',
    })
  }
})

const rows = ['a', 'b', 'c'].map((instanceId) => row(instanceId))
test.each<[string, Answers['page']]>([
  ['with a date that cannot be', { rows: [row('a', { sinceMs: 2 ** 60 })] }],
  ['with a line feed in a name', { rows: [row('a\nb')] }],
  ['with a name that cannot be seen', { rows: [row('a', { identityName: 'ann\u200ba' })] }],
  ['out of order', { rows: [row('b'), row('a')] }],
  ['with one row twice', { rows: [row('a'), row('a')] }],
  ['that is too long', { rows: Array.from({ length: 11 }, (_, index) => row(`a${String(index).padStart(2, '0')}`)) }],
  ['that says there is more after nothing', { rows: [], cursor: 'a' }],
  ['that leads back', { rows: [row('b')], cursor: 'a' }],
])('a page %s is not taken: another relay is asked', async (_, page) => {
  const { client: asking } = client([{ page }, { page: { rows } }])
  expect((await asking.list(chat.name, { limit: 10 })).rows).toEqual(rows)
  await expect(client([{ page }]).client.list(chat.name, { limit: 10 })).rejects.toMatchObject({
    code: 'protocol_error',
  })
})

test('that nobody is there is believed when a second relay says so', async () => {
  const right = { page: { rows } }
  expect((await client([{}, right, right]).client.list(chat.name)).rows).toEqual(rows)
  expect((await client([{}, {}]).client.list(chat.name)).rows).toEqual([])
})

test('a relay that lists many who are not there is asked for no list for a while', async () => {
  const ghosts = Array.from({ length: 100 }, (_, index) => row(`ghost${index}`)).sort((a, b) =>
    a.instanceId < b.instanceId ? -1 : 1,
  )
  const right = { page: { rows } }
  const { client: asking, asked } = client([{ page: { rows: ghosts } }, right, right])
  expect((await asking.list(chat.name)).rows).toEqual(rows)
  asked.length = 0
  expect((await asking.list(chat.name)).rows).toEqual(rows)
  expect(asked).toEqual([1])
})
