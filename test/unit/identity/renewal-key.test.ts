import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { toHex } from '../../../src/core/bytes.js'
import { openCertificate } from '../../../src/identity/certificate.js'
import { issueDelegation } from '../../../src/identity/delegation.js'
import {
  formatRenewalKey,
  isDue,
  lateMs,
  mayRenew,
  type RenewalKey,
  readRenewalKey,
  renew,
  whyNotRenewing,
} from '../../../src/identity/renewal-key.js'
import {
  authority,
  certificateOf,
  codeOf,
  dayMs,
  id,
  issuedAtMs,
  key,
  networkId,
  otherAuthority,
  user1,
} from './fixtures.js'

const privateKey = await key(41)
const nothing = { revokedSerials: new Set<string>() }

async function make(names = '*', signer = authority): Promise<RenewalKey> {
  const delegation = await issueDelegation(signer, {
    peerId: id(privateKey),
    purpose: 'renew',
    names,
    issuedAtMs,
    expiresAtMs: issuedAtMs + 3650 * dayMs,
  })
  return { privateKey, delegation }
}

let directory: string
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'chat-p2p-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

test('a certificate is renewed year after year, always on the word of the first one', async () => {
  const renewalKey = await make()
  const first = await certificateOf('user1', user1)
  let newest = first
  for (let year = 0; year < 9; year++) {
    const nowMs = newest.expiresAtMs - 40 * dayMs
    expect(isDue(newest, nowMs)).toBe(true)
    newest = await renew(renewalKey, newest, nowMs, year / 9)
    expect(newest.first?.envelope).toEqual(first.envelope)
    await openCertificate(newest.envelope, { networkId, peerId: id(user1), nowMs, revocations: nothing })
    expect(newest.envelope.byteLength).toBeLessThan(2_000)
  }
  const revocations = { revokedSerials: new Set([toHex(first.serial)]) }
  expect(mayRenew(renewalKey, newest, revocations)).toBe(false)
})

test('renewals end on different days, and never later than the key allows', async () => {
  const first = await certificateOf('user1', user1)
  const nowMs = first.expiresAtMs - 10 * dayMs
  const ends = await Promise.all([0, 0.5, 0.999].map(async (random) => renew(await make(), first, nowMs, random)))
  const days = ends.map(({ expiresAtMs }) => Math.round((expiresAtMs - nowMs) / dayMs))
  expect(days).toEqual([365, 347, 329])
})

test.each<[string, number, boolean]>([
  ['half a year before its end', -183, false],
  ['46 days before', -46, false],
  ['44 days before', -44, true],
  ['on its last day', 0, true],
  ['89 days after', 89, true],
  ['91 days after, when somebody has left', lateMs / dayMs + 1, false],
])('a certificate is due, %s: %i days is %s', async (_, days, due) => {
  const certificate = await certificateOf('user1', user1)
  expect(isDue(certificate, certificate.expiresAtMs + days * dayMs)).toBe(due)
})

test('a short certificate is due in its last third', async () => {
  const short = await certificateOf('user1', user1, { expiresAtMs: issuedAtMs + 3 * dayMs })
  expect(isDue(short, issuedAtMs + 1.9 * dayMs)).toBe(false)
  expect(isDue(short, issuedAtMs + 2.1 * dayMs)).toBe(true)
})

test('a key for some names renews no others, and nothing of the authority itself', async () => {
  const servers = await make('server*')
  const user = await certificateOf('user1', user1)
  expect(mayRenew(servers, user, nothing)).toBe(false)
  expect(await codeOf(() => renew(servers, user, issuedAtMs, 0))).toBe('certificate_invalid')
  const errand = await certificateOf('x', user1, { roles: ['authority'] })
  expect(await codeOf(async () => renew(await make(), errand, issuedAtMs, 0))).toBe('certificate_invalid')
})

test('a key that is over or was taken back says so', async () => {
  const renewalKey = await make()
  expect(whyNotRenewing(renewalKey, nothing, issuedAtMs)).toBeUndefined()
  expect(whyNotRenewing(renewalKey, nothing, issuedAtMs + 3651 * dayMs)).toMatch(/was good until/)
  const revocations = { revokedSerials: new Set([toHex(renewalKey.delegation.serial)]) }
  expect(whyNotRenewing(renewalKey, revocations, issuedAtMs)).toMatch(/taken back/)
})

test('its file reads back; one that is foreign, damaged or open to others is refused', async () => {
  const file = path.join(directory, 'key.json')
  const write = (text: string) => writeFileSync(file, text, { mode: 0o600 })
  const read = () => codeOf(() => readRenewalKey(file, networkId))
  const text = formatRenewalKey(await make())
  write(text)
  expect((await readRenewalKey(file)).privateKey.equals(privateKey)).toBe(true)
  chmodSync(file, 0o644)
  expect(await read()).toBe('identity_exposed')
  chmodSync(file, 0o600)
  write(formatRenewalKey(await make('*', otherAuthority)))
  expect(await read()).toBe('certificate_foreign')
  write(text.slice(0, -20))
  expect(await read()).toBe('identity_damaged')
  write(formatRenewalKey({ ...(await make()), privateKey: user1 }))
  expect(await read()).toBe('identity_damaged')
  rmSync(file)
  expect(await read()).toBe('file_unreadable')
})
