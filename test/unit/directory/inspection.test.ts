import { expect, test } from 'vitest'
import { describeRelays } from '../../../src/cli/inspect.js'
import { findDisagreements, type InspectedRelay } from '../../../src/directory/inspection.js'
import type { Entry } from '../../../src/relay/table/entry.js'
import { OwnedEntries } from '../../../src/relay/table/owned-entries.js'
import { DirectoryStore } from '../../../src/relay/table/store.js'
import type { StatusResponse } from '../../../src/wire/messages/directory.js'
import { entry } from '../../support/directory.js'
import { seeded } from '../../support/random.js'

function digestOf(entries: Entry[]): Uint8Array<ArrayBuffer> {
  const owned = new OwnedEntries()
  for (const each of entries) owned.add(each)
  return owned.digest
}

const one = digestOf([entry('user1')])
const other = digestOf([entry('user2')])
const partition = { service: 'chat', shard: 0 }

/** `a` owns one terminator, `b` is its home and holds it; each call gives fresh objects to change. */
function agreeing(): { a: StatusResponse; b: StatusResponse } {
  const status = (name: string): StatusResponse => ({
    name,
    peerId: `peer-${name}`,
    revision: 3,
    upMs: 1,
    links: 1,
    splices: 0,
    pendingSplices: 0,
    terminators: 1,
    memoryBytes: 1,
    partitions: [
      {
        ...partition,
        homes: ['peer-b'],
        home: name === 'b',
        settled: true,
        instances: 1,
        terminators: 1,
        owned: 0,
        ownedDigest: digestOf([]),
      },
    ],
    feeds: [],
    owners: [],
    relays: [],
    claims: [],
    documentDigest: Uint8Array.of(1),
    liars: [],
    forks: [],
  })
  const [a, b] = [status('a'), status('b')]
  Object.assign(a.partitions[0]!, { owned: 1, ownedDigest: one })
  b.owners = [
    { owner: 'peer-a', epoch: 1, version: 1, silentMs: 1, held: [{ ...partition, terminators: 1, digest: one }] },
  ]
  return { a, b }
}

const inspected = (...states: StatusResponse[]): InspectedRelay[] =>
  states.map((status) => ({ name: status.name, peerId: status.peerId, status }))

test('owners and homes that hold the same agree', () => {
  const { a, b } = agreeing()
  expect(findDisagreements(inspected(a, b))).toEqual([])
})

const table: Array<[string, (a: StatusResponse, b: StatusResponse) => void, RegExp]> = [
  [
    'a home that holds nothing of an owner',
    (_, b) => {
      b.owners = []
      b.partitions[0]!.terminators = 0
    },
    /^b holds 0 of 1 terminators that a owns in chat\/0$/,
  ],
  [
    'a home that holds too many',
    (_, b) => {
      b.owners[0]!.held[0]!.terminators = 2
      b.partitions[0]!.terminators = 2
    },
    /^b holds 2 of 1 /,
  ],
  [
    'a home that still holds what its owner has no more',
    (a) => {
      Object.assign(a.partitions[0]!, { owned: 0, ownedDigest: digestOf([]), terminators: 0 })
    },
    /^b holds 1 of 0 terminators that a owns in chat\/0$/,
  ],
  [
    'a copy of an owner that does not have the partition at all',
    (a) => {
      a.partitions = []
    },
    /^b holds 1 terminators in chat\/0 of a, which owns 0 and does not count it among the homes$/,
  ],
  [
    'a copy that an old home kept',
    (a, b) => {
      for (const { partitions } of [a, b]) partitions[0]!.homes = ['peer-a']
    },
    /^b holds 1 terminators in chat\/0 of a, which owns 1 and does not count it among the homes$/,
  ],
  [
    'a copy that an old home is still fed, and that is not the same',
    (a, b) => {
      for (const { partitions } of [a, b]) partitions[0]!.homes = ['peer-a']
      a.feeds = [{ home: 'peer-b', epoch: 1, version: 1, acknowledged: 1, pending: 0 }]
      b.owners[0]!.held[0]!.digest = other
    },
    /^b holds 1 terminators in chat\/0 of a, which owns 1 and does not count it among the homes$/,
  ],
  [
    'a row that is of nobody',
    (_, b) => {
      b.partitions[0]!.terminators = 3
    },
    /^b has 3 terminators in its table of chat\/0, but owns 0 and holds 1 of others$/,
  ],
  [
    'a home that holds others',
    (_, b) => (b.owners[0]!.held[0]!.digest = other),
    /^b holds other terminators in chat\/0 than a owns$/,
  ],
  [
    'a relay with another document of the same revision',
    (a) => (a.documentDigest = Uint8Array.of(2)),
    /has another network document 3 than /,
  ],
  [
    'a document that was signed beside',
    (a) => (a.forks = [{ revision: 2, digest: Uint8Array.of(0xab, 0xcd) }]),
    /^the authority signed network document 2 \(abcd\) as well, .*network adopt/,
  ],
  ['a relay with an old network document', (a) => (a.revision = 2), /^a has network document 2, others have 3$/],
  [
    'relays that see other homes',
    (a, b) => {
      Object.assign(a.partitions[0]!, { owned: 0, terminators: 0 })
      b.owners = []
      b.partitions[0]!.terminators = 0
      a.partitions[0]!.homes = ['peer-a']
    },
    /^the homes of chat\/0 are not agreed on: a \(say a\); b \(say b\)$/,
  ],
  [
    'a host that claims more than stands',
    (a) => {
      a.claims = [{ name: 'user1', peerId: 'peer-user1', claimed: 2, held: 1 }]
    },
    /^user1 \(peer-user1\) claims 2 terminators on a, which holds 1$/,
  ],
]
test.each(table)('%s is named', (_, change, sentence) => {
  const { a, b } = agreeing()
  change(a, b)
  const found = findDisagreements(inspected(a, b))
  expect(found).toHaveLength(1)
  expect(found[0]).toMatch(sentence)
})

test('the true copy of an old home, which is fed until the new one is filled, is no disagreement', () => {
  const { a, b } = agreeing()
  for (const { partitions } of [a, b]) partitions[0]!.homes = ['peer-a']
  a.feeds = [{ home: 'peer-b', epoch: 1, version: 1, acknowledged: 1, pending: 0 }]
  expect(findDisagreements(inspected(a, b))).toEqual([])
})

test('what is printed for people names relays by their names', () => {
  const { a, b } = agreeing()
  a.feeds = [{ home: 'peer-b', epoch: 1, version: 1, acknowledged: 1, pending: 0 }]
  a.partitions[0]!.homes = ['peer-b', 'peer-unknown']
  const [textA, textB] = describeRelays(inspected(a, b))
  expect(textA).toContain('bound here; homes: b, peer-unknown')
  expect(textA).toContain('feeds b: version 1 of 1')
  expect(textB).toContain('holds a: version 1')
})

test('one relay that claims a network document nobody else has makes none of the others old', () => {
  const { a, b } = agreeing()
  const c: StatusResponse = { ...a, name: 'c', peerId: 'peer-c', revision: 9e15, partitions: [], owners: [] }
  const relays = [a, b, c].map((status) => ({ name: status.name, peerId: status.peerId, status }))
  expect(findDisagreements(relays)).toEqual([
    'c has network document 9000000000000000, which nobody else has; others have 3',
  ])
})

test('a relay that cannot be asked is named, and so is what others hold for it', () => {
  const { b } = agreeing()
  const found = findDisagreements([{ name: 'a', peerId: 'peer-a', error: 'gone' }, ...inspected(b)])
  expect(found).toEqual(['a cannot be asked: gone', 'b holds 1 terminators of a, which cannot be asked'])
})

test('the digest does not depend on the order, and on every part that matters', () => {
  const entries = [entry('user1'), entry('user2'), entry('user3')]
  expect(digestOf([...entries].reverse())).toEqual(digestOf(entries))
  for (const changed of [entry('user1', { sequence: 2 }), entry('user1', { hostPeerId: 'x' }), entry('user9')]) {
    expect(digestOf([changed])).not.toEqual(digestOf([entry('user1')]))
  }
})

test('the digest is kept up with every change: binds, updates, removals, owners that go, shards that are cut anew', () => {
  const random = seeded(1)
  let shards = 1
  const store = new DirectoryStore(
    () => {},
    () => shards,
  )
  for (let step = 1; step <= 2_000; step++) {
    const relayPeerId = `relay${Math.floor(random() * 3)}`
    const each = entry(`user${Math.floor(random() * 30)}`, { relayPeerId, sequence: Math.floor(random() * step) })
    const dice = random()
    if (dice < 0.6) store.put(each)
    else if (dice < 0.98) store.remove(each.record, 1)
    else if (dice < 0.99) store.dropOwner(relayPeerId, 1)
    else {
      shards = 1 + Math.floor(random() * 4)
      store.reshard()
    }
    if (step % 20 !== 0) continue
    for (const owner of store.owners()) {
      for (const partition of store.partitionsOf(owner)) {
        const held = store.ownedIn(owner, partition)
        expect(store.ownedState(owner, partition)).toEqual({ count: held.length, digest: digestOf(held) })
      }
    }
  }
})
