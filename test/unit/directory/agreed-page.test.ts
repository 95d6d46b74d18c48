import { expect, test } from 'vitest'
import { agreedPage, type PageSource } from '../../../src/directory/agreed-page.js'
import { checkPage } from '../../../src/directory/answer-check.js'
import { ListedRows } from '../../../src/directory/list-answer.js'
import type { Candidate } from '../../../src/directory/proof.js'
import type { Row } from '../../../src/directory/row.js'
import { ManualClock, row } from '../../support/directory.js'

const limit = 10
const there = ['a', 'b', 'c', 'd'].map((instanceId) => row(instanceId, { terminators: 2 }))

/** What a host signed, as an honest relay hands it over: through the first relay, and the second. */
function proofsOf(instanceId: string, through = ['relay0', 'relay1']): Candidate[] {
  const known = there.find((each) => each.instanceId === instanceId)
  if (known === undefined) return []
  return through.map((relayPeerId) => {
    const record = { hostPeerId: known.peerId, relayPeerId, issuedAtMs: 1_000, precedence: 'default', cost: 0 }
    return { record, host: { name: known.identityName } } as Candidate
  })
}

interface Behaviour {
  rows?: Row[]
  cursor?: string
  partial?: boolean
  proofs?: (instanceId: string) => Candidate[]
  /** Says nothing at all. */
  isFrozen?: boolean
  /** The digest is what the first relay would say. */
  digestOf?: Row[]
}

/** Relays that answer like this, and what each of them was asked. */
function relays(behaviours: Behaviour[]): { sources: PageSource[]; asked: string[] } {
  const asked: string[] = []
  const sources = behaviours.map(
    ({ rows = there, cursor = '', partial = false, proofs = proofsOf, isFrozen, digestOf = rows }, index) => {
      const say = <T>(what: string, value: () => T): Promise<T> => {
        asked.push(`${index} ${what}`)
        return isFrozen ? new Promise(() => {}) : Promise.resolve().then(value)
      }
      return {
        peerId: `relay${index}`,
        page: () =>
          say('page', () => {
            const answer = { status: 0, page: ListedRows.of(rows), cursor, partial }
            checkPage(answer, '', limit)
            return answer
          }),
        digest: () => say('digest', () => ({ digest: ListedRows.of(digestOf).digest, cursor, partial })),
        lookup: (instanceId: string) => say('lookup', () => proofs(instanceId)),
      }
    },
  )
  return { sources, asked }
}

async function listed(behaviours: Behaviour[], clock = new ManualClock()) {
  const { sources, asked } = relays(behaviours)
  const liars: string[] = []
  const agreed = agreedPage(sources, { clock, limit, onFalse: ({ peerId }) => liars.push(peerId) })
  for (let turn = 0; turn < 200; turn++) {
    for (let settle = 0; settle < 20; settle++) await Promise.resolve()
    clock.advance(50)
  }
  const { answer, errors } = await agreed
  return { rows: answer?.page.rows, cursor: answer?.cursor, liars, asked, errors }
}

test('two relays that say the same cost one page and one digest', async () => {
  const { rows, asked } = await listed([{}, {}, {}])
  expect(rows).toEqual(there)
  expect(asked).toEqual(['1 digest', '0 page'])
})

const ghosts = (count: number) => Array.from({ length: count }, (_, index) => row(`a${String(index).padStart(3, '0')}`))
const [a, b, c, d] = there as [Row, Row, Row, Row]
const stale = (instanceId: string) =>
  [...proofsOf('a', ['relay2'])].map((each) => ({
    ...each,
    record: { ...each.record, hostPeerId: `peer-of-${instanceId}` },
    host: { ...each.host, name: instanceId },
  }))
const falsehoods: Array<[string, Behaviour]> = [
  ['hides everybody', { rows: [] }],
  ['hides one', { rows: [a, c, d] }],
  ['shows a ghost', { rows: [a, row('aa'), b, c, d] }],
  ['shows a ghost with a terminator of somebody who was there once', { rows: [a, row('aa'), b, c, d], proofs: stale }],
  ['shows nobody but ghosts', { rows: ghosts(limit), cursor: 'a009' }],
  ['shows many ghosts among the others', { rows: [a, ...ghosts(100), b, c, d] }],
  ['names one falsely', { rows: [a, row('b', { identityName: 'admin', terminators: 2 }), c, d] }],
  ['says that one is somebody else', { rows: [a, row('b', { peerId: 'peer-of-me', terminators: 2 }), c, d] }],
  ['says that all are busy and down', { rows: there.map((each) => ({ ...each, busy: true, down: true })) }],
  ['says that there is more', { rows: there, cursor: 'd' }],
  ['goes on for ever, one by one', { rows: [row('a0')], cursor: 'a0' }],
  ['goes on for ever, by as many as it must', { rows: ghosts(limit / 2), cursor: 'a004' }],
]
test.each(falsehoods)('one relay of three that %s changes nothing, wherever it is asked', async (_, evil) => {
  for (const behaviours of [
    [evil, {}, {}],
    [{}, evil, {}],
    [{}, {}, evil],
  ]) {
    const { rows, cursor, liars } = await listed(behaviours)
    expect(rows).toEqual(there)
    expect(cursor).toBe('')
    const evilPeer = `relay${behaviours.indexOf(evil)}`
    expect(liars.every((peerId) => peerId === evilPeer)).toBe(true)
  }
})

test('of two relays that differ what can be proved is shown, whichever of them says it', async () => {
  for (const evil of [
    { rows: [] },
    { rows: [a, row('aa'), b] },
    { rows: [a, row('b', { identityName: 'admin' }), c] },
  ]) {
    for (const behaviours of [
      [evil, {}],
      [{}, evil],
    ]) {
      expect((await listed(behaviours)).rows).toEqual(there)
    }
  }
})

test('a relay whose digest alone is false costs two more pages, and changes nothing', async () => {
  const { rows, asked } = await listed([{}, { digestOf: [] }, {}])
  expect(rows).toEqual(there)
  expect(asked.filter((each) => each.endsWith('page'))).toEqual(['0 page', '1 page', '2 page'])
})

test('a frozen relay, and one alone, keep nobody waiting for ever', async () => {
  expect((await listed([{ isFrozen: true }, {}, {}])).rows).toEqual(there)
  expect((await listed([{}, { isFrozen: true }])).rows).toEqual(there)
  expect((await listed([{}])).rows).toEqual(there)
})

test('where nobody is certain, who can be proved is shown', async () => {
  const { rows } = await listed([
    { partial: true, rows: [a, b] },
    { partial: true, rows: [c, row('ghost')] },
    { partial: true, rows: [d] },
  ])
  expect(rows!.map(({ instanceId }) => instanceId)).toEqual(['a', 'b', 'c', 'd'])
})
