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
function home() {
  const network = {
    networkId,
    revocations: [],
    revokedSerials: new Set<string>(),
    revokedKeys: new Set(),
    services: new Map([[chat.name, chat]]),
  }
  const clock = new ManualClock(nowMs)
  const store = new DirectoryStore()
  const check = new EntryCheck({ trust: { network } as never, store, clock })
  const take = async (certificate: VerifiedCertificate, fields: Partial<TerminatorRecord> = {}) => {
    const signed = await signedTerminator(user2, certificate, fields)
    const { name: identityName } = certificate
    const entry: Entry = {
      record: peekTerminator(signed.terminator),
      identityName,
      signed,
      busy: false,
      down: false,
      sinceMs: 1,
    }
    const part = { partition: `${chat.name}/0`, begin: false, end: false, drop: false, removed: [], departed: [] }
    const { parts } = await check.check(owner, {
      epoch: 1,
      version: 1,
      complete: true,
      parts: [{ ...part, put: [entry] }],
    })
    for (const each of parts[0]!.put) store.put(each)
    return parts[0]!.put.length
  }
  return { network, clock, store, check, take }
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
