import { expect, test } from 'vitest'
import { toHex } from '../../../src/core/bytes.js'
import { issueDelegation } from '../../../src/identity/delegation.js'
import { type KnownRedemption, Redemptions } from '../../../src/relay/joining/redemptions.js'
import { seeded } from '../../support/random.js'
import { authority, dayMs, id, issuedAtMs, key, networkId } from '../identity/fixtures.js'

const invitation = (uses: number) =>
  issueDelegation(authority, {
    peerId: networkId,
    purpose: 'invite',
    names: '*',
    uses,
    issuedAtMs,
    expiresAtMs: issuedAtMs + dayMs,
    validityMs: 30 * dayMs,
  })
const peers = await Promise.all([50, 51, 52, 53, 54].map(async (seed) => id(await key(seed))))
const nothing = new Uint8Array(0)
const one = await invitation(1)
const two = await invitation(2)

const use = (delegation: typeof one, peer: number, atMs: number): KnownRedemption => ({
  delegation,
  receipt: {
    networkId,
    serial: delegation.serial,
    peerId: peers[peer]!,
    name: `n${peer}`,
    issuedAtMs: issuedAtMs + atMs,
  },
  signed: { receipt: nothing, witness: nothing },
})
const serial = toHex(one.serial)

test('of two machines that joined at relays which could not see each other the first one stays, at both', () => {
  const [a, b] = [new Redemptions(), new Redemptions()]
  a.add(use(one, 0, 20))
  b.add(use(one, 1, 10))
  expect(a.isExcess(serial, peers[0]!)).toBe(false)
  a.add(use(one, 1, 10))
  b.add(use(one, 0, 20))
  for (const known of [a, b]) {
    expect(known.isExcess(serial, peers[0]!)).toBe(true)
    expect(known.isExcess(serial, peers[1]!)).toBe(false)
    expect(known.uses(serial).map(({ receipt }) => receipt.peerId)).toEqual([peers[1]])
  }
})

test('at the same millisecond the peer id decides, the same way everywhere', () => {
  const [a, b] = [new Redemptions(), new Redemptions()]
  for (const peer of [2, 3]) a.add(use(one, peer, 5))
  for (const peer of [3, 2]) b.add(use(one, peer, 5))
  expect(a.uses(serial)[0]!.receipt.peerId).toBe(b.uses(serial)[0]!.receipt.peerId)
})

test('what is known is no news, and one key counts once', () => {
  const known = new Redemptions()
  expect(known.add(use(two, 0, 5))).toBe(true)
  expect(known.add(use(two, 0, 5))).toBe(false)
  // Witnessed twice, by two relays: the earlier one counts.
  expect(known.add(use(two, 0, 9))).toBe(false)
  expect(known.add(use(two, 0, 2))).toBe(true)
  expect(known.add(use(two, 1, 7))).toBe(true)
  expect(known.isExcess(toHex(two.serial), peers[1]!)).toBe(false)
})

test('what is over is forgotten, but not who came too late while a certificate could be shown', () => {
  const known = new Redemptions()
  known.add(use(one, 0, 1))
  known.add(use(two, 0, 1))
  known.add(use(one, 1, 2))
  expect(known.sweep(issuedAtMs + dayMs)).toBe(false)
  expect(known.sweep(issuedAtMs + 2 * dayMs)).toBe(true)
  expect(known.uses(toHex(two.serial))).toEqual([])
  expect(known.isExcess(serial, peers[1]!)).toBe(true)
  expect(known.sweep(issuedAtMs + 32 * dayMs)).toBe(true)
  expect(known.all()).toEqual([])
})

test('relays that heard the same in any order agree', () => {
  const seed = Math.floor(Math.random() * 2 ** 31)
  const random = seeded(seed)
  const all = Array.from({ length: 40 }, () => use(two, Math.floor(random() * 5), Math.floor(random() * 20)))
  const results = Array.from({ length: 8 }, () => {
    const known = new Redemptions()
    for (const each of [...all].sort(() => random() - 0.5)) known.add(each)
    return known.uses(toHex(two.serial)).map(({ receipt }) => `${receipt.peerId} ${receipt.issuedAtMs}`)
  })
  for (const result of results) expect(result, `seed ${seed}`).toEqual(results[0])
})
