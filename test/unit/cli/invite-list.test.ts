import { expect, test } from 'vitest'
import { usesOf } from '../../../src/cli/invite-list.js'
import { fromHex } from '../../../src/core/bytes.js'

const [a, b, other] = ['a1', 'b2', 'c3'].map((byte) => byte.repeat(16)) as [string, string, string]
const invitation = (serial: string) => ({ serial, names: 'app*', roles: [], uses: 2, issuedAtMs: 0, expiresAtMs: 9 })
const receipt = (serial: string, name: string, issuedAtMs: number) => ({
  receipt: { networkId: 'net', serial: fromHex(serial), peerId: `peer-${name}`, name, issuedAtMs },
})

test('who used an invitation is told once, the first one first, from what relays witnessed and from who is there', () => {
  const uses = usesOf(
    [invitation(a), invitation(b)],
    [receipt(a, 'app2', 7), receipt(a, 'app1', 5), receipt(a, 'app1', 6), receipt(other, 'app9', 1)],
    [
      { name: 'app2', peerId: 'peer-app2', basis: { serials: [a], issuedAtMs: 7 } },
      { name: 'app3', peerId: 'peer-app3', basis: { serials: [other, a], issuedAtMs: 3 } },
      { name: 'user1', peerId: 'peer-user1' },
    ],
  )
  expect([...uses].map(([serial, all]) => [serial, all.map(({ name, joinedMs }) => [name, joinedMs])])).toEqual([
    [
      a,
      [
        ['app3', 3],
        ['app1', 5],
        ['app2', 7],
      ],
    ],
    [b, []],
  ])
})
