import { expect, test } from 'vitest'
import type { VerifiedCertificate } from '../../../../src/identity/certificate.js'
import { peekTerminator, type TerminatorRecord } from '../../../../src/identity/terminator.js'
import { EntryCheck } from '../../../../src/relay/feeds/entry-check.js'
import type { Entry } from '../../../../src/relay/table/entry.js'
import { DirectoryStore } from '../../../../src/relay/table/store.js'
import { ManualClock } from '../../../support/directory.js'
import {
  certificateOf,
  chat,
  dayMs,
  id,
  issuedAtMs,
  networkId,
  relay1,
  signedTerminator,
  user2,
} from '../../identity/fixtures.js'

const owner = id(relay1)
const nowMs = issuedAtMs + 30 * dayMs

/** A home, what it goes by, and what it takes of the owner's word about user2. */
function home(maxEntries?: number) {
  const network = {
    networkId,
    revocations: [],
    revokedSerials: new Set<string>(),
    revokedKeys: new Set(),
    services: new Map([[chat.name, chat]]),
  }
  const clock = new ManualClock(nowMs)
  const store = new DirectoryStore()
  const check = new EntryCheck({ trust: { network } as never, store, clock }, maxEntries)
  /** Feeds terminators with these fields, each in a part of its own, and returns how many are taken. */
  const takeAll = async (certificate: VerifiedCertificate, all: ReadonlyArray<Partial<TerminatorRecord>>) => {
    const part = { partition: `${chat.name}/0`, begin: false, end: false, drop: false, removed: [], departed: [] }
    const given = await Promise.all(
      all.map(async (fields) => {
        const signed = await signedTerminator(user2, certificate, fields)
        const record = peekTerminator(signed.terminator)
        const entry: Entry = { record, identityName: certificate.name, signed, busy: false, down: false, sinceMs: 1 }
        return { ...part, put: [entry] }
      }),
    )
    const { parts } = await check.check(owner, { epoch: 1, version: 1, complete: true, parts: given })
    const taken = parts.flatMap(({ put }) => put)
    for (const each of taken) store.put(each)
    return taken.length
  }
  const take = (certificate: VerifiedCertificate, fields: Partial<TerminatorRecord> = {}) =>
    takeAll(certificate, [fields])
  return { network, clock, store, check, take, takeAll }
}

test('a terminator that is older than the certificate beside it, or of tomorrow, is not taken', async () => {
  const renewed = await certificateOf('user2', user2, { issuedAtMs: nowMs - dayMs })
  expect(await home().take(renewed, { issuedAtMs: nowMs - 2 * dayMs })).toBe(0)
  expect(await home().take(renewed, { issuedAtMs: nowMs + dayMs })).toBe(0)
  expect(await home().take(renewed, { issuedAtMs: nowMs - dayMs })).toBe(1)
})

test('what is held and may not be any more is found: revoked, expired, not permitted', async () => {
  const { network, clock, check, take } = home()
  const certificate = await certificateOf('user2', user2)
  expect(await take(certificate)).toBe(1)
  const found = async () => (await check.stale([owner])).map(({ record }) => record.instanceId)
  expect(await found()).toEqual([])
  network.services.set(chat.name, { ...chat, bind: { roles: ['#admin'], semantic: 'AnyOf' } })
  expect(await found()).toEqual(['user2'])
  network.services.set(chat.name, chat)
  clock.set(issuedAtMs + 400 * dayMs)
  expect(await found()).toEqual(['user2'])
  clock.set(nowMs)
  expect(await found()).toEqual([])
  network.revokedSerials.add(Buffer.from(certificate.serial).toString('hex'))
  expect(await found()).toEqual(['user2'])
})

test('an owner may have so many entries and no more, in however many parts they come; what is renewed needs no room', async () => {
  const { store, take, takeAll } = home(3)
  const certificate = await certificateOf('user2', user2)
  const named = (...names: string[]) => names.map((name) => ({ instanceId: `user2/${name}` }))
  expect(await takeAll(certificate, named('a', 'b'))).toBe(2)
  expect(await takeAll(certificate, named('a', 'b', 'c', 'd', 'e'))).toBe(3)
  expect(store.ownedCount(owner)).toBe(3)
  expect(await take(certificate, { instanceId: 'user2/a', sequence: 9 })).toBe(1)
  expect(await takeAll(certificate, named('f'))).toBe(0)
  expect(store.ownedCount(owner)).toBe(3)
  for (const { record } of store.ownedIn(owner, `${chat.name}/0`).slice(0, 1)) store.remove(record)
  expect(await takeAll(certificate, named('f', 'g'))).toBe(1)
})
