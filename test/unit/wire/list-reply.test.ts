import { expect, test } from 'vitest'
import { encodeListReply } from '../../../src/wire/list-reply.js'
import { type ListResponse, RelayMessage } from '../../../src/wire/messages/directory.js'
import { seeded } from '../../support/random.js'

const random = seeded(7)
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
const texts = ['', 'a', 'user1', 'bücher', '日本', '😀', 'x'.repeat(127), 'x'.repeat(128), 'ü'.repeat(127)]
const numbers = [0, 1, 127, 128, 300, 2 ** 32 - 1]
const row = () => ({
  instanceId: pick(texts),
  identityName: pick(texts),
  peerId: pick(texts),
  terminators: pick(numbers),
  sinceMs: pick([...numbers, 1_763_760_000_000, Number.MAX_SAFE_INTEGER]),
  busy: random() < 0.5,
})

test('a page is the same bytes as the generated encoder makes', () => {
  for (let round = 0; round < 300; round++) {
    const requestId = pick(numbers)
    const list: ListResponse = {
      status: pick([0, 3, 300]),
      rows: Array.from({ length: pick([0, 1, 2, 40]) }, row),
      cursor: pick(texts),
      partial: random() < 0.5,
    }
    const expected = Buffer.from(RelayMessage.encode({ requestId, list })).toString('hex')
    expect(Buffer.from(encodeListReply(requestId, list)).toString('hex')).toBe(expected)
  }
})
