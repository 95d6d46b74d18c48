import { expect, test } from 'vitest'
import { HeldDocuments, isBeside, maxKeptAside } from '../../../src/identity/held-documents.js'
import {
  issueNetworkDocument,
  maxEarlierDigests,
  type NetworkDocumentFields,
  type NetworkView,
} from '../../../src/identity/network-document.js'
import { seeded } from '../../support/random.js'
import { authority, chat, id, issuedAtMs, user1 } from './fixtures.js'

const serial = (number: number) => number.toString(16).padStart(32, '0')

/** A document with these revocations; `previous` and `takesIn` say which line it is of. */
function document(
  revision: number,
  revoked: number[],
  more: Partial<NetworkDocumentFields> & { signedMs?: number } = {},
): Promise<NetworkView> {
  return issueNetworkDocument(authority, {
    networkName: 'home',
    revision,
    issuedAtMs: issuedAtMs + (more.signedMs ?? 0),
    relays: [],
    services: [chat],
    revokedSerials: revoked.map(serial),
    ...more,
  })
}

const hold = (first: NetworkView, ...others: NetworkView[]) =>
  others.reduce((held, each) => held.join(each).held, new HeldDocuments(first))
const revokedIn = (held: HeldDocuments) => [...held.view.revokedSerials].sort()
const namesOf = (documents: readonly NetworkView[]) => documents.map(({ digest }) => digest).sort()

test('a document names the one before it, and a chain of any length is no fork', async () => {
  let newest = await document(1, [])
  let held = new HeldDocuments(newest)
  const all = [newest]
  for (let revision = 2; revision < maxEarlierDigests + 20; revision++) {
    newest = await document(revision, [], { previous: newest })
    expect(newest.previousDigest).toBe(all.at(-1)!.digest)
    held = held.join(newest).held
    all.push(newest)
  }
  expect(held.aside).toEqual([])
  expect(newest.earlierDigests).toHaveLength(maxEarlierDigests)
  // Somebody who slept through all of it, or through some.
  for (const old of [all[0]!, all[100]!, all.at(-3)!]) expect(hold(old, newest).forks).toEqual([])
})

test('of two documents of one revision the one signed later counts, whichever came first, and the revocations of both', async () => {
  const first = await document(1, [])
  const a = await document(2, [1], { previous: first, signedMs: 1_000 })
  const b = await document(2, [2], { previous: first, signedMs: 2_000 })
  for (const held of [hold(first, a, b), hold(first, b, a), hold(b, a), hold(a, b)]) {
    expect(held.current.digest).toBe(b.digest)
    expect(revokedIn(held)).toEqual([serial(1), serial(2)])
    expect(namesOf(held.forks)).toEqual([a.digest])
  }
  const twin = await document(2, [3], { previous: first, signedMs: 2_000 })
  const [winner] = [b.digest, twin.digest].sort().reverse()
  expect(hold(b, twin).current.digest).toBe(winner)
  expect(hold(twin, b).current.digest).toBe(winner)
})

test('a revision from an older backup undoes no revocation, however high its number', async () => {
  const first = await document(1, [])
  const revoking = await document(2, [7], { previous: first })
  // Restored at revision 1, and published twice before anybody looked.
  const beside = await document(2, [], { previous: first, signedMs: 5_000 })
  const above = await document(3, [], { previous: beside, signedMs: 6_000 })
  for (const held of [hold(first, revoking, above), hold(above, revoking), hold(revoking, beside, above)]) {
    expect(held.current.digest).toBe(above.digest)
    expect(revokedIn(held)).toEqual([serial(7)])
    expect(namesOf(held.forks)).toEqual([revoking.digest])
  }
})

test('a document that takes the other line in ends the fork, and its revocations are the ones that count', async () => {
  const first = await document(1, [])
  const a = await document(2, [1, 2], { previous: first })
  const b = await document(2, [3], { previous: first, signedMs: 1 })
  const joined = await document(3, [1, 3], { previous: b, takesIn: [a] })
  const held = hold(first, a, b, joined)
  expect(held.aside).toEqual([])
  expect(revokedIn(held)).toEqual([serial(1), serial(3)])
  // And what comes after it says the same to those who were not there.
  const later = await document(4, [], { previous: joined })
  expect(hold(a, later).aside).toEqual([])
  expect(hold(b, later).aside).toEqual([])
})

test('what a line left out itself is over: a certificate that has expired need not be revoked for ever', async () => {
  const first = await document(1, [1])
  const second = await document(2, [], { previous: first })
  expect(revokedIn(hold(first, second))).toEqual([])
})

test('documents without digests, as older versions sign them, are no forks, and lose no revocation', async () => {
  const old = await document(4, [1])
  const newer = await document(9, [])
  const held = hold(old, newer)
  expect(held.forks).toEqual([])
  expect(revokedIn(held)).toEqual([serial(1)])
  expect(isBeside(newer, await document(9, [2]))).toBe(true)
  // The first one of this version on top of it.
  const next = await document(10, [], { previous: newer, takesIn: held.aside })
  expect(hold(old, newer, next).aside).toEqual([])
})

test('a revoked key counts like a revoked serial, and the later date of two', async () => {
  const first = await document(1, [])
  const a = await document(2, [], { previous: first, revokedPeers: [[id(user1), 500]] })
  const b = await document(2, [], { previous: first, signedMs: 9, revokedPeers: [[id(user1), 100]] })
  expect(hold(a, b).view.revokedPeers.get(id(user1))).toBe(500)
  expect(hold(b, a).view.revokedPeers.get(id(user1))).toBe(500)
})

test('what is known already is no news, and what is kept has an end', async () => {
  const first = await document(1, [])
  let held = new HeldDocuments(first)
  expect(held.join(first)).toEqual({ held, news: 'nothing' })
  for (let line = 0; line < maxKeptAside + 10; line++) {
    held = held.join(await document(2, [line], { previous: first, signedMs: line })).held
  }
  expect(held.aside).toHaveLength(maxKeptAside)
})

test('nodes that have seen the same documents in any order hold the same ones', async () => {
  const seed = Math.floor(Math.random() * 2 ** 31)
  const random = seeded(seed)
  const pick = <T>(all: readonly T[]) => all[Math.floor(random() * all.length)]!
  for (let round = 0; round < 20; round++) {
    const all = [await document(1, [])]
    for (let step = 0; step < 8; step++) {
      const previous = pick(all)
      const revoked = [...previous.revokedSerials].map((hex) => Number.parseInt(hex, 16))
      const takesIn = random() < 0.3 ? [pick(all)] : []
      for (const other of takesIn) {
        revoked.push(...[...other.revokedSerials].map((hex) => Number.parseInt(hex, 16)))
      }
      if (random() < 0.5) revoked.push(100 * round + step)
      const revision = Math.max(previous.revision, ...takesIn.map((other) => other.revision)) + 1
      all.push(await document(revision, [...new Set(revoked)], { previous, takesIn, signedMs: step }))
    }
    const shuffled = () => [...all].sort(() => random() - 0.5) as [NetworkView, ...NetworkView[]]
    const expected = new Set(all.flatMap((each) => [...each.revokedSerials]))
    const results = Array.from({ length: 6 }, () => hold(...shuffled()))
    for (const held of results) {
      expect(held.current.digest, `seed ${seed}`).toBe(results[0]!.current.digest)
      expect(new Set(revokedIn(held)), `seed ${seed}`).toEqual(expected)
      expect(namesOf(held.forks), `seed ${seed}`).toEqual(namesOf(results[0]!.forks))
    }
  }
})
